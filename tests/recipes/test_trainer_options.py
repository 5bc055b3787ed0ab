"""Trainer's options at their edges: refused in one line before the first step, or followed to right results."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from recipes import precision
from recipes.checkpoint import load_checkpoint
from recipes.precision import can_train
from recipes.train import train
from tests.recipes.conftest import TINY
from toolkit import ArgumentError

CPU = [*TINY, "--trainer.accelerator", "cpu"]  # 63 training pictures in batches of 16: four an epoch; 14 of val in one
TWO = [*CPU, "--trainer.max_epochs", "2"]
PART = "must be a share above 0 and up to 1, or a whole number of batches"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--trainer.limit_val_batches 0", f"limit_val_batches {PART}, got 0. Val chooses .* type --trainer.check_val_every_n_epoch N"),
        ("--trainer.limit_val_batches 1.5", f"limit_val_batches {PART}, got 1.5"),
        ("--trainer.limit_val_batches 0.1", "limit_val_batches must be at least 1, as val has 1 batch, got 0.1"),
        ("--trainer.limit_train_batches 0", f"limit_train_batches {PART}, got 0"),
        ("--trainer.limit_train_batches 0.2", "limit_train_batches must be at least 0.25, as train has 4 batches, got 0.2"),
        ("--trainer.overfit_batches -1", f"overfit_batches must be 0 or {PART[8:]}, got -1"),
        ("--trainer.overfit_batches 0.5", "overfit_batches must be at least 1, as val has 1 batch, got 0.5"),
        ("--trainer.max_steps 0", "max_steps must be at least 1, or -1 for no limit, got 0"),
        ("--trainer.max_epochs -1", "max_epochs must be at least 1, or -1 with --trainer.max_steps, got -1"),
        ("--trainer.max_steps 2 --trainer.min_epochs 1", "min_epochs must be left out with --trainer.max_steps, got 1"),
        ("--trainer.max_time 00:00:00:00", "max_time must be above 0, as DD:HH:MM:SS, such as 00:01:30:00, got 00:00:00:00"),
        ("--trainer.max_time 1h", "max_time must be above 0, as DD:HH:MM:SS, such as 00:01:30:00, got 1h"),
        (
            "--trainer.val_check_interval 500",
            "val_check_interval must be at most 4, .* got 500. .* add --trainer.check_val_every_n_epoch",
        ),
        ("--trainer.val_check_interval 0", f"val_check_interval {PART}, got 0"),
        ("--trainer.val_check_interval 00:00:00:01", f"val_check_interval {PART}, got 00:00:00:01"),
        ("--trainer.val_check_interval 9 --trainer.check_val_every_n_epoch null", "val_check_interval must be at most 8, .*, got 9"),
        ("--trainer.check_val_every_n_epoch 3", "check_val_every_n_epoch must be from 1 to 2, the epochs, .* got 3"),
        ("--trainer.check_val_every_n_epoch 0", "check_val_every_n_epoch must be from 1 to 2, the epochs, .* got 0"),
        ("--trainer.check_val_every_n_epoch 2 --trainer.max_steps 3", "check_val_every_n_epoch must be at most 1, .* got 2"),
        ("--trainer.accumulate_grad_batches 0", "accumulate_grad_batches must be at least 1, got 0"),
        ("--trainer.barebones true", "barebones must be false: a run keeps logs and checkpoints, got True"),
        ("--data.batch_size 1", "data.batch_size must be such that no batch is a single sample, .* got 1. Take 4 or more"),
        ("--data.batch_size 2", "data.batch_size must be such that no batch is a single sample, .* got 2. Take 4 or more"),
        ("--data.batch_size 62 --trainer.overfit_batches 1.0", "data.batch_size .* got 62. Take one more or one less"),
        ("--checkpoint.monitor null", "checkpoint.monitor must be one of val's figures, .* got None. .* --data.train_on train.val"),
        ("--checkpoint.monitor train/loss", "checkpoint.monitor must be one of val's figures, such as val/loss, got train/loss"),
        ("--checkpoint.monitor val/no", "checkpoint.monitor must be one of val/accuracy, val/loss, val/macro_f1, got val/no"),
        ("--early_stopping.monitor val/no", "early_stopping.monitor must be one of val/accuracy, val/loss, val/macro_f1, got val/no"),
        ("--checkpoint.save_weights_only true", "checkpoint.save_weights_only must be false: .* got True"),
        ("--checkpoint.save_top_k 0", "checkpoint.save_top_k must be at least 1, or -1 for all, got 0"),
        ("--checkpoint.every_n_epochs 3", "checkpoint.every_n_epochs must be from 1 to 2, the epochs, got 3"),
    ],
)
def test_what_no_run_can_follow_is_refused_before_the_first_step(file, tmp_path, options, message):
    with pytest.raises(ArgumentError, match=f"^train: --.*{message}"):
        train("signs", file, *TWO, *options.split(), run=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "steps", "epochs", "validated_at"),
    [
        ("--trainer.max_steps 2", 2, 1, [1]),
        ("--trainer.max_steps 5", 5, 2, [3, 4]),
        ("--trainer.max_steps 4", 4, 1, [3]),
        ("--trainer.max_epochs -1 --trainer.max_steps 5", 5, 2, [3, 4]),
        ("--trainer.max_steps 1 --trainer.accumulate_grad_batches 3", 1, 1, [0]),
        ("--trainer.val_check_interval 2", 8, 2, [1, 3, 5, 7]),
        ("--trainer.val_check_interval 6 --trainer.check_val_every_n_epoch null", 8, 2, [5]),
        ("--trainer.check_val_every_n_epoch 2", 8, 2, [7]),
        ("--trainer.limit_train_batches 3 --trainer.limit_val_batches 1", 6, 2, [2, 5]),
        ("--trainer.overfit_batches 1", 2, 2, [0, 1]),
        ("--data.batch_size 3", 42, 2, [20, 41]),  # 21 batches of 3: none of a single picture
        ("--trainer.callbacks lightning.pytorch.callbacks.LearningRateMonitor", 8, 2, [3, 7]),
    ],
)
def test_lengths_are_followed_and_what_was_reached_is_validated(file, tmp_path, options, steps, epochs, validated_at):
    result = train("signs", file, *TWO, "--trainer.log_every_n_steps", "1", *options.split(), run=tmp_path / "run")
    assert torch.load(result.last_checkpoint, weights_only=True)["global_step"] == steps
    assert result.epochs == epochs
    rows = (Path(result.run) / "logs" / "metrics.csv").read_text().splitlines()
    names = rows[0].split(",")
    found = [dict(zip(names, row.split(","), strict=True)) for row in rows[1:]]
    validated = {int(row["step"]): float(row["val/loss"]) for row in found if row["val/loss"]}
    last = validated.pop(steps)  # of the checkpoint chosen, once the run has ended
    assert [*validated] == validated_at
    assert result.metrics["val/loss"] == pytest.approx(last) == pytest.approx(min(validated.values()), abs=1e-5)
    assert load_checkpoint(result.best_checkpoint).classes == ["go", "right of way", "stop"]


def test_a_dry_run_says_that_it_left_no_checkpoint(file, tmp_path):
    result = train("signs", file, *CPU, "--trainer.fast_dev_run", "true", run=tmp_path / "run")
    assert (result.best_checkpoint, result.last_checkpoint, result.epochs) == (None, None, 1)
    assert str(result).endswith("no checkpoint was written")
    events = [json.loads(line)["event"] for line in (tmp_path / "run" / "ledger.jsonl").read_text().splitlines()]
    assert events == ["trained"]  # nothing was selected


@pytest.mark.parametrize("given", ["gpu", "cuda", "mps"])
def test_an_accelerator_that_the_machine_lacks_is_told(file, tmp_path, monkeypatch, given):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ArgumentError, match=f"accelerator must be one that this machine has: auto, cpu, got {given}"):
        train("signs", file, *TINY, "--trainer.accelerator", given, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("given", ["bf16-mixed", "bf16-true", "16-true"])
def test_half_precision_is_refused_where_the_processor_has_no_recurrent_layers_of_it(reviews, tmp_path, monkeypatch, given):
    asked = []

    def probe(layer, dtype, device, *, mixed):
        asked.append((type(layer), dtype, device.type, mixed))
        return False

    monkeypatch.setattr(precision, "can_train", probe)
    options = ["--trainer.accelerator", "cpu", "--trainer.max_epochs", "1", "--trainer.precision", given]
    with pytest.raises(ArgumentError, match="precision must be 32-true, as LSTM cannot be trained in half precision on this cpu, got"):
        train("sentiment_lstm", reviews, *options, run=tmp_path / "run")
    dtype = torch.bfloat16 if given.startswith("bf16") else torch.float16
    assert asked == [(nn.LSTM, dtype, "cpu", given.endswith("mixed"))]
    assert list(tmp_path.iterdir()) == []
    assert train("sentiment_bow", reviews, *options, run=tmp_path / "run").epochs == 1  # no recurrent layer: nothing is asked
    assert len(asked) == 1


def test_the_probe_tells_what_fails_from_what_runs_and_leaves_the_layer_alone():
    class Failing(nn.LSTM):
        def forward(self, rows):
            assert rows.shape == (2, 3, 4)
            raise RuntimeError("could not create a primitive descriptor for the LSTM forward propagation primitive")

    layer = nn.LSTM(4, 5, bidirectional=True)
    before = [weight.clone() for weight in layer.parameters()]
    cpu = torch.device("cpu")
    assert can_train(layer, torch.float32, cpu, mixed=False)
    assert not can_train(Failing(4, 5), torch.bfloat16, cpu, mixed=False)
    assert all(torch.equal(one, other) for one, other in zip(before, layer.parameters(), strict=True))
    assert all(weight.grad is None for weight in layer.parameters())
