"""The words of many texts end to end, on disk: raw rows or a stored split come in, blocks of numbered words go out to those who count.

Memory holds a block, and of raw texts the different words; never all that was read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.text.documents import load_texts
from toolkit.text.vocabulary import SPECIALS
from toolkit.text.words import Numbering, WordOptions, Words
from toolkit.wing import Manifest

__all__ = ["Running", "number_rows"]

_BLOCK_WORDS = 1 << 20


@dataclass(frozen=True, eq=False)
class Running:
    """Texts as numbers of words.

    Args:
        tokens: int32, shape (words,): those of all texts, mapped.
        offsets: int64, shape (N + 1,): where each text starts.
        words: What each number stands for, `SPECIALS` first.
    """

    tokens: NDArray[Any]
    offsets: NDArray[np.int64]
    words: Sequence[str]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def blocks(self, rows: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        """Yield the words of some texts in the order given, about a million at a time, and how many are each text's."""
        first, lengths = self.offsets[rows], np.diff(self.offsets)[rows]
        number = (np.cumsum(lengths) - lengths) // _BLOCK_WORDS
        cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(rows)]
        for start, stop in pairwise(cuts):
            here = lengths[start:stop]
            places = np.repeat(first[start:stop] - np.cumsum(here) + here, here) + np.arange(here.sum())
            yield np.take(self.tokens, places), here


def number_rows(rows: Manifest) -> Running:
    """Cut raw texts into words in lower case, and number these as they come; the numbers are kept in a temporary file.

    Args:
        rows: Of kind ``"text"``; one that cannot be read has no words.
    """
    known, ids = list(SPECIALS), dict[str, int]()

    def number(word: str) -> int:
        if word not in ids:
            ids[word] = len(known)
            known.append(word)
        return ids[word]

    numbering, lengths = Numbering(Words(WordOptions(lower=True)), number), np.zeros(len(rows), np.int64)
    with tempfile.TemporaryFile() as file:
        for i, text in load_texts(rows, failures={}, contents=[UNREAD] * len(rows)):
            found = numbering.of(text)
            lengths[i] = len(found)
            file.write(found.tobytes())
        file.flush()
        tokens = np.memmap(file, np.int32, "r") if lengths.any() else np.empty(0, np.int32)
    return Running(tokens, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), known)
