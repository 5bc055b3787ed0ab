"""A folder a class, alone or inside train/, val/, test/: comes in as a path, goes out as a Manifest."""

from __future__ import annotations

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import list_pictures, subfolders
from toolkit.images.sources.rows import Rows
from toolkit.wing import Manifest

__all__ = ["SPLIT_NAMES", "read_folder"]

SPLIT_NAMES = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "test": 2, "testing": 2}
"""How people spell the splits, and each one's place in `toolkit.wing.SPLITS`."""


def read_folder(root: str) -> Manifest:
    """List a folder a class, or train/, val/, test/ with a folder a class in each.

    Args:
        root: The folder, absolute.

    Returns:
        A manifest without groups. Class folders without a picture, and pictures outside class folders, are among the skipped.

    Raises:
        DataError: If there is no folder in it, or no picture in any class folder.
    """
    rows = Rows()
    ignored = 0
    names = subfolders(root)
    parts = _split_parts(root, names)
    for prefix in {"": -1, **parts}:  # what lies outside class folders
        stray = list_pictures(f"{root}/{prefix}", prefix, deep=False)
        rows.skipped += stray.skipped
        for path in stray.pictures:
            rows.skip(path, "not in a class folder")
        ignored += stray.ignored
    for prefix, split in parts.items():
        for name in subfolders(f"{root}/{prefix}"):
            found = list_pictures(f"{root}/{prefix}{name}", f"{prefix}{name}/")
            if not found.pictures:
                rows.skip(f"{prefix}{name}", "class folder without a picture")
            for path in found.pictures:
                rows.add(path, label=name, split=split)
            rows.skipped += found.skipped
            ignored += found.ignored
    if not rows.origin:
        raise DataError(f"read: {printable(root)} must hold a folder a class with pictures in it, got {len(names)} folders without any.")
    if ignored:
        rows.note = f"{ignored} files that are no pictures were left out"
    return rows.to_manifest(root)


def _split_parts(root: str, names: list[str]) -> dict[str, int]:
    """Return the folders that hold class folders, as prefixes, each with its split."""
    # A class may be called "train": the names are splits only if all of them are, and folders lie inside.
    if all(name.lower() in SPLIT_NAMES for name in names) and any(subfolders(f"{root}/{name}") for name in names):
        return {f"{name}/": SPLIT_NAMES[name.lower()] for name in sorted(names, key=lambda name: (SPLIT_NAMES[name.lower()], name))}
    return {"": -1}
