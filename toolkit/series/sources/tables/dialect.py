"""What separates the cells of a table and what its columns are called: a text file comes in, a TextTable goes out to `table`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, islice
from pathlib import Path

from toolkit.errors import AmbiguousSourceError, DataError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.stream import cut_lines, read_text
from toolkit.series.sources.tables.text import ONE_COLUMN, TextTable
from toolkit.sources import read_pieces
from toolkit.sources.dialect import Dialect, Line, count_cells, cut_records, find_delimiter, named_delimiter
from toolkit.sources.slices import name_encoding

__all__ = ["open_text"]

_HEAD_BYTES, _HEAD_LINES = 1 << 20, 100
_NUMBER = re.compile(r"[-+]?[0-9.]*[0-9][0-9.]*([eE][-+]?[0-9]+)?|NA|NaN|nan|\?")
_NO_NAME = re.compile(r"[-+]?[0-9.,]+([eE][-+]?[0-9]+)?|[0-9]{4}[-/][0-9]{2}.*|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}.*")

_Rows = Sequence[tuple[int, list[str]]]
"""Of each row of the beginning the byte behind it, and its cells."""


def open_text(path: Path, shown: str, options: SeriesReadOptions) -> TextTable:
    """Find out how a text file is cut into cells.

    Args:
        path: The file; unpacked if its ending says that it is compressed.
        shown: What messages call it.
        options: How it is read.

    Raises:
        AmbiguousSourceError: If commas may separate cells, or decimals.
        DataError: If it cannot be read, is empty, or begins with a row where names should be.
    """
    encoding = name_encoding(options.encoding, next(read_pieces(path, shown=shown), b"")[:4])
    lines = _take_head(path, shown, encoding)
    delimiter = _name_delimiter(options, lines) or _find_delimiter(lines, shown, options)
    rows = _cut(lines, delimiter)
    if not rows:
        raise DataError(f"read: {printable(shown)} must begin with a line of columns' names, got an empty file.")
    quoted = any('"' in line[0] for line in lines)
    if options.header:
        names, first = tuple(cell.strip() for cell in rows[0][1]), rows[0][0]
        _refuse_row(names, shown)
    else:
        names = tuple(str(i + 1) for i in range(count_cells([cells for _, cells in rows], header=False)))
        first = lines[0][1] if named_delimiter(lines[0][0]) else 0
    return TextTable(path, shown, encoding, delimiter, names, first, 1 + sum(line[1] <= first for line in lines), quoted)


def _take_head(path: Path, shown: str, encoding: str) -> list[Line]:
    """Return the first lines, each with the byte behind it."""
    head = b""
    try:
        for piece in read_text(path, encoding):
            head += piece
            if len(head) >= _HEAD_BYTES:
                break
        lines = list(islice(cut_lines(iter([head])), _HEAD_LINES))
        texts = [line.decode() for line in lines]
    except UnicodeDecodeError as error:
        byte = f"byte 0x{error.object[error.start]:02X}"
        fix = "Name its encoding with --encoding, such as latin-1."
        raise DataError(f"read: {printable(shown)} must be text in {encoding.upper()}, got {byte}. {fix}") from error
    return [(text, stop, "") for text, stop in zip(texts, accumulate(map(len, lines)), strict=True)]


def _cut(lines: Sequence[Line], delimiter: str) -> _Rows:
    if delimiter == " ":
        lines = [(" ".join(text.split()), stop, reason) for text, stop, reason in lines]
    return [(stop, cells) for (_, stop, cells, _), _ in cut_records(iter(lines), Dialect(delimiter))]


def _name_delimiter(options: SeriesReadOptions, lines: Sequence[Line]) -> str:
    """Return what was asked for, or what a first line such as ``sep=;`` says; empty if neither does."""
    asked = {"auto": "", "tab": "\t"}.get(options.delimiter, options.delimiter)
    return asked or (named_delimiter(lines[0][0]) if lines else "")


def _find_delimiter(lines: Sequence[Line], shown: str, options: SeriesReadOptions) -> str:
    """Find what cuts rows alike; the comma only where nothing else does, for it may stand before decimals."""
    found = find_delimiter(lines, header=options.header, known=())
    if found == ",":
        found = next((other for other in ";\t|" if _cuts_alike(lines, other)), found)
    if found == "," and not options.header:
        cells = [cells for _, cells in _cut(lines, ",")]
        decimals = all(len(row) <= 2 and all(re.fullmatch(r"[-+]?[0-9]+", cell) for cell in row) for row in cells)
        if decimals and options.decimal == "auto":
            got, fix = printable(lines[0][0].strip()), "Type --delimiter , or --decimal comma."
            raise AmbiguousSourceError(f"read: commas of {printable(shown)} must separate cells or decimals, got {got}. {fix}")
        found = ONE_COLUMN if decimals and options.decimal == "comma" else found
    return " " if found == ONE_COLUMN and _are_spaced(lines, options) else found


def _cuts_alike(lines: Sequence[Line], delimiter: str) -> bool:
    counts = {len(cells) for _, cells in _cut(lines, delimiter)}
    return len(counts) == 1 and max(counts) > 1


def _are_spaced(lines: Sequence[Line], options: SeriesReadOptions) -> bool:
    """Tell whether spaces separate numbers, as many in each row."""
    rows = [line[0].split() for line in lines if line[0].strip()]
    numbers = rows[1:] if options.header else rows
    return bool(numbers) and len({*map(len, rows)}) == 1 < len(rows[0]) and all(_NUMBER.fullmatch(cell) for row in numbers for cell in row)


def _refuse_row(names: Sequence[str], shown: str) -> None:
    """Refuse names that are numbers and stamps: the first line is a row."""
    if all(_NO_NAME.fullmatch(name) for name in names if name):
        got, fix = printable(", ".join(names), 80), "Type --no-header if it has none; columns are then named by number, from 1 on."
        raise DataError(f"read: {printable(shown)} must begin with its columns' names, got what seems to be a row: {got}. {fix}")
