"""The stamps of a table: its columns come in, which of them make stamps is found, and their moments go out to the readers of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.table import Table
from toolkit.series.time import FIELDS, Times, check_zone, read_times
from toolkit.series.time.civil import BOUNDS

__all__ = ["NO_TIME", "TimeColumns", "find_times", "take_times"]

NO_TIME = "none"
"""What one types for ``time`` where rows have no stamps."""

_SAMPLE_ROWS = 50
_NAMES = frozenset({"date", "time", "datetime", "timestamp", "stamp", "ds", "day", "month", "year", "utc", "when"})
_NUMBER = re.compile(r"[-+]?[0-9]*[.,]?[0-9]*([eE][-+]?[0-9]+)?")
_SPELLINGS = (
    {"year", "yr", "yyyy", "yy"}, {"month", "mon", "mo", "mnth", "mm"}, {"day", "dy", "dd", "mday", "dom"}, {"hour", "hr", "hh"},
    {"minute", "min", "mn", "mi"}, {"second", "sec", "ss"},
)  # fmt: skip
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp][Mm])?"
_CLOCKS = {"time": _CLOCK, "clock": _CLOCK, "hour": rf"[0-9]{{1,2}}|{_CLOCK}", "hr": rf"[0-9]{{1,2}}|{_CLOCK}"}


@dataclass(frozen=True)
class TimeColumns:
    """Which columns make stamps.

    Args:
        names: Of the columns; none where rows have no stamps.
        told: A sentence, empty where they were asked for.
    """

    names: tuple[str, ...] = ()
    told: str = ""

    @property
    def typed(self) -> str:
        """What one types for them."""
        return ",".join(self.names) or NO_TIME


def find_times(table: Table, options: SeriesReadOptions) -> TimeColumns:
    """Find the columns that make stamps: those asked for, or the only ones that can.

    Raises:
        AmbiguousSourceError: If several columns may be stamps.
        DataError: If one asked for is not there, or none can be stamps.
    """
    if options.time == NO_TIME and NO_TIME not in table.columns:
        return TimeColumns()
    if options.time:
        names = (options.time,) if options.time in table.columns else tuple(name.strip() for name in options.time.split(","))
        table.check_columns(names, "time")
        return TimeColumns(names)
    found = _find_typed(table, options.time_format) or [name for name in table.names if _may_be_stamps(table, name)]
    fields = _find_fields(table)
    found = [] if set(found) <= set(fields) else found
    if len(found) > 1:
        typed = " or ".join(f"--time {printable(name)}" for name in found)
        raise AmbiguousSourceError(f"read: one column must hold times, got {len(found)} in {printable(table.file)}. Type {typed}.")
    if not found and not fields:
        form = "" if options.time_format == "auto" else f" of the form {options.time_format}"
        fix = "Type --time COLUMN, or --time year,month,day,hour where several make a stamp, or --time none where rows have none."
        raise DataError(f"read: {printable(table.file)} must have a column of times{form}, got none; {table.list()}. {fix}")
    names = (*found, *_find_clock(table, found)) if found else fields
    return TimeColumns(names, f"Stamps are taken from {'column' if len(names) == 1 else 'columns'} {printable(', '.join(names))}.")


def take_times(table: Table, names: Sequence[str], options: SeriesReadOptions, groups: NDArray[Any] | None = None) -> Times | None:
    """Read a table's stamps; None where it has none.

    Args:
        table: The table.
        names: Of the columns that make stamps.
        options: Their form, zone, and what becomes of repeated hours.
        groups: Shape (T,): rows with equal values are of one series, which alone has an order.

    Raises:
        DataError: If a row's stamp cannot be read; it names the first such row.
    """
    if not names:
        return None
    typed = getattr(table.columns[names[0]].type, "tz", None) if len(names) == 1 else None
    zone = "UTC" if typed else options.timezone  # typed ones are moments, whatever their zone
    if all(_place(name) < len(FIELDS) for name in names):
        names = sorted(names, key=_place)
    cells = [_as_cells(table.columns[name]) for name in names]
    if options.time_format == "auto" and len(names) > 1 and all(_is_whole(each) for each in cells):
        _check_fields(table, names)
    more: dict[str, Any] = {"repeated_hour": options.repeated_hour, "at": table.file, "place": table.place, "groups": groups}
    form = _form(names[0], _take_sample(table, names[0]), options.time_format) if len(names) == 1 else options.time_format
    times = read_times(cells, form, zone, **more)
    if not typed or options.timezone:
        return replace(times, zone=options.timezone or times.zone)
    own, told = _typed_zone(typed)
    return replace(times, zone=own, told=[*times.told, *told])


def _place(name: str) -> int:
    """Return where a column of this name stands in a stamp: years first; those of other names are behind."""
    return next((place for place, names in enumerate(_SPELLINGS) if name.lower() in names), len(_SPELLINGS))


def _is_whole(cells: NDArray[Any]) -> bool:
    """Tell whether cells are whole numbers."""
    return bool(np.strings.isdigit(cells).all()) if cells.dtype.kind == "S" else cells.dtype.kind in "if"


def _check_fields(table: Table, names: Sequence[str]) -> None:
    """Refuse columns of numbers that are not known by name as the year, the month and so on; those named by number go by their order.

    Raises:
        DataError: It names the first that is not.
    """
    for place, name in enumerate(names):
        if _place(name) != min(place, len(FIELDS) - 1) and not all(name.isdigit() for name in names):
            fix = "Type --time-format with their form, a space between columns, such as '%Y %j'; or name them so."
            rule = f"columns named {', '.join(FIELDS)}, each once and none before the last left out"
            got = f"{printable(name)} for {FIELDS[place] if place < len(FIELDS) else 'what is finer'}"
            raise DataError(f"read: time must be {rule}, got {got} in {printable(table.file)}. {fix}")


def _typed_zone(typed: str) -> tuple[str, list[str]]:
    """Return the zone that a column's type names, or that of its offset, and what to tell of it."""
    hours = re.fullmatch(r"([+-])([01][0-9]):?00", typed)
    # names of the IANA database count whole hours west of Greenwich
    name = f"Etc/GMT{'-' if hours[1] == '+' else '+'}{int(hours[2])}" if hours else typed
    try:
        check_zone(name)
    except ArgumentError:
        return "UTC", [f"The zone of the column's type, {printable(typed)}, has no name, and stamps are taken in UTC."]
    return name, [] if typed == "UTC" else [f"The zone is that of the column's type, {typed}."]


def _as_cells(column: Any) -> NDArray[Any]:
    """Return a column of pyarrow as bytes of equal length, or as datetime64."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(column.type):
        return np.asarray(column.cast(pa.timestamp(column.type.unit)).to_numpy())
    if pa.types.is_date(column.type):
        return np.asarray(column.cast(pa.timestamp("s")).to_numpy())
    if pa.types.is_floating(column.type) or not len(column):
        return np.asarray(column.to_numpy())
    text = column.cast(pa.string()).fill_null("")
    if not pc.all(pc.string_is_ascii(text)).as_py():
        return np.array([str(cell).strip().encode() for cell in text.to_pylist()])
    text = pc.ascii_trim_whitespace(text)
    width = max(1, pc.max(pc.binary_length(text)).as_py())
    padded = pc.ascii_rpad(text, width, "\0").combine_chunks()
    padded = padded if isinstance(padded, pa.Array) else padded.chunk(0)
    first = padded.offset * width
    return np.frombuffer(padded.buffers()[2], f"S{width}", count=len(padded), offset=first)


def _find_typed(table: Table, form: str) -> list[str]:
    """Return the columns whose cells are of the form that was typed; of several, those that are named as times are."""
    found = [name for name in table.names if _is_written(_take_sample(table, name), form)] if form != "auto" else []
    return [name for name in found if _words(name) & _NAMES] or found


def _is_written(sample: Sequence[str], form: str) -> bool:
    """Tell whether cells are stamps of a form, be they beyond what nanoseconds can count: that is for reading to refuse."""
    try:
        read_times([sample], form)
    except DataError as error:
        return isinstance(error, AmbiguousSourceError) or BOUNDS in str(error)
    return bool(sample)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", name.lower()))


def _may_be_stamps(table: Table, name: str) -> bool:
    """Tell whether a column's first cell can be a stamp; numbers only where its name says so. The others must then be like it."""
    import pyarrow as pa

    kind = table.columns[name].type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return True
    sample = _take_sample(table, name)
    numbers = all(_NUMBER.fullmatch(text) for text in sample)
    if not sample or (numbers and not (_words(name) & _NAMES and min(map(len, sample)) >= 4)):
        return False
    return _is_written(sample[:1], _form(name, sample[:1], "auto"))


def _form(name: str, cells: Sequence[str], form: str) -> str:
    """Return the form of a column's cells as it was typed, or that of years in a column of that name, however long ago they are."""
    years = form == "auto" and name.lower() == "year" and all(re.fullmatch("[0-9]{4}", cell) for cell in cells)
    return "%Y" if years else form


def _take_sample(table: Table, name: str) -> list[str]:
    """Return the first cells of a column that hold something."""
    return [text for text in table.texts(name, 20 * _SAMPLE_ROWS).to_pylist() if text][:_SAMPLE_ROWS]


def _find_clock(table: Table, found: Sequence[str]) -> tuple[str, ...]:
    """Return the column of times of day that goes with one of dates, if there is one."""
    if ":" in "".join(_take_sample(table, found[0])):
        return ()
    for name in table.names:
        pattern = next((_CLOCKS[word] for word in re.findall(r"[a-z]+", name.lower()) if word in _CLOCKS), None)
        if name not in found and pattern and all(re.fullmatch(pattern, text) for text in _take_sample(table, name)):
            return (name,)
    return ()


def _find_fields(table: Table) -> tuple[str, ...]:
    """Return the columns named year, month, day, hour, …, as far as they go from the year on; at least year and month."""
    named = {name.lower(): name for name in table.names}
    fields = []
    for field in FIELDS:
        if field not in named:
            break
        fields.append(named[field])
    return tuple(fields) if len(fields) > 1 else ()
