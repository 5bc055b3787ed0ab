"""Words and pairs of words that are typical of a class: blocks of numbered words come in, runs of words with their scores go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.text.views import ngrams

__all__ = ["PRIOR", "Runs", "count_runs", "log_odds"]

_MAX_RUNS = 1 << 21
PRIOR = 0.1
"""How much the counts of all texts weigh as a prior, beside those of a class."""


@dataclass(frozen=True, eq=False)
class Runs:
    """How often runs of words stand somewhere.

    Args:
        ids: int64, rising: as `toolkit.text.views.ngrams` numbers them.
        counts: int64, of each.
        lost: What counts may be short of; runs that stood there no more often may be missing. 0 where all were kept.
        total: All runs that were counted.
    """

    ids: NDArray[np.int64]
    counts: NDArray[np.int64]
    lost: int
    total: int

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how often each of some runs stands there, 0 where it is not known."""
        if not len(self.ids):
            return np.zeros(len(ids), np.int64)
        place = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[place] == ids, self.counts[place], 0)


def count_runs(blocks: Iterable[tuple[NDArray[np.int32], NDArray[np.int64]]], n: int, size: int, *, most: int = _MAX_RUNS) -> Runs:
    """Count runs of n words in bounded memory: where there are too many different ones, the rarest so far are forgotten.

    Args:
        blocks: From `toolkit.text.running.Running.blocks`.
        n: Words of a run.
        size: V: words are in [0, V).
        most: Different runs that are kept.

    Source:
        Manku & Motwani, Approximate frequency counts over data streams, 2002 (lossy counting).
    """
    ids, counts, lost, total = np.empty(0, np.int64), np.empty(0, np.int64), 0, 0
    for tokens, lengths in blocks:
        found, times = np.unique(ngrams(tokens, lengths, n, size)[0], return_counts=True)
        total += int(times.sum())
        ids, place = np.unique(np.concatenate([ids, found]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(ids)).astype(np.int64)
        if len(ids) > most:
            floor = int(np.partition(counts, len(counts) - most // 2)[len(counts) - most // 2])
            keep = counts > floor
            ids, counts, lost = ids[keep], counts[keep], lost + floor
    return Runs(ids, counts, lost, total)


def log_odds(own: Runs, everywhere: Runs, *, prior: float = PRIOR) -> NDArray[np.float64]:
    """Score how much more typical a class's runs are of it than of the other texts.

    Args:
        own: Of the class's texts.
        everywhere: Of all texts, those of the class among them.
        prior: Times the counts of all texts: the Dirichlet prior of both sides; above 0.

    Returns:
        Float64, a score for each of `own.ids`: the difference of the logarithms of the odds, in its own standard deviations.

    Source:
        Monroe, Colaresi & Quinn, Fightin' words, Political Analysis 16 (2008), equations 16, 20 and 22, with an informative prior.
    """
    mine, all_of_it = own.counts.astype(np.float64), np.maximum(everywhere.of(own.ids), own.counts).astype(np.float64)
    others, weight = all_of_it - mine, prior * all_of_it
    first, second = mine + weight, others + weight
    sizes = own.total + prior * everywhere.total, everywhere.total - own.total + prior * everywhere.total
    odds = [np.log(part / np.maximum(size - part, 1e-9)) for part, size in zip((first, second), sizes, strict=True)]
    return np.asarray((odds[0] - odds[1]) / np.sqrt(1 / first + 1 / second), np.float64)
