"""Randomness of a network's own, such as dropout: seeded for each step, so that a resumed run draws what it would have drawn."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

__all__ = ["SeedSteps"]


class SeedSteps(Callback):
    """Seeds torch before every training step from (seed, epoch, step, rank).

    Args:
        seed: Any int; the run's seed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Seed the step."""
        seed = hash((self.seed, trainer.current_epoch, batch_idx, trainer.global_rank)) % 2**63
        if pl_module.device.type == "cpu":
            torch.default_generator.manual_seed(seed)  # the rest of `torch.manual_seed` tells devices that are not there, at a cost
        else:
            torch.manual_seed(seed)
