"""What the readers of every kind of data share: folders to look into, names of splits, and the rows that become a Manifest."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, printable
from toolkit.wing import Manifest, Skipped

__all__ = [
    "EMPTY_CLASS",
    "SPLIT_NAMES",
    "UNLISTED",
    "SampleRows",
    "is_file",
    "is_folder",
    "leads_back",
    "number_names",
    "scan_folder",
    "sort_naturally",
    "source_path",
    "split_folders",
    "subfolders",
    "try_folder",
]

SPLIT_NAMES = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "test": 2, "testing": 2}
"""How people spell the splits, and each one's place in `toolkit.wing.SPLITS`."""

UNLISTED = "a folder that cannot be listed"
"""How the reason begins why a folder is skipped that is closed to us."""

EMPTY_CLASS = "class folder without a sample"
"""Why a folder is skipped that names a class and holds nothing of it."""


@dataclass
class SampleRows:
    """What a reader has found so far; a column that the source does not have stays empty.

    Args:
        origin: Path relative to the manifest's root, or row, of each sample.
        label: Name of each sample's class.
        group: Name of what each sample belongs to.
        split: Index into `SPLITS`, −1 where the source says nothing.
        skipped: What can be no row, with the reason.
        note: What the user is told about the source.
    """

    origin: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    split: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    note: str = ""

    def append(self, origin: str, label: str | None, group: str | None, split: int) -> None:
        """Append one sample; what is None has no column here, and must be None for every row."""
        self.origin.append(origin)
        self.split.append(split)
        if label is not None:
            self.label.append(label)
        if group is not None:
            self.group.append(group)

    def skip(self, path: str, reason: str) -> None:
        """List an input that becomes no row."""
        self.skipped.append(Skipped(path, reason))

    def as_manifest(self, kind: str, root: Path, **more: Any) -> Manifest:
        """Return the rows as a manifest of a kind, with more of its fields; names become ids in their natural order."""
        classes, label = number_names(self.label)
        group_names, group = number_names(self.group)
        imposed = any(part >= 0 for part in self.split)
        return Manifest(
            kind=kind,
            root=str(root),
            origin=self.origin,
            classes=classes,
            label=label if classes else None,
            group=group if group_names else None,
            group_names=group_names,
            split=np.array(self.split, np.int8) if imposed else None,
            skipped=tuple(self.skipped),
            note=self.note,
            **more,
        )


def source_path(source: str | Path) -> Path:
    """Return where a source lies, absolute; an empty text, such as a variable that was never set, does not mean the working folder."""
    check(source != "", "read", "source", "a path", source)
    return Path(source).absolute()


def scan_folder(folder: Path) -> list[os.DirEntry[str]]:
    """Return all that is in a folder, in no order.

    Raises:
        DataError: If the folder is missing or cannot be listed.
    """
    entries, reason = try_folder(folder)
    if reason:
        raise DataError(f"read: {printable(str(folder))} must be a folder that can be listed, got: {reason}.")
    return entries


def try_folder(folder: Path) -> tuple[list[os.DirEntry[str]], str]:
    """Return all that is in a folder, in no order, and why nothing is if it cannot be listed, else an empty text."""
    try:
        with os.scandir(folder) as entries:  # says what is a folder without asking for each; pathlib asks
            return list(entries), ""
    except OSError as error:
        return [], error.strerror or str(error)


def is_file(path: Path) -> bool:
    """Tell whether a path is a file; what a folder without permission hides is none, where `Path.is_file` raises."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a folder, or a link to one; a link that leads back to where it lies is none."""
    try:
        return entry.is_dir() and not (entry.is_symlink() and leads_back(entry))
    except OSError:  # a link to itself
        return False


def leads_back(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a link to the folder that it lies in, or to one around that."""
    return entry.is_symlink() and Path(entry.path).parent.resolve().is_relative_to(os.path.realpath(entry.path))


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, as `is_folder` tells them, those that begin with a dot left out, sorted."""
    return sorted(entry.name for entry in scan_folder(folder) if is_folder(entry) and not entry.name.startswith("."))


def split_folders(root: Path, names: list[str]) -> dict[str, int]:
    """Return which folders of a root hold class folders, as prefixes, each with its split; the root itself as ``""`` with −1."""
    parts = {f"{name}/": SPLIT_NAMES[name.lower()] for name in names if name.lower() in SPLIT_NAMES}
    # A class may be called "train": the names mean splits only if folders lie inside.
    if any(subfolders(root / prefix) for prefix in parts):
        return dict(sorted(parts.items(), key=lambda part: part[1]))
    return {"": -1}


def sort_naturally(names: Iterable[str]) -> tuple[str, ...]:
    """Sort names without repeats: as numbers if all are digits (2 before 10), as text otherwise."""
    unique = set(names)
    digits = all(name.isascii() and name.isdigit() for name in unique)
    return tuple(sorted(unique, key=lambda name: (int(name) if digits else 0, name)))


def number_names(names: list[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Give names ids in their natural order.

    Args:
        names: One a row.

    Returns:
        The different names by id, and int64, shape (N,): the id of each row.
    """
    order = sort_naturally(names)
    place = {name: i for i, name in enumerate(order)}
    return order, np.fromiter((place[name] for name in names), np.int64, len(names))
