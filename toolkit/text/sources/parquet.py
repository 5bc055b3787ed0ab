"""Parquet: a file's columns come in, its rows go out as JSON lines in a spool, which are read as any table of JSON lines is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources import SpoolFile
from toolkit.text.sources.options import COLUMNS, TextReadOptions
from toolkit.text.sources.rows import TextRows

__all__ = ["unpack_parquet"]

_BATCH_ROWS = 1024


def unpack_parquet(path: Path, name: str, options: TextReadOptions, rows: TextRows) -> tuple[Path, SpoolFile]:
    """Write the columns that mean something as JSON lines.

    Args:
        path: The file.
        name: What it is called.
        options: Which columns mean what.
        rows: Get the names of classes, which the Hugging Face libraries keep in the file.

    Returns:
        The path of the lines, and the spool that holds them.

    Raises:
        DataError: If pyarrow is not installed, or the file is damaged or lacks a column.
    """
    shown = printable(str(path))
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        fix = "Install it: pip install 'foudre[parquet]'."
        raise DataError(f"read: {shown} must have the package pyarrow to be read, got none. {fix}") from error
    spool = SpoolFile(name)
    try:
        with pq.ParquetFile(path) as file:
            asked = options.column_names()
            for meaning, column in {"text": "text", **asked}.items():
                if column not in file.schema_arrow.names:
                    got, fix = printable(", ".join(file.schema_arrow.names)), f"Name it with --columns {meaning}=COLUMN."
                    raise DataError(f"read: {shown} must have a column {printable(column)} for {meaning}, got {got}. {fix}")
            columns = [column for column in file.schema_arrow.names if column in {*COLUMNS, *asked.values()}]
            label = asked.get("label", "label")
            rows.class_names = _class_names(file.schema_arrow.metadata, label)
            spool.fill(_lines(file, columns, label if rows.class_names else ""))
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"read: {shown} must be a whole Parquet file, got: {' '.join(str(error).split())}.") from error
    spool.close()
    return Path(spool.path), spool


def _lines(file: Any, columns: list[str], numbered: str) -> Iterator[bytes]:
    """Yield rows; −1 in a column of numbered classes is no label."""
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
        for row in batch.to_pylist():
            if numbered and row[numbered] == -1:
                del row[numbered]
            yield f"{json.dumps(row, default=_as_json)}\n".encode()


def _as_json(value: Any) -> str | None:
    """Say a value as text that JSON has no form for; bytes that are no UTF-8 are none."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _class_names(metadata: dict[bytes, bytes] | None, column: str) -> dict[str, str]:
    """Names by number, as ``datasets`` writes them into a file's metadata; none if they are not there."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return {str(number): str(name) for number, name in enumerate(features[column]["names"])}
    except (KeyError, TypeError, ValueError):
        return {}
