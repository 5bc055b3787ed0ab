"""Statistics as a table for other programs: a row a sample comes in, a CSV or Parquet file goes out."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.dataset_file.layout import escape_name
from toolkit.errors import ArgumentError, check, wording
from toolkit.output import check_output, write_whole
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS

__all__ = ["ENDINGS", "table_path", "write_table"]

ENDINGS = (".csv", ".parquet")
"""What the name of a table may end in."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of what spreadsheets take for a formula, and so may run."""

MAX_HEADER = 10_000
"""Characters of a CSV file's first line that are looked at."""


def table_path(path: str | Path, *, spare: Iterable[str | Path | None] = ()) -> Path:
    """Return a table's absolute path; refuse what cannot be written, or should not, before there is any work on it.

    Args:
        path: Where it is to be written; an earlier table is replaced, any other file is not.
        spare: What is read for it, as `toolkit.output.check_output` takes it: the source, above all.

    Raises:
        ArgumentError: If the name does not end in one of `ENDINGS`, what writes it is not installed, or something else would be lost.
        ExportError: If no file can be written there.
    """
    path = Path(path)
    check(path.suffix in ENDINGS, "table", "path", f"a name that ends in {' or '.join(ENDINGS)}", str(path))
    if path.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401, ICN001  # an extra: 0.2 s, 150 MB on disk
        except ImportError as error:
            fix = 'Install it with `pip install "foudre[parquet]"`, or write .csv.'
            raise ArgumentError(wording("table", "pyarrow", "installed for .parquet", "none", fix=fix)) from error
    check_output(path, "table", ours=_is_table, spare=spare)
    return path.absolute()


def _is_table(path: Path) -> bool:
    """Whether `write_table` has written a file, as its columns tell."""
    if path.suffix == ".parquet":
        from pyarrow.parquet import read_schema

        names = read_schema(path).names
    else:
        with open(path, newline="", encoding="utf-8") as file:
            names = file.readline(MAX_HEADER).rstrip().split(",")
    return [*names[:1], *names[-1:]] == ["source", "error"]


def write_table(table: Statistics, path: str | Path) -> None:
    """Write a line a sample: where it comes from, its label, group and split, its figures, and why it failed if it did.

    Names are percent-escaped as in a dataset file. In a CSV so is the first character of a name that a spreadsheet would take for a
    formula (``=SUM(A1).png`` is written ``%3DSUM(A1).png``): nothing runs, and unescaping gives the name back. Parquet has types and
    runs nothing: names stay as they are there, and figures that failed are missing.

    Args:
        table: The samples and their figures.
        path: A name that ends in .csv or .parquet.

    Raises:
        ArgumentError, ExportError: As `table_path` does.
    """
    path = table_path(path)
    with write_whole(path) as partial:
        (_write_parquet if path.suffix == ".parquet" else _write_csv)(table, partial)


def _write_csv(table: Statistics, path: Path) -> None:
    names = _names(table)
    figures = {name: values.tolist() for name, values in table.columns.items()}
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *figures, "error"])
        for row, cells in enumerate(zip(*names.values(), strict=True)):
            failed = table.failures.get(row)
            own = [values[row] if failed is None else "" for values in figures.values()]
            writer.writerow([*(_defuse(cell) if isinstance(cell, str) else cell for cell in cells), *own, _defuse(failed or "")])


def _write_parquet(table: Statistics, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    failed = np.zeros(len(table), np.bool_)
    failed[list(table.failures)] = True
    columns = {name: pa.array(cells) for name, cells in _names(table).items()}
    columns |= {name: pa.array(values, mask=failed) for name, values in table.columns.items()}
    columns["error"] = pa.array([table.failures.get(row) for row in range(len(table))], pa.string())
    pq.write_table(pa.table(columns), path)


def _names(table: Statistics) -> dict[str, list[Any]]:
    """What is known of each sample beside its figures, as people read it: names in place of numbers where there are any."""
    manifest = table.manifest
    known: dict[str, list[Any]] = {"source": [escape_name(origin) for origin in manifest.origin]}
    for column, names in (("label", manifest.classes), ("group", manifest.group_names), ("split", SPLITS)):
        values = getattr(manifest, column)
        if values is not None:
            ids = len(names) and values.ndim == 1 and np.issubdtype(values.dtype, np.integer)
            shown = [escape_name(name) for name in names]
            known[column] = [_named(value, shown) for value in values.tolist()] if ids else values.tolist()
    return known


def _named(number: int, names: list[str]) -> str:
    """The name of an id; the id itself where there is none, nothing for −1."""
    return names[number] if 0 <= number < len(names) else str(number) if number >= 0 else ""


def _defuse(cell: str) -> str:
    """Percent-escape the first character of what a spreadsheet would run."""
    return "".join(f"%{byte:02X}" for byte in cell[0].encode()) + cell[1:] if cell.startswith(FORMULA) else cell
