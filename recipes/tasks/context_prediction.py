"""Word embeddings: words in context come in, two matrices learn to foretell each from the other, step by step as word2vec does."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torchmetrics import SumMetric

from datamodules import Contexts, WordContextDataModule
from recipes.models import Embeddings
from recipes.tasks.context_loss import ContextLoss, cbow_loss, skipgram_loss
from recipes.tasks.row_sgd import RowSGD
from recipes.tasks.task import Task
from toolkit.errors import ArgumentError, DataError, check, wording

__all__ = ["ContextPrediction", "Method"]

Method = Literal["skipgram", "cbow"]

LEAST_RATE = 1e-4
"""Where the learning rate ends, as a share of where it began."""

LOSS_EVERY = 8
"""In training the loss is measured on each n-th block."""


class ContextPrediction(Task):
    """Skip-gram or CBOW with negative sampling. Logs ``train/loss`` in training, on an eighth of it, ``val/loss`` and ``test/loss``.

    Gradients are in closed form and touch the rows of a batch alone. The rate falls in a line over all steps of the run.

    Args:
        network: The two matrices.
        method: ``"skipgram"`` foretells a word from each word of its context, ``"cbow"`` from the mean of them.
        learning_rate: Where it begins, above 0.
        negatives: Noise words that a pair is to be told from, at least 1.
        most_pairs: Pairs of a batch that may move a row, at least 1: see `RowSGD`.
        block: Words that are treated by one product, at least the window.
    """

    network: Embeddings

    def __init__(
        self,
        network: Embeddings,
        *,
        method: Method = "skipgram",
        learning_rate: float = 0.05,
        negatives: int = 5,
        most_pairs: float = 16.0,
        block: int = 32,
    ) -> None:
        super().__init__(network, learning_rate=learning_rate, weight_decay=0.0, schedule="constant")
        check(method in ("skipgram", "cbow"), "ContextPrediction", "method", "skipgram or cbow", method)
        for name, value in (("negatives", negatives), ("most_pairs", most_pairs), ("block", block)):
            check(value >= 1, "ContextPrediction", name, "at least 1", value)
        self.automatic_optimization = False
        self.method, self.negatives, self.most_pairs, self.block = method, negatives, most_pairs, block
        self.settings = {"method": method, "learning_rate": learning_rate, "negatives": negatives, "most_pairs": most_pairs, "block": block}
        self.loss, self.pairs = SumMetric(nan_strategy="disable"), SumMetric(nan_strategy="disable")  # MeanMetric drops weights so

    def forward(self, words: Tensor) -> Tensor:
        """Look words up: int64, shape (…) → shape (…, D)."""
        vectors: Tensor = self.network(words)
        return vectors

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Build the optimizer of rows; its rate is set in each step."""
        steps = int(self.trainer.estimated_stepping_batches)
        return RowSGD(self.parameters(), lr=self.learning_rate, most_pairs=self.most_pairs, total_steps=steps)

    def on_fit_start(self) -> None:
        """Refuse data that leaves nothing to validate on.

        Raises:
            DataError: If no word of val has a neighbour.
        """
        data = self.trainer.datamodule  # type: ignore[attr-defined]  # set when it is attached
        if isinstance(data, WordContextDataModule) and data.train_on == "train" and not data.has_pair("val"):
            raise self._no_pair("val")

    def on_train_start(self) -> None:
        """Refuse to go on in a run of another length.

        Raises:
            ArgumentError: If a restored optimizer was made for other total steps.
        """
        steps, group = int(self.trainer.estimated_stepping_batches), self.trainer.optimizers[0].param_groups[0]
        if group["total_steps"] != steps:
            fix = "Resume with the same epochs and batch size, or begin a new run."
            raise ArgumentError(wording("ContextPrediction", "total steps", f"{group['total_steps']}, as before", steps, fix=fix))

    @torch.no_grad()
    def training_step(self, batch: Contexts) -> Tensor:
        """Move the rows of a batch, and return the loss as it was measured."""
        optimizer, network = self.trainer.optimizers[0], self.network
        group = optimizer.param_groups[0]
        group["lr"] = self.learning_rate * max(LEAST_RATE, 1 - self.trainer.global_step / group["total_steps"])
        found = self._measure(batch, every=LOSS_EVERY)
        optimizer.add(network.inputs, batch.words, found.inputs, found.input_pairs)  # type: ignore[attr-defined]  # a RowSGD
        rows = torch.cat((batch.words, batch.noise.flatten()))
        gradients = torch.cat((found.outputs, found.noise.flatten(0, 1)))
        pairs = torch.cat((found.output_pairs, found.noise_pairs.flatten()))
        optimizer.add(network.outputs, rows, gradients, pairs)  # type: ignore[attr-defined]
        self.optimizers().step()  # type: ignore[union-attr]
        self.log_step("train/loss", found.loss)
        return found.loss

    def validation_step(self, batch: Contexts) -> None:
        """Measure a batch of the validation split."""
        self._count(batch)

    def test_step(self, batch: Contexts) -> None:
        """Measure a batch of the test split."""
        self._count(batch)

    def on_validation_epoch_end(self) -> None:
        """Log the validation split's loss."""
        self._conclude("val")

    def on_test_epoch_end(self) -> None:
        """Log the test split's loss."""
        self._conclude("test")

    def _measure(self, batch: Contexts, *, every: int = 1) -> ContextLoss:
        inputs, outputs = self.network.inputs, self.network.outputs
        rows = F.embedding(batch.words, inputs), F.embedding(batch.words, outputs), F.embedding(batch.noise, outputs)
        measure = skipgram_loss if self.method == "skipgram" else cbow_loss
        return measure(*rows, batch, negatives=self.negatives, block=max(self.block, batch.window), every=every)

    def _count(self, batch: Contexts) -> None:
        found = self._measure(batch)
        self.loss.update(found.loss * found.num_pairs)
        self.pairs.update(found.num_pairs)

    def _conclude(self, split: str) -> None:
        loss, pairs = self.loss.compute(), self.pairs.compute()
        if not (pairs or self.trainer.sanity_checking):
            raise self._no_pair(split)
        self.log(f"{split}/loss", loss / pairs, prog_bar=True, sync_dist=True)
        self.loss.reset()
        self.pairs.reset()

    def _no_pair(self, split: str) -> DataError:
        at = str(getattr(self.trainer.datamodule, "path", ""))  # type: ignore[attr-defined]
        fix = "Keep frequent words with --data.sample 0, or preprocess more text."
        return DataError(wording("ContextPrediction", split, "text with neighbours to measure on", "no pair of words", at=at, fix=fix))
