import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import multiply
from benchmarks.measure import Figure, Ratio, Report, ratio, take_turns
from toolkit.images import ReadOptions, read
from toolkit.samples import SignOptions, draw_signs

TITLES = {
    "start": "The command's start",
    "preprocess": "Preprocessing",
    "memory": "Memory of preprocessing",
    "faults": "Faults",
    "loader": "Loading",
    "balance": "Balanced export",
    "report": "Statistics and report",
    "step": "Training step",
    "choices": "Choices",
    "embeddings": "Word embeddings",
    "text": "Texts",
    "series": "Windows of series",
}
NEEDS = {"preprocess": "skimage", "balance": "albumentations", "choices": "scipy", "embeddings": "gensim"}
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("group", TITLES)
def test_benchmarks_run_and_say_what_they_found(tmp_path: Path, group: str) -> None:
    if group in NEEDS and importlib.util.find_spec(NEEDS[group]) is None:
        pytest.skip(f"its reference, {NEEDS[group]}, is not installed")
    answer = tmp_path / "answer.json"
    command = [sys.executable, "-m", "benchmarks", group, "--quick", "--workers", "1", "--scratch", str(tmp_path), "--json", str(answer)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(answer.read_text())["reports"]
    assert report["title"] == TITLES[group]
    assert f"## {TITLES[group]}" in done.stdout
    assert report["ratios"]
    if group == "preprocess":
        assert "Largest difference between our array and bare OpenCV's: 0 of 1." in report["notes"]
    if group == "faults":
        assert all(ratio["met"] for ratio in report["ratios"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.json"]


def test_cases_take_turns_after_a_round_that_does_not_count() -> None:
    calls = []

    def case(name: str) -> dict[str, float]:
        calls.append(name)
        return {name: float(len(calls))}

    found = take_turns((lambda: case("a"), lambda: case("b")), repeats=2)
    assert calls == ["a", "b"] * 3
    assert found == {"a": Figure("a", (3.0, 5.0)), "b": Figure("b", (4.0, 6.0))}


def test_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    compared = ratio("speed", Figure("ours", (10.0, 20.0, 90.0)), Figure("theirs", (10.0, 10.0, 10.0)), at_least=2)
    assert compared.values == (1.0, 2.0, 9.0)
    assert compared.median == 2.0
    assert compared.is_met
    assert compared.target == "≥ 2"


@pytest.mark.parametrize(("at_least", "at_most", "met"), [(None, None, None), (1.6, None, False), (None, 1.5, True), (None, 1.4, False)])
def test_targets_bind_in_their_own_direction(at_least: float | None, at_most: float | None, met: bool | None) -> None:
    assert Ratio("time", (1.0, 1.5, 2.0), at_least, at_most).is_met is met


def test_report_prints_tables_that_a_readme_can_quote() -> None:
    report = Report(
        "Speed", (Figure("ours, images/s", (1234.5, 1000.0, 2000.0)),), (Ratio("us / them", (1.234,), at_least=1),), ("A note.",)
    )
    lines = str(report).splitlines()
    assert "| ours, images/s | 1,234 | 1,000 – 2,000 |" in lines
    assert "| us / them | 1.23 | 1.23 – 1.23 | ≥ 1 | yes |" in lines
    assert "- A note." in lines


def test_a_multiplied_set_has_as_many_times_the_pictures_and_tracks(tmp_path: Path) -> None:
    drawn = draw_signs(tmp_path / "one", options=SignOptions(num_classes=2, tracks=2, frames=3, test_tracks=0))
    manifest = read(multiply(drawn.folder, tmp_path / "ten", 10), ReadOptions())
    assert len(manifest) == 10 * drawn.num_train == 120
    assert manifest.group is not None
    assert len(set(manifest.group.tolist())) == 10 * 4
    assert manifest.skipped == ()
