"""A folder a class, alone or inside train/, val/, test/: comes in as a path, goes out as a Manifest."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import Listing, list_pictures
from toolkit.images.sources.rows import Rows
from toolkit.sources import EMPTY_CLASS, split_folders, subfolders
from toolkit.wing import Manifest

__all__ = ["read_folder"]


def read_folder(root: Path) -> Manifest:
    """List a folder a class, or train/, val/, test/ with a folder a class in each.

    Args:
        root: The folder, absolute.

    Returns:
        A manifest without groups. Class folders without a picture, and pictures outside class folders, are among the skipped.

    Raises:
        DataError: If no class folder holds a picture.
    """
    rows = Rows()
    names = subfolders(root)
    parts = split_folders(root, names)
    for name in names:
        if "" not in parts and f"{name}/" not in parts:
            rows.skip(name, "folder beside train, val and test")
    listings = [_list_stray(rows, root, prefix) for prefix in {"": -1, **parts}]
    for prefix, split in parts.items():
        for name in subfolders(root / prefix):
            found = list_pictures(root / prefix / name, f"{prefix}{name}/")
            for path in found.pictures:
                rows.add(path, label=name, split=split)
            if not found.pictures:
                rows.skip(f"{prefix}{name}", EMPTY_CLASS)
            listings.append(found)
    if not rows.origin:
        raise DataError(f"read: {printable(str(root))} must hold a folder a class with pictures in it, got none.")
    for listing in listings:
        rows.skipped += listing.skipped
    num_ignored = sum(listing.num_ignored for listing in listings)
    rows.note = f"Files that are no pictures, left out: {num_ignored}." if num_ignored else ""
    return rows.to_manifest(root)


def _list_stray(rows: Rows, root: Path, prefix: str) -> Listing:
    found = list_pictures(root / prefix, prefix, deep=False)
    for path in found.pictures:
        rows.skip(path, "not in a class folder")
    return found
