"""A recipe and a file become a run folder; the same seed becomes the same run, resumed or not; wrong options are one line."""

import csv
import json
import sys
from pathlib import Path

import pytest
import torch
import yaml

from recipes import confusion
from recipes.callbacks import FlopCounter
from recipes.evaluate import evaluate
from recipes.train import CONFIGS, recipe_path, train
from tests.recipes.conftest import SHORT, TINY
from toolkit import ArgumentError, DataError, DatasetFileError, ImageOptions, SplitOptions, preprocess_images

STEADY = [*TINY, "--model.schedule", "constant", "--trainer.precision", "32-true", "--trainer.log_every_n_steps", "1"]


def weights(checkpoint):
    return torch.load(checkpoint, weights_only=True)["state_dict"]


def test_it_learns(trained):
    assert trained.metrics["val/accuracy"] > 0.9
    assert set(trained.metrics) == {"val/accuracy", "val/macro_f1", "val/loss"}
    assert trained.epochs == 8


def test_the_run_folder_holds_everything(trained):
    run = Path(trained.run)
    names = {path.name for path in run.iterdir()}
    assert names == {
        "checkpoints", "logs", "config.yaml", "metrics.json", "ledger.jsonl", "val_confusion.csv", "val_confusion.png", "val_classes.csv"
    }  # fmt: skip
    assert {path.name for path in (run / "checkpoints").iterdir()} == {"best.ckpt", "last.ckpt"}
    assert json.loads((run / "metrics.json").read_text()) == trained.to_json()
    assert (run / "val_confusion.png").read_bytes().startswith(b"\x89PNG")
    logged = list(csv.DictReader((run / "logs" / "metrics.csv").read_text().splitlines()))
    assert min(float(row["val/loss"]) for row in logged if row["val/loss"]) == pytest.approx(trained.metrics["val/loss"])
    assert any(path.name.startswith("events.out.tfevents") for path in (run / "logs").iterdir())


def test_figures_are_written_before_the_picture_is_drawn(file, tmp_path, monkeypatch):
    def draw(*_):
        raise MemoryError

    monkeypatch.setattr(confusion, "_draw", draw)
    with pytest.raises(MemoryError):
        train("signs", file, *TINY, "--trainer.max_epochs", "1", run=tmp_path)
    written = json.loads((tmp_path / "metrics.json").read_text())
    assert written["best_checkpoint"] == str(tmp_path / "checkpoints" / "best.ckpt")
    assert {"val_confusion.csv", "val_classes.csv", "ledger.jsonl"} <= {path.name for path in tmp_path.iterdir()}
    with pytest.raises(MemoryError):
        evaluate(tmp_path, file)
    assert json.loads((tmp_path / "ledger.jsonl").read_text().splitlines()[-1])["event"] == "read"


def test_confusion_and_table_agree_with_the_metrics(trained):
    rows = list(csv.reader(Path(trained.run, "val_confusion.csv").read_text().splitlines()))
    matrix = [[int(cell) for cell in row[1:]] for row in rows[1:]]
    assert rows[0][1:] == [row[0] for row in rows[1:]] == ["go", "right of way", "stop"]
    total = sum(map(sum, matrix))
    assert sum(matrix[i][i] for i in range(3)) / total == pytest.approx(trained.metrics["val/accuracy"])
    table = list(csv.DictReader(Path(trained.run, "val_classes.csv").read_text().splitlines()))
    assert sum(float(row["f1"]) for row in table) / 3 == pytest.approx(trained.metrics["val/macro_f1"], abs=1e-5)
    assert sum(int(row["samples"]) for row in table) == total


def test_the_ledger_says_what_chose_the_checkpoint_and_that_test_was_not_read(trained):
    (line,) = map(json.loads, Path(trained.run, "ledger.jsonl").read_text().splitlines()[:1])
    assert (line["event"], line["split"], line["metric"]) == ("selected", "val", "val/loss")


def test_checkpoints_hold_plain_types_and_the_data_they_need(trained):
    content = torch.load(trained.last_checkpoint, weights_only=True)
    assert content["foudre"]["settings"]["widths"] == [8, 8, 8]
    assert content["ImageDataModule"]["classes"] == ["go", "right of way", "stop"]


def test_flops_are_those_of_the_convolutions_by_hand(trained):
    # multiply-adds of a 24×24 picture: 5×5×3→8 at 12×12, 3×3×8→8 at 12×12 and at 6×6, dense 72→8→3
    forward = 2 * (75 * 8 * 144 + 72 * 8 * 144 + 72 * 8 * 36 + 72 * 8 + 8 * 3)
    backward = 2 * forward - 2 * 75 * 8 * 144  # the picture itself needs no gradient
    assert trained.flops == pytest.approx(63 * 8 * (forward + backward), rel=1e-6)


def test_the_same_seed_gives_the_same_run_and_another_another(file, tmp_path):
    runs = [
        train("signs", file, *STEADY, "--trainer.max_epochs", "1", "--seed_everything", seed, run=tmp_path / str(i))
        for i, seed in enumerate("001")
    ]
    first, again, other = (weights(result.last_checkpoint) for result in runs)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["network.head.1.weight"], other["network.head.1.weight"])


@pytest.mark.parametrize("num_workers", ["0", "1"])
def test_a_resumed_run_ends_where_an_unbroken_one_does(file, tmp_path, num_workers):
    options = [*STEADY, "--data.num_workers", num_workers]
    whole = train("signs", file, *options, "--trainer.max_epochs", "3", run=tmp_path / "whole")
    part = train("signs", file, *options, "--trainer.max_epochs", "1", run=tmp_path / "part")
    rest = train("signs", file, *options, "--trainer.max_epochs", "3", "--ckpt_path", part.last_checkpoint, run=tmp_path / "rest")
    expected, found = weights(whole.last_checkpoint), weights(rest.last_checkpoint)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert rest.flops == whole.flops


def test_runs_are_numbered_and_a_resolved_config_repeats_a_run_elsewhere(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = train("signs", file, *TINY, "--trainer.max_epochs", "1", "--trainer.log_every_n_steps", "1")
    assert Path(first.run) == Path("runs/signs/001")
    second = train("runs/signs/001/config.yaml", file, "--trainer.logger", "false")
    assert Path(second.run) == Path("runs/config/001")
    assert Path(second.last_checkpoint).resolve().parent.parent == tmp_path / "runs/config/001"
    assert second.metrics == first.metrics


def test_a_run_folder_in_use_is_refused(file, tmp_path):
    (tmp_path / "kept").touch()
    with pytest.raises(ArgumentError, match="train: run must be a new or empty folder, got"):
        train("signs", file, run=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_command_line_arguments_of_the_process_are_left_alone(file, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["foudre", "train", "--nonsense"])
    assert train("signs", file, *SHORT, "--trainer.max_epochs", "1", run=tmp_path / "run").epochs == 1


def test_training_is_balanced_where_asked_and_says_so(file, tmp_path):
    options = [*TINY, "--data.balance.target", "10", "--data.balance.by", "weights", "--trainer.max_epochs", "1"]
    result = train("signs", file, *options, "--trainer.log_every_n_steps", "1", "--trainer.accelerator", "cpu", run=tmp_path / "run")
    config = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert config["data"]["init_args"]["balance"] == {"target": 10, "by": "weights"}
    content = torch.load(result.last_checkpoint, weights_only=True)
    assert content["ImageDataModule"]["balance"] == {"target": 10, "by": "weights"}
    assert content["global_step"] == 2  # two batches of 15: 10 samples of each of three classes


def test_an_unknown_recipe_or_option_is_told_in_one_line(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArgumentError, match=r"recipe must be one of .*signs.*, got sings"):
        train("sings", file)
    with pytest.raises(ArgumentError, match=r"train: .*max_epoch") as caught:
        train("signs", file, "--trainer.max_epoch", "3")
    assert "\n" not in str(caught.value)
    with pytest.raises(ArgumentError, match=r"SignsNet: dropout must be in \[0, 1\), got 2"):
        train("signs", file, "--network.dropout", "2")
    with pytest.raises(ArgumentError, match=r"train: .*label_smoothing"):
        train("signs", file, "--model.label_smoothing", "much")
    for option, message in {
        "--data.balance={by: nonsense}": "--data.balance.by must be 'copies', 'drop', 'both', 'weights', got nonsense",
        "--data.balance.target=few": "--data.balance.target must be 'max', 'median' or int, got few",
        "--data.fold=1/2": "--data.fold must be {name: value, …} of its options, got 1/2",
        "--data.nonsense=3": "--data.nonsense must be an option that exists, got nonsense",
    }.items():
        with pytest.raises(ArgumentError) as caught:
            train("signs", file, option)
        assert str(caught.value) == f"train: {message}"
    with pytest.raises(DatasetFileError, match=r"open: .* cannot be read"):
        train("signs", tmp_path / "missing.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_val_cannot_be_selected_on(raw, tmp_path):
    preprocess_images(raw, tmp_path / "a.h5", images=ImageOptions(size=(24, 24)), split=SplitOptions(fractions=(1.0, 0.0, 0.0)))
    with pytest.raises(DataError, match="split must be one of train, got val"):
        train("signs", tmp_path / "a.h5", *SHORT, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--checkpoint.dirpath", "elsewhere"], "--checkpoint.dirpath must be left out, got elsewhere"),
        (["--trainer.default_root_dir", "elsewhere"], "--trainer.default_root_dir must be left out, got elsewhere"),
        (["--checkpoint.every_n_train_steps", "5"], "--checkpoint.every_n_train_steps must be left out, got 5"),
        (["--checkpoint.save_last", "true"], "--checkpoint.save_last must be left out: a run always keeps it, got True"),
        (["--trainer.enable_checkpointing", "false"], "--trainer.enable_checkpointing must be true: a run is its checkpoints, got False"),
        (["--trainer.max_epochs", "0"], "--trainer.max_epochs must be at least 1, or -1 with --trainer.max_steps, got 0"),
        (["--checkpoint.monitor", "val/accuracy"], "--checkpoint.mode must be max, as the monitored val/accuracy gets better so, got min"),
        (["--early_stopping.mode", "max"], "--early_stopping.mode must be min, as the monitored val/loss gets better so, got max"),
        (["--seed_everything", "4294967296"], r"--seed_everything must be in \[0, 2³²\), got 4294967296"),
    ],
)
def test_options_that_would_be_overlooked_are_refused_by_name(file, tmp_path, options, message):
    with pytest.raises(ArgumentError, match=message):
        train("signs", file, *TINY, *options, run=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--trainer.fast_dev_run", "-1"], "fast_dev_run=-1 is not a valid configuration"),
        (["--trainer.precision", "nonsense"], "precision must be one of auto, 32-true, .*, got nonsense"),
        (["--trainer.accelerator", "tpu"], "torch_xla"),
        (["--trainer.devices", "nonsense"], "`devices` selected with `CPUAccelerator` should be an int > 0"),
    ],
)
def test_a_trainer_that_cannot_be_built_is_told_in_a_line_and_leaves_no_run_folder(file, tmp_path, options, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        train("signs", file, *TINY, "--trainer.accelerator", "cpu", *options, run=tmp_path / "run")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("config", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_takes_a_step_as_it_is_shipped(config, request, tmp_path):
    reads = yaml.safe_load(config.read_text())["data"]["class_path"].removeprefix("datamodules.")
    of_kind = {"ImageDataModule": "file", "SeriesDataModule": "hours", "WholeSeriesDataModule": "gestures"}
    file = request.getfixturevalue(of_kind.get(reads, "reviews"))
    assert recipe_path(config.stem) == config
    assert config.read_text().startswith(f"# foudre train {config.stem} ")
    steps = [
        "--trainer.max_epochs",
        "1",
        "--trainer.limit_train_batches",
        "1",
        "--trainer.limit_val_batches",
        "1",
        "--trainer.log_every_n_steps",
        "1",
        "--trainer.accelerator",
        "cpu",
    ]
    result = train(config.stem, file, *steps, run=tmp_path / "run")
    learns = config.stem not in ("last_value", "seasonal_naive")
    assert torch.load(result.last_checkpoint, weights_only=True)["global_step"] == learns


@pytest.mark.parametrize("config", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_choice_in_a_recipe_says_why(config):
    lines = [line for line in config.read_text().splitlines() if line.startswith(" ") and ":" in line.split("#")[0]]
    bare = [line for line in lines if "#" not in line and not any(word in line for word in ("class_path", "init_args", "mode", "monitor"))]
    under_augment = set(yaml.safe_load(config.read_text())["data"]["init_args"].get("augment", {}))
    assert [line for line in bare if line.split(":")[0].strip() not in under_augment] == []


def test_a_new_counter_has_counted_nothing():
    assert FlopCounter().flops == 0
