"""YOLO's folders, as Ultralytics, Roboflow and Darknet lay them out: a tree comes in, labelled boxes go out as rows of a Manifest.

A label file has the name of its picture, and a line for each object: the class's number, then the box's centre, width and height, or
the corners of an outline, as shares of the picture's width and height. Source: https://docs.ultralytics.com/datasets/detect/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from toolkit.errors import DataError, printable, wording
from toolkit.images.header import upright_size
from toolkit.images.sources.annotations import BoxRows, Edges, Mark, split_in
from toolkit.images.sources.listing import is_picture, list_pictures, walk_folders
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.picture_names import PictureNames
from toolkit.images.sources.yolo_settings import YoloSettings, names_classes, read_lines, read_settings
from toolkit.sources import FolderTree, Tree, list_files
from toolkit.wing import Manifest

__all__ = ["find_yolo", "read_yolo"]

_DEEP = 4
_LOOKED_AT = 20
_BEYOND = 0.05
"""How far outside 0 … 1 a share may lie: what lies further is no share, but perhaps pixels."""


def find_yolo(tree: Tree) -> str | None:
    """Find a label file that belongs to a picture and holds YOLO's lines; None if none of the first pictures of any folder has one."""
    labels = _Labels(tree)
    for folder in walk_folders(tree, _DEEP):
        pictures = filter(is_picture, tree.entries(folder).files)
        for picture in islice(pictures, _LOOKED_AT):
            file = labels.find(f"{folder}{picture}")
            if file and any(_looks_right(line) for line in read_lines(tree, file)[:1]):
                return file
    return None


def read_yolo(tree: Tree, options: ReadOptions) -> Manifest:
    """List the boxes that YOLO's label files mark.

    Args:
        tree: ``images/train`` and ``labels/train``, ``train/images`` and ``train/labels``, or label files beside their pictures; a YAML
            file may name classes, and the folders or lists of pictures of each split; else ``classes.txt`` or ``obj.names`` names classes.
        options: What in a path is a group.

    Returns:
        A manifest with a row for each box, cut to it; outlines are cut to the boxes around them. Pictures whose label file is empty or
        missing show background, and are counted; lines that cannot be read are among the skipped.

    Raises:
        DataError: If the YAML file cannot be read, nothing that it names is there, or nothing is marked.
    """
    settings = read_settings(tree)
    rows, labels = BoxRows(), _Labels(tree)
    reader = _Reader(tree, rows, labels, settings)
    for picture, split, place in _list_pictures(tree, settings, rows):
        reader.add(picture, split, place)
    for file in labels.unread(reader.read):
        rows.skip(file, "a label file whose picture is missing")
    for sentence in settings.again:
        rows.tell(f"In {settings.name}, {sentence}")
    if settings.missing:
        rows.tell(f"{settings.name} names what is not there, passed over: {printable(', '.join(settings.missing))}.")
    others = {name for name in list_files(tree, "") if is_picture(name) and name not in rows.seen} if settings.places else set()
    if others:
        rows.count(f"Pictures that {settings.name} names for no split, left out", len(others))
        rows.seen |= others
    return rows.finish_boxes(tree, options, "YOLO's labels, a text file a picture", settings.name or "the classes' numbers")


class _Labels:
    """Finds the label files of pictures by listing each folder once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._listed: dict[str, frozenset[str]] = {}

    def find(self, picture: str) -> str:
        """Return a picture's label file; empty if there is none: in the folder ``labels`` that matches its ``images``, or beside it."""
        folder, _, name = f"/{picture}".rpartition("/")
        label = f"{name.rpartition('.')[0]}.txt"
        before, images, after = f"{folder}/".rpartition("/images/")
        places = [f"{before}/labels/{after}"] if images else []
        for place in (*places, f"{folder}/labels/", f"{folder}/"):
            found = place.lstrip("/")
            if found not in self._listed:
                self._listed[found] = frozenset(filter(self.is_label, self._tree.entries(found).files))
            if label in self._listed[found]:
                return f"{found}{label}"
        return ""

    def unread(self, read: Collection[str]) -> Iterator[str]:
        """Yield label files that lie beside those that were read."""
        for folder in sorted({file[: file.rfind("/") + 1] for file in read}):
            for file in (f"{folder}{name}" for name in self._tree.entries(folder).files if self.is_label(name)):
                if file not in read and any(_looks_right(line) for line in read_lines(self._tree, file)[:1]):
                    yield file

    @staticmethod
    def is_label(name: str) -> bool:
        """Tell by its name whether a file may hold labels."""
        return name.endswith(".txt") and not names_classes(name)


def _looks_right(cells: Sequence[str]) -> bool:
    try:
        _parse_line(cells, keypoints=len(cells) > 5)
    except DataError:
        return False
    return True


def _parse_line(cells: Sequence[str], *, keypoints: bool) -> tuple[int, Sequence[float], bool]:
    """Return a line's class, its box as shares of the picture, left, top, right, bottom, and whether it was an outline's."""
    try:
        number, *shares = map(float, cells)
    except ValueError:
        raise DataError(f"must be numbers, got {printable(' '.join(cells), 60)}") from None
    if not (number.is_integer() and 0 <= number < 1 << 31):
        raise DataError(f"must begin with the number of a class, got {printable(cells[0], 20)}")
    box = shares[:4] if keypoints else shares
    outline = len(box) != 4
    if len(box) < 4 or (outline and (len(box) < 6 or len(box) % 2)):
        raise DataError(f"must have 4 numbers for a box or pairs of them for an outline after the class, got {len(box)}")
    if not all(-_BEYOND <= share <= 1 + _BEYOND for share in box):
        raise DataError(f"must have shares of the picture, 0 … 1, got {printable(' '.join(cells[1:]), 60)}")
    if outline:
        return int(number), (min(box[::2]), min(box[1::2]), max(box[::2]), max(box[1::2])), True
    x, y, width, height = box
    return int(number), (x - width / 2, y - height / 2, x + width / 2, y + height / 2), False


@dataclass
class _Reader:
    """Reads the label files of pictures.

    Args:
        tree: Where they lie.
        rows: Is given their boxes.
        labels: Finds them.
        settings: Names their classes.
        read: Those that were read.
    """

    tree: Tree
    rows: BoxRows
    labels: _Labels
    settings: YoloSettings
    read: set[str] = field(default_factory=set)

    def add(self, picture: str, split: int, place: str) -> None:
        """Add what is marked in a picture."""
        file = self.labels.find(picture)
        lines = read_lines(self.tree, file) if file else []
        self.read |= {file} - {""}
        size = (0, 0)
        if lines:
            try:  # a path's beginning is read, an archive's entry as a whole
                size = upright_size(self.tree.local(picture) if isinstance(self.tree, FolderTree) else self.tree.read(picture))
            except DataError as error:
                self.rows.seen.add(picture)
                self.rows.skip(picture, str(error))
                return
        self.rows.mark(picture, self._marks(file, lines, size), split=split, size=size, place=place)

    def _marks(self, file: str, lines: Sequence[Sequence[str]], size: tuple[int, int]) -> Iterator[Mark]:
        names = self.settings.names
        for number, cells in enumerate(lines, 1):
            try:
                label, box, outline = _parse_line(cells, keypoints=self.settings.keypoints)
                if names and label not in names:
                    raise DataError(f"must have a class that {self.settings.name} names, got {label}")
            except DataError as error:
                self.rows.skip(f"{file} line {number}", str(error))
                continue
            if outline:
                self.rows.count("Outlines, cut to the boxes around them")
            left, top, right, bottom = (share * side for share, side in zip(box, (*size, *size), strict=True))
            edges: Edges = left, top, right, bottom
            yield Mark(f"line {number}", names.get(label, str(label)), edges)


def _list_pictures(tree: Tree, settings: YoloSettings, rows: BoxRows) -> Iterator[tuple[str, int, str]]:
    """Yield each picture with its split and the folder or list that says so."""
    if not settings.places:
        for picture in filter(is_picture, list_files(tree, "")):
            split = split_in(picture)
            yield picture, split, picture[: picture.rfind("/") + 1]
        return
    if not any(settings.places.values()):  # a place is "" where that is the whole tree
        raise DataError(wording("read", "train, val or test", "folders or lists of pictures that are there", "none", at=settings.name))
    names = PictureNames(tree)
    for split, places in settings.places.items():
        for place in places:
            if place.endswith("/") or not place:
                yield from ((picture, split, place) for picture in list_pictures(tree, place).pictures)
                continue
            folder = place[: place.rfind("/") + 1]
            for line in tree.read(place).decode("utf-8-sig", "surrogateescape").splitlines():
                try:
                    if line.strip():
                        yield names.find(line.strip(), [folder, ""]), split, place
                except DataError as error:
                    rows.skip(line.strip(), f"named in {place}, but {error}")
