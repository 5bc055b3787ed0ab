"""Times: columns of stamps come in, int64 nanoseconds since 1970 in UTC go out, and back into text; every reader of series uses it.

No stamp is guessed: one that can be read in two ways, that no clock showed or that clocks showed twice is refused with its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, printable
from toolkit.series.time.civil import BOUNDS, FIRST, LAST, SECOND, BadRowError, check_rows, join_fields, within
from toolkit.series.time.stamps import Place, Stamps, name_place, read_stamps
from toolkit.series.time.zone import LocalTimes, check_zone, find_offsets, read_local

__all__ = ["FIELDS", "Times", "format_times", "parse_stamp", "parse_times", "read_times"]

FIELDS = ("year", "month", "day", "hour", "minute", "second")
_FINEST: Mapping[Literal["s", "ms", "us", "ns"], int] = {"s": SECOND, "ms": 1_000_000, "us": 1000, "ns": 1}
_NO_CLOCK = "Leave out --timezone, or name another, if these are no local times; or mend the row."
_SHIFTED = "Stamps have different offsets, and their days and steps are counted in UTC; --timezone, such as Europe/Paris, names their zone."
_BY_ORDER = "Type --repeated-hour order where rows of summer time stand first, or write stamps with their offset."

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Times:
    """What columns of stamps say.

    Args:
        moments: int64, shape (T,): nanoseconds since 1970 in UTC.
        zone: The time zone that they were read in; UTC where they say their offset themselves; empty where nothing was said.
        form: How they are written, as one types it.
        told: Sentences on what was taken for what.
    """

    moments: Numbers
    zone: str
    form: str
    told: list[str] = field(default_factory=list)


def parse_times(columns: Sequence[Any], time_format: str = "auto", zone: str = "", repeated_hour: str = "refuse", at: str = "") -> Numbers:
    """Read stamps, as `read_times` does, and return int64 nanoseconds since 1970 in UTC, shape (T,)."""
    return read_times(columns, time_format, zone, repeated_hour=repeated_hour, at=at).moments


def parse_stamp(text: str, zone: str = "") -> int:
    """Read one stamp that a user typed and return its nanoseconds since 1970 in UTC; one that clocks show twice is the first."""
    return int(parse_times([[text]], zone=zone, repeated_hour="order")[0])


def read_times(
    columns: Sequence[Any],
    time_format: str = "auto",
    zone: str = "",
    *,
    repeated_hour: str = "refuse",
    at: str = "",
    place: Place | None = None,
    groups: NDArray[Any] | None = None,
) -> Times:
    """Read stamps.

    Args:
        columns: One of text, of whole numbers or of datetime64, shape (T,); or several: of whole numbers, the year first, then the month,
            and so on to the second; or of text, which is joined by spaces.
        time_format: As `SeriesReadOptions` has it.
        zone: That stamps without an offset are in; empty is UTC.
        repeated_hour: ``"refuse"``, or ``"order"``: of the rows in a repeated hour, those before the clock goes back are of summer time.
        at: The file, for messages.
        place: Where a row stands, for messages; its number from 1 unless given.
        groups: Shape (T,): rows with equal values are of one series, which alone has an order.

    Raises:
        ArgumentError: If the format or the zone is none.
        AmbiguousSourceError: If stamps can be read in several ways; it says what to type for each.
        DataError: If one cannot be read, or is none in this zone; it names the first such row.
    """
    check_zone(zone)
    where: Place = place or (lambda row: f"row {row + 1}")
    cells = [_as_cells(column) for column in columns]
    try:
        stamps = _read(cells, time_format, at, where)
        if stamps.offset is not None:
            told = [_SHIFTED] if not zone and (stamps.offset != stamps.offset[:1]).any() else []
            return Times(stamps.local - stamps.offset, zone or "UTC", stamps.form, stamps.told + told)
        local = read_local(stamps.local, zone)
        check_rows(~local.skipped, f"shown by the clocks of {zone}, which skipped this hour for summer time", _NO_CLOCK)
        moments = _order_repeated(local, stamps.local, groups) if repeated_hour == "order" else local.moments
        check_rows(~local.repeated | (repeated_hour == "order"), f"shown once by the clocks of {zone}, which repeated this hour", _BY_ORDER)
    except BadRowError as bad:
        got = " ".join(_as_text(column[bad.row]) for column in cells) or "nothing"
        raise DataError(f"read: time must be {bad.rule}, got {printable(got)}{name_place(at, where, bad.row)}. {bad.fix}") from None
    count = int(local.repeated.sum())
    told = [f"Rows in an hour that clocks repeated: {count:,}, told apart by their order."] if count else []
    return Times(moments, zone, stamps.form, stamps.told + told)


def format_times(moments: Numbers, zone: str) -> list[str]:
    """Write moments as ISO 8601 has them, such as ``2016-07-01T02:00:00+02:00``.

    Args:
        moments: int64, shape (T,): nanoseconds since 1970 in UTC.
        zone: Whose clocks are shown, with their offset; empty: UTC, without one, as the source had none.
    """
    offsets = find_offsets(moments, zone)
    unit = next(unit for unit, length in _FINEST.items() if not (moments % length).any())
    texts: list[str] = np.datetime_as_string((moments + offsets).astype("datetime64[ns]"), unit=unit).tolist()
    if not zone:
        return texts
    return [f"{text}{_sign(offset)}" for text, offset in zip(texts, (offsets // SECOND).tolist(), strict=True)]


def _sign(offset: int) -> str:
    minutes, seconds = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}{f':{seconds:02}' if seconds else ''}"


def _read(cells: Sequence[NDArray[Any]], form: str, at: str, place: Place) -> Stamps:
    """Read columns as what their clock shows."""
    check(len(cells) > 0, "read_times", "columns", "at least one", len(cells))
    if cells[0].dtype.kind == "M":
        return _read_typed(cells[0])
    if len(cells) == 1:
        return read_stamps(cells[0], form, at=at, place=place)
    if form == "auto" and len(cells) <= len(FIELDS) and all(np.strings.isdigit(column).all() for column in cells):
        local, told = join_fields({name: column.astype(np.int64) for name, column in zip(FIELDS, cells, strict=False)})
        return Stamps(local, None, "auto", told)
    joined = cells[0]
    for column in cells[1:]:
        joined = np.strings.add(np.strings.add(joined, b" "), column)
    return read_stamps(joined, form, at=at, place=place)


def _read_typed(column: NDArray[np.datetime64]) -> Stamps:
    """Count times of any unit in nanoseconds, none of which may overflow."""
    check_rows(~np.isnat(column), "there in every row")
    check_rows(within(column.astype("datetime64[s]").astype(np.int64), FIRST, LAST), BOUNDS)
    return Stamps(column.astype("datetime64[ns]").astype(np.int64), None, "auto")


def _as_cells(column: Any) -> NDArray[Any]:
    """Return a column as bytes, or as datetime64; text loses the spaces around it, bytes are taken as they stand."""
    array = np.asarray(column)
    if array.dtype.kind in "MS":
        return array
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.rint(array)).all():
        array = array.astype(np.int64)
    return np.strings.strip(np.strings.encode(array.astype(np.str_), "utf-8"))


def _as_text(cell: Any) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell).replace("NaT", "")


def _order_repeated(local: LocalTimes, shown: Numbers, groups: NDArray[Any] | None) -> Numbers:
    """Tell the rows of repeated hours apart: where the clock goes back in the order of a series' rows, the second hour begins."""
    rows = np.flatnonzero(local.repeated)
    group = np.zeros(len(rows), np.int64) if groups is None else np.unique(groups[rows], return_inverse=True)[1]
    night = shown[rows] // (86400 * SECOND)
    order = np.lexsort((rows, night, group))
    rows, group, night = rows[order], group[order], night[order]
    new = np.ones(len(rows), bool)
    new[1:] = (group[1:] != group[:-1]) | (night[1:] != night[:-1])
    back = np.zeros(len(rows), np.int64)
    back[1:] = ~new[1:] & (shown[rows][1:] <= shown[rows][:-1])
    before = np.cumsum(back)
    round_ = before - np.maximum.accumulate(np.where(new, before, 0))
    good = np.ones(len(shown), bool)
    good[rows] = round_ <= 1
    check_rows(good, "in order where clocks repeated an hour, which is twice at most")
    moments = local.moments.copy()
    moments[rows] += np.where(round_ == 1, local.later[rows], 0)
    return moments
