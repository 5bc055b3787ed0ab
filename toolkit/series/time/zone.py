"""Time zones: local times as a clock shows them come in, moments in UTC go out, and back; `toolkit.series.time` reads and writes by it.

The rules are those of the IANA database, as `zoneinfo` has them; moments and times are int64 nanoseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, wording
from toolkit.series.time.civil import SECOND

__all__ = ["LocalTimes", "check_zone", "find_moments", "find_offsets", "read_local"]

_HOURS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class LocalTimes:
    """What a zone makes of local times.

    Args:
        moments: int64, shape (T,): in UTC; of a repeated time the first, of a skipped one what the clock would have shown.
        skipped: bool, shape (T,): no clock showed it, since summer time began.
        repeated: bool, shape (T,): clocks showed it twice, since summer time ended.
        later: int64, shape (T,): what is to be added to a repeated time's moment for the second one; 0 elsewhere.
    """

    moments: NDArray[np.int64]
    skipped: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    later: NDArray[np.int64]


def check_zone(zone: str) -> None:
    """Refuse what names no zone.

    Raises:
        ArgumentError: It says what a zone's name looks like.
    """
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        fix = "Write it as Europe/Paris, or leave it out for UTC."
        raise ArgumentError(wording("read", "--timezone", "a name of the IANA database", zone, fix=fix)) from error


def read_local(local: NDArray[np.int64], zone: str) -> LocalTimes:
    """Find the moments at which a zone's clocks showed some times.

    Args:
        local: int64, shape (T,): what the clock shows, as nanoseconds since it showed the beginning of 1970.
        zone: A name of the IANA database; empty is UTC.
    """
    never = np.zeros(len(local), bool)
    if zone in ("", "UTC") or not len(local):
        return LocalTimes(local, never, never, np.zeros(len(local), np.int64))
    starts, offsets = _periods(zone, int(local.min()), int(local.max()))
    period = np.searchsorted(starts + offsets, local, "right") - 1  # the last one that had begun by its own clock
    ends = np.append(starts[1:], np.iinfo(np.int64).max)
    before = np.maximum(period - 1, 0)
    skipped = local - offsets[period] >= ends[period]
    repeated = (period > 0) & (local - offsets[before] < ends[before])
    first = np.where(repeated, before, period)
    moments = local - offsets[first]
    return LocalTimes(moments, skipped, repeated, np.where(repeated, local - offsets[period] - moments, 0))


def find_offsets(moments: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return how far a zone's clocks are ahead of UTC at some moments, int64 nanoseconds, shape (T,)."""
    if zone in ("", "UTC") or not len(moments):
        return np.zeros(len(moments), np.int64)
    starts, offsets = _periods(zone, int(moments.min()), int(moments.max()))
    return offsets[np.searchsorted(starts, moments, "right") - 1]


def find_moments(local: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the moments of times to come: of a repeated one the first, of a skipped one that at which clocks are put forward.

    Args:
        local: int64, shape (T,), as `read_local` takes it.
        zone: A name of the IANA database; empty is UTC.
    """
    found = read_local(local, zone)
    if not found.skipped.any():
        return found.moments
    starts, _ = _periods(zone, int(local.min()), int(local.max()))
    return np.where(found.skipped, starts[np.searchsorted(starts, found.moments, "right") - 1], found.moments)


def _periods(zone: str, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when a zone's offset changed in whole years around some moments, and the offset from each change on."""
    years = np.array([first, last]).astype("datetime64[ns]").astype("datetime64[Y]").astype(int) + 1970
    return _changes(zone, int(years[0]) - 1, int(years[1]) + 2)


@lru_cache(maxsize=64)
def _changes(zone: str, first_year: int, last_year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Look at a zone's offset twice a day, and where it changed halve the time between until the second is known."""
    rules = ZoneInfo(zone)

    def offset(second: int) -> int:
        return round(((_EPOCH + timedelta(seconds=second)).astimezone(rules).utcoffset() or timedelta()).total_seconds())

    begin, end = (round((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) for year in (first_year, last_year))
    starts, offsets = [np.iinfo(np.int64).min + 2 * 86400 * SECOND], [offset(begin)]
    for noon in range(begin, end, _HOURS * 3600):
        before, after = noon, noon + _HOURS * 3600
        if (ahead := offset(after)) == offsets[-1]:
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
        starts.append(after * SECOND)
        offsets.append(ahead)
    return np.array(starts, np.int64), np.array(offsets, np.int64) * SECOND
