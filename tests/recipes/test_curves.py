"""The epoch's mean training loss in the logs is that of all its samples, and no metric to choose by."""

import csv
from pathlib import Path

import pytest

from datamodules import ImageDataModule


@pytest.fixture
def rows(trained):
    with open(Path(trained.run) / "logs" / "metrics.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_the_mean_weighs_each_step_by_its_samples(trained, file, rows):
    data = ImageDataModule(file, batch_size=16)
    samples = len(data.file["train"])
    sizes = [16] * (samples // 16) + ([samples % 16] if samples % 16 else [])
    for epoch in ("0", "7"):
        steps = [float(row["train/loss"]) for row in rows if row["epoch"] == epoch and row["train/loss"]]
        (mean,) = [float(row["train/loss_epoch"]) for row in rows if row["epoch"] == epoch and row["train/loss_epoch"]]
        assert len(steps) == len(sizes)
        assert mean == pytest.approx(sum(loss * size for loss, size in zip(steps, sizes, strict=True)) / samples, rel=1e-5)
    assert "train/loss_epoch" not in trained.metrics


def test_the_learning_rate_rises_and_falls_to_nothing(rows):
    rates = [float(row["learning_rate"]) for row in rows if row["learning_rate"]]
    assert len(rates) == 8
    assert max(rates) > 0.004
    assert rates[-1] < 1e-6
