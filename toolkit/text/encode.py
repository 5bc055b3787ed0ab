"""From the rows of a manifest to one block of a dataset file's ``tokens``, and the counts that a vocabulary is fitted on; export is next.

Both read the source; what they are given crosses to worker processes by pickle, and the same rows give the same answer in any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.errors import DataError
from toolkit.text.documents import load_texts
from toolkit.text.vocabulary import UNKNOWN, Vocabulary
from toolkit.text.words import Numbering, WordOptions, Words
from toolkit.wing import Encoded, Manifest

__all__ = ["Counts", "TextEncoder", "count_block"]

_MAX_HELD = 1 << 23
"""Words that are held before they are counted, and places of a table of texts × words."""


@dataclass
class Counts:
    """What the words of some texts add up to; it grows block by block.

    Args:
        words: Word → how often it stands there.
        documents: Word → in how many of the texts; counted of training texts alone.
        num_documents: Number of texts.
    """

    words: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    num_documents: int = 0

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
    numbering, known = _growing_table(words.options, words.pieces_of_words)
    lengths = np.zeros(len(rows), np.int64)
    counts: dict[int, Counts] = {}
    held: dict[int, list[NDArray[np.int32]]] = {}

    def add_held() -> None:
        for split in list(held):
            counts.setdefault(split, Counts()).add(_add_up(known, held.pop(split), documents=split == 0))

    added = 0
    for i, found in _number_texts(numbering, rows, failures={}, contents=[UNREAD] * len(rows)):
        lengths[i] = len(found)
        held.setdefault(0 if rows.split is None else int(rows.split[i]), []).append(found)
        if lengths[added : i + 1].sum() > _MAX_HELD:
            add_held()
            added = i + 1
    add_held()
    return start, lengths, counts


@lru_cache(maxsize=1)
def _growing_table(options: WordOptions, pieces: tuple[str, ...]) -> tuple[Numbering, list[str]]:
    """Numbers for words in the order in which this process meets them, and the words by number; kept from block to block."""
    known: list[str] = []
    table: dict[str, int] = {}

    def number(word: str) -> int:
        if word not in table:
            table[word] = len(known)
            known.append(word)
        return table[word]

    return Numbering(Words(options, pieces), number), known


def _number_texts(
    numbering: Numbering, rows: Manifest, *, failures: dict[int, str], contents: list[bytes]
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Read texts as `load_texts` does, and yield the numbers of their words."""
    for i, text in load_texts(rows, failures=failures, contents=contents):
        try:
            yield i, numbering.of(text)
        except DataError as error:
            failures[i] = str(error)


def _add_up(known: Sequence[str], texts: list[NDArray[np.int32]], *, documents: bool) -> Counts:
    """Count words, given by their numbers, in texts; and the texts that each stands in, if asked for."""
    flat = np.concatenate(texts)
    total = np.bincount(flat, minlength=len(known))
    here = np.flatnonzero(total)
    words = [known[number] for number in here.tolist()]
    counts = Counts(Counter(dict(zip(words, total[here].tolist(), strict=True))), num_documents=len(texts))
    if not documents:
        return counts
    place = np.zeros(len(known), np.int64)
    place[here] = np.arange(len(here))
    ends = np.cumsum([len(numbers) for numbers in texts])
    found = np.zeros(len(here), np.int64)
    few = max(1, _MAX_HELD // max(1, len(here)))
    for at in range(0, len(texts), few):  # a table of texts × words is faster than sorting, but grows
        bounds = ends[at : at + few]
        first = int(ends[at - 1]) if at else 0
        stands = np.zeros((len(bounds), len(here)), np.bool_)
        stands[np.repeat(np.arange(len(bounds)), np.diff(bounds, prepend=first)), place[flat[first : bounds[-1]]]] = True
        found += stands.sum(axis=0)
    counts.documents.update(dict(zip(words, found.tolist(), strict=True)))
    return counts


class TextEncoder:
    """Reads texts and turns them into numbers of words.

    Args:
        words: Cuts texts.
        vocabulary: Numbers words.
    """

    def __init__(self, words: Words, vocabulary: Vocabulary) -> None:
        self.words, self.vocabulary = words, vocabulary
        ids = vocabulary.ids
        self._numbering = Numbering(words, lambda word: ids.get(word, UNKNOWN))

    def __reduce__(self) -> tuple[type[TextEncoder], tuple[Words, Vocabulary]]:
        return TextEncoder, (self.words, self.vocabulary)

    def __call__(self, rows: Manifest) -> Encoded:
        """Encode some rows: ``tokens``, int32, those of all rows end to end.

        A row with the column ``length`` fails if it has another number of words now; one that fails keeps zeros in that length.
        """
        planned = rows.columns.get("length")
        failures: dict[int, str] = {}
        contents = [UNREAD] * len(rows)
        parts: list[NDArray[np.int32]] = [np.zeros(0 if planned is None else planned[i], np.int32) for i in range(len(rows))]
        for i, found in _number_texts(self._numbering, rows, failures=failures, contents=contents):
            if planned is not None and len(found) != planned[i]:
                failures[i] = f"changed while it was read: must have {planned[i]} words as before, got {len(found)}"
            else:
                parts[i] = found
        tokens = np.concatenate([np.empty(0, np.int32), *parts])
        lengths = np.array([len(part) for part in parts], np.int64)
        return Encoded({"tokens": tokens}, failures, contents=None if "start" in rows.columns else contents, lengths=lengths)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the numbers of a text's words, int32, shape (words,)."""
        return self._numbering.of(text)
