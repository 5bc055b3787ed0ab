"""A run is known by what it left, and found from what lies in it or around it."""

import pytest

from foudre import main
from recipes.run_folder import find_run, is_run


@pytest.fixture
def runs(tmp_path):
    """A folder with two runs that look as training leaves them, and pictures that could be taken for those of a class."""
    for name in ("seed_0", "seed_1"):
        (tmp_path / "runs" / name / "checkpoints").mkdir(parents=True)
        for file in ("config.yaml", "confusion.png", "checkpoints/best.ckpt"):
            (tmp_path / "runs" / name / file).write_text("")
    return tmp_path / "runs"


def test_a_run_is_found_from_itself_its_checkpoint_and_the_folder_around_it(runs):
    run = runs / "seed_0"
    assert is_run(run)
    assert not is_run(runs)
    assert find_run(run) == find_run(run / "checkpoints" / "best.ckpt") == find_run(runs) == run
    assert find_run(runs.parent) is None
    assert find_run(runs / "lone.ckpt") is None
    assert find_run(runs / "missing") is None
    (runs / "runs.json").write_text("{}")
    assert find_run(runs) == runs
    assert find_run(runs.parent) == runs


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("report runs", "a folder of runs in runs. A run is shown by `foudre report runs/seed_0`."),
        ("check runs", "a folder of runs in runs. A run is shown by `foudre report runs/seed_0`."),
        ("check images runs/seed_1", "a run in runs/seed_1. A run is shown by `foudre report runs/seed_1`."),
        ("report best.ckpt", "a checkpoint in best.ckpt. A run is shown by `foudre report {here}`."),
        ("report signs.h5 runs/seed_1", "a run in runs/seed_1. A run is shown by `foudre report runs/seed_1 signs.h5`."),
    ],
)  # fmt: skip
def test_what_belongs_to_a_run_is_no_data_set_and_the_right_line_is_told(typed, told, runs, monkeypatch, capsys):
    monkeypatch.chdir(runs / "seed_0" / "checkpoints" if "ckpt" in typed else runs.parent)
    assert main(typed.split()) == 2
    error = capsys.readouterr().err
    assert "source must be a data set" in error
    assert error.endswith(f"got {told.format(here=runs / 'seed_0')}\n")
