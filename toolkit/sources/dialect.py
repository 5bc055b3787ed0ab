"""How a table's cells are separated and quoted: lines come in, a Dialect and records go out; `toolkit.sources.table` reads by it.

The parser is the standard library's csv; a record that breaks the rules of quoting costs one line, and reading goes on behind it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from toolkit.sources.slices import MAX_TEXT_BYTES

__all__ = ["Dialect", "Line", "QuotingChoice", "Record", "count_cells", "cut_records", "find_delimiter", "find_quoting", "named_delimiter"]

csv.field_size_limit(max(csv.field_size_limit(), MAX_TEXT_BYTES))  # the module's own limit, 128 kB, is shorter than many texts

Line = tuple[str, int, str]
"""A line with its end, the byte behind it where places are wanted, and the reason why it is no text, empty if it is."""

Record = tuple[int, int, list[str], str]
"""First byte, the byte behind the last, the cells, and the reason why there are none, empty if there are."""

_RULES: Mapping[str, Mapping[str, Any]] = {
    "double": {},
    "backslash": {"escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE},
    "spaced": {"skipinitialspace": True},
}
_HOW = {
    "backslash": "Quotes inside cells have a backslash before them",
    "none": "Quotes are text here",
    "spaced": "Spaces before cells, and so before their quotes, are left out",
}
_SPACED = re.compile(r' +".*"\s*', re.DOTALL)
_DELIMITERS = ",\t;|"
_ONE_COLUMN = "\x1f"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_SHORT, _MANY = 32, 10_000


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart.

    Args:
        delimiter: One character.
        quoting: ``"double"``, ``"backslash"``, ``"none"`` or ``"spaced"``, as `SourceOptions` has it.
    """

    delimiter: str = ","
    quoting: str = "double"

    def parse(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Return the csv module's reader of some lines; it raises `csv.Error` for what breaks the rules."""
        return csv.reader(lines, delimiter=self.delimiter, strict=True, **_RULES[self.quoting])


class _Feed:
    """Hands lines to the csv module, notes which ones it took, and takes some back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines, self._again = lines, deque[Line]()
        self.taken: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        if self.taken and self.taken[0][1] + MAX_TEXT_BYTES < line[1]:
            self._again.appendleft(line)
            raise csv.Error(f"more than {MAX_TEXT_BYTES} bytes")
        self.taken.append(line)
        return line[0]

    def take_back(self) -> None:
        """Keep the first line that was taken, and hand out the others again."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def cut_records(lines: Iterator[Line], dialect: Dialect, *, blank: bool = False) -> Iterator[tuple[Record, list[Line]]]:
    """Yield records, each with the lines that it takes; blank lines, and a first one such as ``sep=;``, are passed over.

    Args:
        lines: All of a file's, or the first ones.
        dialect: How to read them.
        blank: Whether a blank line is a record without cells.
    """
    first = list(islice(lines, 1))
    named = bool(first) and named_delimiter(first[0][0]) != ""
    start = first[0][1] if named else 0
    feed = _Feed(lines if named else chain(first, lines))
    reader = dialect.parse(feed)
    while True:
        feed.taken = []
        reason = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            feed.take_back()
            cells, reason = [], f"must be quoted as the table is, {dialect.quoting}, got: {error}"
        taken = feed.taken
        stop = taken[-1][1]
        if taken[0][2] or len(taken) > 1:
            reason = next((line[2] for line in taken if line[2]), reason)
        if cells or reason or blank:
            yield (start, stop, cells, reason), taken
        start = stop


def named_delimiter(line: str) -> str:
    """Return what a first line such as ``sep=;`` says separates cells, as Excel reads it; empty for any other line."""
    found = _SEPARATOR_LINE.fullmatch(line)
    return found[1] if found else ""


def find_delimiter(lines: Sequence[Line], *, header: bool, known: Collection[str]) -> str:
    """Find what separates cells by reading some lines with each delimiter that people use.

    Args:
        lines: The first ones of the table.
        header: Whether the first one names columns.
        known: Names of columns that it may hold.

    Returns:
        The delimiter by which most names are known; then, by which most rows have as many cells as the header, or as each other. A
        character that no text has where none cuts the header, or half of the rows: the table has one column.
    """
    scores = {delimiter: _score(lines, delimiter, header=header, known=known) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0.0, 0) else _ONE_COLUMN


def _score(lines: Sequence[Line], delimiter: str, *, header: bool, known: Collection[str]) -> tuple[int, float, int]:
    """How many names are known, which share of rows has the usual number of cells, and that number; zeros if nothing is cut."""
    rows = [record[2] or taken[0][0].split(delimiter) for record, taken in cut_records(iter(lines), Dialect(delimiter))]
    usual = count_cells(rows, header=header)
    share = sum(len(cells) == usual for cells in rows) / max(1, len(rows))
    if usual < 2 or (not header and share < 0.5):
        return 0, 0.0, 0
    return sum(cell.strip() in known for cell in rows[0]) if header else 0, share, usual


def count_cells(rows: Sequence[Sequence[str]], *, header: bool) -> int:
    """Say how many cells a row of a table has: as many as the header, or as most rows; 0 of no rows."""
    lengths = [len(cells) for cells in rows]
    return lengths[0] if lengths and header else Counter(lengths).most_common(1)[0][0] if lengths else 0


@dataclass(frozen=True)
class QuotingChoice:
    """How cells are quoted, and what is to be told of it.

    Args:
        quoting: As `Dialect` has it.
        told: One sentence; empty if nothing was in doubt.
    """

    quoting: str = "double"
    told: str = ""


def find_quoting(read: Callable[[], Iterator[Line]], delimiter: str, num_cells: int) -> QuotingChoice:
    """Find how a table is quoted by reading all of it each way; the way by which fewest rows are bad is taken.

    Args:
        read: Gives the table's lines, from the first.
        delimiter: What separates cells.
        num_cells: How many a row has.
    """
    bad, doubtful = _count_bad(read(), Dialect(delimiter), num_cells)
    told = f"Rows of several lines, in quotes: {doubtful:,}; --quoting none takes each line for a row." if doubtful else ""
    if not bad:
        return QuotingChoice("double", told)
    counts = {"double": bad} | {name: _count_bad(read(), Dialect(delimiter, name), num_cells)[0] for name in _HOW}
    best = min(counts, key=lambda name: counts[name])
    if best == "double":
        return QuotingChoice(best, told)
    return QuotingChoice(
        best, f"{_HOW[best]}: read so, {counts[best]:,} rows are bad, by doubled quotes {bad:,}; --quoting double reads them."
    )


def _count_bad(lines: Iterator[Line], dialect: Dialect, num_cells: int) -> tuple[int, int]:
    """Count rows that are none, have quotes behind spaces, or seem to be several; and those of several lines that need not be."""
    bad, merged, seen = 0, [], [set[str]() for _ in range(num_cells)]
    for (_, _, cells, reason), taken in cut_records(lines, dialect):
        if reason or len(cells) != num_cells or any(_SPACED.fullmatch(cell) for cell in cells):
            bad += 1
        elif len(taken) > 1 and num_cells > 1 and all(line[0].count(dialect.delimiter) + 1 == num_cells for line in taken):
            merged.append(taken)
        else:
            for known, cell in zip(seen, cells, strict=True):
                if len(cell) <= _SHORT and len(known) < _MANY:
                    known.add(cell)
    surely = sum(dialect.delimiter == "\t" or _are_rows(taken, dialect.delimiter, seen) for taken in merged)
    return bad + surely, len(merged) - surely


def _are_rows(lines: Sequence[Line], delimiter: str, seen: Sequence[set[str]]) -> bool:
    """Tell whether each line of a record is a row itself: in some column all have what other rows have there, too."""
    columns = zip(*(line[0].rstrip("\r\n").split(delimiter) for line in lines), strict=True)
    return any(set(cells) <= known for cells, known in zip(columns, seen, strict=True))
