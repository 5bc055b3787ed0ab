"""Runs made by hand: what the tests of a run's page are made of."""

from pathlib import Path

import numpy as np

from recipes.run_report.records import Curve, Record

CONFIG = """\
data: {init_args: {path: signs.h5, augment: {rotation_degrees: 10}}}
network: {init_args: {dropout: 0.3}}
model: {init_args: {label_smoothing: 0.05}}
checkpoint: {monitor: val/loss, mode: min}
"""
ENDED = {"metrics": {"val/accuracy": 0.9, "val/loss": 0.5}, "epochs": 4, "seconds": 60.0, "flops": 10**12}


def make_record(
    val=(), train=(), *, ledger=(), config=CONFIG, result=ENDED, whole=True, classes=(), confusion=None, folder="runs/signs/001"
):
    """A run whose losses at each epoch are given."""
    curves = {}
    if len(val):
        curves["val/loss"] = Curve(np.arange(1.0, len(val) + 1), np.array(val, float))
    if len(train):
        curves["train/loss"] = Curve(np.arange(len(train)) + 0.5, np.array(train, float))
    matrix = None if confusion is None else np.array(confusion)
    return Record(Path(folder), config, result, curves, whole, list(ledger), list(classes), matrix)
