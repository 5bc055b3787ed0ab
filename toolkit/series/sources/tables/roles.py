"""Whether a table is wide or long, and which column of a long one is what, by names and cells: a table comes in, its roles go out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.errors import AmbiguousSourceError, DataError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.numbers import read_numbers
from toolkit.series.sources.tables.table import Table
from toolkit.series.sources.tables.times import TimeColumns, find_times

__all__ = ["Look", "Roles", "find_roles", "looks_like"]

_IDS = frozenset({"id", "item_id", "unique_id", "series", "series_id", "series_name", "station", "station_id", "site", "site_id"})
_VARIABLES = frozenset({"variable", "variable_name", "metric", "measure", "parameter", "sensor", "feature", "channel", "quantity"})
_VALUES = frozenset({"value", "values", "val", "y"})


class Look(NamedTuple):
    """What a table seems to be.

    Args:
        layout: ``"wide"``, ``"long"``, or None where it can be either.
        reason: Why, as one sentence; of either, what to type.
    """

    layout: str | None
    reason: str


@dataclass(frozen=True)
class Roles:
    """Which columns of a long table are what.

    Args:
        time: Those that make stamps.
        id: Tells series apart; empty if there is one.
        variable: Names the variable of each value; empty if all are of one.
        value: Holds values.
        told: Sentences on what was found.
    """

    time: TimeColumns
    id: str
    variable: str
    value: str
    told: list[str] = field(default_factory=list)


def looks_like(table: Table, options: SeriesReadOptions | None = None) -> Look:
    """Tell whether a table is wide or long.

    Args:
        table: Its first rows, as `load_table` returns them.
        options: What the user said of its columns.
    """
    asked = options or SeriesReadOptions()
    if asked.value or asked.variable:
        return Look("long", "a column of values or of variables is named")
    value, variable, by_name = _named(table, _VALUES), _named(table, _VARIABLES), asked.id or _named(table, _IDS)
    used = _used(table, asked)
    numbers = [name for name in table.names if name not in (*used, by_name) and _holds_numbers(table, name, asked)]
    if value and (variable or (by_name and numbers == [value])):
        return Look("long", f"it has the columns {printable(f'{variable or by_name} and {value}')}")
    words = [name for name in table.names if name not in (*used, *numbers)]
    if len(numbers) == 1 and len(words) == 1 and not (asked.id or asked.features) and _repeats(table, words[0]):
        name = printable(words[0])
        reason = f"--layout long --id {name}, if column {name} names series; --layout long --variable {name}, if it names variables"
        return Look(None, f"{reason}; or --layout wide --features {printable(numbers[0])}")
    return Look("wide", "each column that holds numbers is a variable")


def find_roles(table: Table, options: SeriesReadOptions) -> Roles:
    """Find which columns of a long table are what: those asked for, those of usual names, or the only ones that can.

    Raises:
        AmbiguousSourceError: If a column may name series or variables.
        DataError: If one asked for is not there, or none can hold values.
    """
    for name, option in ((options.id, "id"), (options.variable, "variable"), (options.value, "value"), (options.label, "label")):
        table.check_columns((name,) if name else (), option)
    time = find_times(table, options)
    value = options.value or _find_value(table, time, options)
    taken = {*time.names, value, options.label}
    by_name = options.id or _named(table, _IDS, taken)
    variable = options.variable or _named(table, _VARIABLES, taken | {by_name})
    words = [name for name in table.names if name not in (*taken, by_name, variable) and not _holds_numbers(table, name, options)]
    if not (by_name or variable) and words:
        typed = f"--id {printable(words[0])} if it names series, --variable {printable(words[0])} if it names variables"
        got = f"column {printable(words[0])} for either"
        raise AmbiguousSourceError(f"read: series and variables of {printable(table.file)} must be named, got {got}. Type {typed}.")
    found = {"values": value, "series": by_name, "variables": variable}
    columns = ", ".join(f"{meaning} from column {printable(name)}" for meaning, name in found.items() if name)
    left = [name for name in table.names if name not in (*taken, by_name, variable)]
    told = [time.told, f"It takes {columns}.", f"Columns left out: {printable(', '.join(left))}." if left else ""]
    return Roles(time, by_name, variable, value, [sentence for sentence in told if sentence])


def _find_value(table: Table, time: TimeColumns, options: SeriesReadOptions) -> str:
    """Return the column of values: by its name, or the only one that holds numbers."""
    others = {*time.names, options.id, options.variable, options.label}
    named = _named(table, _VALUES, others)
    numbers = [name for name in table.names if name not in others and _holds_numbers(table, name, options)]
    if named or len(numbers) == 1:
        return named or numbers[0]
    got = f"{len(numbers)}: {printable(', '.join(numbers))}" if numbers else f"none; {table.list()}"
    raise DataError(f"read: one column of {printable(table.file)} must hold values, got {got}. Name it with --value.")


def _named(table: Table, names: Collection[str], taken: Collection[str] = ()) -> str:
    """Return the first column that has one of some names, whatever its capitals; empty if none has."""
    return next((name for name in table.names if name.lower() in names and name not in taken), "")


def _used(table: Table, options: SeriesReadOptions) -> Sequence[str]:
    try:
        times = find_times(table, options).names
    except DataError:
        times = ()
    return [*times, *(name for name in (options.id, options.label) if name)]


def _holds_numbers(table: Table, name: str, options: SeriesReadOptions) -> bool:
    numbers = read_numbers(table.columns[name], decimal=options.decimal, missing=options.missing)
    return numbers.num_bad <= numbers.num_good


def _repeats(table: Table, name: str) -> bool:
    """Tell whether a column has several words, each of them again and again."""
    words = table.texts(name).to_pylist()
    return 1 < len(set(words)) <= len(words) // 2
