"""Options of Lightning's Trainer that no run can follow: a recipe's parsed options come in, a refusal in one line goes out, or nothing."""

from __future__ import annotations

import re
from typing import Any

import torch

from toolkit.errors import check

__all__ = ["check_trainer_options"]

PART = "a share above 0 and up to 1, or a whole number of batches"

PRECISIONS = (
    "auto",
    "32-true",
    "bf16-mixed",
    "16-mixed",
    "bf16-true",
    "16-true",
    "64-true",
    "transformer-engine",
    "transformer-engine-float16",
)
SHORT_PRECISIONS = ("64", "32", "16", "bf16")
"""Lightning's names, and ours."""

CHOOSE_NOTHING = "To choose nothing, type --data.train_on train+val."


def check_trainer_options(config: Any) -> None:
    """Refuse what Lightning takes and then fails at, or would leave a run without a choice.

    Args:
        config: What LightningCLI parsed: the sections data, trainer and checkpoint.

    Raises:
        ArgumentError: If there is such an option; the message says what to type.
    """
    trainer, train_on = config.trainer, config.data.init_args.get("train_on")
    _check(not trainer.barebones, "trainer.barebones", "false: a run keeps logs and checkpoints", trainer.barebones)
    _check_machine(trainer)
    _check_lengths(trainer)
    _check(_is_part(trainer.limit_train_batches), "trainer.limit_train_batches", PART, trainer.limit_train_batches)
    val, seldom = trainer.limit_val_batches, "Val chooses the checkpoint: to read it seldom, type --trainer.check_val_every_n_epoch N."
    _check(_is_part(val) or (val == 0 and train_on == "train+val"), "trainer.limit_val_batches", PART, val, f"{seldom} {CHOOSE_NOTHING}")
    overfit, interval = trainer.overfit_batches, trainer.val_check_interval
    _check(overfit == 0 or _is_part(overfit), "trainer.overfit_batches", f"0 or {PART}", overfit)
    _check(_is_part(interval), "trainer.val_check_interval", PART, interval)
    _check_choice(config.checkpoint, trainer, selects=train_on != "train+val")


def _check_machine(trainer: Any) -> None:
    known = str(trainer.precision) in (*PRECISIONS, *SHORT_PRECISIONS)
    _check(known, "trainer.precision", f"one of {', '.join(PRECISIONS)}", trainer.precision)
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    has = {"auto": True, "cpu": True, "gpu": cuda or mps, "cuda": cuda, "mps": mps}
    rule = f"one that this machine has: {', '.join(name for name, there in has.items() if there)}"
    missing = [name for name, there in has.items() if not there]  # other names are Lightning's to judge
    _check(trainer.accelerator not in missing, "trainer.accelerator", rule, trainer.accelerator)


def _check_lengths(trainer: Any) -> None:
    epochs, steps, every = trainer.max_epochs, trainer.max_steps, trainer.check_val_every_n_epoch
    _check(steps == -1 or steps >= 1, "trainer.max_steps", "at least 1, or -1 for no limit", steps)
    endless = epochs in (None, -1) and steps >= 1
    _check(endless or (epochs or 0) >= 1, "trainer.max_epochs", "at least 1, or -1 with --trainer.max_steps", epochs)
    longest = trainer.max_time
    is_time = not isinstance(longest, str) or (re.fullmatch(r"\d+:\d\d:\d\d:\d\d", longest) and longest.strip("0:"))
    _check(bool(is_time), "trainer.max_time", "above 0, as DD:HH:MM:SS, such as 00:01:30:00", longest)
    for name in ("min_epochs", "min_steps"):
        _check(trainer[name] is None or steps == -1, f"trainer.{name}", "left out with --trainer.max_steps", trainer[name])
    accumulate = trainer.accumulate_grad_batches
    _check(accumulate >= 1, "trainer.accumulate_grad_batches", "at least 1", accumulate)
    fits = every is None or (every >= 1 and (endless or every <= epochs))
    rule = "at least 1" if endless else f"from 1 to {epochs}, the epochs"
    _check(fits, "trainer.check_val_every_n_epoch", f"{rule}, or null with a --trainer.val_check_interval in batches", every)


def _check_choice(checkpoint: Any, trainer: Any, *, selects: bool) -> None:
    _check(not checkpoint.save_weights_only, "checkpoint.save_weights_only", "false: a checkpoint knows its data", True)
    if not selects:
        return
    monitor, kept, every, epochs = checkpoint.monitor, checkpoint.save_top_k, checkpoint.every_n_epochs, trainer.max_epochs
    of_val = monitor is not None and monitor.startswith("val/")
    _check(of_val, "checkpoint.monitor", "one of val's figures, such as val/loss", monitor, CHOOSE_NOTHING)
    _check(kept == -1 or kept >= 1, "checkpoint.save_top_k", "at least 1, or -1 for all", kept)
    most = epochs if epochs and epochs > 0 else None
    rule = f"from 1 to {most}, the epochs" if most else "at least 1"
    _check(every is None or (every >= 1 and (most is None or every <= most)), "checkpoint.every_n_epochs", rule, every)


def _is_part(value: Any) -> bool:
    """Whether batches are limited as Lightning has it: 1 is a batch, 1.0 is all of them."""
    return value is None or (isinstance(value, int | float) and (0 < value <= 1 or (value > 1 and value % 1 == 0)))


def _check(ok: bool, name: str, rule: str, got: object, fix: str = "") -> None:
    check(ok, "train", f"--{name}", rule, got, fix=fix)
