"""Sources of images: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.images.plan`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.images.sources.csv_table import read_csv
from toolkit.images.sources.folder_layout import read_folder
from toolkit.images.sources.gtsrb import find_gtsrb, read_gtsrb
from toolkit.images.sources.listing import list_pictures
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import source_path, subfolders
from toolkit.wing import Manifest

__all__ = ["ReadOptions", "read", "read_unlabelled"]

_LAYOUTS = (
    "A source is a folder with a folder a class (also inside train/, val/, test/), the GTSRB benchmark as distributed, "
    "or a CSV file with the columns path and label."
)


def read(source: str | Path, options: ReadOptions | None = None) -> Manifest:
    """List the images of a source without decoding any.

    Args:
        source: A folder or a CSV file.
        options: How to read it; by default the layout is recognised.

    Returns:
        A manifest of kind ``"images"``, its rows in a fixed order.

    Raises:
        DataError: If the source is missing, of no known layout, or holds no usable image.
        ArgumentError: If an option means nothing in the source's layout.
    """
    options = options or ReadOptions()
    path = source_path(source)
    layout = _detect(path) if options.layout == "auto" else options.layout
    options.check_layout(layout)
    if layout == "csv":
        return read_csv(path, options)
    if layout == "gtsrb":
        return read_gtsrb(path, tracks=options.group != "none")
    return read_folder(path)


def read_unlabelled(paths: Iterable[str | Path]) -> Manifest:
    """List pictures to predict on: files as they are, folders with all that they hold.

    Args:
        paths: Files and folders, relative to the working directory or absolute.

    Returns:
        A manifest without labels, in the order given; origins begin as the user wrote them. Paths that are missing are among the skipped.
    """
    rows = Rows()
    for path in map(Path, paths):
        if path.is_dir():
            found = list_pictures(path, f"{path}/")
            for picture in found.pictures:
                rows.add(picture)
            rows.skipped += found.skipped
            if not found.pictures:
                rows.skip(str(path), "folder without a picture")
        elif path.exists():
            rows.add(str(path))
        else:
            rows.skip(str(path), "no such file or folder")
    return rows.to_manifest(Path.cwd())


def _detect(path: Path) -> str:
    shown = printable(str(path))
    if path.is_file():
        if path.suffix.lower() in (".csv", ".tsv", ".txt"):
            return "csv"
        raise DataError(f"read: {shown} must be a folder or a CSV file, got another file. {_LAYOUTS}")
    if not path.is_dir():
        raise DataError(f"read: {shown} must be a folder or a CSV file, got nothing there. {_LAYOUTS}")
    if find_gtsrb(path):
        return "gtsrb"
    around = (*find_gtsrb(path.parent).values(), *find_gtsrb(path.parent.parent).values())
    if any(part.is_relative_to(path) for part in around):
        fix = f"Give {printable(str(path.parent))}, or name the layout with --layout."
        raise DataError(f"read: {shown} must be the benchmark's own folder or the one that holds it, got a folder inside it. {fix}")
    if subfolders(path):
        return "folder"
    if list_pictures(path, "").pictures:
        fix = "Put each class's pictures into a folder of its own, or list them with their labels in a CSV file."
        raise DataError(f"read: {shown} must be of a known layout, got pictures without class folders. {fix}")
    raise DataError(f"read: {shown} must be of a known layout, got a folder without pictures or folders. {_LAYOUTS}")
