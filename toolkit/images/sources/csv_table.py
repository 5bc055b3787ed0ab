"""A table of paths and labels, CSV or JSON: comes in as a path, goes out as a Manifest with what its columns say."""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path

from toolkit.errors import DataError, check, printable
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.paths import PathFinder
from toolkit.images.sources.rows import NO_BOX, Rows
from toolkit.images.sources.table import parse_box, parse_edges, parse_sides
from toolkit.images.transforms import Box
from toolkit.sources import Cells, Table, TableRow, Wanted, open_table
from toolkit.wing import Manifest, Understood

__all__ = ["read_csv", "read_json"]

_CORNERS, _SIZES = ("x1", "y1", "x2", "y2"), ("x1", "y1", "w", "h")
_EDGES = (("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"))
"""Names of columns that hold the edges of boxes, as Roboflow writes them: the pixel at ``xmax`` is outside."""
_INSIDE = ("Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2")
"""GTSRB's names of corners, both inside."""
_PEEKED = 1000


def read_csv(path: Path, options: ReadOptions) -> Manifest:
    """List the pictures that lines of cells name, whatever separates and quotes these; as `read_json` does.

    Args:
        path: The file, absolute.
        options: How it is written, and which columns mean what.
    """
    return _read(path, options, "csv")


def read_json(path: Path, options: ReadOptions) -> Manifest:
    """List the pictures that JSON objects name, a line each or in a list.

    Args:
        path: The file, absolute; relative paths in it start from its folder, or from `ReadOptions.root`.
        options: Which columns mean what, and which one groups.

    Returns:
        A manifest with what the file has columns for. Rows that name a missing file, and rows without a label or with an unknown split or
        half a box where there is such a column, are among the skipped. An empty split or box means none, an empty group one of its own.

    Raises:
        DataError: If the file or a column asked for is missing, or no row can be used.
    """
    return _read(path, options, "jsonl")


def _read(path: Path, options: ReadOptions, layout: str) -> Manifest:
    finder, asked = PathFinder(path.parent, options.root), {*options.column_names()} & {*_CORNERS, *_SIZES}
    box_names = {} if asked else {side: others for side, *others in zip(_CORNERS, *_EDGES, _INSIDE, strict=True)}
    wanted = Wanted(
        "path",
        unwanted=("group",) if options.group == "none" else (),
        other_names={"group": ("track",), **box_names},
        kept=("path", "label"),
        is_main=lambda cell: is_picture(cell.strip()) or finder.holds(cell.strip()),
    )
    table, rows, missing = open_table(path, layout, options, wanted), Rows(labels=options.labels), ""
    listed = iter(table)
    first_rows = list(islice(listed, _PEEKED))
    finder.as_they_stand = any(finder.holds(row.cells.get("path") or "") for row in first_rows)
    sides = _find_sides(table, options)
    edges = not asked and tuple(table.opened.names[table.opened.columns[side]] for side in sides) in _EDGES
    for row in chain(first_rows, listed):
        named = row.cells.get("path") or ""
        found = finder.find(named) if named and not row.reason else None
        reason = row.reason or ("" if found else f"named in {path.name}, but missing" if named.strip() else "path is empty")
        reason = reason or _add(rows, found or "", row, sides, edges=edges)
        if reason:
            rows.skip(named or f"{path.name} row {row.number}", reason)
        missing = missing or (named if reason.endswith("missing") else "")
    if not rows.origin:
        first = f" The first: {printable(rows.skipped[0].path)}, {rows.skipped[0].reason}." if rows.skipped else ""
        fix = f" Type {finder.suggest(missing)}." if missing else ""
        got = f"none in {len(rows.skipped)} rows.{first}{fix}"
        raise DataError(f"read: {printable(str(path))} must name pictures that are there, got {got}")
    for sentence in filter(None, (*table.opened.told, finder.tell())):
        rows.tell(sentence)
    if edges and {*rows.box} - {NO_BOX} == {(0, 0, 0, 0)}:
        rule = "in pixels, got none beyond 1, as shares of a picture have"
        raise DataError(f"read: boxes of {printable(str(path))} must be {rule}. Multiply them by the pictures' width and height.")
    if edges:
        typed = ",".join(f"{side}={table.opened.names[table.opened.columns[side]]}" for side in sides)
        rows.tell(f"Boxes end before the pixel at their right and lower edges; --columns {typed} takes it in.")
    if "label" not in table.columns:
        names = printable(", ".join(table.opened.names))
        rows.tell(f"No column is named label, so the pictures are unlabelled; there are {names}: --columns label=COLUMN names one.")
    boxes = ", ".join(table.columns[side].removeprefix("the column ") for side in sides)
    parts = {"": table.columns.get("split", path.name)}
    labels, groups = table.columns.get("label", ""), table.columns.get("group", "")
    rows.understood = Understood(f"a table of paths, {table.opened.form}", parts, labels, groups, boxes and f"the columns {boxes}")
    return rows.finish(path.parent, options, file=path.name)


def _find_sides(table: Table, options: ReadOptions) -> tuple[str, ...]:
    """Return the meanings of the columns that boxes stand in: of two corners, or of one and the size; none if there are none."""
    sides = next((sides for sides in (_CORNERS, _SIZES) if set(sides) <= set(table.columns)), ())
    asked = set(options.column_names()) & {*_CORNERS, *_SIZES}
    check(asked <= set(sides), "read", "columns", f"of a whole box, {', '.join(_CORNERS)} or {', '.join(_SIZES)}", ", ".join(sorted(asked)))
    return sides


def _add(rows: Rows, found: str, row: TableRow, sides: tuple[str, ...], *, edges: bool) -> str:
    """Add a row, or return the reason why it cannot be one."""
    try:
        box = _parse(row.cells, sides, edges=edges) if sides else None
    except DataError as error:
        return str(error)
    except ValueError:
        return f"box must be four numbers, got {printable(', '.join(row.cells[side] or '' for side in sides))}"
    rows.add(found, label=row.label, group=row.group, split=row.split, box=box)
    return ""


def _parse(cells: Cells, sides: tuple[str, ...], *, edges: bool) -> Box:
    values = [cells[side] or "" for side in sides]
    if not any(values):
        return NO_BOX
    if edges:
        return parse_edges(*values)
    return (parse_box if sides == _CORNERS else parse_sides)(*values)
