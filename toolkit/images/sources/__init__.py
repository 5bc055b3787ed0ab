"""Sources of images: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.images.plan`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.images.sources.csv_table import read_csv
from toolkit.images.sources.folder_layout import read_folder
from toolkit.images.sources.gtsrb import find_gtsrb, read_gtsrb
from toolkit.images.sources.listing import list_pictures, subfolders
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
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
        A manifest of kind ``"images"``, rows in a fixed order.

    Raises:
        DataError: If the source is missing, of no known layout, or holds no usable image.
    """
    options = options or ReadOptions()
    path = os.path.abspath(source)
    layout = _detect(path) if options.layout == "auto" else options.layout
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
    for path in map(os.fspath, paths):
        if os.path.isdir(path):
            found = list_pictures(path, os.path.join(path, ""))
            for picture in found.pictures:
                rows.add(picture)
            rows.skipped += found.skipped
            if not found.pictures:
                rows.skip(path, "folder without a picture")
        elif os.path.exists(path):
            rows.add(path)
        else:
            rows.skip(path, "no such file or folder")
    return rows.to_manifest(os.getcwd())


def _detect(path: str) -> str:
    if os.path.isfile(path):
        if path.lower().endswith((".csv", ".tsv", ".txt")):
            return "csv"
        raise DataError(f"read: {printable(path)} must be a folder or a CSV file, got another file. {_LAYOUTS}")
    if not os.path.isdir(path):
        raise DataError(f"read: {printable(path)} must exist, got nothing there. {_LAYOUTS}")
    if find_gtsrb(path):
        return "gtsrb"
    if subfolders(path):
        return "folder"
    raise DataError(f"read: the layout of {printable(path)} must be a known one, got a folder without folders. {_LAYOUTS}")
