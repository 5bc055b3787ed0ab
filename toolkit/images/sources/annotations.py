"""What readers of annotation sets share: marked boxes come in, picture by picture, rows of a Manifest that are cut to them go out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.rows import Rows
from toolkit.images.transforms import Box
from toolkit.sources import SourceOptions, Tree, split_of
from toolkit.wing import SPLITS, Manifest, Skipped, Understood

__all__ = ["BoxRows", "Edges", "Mark", "mark_pixels", "picture_size", "shorten", "split_in"]

Edges = tuple[Any, Any, Any, Any]
"""Left, top, right and bottom of a box in pixels, measured from the picture's upper left corner: the first pixel reaches from 0 to 1."""

_SLIVER = 0.01
"""A pixel that a box covers by less is not in it: edges are written with few decimals, and shares of a picture are multiplied."""

_UNKNOWN = (0, 0)
_SHOWN = 4


class Mark(NamedTuple):
    """A box that an annotation marks.

    Args:
        name: What the annotation is called, beside its picture.
        label: The class.
        edges: Of the box, as read.
    """

    name: str
    label: str
    edges: Edges


@dataclass
class BoxRows(Rows):
    """Boxes that a reader has found so far, each a sample.

    Args:
        size: Width and height of each row's picture as the annotation says, (0, 0) where it does not.
        seen: Pictures that annotations name.
        counts: What is told of them by number, in the order in which it came up.
        places: Split → the folders or files that its rows come from.
        passed_over: What lies beside the annotations and is not read.
    """

    cut: bool = True
    size: list[tuple[int, int]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[int, dict[str, None]] = field(default_factory=dict)
    passed_over: tuple[Skipped, ...] = ()

    def count(self, what: str, number: int = 1) -> None:
        """Count what the user is told of by number."""
        self.counts[what] = self.counts.get(what, 0) + number

    def mark(self, picture: str, marks: Iterable[Mark], *, split: int = -1, size: tuple[int, int] = _UNKNOWN, place: str = "") -> None:
        """Append what is marked in a picture; a mark that can be no sample is skipped, and a picture that was there already.

        Args:
            picture: Its name in the tree.
            marks: In order.
            split: Index into `SPLITS`, −1 where annotations say nothing: then the picture's folders may.
            size: Width and height, as the annotation says; (0, 0) if it does not.
            place: The folder or file that the split is told by.
        """
        if picture in self.seen:
            self.skip(picture, "is annotated a second time: what was found first counts")
            return
        self.seen.add(picture)
        if split < 0 and (split := split_in(picture)) >= 0:
            place = picture[: picture.rfind("/") + 1]
        found: set[tuple[str, Box]] = set()
        empty = True
        for name, label, edges in marks:
            empty = False
            try:
                box = mark_pixels(edges, size)
                if not label:
                    raise DataError("it has no class")
            except DataError as error:
                self.skip(f"{picture} {name}", str(error))
                continue
            if (label, box) in found:
                self.skip(f"{picture} {name}", "the same box and class are marked twice")
                continue
            found.add((label, box))
            self.add(picture, label=label, split=split, box=box)
            self.size.append(size)
            if min(box) < 0 or (size != _UNKNOWN and (box[2] >= size[0] or box[3] >= size[1])):
                self.count("Boxes that reach over their picture's edge, where they are cut")
        if empty:
            self.count("Pictures without an annotation, left out")
        if found:
            self.places.setdefault(split, {})[place] = None

    def finish_boxes(self, tree: Tree, options: SourceOptions, layout: str, labels: str, **more: Any) -> Manifest:
        """Return the rows as a manifest; its column ``size`` is int32, shape (N, 2): width and height as annotated, 0 where unknown.

        Args:
            tree: Its names are the origins.
            options: How the source is read.
            layout: What the source was recognised as.
            labels: Where labels come from.
            **more: More of the manifest's fields.

        Raises:
            DataError: If nothing is marked.
        """
        if not self.origin:
            first = f" The first: {printable(self.skipped[0].path)}, {self.skipped[0].reason}." if self.skipped else ""
            raise DataError(f"read: {printable(str(tree.root))} must mark boxes in pictures that are there, got none as {layout}.{first}")
        folders = {name[: name.rfind("/") + 1] for name in self.origin}
        pictures = (f"{folder}{name}" for folder in folders for name in tree.entries(folder).files if is_picture(name))
        if unnamed := sum(picture not in self.seen for picture in pictures):
            self.count("Pictures beside these that no annotation names, left out", unnamed)
        for what, number in self.counts.items():
            self.tell(f"{what}: {number:,}.")
        parts = {SPLITS[split] if split >= 0 else "": shorten(places) for split, places in self.places.items()}
        self.understood = Understood(layout, parts, labels, boxes=layout.partition(",")[0], passed_over=self.passed_over)
        return self.finish(tree, options, columns={"size": np.array(self.size, np.int32)}, **more)


def mark_pixels(edges: Edges, size: tuple[int, int] = _UNKNOWN) -> Box:
    """Return the pixels that a box covers, wholly or in part: x1, y1, x2, y2, both corners inside.

    Args:
        edges: Of the box; numbers.
        size: Width and height of the picture; (0, 0) if unknown.

    Returns:
        For example (2, 3, 20, 9) for edges at 2.5, 3, 20.2 and 10. Sides outside the picture stay there: they are clipped at cutting.

    Raises:
        DataError: If an edge is no number or beyond 2³¹, or the box has no area or lies outside the picture.
    """
    if any(isinstance(edge, bool) or not isinstance(edge, (int, float)) or not abs(edge) < 1 << 31 for edge in edges):
        raise DataError(f"box must have four numbers as its edges, got {_say(edges)}")
    left, top, right, bottom = edges
    if not (left < right and top < bottom):
        raise DataError(f"box must have a width and a height above 0, got the edges {_say(edges)}")
    (x1, x2), (y1, y2) = _cover(left, right), _cover(top, bottom)
    width, height = size if size != _UNKNOWN else (1 << 31, 1 << 31)
    if x2 < 0 or y2 < 0 or x1 >= width or y1 >= height:
        shown = f" of {width} × {height} pixels" if size != _UNKNOWN else ""
        raise DataError(f"box must lie at least partly inside the picture{shown}, got the edges {_say(edges)}")
    return x1, y1, x2, y2


def _say(edges: Edges) -> str:
    return ", ".join(printable(str(edge), 20) for edge in edges)


def _cover(low: float, high: float) -> tuple[int, int]:
    first = math.floor(low + _SLIVER)
    return first, max(first, math.ceil(high - _SLIVER) - 1)


def split_in(path: str) -> int:
    """Return the split that a folder of a path means by its name, the outermost if several do; −1 if none does."""
    return next((split for folder in path.split("/")[:-1] if (split := split_of(folder)) >= 0), -1)


def picture_size(width: object, height: object) -> tuple[int, int]:
    """Return a picture's width and height as an annotation has them; (0, 0) unless both are whole numbers above 0."""
    if isinstance(width, (int, float)) and isinstance(height, (int, float)) and 0 < width < 1 << 31 and 0 < height < 1 << 31:
        return (int(width), int(height)) if width == int(width) and height == int(height) else _UNKNOWN
    return _UNKNOWN


def shorten(names: Iterable[str]) -> str:
    """Return the first few of some folders or files, and how many more there are."""
    listed = [printable(name, 60) or "." for name in names]
    return " + ".join(listed[:_SHOWN]) + (f" + {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else "")
