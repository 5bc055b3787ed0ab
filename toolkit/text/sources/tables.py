"""CSV and JSON objects, a row a text: a path comes in, a Manifest goes out; `toolkit.text.documents` reads its rows again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolkit.sources import Wanted, open_table
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows
from toolkit.wing import SPLITS, Manifest

__all__ = ["list_table", "read_table"]


def read_table(path: Path, options: TextReadOptions, layout: str) -> Manifest:
    """List the texts of a table.

    Args:
        path: The file, absolute.
        options: Which columns mean what, and the encoding.
        layout: ``"csv"``, whatever separates and quotes its cells; or ``"jsonl"``, objects, a line each or in a list.

    Returns:
        A manifest with what the table has columns for. Rows that cannot be read, without text or label, or with an unknown split, are
        among the skipped. An empty split means none, an empty group a group of the row's own.

    Raises:
        DataError: If the file cannot be read or lacks a column, or no row can be used.
    """
    rows = TextRows()
    reading = list_table(path, options, layout, rows)
    rows.check_any(path)
    if not rows.label and options.label == "auto":
        rows.tell("No column is named label, so the texts are unlabelled; name one with --label COLUMN.")
    return rows.finish(path.parent, options, reading, file=path.name)


def list_table(path: Path, options: TextReadOptions, layout: str, rows: TextRows, *, split: int = -1) -> dict[str, Any]:
    """Add the texts of one table to rows that may hold those of others.

    Args:
        path: The file, absolute.
        options: Which columns mean what, and the encoding.
        layout: ``"csv"`` or ``"jsonl"``.
        rows: They are added here; rows that cannot be read are listed among the skipped.
        split: Index into `SPLITS` of rows that name none themselves; −1 if the file is no part.

    Returns:
        What `toolkit.text.documents` must know of the file to read its rows again: ``format``, ``encoding``, ``column``,
        and of CSV ``delimiter`` and ``quoting``.

    Raises:
        DataError: If the file cannot be read or lacks a column.
    """
    unwanted = {meaning for meaning, choice in (("label", options.label), ("group", options.group)) if choice == "none"}
    table = open_table(path, layout, options, Wanted("text", unwanted=unwanted, kept=("text", "label"), places=True))
    for row in table:
        name = f"{path.name} row {row.number}"
        if row.reason:
            rows.skip(name, row.reason)
        else:
            rows.add(name, label=row.label, group=row.group, split=split if row.split < 0 else row.split, place=row.place)
    for sentence in table.opened.told:
        rows.tell(sentence)
    rows.labels = options.labels
    _describe(rows, table.opened.form, table.columns, {SPLITS[split] if split >= 0 else "": path.name})
    return dict(table.opened.reading)


def _describe(rows: TextRows, form: str, columns: Mapping[str, str], parts: Mapping[str, str]) -> None:
    """Say what a table was understood as, beside what was said of those before it."""
    told = rows.understood
    parts = {name: columns.get("split", place) for name, place in parts.items()}
    rows.understood = replace(
        told,
        layout=told.layout or f"a table of texts, {form}",
        parts={**told.parts, **parts},
        labels=told.labels or columns.get("label", ""),
        groups=told.groups or columns.get("group", ""),
    )
