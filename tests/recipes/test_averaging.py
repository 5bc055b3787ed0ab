"""Averaged weights are those by hand, are what is validated and kept, and go on after a resume."""

import pytest
import torch

from recipes.train import train
from tests.recipes.conftest import TINY
from toolkit import ArgumentError

NAME = "network.head.1.weight"
STEPS = [*TINY, "--model.schedule", "constant", "--trainer.precision", "32-true", "--trainer.accelerator", "cpu"]
STEADY = [*STEPS, "--trainer.log_every_n_steps", "1", "--trainer.limit_train_batches", "1"]


def content(checkpoint):
    return torch.load(checkpoint, weights_only=True)


def test_the_average_is_the_one_by_hand(file, tmp_path):
    latest = []
    for epochs in (1, 2, 3):  # an epoch is one step here
        options = [*STEADY, "--trainer.max_epochs", str(epochs)]
        latest.append(content(train("signs", file, *options, run=tmp_path / f"plain{epochs}").last_checkpoint)["state_dict"][NAME])
    result = train("signs", file, *STEADY, "--trainer.max_epochs", "3", "--averaging.decay", "0.75", run=tmp_path / "averaged")
    kept = content(result.last_checkpoint)
    expected = latest[0]  # the average begins with the weights after the first step
    for weights in latest[1:]:
        expected = 0.75 * expected + 0.25 * weights
    torch.testing.assert_close(kept["state_dict"][NAME], expected)
    torch.testing.assert_close(kept["current_model_state"][NAME], latest[2])


def test_a_resumed_run_averages_on(file, tmp_path):
    options = [*STEADY, "--averaging.decay", "0.75"]
    whole = train("signs", file, *options, "--trainer.max_epochs", "3", run=tmp_path / "whole")
    part = train("signs", file, *options, "--trainer.max_epochs", "2", run=tmp_path / "part")
    rest = train("signs", file, "--trainer.max_epochs", "3", resume=part.run)
    for key in ("state_dict", "current_model_state"):
        expected, found = content(whole.last_checkpoint)[key], content(rest.last_checkpoint)[key]
        assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert rest.metrics == whole.metrics


def test_a_decay_out_of_range_is_refused(file, tmp_path):
    with pytest.raises(ArgumentError, match=r"Averaging: decay must be in \[0, 1\), got 1"):
        train("signs", file, *STEADY, "--averaging.decay", "1", run=tmp_path / "run")
