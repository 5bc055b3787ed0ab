"""The command: every line that is documented parses, answers go where they belong, and errors are one line and a status."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

import foudre
from toolkit import open_dataset
from toolkit.wings import WINGS

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Two classes of ten small pictures each."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for name in ("stop", "yield"):
        (folder / name).mkdir()
        for i in range(10):
            cv2.imwrite(str(folder / name / f"{i}.png"), rng.integers(0, 255, (12, 12, 3), np.uint8))
    return folder


@pytest.fixture(scope="module")
def dataset(pictures, tmp_path_factory):
    path = tmp_path_factory.mktemp("dataset") / "signs.h5"
    assert foudre.main(["preprocess", "images", str(pictures), str(path), "--size", "8", "--workers", "0"]) == 0
    return path


def run(*arguments, **more):
    """Run the command as users do: in a process of its own."""
    command = [sys.executable, "-m", "foudre", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, text=True, check=False, **{"capture_output": True} | more)


DOCUMENTED = [
    "demo",
    "demo images",
    "demo text --to somewhere",
    "demo --to somewhere",
    "preprocess images SRC OUT.h5",
    "preprocess images SRC OUT.h5 --size 48",
    "preprocess images SRC OUT.h5 --size 48,64",
    ["preprocess", "images", "SRC", "OUT.h5", "--steps", "crop_box(margin=0.1), grayscale, stretch(low=0.02), clahe"],
    "preprocess images SRC OUT.h5 --dtype float16 --split 0.7,0.15,0.15 --stratify --group track --seed 0",
    "preprocess images SRC OUT.h5 --no-stratify --group none --workers 4 --on-error skip --overwrite",
    "preprocess images SRC OUT.h5 --on-error fail --layout csv --columns path=file,label=kind --fit pad",
    "preprocess images SRC OUT.h5 --config FILE.yaml --json",
    "preprocess text SRC OUT.h5",
    ["preprocess", "text", "SRC", "OUT.h5", "--tokenizer", "regexp:[a-z]+", "--lower", "--digits", "0", "--html", "keep"],
    "preprocess text SRC OUT.h5 --min-count 2 --max-vocabulary 50000 --stop-words the,of --normalize none",
    "preprocess text SRC OUT.h5 --text review --label stars --group author --columns split=fold --encoding latin-1 --layout csv",
    "preprocess text SRC OUT.h5 --no-lower --group none --split 0.9,0.1 --seed 1 --workers 4 --on-error fail --overwrite --json",
    "check SRC",
    "check images SRC --layout csv --columns path=file --group track --workers 2",
    "check text SRC --text review --label stars --group author --encoding latin-1",
    "check FILE.h5 --fail-on warning --baseline old.json --predictions out_of_fold.npz --table table.csv --json",
    "report SRC --out report.html --table table.parquet --size 32",
    "report FILE.h5 --predictions whole --predictions cut --json",
    "report RUN FILE.h5 --out run.html --json",
    "inspect FILE.h5",
    "inspect FILE.h5 --verify --json",
    "upgrade OLD.h5 NEW.h5",
    "upgrade OLD.h5 NEW.h5 --json",
    "train RECIPE FILE.h5",
    "train RECIPE FILE.h5 --trainer.devices 2 --data.batch_size=64 --json",
    "evaluate CHECKPOINT FILE.h5",
    "evaluate CHECKPOINT FILE.h5 --split test --json",
    "train RECIPE FILE.h5 --resume runs/signs/001",
    "predict CHECKPOINT a.png",
    "predict CHECKPOINT list.txt --layout csv --columns path=file --device cuda",
    "predict CHECKPOINT a.png folder list.csv --json",
]


@pytest.mark.parametrize("line", DOCUMENTED, ids=lambda line: line if isinstance(line, str) else " ".join(line))
def test_documented_line_parses(line):
    command, bound, unused = foudre.app.parse_args(line, exit_on_error=False, print_error=False)[:3]
    assert callable(command)
    assert not unused
    assert bool(bound.arguments) == (line != "demo")


def test_everything_after_train_that_is_not_ours_goes_to_lightning():
    _, bound, _ = foudre.app.parse_args("train signs a.h5 --trainer.devices 2 --json --x=1", exit_on_error=False)[:3]
    assert bound.args == ("signs", Path("a.h5"), "--trainer.devices", "2", "--x=1")
    assert bound.kwargs == {"as_json": True}


def test_help_lists_every_verb_and_imports_none_of_the_work(record_property):
    code = "import sys, time; began = time.perf_counter(); import foudre; foudre.main(['--help']); took = time.perf_counter() - began\n"
    code += "print(sorted(sys.modules), took, sep='\\n', file=sys.stderr)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for verb in ("demo", "preprocess", "check", "inspect", "train", "evaluate", "predict", "upgrade"):
        assert verb in shown.stdout
    modules, took = shown.stderr.splitlines()[-2:]
    work = {"numpy", "torch", "cv2", "h5py", "lightning", "yaml", "toolkit.options", "recipes.train"}
    assert not work & set(json.loads(modules.replace("'", '"')))
    record_property("help_s", float(took))


@pytest.mark.parametrize(
    "verb", ["demo", *(f"preprocess {kind}" for kind in WINGS), "check", "inspect", "train", "evaluate", "predict", "upgrade"]
)
def test_verb_help_teaches(verb, capsys):
    assert foudre.main([*verb.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"foudre {verb}" in shown.split("For example:")[-1]


@pytest.mark.parametrize("verb", ["check", "report"])
def test_help_promises_one_folder_for_an_option_that_takes_one(verb, capsys):
    foudre.main([verb, "--help"])
    assert re.search(r"--predictions PATH\s", capsys.readouterr().out)
    _, bound, _ = foudre.app.parse_args(f"{verb} --predictions whole --predictions cut FILE.h5", exit_on_error=False)[:3]
    assert bound.kwargs["predictions"] == [Path("whole"), Path("cut")]
    assert list(map(str, bound.args)) == ["FILE.h5"]


def test_help_breaks_lines_where_the_terminal_ends_only(capsys):
    foudre.main(["preprocess", "text", "--help"])
    words = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "toktok: for many languages; tweet: keeps emoticons" in words


@pytest.mark.parametrize("line", [["check", ""], ["report", "images", ""], ["preprocess", "text", "", "x.h5"]], ids=" ".join)
def test_an_empty_source_is_not_the_working_folder(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert foudre.main(line) in (1, 2)
    assert "read: source must be a path, got ''" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_texts_is_checked_by_the_names_of_its_columns(tmp_path, capsys):
    rows = [f"{word} and more of it number {number},{word}" for number in range(12) for word in ("good", "bad")]
    (tmp_path / "reviews.csv").write_text("\n".join(["review,stars", *rows]) + "\n")
    assert foudre.main(["check", str(tmp_path / "reviews.csv"), "--text", "review", "--label", "stars", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["samples"] == 24
    assert foudre.main(["check", "images", str(tmp_path / "reviews.csv"), "--text", "review"]) == 2
    assert "each option must be one of preprocess images, got text" in capsys.readouterr().err


def test_preprocess_help_shows_the_librarys_defaults(capsys):
    foudre.main(["preprocess", "images", "--help"])
    shown = capsys.readouterr().out
    for default in ("48,48", "float16", "0.7,0.15,0.15", "stretch", "auto", "auto", "skip"):
        assert f"[default: {default}]" in " ".join(shown.replace("│", " ").split())


def test_preprocess_help_says_what_other_programs_read(capsys):
    foudre.main(["preprocess", "images", "--help"])
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "Take uint8 where other programs read the file, too: many know no float16." in shown


def test_json_is_all_that_standard_output_gets(pictures, tmp_path):
    done = run("preprocess", "images", pictures, tmp_path / "signs.h5", "--size", 8, "--workers", 0, "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert set(answer) >= {"path", "kind", "splits", "skipped", "bytes", "seconds", "up_to_date"}
    assert {part: split["samples"] for part, split in answer["splits"].items()} == {"train": 14, "val": 3, "test": 3}


def test_people_read_on_standard_error(dataset, capsys):
    assert foudre.main(["inspect", str(dataset)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "train" in told.err


def test_inspect_answers_with_its_documented_fields(dataset, capsys):
    for flags, verified in (["--verify"], True), ([], None):
        assert foudre.main(["inspect", str(dataset), "--json", *flags]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert list(answer) == ["path", "schema", "kind", "splits", "pipeline", "verified", "skipped"]
        assert answer["verified"] is verified


def test_damage_is_a_finding(dataset, tmp_path, capsys):
    damaged = tmp_path / "damaged.h5"
    content = bytearray(dataset.read_bytes())
    content[content.index(open_dataset(dataset)["train"].x[0].tobytes())] ^= 1
    damaged.write_bytes(content)
    assert foudre.main(["inspect", str(damaged), "--verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verified"] is False


def test_second_run_does_nothing_and_says_so(pictures, dataset, capsys):
    assert foudre.main(["preprocess", "images", str(pictures), str(dataset), "--size", "8", "--workers", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["up_to_date"] is True


def test_typed_values_win_over_the_config_file(pictures, tmp_path, capsys):
    config = tmp_path / "signs.yaml"
    config.write_text("size: [8, 10]\ndtype: uint8\nsplit: [0.5, 0.5]\nsteps: [grayscale, 'exposure(gain=1.5)']\non-error: fail\n")
    out = str(tmp_path / "signs.h5")
    assert foudre.main(["preprocess", "images", str(pictures), out, "--config", str(config), "--dtype", "float32", "--workers", "0"]) == 0
    capsys.readouterr()
    foudre.main(["inspect", out, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["pipeline"]["size"] == [8, 10]
    assert answer["pipeline"]["dtype"] == "float32"
    assert [step["name"] for step in answer["pipeline"]["steps"] if step["name"] != "resize"] == ["grayscale", "exposure"]
    assert {part: split["samples"] for part, split in answer["splits"].items()} == {"train": 10, "val": 10}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("colour: red", "each name must be one of size, steps, .* got colour in"),
        ("- size", "content must be lines of NAME: VALUE"),
        ("size: [1", "content must be YAML"),
        ("seed: many", "seed must be a whole number, got many"),
        ("stratify: 1", "stratify must be true or false, got 1"),
        ("size: big", "size must be one whole number, or height,width, got big"),
    ],
)
def test_bad_config_files_are_wrong_use(content, reason, pictures, tmp_path, capsys):
    config = tmp_path / "bad.yaml"
    config.write_text(content)
    assert foudre.main(["preprocess", "images", str(pictures), str(tmp_path / "x.h5"), "--config", str(config)]) == 2
    error = capsys.readouterr().err
    assert re.search(reason, error)
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("bogus", 2, 'Unknown command "bogus"'),
        ("inspect", 2, "requires an argument"),
        ("predict best.ckpt", 2, "requires an argument"),
        ("inspect a.h5 --verfy", 2, "Did you mean --verify?"),
        ("preprocess images {pictures} {out} --size 0", 2, "must be a whole number of at least 1, got 0"),
        ("preprocess images {pictures} {out} --size 1,2,3", 2, "got 1,2,3"),
        ("preprocess images {pictures} {out} --split 0.9,0.9", 2, "add up to 1"),
        ("preprocess images {pictures} {out} --split half", 2, "got half"),
        ("preprocess images {pictures} {out} --steps sharpen", 2, "sharpen"),
        ("preprocess images {pictures} {out} --seed x", 2, "--seed"),
        ("preprocess images {pictures} {out} --config missing.yaml", 1, "No such file or directory: missing.yaml"),
        ("preprocess images /nowhere/at/all {out}", 1, "/nowhere/at/all"),
        ("inspect missing.h5", 1, "missing.h5"),
        ("inspect {pictures}/stop/0.png", 1, "0.png"),
    ],
)
def test_what_a_user_can_cause_is_one_line_and_a_status(line, status, reason, pictures, tmp_path, capsys):
    arguments = line.format(pictures=pictures, out=tmp_path / "x.h5").split()
    assert foudre.main(arguments) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("foudre: ")
    assert told.err.count("\n") == 1
    assert reason in told.err


def test_bad_input_is_listed_and_the_rest_goes_on(pictures, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name in ("stop", "yield"):
        (tmp_path / "in" / name).symlink_to(pictures / name)
    (tmp_path / "in" / "torn").mkdir()
    (tmp_path / "in" / "torn" / "a.png").write_bytes((pictures / "stop" / "0.png").read_bytes()[:60])
    line = ["preprocess", "images", str(tmp_path / "in"), str(tmp_path / "x.h5"), "--size", "8", "--workers", "0"]
    assert foudre.main([*line, "--json"]) == 0
    skipped = json.loads(capsys.readouterr().out)["skipped"]
    assert [bad["path"] for bad in skipped] == ["torn/a.png"]
    assert foudre.main([*line, "--on-error", "fail", "--overwrite"]) == 1
    assert "torn/a.png" in capsys.readouterr().err


def test_ctrl_c_is_130(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("toolkit.dataset_file.inspect_dataset", interrupt)
    assert foudre.main(["inspect", "a.h5"]) == 130
    assert capsys.readouterr().err == "foudre: interrupted\n"


def test_a_programmers_mistake_keeps_its_traceback(monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("toolkit.dataset_file.inspect_dataset", fail)
    with pytest.raises(ZeroDivisionError):
        foudre.main(["inspect", "a.h5"])


def test_other_ranks_are_silent(dataset, monkeypatch, capsys):
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert foudre.main(["inspect", str(dataset), "--json"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_closed_pipe_is_no_traceback(dataset):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "foudre", "inspect", dataset, "--json"],
            cwd=REPOSITORY,
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_a_users_folder_of_our_name_is_named(tmp_path):
    (tmp_path / "toolkit").mkdir()
    (tmp_path / "toolkit" / "__init__.py").touch()
    # Without the finder of an editable install, which would find our modules behind the user's folder.
    code = f"""
import sys
import tomllib
sys.meta_path = [finder for finder in sys.meta_path if "ditable" not in repr(finder)]
sys.path[:0] = [{str(tmp_path)!r}, {str(REPOSITORY)!r}]
import foudre
sys.exit(foudre.main(["inspect", "a.h5"]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"toolkit must be Foudre's own package at {REPOSITORY / 'toolkit'}, got {tmp_path / 'toolkit'}" in done.stderr
    assert "Traceback" not in done.stderr


class Result:
    """What a training verb returns, made up."""

    def to_json(self):
        return {"run": "runs/1"}

    def __str__(self):
        return "runs/1: done"


@pytest.fixture
def verb(monkeypatch):
    """Replace a verb of recipes by one that chatters on standard output, notes its arguments, and returns the given answer."""

    def replace(name, answer):
        calls = []

        def work(*arguments, **options):
            print("chatter")  # noqa: T201
            calls.append((arguments, options))
            return answer

        monkeypatch.setattr(f"recipes.{name}.{name}", work)
        return calls

    return replace


def test_train_hands_on_its_options_and_keeps_standard_output_clean(verb, capsys):
    calls = verb("train", Result())
    assert foudre.main(["train", "signs", "a.h5", "--trainer.devices", "2", "--run", "here", "--json"]) == 0
    assert calls == [(("signs", Path("a.h5"), "--trainer.devices", "2"), {"run": Path("here"), "resume": None})]
    told = capsys.readouterr()
    assert json.loads(told.out) == {"run": "runs/1"}
    assert told.err == "chatter\n"


def test_evaluate_reads_test_unless_told_otherwise(verb, capsys):
    calls = verb("evaluate", Result())
    assert foudre.main(["evaluate", "best.ckpt", "a.h5"]) == 0
    assert foudre.main(["evaluate", "best.ckpt", "a.h5", "--split", "val"]) == 0
    assert [options["split"] for _, options in calls] == ["test", "val"]
    assert capsys.readouterr() == ("", "chatter\nruns/1: done\n" * 2)


def test_predict_answers_line_by_line_and_fails_if_an_input_did(verb, capsys):
    def answers():
        yield {"input": "a.png", "class": "stop", "probability": 0.98765}
        print("more chatter")  # noqa: T201
        yield {"input": "b\n.png", "error": "file is empty"}

    verb("predict", answers())
    assert foudre.main(["predict", "best.ckpt", "a.png", "b.png", "--json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["input"] for line in lines] == ["a.png", "b\n.png"]

    verb("predict", answers())
    assert foudre.main(["predict", "best.ckpt", "a.png", "b.png"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "chatter\na.png  stop  0.9877\nmore chatter\nb\\n.png  file is empty\n"


def test_predictions_without_errors_are_done(verb):
    verb("predict", iter([{"input": "a.png", "class": "stop", "probability": 1.0}]))
    assert foudre.main(["predict", "best.ckpt", "a.png"]) == 0


def test_the_demo_runs_where_it_is_told_to(verb):
    calls = verb("demo", None)
    assert foudre.main(["demo", "--to", "somewhere"]) == 0
    assert foudre.main(["demo", "text"]) == 0
    assert [call[0] for call in calls] == [(Path("somewhere"), "images"), (Path("data/demo-text"), "text")]


def test_check_exits_by_what_it_finds(pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(pictures, tmp_path / "twice")
    shutil.copy(pictures / "stop" / "3.png", tmp_path / "twice" / "stop" / "again.png")
    for source, severity, status in (
        (pictures, "warning", 0),
        (tmp_path / "twice", "error", 0),
        (tmp_path / "twice", "warning", 1),
        (tmp_path / "nothing", "error", 2),
    ):
        assert foudre.main(["check", str(source), "--fail-on", severity]) == status
        assert capsys.readouterr().out == ""


def test_checks_answer_is_its_documented_json_and_the_next_checks_baseline(pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(pictures, tmp_path / "wrong")
    shutil.copy(pictures / "stop" / "3.png", tmp_path / "wrong" / "yield" / "again.png")
    assert foudre.main(["check", "images", str(tmp_path / "wrong"), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert {"source", "samples", "findings"} <= set(answer)
    contradiction = next(finding for finding in answer["findings"] if finding["check"] == "contradicting_labels")
    assert {"check", "severity", "count", "samples", "threshold", "fix"} <= set(contradiction)
    assert contradiction["samples"] == ["stop/3.png", "yield/again.png"]
    (tmp_path / "old.json").write_text(json.dumps(answer))
    assert foudre.main(["check", str(tmp_path / "wrong"), "--baseline", str(tmp_path / "old.json"), "--fail-on", "warning"]) == 0


def test_check_takes_one_source_and_a_kind_that_it_knows(pictures, capsys):
    assert foudre.main(["check", "a", "b", "c"]) == 2
    assert "must be 1" in capsys.readouterr().err
    assert foudre.main(["check", "spam", str(pictures)]) == 2
    assert f"kind must be one of {', '.join(WINGS)}, got spam" in capsys.readouterr().err


def test_version_is_that_of_the_project(capsys):
    assert foudre.main(["--version"]) == 0
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert capsys.readouterr().out.strip() == project["project"]["version"]
