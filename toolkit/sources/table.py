"""Tables that list samples, whatever their form: a path comes in, rows with what their cells mean go out to the readers of each kind.

Pictures are named by a column, texts stand in one; what else a row says (label, group, split) is understood here, alike for all kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from toolkit.errors import printable
from toolkit.sources.cells import open_cells
from toolkit.sources.columns import Cells, Opened, Wanted
from toolkit.sources.labels import decimal_mark, parse_number
from toolkit.sources.objects import open_objects
from toolkit.sources.options import SourceOptions
from toolkit.sources.parts import split_of
from toolkit.sources.slices import find_encoding
from toolkit.wing import SPLITS

__all__ = ["Table", "TableRow", "open_table"]


class TableRow(NamedTuple):
    """A row.

    Args:
        number: From 1, blank lines counted, the header not.
        place: Its first byte, and the byte behind its last.
        cells: What each cell means → what stands there, None if the row has no such cell.
        label: As it stands; None if the table has no labels.
        group: Never empty; None if the table has no groups.
        split: Index into `SPLITS`, −1 if it says none.
        reason: Why it can be no sample; empty if it can.
    """

    number: int
    place: tuple[int, int]
    cells: Cells
    label: str | None = None
    group: str | None = None
    split: int = -1
    reason: str = ""


@dataclass
class Table:
    """An open table; its rows can be read once.

    Args:
        path: The file.
        opened: What was found out about it; `told` is complete once all rows were read.
        columns: What each usable column means → how messages call it.
        decimal: The mark before decimals where labels must be numbers, empty if any may be; None where they need be none.
    """

    path: Path
    opened: Opened
    columns: Mapping[str, str]
    decimal: str | None = None
    _splits: dict[str, int] = field(default_factory=lambda: {"": -1}, repr=False)

    def __iter__(self) -> Iterator[TableRow]:
        alone = 0
        for number, (place, split, cells) in enumerate(self.opened.records, 1):
            if cells is None:
                continue
            if isinstance(cells, str):
                yield TableRow(number, place, {}, reason=cells)
                continue
            group = cells.get("group")
            if "group" in cells and not group:
                group, alone = f"{self.path.name} row {number}", alone + 1
            reason, part = self._understand(cells)
            yield TableRow(number, place, cells, cells.get("label"), group, split if part < 0 else part, reason)
        if alone:
            self.opened.told.append(f"Rows without a group, each a group of its own: {alone:,}.")

    def _understand(self, cells: Cells) -> tuple[str, int]:
        """Return why a row can be no sample, or else the split that it names."""
        if "label" in cells:
            label = (cells["label"] or "").strip()
            if not label:
                return f"label is {'missing' if cells['label'] is None else 'empty'}", -1
            if self.decimal is not None and parse_number(label, self.decimal) is None:
                return f"label must be a number, got {printable(label)}", -1
        name = cells.get("split", "")
        if name is None:
            return "is without a split, which other rows have", -1
        part = self._splits.get(name)
        if part is None:
            part = self._splits[name] = split_of(name)
        return f"split must be one of {', '.join(SPLITS)}, got {printable(name)}" if part < 0 and name else "", part


def open_table(path: Path, layout: str, options: SourceOptions, wanted: Wanted) -> Table:
    """Understand a table.

    Args:
        path: The file, absolute.
        layout: ``"csv"``: lines of cells, whatever separates them; or ``"jsonl"``: JSON objects, a line each or in a list.
        options: How it is to be read.
        wanted: Which columns are looked for.

    Raises:
        DataError: If it cannot be read, lacks a column, or can be read in two ways.
    """
    encoding = find_encoding(path, options.encoding)
    opened = (open_objects if layout == "jsonl" else open_cells)(path, encoding, options, wanted)
    columns = {meaning: f"the column {printable(opened.names[place])}" for meaning, place in opened.columns.items()}
    return Table(path, opened, columns, decimal=decimal_mark(options.labels))
