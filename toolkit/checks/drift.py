"""Splits that are not alike: statistics come in, figures whose distribution differs from train's go out as findings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, command, counted, figures, group_ids, parts, usable
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS, Finding

__all__ = ["MIN_DISTANCE", "compare_distributions", "find_drift"]

MIN_DISTANCE = 0.2
"""Smallest distance of two distributions that is told, however sure it is."""

_CRITICAL = 1.95
"""Of the two-sample test at the level of 0.1 %; Smirnov 1948."""


def compare_distributions(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    """The largest difference between the cumulative distributions of two samples, in [0, 1].

    Args:
        one: Shape (N,), N at least 1.
        other: Shape (M,), M at least 1.

    Source:
        Massey, The Kolmogorov–Smirnov test for goodness of fit, 1951.
    """
    places = np.concatenate([one, other])
    below = [np.searchsorted(np.sort(values), places, side="right") / len(values) for values in (one, other)]
    return float(np.abs(below[0] - below[1]).max())


def find_drift(table: Statistics, *, brought: Collection[str] = (), leave_out: Collection[str] = ()) -> list[Finding]:
    """Compare each figure of val and test with train's.

    What is told is at least `MIN_DISTANCE`, and more than chance makes of as many groups: samples of one group are not independent.

    Args:
        table: The samples.
        brought: Names of the splits that the source brings itself: cutting anew leaves them as they are.
        leave_out: Figures that were fitted on train.
    """
    rows = usable(table)
    of_part = {number: rows[parts(table)[rows] == number] for number in range(len(SPLITS))}
    found = []
    for number in (1, 2):
        if len(of_part[0]) and len(of_part[number]):
            name = SPLITS[number]
            fix = _fix(table, anew=name not in brought)
            found += [replace(each, fix=fix) for each in _compare(table, of_part[0], of_part[number], name, leave_out)]
    return found


def _fix(table: Statistics, *, anew: bool) -> str:
    return "Collect training samples of the other kind" + f", or cut anew: {command(table, '--seed 1')}" * anew + "."


def _compare(table: Statistics, train: Rows, held_out: Rows, split: str, leave_out: Collection[str]) -> list[Finding]:
    num = [len(np.unique(group_ids(table)[rows])) for rows in (train, held_out)]
    limit = max(MIN_DISTANCE, _CRITICAL * (sum(num) / (num[0] * num[1])) ** 0.5)
    found = []
    for name in (name for name in figures(table) if name not in leave_out):
        values = table.columns[name].astype(np.float64)
        distance = compare_distributions(values[train], values[held_out])
        if distance >= limit:
            middle = [f"{np.median(values[rows]):.3g}" for rows in (train, held_out)]
            found.append(_finding(name, split, len(held_out), distance, limit, middle))
    return found


def _finding(name: str, split: str, count: int, distance: float, limit: float, middle: list[str]) -> Finding:
    return Finding(
        f"drift_of_{name}_in_{split}",
        "warning",
        f"{split} differs from train in {name}: medians {middle[1]} and {middle[0]}, distance {distance:.2f}, {counted(count, 'sample')}",
        count,
        (),
        f"Kolmogorov–Smirnov distance of at least {limit:.2f}",
        f"What is learnt in train is measured in {split} under other conditions; a gap between the two may be no overfitting.",
        extent=distance,
    )
