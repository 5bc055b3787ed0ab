"""The words that have a number: counts of the training texts come in, a `Vocabulary` that encodes and decodes goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, wording

__all__ = ["END", "MAX_WORD_BYTES", "PADDING", "SPECIALS", "START", "UNKNOWN", "Vocabulary", "is_short"]

PADDING, UNKNOWN, START, END = 0, 1, 2, 3

SPECIALS = ("<pad>", "<unk>", "<s>", "</s>")
"""The first entries of every vocabulary; a word of a text that is spelt like one has its own number behind them."""

MAX_WORD_BYTES = 200
"""Longer words, in UTF-8, are unknown: they are addresses, rulers and the like, and each entry takes as many bytes as the longest."""


class _File(Protocol):
    """What a vocabulary needs of an open dataset file."""

    path: str

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The entries."""
        ...

    @property
    def meta(self) -> Mapping[str, NDArray[Any]]:
        """What was fitted on train."""
        ...


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words and their numbers.

    Args:
        words: `SPECIALS` first, then words from the most frequent to the least; equal counts in the order of their characters.
        counts: int64, shape (V,): how often each stands in the training texts; at `UNKNOWN` how many words have no entry.
        documents: int64, shape (V,): in how many training texts each stands; 0 at the specials.
        num_documents: Number of training texts.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]
    documents: NDArray[np.int64]
    num_documents: int

    @classmethod
    def fit(
        cls,
        counts: Mapping[str, int],
        documents: Mapping[str, int] | None = None,
        *,
        num_documents: int = 0,
        min_count: int = 2,
        max_size: int = 50_000,
        stop_words: Iterable[str] = (),
    ) -> Vocabulary:
        """Choose the words of the training texts that get a number.

        Args:
            counts: Word → how often it stands in the training texts.
            documents: Word → in how many of them; None means not counted.
            num_documents: How many there are.
            min_count: Rarer words are unknown; at least 0, which gives a number to words that are counted 0 times.
            max_size: Entries at most, specials included; more than 4.
            stop_words: Words that get no number.

        Raises:
            ArgumentError: If a number is out of range.
        """
        check(min_count >= 0, "Vocabulary", "min_count", "at least 0", min_count)
        check(max_size > len(SPECIALS), "Vocabulary", "max_size", f"more than its {len(SPECIALS)} specials", max_size)
        left_out = set(stop_words)
        fit = (word for word, count in counts.items() if count >= min_count and word not in left_out and is_short(word))
        chosen = sorted(fit, key=lambda word: (-counts[word], word))[: max_size - len(SPECIALS)]
        known = [counts[word] for word in chosen]
        found = [0] * len(chosen) if documents is None else [documents[word] for word in chosen]
        unknown = sum(counts.values()) - sum(known)
        return cls(
            (*SPECIALS, *chosen),
            np.array([0, unknown, 0, 0, *known], np.int64),
            np.array([*[0] * len(SPECIALS), *found], np.int64),
            num_documents,
        )

    @classmethod
    def load(cls, file: _File) -> Vocabulary:
        """Take the vocabulary of an open dataset file.

        Raises:
            DataError: If the file has none, or not one of ours.
        """
        words, meta = file.vocabulary, file.meta
        names = ("vocabulary_counts", "vocabulary_documents", "num_documents")
        shapes = {name: meta[name].shape if name in meta else None for name in names}
        good = words[: len(SPECIALS)] == SPECIALS and list(shapes.values()) == [(len(words),), (len(words),), ()]
        if not good:
            rule, got = f"led by {', '.join(SPECIALS)}, with counts of each entry", f"{words[: len(SPECIALS)]}, {shapes}"
            raise DataError(wording("open", "vocabulary", rule, got, at=file.path))
        counts, documents, number = (meta[name] for name in names)
        return cls(words, counts, documents, int(number))

    def to_meta(self) -> dict[str, NDArray[Any] | Sequence[str]]:
        """Return what a plan puts into ``/meta``, and `load` takes from there."""
        return {
            "vocabulary": self.words,
            "vocabulary_counts": self.counts,
            "vocabulary_documents": self.documents,
            "num_documents": np.array(self.num_documents, np.int64),
        }

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Word → its number; the specials are not among them."""
        return {word: number for number, word in enumerate(self.words) if number >= len(SPECIALS)}

    def encode(self, words: Iterable[str]) -> NDArray[np.int32]:
        """Return the number of each word, int32, shape (N,): `UNKNOWN` for those without."""
        return np.array([self.ids.get(word, UNKNOWN) for word in words], np.int32)

    def decode(self, numbers: Iterable[int] | NDArray[np.integer[Any]]) -> list[str]:
        """Return the words that numbers stand for.

        Args:
            numbers: Each in [0, V).

        Raises:
            ArgumentError: If one is out of range.
        """
        found = np.asarray(list(numbers), np.int64)
        inside = not found.size or (found.min() >= 0 and found.max() < len(self))
        check(inside, "Vocabulary", "numbers", f"in [0, {len(self)})", found[(found < 0) | (found >= len(self))][:1].tolist())
        return [self.words[number] for number in found.tolist()]

    def coverage(self, counts: Mapping[str, int]) -> float:
        """Return the share of words in texts that have a number, in [0, 1], from the texts' counts; nan without words."""
        total = sum(counts.values())
        return sum(count for word, count in counts.items() if word in self.ids) / total if total else float("nan")


def is_short(word: str) -> bool:
    """Say whether a word is short enough for an entry."""
    return len(word) * 4 <= MAX_WORD_BYTES or len(word.encode()) <= MAX_WORD_BYTES
