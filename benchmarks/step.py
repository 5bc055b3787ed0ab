"""A training step of a recipe beside a bare PyTorch loop: pictures come in, milliseconds a step and augmentation's share go out.

Both sides train the same network on the same batches of the same file, with the same augmentation, precision, memory order and optimizer.
A step is all from one batch's end to the next one's: reading, augmentation, forward, backward, update, schedule, and whatever each side
does besides. The first steps of each turn warm up.
"""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F
from lightning.pytorch import Callback
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from benchmarks.measure import Ratio, Report, ratio, take_turns
from recipes.cli import RecipeCLI
from recipes.models import Network
from recipes.quiet import quiet_lightning
from recipes.train import recipe_path
from toolkit.export import ExportOptions
from toolkit.images import ImageOptions
from toolkit.preprocess import preprocess_images

__all__ = ["Linear", "measure"]

SIDE, WARM_UP, LOG_EVERY = 48, 5, 50
PLAIN = ("--data.augment", "null")
LINEAR = ("--network", "benchmarks.step.Linear", *PLAIN)


class Linear(Network):
    """One linear layer: a network too small to hide what a trainer costs.

    Args:
        num_classes: Scores that come out.
        num_channels: Channels that come in, of pictures of 48×48.
    """

    def __init__(self, num_classes: int, num_channels: int = 3) -> None:
        super().__init__()
        self.settings = {"num_classes": num_classes, "num_channels": num_channels}
        self.scores = nn.Linear(num_channels * SIDE**2, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Score pictures, shape (N, C, 48, 48)."""
        scores: Tensor = self.scores(images.flatten(1))
        return scores


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Export a source, then train on it for some steps in every way, in turns.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for an array.
        workers: Processes that the export gets.
        repeats: Rounds that count.
        quick: One step only, and small batches.
    """
    path = scratch / "signs.h5"
    preprocess_images(source, path, images=ImageOptions(size=(SIDE, SIDE)), write=ExportOptions(workers=workers))
    training = _Training(path, batch_size=8 if quick else 128, num_steps=WARM_UP + (1 if quick else 60))
    cases = {
        "signs": training.by_recipe,
        "signs, bare loop": training.by_hand,
        "signs, not augmented": partial(training.by_recipe, *PLAIN),
        "one linear layer, not augmented": partial(training.by_recipe, *LINEAR),
        "one linear layer, not augmented, bare loop": partial(training.by_hand, *LINEAR),
    }
    named = [partial(lambda name, train: {f"{name}: ms a step": train()}, name, train) for name, train in cases.items()]
    with quiet_lightning():
        found = take_turns(named, repeats=repeats)
    ours, loop, plain, small, small_loop = found.values()
    share = tuple(1 - without / with_ for with_, without in zip(ours.values, plain.values, strict=True))
    ratios = (
        ratio("signs: recipe / bare loop", ours, loop, at_most=1.05),
        ratio("one linear layer: recipe / bare loop", small, small_loop),
        Ratio("augmentation's share of a step of signs", share),
    )
    return Report("Training step", tuple(found.values()), ratios, training.notes)


class _Training:
    """Trains a recipe's network on a file for a number of steps, and says what one costs."""

    def __init__(self, path: Path, *, batch_size: int, num_steps: int) -> None:
        self.path, self.batch_size, self.num_steps = path, batch_size, num_steps
        self.notes: tuple[str, ...] = ()

    def by_recipe(self, *options: str) -> float:
        """Milliseconds a step of what `foudre train signs` does."""
        cli, watch = self._set_up(*options), _Watch()
        cli.trainer.callbacks.append(watch)  # type: ignore[attr-defined]  # as Lightning's own annotation lacks it
        cli.trainer.fit(cli.model, datamodule=cli.datamodule)
        how = f"{cli.trainer.precision}, on the CPU by {torch.get_num_threads()} threads; {self.num_steps - WARM_UP} steps a round"
        self.notes = (f"Batches of {self.batch_size}, {SIDE}×{SIDE}, {how}.",)
        return _cost(watch.marks)

    def by_hand(self, *options: str) -> float:
        """Milliseconds a step of a loop as one writes it for this one network."""
        with patch.dict(os.environ):
            os.environ.pop("PYTORCH_NVML_BASED_CUDA_CHECK", None)  # Lightning's own: without a GPU it slows each step of an optimizer
            return _cost(self._loop(self._set_up(*options)))

    def _loop(self, cli: RecipeCLI) -> list[float]:
        task, data, network, decay = cli.model, cli.datamodule, cli.model.network.train(), cli.config_init.averaging.decay
        optimizer = torch.optim.AdamW(network.parameters(), lr=task.learning_rate, weight_decay=task.weight_decay, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, task.learning_rate, total_steps=self.num_steps)
        average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True) if decay else None
        autocast = torch.autocast("cpu", torch.bfloat16, enabled=cli.trainer.precision == "bf16-mixed")
        losses, marks = [], []
        for step, batch in zip(range(self.num_steps), data.train_dataloader(), strict=False):
            images = batch.x.permute(0, 3, 1, 2)
            if data.augment is not None:
                images = data.augment(images.float(), batch.index, seed=0, epoch=0)
            images = data.normalize(images)
            with autocast:
                loss = F.cross_entropy(network(images), batch.y, label_smoothing=task.label_smoothing)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            if average is not None:
                average.update_parameters(network)
            if step % LOG_EVERY == 0:
                losses.append(loss.item())
            marks.append(time.perf_counter())
        return marks

    def _set_up(self, *options: str) -> RecipeCLI:
        length = ("--trainer.max_epochs", "1", "--trainer.limit_train_batches", str(self.num_steps), "--trainer.limit_val_batches", "1")
        fixed = ("--data.batch_size", str(self.batch_size), "--trainer.accelerator", "cpu", "--trainer.log_every_n_steps", str(LOG_EVERY))
        args = ["--config", str(recipe_path("signs")), "--data.path", str(self.path), *length, *fixed, *options]
        return RecipeCLI(args, run=None, root=self.path.with_name("runs"))


class _Watch(Callback):
    """Notes when each step ends."""

    def __init__(self) -> None:
        self.marks: list[float] = []

    def on_train_batch_end(self, *_: Any) -> None:
        self.marks.append(time.perf_counter())


def _cost(marks: list[float]) -> float:
    """Milliseconds a step, those that warm up left out."""
    return 1000 * (marks[-1] - marks[WARM_UP - 1]) / (len(marks) - WARM_UP)
