"""Texts as sets of n-grams: a ragged batch of word numbers comes in, ids of the n-grams that each text holds go out, flat with lengths.

An n-gram is known by its words' numbers packed into one int64, without collisions; which ones get an id is fitted on training rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from datamodules.dataset import Batch, FileDataset
from toolkit.errors import check
from toolkit.text.views import number_runs

__all__ = ["Ngrams", "pack_ngrams"]

BITS = 21
"""Of a word's number: three fill an int64, and no vocabulary has two million words."""

BLOCK = 2048
"""Texts that are counted at a time."""


@dataclass(frozen=True, eq=False)
class Ngrams:
    """Texts as the n-grams that they hold, each once: a multi-hot vector, of which only the ids of the ones are kept.

    Args:
        keys: Packed n-grams that have an id, int64, shape (F,), rising; the n-gram at place i has the id i + 1, and 0 is padding.
        max_n: Longest n-gram, from 1 to 3.
    """

    keys: Tensor
    max_n: int = 3

    def __post_init__(self) -> None:
        check(1 <= self.max_n <= 3, "Ngrams", "max_n", "from 1 to 3", self.max_n)

    def __len__(self) -> int:
        return len(self.keys) + 1

    @classmethod
    def fit(cls, dataset: FileDataset, *, max_n: int = 3, min_texts: int = 2) -> Ngrams:
        """Give an id to every n-gram that enough texts hold.

        Args:
            dataset: The training rows.
            max_n: Longest n-gram, from 1 to 3.
            min_texts: Texts that must hold it, at least 1.
        """
        check(1 <= max_n <= 3, "Ngrams", "max_n", "from 1 to 3", max_n)
        check(min_texts >= 1, "Ngrams", "min_texts", "at least 1", min_texts)
        packed = [pack_ngrams(batch.x, _lengths(batch), max_n=max_n)[1].numpy() for batch in _blocks(dataset)]
        keys, times = np.unique(np.concatenate([np.empty(0, np.int64), *packed]), return_counts=True)
        often = cls(torch.from_numpy(keys[times >= min_texts]), max_n)  # though perhaps all in one text
        return cls(often.keys[often.count_texts(dataset)[1:] >= min_texts], max_n)

    def count_texts(self, dataset: FileDataset) -> Tensor:
        """Count the texts that hold each n-gram.

        Args:
            dataset: Any rows.

        Returns:
            int64, shape (F + 1,), by id.
        """
        counts = torch.zeros(len(self), dtype=torch.int64)
        for batch in self.finished(dataset):
            counts += batch.x.bincount(minlength=len(self))
        return counts

    def finished(self, dataset: FileDataset) -> Iterator[Batch]:
        """Read all rows in their order, some at a time, as `finish` leaves them."""
        return map(self.finish, _blocks(dataset))

    def finish(self, batch: Batch) -> Batch:
        """Turn words into n-grams.

        Args:
            batch: Ragged: `x` of shape (words,) and `lengths`.

        Returns:
            The batch with `x` int64, shape (items,): ids in [1, F], each once a text, rising; and how many each text has in `lengths`.
        """
        row, key = pack_ngrams(batch.x, _lengths(batch), max_n=self.max_n)
        key, order = key.sort()  # looked up in their order, they are found four times faster
        keys = self.keys.to(key.device)
        place = torch.searchsorted(keys, key)
        known = place < len(keys)
        known[known.clone()] = keys[place[known]] == key[known]
        once = torch.unique(row[order[known]] * len(self) + place[known] + 1)
        lengths = (once // len(self)).bincount(minlength=len(batch.index))
        return batch._replace(x=once % len(self), lengths=lengths)

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return {"keys": self.keys, "max_n": self.max_n}


def pack_ngrams(words: Tensor, lengths: Tensor, *, max_n: int) -> tuple[Tensor, Tensor]:
    """List the n-grams of texts, as often as they stand there.

    Args:
        words: Word numbers of all texts end to end, shape (words,), in [1, 2²¹).
        lengths: Words of each text, int64, shape (N,).
        max_n: Longest n-gram, from 1 to 3.

    Returns:
        The text of each n-gram, and its words' numbers, 21 bits each, the last in the lowest; both int64, shape (items,).
    """
    row = torch.repeat_interleave(torch.arange(len(lengths), device=words.device), lengths)
    word, rows, keys = words.long(), [], []
    for n in range(1, max_n + 1):
        key, inside = number_runs(word, row, n, 1 << BITS)
        place = inside.nonzero()[:, 0]  # found once, for both
        rows.append(row[place])
        keys.append(key[place])
    return torch.cat(rows), torch.cat(keys)


def _blocks(dataset: FileDataset) -> Iterator[Batch]:
    return (dataset[range(start, min(start + BLOCK, len(dataset)))] for start in range(0, len(dataset), BLOCK))


def _lengths(batch: Batch) -> Tensor:
    check(batch.lengths is not None, "Ngrams", "batch", "of ragged rows, with lengths", "none")
    return batch.lengths  # type: ignore[return-value]  # just checked
