"""Foretelling the next word: windows of words come in, loss, perplexity and accuracy go out to the run."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torchmetrics import MeanMetric

from datamodules import Batch
from recipes.models import Network
from recipes.tasks.task import Schedule, Task
from toolkit.errors import DataError, check
from toolkit.text.vocabulary import PADDING

__all__ = ["LanguageModel"]


class LanguageModel(Task):
    """Logs ``train/loss`` in training; ``val/…`` and ``test/…`` loss, perplexity and accuracy an evaluation, means over all words.

    Args:
        network: Gives scores of shape (N, T, words).
        learning_rate: The highest learning rate, above 0.
        weight_decay: AdamW's, at least 0.
        schedule: ``"one_cycle"``, ``"cosine"`` or ``"constant"``.
        label_smoothing: Share of the training target spread over all words, in [0, 1).
    """

    def __init__(
        self,
        network: Network,
        *,
        learning_rate: float = 5e-3,
        weight_decay: float = 0.01,
        schedule: Schedule = "one_cycle",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(network, learning_rate=learning_rate, weight_decay=weight_decay, schedule=schedule)
        check(0 <= label_smoothing < 1, "LanguageModel", "label_smoothing", "in [0, 1)", label_smoothing)
        self.label_smoothing = self.settings["label_smoothing"] = label_smoothing
        self.loss, self.accuracy = MeanMetric(nan_strategy="disable"), MeanMetric(nan_strategy="disable")

    def forward(self, x: Tensor) -> Tensor:
        """Score each next word: int64 (N, T) → logits (N, T, words)."""
        logits: Tensor = self.network(x)
        return logits

    def training_step(self, batch: Batch) -> Tensor:
        """Return the mean cross-entropy of a batch's words."""
        logits, labels = self(batch.x).flatten(0, 1), _next_words(batch)
        loss = F.cross_entropy(logits, labels, ignore_index=PADDING, label_smoothing=self.label_smoothing)
        self.log_step("train/loss", loss)
        return loss

    def validation_step(self, batch: Batch) -> None:
        """Count a batch of the validation split."""
        self._count(batch)

    def test_step(self, batch: Batch) -> None:
        """Count a batch of the test split."""
        self._count(batch)

    def on_validation_epoch_end(self) -> None:
        """Log the validation split's metrics."""
        self._conclude("val")

    def on_test_epoch_end(self) -> None:
        """Log the test split's metrics."""
        self._conclude("test")

    def _count(self, batch: Batch) -> None:
        labels = _next_words(batch)
        told = labels != PADDING
        logits, labels = self(batch.x).flatten(0, 1)[told].float(), labels[told]
        if len(labels):
            self.loss.update(F.cross_entropy(logits, labels, reduction="none"))
            self.accuracy.update((logits.argmax(1) == labels).float())

    def _conclude(self, split: str) -> None:
        loss = self.loss.compute()
        metrics = {"loss": loss, "perplexity": torch.exp(loss), "accuracy": self.accuracy.compute()}
        self.log_dict({f"{split}/{name}": value for name, value in metrics.items()}, prog_bar=True, sync_dist=True)
        self.loss.reset()
        self.accuracy.reset()


def _next_words(batch: Batch) -> Tensor:
    if batch.y is None or batch.y.shape != batch.x.shape:
        raise DataError("LanguageModel: batches must be of words and the next ones, got none. Take WindowDataModule.")
    return batch.y.flatten()
