"""The columns that every layout's reader fills row by row, and the Manifest that they become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit.images.transforms import Box
from toolkit.wing import Manifest, Skipped

__all__ = ["NO_BOX", "Rows", "sort_naturally"]

NO_BOX: Box = (-1, -1, -1, -1)
"""Stands in the column ``box`` for a row that has none."""


@dataclass
class Rows:
    """What a reader has found so far; a column that the source does not have stays empty.

    Args:
        origin: Path of each picture, relative to the manifest's root.
        label: Name of each picture's class.
        group: Name of what each picture belongs to.
        split: Index into `SPLITS`, −1 where the source says nothing.
        box: The annotated box, `NO_BOX` where there is none.
        skipped: What can be no row, with the reason.
        note: What the user is told about the source.
    """

    origin: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    split: list[int] = field(default_factory=list)
    box: list[Box] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    note: str = ""

    def add(self, origin: str, *, label: str | None = None, group: str | None = None, split: int = -1, box: Box | None = None) -> None:
        """Append one picture; what is None has no column here, and must be None for every row."""
        self.origin.append(origin)
        self.split.append(split)
        if label is not None:
            self.label.append(label)
        if group is not None:
            self.group.append(group)
        if box is not None:
            self.box.append(box)

    def skip(self, path: str, reason: str) -> None:
        """List an input that becomes no row."""
        self.skipped.append(Skipped(path, reason))

    def group_repeats(self) -> None:
        """Make pictures that stand in several rows, with other boxes say, groups of their own, unless there are groups already."""
        repeated = len(self.origin) - len(set(self.origin))
        if repeated and not self.group:
            self.group = list(self.origin)
            self.note = " ".join(
                filter(None, (self.note, f"{repeated} rows name a picture again: the rows of a picture stay in one split."))
            )

    def to_manifest(self, root: Path) -> Manifest:
        """Return the rows as a manifest of kind ``images``; names become ids in their natural order."""
        classes, label = _number(self.label)
        group_names, group = _number(self.group)
        imposed = any(part >= 0 for part in self.split)
        return Manifest(
            kind="images",
            root=str(root),
            origin=self.origin,
            classes=classes,
            label=label if classes else None,
            group=group if group_names else None,
            group_names=group_names,
            split=np.array(self.split, np.int8) if imposed else None,
            columns={"box": np.array(self.box, np.int32)} if self.box else {},
            skipped=tuple(self.skipped),
            note=self.note,
        )


def sort_naturally(names: Iterable[str]) -> tuple[str, ...]:
    """Sort names without repeats: as numbers if all are digits (2 before 10), as text otherwise."""
    unique = set(names)
    digits = all(name.isascii() and name.isdigit() for name in unique)
    return tuple(sorted(unique, key=lambda name: (int(name) if digits else 0, name)))


def _number(names: list[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    order = sort_naturally(names)
    place = {name: i for i, name in enumerate(order)}
    return order, np.fromiter((place[name] for name in names), np.int64, len(names))
