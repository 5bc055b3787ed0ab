"""How variables go together: values come in; correlations, and variables that are another one shifted in time, go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import MIN_POINTS

__all__ = ["MAX_LAG", "MIN_COPY", "Shifted", "correlate", "find_shifted"]

MAX_LAG = 48
"""Steps that a variable may be ahead of another, at most."""

MIN_COPY = 0.999
"""Correlation from which on a variable is another one."""

_MAX_STEPS, _WORK = 20_000, 2e10  # the last steps that count, and multiplications that all lags may take: some seconds
_LEFT = 0.1
_HISTORY = 3
_NEAR, _FAULTY = 0.9, 0.01  # correlation, extremes clipped, of what is looked at closely; share of steps that may be spoilt in a copy


@dataclass(frozen=True)
class Shifted:
    """A variable that says earlier what another one will be.

    Args:
        leader: Its number.
        follower: That of the other.
        lag: Steps that it is ahead.
        correlation: Of the two, so shifted; where few steps are spoilt, of the others.
    """

    leader: int
    follower: int
    lag: int
    correlation: float


def correlate(values: NDArray[np.floating], *, lag: int = 0) -> NDArray[np.float64]:
    """Correlate each variable with each other one, so many steps later.

    Args:
        values: Shape (T, F); nan where one is missing: pairs with such a value are left out.
        lag: At least 0 and less than T.

    Returns:
        float64, shape (F, F): of the row's variable with the column's, `lag` steps later; in [−1, 1], and nan of constants, and where
        fewer than `MIN_POINTS` pairs are known.

    Source:
        Pearson's coefficient over the pairs that are there.
    """
    early, late = (values[: len(values) - lag].astype(np.float64), values[lag:].astype(np.float64))
    known = [~np.isnan(part) for part in (early, late)]
    if all(part.all() for part in known):
        return _complete(early, late)
    ones = [part.astype(np.float64) for part in known]
    centre = _middle(values)
    first, second = (np.where(there, part - centre, 0.0) for there, part in zip(known, (early, late), strict=True))
    count = ones[0].T @ ones[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = [(first.T @ ones[1]) / count, (ones[0].T @ second) / count]
        variance = [((first**2).T @ ones[1]) / count - mean[0] ** 2, (ones[0].T @ (second**2)) / count - mean[1] ** 2]
        found = ((first.T @ second) / count - mean[0] * mean[1]) / np.sqrt(variance[0] * variance[1])
    far = np.sqrt(np.maximum(variance[0], 0)) <= 1e-9 * np.abs(mean[0] + centre[:, None])
    return np.where((count >= MIN_POINTS) & ~far & np.isfinite(found), np.clip(found, -1, 1), np.nan)


def find_shifted(values: NDArray[np.floating], followers: Sequence[int]) -> list[Shifted]:
    """Find variables that hold, some steps earlier, what another one will be.

    A variable that can tell itself, as a sine or a day of the week can, is foretold by many others by right, and is in none.

    Args:
        values: Shape (T, F), steps one after another; nan where one is missing. The last 20,000 steps count, of very many variables fewer.
        followers: Numbers of the variables to be foretold.

    Returns:
        The worst first: the correlation at a lag of 1 to `MAX_LAG` is at least `MIN_COPY`, and what the leader leaves open is less than a
        tenth of what the follower's own past leaves open; of all steps, or of all but the hundredth that fits worst, which may be faults.

    Source:
        Box & Jenkins, Time Series Analysis, 1970, section 11.1: a cross-correlation is judged against what each series tells of itself.
    """
    lags = min(MAX_LAG, len(values) // 4)
    if lags < 1 or values.shape[1] < 2 or not len(followers):
        return []
    values = values[-min(_MAX_STEPS, max(1000, int(_WORK / (lags * values.shape[1] ** 2)))) :]
    best, at = np.zeros((values.shape[1],) * 2), np.zeros((values.shape[1],) * 2, np.int64)
    clipped = _clip(values)
    for lag in range(1, lags + 1):
        found = np.nan_to_num(np.abs(correlate(clipped, lag=lag)))
        at, best = np.where(found > best, lag, at), np.maximum(found, best)
    return sorted(_judge(values, best, at, followers), key=lambda each: -each.correlation)


def _judge(values: NDArray[np.floating], best: NDArray[np.float64], at: NDArray[np.int64], followers: Sequence[int]) -> Iterator[Shifted]:
    for follower in followers:
        leaders = [i for i in np.flatnonzero(best[:, follower] >= _NEAR).tolist() if i != follower]
        if leaders:
            y = values[:, follower].astype(np.float64)
            own = _left_open(y, [(y, lag) for lag in (*range(1, _HISTORY + 1), int(at[follower, follower]))])
            for leader in leaders:
                lag = int(at[leader, follower])
                told = zip(_left_open(y, [(values[:, leader].astype(np.float64), lag)]), own, strict=True)
                found = max((np.sqrt(1 - left**2) for left, alone in told if left < _LEFT * alone), default=0.0)
                if found >= MIN_COPY:
                    yield Shifted(leader, follower, lag, float(found))


def _left_open(target: NDArray[np.float64], told_by: Sequence[tuple[NDArray[np.float64], int]]) -> tuple[float, float]:
    """Deviation, as a share of a variable's own, of what is left when the best weighted sum of others' earlier values is taken off.

    Returns:
        Of all steps, and of all but those that fit worst; 0 of rounding.
    """
    furthest = max(lag for _, lag in told_by)
    parts = [source[furthest - lag : len(source) - lag] for source, lag in told_by]
    columns, y = np.column_stack([*parts, np.ones(len(target) - furthest)]), target[furthest:]
    known = ~np.isnan(y) & ~np.isnan(columns).any(axis=1)
    if known.sum() < MIN_POINTS:
        return 0.0, 0.0
    columns, y = columns[known], y[known]
    left = _residuals(columns, y)
    good = np.abs(left) <= np.quantile(np.abs(left), 1 - _FAULTY)
    return _share(left, y), _share(_residuals(columns[good], y[good]), y[good])


def _residuals(columns: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    columns, y = columns - np.append(columns[:, :-1].mean(axis=0), 0), y - y.mean()
    return np.asarray(y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0], np.float64)


def _share(left: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    share = float(left.std()) / max(float(y.std()), np.finfo(np.float64).tiny)
    return share if share > 1e-6 else 0.0


def _clip(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pull the hundredth of a variable that is highest, and the lowest, to the next value, so that no fault outweighs all others."""
    clipped = values.astype(np.float64)
    for column in clipped.T:
        known = column[~np.isnan(column)]
        low, high = np.quantile(known, [_FAULTY, 1 - _FAULTY]) if len(known) else (0.0, 0.0)
        if low < high:
            np.clip(column, low, high, out=column)
    return clipped


def _complete(early: NDArray[np.float64], late: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = []
    for part in (early, late):
        apart = part - part.mean(axis=0)
        size = np.sqrt((apart**2).sum(axis=0))
        parts.append(np.where((size > 0) & (np.ptp(part, axis=0) > 0), apart / np.where(size > 0, size, 1), np.nan))
    found = parts[0].T @ parts[1]
    return np.clip(found, -1, 1) if len(early) >= MIN_POINTS else np.full_like(found, np.nan)


def _middle(values: NDArray[np.floating]) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0).sum(axis=0, dtype=np.float64) / np.maximum(known.sum(axis=0), 1), np.float64)
