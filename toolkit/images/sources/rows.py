"""The columns that every layout's reader fills row by row, and the Manifest that they become."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from toolkit.images.transforms import Box
from toolkit.sources import SampleRows
from toolkit.wing import Manifest

__all__ = ["NO_BOX", "Rows"]

NO_BOX: Box = (-1, -1, -1, -1)
"""Stands in the column ``box`` for a row that has none."""


@dataclass
class Rows(SampleRows):
    """Pictures that a reader has found so far.

    Args:
        box: The annotated box of each, `NO_BOX` where there is none.
    """

    box: list[Box] = field(default_factory=list)

    def add(self, origin: str, *, label: str | None = None, group: str | None = None, split: int = -1, box: Box | None = None) -> None:
        """Append one picture; what is None has no column here, and must be None for every row."""
        self.append(origin, label, group, split)
        if box is not None:
            self.box.append(box)

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
        return self.as_manifest("images", root, columns={"box": np.array(self.box, np.int32)} if self.box else {})
