"""How a variable goes on in time: values come in, its autocorrelation, its rolling mean and deviation go out, to reports and checks.

What cannot be computed, of constants or of too few points, is None, never a number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_POINTS", "Values", "autocorrelation", "envelope", "is_constant", "partial_autocorrelation", "rolling"]

Values = NDArray[np.floating]
"""A variable's values, shape (T,), a step each; nan where one is missing."""

MIN_POINTS = 10
"""Known values below which nothing is computed."""


def is_constant(values: Values) -> bool:
    """Whether all known values are one and the same; those of none are."""
    known = values[~np.isnan(values)]
    return not len(known) or bool(known.min() == known.max())


def autocorrelation(values: Values, num_lags: int) -> NDArray[np.float64] | None:
    """How like a variable is to itself some steps earlier.

    Args:
        values: Shape (T,); nan where one is missing: pairs with such a value are left out, and the others count for them.
        num_lags: The last lag, at least 1.

    Returns:
        float64, shape (L + 1,), of lags 0 to L, the smaller of `num_lags` and T − 1; nan at a lag without a pair. None where the variable
        is constant or fewer than `MIN_POINTS` values are known.

    Source:
        Box & Jenkins, Time Series Analysis, 1970, section 2.1.5, sums divided by T at every lag.
    """
    known = ~np.isnan(values)
    if known.sum() < MIN_POINTS or is_constant(values):
        return None
    apart = np.where(known, values - np.mean(values[known], dtype=np.float64), 0.0)
    lags = np.arange(min(num_lags, len(values) - 1) + 1)
    products, pairs = (_products(part, len(lags)) for part in (apart, known.astype(np.float64)))
    pairs = pairs.round()
    covariance = np.where(pairs > 0, products / np.maximum(pairs, 1), np.nan) * (1 - lags / len(values))
    return np.asarray(covariance / covariance[0], np.float64)


def partial_autocorrelation(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each lag adds to those before it.

    Args:
        correlation: From `autocorrelation`.

    Returns:
        float64, of the same lags, 1 at lag 0; nan from where it is not defined on.

    Source:
        Durbin, The fitting of time-series models, 1960: the recursion that solves the Yule–Walker equations.
    """
    partial = np.full(len(correlation), np.nan)
    partial[0] = 1
    weights, left = np.empty(0), 1.0
    for lag in range(1, len(correlation)):
        last = (correlation[lag] - weights @ correlation[lag - 1 : 0 : -1]) / left
        if not abs(last) < 1:
            break
        weights = np.append(weights - last * weights[::-1], last)
        left *= 1 - last**2
        partial[lag] = last
    return partial


def rolling(values: Values, window: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation of the last steps, at each step.

    Args:
        values: Shape (T,); nan where one is missing.
        window: Steps that count, at least 1.

    Returns:
        Two of float64, shape (T,): nan in the first `window` − 1, and where fewer than half of the window's values are known.
    """
    known = ~np.isnan(values)
    middle = float(np.mean(values[known], dtype=np.float64)) if known.any() else 0.0
    apart = np.where(known, values - middle, 0.0)  # sums of what is far from 0 lose the digits that count
    count, first, second = (_window_sums(part, window) for part in (known.astype(np.float64), apart, apart**2))
    enough = (count >= max(1, window / 2)) & (np.arange(len(values)) >= window - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(enough, first / count, np.nan)
        deviation = np.sqrt(np.maximum(second / count - mean**2, 0))
    return mean + middle, deviation


def envelope(values: Values, points: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Thin a variable out for a plot, so that none of its peaks is lost: of each of equally long pieces, the lowest and the highest value.

    Args:
        values: Shape (T,).
        points: Most of them to keep, at least 2.

    Returns:
        Places, int64, rising, and the values there, float64; a piece without a known value gives one nan.
    """
    if len(values) <= points:
        return np.arange(len(values)), values.astype(np.float64)
    edges = np.linspace(0, len(values), points // 2 + 1).astype(np.int64)
    starts, sizes = edges[:-1], np.diff(edges)
    places = starts[:, None] + np.arange(int(sizes.max()))
    outside = np.arange(int(sizes.max())) >= sizes[:, None]
    pieces = values[np.minimum(places, len(values) - 1)].astype(np.float64)
    unknown = outside | np.isnan(pieces)
    low, high = (starts + np.argmin(np.where(unknown, np.inf, sign * pieces), axis=1) for sign in (1, -1))
    chosen = np.unique(np.concatenate([low, high]))
    return chosen, values[chosen].astype(np.float64)


def _products(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sums of products of values so many steps apart, for 0 to `count` − 1 steps."""
    size = 1 << (2 * len(values) - 1).bit_length()
    return np.fft.irfft(np.abs(np.fft.rfft(values, size)) ** 2, size)[:count]


def _window_sums(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    sums = np.cumsum(values)
    return np.asarray(sums - np.concatenate([np.zeros(min(window, len(values))), sums[:-window]]), np.float64)
