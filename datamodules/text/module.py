"""Texts for any Lightning project: a dataset file comes in; padded rows of words, or ids of the n-grams held, reach the module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from datamodules.dataset import FileDataset
from datamodules.fold import Fold
from datamodules.module import FileDataModule, Memory, TrainOn
from datamodules.padding import Keep
from datamodules.samplers import BucketBatches, Draw, EpochBatches, InOrder
from datamodules.text.ngrams import Ngrams
from datamodules.text.sequences import Sequences
from datamodules.text.word_state import holds_whole_files, load_vocabulary, vocabulary_state
from toolkit.balance import BalanceOptions
from toolkit.errors import DataError, check, wording

__all__ = ["TextDataModule"]


class TextDataModule(FileDataModule):
    """Batches leave the loader as stored, texts end to end, and become padded rows or n-gram ids on the device.

    Padded rows come in batches of like lengths, drawn anew each epoch; in evaluation they come in the file's order.

    Args:
        path: A dataset file of texts.
        batch_size: The most texts in a batch of one process, at least 1.
        max_words: Words that are kept of a text; None keeps all. N-grams are taken from all of it.
        keep: ``"start"`` or ``"end"``: which end of a longer text is kept.
        ngrams: 0 gives padded rows of words; from 1 to 3, the ids of the n-grams up to that length that a text holds, each once.
        min_texts: Training texts that must hold an n-gram for it to have an id, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        seed: Seed of the order, in [0, 2³²).
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory.
        train_on: ``"train+val"`` trains on both, once everything is chosen: nothing is left to validate on.
        fold: Trains on all of train and val but one fold, and validates on that. N-grams are fitted anew; the vocabulary is the file's.
        balance: How often each class comes in an epoch of training; None follows the file.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data, or its vocabulary no word, or no n-gram gets an id.

    Example:
        >>> data = TextDataModule("imdb.h5", batch_size=64, max_words=400, keep="end")  # doctest: +SKIP
        >>> data.on_after_batch_transfer(next(iter(data.train_dataloader()))).x.shape   # doctest: +SKIP
        torch.Size([64, 231])
    """

    kind: ClassVar[str | None] = "text"

    view: Sequences | Ngrams

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        path: str | Path,
        *,
        batch_size: int = 64,
        max_words: int | None = None,
        keep: Keep = "start",
        ngrams: int = 0,
        min_texts: int = 2,
        num_workers: int = 0,
        seed: int = 0,
        memory: Memory = "map",
        train_on: TrainOn = "train",
        fold: Fold | None = None,
        balance: BalanceOptions | None = None,
    ) -> None:
        shared: dict[str, Any] = {"num_workers": num_workers, "seed": seed, "memory": memory, "train_on": train_on, "fold": fold}
        super().__init__(path, batch_size=batch_size, balance=balance, **shared)
        where = type(self).__name__
        check(0 <= ngrams <= 3, where, "ngrams", "from 1 to 3, or 0 for rows of words", ngrams)
        self.vocabulary = load_vocabulary(self.file, where)
        self.view = Ngrams.fit(self.dataset("train"), max_n=ngrams, min_texts=min_texts) if ngrams else Sequences(max_words, keep)
        if isinstance(self.view, Ngrams) and len(self.view) == 1:  # padding alone
            fix = "Pass --data.min_texts 1, or take more text."
            raise DataError(wording(where, "n-grams", f"held by at least {min_texts} training texts", "none", at=self.path, fix=fix))

    @classmethod
    def view_of(cls, state: Mapping[str, Any]) -> Sequences | Ngrams:
        """Rebuild the view that a checkpoint was trained with."""
        return Ngrams(**state["view"]) if "keys" in state["view"] else Sequences(**state["view"])

    @property
    def vocabulary_size(self) -> int:
        """Ids that reach the module are below it: words of the vocabulary, or n-grams; 0 is padding."""
        return len(self.view) if isinstance(self.view, Ngrams) else len(self.vocabulary)

    def batches(self, draw: Draw, dataset: FileDataset, **share: int) -> EpochBatches:
        """Cut what is drawn into batches, of like lengths where rows are padded and the order is left to chance."""
        lengths = dataset.lengths
        if isinstance(draw, InOrder) or isinstance(self.view, Ngrams) or lengths is None:
            return super().batches(draw, dataset, **share)
        return BucketBatches(draw, self.batch_size, np.minimum(lengths, self.view.max_words or lengths), **share)

    def state_dict(self) -> dict[str, Any]:
        """Say what a checkpoint must know of its data, the vocabulary, the n-grams and what a text was included."""
        own = {"view": self.view.to_state(), "vocabulary": vocabulary_state(self.vocabulary)}
        return {**super().state_dict(), **own, "whole_files": holds_whole_files(self.file)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Refuse another file, or texts cut otherwise, than the checkpoint was trained with.

        Raises:
            DataError: If either differs.
        """
        super().load_state_dict(state_dict)
        before, here = (_plain(state) for state in (state_dict["view"], self.view.to_state()))
        if before != here:
            raise DataError(wording("TextDataModule", "view", f"{before}, as in the checkpoint", here, at=self.file.path))


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """A view's options, of its keys their number: the file and its rows, compared before, decide which they are."""
    return {name: len(value) if isinstance(value, Tensor) else value for name, value in state.items()}
