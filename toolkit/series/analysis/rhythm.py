"""What repeats in a variable: values come in, the period and the strength of its seasons, and the mean day and week go out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import MIN_POINTS, Values, autocorrelation, is_constant

__all__ = ["MIN_CYCLES", "MIN_STRENGTH", "find_period", "profile", "seasonal_strength"]

MIN_CYCLES = 4
"""Fewer repetitions tell nothing."""

MIN_STRENGTH = 0.2
"""Weaker seasons are not told; and of few cycles only much stronger ones: a path drawn by chance has hills and valleys, too."""

_PEAKS, _ABOUT_AS_STRONG, _OF_FEW_CYCLES = 8, 0.95, 2


def seasonal_strength(values: Values, period: int) -> float | None:
    """Share of what varies about the trend that repeats with a period.

    Args:
        values: Shape (T,); nan where one is missing.
        period: Steps, at least 2.

    Returns:
        In [0, 1]: 1 where every cycle is like the others, about 0 where none is; None of a constant, of fewer than `MIN_CYCLES` cycles, or
        where a place of the cycle is hardly ever known.

    Source:
        Wang, Smith & Hyndman, Characteristic-based clustering for time series data, 2006: 1 − Var(rest) / Var(seasons + rest), here of
        a classical decomposition, less what as many cycles give by chance.
    """
    if period < 2 or len(values) < MIN_CYCLES * period or is_constant(values):
        return None
    apart = values - _trend(values.astype(np.float64), period)
    phase, known = np.arange(len(values)) % period, ~np.isnan(apart)
    count = np.bincount(phase[known], minlength=period)
    if count.min() < MIN_CYCLES - 1:
        return None
    seasons = np.bincount(phase[known], apart[known], minlength=period) / count
    rest, total = np.var(apart[known] - seasons[phase[known]]), np.var(apart[known])
    if total <= 1e-12 * np.nanmax(np.abs(values)) ** 2:  # a straight line has no seasons
        return None
    chance = period / known.sum()
    return float(max(0.0, (1 - rest / total - chance) / (1 - chance)))


def find_period(values: Values, *, likely: Iterable[int] = ()) -> tuple[int, float] | None:
    """Find the period with the strongest seasons.

    Args:
        values: Shape (T,); nan where one is missing.
        likely: Periods to try, whatever the spectrum says, such as a day's and a week's.

    Returns:
        Its steps and its `seasonal_strength`: of periods about as strong the shortest. None where no season is at least `MIN_STRENGTH`, and
        twice a cycle's share of the series above it.

    Source:
        Vlachos, Yu & Castelli, On periodicity detection and structural periodic similarity, 2005: hills of the autocorrelation near the
        peaks of the periodogram.
    """
    known = ~np.isnan(values)
    if known.sum() < max(MIN_POINTS, len(values) / 2) or is_constant(values):
        return None
    filled = np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])
    strength = {period: seasonal_strength(values, period) or 0.0 for period in {*_hills(filled), *likely}}
    strength = {period: found for period, found in strength.items() if found >= MIN_STRENGTH + _OF_FEW_CYCLES * period / len(values)}
    if not strength:
        return None
    best = max(strength.values())
    period = min(period for period, found in strength.items() if found >= _ABOUT_AS_STRONG * best)
    return period, strength[period]


def profile(values: Values, phase: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Mean of a variable at each place of a cycle, such as each hour of the day.

    Args:
        values: Shape (T,); nan where one is missing.
        phase: int64, shape (T,): the place of each step, in [0, `count`).
        count: Places.

    Returns:
        float64, shape (count,); nan where nothing is known.
    """
    known = ~np.isnan(values)
    num = np.bincount(phase[known], minlength=count)
    sums = np.bincount(phase[known], values[known], minlength=count)
    return np.where(num > 0, sums / np.maximum(num, 1), np.nan)


def _trend(values: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Centred mean over a period; of an even one both ends count half; nan at the borders and where little is known."""
    weights = np.ones(period) if period % 2 else np.concatenate([[0.5], np.ones(period - 1), [0.5]])
    known = ~np.isnan(values)
    size = 1 << (len(values) + len(weights)).bit_length()
    kernel = np.fft.rfft(weights, size)
    middle = float(values[known].mean())
    total, count = (
        np.fft.irfft(np.fft.rfft(part, size) * kernel, size)[len(weights) - 1 : len(values)]
        for part in (np.where(known, values - middle, 0), known.astype(np.float64))
    )
    trend = np.full(len(values), np.nan)
    half = len(weights) // 2
    enough = count >= period / 2
    trend[half : len(values) - half] = np.where(enough, total / np.maximum(count, 1), np.nan) + middle
    return trend


def _hills(values: NDArray[np.float64]) -> set[int]:
    """Lags at which the autocorrelation has a hill near one of the spectrum's highest peaks."""
    steps = np.arange(len(values))
    apart = values - np.polynomial.Polynomial.fit(steps, values, 1)(steps)
    correlation = autocorrelation(apart, len(values) // MIN_CYCLES + 1)
    if correlation is None:
        return set()
    power = np.abs(np.fft.rfft(apart * np.hanning(len(apart)))) ** 2
    peaks = 1 + np.flatnonzero((power[1:-1] >= power[:-2]) & (power[1:-1] > power[2:]))
    found = set()
    for k in peaks[np.argsort(-power[peaks])][:_PEAKS].tolist():
        low, high = max(2, round(len(values) / (k + 1))), min(len(correlation) - 2, round(len(values) / max(1, k - 1)))
        lags = np.arange(low, high + 1)
        hills = lags[(correlation[lags] >= correlation[lags - 1]) & (correlation[lags] >= correlation[lags + 1])] if len(lags) else lags
        if len(hills):
            found.add(int(hills[np.argmax(correlation[hills])]))
    return found
