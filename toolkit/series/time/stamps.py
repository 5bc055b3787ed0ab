"""Stamps as text: cells of equal bytes come in, one form is found for all of them, and what a clock would show goes out to `time`.

All rows are read at once: cells with digits in the same places share a shape, and a shape is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import AmbiguousSourceError, DataError, printable
from toolkit.series.time.civil import BOUNDS, FIRST, LAST, SECOND, BadRowError, check_rows, join_fields, refuse_row, within
from toolkit.series.time.forms import MONTHS, UNITS, Form, find_forms, find_signature, named_form

__all__ = ["Place", "Stamps", "name_place", "read_stamps"]

_MANY_SHAPES = 1000
_DRAWN = np.frombuffer(re.sub(rb"[0-9]", b"0", bytes(range(256)).upper()), np.uint8)
_SEXAGESIMAL = (3600, 60, 1)
_KNOWN = "written in a form that is known"
_ZONES = "of one time zone, with an offset in all rows or in none"
_ALIKE = "Write all rows alike, or split them into sources of one form each."

Place = Callable[[int], str]
"""Says where a row stands, such as ``"line 17"``."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stamps:
    """What some cells say.

    Args:
        local: int64, shape (T,): nanoseconds since 1970 by the clock that wrote them.
        offset: int64, shape (T,): nanoseconds that this clock is ahead of UTC; None if they do not say.
        form: How they are written, as one types it.
        told: Sentences on what was taken for what.
    """

    local: Numbers
    offset: Numbers | None
    form: str
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Shape:
    """Cells with digits in the same places: the shape, their rows, and int64 digits, shape (width, rows)."""

    text: str
    rows: Numbers
    cells: NDArray[np.uint8]

    def number(self, span: tuple[int, int]) -> Numbers:
        """Return what the digits between two places make."""
        total = np.zeros(len(self.rows), np.int64)
        for place in range(*span):
            total = total * 10 + (self.cells[:, place] - 48)
        return total


def read_stamps(cells: NDArray[np.bytes_], form: str, *, at: str, place: Place) -> Stamps:
    """Read a column.

    Args:
        cells: Shape (T,), without spaces around.
        form: As one types it; ``"auto"`` finds it.
        at: The file, for messages.
        place: Where a row stands, for messages.

    Raises:
        ArgumentError: If `form` is none.
        AmbiguousSourceError: If several forms fit all rows; it says what to type for each.
        DataError: If none does; it names the first row, and what stands there.
    """

    def refuse(bad: BadRowError, fix: str) -> DataError:
        got = printable(cells[bad.row].decode("utf-8", "replace")) or "nothing"
        return DataError(f"read: time must be {bad.rule}, got {got}{name_place(at, place, bad.row)}. {fix}".rstrip())

    if not len(cells):
        return Stamps(np.zeros(0, np.int64), None, form)
    try:
        check_rows(cells != b"", "there in every row")
        shapes = _find_shapes(cells)
        if form != "auto":
            return _read(shapes, named_form(form), len(cells))
        _check_alike(shapes, cells)
    except BadRowError as bad:
        raise refuse(bad, bad.fix or "--time-format names another form, or auto.") from None
    forms = find_forms(max((shape.text for shape in shapes), key=len))
    fitting, failed = _try_forms(shapes, forms, len(cells))
    if len(fitting) > 1:
        got = f"{printable(cells[0].decode('utf-8', 'replace'))}{name_place(at, place, 0)}, and all rows alike"
        typed = " or ".join(f"--time-format '{stamps.form}'" for stamps in fitting)
        raise AmbiguousSourceError(f"read: time must be readable in one way, got {got}. Type {typed}.")
    if not fitting:
        worst = max(failed, key=lambda bad: bad.row, default=BadRowError(int(shapes[0].rows[0]), _KNOWN, ""))
        raise refuse(
            worst, worst.fix or "Name its form with --time-format, such as '%d.%m.%Y %H:%M'; a spreadsheet's day numbers must be dates."
        )
    stamps = fitting[0]
    if stamps.form != "iso":
        alone = ", the only form that fits all rows" if failed and stamps.form not in UNITS else ""
        stamps.told.append(f"Stamps are read as {stamps.form}{alone}.")
    return stamps


def _try_forms(shapes: Sequence[_Shape], forms: Sequence[Form], count: int) -> tuple[list[Stamps], list[BadRowError]]:
    """Read all cells by each form; by others than ISO 8601 only where that does not fit, by unix times where none does."""
    fitting: list[Stamps] = []
    failed: list[BadRowError] = []
    for form in forms:
        if fitting and (form.name in UNITS or fitting[0].form == "iso"):
            break
        try:
            fitting.append(_read(shapes, form, count))
        except BadRowError as bad:
            failed.append(BadRowError(bad.row, _KNOWN, "") if form.name in UNITS else bad)
    return fitting, failed


def _find_shapes(cells: NDArray[np.bytes_]) -> list[_Shape]:
    """Group cells by their shapes, in the order in which these come first."""
    matrix = np.ascontiguousarray(cells).view(np.uint8).reshape(len(cells), cells.dtype.itemsize)
    drawn = _DRAWN[matrix]
    shapes: list[_Shape] = []
    left = np.arange(len(cells))
    while len(left) and len(shapes) < _MANY_SHAPES:
        alike = (drawn[left] == drawn[left[0]]).all(axis=1) if shapes else (drawn == drawn[0]).all(axis=1)
        rows = left[alike]
        text = drawn[rows[0]].tobytes().rstrip(b"\0").decode("utf-8", "replace")
        shapes.append(_Shape(text, rows, matrix if len(rows) == len(cells) else matrix[rows]))
        left = left[~alike]
    if len(left):
        refuse_row(int(left[0]), f"written in fewer than {_MANY_SHAPES:,} ways")
    return shapes


def _check_alike(shapes: Sequence[_Shape], cells: NDArray[np.bytes_]) -> None:
    """Refuse cells of several forms, and stamps of which some say their offset and others do not."""
    first = find_signature(shapes[0].text)
    for shape in shapes[1:]:
        row, found = int(shape.rows[0]), find_signature(shape.text)
        if found != first:
            shown = printable(cells[0].decode("utf-8", "replace"))
            zones = found.rstrip("±") == first.rstrip("±")
            refuse_row(row, _ZONES if zones else f"written in all rows as in the first, {shown}", _ALIKE)


def _read(shapes: Sequence[_Shape], form: Form, count: int) -> Stamps:
    """Read all cells by a form."""
    found = [form.pattern.fullmatch(shape.text) or refuse_row(int(shape.rows[0]), f"of the form {form.name}", "") for shape in shapes]
    if form.name in UNITS:
        return _read_unix(shapes, found, form, count)
    fields: dict[str, Numbers] = {}
    offset, without = np.zeros(count, np.int64), []
    for shape, match in zip(shapes, found, strict=True):
        for name, numbers in _take_fields(shape, match).items():
            fields.setdefault(name, np.full(count, name in ("year", "month", "day"), np.int64))[shape.rows] = numbers
        written = match.groupdict().get("offset")
        without += [] if written else [int(shape.rows[0])]
        if written and written != "Z":
            offset[shape.rows] = _read_offset(shape, match)
    if without and len(without) < len(shapes):
        refuse_row(min(without), _ZONES, _ALIKE)
    if "yearday" in fields:
        fields["day"] = fields["month"] = np.ones(count, np.int64)
    check_rows(within(fields["year"], *form.years), f"of the form {form.name}", "")
    local, told = join_fields(fields)
    if "yearday" in fields:
        local = local + (fields["yearday"] - 1) * 86400 * SECOND
        check_rows(local.astype("datetime64[ns]").astype("datetime64[Y]").astype(int) == fields["year"] - 1970, "a day that its year has")
    return Stamps(local, None if without else offset, form.name, told)


def _take_fields(shape: _Shape, match: re.Match[str]) -> dict[str, Numbers]:
    groups = {name: match.span(name) for name, text in match.groupdict().items() if text}
    plain = ("year", "month", "day", "hour", "half_hour", "minute", "second", "yearday", "short")
    fields = {name: shape.number(groups[name]) for name in plain if name in groups}
    if "fraction" in groups:
        start, stop = groups["fraction"]
        fields["nano"] = shape.number((start, stop)) * 10 ** (9 - (stop - start))
    if "short" in fields:
        short = fields.pop("short")
        fields["year"] = short + np.where(short < 69, 2000, 1900)
    if "name" in groups:
        month = match["name"][:3]
        fields["month"] = np.full(len(shape.rows), MONTHS.index(month) + 1 if month in MONTHS else 0)
    if "half_hour" in fields:
        hour = fields.pop("half_hour")
        afternoon = match.groupdict().get("half") == "PM"
        fields["hour"] = np.where(within(hour, 1, 12), hour % 12 + 12 * afternoon, 99)
    return fields


def _read_offset(shape: _Shape, match: re.Match[str]) -> Numbers:
    """Return how far clocks are ahead of UTC, by ``+01:00``, ``+0100`` or ``+01``; seconds count, too, as they did before 1911."""
    start = match.start("offset")
    ahead = np.zeros(len(shape.rows), np.int64)
    for pair, unit in zip(re.finditer("00", match["offset"]), _SEXAGESIMAL, strict=False):
        ahead += shape.number((start + pair.start(), start + pair.end())) * unit
    return (-ahead if match["offset"][0] == "-" else ahead) * SECOND


def _read_unix(shapes: Sequence[_Shape], found: Sequence[re.Match[str]], form: Form, count: int) -> Stamps:
    """Read counts since 1970, whose fractions are exact."""
    unit, moments, low, high = UNITS[form.name], np.zeros(count, np.int64), *_year_bounds(form)
    for shape, match in zip(shapes, found, strict=True):
        if len(match["count"]) > 19:
            refuse_row(int(shape.rows[0]), BOUNDS)
        whole = shape.number(match.span("count"))
        bad = (whole < 0) | (whole > np.iinfo(np.int64).max // unit - 1)
        if bad.any():
            refuse_row(int(shape.rows[bad.argmax()]), BOUNDS)
        rest: Numbers | int = 0
        if match["fraction"]:
            start, stop = match.span("fraction")
            rest = shape.number((start, stop)) * unit // 10 ** (stop - start)
        moments[shape.rows] = (whole * unit + rest) * (-1 if match["sign"] else 1)
    seconds = moments // SECOND
    check_rows(within(seconds, low, high), f"of the form {form.name}", "")
    return Stamps(moments, np.zeros(count, np.int64), form.name)


def _year_bounds(form: Form) -> tuple[int, int]:
    if form.years == (1, 9999):
        return FIRST, LAST
    first, last = (int(np.datetime64(f"{year}", "s").astype(np.int64)) for year in form.years)
    return first, last


def name_place(at: str, place: Place, row: int) -> str:
    """Say in which file and row something stands, as the end of a sentence; nothing of what was typed."""
    return f" in {printable(at)}, {place(row)}" if at else ""
