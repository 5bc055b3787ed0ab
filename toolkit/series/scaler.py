"""The mean and deviation of each variable, in two passes over blocks of steps; `plan` fits them on train for the dataset file's /meta."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_scaler"]

Values = NDArray[np.floating[Any]]
Fitted = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]


def fit_scaler(blocks: Callable[[], Iterable[Values]], num_features: int) -> Fitted:
    """Return what makes each variable's mean 0 and its deviation 1.

    Args:
        blocks: Called twice: yields the same blocks of shape (steps, F) each time; nan, where nothing is known, is left out.
        num_features: F.

    Returns:
        The mean and the population's standard deviation, float64 (F,), and how many values they are of, int64 (F,). Without a value the
        mean is 0; of a variable that does not change the deviation is 1.

    Source:
        Chan, Golub & LeVeque, Algorithms for computing the sample variance, 1983: two passes, corrected.
    """
    count, total = np.zeros(num_features, np.int64), np.zeros(num_features)
    least, most = np.full(num_features, np.inf), np.full(num_features, -np.inf)
    for block in blocks():
        known = ~np.isnan(block)
        count += known.sum(axis=0)
        total += np.where(known, block, 0).sum(axis=0, dtype=np.float64)
        least = np.fmin(least, np.fmin.reduce(block, axis=0, initial=np.inf))
        most = np.fmax(most, np.fmax.reduce(block, axis=0, initial=-np.inf))
    of = np.maximum(count, 1)
    mean = total / of
    off, squares = np.zeros(num_features), np.zeros(num_features)
    for block in blocks():
        away = np.nan_to_num(block.astype(np.float64) - mean, nan=0.0)
        off += away.sum(axis=0)
        squares += (away * away).sum(axis=0)
    std = np.sqrt(np.maximum(squares - off * off / of, 0) / of)
    return mean + off / of, np.where((most > least) & (std > 0), std, 1.0), count
