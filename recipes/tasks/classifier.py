"""Classification: normalised batches with class ids come in, losses, accuracy, macro F1 and a confusion matrix go out to the run."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torchmetrics import MeanMetric, Metric, MetricCollection
from torchmetrics.classification import MulticlassAccuracy, MulticlassConfusionMatrix, MulticlassF1Score

from datamodules import Batch
from recipes.models import Network
from recipes.tasks.task import Schedule, Task
from toolkit.errors import DataError, check

__all__ = ["Classifier"]


class Classifier(Task):
    """One class a sample. Logs ``train/loss`` in training; ``val/…`` and ``test/…`` loss, accuracy and macro_f1 an evaluation.

    Args:
        network: Gives scores of shape (N, num_classes).
        learning_rate: The highest learning rate, above 0.
        weight_decay: AdamW's, at least 0.
        schedule: ``"one_cycle"``, ``"cosine"`` or ``"constant"``.
        label_smoothing: Share of the training target spread over all classes, in [0, 1); evaluation spreads none.

    Attributes:
        confusion: Of the latest evaluation, int64, shape (num_classes, num_classes), on the CPU: rows are true, columns predicted.
    """

    def __init__(
        self,
        network: Network,
        *,
        learning_rate: float = 5e-3,
        weight_decay: float = 0.05,
        schedule: Schedule = "one_cycle",
        label_smoothing: float = 0.05,
    ) -> None:
        super().__init__(network, learning_rate=learning_rate, weight_decay=weight_decay, schedule=schedule)
        check(0 <= label_smoothing < 1, "Classifier", "label_smoothing", "in [0, 1)", label_smoothing)
        self.label_smoothing = label_smoothing
        self.settings["label_smoothing"] = label_smoothing
        num_classes = network.settings["num_classes"]
        scores: dict[str, Metric | MetricCollection] = {
            "accuracy": MulticlassAccuracy(num_classes, average="micro", validate_args=False),
            "macro_f1": MulticlassF1Score(num_classes, average="macro", validate_args=False),
        }
        # groups form at the first update, which a rank without samples never makes: it would wait for other sums than its peers
        self.scores = MetricCollection(scores, compute_groups=False)
        self.loss = MeanMetric(nan_strategy="disable")
        self.matrix = MulticlassConfusionMatrix(num_classes, validate_args=False)
        self.confusion = torch.zeros(num_classes, num_classes, dtype=torch.int64)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Score finished samples: shape (N, …), or ragged ones with the `lengths` of each → logits, shape (N, num_classes)."""
        logits: Tensor = self.network(x) if lengths is None else self.network(x, lengths)
        return logits

    def training_step(self, batch: Batch) -> Tensor:
        """Return the mean smoothed cross-entropy of a batch."""
        loss = F.cross_entropy(self(batch.x, batch.lengths), _labels(batch), label_smoothing=self.label_smoothing)
        self.log_step("train/loss", loss)
        return loss

    def validation_step(self, batch: Batch) -> None:
        """Count a batch of the validation split."""
        self._count(batch)

    def test_step(self, batch: Batch) -> None:
        """Count a batch of the test split."""
        self._count(batch)

    def predict_step(self, batch: Batch) -> Tensor:
        """Return class probabilities, float32, shape (N, num_classes)."""
        probability: Tensor = self(batch.x, batch.lengths).float().softmax(dim=1)
        return probability

    def on_validation_epoch_end(self) -> None:
        """Log the validation split's metrics."""
        self._conclude("val")

    def on_test_epoch_end(self) -> None:
        """Log the test split's metrics."""
        self._conclude("test")

    def _count(self, batch: Batch) -> None:
        logits, labels = self(batch.x, batch.lengths).float(), _labels(batch)
        if not len(labels):
            return  # a rank that was left without samples
        self.loss.update(F.cross_entropy(logits, labels, reduction="none"))
        self.scores.update(logits, labels)
        self.matrix.update(logits, labels)

    def _conclude(self, split: str) -> None:
        # computing sums over all processes: each then logs the same figures, which `sync_dist` leaves as they are
        metrics = {"loss": self.loss.compute(), **self.scores.compute()}
        self.log_dict({f"{split}/{name}": value for name, value in metrics.items()}, prog_bar=True, sync_dist=True)
        self.confusion = self.matrix.compute().cpu().view(self.confusion.shape)  # of one class torchmetrics makes a single number
        for metric in (self.loss, self.scores, self.matrix):
            metric.reset()


def _labels(batch: Batch) -> Tensor:
    if batch.y is None:
        raise DataError("Classifier: batches must be labelled, got none. Preprocess a labelled source.")
    return batch.y
