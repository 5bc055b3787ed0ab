"""Steps and values that a series lacks: missing steps are inserted, short runs of missing values filled along a line; for `arrange`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_runs", "insert_steps"]


def insert_steps(values: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Put each row in its place, and rows of nan into the others.

    Args:
        values: Shape (T, F).
        places: Shape (T,), ascending, from 0 on.

    Returns:
        Float64, shape (places[-1] + 1, F).
    """
    whole = np.full((int(places[-1]) + 1, values.shape[1]), np.nan)
    whole[places] = values
    return whole


def fill_runs(values: NDArray[np.float64], time: NDArray[np.int64], limit: int) -> int:
    """Fill, in place, runs of missing values along the line between the values before and behind them.

    Args:
        values: Shape (T, F), nan where missing.
        time: int64, shape (T,), ascending: where each row lies on the line.
        limit: Length of the longest run that is filled; those that begin or end the series stay missing.

    Returns:
        How many values were filled.
    """
    filled = 0
    for column in values.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isnan(column), [False]]).astype(np.int8)))
        starts, stops = edges[0::2], edges[1::2]
        good = (stops - starts <= limit) & (starts > 0) & (stops < len(column))
        lengths = (stops - starts)[good]
        before, behind = np.repeat(starts[good] - 1, lengths), np.repeat(stops[good], lengths)
        rows = np.arange(len(before)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + before + 1
        share = (time[rows] - time[before]) / (time[behind] - time[before])
        column[rows] = column[before] + share * (column[behind] - column[before])
        filled += len(rows)
    return filled
