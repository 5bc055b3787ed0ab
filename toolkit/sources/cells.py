"""Lines of cells: a CSV file of any dialect comes in, its columns and records go out to `toolkit.sources.table`."""

from __future__ import annotations

import csv
import io
import mmap
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.sources.columns import Cells, Opened, Wanted, find_columns, refuse_row
from toolkit.sources.dialect import Dialect, Line, Record, count_cells, cut_records, find_delimiter, find_quoting, named_delimiter
from toolkit.sources.options import SourceOptions
from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, decode_slice, find_encoding

__all__ = ["open_cells", "parse_cells", "read_cells"]

_SAMPLE_LINES, _SAMPLE_CHARACTERS = 200, 1 << 20
_SEPARATED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}

_Read = Callable[[], Iterator[Line]]
"""Gives a file's lines, from the first."""


def parse_cells(text: str, delimiter: str, quoting: str = "double") -> list[str]:
    """Read the one record that a text holds.

    Raises:
        ValueError: If it breaks the rules of quoting.
    """
    try:
        return next(Dialect(delimiter, quoting).parse(io.StringIO(text, newline="")), [])
    except csv.Error as error:
        raise ValueError(f"must be quoted as CSV has it, got: {error}") from error


def read_cells(path: Path) -> Iterator[list[str]]:
    """Yield the cells of a CSV file's rows, its header first; a row that breaks the rules of quoting is one cell, its line.

    Args:
        path: The file; what separates and quotes its cells is found, as `open_cells` finds it.

    Raises:
        DataError: If it cannot be read.
    """
    encoding, options = find_encoding(path, "auto"), SourceOptions()
    dialect, _ = _find_dialect(path, lambda: _plain_lines(path, encoding), options)
    for (_, _, cells, reason), taken in cut_records(_plain_lines(path, encoding), dialect):
        yield [taken[0][0].rstrip()] if reason else cells


def open_cells(path: Path, encoding: str, options: SourceOptions, wanted: Wanted) -> Opened:
    """Understand a CSV file: what separates and quotes its cells, and which column means what.

    Args:
        path: The file.
        encoding: As `name_encoding` returns it.
        options: What the user says of it.
        wanted: Which columns are looked for.

    Raises:
        DataError: If it cannot be read, or a column is missing.
    """
    read: _Read = (lambda: _decode_lines(path, encoding)) if wanted.places else (lambda: _plain_lines(path, encoding))
    dialect, told = _find_dialect(path, read, options)
    sample = _take_sample(read())
    if sample and sample[0][2]:
        raise DataError(f"read: {printable(str(path))} must begin with text, got this: {sample[0][2]}, such as --encoding latin-1.")
    rows = [cells for (_, _, cells, reason), _ in cut_records(iter(sample), dialect) if not reason]
    if not rows:
        got = "none" if path.stat().st_size else "an empty file"
        raise DataError(f"read: {printable(str(path))} must begin with a line of columns' names, got this: {got}.")
    refuse_row(path, rows, options, wanted)
    names = [cell.strip() for cell in rows[0]] if options.header else [str(i + 1) for i in range(count_cells(rows, header=False))]
    columns = find_columns(path, names, options, wanted)
    reading = {"format": "csv", "encoding": encoding, "delimiter": dialect.delimiter, "quoting": dialect.quoting}
    column = {"column": columns[wanted.main]}
    form = f"cells separated by {_SEPARATED.get(dialect.delimiter, printable(dialect.delimiter))}" if len(names) > 1 else "one column"
    records = cut_records(read(), dialect, blank=True)
    if options.header:
        next(record for record, _ in records if record[2] or record[3])
    return Opened(form, names, columns, {**reading, **column}, told, _name_cells(records, columns, len(names), wanted))


def _find_dialect(path: Path, read: _Read, options: SourceOptions) -> tuple[Dialect, list[str]]:
    """Return the dialect asked for, or that of the whole file; and what is to be told of it."""
    sample = _take_sample(read())
    delimiter = {"auto": "", "tab": "\t"}.get(options.delimiter, options.delimiter) or named_delimiter(sample[0][0] if sample else "")
    known = {*options.COLUMNS, *options.column_names().values()}
    delimiter = delimiter or find_delimiter(sample, header=options.header, known=known)
    if options.quoting != "auto" or not sample or not _holds_quote(path):
        return Dialect(delimiter, "double" if options.quoting == "auto" else options.quoting), []
    rows = [record[2] or taken[0][0].split(delimiter) for record, taken in cut_records(iter(sample), Dialect(delimiter))]
    num_cells = count_cells(rows, header=options.header)
    choice = find_quoting(read, delimiter, num_cells)
    return Dialect(delimiter, choice.quoting), [choice.told] if choice.told else []


def _holds_quote(path: Path) -> bool:
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b'"') >= 0


def _take_sample(lines: Iterator[Line]) -> list[Line]:
    """Take the first lines, as long as they are not too much."""
    sample, size = [], 0
    for line in islice(lines, _SAMPLE_LINES):
        sample.append(line)
        size += len(line[0])
        if size > _SAMPLE_CHARACTERS:
            break
    return sample


def _decode_lines(path: Path, encoding: str) -> Iterator[Line]:
    """Yield lines and where they end; in one that is no text, quotes still count."""
    for _, stop, data in cut_lines(path, encoding):
        if data is None:
            yield "", stop, f"must have at most {MAX_TEXT_BYTES} bytes, got more"
            continue
        try:
            yield decode_slice(data, encoding), stop, ""
        except ValueError as error:
            yield data.decode(encoding, "replace"), stop, str(error)


def _plain_lines(path: Path, encoding: str) -> Iterator[Line]:
    """Yield lines without their places, far faster; bytes that are no text become surrogate escapes."""
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with open(path, encoding=encoding, errors=errors, newline="") as file:
        first = file.readline().removeprefix("\ufeff")
        if first:
            yield first, 0, ""
        for line in file:
            yield line, 0, ""


def _name_cells(
    records: Iterator[tuple[Record, list[Line]]], columns: Mapping[str, int], num_cells: int, wanted: Wanted
) -> Iterator[tuple[tuple[int, int], int, Cells | str | None]]:
    places = [(meaning, place, meaning in wanted.kept) for meaning, place in columns.items()]
    for (start, stop, cells, reason), _ in records:
        if not reason and len(cells) == num_cells:
            yield (start, stop), -1, {meaning: cells[place] if kept else cells[place].strip() for meaning, place, kept in places}
        elif reason or len(cells) > 1 or "".join(cells).strip():
            yield (start, stop), -1, reason or f"must have {num_cells} fields as the header has, got {len(cells)}"
        else:
            yield (start, stop), -1, None
