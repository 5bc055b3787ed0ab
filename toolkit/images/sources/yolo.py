"""YOLO's folders, as Ultralytics, Roboflow and Darknet lay them out: a tree comes in, labelled boxes go out as rows of a Manifest.

A label file has the name of its picture, and a line for each object: the class's number, then the box's centre, width and height, or
the corners of an outline, as shares of the picture's width and height. Source: https://docs.ultralytics.com/datasets/detect/.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from toolkit.errors import DataError, printable, wording
from toolkit.images.header import upright_size
from toolkit.images.sources.annotations import BoxRows, Edges, Mark, PictureNames, split_in
from toolkit.images.sources.listing import is_picture, list_pictures, walk_folders
from toolkit.images.sources.options import ReadOptions
from toolkit.sources import FolderTree, Tree, holds_samples, list_files
from toolkit.wing import SPLITS, Manifest

__all__ = ["find_yolo", "read_yolo"]

_DEEP = 4
_LOOKED_AT = 20
_MAX_BYTES = 1 << 20
_BEYOND = 0.05
"""How far outside 0 … 1 a share may lie: what lies further is no share, but perhaps pixels."""


@dataclass(frozen=True)
class _Settings:
    """What a set says of itself.

    Args:
        name: The YAML file, or the file of names; empty if there is none.
        names: Number → class.
        places: Split → the folders and lists of pictures that a YAML file names.
        keypoints: Whether keypoints follow each box.
    """

    name: str = ""
    names: Mapping[int, str] = field(default_factory=dict)
    places: Mapping[int, Sequence[str]] = field(default_factory=dict)
    keypoints: bool = False


def find_yolo(tree: Tree) -> str | None:
    """Find a label file that belongs to a picture and holds YOLO's lines; None if none of the first pictures of any folder has one."""
    labels = _Labels(tree)
    for folder in walk_folders(tree, _DEEP):
        pictures = filter(is_picture, tree.entries(folder).files)
        for picture in islice(pictures, _LOOKED_AT):
            file = labels.find(f"{folder}{picture}")
            if file and any(_looks_right(line) for line in _lines(tree, file)[:1]):
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
    settings = _read_settings(tree)
    rows, labels = BoxRows(), _Labels(tree)
    reader = _Reader(tree, rows, labels, settings)
    for picture, split, place in _list_pictures(tree, settings, rows):
        reader.add(picture, split, place)
    for folder in sorted({file[: file.rfind("/") + 1] for file in reader.read}):
        for name in tree.entries(folder).files:
            if f"{folder}{name}" not in reader.read and labels.is_label(name):
                rows.skip(f"{folder}{name}", "a label file whose picture is missing")
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

    @staticmethod
    def is_label(name: str) -> bool:
        """Tell by its name whether a file may hold labels."""
        return name.endswith(".txt") and not _names_classes(name)


def _names_classes(name: str) -> bool:
    return name.lower() in ("classes.txt", "names.txt", "obj.names") or name.lower().endswith(".names")


def _lines(tree: Tree, file: str) -> list[list[str]]:
    """The cells of a label file's lines, without blank ones."""
    text = tree.read(file).decode("utf-8-sig", "replace")
    return [cells for line in text.splitlines() if (cells := line.split())]


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
    settings: _Settings
    read: set[str] = field(default_factory=set)

    def add(self, picture: str, split: int, place: str) -> None:
        """Add what is marked in a picture."""
        file = self.labels.find(picture)
        lines = _lines(self.tree, file) if file else []
        self.read.add(file)
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


def _read_settings(tree: Tree) -> _Settings:
    tables = [f"{folder}{name}" for folder in walk_folders(tree, 2) for name in tree.entries(folder).files]
    found = [(name, told) for name in tables if name.lower().endswith((".yaml", ".yml")) and (told := _load_yaml(tree, name))]
    if len(found) > 1:
        got = ", ".join(name for name, _ in found)
        raise DataError(wording("read", "source", "described by one YAML file", got, at=str(tree.root), fix="Move the others away."))
    for name, told in found:
        places = {split: _places(tree, name, told, key) for split, key in enumerate(SPLITS)}
        return _Settings(name, _names(told.get("names"), name), places, "kpt_shape" in told)
    files = [f"{folder}{name}" for folder in walk_folders(tree, _DEEP) for name in tree.entries(folder).files if _names_classes(name)]
    texts = {tuple(" ".join(cells) for cells in _lines(tree, name)): name for name in reversed(files)}
    if len(texts) > 1:
        got, fix = ", ".join(sorted(texts.values())), "Keep one of them."
        raise DataError(wording("read", "files of the classes' names", "alike", got, at=str(tree.root), fix=fix))
    return next((_Settings(name, dict(enumerate(names))) for names, name in texts.items()), _Settings())


def _load_yaml(tree: Tree, name: str) -> Mapping[str, Any]:
    """What a YAML file says if it describes a set; nothing if it is of another kind."""
    data = tree.read(name)
    if b"names" not in data or len(data) > _MAX_BYTES:
        return {}
    try:
        told = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DataError(wording("read", "the set's YAML file", "readable", " ".join(str(error).split()), at=name)) from error
    return told if isinstance(told, dict) and "names" in told and {"train", "val", "test"} & set(told) else {}


def _names(told: object, file: str) -> Mapping[int, str]:
    found = dict(enumerate(told)) if isinstance(told, list) else told
    fit = isinstance(found, dict) and all(isinstance(number, int) and isinstance(name, (str, int)) for number, name in found.items())
    if not fit or not isinstance(found, dict):
        raise DataError(wording("read", "names", "a list of names, or a mapping of numbers to names", printable(str(told), 80), at=file))
    return {number: str(name) for number, name in found.items()}


def _places(tree: Tree, file: str, told: Mapping[str, Any], key: str) -> Sequence[str]:
    """The folders and lists that a YAML file names for a split, as far as they are there; folders end in a slash."""
    named = told.get(key) or ()
    base = posixpath.dirname(file)
    bases = [posixpath.join(base, str(told.get("path") or "").lstrip("/")), base, ""]
    return [place for name in (named if isinstance(named, (list, tuple)) else [named]) if (place := _place(tree, bases, str(name)))]


def _place(tree: Tree, bases: Sequence[str], name: str) -> str:
    """A folder or list in the tree; where paths start from elsewhere, as ``../train/images`` does, what of them is there."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for start in range(len(parts) or 1):
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, *parts[start:]))
            folder = "" if path == "." else f"{path}/"
            if path.startswith(".."):
                continue
            if path.endswith(".txt") and path.rpartition("/")[2] in tree.entries(path[: path.rfind("/") + 1]).files:
                return path
            if holds_samples(tree, folder, is_picture):
                return folder
    return ""


def _list_pictures(tree: Tree, settings: _Settings, rows: BoxRows) -> Iterator[tuple[str, int, str]]:
    """Yield each picture with its split and the folder or list that says so."""
    if not settings.places:
        for picture in filter(is_picture, list_files(tree, "")):
            split = split_in(picture)
            yield picture, split, picture[: picture.rfind("/") + 1]
        return
    if not any(settings.places.values()):
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
