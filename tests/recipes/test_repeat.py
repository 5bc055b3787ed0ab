"""Several seeds become runs and one summary; what is done stays done; a training on train and val chooses nothing."""

import csv
import json
import statistics
from pathlib import Path

import pytest
import torch

from recipes.evaluate import evaluate
from recipes.repeat import evaluate_runs, train_seeds
from recipes.spread import write_spread
from recipes.train import train
from tests.recipes.conftest import SHORT
from toolkit import ArgumentError, DataError, ImageOptions, SplitOptions, open_dataset, preprocess_images

OPTIONS = [*SHORT, "--trainer.max_epochs", "2", "--trainer.precision", "32-true"]


@pytest.fixture(scope="module")
def repeated(file, tmp_path_factory):
    told = []
    folder = tmp_path_factory.mktemp("repeat") / "runs"
    return train_seeds("signs", file, *OPTIONS, seeds=2, run=folder, say=told.append), folder, told


def test_each_seed_is_a_run_of_its_own(repeated, file, tmp_path):
    spread, folder, told = repeated
    assert list(spread.runs) == ["seed_0", "seed_1"]
    assert [line.split(":")[0] for line in told] == ["seed_0", "seed_1"]
    first, second = (json.loads((folder / f"seed_{seed}" / "metrics.json").read_text()) for seed in (0, 1))
    assert first["metrics"] != second["metrics"]
    alone = train("signs", file, *OPTIONS, "--seed_everything", "1", run=tmp_path / "alone")
    assert alone.metrics == second["metrics"] == spread.runs["seed_1"]


def test_the_summary_is_mean_and_deviation_and_holds_every_class(repeated):
    spread, folder, _ = repeated
    losses = [metrics["val/loss"] for metrics in spread.runs.values()]
    assert spread.mean["val/loss"] == pytest.approx(statistics.mean(losses))
    assert spread.std["val/loss"] == pytest.approx(statistics.stdev(losses))
    kept = json.loads((folder / "summary.json").read_text())
    assert kept == spread.to_json()
    assert kept["flops"] == sum(json.loads((folder / name / "metrics.json").read_text())["flops"] for name in spread.runs)
    rows = list(csv.DictReader((folder / "classes.csv").read_text().splitlines()))
    each = [list(csv.DictReader((folder / name / "val_classes.csv").read_text().splitlines())) for name in spread.runs]
    assert [row["class"] for row in rows] == ["go", "right of way", "stop"]
    for row, *own in zip(rows, *each, strict=True):
        assert float(row["recall_mean"]) == pytest.approx(statistics.mean(float(one["recall"]) for one in own), abs=1e-5)
        assert float(row["f1_std"]) == pytest.approx(statistics.stdev(float(one["f1"]) for one in own), abs=1e-5)


def test_what_is_done_stays_done_and_what_was_stopped_goes_on(repeated, file):
    spread, folder, _ = repeated
    kept = (folder / "seed_0" / "checkpoints" / "last.ckpt").stat().st_mtime_ns
    (folder / "seed_1" / "metrics.json").unlink()  # as if it had been stopped before its end
    again = train_seeds("signs", file, *OPTIONS, seeds=2, resume=folder)
    assert again.runs == spread.runs
    assert (folder / "seed_0" / "checkpoints" / "last.ckpt").stat().st_mtime_ns == kept


def test_a_folder_begun_with_other_options_or_another_file_is_refused(repeated, file, raw, tmp_path):
    _, folder, _ = repeated
    other = tmp_path / "other.h5"
    preprocess_images(raw, other, images=ImageOptions(size=(24, 24)))
    with pytest.raises(ArgumentError, match=r"options must be .*, as they began, got .* Begin a new folder"):
        train_seeds("signs", file, *OPTIONS, "--data.batch_size", "8", seeds=2, resume=folder)
    with pytest.raises(ArgumentError, match="runs must be"):
        train_seeds("signs", file, *OPTIONS, seeds=3, resume=folder)
    with pytest.raises(ArgumentError, match="checksum must be"):
        train_seeds("signs", other, *OPTIONS, seeds=2, resume=folder)
    with pytest.raises(ArgumentError, match=r"resume must be a folder of several runs, with runs\.json, got"):
        train_seeds("signs", file, *OPTIONS, seeds=2, resume=tmp_path)
    with pytest.raises(ArgumentError, match="seeds must be at least 1, got 0"):
        train_seeds("signs", file, seeds=0)
    with pytest.raises(ArgumentError, match="--seed_everything must be left out with seeds"):
        train_seeds("signs", file, "--seed_everything", "5")
    with pytest.raises(ArgumentError, match="It holds several runs: resume it with --seeds"):
        train("signs", file, resume=folder)


def test_a_wrong_option_leaves_nothing_behind(file, tmp_path):
    with pytest.raises(ArgumentError, match="widths"):
        train_seeds("signs", file, *OPTIONS, "--network.widths", "[8]", seeds=2, run=tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []


def test_every_run_of_a_folder_is_evaluated(repeated, file):
    _, folder, _ = repeated
    spread = evaluate_runs(folder, file, split="val")
    assert spread.runs["seed_0"] == evaluate(folder / "seed_0" / "checkpoints" / "best.ckpt", file, split="val").metrics
    assert json.loads((folder / "val_summary.json").read_text())["mean"] == spread.mean
    with pytest.raises(ArgumentError, match="checkpoint must be a checkpoint, or a folder of several runs"):
        evaluate_runs(folder / "seed_0", file)


def test_one_run_has_no_deviation(tmp_path):
    assert write_spread(tmp_path, {"only": {"val/loss": 2.5}}, tables=()).std == {}


def test_training_on_train_and_val_sees_both_and_chooses_nothing(file, tmp_path):
    # a patience of nothing would stop a run that looks at val
    options = [*OPTIONS, "--data.train_on", "train+val", "--early_stopping.patience", "0", "--data.balance=null"]
    result = train("signs", file, *options, run=tmp_path / "run")
    assert (result.best_checkpoint, result.checkpoint) == (None, str(tmp_path / "run" / "checkpoints" / "last.ckpt"))
    assert set(result.metrics) == {"train/loss"}
    (line,) = map(json.loads, Path(result.run, "ledger.jsonl").read_text().splitlines())
    assert (line["event"], line["on"], line["epochs"]) == ("trained", "train+val", 2)
    summary = open_dataset(file).summary()
    samples = torch.load(result.last_checkpoint, weights_only=True)["callbacks"]["FlopCounter"]["items"]
    assert samples == 2 * (summary["train"]["samples"] + summary["val"]["samples"])
    assert not any("val" in path.name for path in Path(result.run).iterdir())
    with pytest.raises(DataError, match=r"train_on must be train\+val, as in the checkpoint, got train"):
        train("signs", file, "--data.train_on", "train", resume=result.run)
    with pytest.raises(DataError, match="split must be one that the network did not learn from, got val, which was trained on in"):
        evaluate(result.checkpoint, file, split="val")
    assert evaluate(result.checkpoint, file).reads == 1


def test_all_of_a_file_without_val_can_be_trained_on(raw, tmp_path):
    file = tmp_path / "all.h5"
    preprocess_images(raw, file, images=ImageOptions(size=(24, 24)), split=SplitOptions(fractions=(1.0, 0.0, 0.0)))
    assert train("signs", file, *OPTIONS, "--data.train_on", "train+val", run=tmp_path / "run").epochs == 2


def test_one_class_is_trained_and_counted(raw, tmp_path):
    rows = [f"{path},stop" for path in sorted((raw / "stop").iterdir())]
    (tmp_path / "list.csv").write_text("\n".join(["path,label", *rows]))
    preprocess_images(tmp_path / "list.csv", tmp_path / "one.h5", images=ImageOptions(size=(24, 24)))
    result = train("signs", tmp_path / "one.h5", *OPTIONS, run=tmp_path / "run")
    assert (tmp_path / "run" / "val_confusion.csv").read_text().splitlines()[0] == "true \\ predicted,stop"
    assert result.metrics["val/accuracy"] == 1
