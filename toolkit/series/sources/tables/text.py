"""Lines of cells: how a text file is cut comes in from `dialect`, its cells go out to `table`, all of them text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.series.sources.tables.stream import Stream, cut_lines, read_text, skip_bytes, squeeze_blanks
from toolkit.sources.dialect import Dialect, Line, Record, cut_records

__all__ = ["ONE_COLUMN", "TextTable"]

ONE_COLUMN = "\x1f"
"""Separates the cells of a table that has one column: no text has it."""

_SEPARATED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}


@dataclass(frozen=True)
class TextTable:
    """How a text file is cut into cells.

    Args:
        path: The file.
        shown: What messages call it.
        encoding: As `toolkit.sources.slices.name_encoding` returns it.
        delimiter: What separates cells; a space stands for any number of spaces and tabs.
        names: Of its columns, empty where there is none.
        first: The byte, of its text in UTF-8, that its first row begins at.
        first_line: The number of the line that this is in, from 1.
        quoted: Whether cells are quoted, as far as its beginning shows.
    """

    path: Path
    shown: str
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    first: int
    first_line: int
    quoted: bool

    @property
    def form(self) -> str:
        """How it is written, as people say it."""
        if self.delimiter == ONE_COLUMN:
            return "one column"
        return f"cells separated by {_SEPARATED.get(self.delimiter, printable(self.delimiter))}"

    def read(self, rows: int = 0) -> tuple[Any, Callable[[int], int]]:
        """Read all rows, or the first ones.

        Returns:
            A table of pyarrow, whose columns are text and named by their place; and what gives the number of the line that a row begins in.

        Raises:
            DataError: If a row has more or fewer cells than the first, or bytes are no text.
        """
        import pyarrow as pa
        from pyarrow import csv

        stream, places, odd = Stream(self._pieces(rows)), [str(i) for i in range(len(self.names))], list[Any]()

        def pass_over(row: Any) -> str:
            odd.append(row)
            return "skip"

        try:
            table = csv.read_csv(
                stream,
                read_options=csv.ReadOptions(column_names=places),
                parse_options=csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=self.quoted, invalid_row_handler=pass_over),
                convert_options=csv.ConvertOptions(column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False),
            )
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            if stream.lines == 0:
                return pa.table({place: pa.chunked_array([], pa.string()) for place in places}), lambda row: self.first_line + row
            got = " ".join(str(error).split())
            self._refuse_unclosed()
            fix = " Name its encoding with --encoding, such as latin-1." if "UTF8" in got or "decode" in got else ""
            raise DataError(f"read: {printable(self.shown)} must be a table of text, got: {got}.{fix}") from error
        if odd:
            self._refuse_odd()
        return table, (lambda row: self.first_line + row) if stream.lines == len(table) else self._find_line()

    def _pieces(self, rows: int = 0) -> Iterator[bytes]:
        pieces = skip_bytes(read_text(self.path, self.encoding), self.first)
        pieces = squeeze_blanks(pieces) if self.delimiter == " " else pieces
        return islice(cut_lines(pieces), rows) if rows else pieces

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield rows with the number of the line that they begin in; slower than pyarrow, which does not tell where they stand."""
        for (_, last, cells, _), taken in self._cut():
            yield last - len(taken) + 1, cells

    def _cut(self) -> Iterator[tuple[Record, list[Line]]]:
        def lines() -> Iterator[Line]:
            for number, line in enumerate(cut_lines(self._pieces()), self.first_line):
                yield line.decode("utf-8", "replace"), number, ""

        return cut_records(lines(), Dialect(self.delimiter))

    def _find_line(self) -> Callable[[int], int]:
        """Return what finds the line of a row where some lines are blank, or some rows have several: all are read once, when asked."""
        lines: list[int] = []

        def find(row: int) -> int:
            if not lines:
                lines.extend(line for line, _ in self._records())
            return lines[row]

        return find

    def _refuse_unclosed(self) -> None:
        """Refuse a quote that is opened and never closed: all that follows would be one cell."""
        line = next((taken[0][1] for (*_, reason), taken in self._cut() if reason), 0)
        if line:
            fix = "Close it, or write a quote inside a cell twice."
            raise DataError(f"read: quotes must enclose a cell, got one that does not in {printable(self.shown)}, line {line:,}. {fix}")

    def _refuse_odd(self) -> None:
        self._refuse_unclosed()
        num = len(self.names)
        line, got = next(((line, len(cells)) for line, cells in self._records() if len(cells) != num), (0, 0))
        more = "Give every column a name in the first line, or name what separates cells with --delimiter."
        fix = more if got > num else "Complete the row, or take it out."
        raise DataError(
            f"read: rows must have {num} cells, as the first line has, got {got} in {printable(self.shown)}, line {line:,}. {fix}"
        )
