"""What looks wrong in a variable: values come in; sensors that are stuck, single spikes, codes for missing ones go out, to `survey`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import Values

__all__ = ["MIN_STUCK", "FarValue", "Runs", "find_far_value", "find_spikes", "find_stuck", "runs_of_equal"]

MIN_STUCK = 12
"""Steps that a value must stay the same at least to be stuck."""

_LONGER, _RESTS, _RESTING_SHARE, _MOSTLY = 10, 10, 0.05, 0.5
_SPIKE_SIGMA, _SPIKE_RATIO, _SPIKE_SHARE = 15.0, 4.0, 1 / 500
_MIN_DISTINCT, _MIN_KNOWN = 10, 20
_NORMAL = 1.4826  # of normal values, the standard deviation in median absolute deviations


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of equal values.

    Args:
        start: int64, rising: the first step of each.
        length: int64: its steps.
        value: Its value.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    value: NDArray[np.floating]


@dataclass(frozen=True)
class FarValue:
    """A value that lies further from all others than these from one another.

    Args:
        value: The value.
        count: How often it is there.
        first: The first step that has it.
    """

    value: float
    count: int
    first: int


def runs_of_equal(values: Values) -> Runs:
    """Cut a variable into runs of equal values; one that is missing ends a run and is in none."""
    new = np.ones(len(values), np.bool_)
    new[1:] = values[1:] != values[:-1]  # nan is not even equal to itself
    start = np.flatnonzero(new)
    length = np.diff(np.append(start, len(values)))
    known = ~np.isnan(values[start])
    return Runs(start[known], length[known], values[start[known]])


def find_stuck(runs: Runs) -> NDArray[np.int64]:
    """Find runs much longer than the variable has them: at least `MIN_STUCK` steps, and ten times as many as 99 of 100 of its runs.

    Args:
        runs: Of the variable.

    Returns:
        Which of the runs, int64, the longest first; none of a constant, and none of a value that the variable rests at often or mostly, as
        rain does at 0: how long it may is not to be told.
    """
    kind = np.unique(runs.value, return_inverse=True)[1]
    share = np.bincount(kind, runs.length) / max(1, runs.length.sum())
    rests = ((np.bincount(kind) >= _RESTS) & (share >= _RESTING_SHARE)) | (share >= _MOSTLY)
    moving = np.flatnonzero(~rests[kind]) if len(kind) else np.empty(0, np.int64)
    if len(moving) < 2:
        return np.empty(0, np.int64)
    usual = np.sort(runs.length[moving])[max(0, int(0.99 * len(moving)) - 1)]
    stuck = moving[runs.length[moving] >= max(MIN_STUCK, _LONGER * usual)]
    order: NDArray[np.int64] = stuck[np.argsort(-runs.length[stuck], kind="stable")]
    return order


def find_spikes(values: Values) -> NDArray[np.int64]:
    """Find single steps that leave both of their neighbours in the same direction, by far more than the variable does.

    Args:
        values: Shape (T,); nan where one is missing.

    Returns:
        The steps, int64, the furthest first: their distance to the nearer neighbour is more than 15 deviations of the differences, by
        their median, and 4 times that of any but one in 500 steps.

    Source:
        Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993: deviations by the median, which no outlier moves.
    """
    if len(values) < _MIN_KNOWN:
        return np.empty(0, np.int64)
    change = np.diff(values.astype(np.float64))
    moved = np.abs(change[(change != 0) & ~np.isnan(change)])
    if len(moved) < _MIN_KNOWN:
        return np.empty(0, np.int64)
    here, there = change[:-1], -change[1:]
    with np.errstate(invalid="ignore"):
        leaves = np.where(here * there > 0, np.minimum(np.abs(here), np.abs(there)), 0.0)
    rare = max(5, int(_SPIKE_SHARE * len(leaves)))
    usual = -np.partition(-leaves, rare)[rare] if rare < len(leaves) else np.inf
    limit = max(_SPIKE_SIGMA * _NORMAL * float(np.median(moved)), _SPIKE_RATIO * usual)
    found = np.flatnonzero(leaves > limit)
    return 1 + found[np.argsort(-leaves[found], kind="stable")]


def find_far_value(values: Values) -> FarValue | None:
    """Find the lowest or highest value if it is further from the next one than all others are from one another, as −9999 is.

    Args:
        values: Shape (T,); nan where one is missing.

    Returns:
        The value, or None; and None where the others are of few different values.
    """
    known = values[~np.isnan(values)]
    if len(known) < _MIN_KNOWN:
        return None
    for end, rest_of in ((known.min(), known > known.min()), (known.max(), known < known.max())):
        rest = known[rest_of]
        if not len(rest):
            return None
        nearest, furthest = (rest.min(), rest.max()) if end == known.min() else (rest.max(), rest.min())
        far = abs(float(nearest) - float(end)) > abs(float(furthest) - float(nearest)) > 0
        if far and len(np.unique(rest[: 100 * _MIN_DISTINCT])) >= _MIN_DISTINCT:
            there = np.flatnonzero(values == end)
            return FarValue(float(end), len(there), int(there[0]))
    return None
