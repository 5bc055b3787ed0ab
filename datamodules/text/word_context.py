"""Words in context for embeddings: a dataset file of texts comes in; words, reaches and noise words reach the module on its device."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from datamodules.dataset import Batch, FileDataset
from datamodules.fold import Fold
from datamodules.module import FileDataModule, TrainOn
from datamodules.samplers import Draw, EpochBatches
from datamodules.text.contexts import ContextDraw, Contexts
from datamodules.text.stretches import StretchDataset
from datamodules.text.word_state import load_vocabulary, restore_vocabulary, vocabulary_state

__all__ = ["WordContextDataModule"]


class WordContextDataModule(FileDataModule):
    """Stretches of running text in a new order each epoch, whose words are thinned out and paired by what (seed, epoch, place) draw.

    Labels are not needed. No context crosses the bounds of a text, or of a stretch; the specials, unknown words among them, are left
    out before words become neighbours.

    Args:
        path: A dataset file of texts.
        batch_size: Words that are read for a batch of one process, before thinning; at least 1.
        window: Words on either side that can be the context, at least 1; how many are, is drawn for each word.
        sample: Share of all words above which a word is thinned out; 0 keeps all.
        noise: Noise words for each block, at least 1.
        noise_block: Words that share their noise words, at least 1.
        num_workers: Processes that read ahead; 0 is fastest unless the disk is slow.
        seed: Seed of the order and of the draws, in [0, 2³²).
        train_on: ``"train+val"`` trains on both: nothing is left to validate on. Counts are the file's, of train, in any case.
        fold: Trains on all of train and val but one fold, and validates on that.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data, or its vocabulary no word.

    Example:
        >>> data = WordContextDataModule("corpus.h5")                                   # doctest: +SKIP
        >>> data.on_after_batch_transfer(next(iter(data.train_dataloader()))).words     # doctest: +SKIP
        tensor([ 312, 1177,   54,  ...])
    """

    kind: ClassVar[str | None] = "text"
    learns_labels: ClassVar[bool] = False  # but words from their neighbours

    view: ContextDraw  # it makes Contexts of a batch

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        path: str | Path,
        *,
        batch_size: int = 4096,
        window: int = 5,
        sample: float = 1e-3,
        noise: int = 64,
        noise_block: int = 64,
        num_workers: int = 0,
        seed: int = 0,
        train_on: TrainOn = "train",
        fold: Fold | None = None,
    ) -> None:
        super().__init__(path, batch_size=batch_size, num_workers=num_workers, seed=seed, train_on=train_on, fold=fold)
        self.balance, self.vocabulary = None, load_vocabulary(self.file, type(self).__name__)
        options = {"window": window, "sample": sample, "noise": noise, "noise_block": noise_block, "seed": seed}
        self.view = ContextDraw.of(self.vocabulary, **options)

    @classmethod
    def view_of(cls, state: Mapping[str, Any]) -> ContextDraw:
        """Rebuild the draw that a checkpoint was trained with."""
        return ContextDraw.of(restore_vocabulary(state["vocabulary"]), **state["view"])

    @property
    def vocabulary_size(self) -> int:
        """Words that have a number, the specials included."""
        return len(self.vocabulary)

    def dataset(self, split: str) -> StretchDataset:
        """Open a split as stretches of words."""
        split, rows = self.rows(split)
        return StretchDataset(self.file, split, num_words=self.batch_size, rows=rows, in_memory=self.memory != "map")

    def batches(self, draw: Draw, dataset: FileDataset, **share: int) -> EpochBatches:  # noqa: ARG002  # as every kind's
        """Make each stretch a batch."""
        return EpochBatches(draw, 1, **share)

    def has_pair(self, split: str) -> bool:
        """Say whether a word of a split has a neighbour, as words are thinned out outside of training.

        Args:
            split: A split that the file has.
        """
        dataset = self.dataset(split)  # the whole of it, whatever this process's share is
        drawn = (self.view.finish(dataset[np.array([row])]) for row in range(len(dataset)))
        return any(bool((contexts.text[1:] == contexts.text[:-1]).any()) for contexts in drawn)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int = 0) -> Contexts:  # noqa: ARG002
        """Draw the contexts of a batch where it now is; outside of training those of epoch 0.

        Args:
            batch: As `StretchDataset` reads it.
            dataloader_idx: Unused; Lightning passes it.
        """
        epoch = self.training_epoch(batch)
        return self.view.finish(batch) if epoch is None else self.view.draw(batch, epoch=epoch)

    def state_dict(self) -> dict[str, Any]:
        """Say what a checkpoint must know of its data, the vocabulary included."""
        return {**super().state_dict(), "view": self.view.to_state(), "vocabulary": vocabulary_state(self.vocabulary)}
