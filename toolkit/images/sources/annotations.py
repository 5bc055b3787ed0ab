"""What readers of annotation sets share: marked boxes come in, picture by picture, rows of a Manifest that are cut to them go out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.rows import Rows
from toolkit.images.transforms import Box
from toolkit.sources import SourceOptions, Tree, list_files, split_of
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["BoxRows", "Edges", "Mark", "PictureNames", "mark_pixels", "picture_size", "read_head", "read_lists", "split_in"]

Edges = tuple[Any, Any, Any, Any]
"""Left, top, right and bottom of a box in pixels, measured from the picture's upper left corner: the first pixel reaches from 0 to 1."""

_SLIVER = 0.01
"""A pixel that a box covers by less is not in it: edges are written with few decimals, and shares of a picture are multiplied."""

_UNKNOWN = (0, 0)
_MASKS = frozenset({"mask", "masks", "segmentationclass", "segmentationobject"})
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
    """

    cut: bool = True
    size: list[tuple[int, int]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[int, dict[str, None]] = field(default_factory=dict)

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
        parts = {SPLITS[split] if split >= 0 else "": _shorten(places) for split, places in self.places.items()}
        self.understood = Understood(layout, parts, labels, boxes=layout.partition(",")[0])
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


def read_lists(tree: Tree, folder: str) -> Mapping[str, tuple[int, str]]:
    """Read the lists of pictures, a line each, that say the splits.

    Args:
        tree: Where they lie.
        folder: That of ``train.txt``, ``val.txt`` and ``test.txt``; ``trainval.txt`` counts where there is no list of train.

    Returns:
        Picture without its ending → its split, −1 if that is still to be cut, and the list that says so.

    Raises:
        DataError: If a picture is in two splits.
    """
    names = [name for name in tree.entries(folder).files if name.endswith(".txt")]
    lists = {name: split for name in names if (split := split_of(name.removesuffix(".txt"))) >= 0}
    if 0 not in lists.values() and "trainval.txt" in names:
        lists["trainval.txt"] = -1
    found: dict[str, tuple[int, str]] = {}
    for name, split in lists.items():
        text = tree.read(f"{folder}{name}").decode("utf-8-sig", "surrogateescape")
        for stem in (line.split()[0] for line in text.splitlines() if line.strip()):
            known, listed = found.setdefault(stem, (split, f"{folder}{name}"))
            if known != split:
                got = f"{printable(stem)} in {printable(listed)} and {name}"
                raise DataError(wording("read", "each picture", "in one list", got, at=str(tree.root), fix="Take it out of one of them."))
    return found


class PictureNames:
    """Tells where the pictures lie that annotations name, by listing each folder once.

    Args:
        tree: Where to look.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._listed: dict[str, Mapping[str, Sequence[str]]] = {}
        self._anywhere: dict[str, list[str]] = {}

    def find(self, name: str, folders: Iterable[str], *, split: int = -1, below: str = "") -> str:
        """Return a picture's name in the tree.

        Args:
            name: As an annotation has it: a path, perhaps of another machine, or without an ending.
            folders: Where it may lie, the likeliest first; else the only one of its name is taken, wherever that is.
            below: The folder that is searched then.
            split: That of the annotation: what lies in another split's folder is not meant.

        Raises:
            DataError: If there is none, or several that could be meant.
        """
        *way, last = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")] or [""]
        for start in range(len(way) + 1):  # paths of another machine end as ours do
            inner = "".join(f"{part}/" for part in way[start:])
            for place in folders if ".." not in way[start:] else ():
                if here := self._inside(f"{place}{inner}").get(last):
                    return _only(here)
        found = [path for path in self._search(last) if path.startswith(below)]
        return _only([path for path in found if split < 0 or split_in(path) in (-1, split)])

    def _inside(self, folder: str) -> Mapping[str, Sequence[str]]:
        """A folder's pictures by their names, and by these without the ending."""
        if folder not in self._listed:
            names = [name for name in self._tree.entries(folder).files if is_picture(name)]
            found: dict[str, list[str]] = {}
            for name in names:
                found.setdefault(name.rpartition(".")[0], []).append(f"{folder}{name}")
            self._listed[folder] = {**found, **{name: [f"{folder}{name}"] for name in names}}
        return self._listed[folder]

    def _search(self, name: str) -> Sequence[str]:
        if not self._anywhere:
            for path in filter(is_picture, list_files(self._tree, "")):
                if _MASKS & {part.lower() for part in path.split("/")[:-1]}:
                    continue
                last = path.rpartition("/")[2].lower()
                for key in {last, last.rpartition(".")[0]}:
                    self._anywhere.setdefault(key, []).append(path)
        return self._anywhere.get(name.lower(), ())


def _only(found: Sequence[str]) -> str:
    if not found:
        raise DataError("its picture is missing")
    if len(found) > 1:
        raise DataError(f"its picture may be each of {_shorten(found)}")
    return found[0]


def _shorten(names: Iterable[str]) -> str:
    listed = [printable(name, 60) or "." for name in names]
    return " + ".join(listed[:_SHOWN]) + (f" + {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else "")


def picture_size(width: object, height: object) -> tuple[int, int]:
    """Return a picture's width and height as an annotation has them; (0, 0) unless both are whole numbers above 0."""
    if isinstance(width, (int, float)) and isinstance(height, (int, float)) and 0 < width < 1 << 31 and 0 < height < 1 << 31:
        return (int(width), int(height)) if width == int(width) and height == int(height) else _UNKNOWN
    return _UNKNOWN


def read_head(path: Path, count: int = 1 << 16) -> bytes:
    """Return a file's beginning; nothing if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(count)
    except OSError:
        return b""
