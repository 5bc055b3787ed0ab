"""Dates and times of day as people count them: fields come in, nanoseconds since 1970 go out, and months by the calendar, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BOUNDS",
    "FIRST",
    "LAST",
    "MEND",
    "SECOND",
    "BadRowError",
    "check_rows",
    "join_fields",
    "join_months",
    "refuse_row",
    "split_months",
    "within",
]

SECOND = 1_000_000_000
FIRST, LAST = (int(np.datetime64(day, "s").astype(np.int64)) for day in ("1677-09-23", "2262-04-10"))
"""Seconds since 1970 between which nanoseconds fit into 64 bits, in any time zone."""

BOUNDS = "between 1678 and 2262, which nanoseconds can count"
"""The same as a rule of stamps."""

MEND = "Mend the row, or take it out."
"""What to do about a row that is wrong whatever is typed."""

Numbers = NDArray[np.int64]

_DAY = 86400 * SECOND


class BadRowError(Exception):
    """Some row breaks a rule; whoever knows the file words it.

    Args:
        row: The first that does, from 0.
        rule: What it must be.
        fix: What to do, as a whole sentence; empty where that depends on what was typed.
    """

    def __init__(self, row: int, rule: str, fix: str = MEND) -> None:
        super().__init__(rule)
        self.row, self.rule, self.fix = row, rule, fix


def refuse_row(row: int, rule: str, fix: str = MEND) -> NoReturn:
    """Raise `BadRowError` for a row."""
    raise BadRowError(row, rule, fix)


def check_rows(good: NDArray[np.bool_], rule: str, fix: str = MEND) -> None:
    """Raise `BadRowError` for the first row that is not good, if there is one."""
    if not good.all():
        refuse_row(int(np.argmin(good)), rule, fix)


def within(numbers: Numbers, low: int, high: int) -> NDArray[np.bool_]:
    """Tell which numbers lie between two others, or are one of them."""
    return (numbers >= low) & (numbers <= high)


def join_fields(fields: Mapping[str, Numbers]) -> tuple[Numbers, list[str]]:
    """Put dates and times together.

    Args:
        fields: ``year``, ``month``, ``day``, ``hour``, ``minute``, ``second``, ``nano`` → int64, shape (T,); what lacks is the first.

    Returns:
        int64, shape (T,): nanoseconds since 1970 by the clock; and sentences on what was understood.

    Raises:
        BadRowError: Where there is no such time, or none that nanoseconds can count.
    """
    year = fields["year"]
    first, none = np.ones(len(year), np.int64), np.zeros(len(year), np.int64)
    month, day, hour = fields.get("month", first), fields.get("day", first), fields.get("hour", none)
    minute, second, nano = (fields.get(name, none) for name in ("minute", "second", "nano"))
    check_rows(within(year, 1, 9999), "a year from 1 to 9999")
    check_rows(within(month, 1, 12), "a month from 1 to 12")
    months = (year - 1970) * 12 + month - 1
    begin = _first_days(months)
    check_rows((day >= 1) & (day <= _first_days(months + 1) - begin), "a day that its month has")
    check_rows(within(hour, 0, 23) | ((hour == 24) & (minute + second + nano == 0)), "an hour from 0 to 23, or 24:00")
    check_rows(within(minute, 0, 59), "a minute from 0 to 59")
    check_rows(within(second, 0, 59), "a second from 0 to 59")
    seconds = (begin + day - 1) * 86400 + hour * 3600 + minute * 60 + second
    check_rows(within(seconds, FIRST, LAST), BOUNDS)
    told = ["24:00 is taken for 0:00 of the day after."] if (hour == 24).any() else []
    return seconds * SECOND + nano, told


def split_months(local: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Take times apart.

    Args:
        local: int64, shape (T,): nanoseconds since 1970 by the clock.

    Returns:
        Three arrays of int64, shape (T,): months since January 1970, the day of each month from 1 on, nanoseconds of the day.
    """
    months = local.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    days = local // _DAY
    return months, days - _first_days(months) + 1, local - days * _DAY


def join_months(months: Numbers, day: int, rest: int) -> Numbers:
    """Put times together from months; a day that a month has not is its last one.

    Args:
        months: int64, shape (T,): since January 1970.
        day: Of the month, from 1 on.
        rest: Nanoseconds of the day.

    Returns:
        int64, shape (T,): nanoseconds since 1970 by the clock.
    """
    begin = _first_days(months)
    return (np.minimum(begin + day, _first_days(months + 1)) - 1) * _DAY + rest


def _first_days(months: Numbers) -> Numbers:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
