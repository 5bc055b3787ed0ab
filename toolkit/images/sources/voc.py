"""Pascal VOC's XML, as the challenge and labelImg write it: a tree comes in, the objects' boxes go out as rows of a Manifest.

Source: Everingham & Winn, The PASCAL Visual Object Classes Challenge 2012 Development Kit, section 6. Pixels are counted from 1, both
corners of a box are inside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from toolkit.errors import DataError, printable
from toolkit.images.sources.annotations import BoxRows, Edges, Mark, picture_size, split_in
from toolkit.images.sources.json_file import read_head
from toolkit.images.sources.listing import walk_folders
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.picture_names import PictureNames, read_lists
from toolkit.sources import Tree
from toolkit.wing import Manifest

__all__ = ["find_voc", "read_voc"]

_DEEP = 4
_FOLDERS = frozenset({"annotations", "annotation", "annots", "xml", "xmls", "labels", "label"})
_PICTURES = ("jpegimages", "images", "image", "imgs", "img", "pngimages", "pictures", "photos", "frames", "data")
_LISTS = "ImageSets/Main/"
_MAX_BYTES = 1 << 24


def find_voc(tree: Tree) -> Sequence[str] | None:
    """Find folders that hold VOC's XML files, up to four folders down; None if there is none."""
    found: list[str] = []
    for folder in walk_folders(tree, _DEEP):
        names = [name for name in tree.entries(folder).files if name.lower().endswith(".xml")]
        if names and (found or b"<annotation" in read_head(tree.local(folder + names[0]), 4096)):
            found.append(folder)
    return found or None


def read_voc(tree: Tree, options: ReadOptions) -> Manifest:
    """List the boxes of objects in VOC's XML files.

    Args:
        tree: ``Annotations/`` beside ``JPEGImages/``, with ``ImageSets/Main/train.txt``, ``val.txt`` and ``test.txt`` if these say the
            splits; or XML files beside their pictures, in folders whose names may mean splits.
        options: What in a path is a group.

    Returns:
        A manifest with a row for each object of a picture that is there, cut to its box; difficult and truncated ones are kept and counted.
        A picture is the one called like the XML file, or else the one that it names. Pixels are counted from 1 as VOC does: labelImg, which
        measures from 0, then begins a box one pixel further left and up than was marked.

    Raises:
        DataError: If a list's picture is in two splits, or nothing is marked.
    """
    folders = find_voc(tree)
    if folders is None:
        raise DataError(f"read: {printable(str(tree.root))} must hold Pascal VOC's XML files, got none.")
    rows, pictures = BoxRows(), PictureNames(tree)
    for folder in folders:
        _Reader(tree, rows, pictures, folder).read()
    return rows.finish_boxes(tree, options, "Pascal VOC's annotations, an XML file a picture", "the objects' names")


class _Reader:
    """Reads the XML files of one folder."""

    def __init__(self, tree: Tree, rows: BoxRows, pictures: PictureNames, folder: str) -> None:
        self._tree, self._rows, self._pictures, self._folder = tree, rows, pictures, folder
        self._base, self._inner = _base(folder)
        self._lists = read_lists(tree, f"{self._base}{_LISTS}")
        beside = [name for name in tree.entries(self._base).folders if name.lower() in _PICTURES]
        beside.sort(key=lambda name: _PICTURES.index(name.lower()))
        self._places = [
            folder,
            *(f"{self._base}{name}/{inner}" for name in beside for inner in dict.fromkeys((self._inner, ""))),
            self._base,
        ]

    def read(self) -> None:
        named = set()
        for name in self._tree.entries(self._folder).files:
            if not name.lower().endswith(".xml"):
                continue
            stem = self._inner + name.rpartition(".")[0]
            named.add(stem)
            if self._lists and stem not in self._lists:
                self._rows.count(f"Annotations that no list in {self._base}{_LISTS} names, left out")
            else:
                self._add(f"{self._folder}{name}", stem)
        for stem, (_, listed) in self._lists.items():
            if not self._inner and stem not in named:
                self._rows.skip(stem, f"named in {listed}, but without its annotation")

    def _add(self, file: str, stem: str) -> None:
        split, place = self._lists.get(stem, (split_in(file), self._folder))
        try:
            told = _parse(self._tree, file)
            picture = self._find(stem.rpartition("/")[2], told, split)
        except DataError as error:
            self._rows.skip(file, str(error))
            return
        size = picture_size(*(_number(told.find("size"), side) for side in ("width", "height")))
        self._rows.mark(picture, self._marks(told), split=split, size=size, place=place)

    def _find(self, stem: str, told: ET.Element, split: int) -> str:
        """The picture called like the file; else the one that it names."""
        named = _text(told, "filename").replace("\\", "/").rpartition("/")[2]
        try:
            found = self._pictures.find(stem, self._places, split=split, below=self._base)
        except DataError:
            if not named:
                raise
            return self._pictures.find(named, self._places, split=split, below=self._base)
        if named and named.rpartition(".")[0].lower() not in (stem.lower(), "") and named.lower() != stem.lower():
            self._rows.count("Annotations whose filename is not their own: the picture called like the file is taken")
        return found

    def _marks(self, told: ET.Element) -> Iterator[Mark]:
        for number, thing in enumerate(told.findall("object"), 1):
            for flag in ("difficult", "truncated"):
                if _text(thing, flag) in ("1", "true", "True"):
                    self._rows.count(f"Objects marked {flag}, kept")
            yield Mark(f"object {number}", _text(thing, "name"), self._edges(thing))

    def _edges(self, thing: ET.Element) -> Edges:
        box = thing.find("bndbox")
        left, top, right, bottom = (_number(box, side) for side in ("xmin", "ymin", "xmax", "ymax"))
        if 0 in (left, top):
            self._rows.count("Boxes that begin at 0, where VOC counts pixels from 1, read as VOC's")
        return left - 1, top - 1, right, bottom


def _base(folder: str) -> tuple[str, str]:
    """The folder that holds Annotations/ and the like, and what lies inside that; the folder itself if it lies in none."""
    parts = folder.split("/")[:-1]
    for place, name in enumerate(parts):
        if name.lower() in _FOLDERS:
            return "".join(f"{part}/" for part in parts[:place]), "".join(f"{part}/" for part in parts[place + 1 :])
    return folder, ""


class _NoEntities(ET.TreeBuilder):
    """Refuses a document type before any entity of it is read: VOC has none, and entities can grow without bound."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002
        raise DataError(f"must be free of a document type, got <!DOCTYPE {printable(name, 40)}>")


def _parse(tree: Tree, file: str) -> ET.Element:
    data = tree.read(file)
    if len(data) > _MAX_BYTES:
        raise DataError(f"must have at most {_MAX_BYTES >> 20} MB, got {len(data) >> 20}")
    try:
        told = ET.fromstring(data, ET.XMLParser(target=_NoEntities()))  # noqa: S314
    except (ET.ParseError, ValueError, LookupError) as error:
        raise DataError(f"must be XML, got: {printable(str(error))}") from error
    if told.tag != "annotation":
        raise DataError(f"must hold an annotation, got {printable(told.tag, 40)}")
    return told


def _text(element: ET.Element | None, name: str) -> str:
    return "" if element is None else (element.findtext(name) or "").strip()


def _number(element: ET.Element | None, name: str) -> float:
    """A number inside an element; what is none is NaN, which no box has."""
    try:
        return float(_text(element, name))
    except ValueError:
        return math.nan
