"""How many words there are, and how often: blocks of numbered words come in; growth, ranks, coverage and the laws that fit them go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.text.vocabulary import SPECIALS

__all__ = ["Law", "count_words", "fit_heaps", "fit_zipf", "spread"]

_POINTS = 64
_FIRST_RANK, _LEAST_COUNT, _LEAST_POINTS = 10, 10, 8


@dataclass(frozen=True)
class Law:
    """y = factor · x^power, fitted on logarithms by least squares.

    Args:
        factor: The value at 1.
        power: The slope between logarithmic axes.
        start: Where the fit begins, as x.
        stop: Where it ends.
    """

    factor: float
    power: float
    start: int
    stop: int

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Return y at each x, float64."""
        return np.asarray(self.factor * np.asarray(x, np.float64) ** self.power, np.float64)


def spread(stop: int, start: int = 1) -> NDArray[np.int64]:
    """Return up to 64 whole numbers from `start` to `stop`, both included, equally far apart as logarithms; int64, rising."""
    if stop < start:
        return np.empty(0, np.int64)
    return np.unique(np.geomspace(start, stop, _POINTS).round().astype(np.int64))


def count_words(blocks: Iterable[tuple[NDArray[np.int32], NDArray[np.int64]]], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count words, and note when each is read for the first time.

    Args:
        blocks: From `Running.blocks`.
        size: V: words are in [0, V).

    Returns:
        int64, shape (V,): how often each stands there. And int64, rising: the place of each different word's first time among all words
        read, the specials left out; so that ``searchsorted(first, n)`` of them are met in the first n words.
    """
    counts, seen = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    seen[: len(SPECIALS)] = True
    first, done = [np.empty(0, np.int64)], 0
    for tokens, _ in blocks:
        counts += np.bincount(tokens, minlength=size)
        places = np.flatnonzero(~seen[tokens])
        words, at = np.unique(tokens[places], return_index=True)
        seen[words] = True
        first.append(np.sort(places[at]) + done)
        done += len(tokens)
    return counts, np.concatenate(first)


def fit_heaps(words: NDArray[np.int64], different: NDArray[np.int64]) -> Law | None:
    """Fit the growth of a vocabulary, over the last two of its powers of ten: the beginning bends.

    Args:
        words: Words read, rising.
        different: Different ones among them.

    Returns:
        Different words by words read; None where too few points are left.

    Source:
        Heaps, Information Retrieval: Computational and Theoretical Aspects, 1978; Herdan, Type-Token Mathematics, 1960.
    """
    late = words >= words[-1] // 100 if len(words) else np.empty(0, np.bool_)
    return _fit(words[late & (words > 0)], different[late & (words > 0)])


def fit_zipf(counts: NDArray[np.int64]) -> Law | None:
    """Fit how often words stand there by their rank, from the tenth to the last that stands there ten times; rarer ones come in steps.

    Args:
        counts: Of each word, falling.

    Returns:
        Counts by rank, 1 for the most frequent; None where there are too few such ranks. Ranks weigh the same by their logarithms.

    Source:
        Zipf, Human Behavior and the Principle of Least Effort, 1949.
    """
    ranks = spread(int((counts >= _LEAST_COUNT).sum()), _FIRST_RANK)
    return _fit(ranks, counts[ranks - 1])


def _fit(x: NDArray[np.int64], y: NDArray[np.int64]) -> Law | None:
    if len(x) < _LEAST_POINTS:
        return None
    power, factor = np.polyfit(np.log(x), np.log(y), 1)
    return Law(float(np.exp(factor)), float(power), int(x[0]), int(x[-1]))
