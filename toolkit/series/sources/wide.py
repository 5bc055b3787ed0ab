"""Wide tables: a column a variable, a row a step; files come in, their series go out to `toolkit.series.read`.

The first file says what columns mean; the others, and other sources later, are read by what was understood of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from toolkit.errors import DataError, UnlikeFileError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each
from toolkit.series.sources.tables.columns import Groups, Variables, find_groups, read_variables, take_labels
from toolkit.series.sources.tables.table import Table, load_table
from toolkit.series.sources.tables.times import TimeColumns, find_times, take_times
from toolkit.series.time import Times
from toolkit.wing import Skipped, Understood

__all__ = ["keep_reading", "read_wide", "same_columns", "same_zone"]

_SHARED = 0.1  # rows of a time that others have, too, as a share of all: fewer are no other series, or a text says so

_READING = (
    "layout", "time", "time_format", "timezone", "id", "variable", "value", "features", "repeated_hour", "missing", "decimal",
    "header", "delimiter", "encoding",
)  # fmt: skip


class _Read(NamedTuple):
    """A table as it was understood."""

    table: Table
    columns: TimeColumns
    times: Times | None
    variables: Variables
    groups: Groups


def read_wide(root: str | Path, files: Sequence[str], options: SeriesReadOptions) -> RawSource:
    """Read wide tables; each file is a series, or with an id column each id in each file.

    Args:
        root: The folder that files are relative to.
        files: In the order of their series; all with the same columns.
        options: How they are read.

    Raises:
        AmbiguousSourceError: If there are two ways to read one; it says what to type for each.
        DataError: If one cannot be read, or has other columns than the first.
    """
    names, skipped = iter(files), list[Skipped]()
    first = next(read_each(names, lambda name: _read(load_table(f"{root}/{name}", options, shown=name), options), skipped))
    form = first.times.form if first.times else options.time_format
    told = [*first.table.told, first.columns.told, *(first.times.told if first.times else ()), *first.variables.told]
    if len(files) > 1 and not options.id:
        told.append(f"Each of {len(files):,} files holds series of its own.")
    understood = Understood(
        layout=f"a wide table, a column a variable, {first.table.form}",
        labels=f"the column {options.label}" if options.label else "",
        passed_over=first.variables.left,
    )
    resolved = replace(
        options, layout="wide", time=first.columns.typed, time_format=form, features=first.variables.names, decimal=first.variables.decimal
    )
    others = read_each(names, lambda name: _read_alike(f"{root}/{name}", name, first, resolved), skipped, alike=1)
    return RawSource(
        root=str(Path(root).absolute()),
        features=first.variables.names,
        series=_list_series(first, others, resolved),
        zone=first.times.zone if first.times else "",
        files=tuple(files),
        skipped=skipped,
        understood=understood,
        reading=keep_reading(resolved, first.times),
        note=" ".join(filter(None, told)),
        file=files[0] if len(files) == 1 else "",
    )


def keep_reading(options: SeriesReadOptions, times: Times | None) -> dict[str, Any]:
    """Return the options that read another table alike, as JSON has them, also in the same zone; it need not have labels."""
    kept = asdict(options) | ({"timezone": times.zone} if times else {})
    return {name: list(kept[name]) if isinstance(kept[name], tuple) else kept[name] for name in _READING}


def same_zone(table: Table, times: Times | None, first: Table, first_times: Times | None) -> None:
    """Refuse stamps that were read in another zone than those of the first table of a source.

    Raises:
        UnlikeFileError: If they were.
    """
    own, others = (f"{(each.zone if each else '') or 'no zone'}" for each in (times, first_times))
    if own != others:
        raise UnlikeFileError(
            f"read: time zones must be alike, as {others} in {printable(first.file)}, got {own} in {printable(table.file)}."
        )


def same_columns(table: Table, first: Table) -> None:
    """Refuse a table that has other columns than the first of a source.

    Raises:
        UnlikeFileError: It names the first column that differs.
    """
    lost = [name for name in first.names if name not in table.columns]
    more = [name for name in table.names if name not in first.columns]
    if lost or more:
        got = f"none named {printable(lost[0])}" if lost else f"one named {printable(more[0])}"
        fix = "Put files of other columns into a folder of their own."
        raise UnlikeFileError(f"read: columns of {printable(table.file)} must be those of {printable(first.file)}, got {got}. {fix}")


def _list_series(first: _Read, others: Iterator[_Read], options: SeriesReadOptions) -> Iterator[RawSeries]:
    for table, _, times, variables, groups in chain([first], others):
        labels = take_labels(table, options.label, groups)
        for name, rows, label in zip(groups.names, groups.rows, labels, strict=True):
            own = slice(None) if len(groups.names) == 1 else rows
            time = None if times is None else times.moments[own]
            yield RawSeries(name, table.file, variables.values[own], time, label, first_row=table.line(int(rows[0])))


def _read_alike(path: str, name: str, first: _Read, options: SeriesReadOptions) -> _Read:
    """Read another file by what was understood of the first."""
    table = load_table(path, options, shown=name)
    same_columns(table, first.table)
    read = _read(table, options)
    same_zone(table, read.times, first.table, first.times)
    return read


def _read(table: Table, options: SeriesReadOptions) -> _Read:
    columns = find_times(table, options)
    groups = find_groups(table, options.id)
    times = take_times(table, columns.names, options, groups.codes)
    named = [name for name in (options.id, options.label) if name]
    variables = read_variables(table, (*columns.names, *named), options)
    if times and not (options.id or options.features or options.duplicates != "refuse"):
        _suggest_id(table, times, columns.names)
    return _Read(table, columns, times, variables, groups)


def _suggest_id(table: Table, times: Times, used: Sequence[str]) -> None:
    """Refuse rows at the same time that a column tells apart: it may be the id of several series.

    Raises:
        DataError: It says what to type.
    """
    again = int((np.diff(np.sort(times.moments)) == 0).sum())
    if again:
        shared = again >= _SHARED * len(table)
        name = next((name for name in table.names if name not in used and _tells_apart(table, name, times, shared=shared)), "")
        fix = f"Type --id {printable(name)} if it tells series apart; if not, leave it out with --features."
        got = f"{again:,} rows at a time that others have, too"
        if name:
            raise DataError(f"read: rows of one series must be of different times, got {got}, in {printable(table.file)}. {fix}")


def _tells_apart(table: Table, name: str, times: Times, *, shared: bool) -> bool:
    """Tell whether a column has few values, and each of them at every time once at most; numbers are whole, and many times shared."""
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(table.texts(name).fill_null("")).combine_chunks()
    if len(codes.dictionary) > len(table) // 2 or _is_measured(codes.dictionary.to_pylist(), shared=shared):
        return False
    places = np.unique(times.moments, return_inverse=True)[1]
    return bool(np.diff(np.sort(places * len(codes.dictionary) + codes.indices.to_numpy())).all())


def _is_measured(words: Sequence[str], *, shared: bool) -> bool:
    """Tell whether words are mostly numbers that can be no names: those with a fraction, or any where few times are shared."""
    numbers = [word for word in words if word and set(word) <= set("0123456789.,+-eE")]
    return 2 * len(numbers) >= len(words) and (not shared or bool(set("".join(numbers)) & set(".,e")))
