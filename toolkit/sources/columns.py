"""Which column of a table means what: names of columns and what was asked for come in, places go out, or a refusal with what to type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources.labels import parse_number
from toolkit.sources.options import SourceOptions
from toolkit.sources.parts import split_of

__all__ = ["Cells", "Opened", "Wanted", "find_columns", "refuse_row"]

_LONG_NAME = 60


@dataclass(frozen=True)
class Wanted:
    """What a kind of data looks for in a table.

    Args:
        main: The meaning that each table must have a column for.
        unwanted: Meanings that the user does not want.
        other_names: Meaning → other names that its column may have.
        kept: Meanings whose cells are taken as they stand; of others, spaces around them are left out.
        places: Whether it must be known where each row lies, so that it can be read again. Without, bytes of CSV that are no text become
            surrogate escapes, as they do in the names that the file system gives; with, their rows are bad.
        is_main: Tells whether a cell can be of `main`, as far as that is seen; None: the longest one is.
    """

    main: str
    unwanted: Collection[str] = ()
    other_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Collection[str] = ()
    places: bool = False
    is_main: Callable[[str], bool] | None = None


Cells = Mapping[str, str | None]
"""What a cell means → what stands there, None if the row has no such cell."""


@dataclass(frozen=True)
class Opened:
    """What a form of tables has found out before its rows are read.

    Args:
        form: How its rows are written, as people say it.
        names: Of all columns.
        columns: Meaning → place among the names.
        reading: What is to be known to read a row again.
        told: Sentences on how it was understood.
        records: The place of each row, the split that its part of the file is named for (−1 if none), and its cells, or why it has
            none; None of a blank line.
    """

    form: str
    names: Sequence[str]
    columns: Mapping[str, int]
    reading: Mapping[str, Any]
    told: list[str]
    records: Iterator[tuple[tuple[int, int], int, Cells | str | None]]


def find_columns(path: Path, names: Sequence[str], options: SourceOptions, wanted: Wanted) -> dict[str, int]:
    """Find what each usable column means.

    Args:
        path: The table, for messages.
        names: Of its columns; numbers from 1 on where it has no header.
        options: Which columns were asked for, by name or number.
        wanted: What the kind of data looks for.

    Returns:
        Meaning → place among the names.

    Raises:
        DataError: If a column that is needed or asked for is missing, or stands there twice.
    """
    asked, shown = options.column_names(), printable(str(path))
    for meaning, name in {wanted.main: wanted.main, **asked}.items():
        if _place(name, names) is None:
            unnamed = meaning not in asked and "label" in options.COLUMNS and "label" not in (*asked, *names)
            fix = f"Name them with --columns {meaning}=COLUMN,label=COLUMN." if unnamed else f"Name it with --columns {meaning}=COLUMN."
            got = printable(", ".join(names)) or "none"
            if len(names) == 1 and " " in names[0].strip():
                fix += " Where spaces separate cells, type --delimiter ' '."
            if "\0" in "".join(names):
                fix = f"It may be UTF-16: type --encoding utf-16-{'be' if names[0].startswith(chr(0)) else 'le'}."
            raise DataError(f"read: {shown} must have a column {printable(name)} for {meaning}, got {got}. {fix}")
    places: dict[str, int] = {}
    for meaning in options.COLUMNS:
        name = asked.get(meaning, meaning)
        place = _place(name, names) if meaning in asked else names.index(name) if name in names else None
        if place is None and (other := next((name for name in wanted.other_names.get(meaning, ()) if name in names), None)):
            place = names.index(other)
        if place is not None and meaning not in wanted.unwanted:
            places[meaning] = place
    for meaning, place in places.items():
        several = names.count(names[place]) > 1
        if several or [*places.values()].count(place) > 1:
            got = "several of that name" if several else "one column for several meanings"
            raise DataError(f"read: {shown} must have a column of its own, {printable(names[place])}, for {meaning}, got {got}.")
    return places


def _place(name: str, names: Sequence[str]) -> int | None:
    """Return the place of a column by its name, or else by its number from 1."""
    if name in names:
        return names.index(name)
    return int(name) - 1 if name.isascii() and name.isdigit() and 1 <= int(name) <= len(names) else None


def refuse_row(path: Path, rows: Sequence[Sequence[str]], options: SourceOptions, wanted: Wanted) -> None:
    """Refuse a table whose first line is plainly a row and no names of columns, or that has none and of which no column was named.

    Args:
        path: The table, for messages.
        rows: Cells of its first lines.
        options: How it is read.
        wanted: What the kind of data looks for.

    Raises:
        DataError: It says what to type.
    """
    first, asked = rows[0], options.column_names()
    if not options.header and wanted.main not in asked:
        typed = f"--no-header --columns {_suggest(rows, options, wanted)}"
        raise DataError(f"read: {printable(str(path))} must have a column for {wanted.main}, got none asked for. Type {typed}.")
    if not options.header or (asked.get(wanted.main, wanted.main) in first and not asked.get(wanted.main, "").isdigit()):
        return
    if not any(_is_value(cell, [row[i] for row in rows[1:] if i < len(row)], wanted) for i, cell in enumerate(first)):
        return
    shown = printable(", ".join(first), 80)
    typed = f"--no-header --columns {_suggest(rows, options, wanted)}"
    raise DataError(f"read: {printable(str(path))} must begin with its columns' names, got what seems to be a row: {shown}. Type {typed}.")


def _is_value(cell: str, below: Sequence[str], wanted: Wanted) -> bool:
    """Tell whether a cell is a value and no name: a number, long, among those below it, or what the table lists."""
    plain = cell.strip()
    number = parse_number(plain) is not None
    return number or len(plain) > _LONG_NAME or (plain != "" and cell in below) or (wanted.is_main is not None and wanted.is_main(cell))


def _suggest(rows: Sequence[Sequence[str]], options: SourceOptions, wanted: Wanted) -> str:
    """Say which columns of a table without names seem to mean what, beside those that were asked for by number."""
    width = len(rows[0])
    found = {meaning: int(name) - 1 for meaning, name in options.column_names().items() if name.isdigit() and 1 <= int(name) <= width}
    columns = [[row[i].strip() for row in rows if len(row) == width] for i in range(width)]
    free = [i for i in range(width) if i not in found.values()]
    fix = ""
    if wanted.main not in found and free:
        is_main: Callable[[str], int] = wanted.is_main or len
        main = max(free, key=lambda i: sum(map(is_main, columns[i])))
        labelled = "label" not in found and "label" not in wanted.unwanted
        found = {wanted.main: main, **found}
        others = [i for i in free if i != main and all(columns[i])]
        label = _suggest_label(columns, others)
        if labelled and label is not None:
            found["label"] = label
        elif labelled and others:
            fix = ",label=N, where N is the column of the labels"
    return ",".join(f"{meaning}={place + 1}" for meaning, place in found.items()) + fix


def _suggest_label(columns: Sequence[Sequence[str]], others: Sequence[int]) -> int | None:
    """Return the column of fewest different words, or the only one of numbers that come again; None where none is plainly it."""
    fitting = [i for i in others if _can_be_label(columns[i])]
    words = [i for i in fitting if any(parse_number(cell) is None for cell in columns[i])]
    return min(words or fitting, key=lambda i: len(set(columns[i])), default=None) if words or len(fitting) == 1 else None


def _can_be_label(cells: Sequence[str]) -> bool:
    """Tell whether cells repeat themselves, but are not all alike, nor names of splits."""
    return 1 < len(set(cells)) < len(cells) and any(split_of(cell) < 0 for cell in cells)
