"""A CSV of paths and labels: comes in as a path, goes out as a Manifest with what its columns say."""

from __future__ import annotations

import os
from collections.abc import Mapping

from toolkit.errors import DataError, printable
from toolkit.images.sources.folder_layout import SPLIT_NAMES
from toolkit.images.sources.options import COLUMNS, ReadOptions
from toolkit.images.sources.rows import NO_BOX, Rows
from toolkit.images.sources.table import parse_box, read_table
from toolkit.wing import Manifest

__all__ = ["read_csv"]

_BOX = ("x1", "y1", "x2", "y2")


def read_csv(path: str, options: ReadOptions) -> Manifest:
    """List the pictures that a CSV names.

    Args:
        path: The file, absolute; paths in it are relative to its folder.
        options: Which columns mean what, and which one groups.

    Returns:
        A manifest with the columns that the file has; rows that name a missing file, or that have no label, an unknown split or half a box
        where such a column is, are among the skipped. An empty split or box is none.

    Raises:
        DataError: If the file or a column asked for is missing, or no row can be used.
    """
    table = read_table(path)
    header = [name.strip() for name in next(table, [])]
    places = _find_columns(path, header, options)
    rows, folders = Rows(), _Folders(os.path.dirname(path))
    for line, row in enumerate(table, 2):
        if len(row) != len(header):
            rows.skip(f"{os.path.basename(path)} row {line}", f"has {len(row)} fields, the header {len(header)}")
            continue
        cells = {meaning: row[place].strip() for meaning, place in places.items()}
        cells["path"] = row[places["path"]]
        reason = _add(rows, cells) if folders.hold(cells["path"]) else "named in the CSV, but missing"
        if reason:
            rows.skip(cells["path"] or f"{os.path.basename(path)} row {line}", reason)
    if not rows.origin:
        first = f" The first: {printable(rows.skipped[0].path)}, {rows.skipped[0].reason}." if rows.skipped else ""
        raise DataError(f"read: {printable(path)} must name pictures that are there, got none in {len(rows.skipped)} rows.{first}")
    return rows.to_manifest(os.path.dirname(path))


def _find_columns(path: str, header: list[str], options: ReadOptions) -> dict[str, int]:
    """Return what each usable column means → its place in the header."""
    asked = options.column_names()
    if options.group not in ("track", "none"):
        asked = {**asked, "group": options.group}
    for meaning, name in {"path": "path", **asked}.items():
        if name not in header:
            fix = f'Name it with columns="{meaning}=…".'
            raise DataError(f"read: {printable(path)} must have a column {name!r} for {meaning}, got {printable(', '.join(header))}. {fix}")
    names = {meaning: asked.get(meaning, meaning) for meaning in COLUMNS}
    places = {meaning: header.index(name) for meaning, name in names.items() if name in header}
    if options.group == "none":
        places.pop("group", None)
    return places


def _add(rows: Rows, cells: Mapping[str, str]) -> str:
    """Add a row, or return the reason why not."""
    if cells.get("label") == "":
        return "has no label"
    if cells.get("group") == "":
        return "has no group"
    split = cells.get("split", "").lower()
    if split and split not in SPLIT_NAMES:
        return f"split must be one of {', '.join(SPLIT_NAMES)}, got {printable(split)}"
    corners = [cells[side] for side in _BOX if side in cells]
    try:
        box = parse_box(corners) if any(corners) else NO_BOX
    except ValueError:
        return f"box must be four whole numbers, got {printable(', '.join(corners))}"
    rows.add(
        cells["path"],
        label=cells.get("label"),
        group=cells.get("group"),
        split=SPLIT_NAMES.get(split, -1),
        box=box if corners else None,
    )
    return ""


class _Folders:
    """Answers whether files are there by listing each folder once: much faster than asking for each file."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._names: dict[str, frozenset[str]] = {}

    def hold(self, path: str) -> bool:
        folder, name = os.path.split(path)
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(os.path.join(self._root, folder)))
            except (OSError, ValueError):
                self._names[folder] = frozenset()
        return name in self._names[folder]
