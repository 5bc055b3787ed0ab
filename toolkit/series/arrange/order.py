"""Rows of a series in order of time, one a stamp: a series as its source has it comes in, an ordered one and what was found go out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.series.raw import RawSeries

__all__ = ["Disorder", "merge_duplicates", "sort_rows"]


@dataclass(frozen=True)
class Disorder:
    """Rows that are not where they should be.

    Args:
        count: How many.
        row: The first, counted from the series' first.
    """

    count: int
    row: int


def sort_rows(series: RawSeries) -> tuple[RawSeries, Disorder | None]:
    """Put rows in order of time; those of one stamp stay as they stand.

    Returns:
        The series, and its rows whose stamp is before that of a row above them; None if there are none.
    """
    time = series.time
    if time is None or not (late := np.diff(time) < 0).any():
        return series, None
    behind = np.flatnonzero(time < np.maximum.accumulate(time))
    order = np.argsort(time, kind="stable")
    return replace(series, time=time[order], values=series.values[order]), Disorder(len(behind), int(np.flatnonzero(late)[0]) + 1)


def merge_duplicates(series: RawSeries, keep: str) -> tuple[RawSeries, Disorder | None]:
    """Leave one row a stamp.

    Args:
        series: In order of time.
        keep: ``"first"`` or ``"last"`` of each variable's values with the same stamp, or their ``"mean"``; what is missing does not count.

    Returns:
        The series, and its rows beyond the first of their stamp; None if there are none.
    """
    time = series.time
    if time is None or not (again := np.diff(time) == 0).any():
        return series, None
    found = Disorder(int(again.sum()), int(np.flatnonzero(again)[0]) + 1)
    first = np.flatnonzero(np.concatenate([[True], ~again]))
    values = _means(series.values, first) if keep == "mean" else _ends(series.values, first, keep)
    return replace(series, time=time[first], values=values), found


def _ends(values: NDArray[np.float64], first: NDArray[np.intp], keep: str) -> NDArray[np.float64]:
    """The first or the last of what is known from each first row to the next."""
    known, row = ~np.isnan(values), np.arange(len(values))[:, None]
    if keep == "first":
        place = np.minimum.reduceat(np.where(known, row, len(values) - 1), first, axis=0)
    else:
        place = np.maximum.reduceat(np.where(known, row, 0), first, axis=0)
    found = np.logical_or.reduceat(known, first, axis=0)
    return np.where(found, np.take_along_axis(values, place, axis=0), np.nan)


def _means(values: NDArray[np.float64], first: NDArray[np.intp]) -> NDArray[np.float64]:
    """The mean of what is known from each first row to the next."""
    known = ~np.isnan(values)
    counts = np.add.reduceat(known, first, axis=0, dtype=np.int64)
    sums = np.add.reduceat(np.where(known, values, 0.0), first, axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
