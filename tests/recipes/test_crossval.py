"""Every sample is predicted once, by a network that has not seen it; groups stay whole unless they are to be cut."""

import csv
import json
import statistics

import numpy as np
import pytest
import torch

from datamodules import Fold
from recipes.crossval import cross_validate
from tests.recipes.conftest import SHORT
from toolkit import ArgumentError, SplitError, open_dataset

OPTIONS = [*SHORT, "--trainer.max_epochs", "4", "--data.normalize", "channel"]


@pytest.fixture(scope="module")
def crossed(file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("crossval") / "folds"
    return cross_validate("signs", file, *OPTIONS, folds=3, run=folder), folder


def test_every_sample_of_train_and_val_is_predicted_once(crossed, file):
    spread, folder = crossed
    pool = open_dataset(file)["train+val"]
    kept = np.load(folder / "out_of_fold.npz")
    assert kept["row"].tolist() == list(range(len(pool)))
    assert kept["label"].tolist() == pool.y.tolist()
    np.testing.assert_allclose(kept["probability"].sum(axis=1), 1, rtol=1e-5)
    for number in range(3):
        assert np.flatnonzero(kept["fold"] == number).tolist() == Fold(number, 3).cut(open_dataset(file))[2].tolist()
    rows = list(csv.DictReader((folder / "out_of_fold.csv").read_text().splitlines()))
    right = [row["label"] == row["predicted"] for row in rows]
    assert [row["source"] for row in rows] == pool.source
    assert spread.facts["out_of_fold_accuracy"] == pytest.approx(statistics.mean(right))
    assert statistics.mean(right) > 0.6  # classes are told by their colour


def test_each_fold_is_a_run_judged_by_its_last_checkpoint(crossed, file):
    spread, folder = crossed
    kept = np.load(folder / "out_of_fold.npz")
    for number in range(3):
        (line,) = map(json.loads, (folder / f"fold_{number}" / "ledger.jsonl").read_text().splitlines())
        assert (line["event"], line["on"]["number"], line["epochs"]) == ("trained", number, 4)
        held_out = kept["fold"] == number
        right = (kept["probability"].argmax(axis=1) == kept["label"])[held_out].mean()
        assert spread.runs[f"fold_{number}"]["val/accuracy"] == pytest.approx(right)
    accuracies = [metrics["val/accuracy"] for metrics in spread.runs.values()]
    assert spread.std["val/accuracy"] == pytest.approx(statistics.stdev(accuracies))


def test_channel_means_are_those_of_the_other_folds(crossed, file):
    _, folder = crossed
    pool = open_dataset(file)["train+val"]
    for number in range(3):
        stored = torch.load(folder / f"fold_{number}" / "checkpoints" / "last.ckpt", weights_only=True)["ImageDataModule"]["normalize"]
        pixels = pool.array("x")[Fold(number, 3).cut(open_dataset(file))[1]] / 255
        np.testing.assert_allclose(stored["mean"], pixels.mean(axis=(0, 1, 2)))
        np.testing.assert_allclose(stored["std"], pixels.std(axis=(0, 1, 2)))


def test_folds_that_cannot_be_dealt_are_refused_before_training(file, tmp_path):
    with pytest.raises(ArgumentError, match="of must be from 2 to 100, got 1"):
        cross_validate("signs", file, folds=1, run=tmp_path / "run")
    with pytest.raises(ArgumentError, match="of must be from 2 to 100, got 0"):
        cross_validate("signs", file, folds=0, run=tmp_path / "run")
    with pytest.raises(SplitError, match="at least as many as the 99 folds"):
        cross_validate("signs", file, folds=99, run=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
