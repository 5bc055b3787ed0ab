"""Randomness of a network's own, such as dropout: seeded for each epoch, so that a resumed run draws what it would have drawn."""

from __future__ import annotations

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

__all__ = ["SeedEpochs"]


class SeedEpochs(Callback):
    """Seeds torch at the start of every training epoch from (seed, epoch, rank).

    Args:
        seed: Any int; the run's seed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Seed the epoch."""
        torch.manual_seed(hash((self.seed, trainer.current_epoch, trainer.global_rank)) % 2**63)
