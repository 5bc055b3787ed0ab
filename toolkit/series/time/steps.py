"""Steps: stamps come in, what lies between them goes out as a text such as 15min; and stamps to come, or the place of each on a step."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, wording
from toolkit.series.time.civil import SECOND, join_months, split_months
from toolkit.series.time.zone import find_moments, find_offsets

__all__ = ["Kept", "Step", "add_steps", "find_kept_step", "find_step", "lay_out_stamps", "number_stamps", "parse_step"]

_DAY = 86400 * SECOND
_LENGTHS = {"w": 7 * _DAY, "d": _DAY, "h": 3600 * SECOND, "min": 60 * SECOND, "s": SECOND}
_MONTHS = {"y": 12, "mo": 1}
_MOST = 0.8
_WRITTEN = re.compile(r"([0-9]{1,6})(s|min|h|d|w|mo|y)|([0-9]{1,6}\.[0-9]{1,9})(s)")

Numbers = NDArray[np.int64]


class Step(NamedTuple):
    """What lies between two steps.

    Args:
        number: Of units; whole, but of seconds.
        unit: ``s``, ``min``, ``h``: of fixed length; ``d``, ``w``, ``mo``, ``y``: by the calendar of a zone.
    """

    number: float
    unit: str

    def __str__(self) -> str:
        """Return it as `parse_step` reads it."""
        return f"{self.number:.9f}".rstrip("0").rstrip(".") + self.unit

    @property
    def length(self) -> int:
        """Nanoseconds, by clocks that are never put forward or back; 0 of months and years."""
        return round(self.number * _LENGTHS.get(self.unit, 0))

    @property
    def months(self) -> int:
        """Months; 0 of other units."""
        return int(self.number) * _MONTHS.get(self.unit, 0)


class Kept(NamedTuple):
    """A step that most stamps keep, but not all.

    Args:
        step: As `parse_step` reads it.
        off: bool, shape (T,): stamps that lie between its steps.
        longest: What lies between the two stamps that are furthest apart, written alike.
        behind: Which stamp the first of them is.
    """

    step: str
    off: NDArray[np.bool_]
    longest: str
    behind: int


def parse_step(text: str) -> Step:
    """Read a step such as ``"15min"``, ``"1mo"`` or ``"0.02s"``.

    Raises:
        ArgumentError: If it is no number of s, min, h, d, w, mo or y, above 0.
    """
    found = _WRITTEN.fullmatch(text)
    step = Step(float(found[3]) if found[3] else int(found[1]), found[2] or "s") if found else None
    if step is None or not step.number:
        rule = "a number of s, min, h, d, w, mo or y, such as 15min"
        raise ArgumentError(wording("read", "--step", rule, text))
    return step


def find_step(moments: Numbers, zone: str = "") -> str:
    """Find the step that stamps keep, though some may be missing or stand there several times.

    Args:
        moments: int64, shape (T,): nanoseconds since 1970 in UTC, in any order.
        zone: By whose clocks days and months are counted; empty is UTC.

    Returns:
        The step, as `parse_step` reads it: in days or weeks where clocks show the same time each day, else in hours. Empty where there is
        none that at least half of the stamps keep, the others leaving out whole ones, or where fewer than three stamps tell of it.
    """
    stamps = np.unique(moments, return_counts=True)[0]  # which sorts; counting none, numpy 2.4 hashes, and takes minutes
    if len(stamps) < 3:
        return ""
    local = stamps + find_offsets(stamps, zone)
    days = _usual(np.diff(local))
    if (not days or days >= 28 * _DAY) and (months := _count_months(local)):
        return f"{months // 12}y" if months % 12 == 0 else f"{months}mo"
    if days and days % _DAY == 0:
        return _write(days, "w", "d")
    fixed = _usual(np.diff(stamps))
    return _write(fixed, "h", "min", "s") if fixed else ""


def find_kept_step(time: Numbers, zone: str = "") -> Kept | None:
    """Find the step that four of five stamps keep where no step is kept by all; None if there is none.

    Args:
        time: int64, shape (T,): nanoseconds since 1970 in UTC, ascending, at least three.
        zone: By whose clocks days and months are counted; empty is UTC.
    """
    apart, local = np.diff(time), time + find_offsets(time, zone)
    usual, count = _commonest(apart)
    step, off = "", np.zeros(len(time), bool)
    if count >= _MOST * len(apart):
        place = (local if usual % _DAY == 0 else time) % usual
        step, off = _write(usual, "w", "d", "h", "min", "s"), place != _commonest(place)[0]
    for shift in () if step else (0, _DAY):  # the same place of each month, or its end
        _, days, rest = split_months(local + shift)
        place = days * _DAY + rest
        common, count = _commonest(place)
        if count >= _MOST * len(place) and (found := find_step(time[place == common], zone)):
            step, off = found, place != common
    longest = int(apart.argmax())
    return Kept(step, off, _write(int(apart[longest]), "d", "h", "min", "s"), longest) if step and off.any() else None


def add_steps(moments: Numbers | int, step: str, counts: Numbers | int, zone: str = "") -> Numbers:
    """Return the stamps that come some steps after the last one.

    Args:
        moments: int64, shape (T,): those so far in nanoseconds since 1970 in UTC, or the last one alone. Where all of them end months, the
            others do.
        step: As `parse_step` reads it.
        counts: How many are wanted, from the next one on; or which steps from the last, int64, shape (N,).
        zone: By whose clocks days, weeks, months and years are counted; empty is UTC. A time that these skip is the one at which they are
            put forward, one that they show twice is the first.

    Returns:
        int64, shape (N,): nanoseconds since 1970 in UTC.
    """
    by, stamps = parse_step(step), np.atleast_1d(np.asarray(moments, np.int64))
    numbers = np.arange(1, counts + 1) if isinstance(counts, int) else np.asarray(counts, np.int64)
    if by.unit in ("s", "min", "h"):
        return np.asarray(stamps[-1] + numbers * by.length, np.int64)
    local = stamps + find_offsets(stamps, zone)
    if by.length:
        return find_moments(local[-1] + numbers * by.length, zone)
    months, days, rest = split_months(local)
    day = 31 if _end_months(local) else int(days.max())
    return find_moments(join_months(months[-1] + numbers * by.months, day, int(rest[-1])), zone)


def number_stamps(time: NDArray[np.int64], step: str, zone: str) -> NDArray[np.int64]:
    """Count the steps from the first stamp to each.

    Args:
        time: Nanoseconds since 1970 in UTC, shape (T,), ascending, at least one.
        step: As `parse_step` reads it.
        zone: The zone by whose clocks days, weeks, months and years are counted.

    Returns:
        int64, shape (T,), from 0 on; −1 for stamps that lie between steps.
    """
    by = parse_step(step)
    if by.months:
        months = (time + find_offsets(time, zone)).view("M8[ns]").astype("M8[M]").astype(np.int64)
        numbers = (months - months[0]) // by.months
    else:
        clock = time if by.unit in ("s", "min", "h") else time + find_offsets(time, zone)
        numbers = (clock - clock[0] + by.length // 2) // by.length  # the nearest: clocks may have skipped the time
    return np.where(add_steps(time, step, numbers - numbers[-1], zone) == time, numbers, -1)


def lay_out_stamps(time: NDArray[np.int64], step: str, zone: str, count: int) -> NDArray[np.int64]:
    """Return the stamps of all steps from the first of some stamps to the last, int64, shape (count,).

    Args:
        time: As `number_stamps` takes it.
        step: As `parse_step` reads it.
        zone: As above.
        count: How many steps there are.
    """
    return add_steps(time, step, np.arange(1 - count, 1), zone)


def _write(length: int, *units: str) -> str:
    unit = next((name for name in units if length % _LENGTHS[name] == 0), units[-1])
    return str(Step(length / _LENGTHS[unit], unit))


def _usual(differences: Numbers) -> int:
    """Return the difference that at least half of some are, if the others are multiples of it; else 0."""
    usual, count = _commonest(differences)
    return usual if usual > 0 and 2 * count >= len(differences) and not (differences % usual).any() else 0


def _commonest(numbers: Numbers) -> tuple[int, int]:
    """Return the number that stands there most often, and how often."""
    values, counts = np.unique(numbers, return_counts=True)
    return int(values[counts.argmax()]), int(counts.max())


def _end_months(local: Numbers) -> bool:
    return bool((split_months(local + _DAY)[0] > split_months(local)[0]).all())


def _count_months(local: Numbers) -> int:
    """Return how many months lie between times that stand at the same place of their months, or at the end of them; else 0."""
    months, days, rest = split_months(local)
    day = 31 if _end_months(local) else int(days.max())
    return _usual(np.diff(months)) if (join_months(months, day, int(rest[0])) == local).all() else 0
