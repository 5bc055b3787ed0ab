"""From the rows of a manifest to one block of a dataset file's ``tokens``, and the counts that a vocabulary is fitted on; export is next.

Both read the source; what they are given crosses to worker processes by pickle, and the same rows give the same answer in any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.text.documents import load_texts
from toolkit.text.vocabulary import UNKNOWN, Vocabulary
from toolkit.text.words import Words
from toolkit.wing import Encoded, Manifest

__all__ = ["Counts", "TextEncoder", "count_block"]


@dataclass
class Counts:
    """What the words of some texts add up to; mutable, it grows block by block.

    Args:
        words: Word → how often it stands there.
        documents: Word → in how many of the texts.
        num_documents: Number of texts.
    """

    words: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    num_documents: int = 0

    def add_text(self, words: list[str]) -> None:
        """Count a text's words."""
        self.words.update(words)
        self.documents.update(set(words))
        self.num_documents += 1

    def add(self, other: Counts) -> None:
        """Add what was counted elsewhere."""
        self.words.update(other.words)
        self.documents.update(other.documents)
        self.num_documents += other.num_documents


def count_block(words: Words, task: tuple[int, Manifest]) -> tuple[int, NDArray[np.int64], Mapping[int, Counts]]:
    """Count the words of some rows.

    Args:
        words: Cuts texts.
        task: The first row's number, and the rows; without splits all are training texts.

    Returns:
        The first row's number; int64, shape (N,): words of each row, 0 where it cannot be read; and the counts of each split.
    """
    start, rows = task
    lengths = np.zeros(len(rows), np.int64)
    counts: dict[int, Counts] = {}
    for i, text in load_texts(rows, failures={}, contents=[UNREAD] * len(rows)):
        found = words(text)
        lengths[i] = len(found)
        counts.setdefault(0 if rows.split is None else int(rows.split[i]), Counts()).add_text(found)
    return start, lengths, counts


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """Reads texts and turns them into numbers of words.

    Args:
        words: Cuts texts.
        vocabulary: Numbers words.
    """

    words: Words
    vocabulary: Vocabulary

    def __call__(self, rows: Manifest) -> Encoded:
        """Encode some rows: ``tokens``, int32, those of all rows end to end.

        A row with the column ``length`` fails if it has another number of words now; one that fails keeps zeros in that length.
        """
        planned = rows.columns.get("length")
        failures: dict[int, str] = {}
        contents = [UNREAD] * len(rows)
        parts: list[NDArray[np.int32]] = [np.zeros(0 if planned is None else planned[i], np.int32) for i in range(len(rows))]
        for i, text in load_texts(rows, failures=failures, contents=contents):
            found = self.encode(text)
            if planned is not None and len(found) != planned[i]:
                failures[i] = f"changed while it was read: must have {planned[i]} words as before, got {len(found)}"
            else:
                parts[i] = found
        tokens = np.concatenate([np.empty(0, np.int32), *parts])
        return Encoded({"tokens": tokens}, failures, contents=None if rows.reading["file"] else contents)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the numbers of a text's words, int32, shape (words,)."""
        ids, words = self.vocabulary.ids, self.words(text)
        return np.fromiter((ids.get(word, UNKNOWN) for word in words), np.int32, len(words))
