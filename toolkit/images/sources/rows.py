"""The columns that every layout's reader fills row by row, and the Manifest that they become."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.images.transforms import Box
from toolkit.sources import SampleRows, SourceOptions, Tree
from toolkit.wing import Manifest

__all__ = ["NO_BOX", "Rows"]

NO_BOX: Box = (-1, -1, -1, -1)
"""Stands in the column ``box`` for a row that has none."""


@dataclass
class Rows(SampleRows):
    """Pictures that a reader has found so far.

    Args:
        box: The annotated box of each, `NO_BOX` where there is none.
        cut: Whether a sample is what its box marks, not the whole picture: several boxes of a picture are several samples.
    """

    box: list[Box] = field(default_factory=list)
    cut: bool = False

    def add(self, origin: str, *, label: str | None = None, group: str | None = None, split: int = -1, box: Box | None = None) -> None:
        """Append one picture; what is None has no column here, and must be None for every row."""
        self.append(origin, label, group, split)
        if box is not None:
            self.box.append(box)

    def finish(self, place: Tree | Path, options: SourceOptions, **more: Any) -> Manifest:
        """Group as the user asked, and return the rows as a manifest of kind ``images``; names become ids in their natural order.

        Args:
            place: The tree whose names the origins are, or the folder that they start from.
            options: How the source is read.
            **more: More of the manifest's fields.
        """
        if options.group_pattern:
            self.group_by(options.group_pattern)
        if options.group != "none":
            self.join_groups(self.origin, "picture")
        repeated = len(set(self.origin)) < len(self.origin)
        self.cut = self.cut or (repeated and bool(self.box))
        if self.cut:
            boxes = "; ".join(filter(None, (self.understood.boxes, "each sample is what its box marks")))
            self.understood = replace(self.understood, boxes=boxes)
            more["reading"] = {**more.get("reading", {}), "cut": True}
        columns = {"box": np.array(self.box, np.int32)} if self.box else {}
        more["columns"] = {**columns, **more.get("columns", {})}
        if isinstance(place, Path):
            return self.as_manifest("images", place, **more)
        return place.place(self.as_manifest("images", place.root, **more))
