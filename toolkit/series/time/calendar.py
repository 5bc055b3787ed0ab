"""What is known ahead of every step: stamps come in, a sine and a cosine of each part of the calendar go out to `encode`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.series.time.zone import find_offsets

__all__ = ["calendar_columns", "calendar_names"]


def calendar_names(calendar: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns that `calendar_columns` makes, such as ``hour_sin`` and ``hour_cos``."""
    return tuple(f"{part}_{wave}" for part in calendar for wave in ("sin", "cos"))


def calendar_columns(time: NDArray[np.int64], calendar: Sequence[str], zone: str) -> NDArray[np.float32]:
    """Place each stamp on the circles of the day, the week, the month and the year.

    Args:
        time: Nanoseconds since 1970 in UTC, shape (T,).
        calendar: Of ``hour``, ``weekday``, ``monthday`` and ``yearday``.
        zone: The time zone whose clocks and calendars count, a name of the IANA database; empty is UTC.

    Returns:
        Float32, shape (T, 2 × parts), in [−1, 1]: sin 2πp and cos 2πp of each part, where p in [0, 1) is the share that has passed of the
        day, of the week from Monday on, of the month or of the year, each in its own true length. The same clock time in the
        hour that summer time repeats has the same values twice.

    Source:
        Fourier terms, Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 7.4; of lowest order.
    """
    shares = _passed((time + find_offsets(time, zone)).astype("M8[ns]"), calendar)
    angle = 2 * np.pi * shares
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(len(time), -1).astype(np.float32)


def _passed(wall: NDArray[np.datetime64], calendar: Sequence[str]) -> NDArray[np.float64]:
    """The share of each part of the calendar that has passed, shape (T, parts)."""
    shares = np.empty((len(wall), len(calendar)))
    for i, part in enumerate(calendar):
        begin, end = _around(wall, part)
        shares[:, i] = (wall - begin) / (end - begin)
    return shares


def _around(wall: NDArray[np.datetime64], part: str) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """When what a time is part of begins and ends."""
    if part == "weekday":
        monday = np.datetime64("1969-12-29", "D")
        begin = monday + (wall.astype("M8[D]") - monday) // np.timedelta64(7, "D") * np.timedelta64(7, "D")
        return begin.astype("M8[ns]"), (begin + 7).astype("M8[ns]")
    whole = wall.astype({"hour": "M8[D]", "monthday": "M8[M]", "yearday": "M8[Y]"}[part])
    return whole.astype("M8[ns]"), (whole + 1).astype("M8[ns]")
