"""A CSV of paths and labels: comes in as a path, goes out as a Manifest with what its columns say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.images.sources.options import COLUMNS, ReadOptions
from toolkit.images.sources.rows import NO_BOX, Rows
from toolkit.images.sources.table import parse_box, read_table
from toolkit.sources import SPLIT_NAMES, FolderTree
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["read_csv"]

_SIDES = ("x1", "y1", "x2", "y2")


def read_csv(path: Path, options: ReadOptions) -> Manifest:
    """List the pictures that a CSV names.

    Args:
        path: The file, absolute; relative paths in it start from its folder.
        options: Which columns mean what, and which one groups.

    Returns:
        A manifest with what the file has columns for. Rows that name a missing file, and rows without a label or group or with an unknown
        split or half a box where there is such a column, are among the skipped. An empty split or box means none.

    Raises:
        DataError: If the file or a column asked for is missing, or no row can be used.
    """
    table = read_table(path)
    header = [name.strip() for name in next(table, [])]
    places = _find_columns(path, header, options)
    rows, folders = Rows(), _Folders(path.parent)
    for number, row in enumerate(table, 1):
        if len(row) != len(header):
            rows.skip(f"{path.name} row {number}", f"must have {len(header)} fields as the header has, got {len(row)}")
            continue
        cells = {meaning: row[place] if meaning == "path" else row[place].strip() for meaning, place in places.items()}
        reason = _add(rows, cells) if folders.hold(cells["path"]) else f"named in {path.name}, but missing"
        if reason:
            rows.skip(cells["path"] or f"{path.name} row {number}", reason)
    if not rows.origin:
        first = f" The first: {printable(rows.skipped[0].path)}, {rows.skipped[0].reason}." if rows.skipped else ""
        raise DataError(f"read: {printable(str(path))} must name pictures that are there, got none in {len(rows.skipped)} rows.{first}")
    if "label" not in places:
        rows.tell(f"No column is named label, so the pictures are unlabelled; there are {printable(', '.join(header))}.")
    rows.understood = _describe(path, header, places)
    return rows.finish(path.parent, options, file=path.name)


def _describe(path: Path, header: Sequence[str], places: Mapping[str, int]) -> Understood:
    named = {meaning: f"the column {printable(header[place])}" for meaning, place in places.items()}
    parts = {"": named.get("split", path.name)}
    boxes = f"the columns {', '.join(printable(header[places[side]]) for side in _SIDES)}" if "x1" in places else ""
    return Understood("a table of paths", parts, named.get("label", ""), named.get("group", ""), boxes)


def _find_columns(path: Path, header: list[str], options: ReadOptions) -> dict[str, int]:
    """Return what each usable column means → its place in the header."""
    asked = options.column_names()
    if options.group_column:
        asked["group"] = options.group_column
    for meaning, name in {"path": "path", **asked}.items():
        if name not in header:
            fix = f"Name it with --columns {meaning}=COLUMN."
            got = printable(", ".join(header)) or "an empty file"
            raise DataError(f"read: {printable(str(path))} must have a column {printable(name)} for {meaning}, got {got}. {fix}")
    names = {meaning: asked.get(meaning, meaning) for meaning in COLUMNS}
    if names["group"] not in header:
        names["group"] = "track"
    places = {meaning: header.index(name) for meaning, name in names.items() if name in header}
    for meaning in places:
        if (count := header.count(names[meaning])) > 1:
            rule = f"one column {printable(names[meaning])} for {meaning}"
            raise DataError(f"read: {printable(str(path))} must have {rule}, got {count}.")
    if options.group == "none":
        places.pop("group", None)
    if not set(_SIDES) <= set(places):
        places = {meaning: place for meaning, place in places.items() if meaning not in _SIDES}
    return places


def _add(rows: Rows, cells: Mapping[str, str]) -> str:
    """Add a row, or return the reason why it cannot be one."""
    for meaning in ("label", "group"):
        if cells.get(meaning) == "":
            return f"{meaning} is empty"
    split = cells.get("split", "").lower()
    if split and split not in SPLIT_NAMES:
        return f"split must be one of {', '.join(SPLITS)}, got {printable(split)}"
    box = None
    if "x1" in cells:
        sides = [cells[side] for side in _SIDES]
        try:
            box = parse_box(*sides) if any(sides) else NO_BOX
        except ValueError:
            return f"box must be four numbers, got {printable(', '.join(sides))}"
    rows.add(cells["path"], label=cells.get("label"), group=cells.get("group"), split=SPLIT_NAMES.get(split, -1), box=box)
    return ""


class _Folders:
    """Answers whether files are there by listing each folder once: much faster than asking for each file."""

    def __init__(self, root: Path) -> None:
        self._tree = FolderTree(root)
        self._names: dict[str, frozenset[str]] = {}

    def hold(self, path: str) -> bool:
        folder, slash, name = path.rpartition("/")
        if folder not in self._names:
            self._names[folder] = frozenset(self._tree.entries(folder + slash).files)
        return name in self._names[folder]
