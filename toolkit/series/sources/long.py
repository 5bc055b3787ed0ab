"""Long tables: a row a value, with its time, the id of its series and the name of its variable; series go out to `toolkit.series.read`.

Nothing is added up or left out: values of one variable at the same time stand in rows of their own, as the source has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import UnlikeFileError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each
from toolkit.series.sources.tables.columns import Groups, find_groups, read_variable, take_labels
from toolkit.series.sources.tables.numbers import Numbers
from toolkit.series.sources.tables.roles import Roles, find_roles
from toolkit.series.sources.tables.table import Table, load_table
from toolkit.series.sources.tables.times import take_times
from toolkit.series.sources.wide import keep_reading, same_columns, same_zone
from toolkit.series.time import Times
from toolkit.wing import Skipped, Understood

__all__ = ["read_long"]


@dataclass(frozen=True, eq=False)
class _Read:
    """A table as it was understood: its roles, the stamps, series, variables and values of its rows."""

    table: Table
    roles: Roles
    times: Times | None
    groups: Groups
    variables: Groups
    numbers: Numbers


class _Pivoted(NamedTuple):
    """The rows of one series as steps: int64 times, float64 values, and the first row of each step."""

    time: NDArray[np.int64]
    values: NDArray[np.float64]
    first: NDArray[np.int64]


def read_long(root: str | Path, files: Sequence[str], options: SeriesReadOptions) -> RawSource:
    """Read long tables; each id of each file is a series.

    Args:
        root: The folder that files are relative to.
        files: In the order of their series; all with the same columns.
        options: How they are read.

    Raises:
        AmbiguousSourceError: If there are two ways to read one; it says what to type for each.
        DataError: If one cannot be read, or has other columns or variables than the first.
    """
    names, skipped = iter(files), list[Skipped]()
    first = next(read_each(names, lambda name: _read(load_table(f"{root}/{name}", options, shown=name), options), skipped))
    roles, times = first.roles, first.times
    features = options.features or (tuple(first.variables.names) if roles.variable else (roles.value,))
    _check_variables(first, features)
    told = [*first.table.told, *roles.told, *(times.told if times else ())]
    if len(files) > 1 and not roles.id:
        told.append(f"Each of {len(files):,} files holds series of its own.")
    resolved = replace(
        options, layout="long", time=roles.time.typed, time_format=times.form if times else options.time_format, id=roles.id,
        variable=roles.variable, value=roles.value, features=features, decimal=first.numbers.decimal or options.decimal,
    )  # fmt: skip
    others = read_each(names, lambda name: _read_alike(f"{root}/{name}", name, first, resolved), skipped, alike=1)
    return RawSource(
        root=str(Path(root).absolute()),
        features=features,
        series=_list_series(first, others, resolved),
        zone=times.zone if times else "",
        files=tuple(files),
        skipped=skipped,
        understood=Understood(
            layout=f"a long table, a row a value, {first.table.form}", labels=f"the column {options.label}" if options.label else ""
        ),
        reading=keep_reading(resolved, first.times),
        note=" ".join(told),
        file=files[0] if len(files) == 1 else "",
    )


def _read(table: Table, options: SeriesReadOptions) -> _Read:
    roles = find_roles(table, options)
    groups, variables = find_groups(table, roles.id), find_groups(table, roles.variable, "variable")
    times = take_times(table, roles.time.names, options, groups.codes * len(variables.names) + variables.codes)
    return _Read(table, roles, times, groups, variables, read_variable(table, roles.value, options))


def _check_variables(read: _Read, features: Sequence[str]) -> None:
    """Refuse a table that lacks a variable; without a column of their names, that of values is the only one."""
    names = read.variables.names if read.roles.variable else (read.roles.value,)
    for name in features:
        if name not in names:
            got = f"none named {printable(name)}; it has {printable(', '.join(names))}"
            raise UnlikeFileError(f"read: variables of {printable(read.table.file)} must be {printable(', '.join(features))}, got {got}.")


def _list_series(first: _Read, others: Iterator[_Read], options: SeriesReadOptions) -> Iterator[RawSeries]:
    for read in chain([first], others):
        labels = take_labels(read.table, options.label, read.groups)
        place = {name: i for i, name in enumerate(options.features)} if read.roles.variable else {"": 0}
        columns = np.array([place.get(name, -1) for name in read.variables.names], np.int64)[read.variables.codes]
        for name, rows, label in zip(read.groups.names, read.groups.rows, labels, strict=True):
            rows = rows[columns[rows] >= 0]  # noqa: PLW2901
            time = None if read.times is None else read.times.moments[rows]
            steps = _pivot(time, columns[rows], read.numbers.values[rows], len(options.features))
            row = read.table.line(int(rows[steps.first[0]])) if len(steps.first) else 1
            yield RawSeries(name, read.table.file, steps.values, None if time is None else steps.time, label, first_row=row)


def _read_alike(path: str, name: str, first: _Read, options: SeriesReadOptions) -> _Read:
    """Read another file by what was understood of the first."""
    table = load_table(path, options, shown=name)
    same_columns(table, first.table)
    read = _read(table, options)
    same_zone(table, read.times, first.table, first.times)
    _check_variables(read, options.features)
    more = next((name for name in read.variables.names if name not in first.variables.names), None)
    if more is not None:
        got = f"one named {printable(more)}"
        raise UnlikeFileError(f"read: variables of {printable(table.file)} must be those of {printable(first.table.file)}, got {got}.")
    return read


def _pivot(time: NDArray[np.int64] | None, columns: NDArray[np.int64], values: NDArray[np.float64], width: int) -> _Pivoted:
    """Put the values of one time side by side, those of one variable at one time below each other, in the order of the rows.

    Without times, the first values of all variables make the first step, and so on.
    """
    stamps, at = np.unique(np.zeros(len(columns), np.int64) if time is None else time, return_inverse=True)
    again = _count_before(at * width + columns)
    _, first, step = np.unique(at * (again.max(initial=0) + 1) + again, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    cells = np.full((len(first), width), np.nan)
    cells[place[step], columns] = values
    return _Pivoted(stamps[at[first[order]]], cells, first[order])


def _count_before(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how often each key stood there before."""
    order = np.argsort(keys, kind="stable")
    sorted_, numbers = keys[order], np.arange(len(keys))
    new = np.ones(len(keys), bool)
    new[1:] = sorted_[1:] != sorted_[:-1]
    counts = np.empty(len(keys), np.int64)
    counts[order] = numbers - np.maximum.accumulate(np.where(new, numbers, 0))
    return counts
