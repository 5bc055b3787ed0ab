"""What each column of a table is for: a table comes in, its roles and its variables as numbers go out to the readers of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import AmbiguousSourceError, DataError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.numbers import Numbers, read_numbers
from toolkit.series.sources.tables.table import Table
from toolkit.sources import parse_number
from toolkit.wing import Skipped

__all__ = ["Groups", "Variables", "find_groups", "read_variable", "read_variables", "take_labels"]

_COUNTERS = frozenset(
    {"no", "no.", "nr", "nr.", "num", "number", "n", "#", "id", "index", "idx", "row", "rownum", "rownames", "unnamed: 0"}
)
_THOUSANDS = r"^[+-]?([0-9]{1,3}|[1-9][0-9]{0,2}(\.[0-9]{3})+)$"
_OTHERS = "; or leave the column out by naming others with --features"


@dataclass(frozen=True, eq=False)
class Variables:
    """A table's variables.

    Args:
        names: Of the columns, in their order.
        values: float64, shape (T, F): nan where a cell has nothing.
        decimal: ``"point"`` or ``"comma"`` if all that show a mark agree, else ``"auto"``.
        told: Sentences on what was understood.
        left: Columns that are no variables, and why.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    decimal: str = "auto"
    told: list[str] = field(default_factory=list)
    left: tuple[Skipped, ...] = ()


@dataclass(frozen=True, eq=False)
class Groups:
    """Which rows are of which series.

    Args:
        names: Their ids, in the order in which they come first.
        codes: int64, shape (T,): the place of each row's id among them.
    """

    names: Sequence[str]
    codes: NDArray[np.int64]

    @cached_property
    def rows(self) -> list[NDArray[np.int64]]:
        """The rows of each, in the order of the file."""
        order = np.argsort(self.codes, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.codes, minlength=len(self.names)))[:-1]) if self.names else []


def read_variables(table: Table, used: Sequence[str], options: SeriesReadOptions) -> Variables:
    """Read the variables of a wide table: the columns asked for, or all that hold numbers.

    Args:
        table: The table.
        used: Columns that are for something else.
        options: Which are wanted, and how numbers are written.

    Raises:
        AmbiguousSourceError: If a comma or a point may be a mark of decimals or of thousands.
        DataError: If there is text among the numbers of a column, or no column has numbers.
    """
    asked = options.features
    table.check_columns(asked, "features")
    found: dict[str, Numbers] = {}
    left, told = [], list[str]()
    for name in asked or [name for name in table.names if name not in used]:
        numbers = read_numbers(table.columns[name], decimal=options.decimal, missing=options.missing)
        if name not in (*asked, *options.target) and (reason := _leave_out(table, name, numbers)):
            left.append(Skipped(f"{table.file} column {name}", reason))
            continue
        _refuse_bad(table, name, numbers, options.decimal, _OTHERS)
        if not numbers.num_good:
            told.append(f"Column {printable(name)} has no value.")
        if name not in asked and _count_rows(numbers):
            told.append(f"Column {printable(name)} is read, but {_count_rows(numbers)}; --features without it leaves it out.")
        found[name] = numbers
    if not found:
        typed = "" if options.decimal == "auto" else f", and leave out --decimal {options.decimal} if that is not their mark"
        fix = f"Name them with --features{typed}."
        raise DataError(f"read: {printable(table.file)} must have columns of numbers beside times and ids, got none; {table.list()}. {fix}")
    marks = {numbers.decimal for numbers in found.values()} - {""}
    if marks == {"point", "comma"}:
        _refuse_doubt(table, found)
    _refuse_thousands(table, found, options)
    values = np.column_stack([numbers.values for numbers in found.values()])
    return Variables(tuple(found), values, marks.pop() if len(marks) == 1 else "auto", told, tuple(left))


def read_variable(table: Table, name: str, options: SeriesReadOptions) -> Numbers:
    """Read a column that must hold numbers.

    Raises:
        AmbiguousSourceError: If a comma or a point may be a mark of decimals or of thousands.
        DataError: If there is text in it.
    """
    numbers = read_numbers(table.columns[name], decimal=options.decimal, missing=options.missing)
    _refuse_bad(table, name, numbers, options.decimal)
    _refuse_thousands(table, {name: numbers}, options)
    return numbers


def find_groups(table: Table, name: str, option: str = "id") -> Groups:
    """Tell rows apart by a column; without one, all are of a series without a name.

    Args:
        table: The table.
        name: The column, or empty.
        option: What names it, for messages.

    Raises:
        DataError: If a cell of it is empty.
    """
    import pyarrow.compute as pc

    if not name:
        return Groups(("",), np.zeros(len(table), np.int64))
    table.check_columns((name,), option)
    ids = table.texts(name).fill_null("")
    coded = pc.dictionary_encode(ids).combine_chunks()
    groups = Groups(coded.dictionary.to_pylist(), np.asarray(coded.indices.to_numpy(), np.int64))
    if "" in groups.names:
        at = table.place(int(np.argmax(groups.codes == groups.names.index(""))))
        raise DataError(f"read: {option} must be there in every row, got nothing in {printable(table.file)}, {at}.")
    return groups


def take_labels(table: Table, name: str, groups: Groups) -> Sequence[str | float | None]:
    """Return the label of each series: a number to predict where all are numbers and some are not whole, else the name of a class.

    Raises:
        DataError: If a series has several.
    """
    if not name:
        return [None] * len(groups.names)
    table.check_columns((name,), "label")
    cells = np.array(table.texts(name).fill_null("").to_pylist(), object)
    for rows in groups.rows:
        others = rows[cells[rows] != cells[rows[:1]]]
        if len(others):
            got = printable(f"{cells[rows[0]]} and {cells[others[0]]}")
            at = f"{printable(table.file)}, {table.place(int(others[0]))}"
            raise DataError(f"read: label must be the same in all rows of a series, got {got} in {at}.")
    labels: list[str] = [cells[rows[0]] for rows in groups.rows]
    numbers = [parse_number(label) for label in labels]
    if all(number is not None and np.isfinite(number) for number in numbers) and not all(number == int(number or 0) for number in numbers):
        return numbers
    return [label or None for label in labels]


def _leave_out(table: Table, name: str, numbers: Numbers) -> str:
    """Return why a column that nobody asked for is no variable; empty if it is one."""
    if numbers.num_bad > numbers.num_good:
        row = int(numbers.bad.argmax())
        shown = table.columns[name][row].as_py()
        return f"it holds text, such as {printable(str(shown))} in {table.place(row)}"
    if name.lower() in _COUNTERS or name.isdigit():
        return f"{counted}; --features reads it" if (counted := _count_rows(numbers)) else ""
    return ""


def _count_rows(numbers: Numbers) -> str:
    """Say that a column counts the rows, if it does."""
    values = numbers.values
    counts = len(values) > 2 and values[0] in (0, 1) and np.array_equal(values, values[0] + np.arange(len(values)))
    return f"it counts the rows from {values[0]:.0f} on" if counts else ""


def _refuse_bad(table: Table, name: str, numbers: Numbers, decimal: str, otherwise: str = "") -> None:
    """Refuse what is no number, and numbers that can be read in two ways."""
    shown, at = printable(name), printable(table.file)
    if numbers.num_bad:
        row = int(numbers.bad.argmax())
        got = printable(str(table.columns[name][row].as_py()))
        mark = {"comma": "point", "point": "comma"}.get(decimal, "")
        other = mark and read_numbers(table.columns[name], decimal=mark).num_bad < numbers.num_bad
        fix = f"Type --decimal {mark}; or if" if other else "If"
        fix = f"{fix} it stands for a missing value, type --missing with it{otherwise}."
        raise DataError(f"read: column {shown} must hold numbers, got {got} in {at}, {table.place(row)}. {fix}")
    if numbers.doubtful:
        row = next(i for i, cell in enumerate(table.texts(name).to_pylist()) if "," in cell or "." in cell)
        got, fix = printable(table.texts(name)[row].as_py()), "Type --decimal comma or --decimal point."
        raise AmbiguousSourceError(f"read: column {shown} must hold numbers of one reading, got {got} in {at}, {table.place(row)}. {fix}")


def _refuse_thousands(table: Table, found: Mapping[str, Numbers], options: SeriesReadOptions) -> None:
    """Refuse points that may all mark thousands, as in 1.250, where commas do not separate cells and no number proves them decimal."""
    shown = [name for name, numbers in found.items() if numbers.decimal]
    if table.pointed or options.decimal != "auto" or not shown or not all(_may_be_thousands(table, name, found[name]) for name in shown):
        return
    row = next(i for i, cell in enumerate(table.texts(shown[0]).to_pylist()) if "." in (cell or ""))
    got, at = printable(table.texts(shown[0])[row].as_py()), f"{printable(table.file)}, {table.place(row)}"
    fix = "Type --decimal point if points stand before decimals, --decimal comma if they mark thousands."
    raise AmbiguousSourceError(f"read: column {printable(shown[0])} must hold numbers of one reading, got {got} in {at}. {fix}")


def _may_be_thousands(table: Table, name: str, numbers: Numbers) -> bool:
    """Tell whether all numbers of a column are of at most three digits, or have points before groups of three."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if numbers.decimal != "point":
        return False
    there = table.texts(name).filter(pa.array(~np.isnan(numbers.values)))
    return bool(pc.all(pc.match_substring_regex(there, _THOUSANDS)).as_py())


def _refuse_doubt(table: Table, found: dict[str, Numbers]) -> None:
    """Refuse points that may mark thousands, since commas mark decimals in another column."""
    comma = next(name for name, numbers in found.items() if numbers.decimal == "comma")
    for name, numbers in found.items():
        if numbers.decimal == "point" and not read_numbers(table.columns[name], decimal="comma").num_bad:
            fix = "Type --decimal comma, or write numbers alike."
            got = f"points in {printable(name)} and decimal commas in {printable(comma)}"
            raise AmbiguousSourceError(f"read: numbers of {printable(table.file)} must be of one reading, got {got}. {fix}")
