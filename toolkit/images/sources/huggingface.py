"""Hugging Face's folders of pictures with a metadata.csv or metadata.jsonl: come in as a tree, go out as a Manifest.

Source: Hugging Face Hub, "Create an image dataset", ImageFolder: a line a picture, the column file_name relative to the metadata's folder.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.part_files import walk_levels
from toolkit.images.sources.rows import Rows
from toolkit.images.sources.table import read_table
from toolkit.sources import Tree, list_files, split_of
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["find_huggingface", "read_huggingface"]

_METADATA = ("metadata.csv", "metadata.jsonl")
_FILE = "file_name"
_FIRST_LINE = 1 << 16
_OUTSIDE = ("/", "../")


def find_huggingface(tree: Tree) -> tuple[str, ...] | None:
    """Find the metadata, one or one in each folder of a part, by names and first lines; None if there are none."""
    tables = [folder + name for folder, entries in walk_levels(tree) for name in _METADATA if name in entries.files]
    return tuple(name for name in tables if _names_files(tree, name)) or None


def _names_files(tree: Tree, name: str) -> bool:
    with open(tree.local(name), "rb") as file:
        return _FILE.encode() in file.readline(_FIRST_LINE)


def read_huggingface(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures that the metadata name.

    Args:
        tree: The source.
        options: `columns` names the column of labels where there are several that can be.

    Returns:
        A manifest; folders named for parts make the splits. Files that are named but missing are among the skipped, and so are rows without
        a label where there are labels.

    Raises:
        DataError: If no metadata are there or cannot be read, name no picture that is there, or several columns can be labels.
    """
    tables = find_huggingface(tree) or ()
    if not tables:
        raise DataError(f"read: {printable(str(tree.root))} must hold a metadata.csv or metadata.jsonl with {_FILE}, got none.")
    found = [(table, number, cells) for table in tables for number, cells in enumerate(_read_rows(tree, table), 1)]
    label, rows = _find_label(tree, [cells for _, _, cells in found], options), Rows()
    listed: dict[str, frozenset[str]] = {}
    for table, number, cells in found:
        folder = table.rpartition("/")[0]
        name = posixpath.normpath(posixpath.join(folder, str(cells.get(_FILE) or "")))
        inside, slash, file = name.rpartition("/")
        if inside not in listed:
            listed[inside] = frozenset() if name.startswith(_OUTSIDE) else frozenset(tree.entries(inside + slash).files)
        reason = "" if file in listed[inside] else f"named in {table}, but missing"
        reason = "its name leads out of the source" if name.startswith(_OUTSIDE) else reason
        value = _as_text(cells.get(label)) if label else None
        if reason or value == "":
            rows.skip(name if cells.get(_FILE) else f"{table} row {number}", reason or f"{label} is empty")
        else:
            rows.add(name, label=value, split=_find_split(inside))
    if not rows.origin:
        first = f" The first: {printable(rows.skipped[0].path)}, {rows.skipped[0].reason}." if rows.skipped else ""
        raise DataError(f"read: {printable(tables[0])} must name pictures that are there, got none in {len(found)} rows.{first}")
    named = {*rows.origin}
    if others := sum(is_picture(name) and name not in named for name in list_files(tree, "")):
        rows.tell(f"Pictures that the metadata do not name, left out: {others:,}.")
    if not label:
        rows.tell("No column of the metadata is one of labels, so the pictures are unlabelled: --columns label=COLUMN names one.")
    rows.understood = Understood(
        "a folder of pictures with metadata, as on Hugging Face", _say_parts(rows), label and f"the column {label}"
    )
    return rows.finish(tree, options)


def _read_rows(tree: Tree, table: str) -> Iterator[Mapping[str, Any]]:
    path = tree.local(table)
    if table.endswith(".csv"):
        rows = read_table(path)
        header = [name.strip() for name in next(rows, [])]
        yield from (dict(zip(header, cells, strict=False)) for cells in rows)
        return
    with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line) if line.strip() else {}
            except (ValueError, RecursionError) as error:
                raise DataError(wording("read", "each line", "a JSON object", str(error), at=f"{table} line {number}")) from error
            if not isinstance(found, dict):
                raise DataError(wording("read", "each line", "a JSON object", type(found).__name__, at=f"{table} line {number}"))
            if found:
                yield found


def _find_label(tree: Tree, rows: Sequence[Mapping[str, Any]], options: ReadOptions) -> str:
    """The column asked for; that named label; or the only other one, unless its texts differ from row to row as captions do."""
    columns = {name: None for cells in rows for name in cells if name != _FILE}
    asked = options.column_names().get("label")
    if asked and asked not in columns:
        fix = f"There are {', '.join(columns) or 'none'}: name one with --columns label=COLUMN."
        raise DataError(wording("read", "the column for label", "one of the metadata's", asked, at=str(tree.root), fix=fix))
    if asked or "label" in columns:
        return asked or "label"
    plain = [name for name in columns if not any(isinstance(cells.get(name), (list, dict)) for cells in rows)]
    if len(plain) > 1:
        fix = f"Say which: --columns label={plain[0]}."
        raise DataError(wording("read", "the column for label", "one", ", ".join(plain), at=str(tree.root), fix=fix))
    different = {_as_text(cells.get(name)) for name in plain for cells in rows}
    return plain[0] if plain and 2 * len(different) <= len(rows) else ""


def _as_text(value: Any) -> str:
    """A label as text; what is missing is empty."""
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _find_split(folder: str) -> int:
    return next((split for name in folder.split("/") if (split := split_of(name)) >= 0), -1)


def _say_parts(rows: Rows) -> dict[str, str]:
    named = {split: name.rpartition("/")[0] for name, split in zip(reversed(rows.origin), reversed(rows.split), strict=True)}
    return {SPLITS[split] if split >= 0 else "": folder or "." for split, folder in sorted(named.items())}
