"""Tables of series, whatever their form: a path comes in, columns by name go out to the readers of wide and of long tables.

Cells of text files stay text until we know what they mean; those of Parquet have their types. pyarrow parses either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.errors import DataError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.dialect import open_text
from toolkit.sources import COMPRESSED, read_pieces

__all__ = ["Table", "load_table"]

_HEAD_ROWS = 200


@dataclass(frozen=True, eq=False)
class Table:
    """A table.

    Args:
        file: What messages call it.
        columns: Name → the cells, a chunked array of pyarrow: text as it stands, or typed.
        form: How it is written, as people say it.
        unit: What its rows are counted in by people: ``"line"`` of text, ``"row"`` of Parquet.
        line: Gives the number, from 1, of the line or row that a row of the table begins in.
        told: Sentences on how it was understood.
        pointed: Whether points cannot mark thousands: commas separate its cells, or these have types.
    """

    file: str
    columns: Mapping[str, Any]
    form: str
    unit: str
    line: Callable[[int], int]
    told: list[str] = field(default_factory=list)
    pointed: bool = True

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns' names."""
        return tuple(self.columns)

    def place(self, row: int) -> str:
        """Say where a row stands, such as ``"line 17"``."""
        return f"{self.unit} {self.line(row):,}"

    def check_columns(self, names: tuple[str, ...], option: str) -> None:
        """Refuse columns that it does not have.

        Raises:
            DataError: It says which ones it has.
        """
        for name in names:
            if name not in self.columns:
                fix = f"Name one of them with --{option}."
                raise DataError(f"read: {option} must name columns of {printable(self.file)}, got {printable(name)}; {self.list()}. {fix}")

    def list(self) -> str:
        """Say which columns it has."""
        return f"it has {printable(', '.join(self.names))}"

    def texts(self, name: str, rows: int | None = None) -> Any:
        """Return the cells of a column, or its first ones, as text without spaces around: an array of pyarrow, null where there is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        return pc.utf8_trim_whitespace(self.columns[name].slice(0, rows).cast(pa.string()))


def load_table(path: str, options: SeriesReadOptions, *, shown: str = "", head: bool = False) -> Table:
    """Read a table.

    Args:
        path: A file of Parquet by its ending, else of lines of cells; compressed as a whole, if its ending says so.
        options: How it is read.
        shown: What messages call it; its name unless given.
        head: Whether only the first rows are wanted.

    Raises:
        DataError: If it cannot be read, has no row, or has one of more or fewer cells than others.
    """
    file, name = Path(path), shown or Path(path).name
    ending = name.lower().removesuffix(next((packed for packed in COMPRESSED if name.lower().endswith(packed)), ""))
    rows = _HEAD_ROWS if head else 0
    table = _load_parquet(file, name, rows) if ending.endswith((".parquet", ".pq")) else _load_text(file, name, options, rows)
    if not table.columns:
        raise DataError(f"read: {printable(name)} must have columns, got none.")
    if not len(table):
        raise DataError(f"read: {printable(name)} must have rows below the names of its columns, got none.")
    return table


def _load_parquet(path: Path, shown: str, rows: int) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pa.BufferReader(b"".join(read_pieces(path))) if path.suffix.lower() in COMPRESSED else path
        with pq.ParquetFile(source) as file:
            table = pa.Table.from_batches([next(file.iter_batches(rows))]) if rows and file.metadata.num_rows else file.read()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"read: {printable(shown)} must be a whole Parquet file, got: {' '.join(str(error).split())}.") from error
    _check_names(table.column_names, shown)
    columns = {name: column for name in table.column_names if (column := _decode(table.column(name))) is not None}
    left = [name for name in table.column_names if name not in columns]
    told = [f"Columns left out, whose cells are no single words or numbers: {printable(', '.join(left))}."] if left else []
    return Table(shown, columns, "Parquet", "row", lambda row: row + 1, told)


def _decode(column: Any) -> Any:
    """Return a column of words kept by number, or as bytes, as these words; None if its cells hold lists, structs or no text."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)):
        return column
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _load_text(path: Path, shown: str, options: SeriesReadOptions, rows: int) -> Table:
    import pyarrow.compute as pc

    text = open_text(path, shown, options)
    cells, line = text.read(rows)
    columns, told = {}, list[str]()
    for number, (name, column) in enumerate(zip(text.names, cells.columns, strict=True), 1):
        if not name and pc.all(pc.equal(column, "")).as_py():
            continue
        if not name:
            told.append(f"Column {number} has no name and is called by its number.")
        columns[name or str(number)] = column
    _check_names([name or str(number) for number, name in enumerate(text.names, 1)], shown)
    pointed = text.delimiter == ","
    blank: Any = True
    for column in columns.values():
        blank = pc.and_(pc.equal(column, ""), blank)
        if not pc.any(blank).as_py():
            return Table(shown, columns, text.form, "line", line, told, pointed)
    if not columns:
        return Table(shown, columns, text.form, "line", line, told)
    kept = np.flatnonzero(~blank.to_numpy())
    told.append(f"Rows with no cell filled, which are left out: {len(blank) - len(kept):,}.")
    columns = {name: column.take(kept) for name, column in columns.items()}
    return Table(shown, columns, text.form, "line", lambda row: line(int(kept[row])), told, pointed)


def _check_names(names: list[str], shown: str) -> None:
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise DataError(f"read: columns of {printable(shown)} must have names of their own, got {printable(twice)} twice. Name one anew.")
