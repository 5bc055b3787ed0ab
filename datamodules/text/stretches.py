"""Running text for word embeddings: the texts of a split come in one after another, stretches of as many words each go out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from datamodules.dataset import Batch, FileDataset
from toolkit.dataset_file import DatasetFile
from toolkit.errors import check

__all__ = ["StretchDataset"]


class StretchDataset(FileDataset):
    """The words of a split's texts, one text after another, cut into stretches of equal length; the last one is what is left.

    A batch has `x`, the stretches' words as stored, shape (words,); `index`, each word's place in the split; and `lengths`, the words
    of each piece of a text, in order: a text that goes on in the next stretch makes a piece in both.

    Args:
        file: An open dataset file of texts.
        split: As `FileDataset` has it.
        num_words: Words in a stretch, at least 1.
        rows: The texts; None takes all.
        in_memory: Read the words into memory at once.
    """

    def __init__(
        self, file: DatasetFile, split: str, *, num_words: int, rows: NDArray[np.int64] | None = None, in_memory: bool = False
    ) -> None:
        check(num_words >= 1, "StretchDataset", "num_words", "at least 1", num_words)
        super().__init__(file, split, rows=rows, in_memory=in_memory)
        self.num_words, self.y = num_words, None
        bounds = np.zeros(1, np.int64) if self.part.offsets is None else self.part.offsets
        chosen = np.arange(len(self.part)) if rows is None else rows
        self._first = bounds[:-1][chosen]
        self._starts = np.concatenate([[0], np.cumsum(np.diff(bounds)[chosen])])  # of each text in the running text

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), num_words=self.num_words, rows=self.rows, in_memory=self.in_memory), (self.file, self.split)

    def __len__(self) -> int:
        return int(-(-self._starts[-1] // self.num_words))

    def _batch(self, index: NDArray[np.int64]) -> Batch:
        running = index[:, None] * self.num_words + np.arange(self.num_words)
        inside = running < self._starts[-1]
        running = running[inside]
        text = np.searchsorted(self._starts, running, side="right") - 1
        stretch = np.repeat(np.arange(len(index)), inside.sum(1))
        begins = np.flatnonzero(np.diff(text, prepend=-1) | np.diff(stretch, prepend=-1))
        lengths = np.diff(begins, append=len(running))
        places = self._first[text] + running - self._starts[text]
        return Batch(self._gather(places), None, torch.from_numpy(places), torch.from_numpy(lengths))
