"""How units are dealt into parts: units, what they hold and the parts' shares come in, a part for every row goes out.

A unit is a row or a group: what must stay together. `toolkit.splits` decides what the units are and what the parts mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cut_by_time", "deal_units"]

Counts = NDArray[np.int64]


def deal_units(
    units: Counts, label: NDArray[Any] | None, shares: NDArray[np.float64], *, seed: int, first_is_train: bool
) -> NDArray[np.int64]:
    """Deal whole units into parts so that each part gets its share of all rows and of every class.

    Weighty units go first, each to the part that lags furthest behind its share of what was dealt so far: the choice that adds least
    to the squared error, summed over all classes and the whole, each divided by its size. Of many alike units (same classes, same
    counts) most are dealt at once, by the same measure. A class that has as many units as there are parts gets one into each
    (where units hold several classes: as far as their mixture allows).

    Args:
        units: int64, shape (N,): the unit of each row, all of 0 … U−1 in use.
        label: Class ids, int64 (N,), or multi-label (N, L), where what is not 0 counts; None: only sizes matter.
        shares: float64, shape (P,): positive, sum 1.
        seed: Draws which of alike units go where; units' numbers matter, rows' order does not.
        first_is_train: A class with fewer units than parts gets its first unit into part 0, unless another part would stay empty.

    Returns:
        int64, shape (N,): the part of each row, in [0, P). Parts stay empty only where there are fewer units than parts.

    Source:
        Sechidis, Tsoumakas & Vlahavas, On the stratification of multi-label data, 2011; the squared error as in
        scikit-learn's StratifiedGroupKFold, with arbitrary shares in place of equal folds.
    """
    rng = np.random.default_rng(seed)
    _, kind, count = _contents(units, label)
    starts = np.flatnonzero(kind == 0)
    ends = np.append(starts[1:], len(kind))
    # Units with equal fingerprints hold the same counts of the same kinds, but for one chance in 2**60 or so.
    fingerprint = np.add.reduceat(count.astype(np.uint64) * rng.integers(1, 2**63, kind.max() + 1, np.uint64)[kind], starts)
    _, sample, bundle, num_alike = np.unique(fingerprint, return_index=True, return_inverse=True, return_counts=True)
    table = _Table(kind, count, shares, first_is_train=first_is_train)
    dealt = np.zeros((len(sample), len(shares)), np.int64)
    impact = np.add.reduceat(count**2 / table.total[kind], starts)[sample]
    for i in np.argsort(-impact, kind="stable"):
        at = slice(starts[sample[i]], ends[sample[i]])
        dealt[i] = table.deal(kind[at], count[at], int(num_alike[i]))
    part = np.empty(len(starts), np.int64)
    part[np.lexsort((rng.permutation(len(starts)), bundle))] = np.repeat(np.tile(np.arange(len(shares)), len(sample)), dealt.ravel())
    return part[units]


def cut_by_time(time: Counts, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cut rows in order of time, at the points nearest to the shares that keep equal times together.

    Args:
        time: int64, shape (N,), N at least 1.
        shares: float64, shape (P,): positive, sum 1.

    Returns:
        int64, shape (N,), in [0, P): each part's times all lie before the next part's. Parts stay empty where equal times fill them.
    """
    moments, moment, num_rows = np.unique(time, return_inverse=True, return_counts=True)
    before = np.concatenate([[0], np.cumsum(num_rows)])
    ideal = np.cumsum(shares)[:-1] * len(time)
    cuts = np.abs(before[:, None] - ideal).argmin(axis=0)
    return np.searchsorted(cuts, np.arange(len(moments)), side="right")[moment]


def _contents(units: Counts, label: NDArray[Any] | None) -> tuple[Counts, Counts, Counts]:
    """What each unit holds, as (unit, kind, count) in this order: kind 0 counts rows, kinds from 1 are classes."""
    owner, kind = [units], [np.zeros_like(units)]
    if label is not None and label.ndim == 1:
        owner.append(units)
        kind.append(1 + np.unique(label, return_inverse=True)[1])
    elif label is not None:
        rows, columns = np.nonzero(label)
        owner.append(units[rows])
        kind.append(1 + columns)
    kinds = np.concatenate(kind)
    width = int(kinds.max()) + 1
    code, count = np.unique(np.concatenate(owner) * width + kinds, return_counts=True)
    return code // width, code % width, count


class _Table:
    """What every part holds so far of each kind, and what is still to be dealt."""

    def __init__(self, kind: Counts, count: Counts, shares: NDArray[np.float64], *, first_is_train: bool) -> None:
        self.shares = shares
        self.first_is_train = first_is_train
        self.total = np.bincount(kind, count)
        self.units_left = np.bincount(kind)
        self.have = np.zeros((len(shares), len(self.total)))

    def deal(self, kinds: Counts, counts: Counts, num_units: int) -> Counts:
        """Deal alike units, each holding `counts` of `kinds`, and return how many went to each part."""
        dealt = self._deal_most(kinds, counts, num_units)
        self.have[:, kinds] += dealt[:, None] * counts
        self.units_left[kinds] -= dealt.sum()
        for _ in range(num_units - int(dealt.sum())):
            part = self._choose(kinds, counts)
            self.have[part, kinds] += counts
            self.units_left[kinds] -= 1
            dealt[part] += 1
        return dealt

    def _deal_most(self, kinds: Counts, counts: Counts, num_units: int) -> Counts:
        """How many units each part takes at once for the least squared error; as many as there are parts are kept for `_choose`."""
        weights = counts / self.total[kinds]
        have = self.have[:, kinds]
        lacking = np.outer(self.shares, have.sum(axis=0) + num_units * counts) - have
        ideal = _project(lacking @ weights / (weights @ counts), num_units)
        kept = min(1.0, len(ideal) / num_units)
        return np.floor(ideal * (1 - kept)).astype(np.int64)

    def _choose(self, kinds: Counts, counts: Counts) -> int:
        """The part for one unit: one that still waits for its first of a kind that runs out, else the one that lags most."""
        have = self.have[:, kinds]
        waiting = have == 0
        runs_out = self.units_left[kinds] <= waiting.sum(axis=0)
        allowed = np.ones(len(have), bool)
        for column in np.flatnonzero(runs_out):
            if (allowed & waiting[:, column]).any():
                allowed &= waiting[:, column]
        if self.first_is_train and runs_out.any() and allowed[0]:
            return 0
        surplus = (have - np.outer(self.shares, have.sum(axis=0) + counts)) @ (counts / self.total[kinds])
        return int(np.argmin(np.where(allowed, surplus, np.inf)))


def _project(point: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    """The nearest point without negative numbers whose sum is `total` (Duchi et al., 2008)."""
    falling = np.sort(point)[::-1]
    levels = (np.cumsum(falling) - total) / np.arange(1, len(point) + 1)
    nearest: NDArray[np.float64] = np.maximum(point - levels[falling > levels][-1], 0)
    return nearest
