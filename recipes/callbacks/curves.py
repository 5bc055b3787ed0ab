"""What a learning curve lacks otherwise: the training loss, averaged over the epoch, and the learning rate; both go into the run's logs."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from datamodules import Batch

__all__ = ["EPOCH_LOSS", "LEARNING_RATE", "EpochMeans"]

EPOCH_LOSS, LEARNING_RATE = "train/loss_epoch", "learning_rate"
"""Names in the logs, a value an epoch."""


class EpochMeans(Callback):
    """Logs the mean training loss of each epoch, over all samples and processes, and the learning rate of its last step."""

    def __init__(self) -> None:
        self._total, self._samples, self._rate = torch.zeros(()), 0, 0.0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin anew."""
        self._total, self._samples = torch.zeros((), device=pl_module.device), 0

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Batch, batch_idx: int) -> None:
        """Note the rate that the step will take."""
        self._rate = trainer.optimizers[0].param_groups[0]["lr"]

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Batch, batch_idx: int) -> None:
        """Add a step's loss up, on its device; Lightning has divided it by the steps that it gathers."""
        if isinstance(outputs, dict) and outputs.get("loss") is not None:
            self._total += outputs["loss"].float() * (len(batch.index) * trainer.accumulate_grad_batches)
            self._samples += len(batch.index)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write both down: to the logs alone, so that nothing can be chosen by them."""
        sums = torch.stack([self._total, torch.tensor(float(self._samples), device=self._total.device)])
        total, samples = trainer.strategy.reduce(sums, reduce_op="sum").tolist()
        if samples:
            values = {"epoch": trainer.current_epoch, EPOCH_LOSS: total / samples, LEARNING_RATE: float(self._rate)}
            for logger in trainer.loggers:
                logger.log_metrics(values, step=trainer.global_step - 1)
