"""Stamps that look like a clock which summer time puts forward and back, though they were read as if none did; to `survey`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_skipped_hours"]

_HOUR = 3600 * 10**9
_SUNDAYS = ((3, -1), (3, 2), (10, 1), (9, -1))
"""Month and Sunday on which clocks go forward: in Europe, North America, the south of Australia, New Zealand."""
_SAME_CHANGE = 0.5


def find_skipped_hours(time: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find hours that are missing on the nights in which clocks go forward, and hardly any other single hours that are.

    Args:
        time: int64, shape (T,): ns since 1970, rising.
        known: Shape (T,): whether a step has any value; one that was put in where a stamp was missing has none.

    Returns:
        int64: the last stamp before each such hour; none where at least as many hours are missing at other times, or steps are longer
        than an hour.
    """
    there = time[known]
    if len(there) < 3:
        return np.empty(0, np.int64)
    apart = np.diff(there)
    usual = int(np.median(apart))
    if not 0 < usual <= _HOUR:
        return np.empty(0, np.int64)
    before = there[:-1][apart == usual + _HOUR]
    skipped = before[_is_change(before + usual)]
    return skipped if len(skipped) > _SAME_CHANGE * len(before) else np.empty(0, np.int64)


def _is_change(time: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a stamp is between 0 and 4 o'clock of a Sunday on which clocks somewhere go forward."""
    days = time.astype("M8[ns]").astype("M8[D]")
    months = days.astype("M8[M]")
    month = months.astype(np.int64) % 12 + 1
    day = (days - months).astype(np.int64) + 1
    length = ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(np.int64)
    sunday = (days.astype(np.int64) + 4) % 7 == 0  # 1 January 1970 was a Thursday
    night = time - days.astype("M8[ns]").astype(np.int64) < 4 * _HOUR
    place = [(month == m) & ((day > length - 7) if n < 0 else ((day - 1) // 7 + 1 == n)) for m, n in _SUNDAYS]
    return np.asarray(sunday & night & np.any(place, axis=0), np.bool_)
