"""COCO's JSON: images, categories and annotations come in as a tree or a file, boxes go out as rows of a Manifest.

Source: https://cocodataset.org/#format-data. A bbox is x, y, width and height, measured from the picture's upper left corner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, check, printable, wording
from toolkit.images.sources.annotations import BoxRows, Mark, picture_size, split_in
from toolkit.images.sources.json_file import json_files, load_json, read_head
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.picture_names import PictureNames
from toolkit.sources import FolderTree, Tree, split_of
from toolkit.wing import Manifest, Skipped

__all__ = ["find_coco", "is_coco", "read_coco", "read_coco_file"]

_LISTS = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')
_INSIDE = re.compile(rb'"(file_name|image_id|category_id|supercategory)"\s*:')
_SAYS_NOTHING = re.compile(r"instances?|annotations?|annots?|coco|bbox|boxes|objects?|labels?", re.IGNORECASE)
_KEPT = frozenset({
    "images", "annotations", "categories", "id", "file_name", "width", "height", "image_id", "category_id", "bbox", "iscrowd", "name",
})  # fmt: skip


@dataclass(frozen=True)
class _Document:
    """A file of annotations.

    Args:
        name: As messages have it.
        path: Where it lies on this machine.
        folders: Where its pictures may lie, in the tree.
        below: The folder that holds them all.
        split: Index into `SPLITS`, −1 if its name says nothing.
    """

    name: str
    path: Path
    folders: Sequence[str]
    below: str
    split: int


def find_coco(tree: Tree) -> Sequence[str] | None:
    """Find files of annotations in a tree, up to three folders down: those of instances, if some are called so; None if none is there."""
    found = _all_files(tree)
    named = [name for name in found if "instances" in name.rpartition("/")[2].lower()]
    return named or found or None


def _all_files(tree: Tree) -> list[str]:
    return [name for name in json_files(tree) if is_coco(read_head(tree.local(name)))]


def is_coco(head: bytes) -> bool:
    """Tell by a JSON file's beginning whether it is COCO's."""
    return _LISTS.search(head) is not None and _INSIDE.search(head) is not None


def read_coco(tree: Tree, options: ReadOptions) -> Manifest:
    """List the boxes that a folder's JSON files mark.

    Args:
        tree: ``annotations/`` beside folders of pictures, or files of annotations in these; the name of a file, or of its folder, may
            mean a split.
        options: What in a path is a group.

    Returns:
        A manifest with a row for each box of a picture that is there, cut to it, classes named as the categories are. Annotations of
        crowds, without a box that has an area, or of what no list has, and pictures that are missing, are among the skipped.

    Raises:
        DataError: If a file is no such JSON, ids are not unique, several files list one picture, or nothing is marked.
    """
    found = find_coco(tree)
    if found is None:
        raise DataError(f"read: {printable(str(tree.root))} must hold a JSON file with images, annotations and categories, got none.")
    documents = [_Document(name, tree.local(name), _folders(tree, name), _outer(name), _part(name)) for name in found]
    others = [name for name in _all_files(tree) if name not in found]
    rows = BoxRows(passed_over=tuple(Skipped(name, "annotations of another kind than the instances beside it") for name in others))
    return _read(tree, documents, options, rows)


def read_coco_file(path: Path, options: ReadOptions) -> Manifest:
    """List the boxes that a JSON file marks, as `read_coco` does; pictures lie near it, or below `options.root`."""
    apart = path.parent.name.lower() in ("annotations", "annotation", "labels") and not options.root
    root = path.parent / options.root if options.root else path.parent.parent if apart else path.parent
    check(root.is_dir(), "ReadOptions", "root", "a folder", options.root)
    tree = FolderTree(root.resolve())
    name = f"{path.parent.name}/{path.name}" if apart else path.name
    folders = ["", *_folders(tree, name)] if options.root else _folders(tree, name)
    return _read(tree, [_Document(path.name, path, folders, "", _part(name))], options, BoxRows(), file=str(path))


def _part(name: str) -> int:
    """The split that a file's name means, or else a folder's."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    split = split_of(_SAYS_NOTHING.sub("", stem))
    return split if split >= 0 else split_in(name)


def _outer(name: str) -> str:
    """The folder around a file's own."""
    return "".join(f"{part}/" for part in name.split("/")[:-2])


def _folders(tree: Tree, name: str) -> list[str]:
    """Where a file's pictures may lie: beside it, or in a folder beside its own that is named like it or for pictures."""
    folder, _, file = f"/{name}".rpartition("/")
    own = f"{folder.lstrip('/')}/" if folder else ""
    outer = _outer(name)
    words, split, found = re.split(r"[_.-]", file), _part(name), [own]
    for base in dict.fromkeys((outer, own)):
        for place in (base, f"{base}images/"):
            fitting = [inner for inner in tree.entries(place).folders if inner in words or split_of(inner) == split >= 0]
            found += [each for inner in fitting for each in (f"{place}{inner}/", f"{place}{inner}/images/")]
        found += [f"{base}images/", base]
    return list(dict.fromkeys(found))


def _read(tree: Tree, documents: Sequence[_Document], options: ReadOptions, rows: BoxRows, **more: Any) -> Manifest:
    pictures = PictureNames(tree)
    owner: dict[str, str] = {}
    for document in documents:
        _Reader(document, rows, pictures, owner).read()
    return rows.finish_boxes(tree, options, "COCO's annotations, a JSON file", "the categories' names", **more)


@dataclass(frozen=True)
class _Reader:
    """Reads one file.

    Args:
        document: The file.
        rows: Is given its boxes.
        pictures: Finds its pictures.
        owner: Picture → the file that lists it.
    """

    document: _Document
    rows: BoxRows
    pictures: PictureNames
    owner: dict[str, str]

    def read(self) -> None:
        told = load_json(self.document.path, keep=_KEPT)
        images, annotations, categories = (self._list(told, name) for name in ("images", "annotations", "categories"))
        files = self._by_id(images, "image", "file_name")
        names = self._by_id(categories, "category", "name")
        marks: dict[str, list[Mark]] = {}
        for number, annotation in enumerate(annotations, 1):
            self._sort_in(annotation, number, files, names, marks)
        for image in images:
            self._add(image, marks.get(_key(image["id"]), []))

    def _list(self, told: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
        found = told.get(name)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            got = "none" if found is None else f"a {type(found).__name__}"
            raise DataError(wording("read", name, "a list of objects", got, at=self.document.name))
        return found

    def _by_id(self, things: Sequence[Mapping[str, Any]], what: str, field: str) -> dict[str, str]:
        """Return id → name of images or of categories."""
        found: dict[str, str] = {}
        for thing in things:
            key, name = _key(thing.get("id")), thing.get(field)
            if not key or not isinstance(name, (str, int)) or not str(name).strip():
                rule = f"an object with an id and a {field}"
                raise DataError(wording("read", f"each {what}", rule, printable(str(dict(thing)), 80), at=self.document.name))
            if key in found:
                got = f"{key} for {printable(found[key], 60)} and {printable(str(name), 60)}"
                raise DataError(wording("read", f"each {what}'s id", "its own", got, at=self.document.name))
            found[key] = str(name).strip()
        return found

    def _sort_in(
        self, annotation: Mapping[str, Any], number: int, files: Mapping[str, str], names: Mapping[str, str], marks: dict[str, list[Mark]]
    ) -> None:
        """Add an annotation to its picture's marks, or say why it is none."""
        image, category = (_key(annotation.get(name)) for name in ("image_id", "category_id"))
        name = f"annotation {_key(annotation.get('id')) or number}"
        bbox: Any = annotation.get("bbox")
        reason = ""
        if image not in files:
            reason = f"its image_id, {image or 'none'}, is none of the images'"
        elif category not in names:
            reason = f"its category_id, {category or 'none'}, is none of the categories'"
        elif annotation.get("iscrowd"):
            reason = "marks a crowd (iscrowd), no single object"
        elif not isinstance(bbox, list) or len(bbox) != 4:
            reason = f"bbox must be x, y, width and height, got {printable(str(bbox), 40)}"
        if reason:
            self.rows.skip(f"{files.get(image, self.document.name)} {name}", reason)
        else:
            marks.setdefault(image, []).append(Mark(name, names[category], _edges(bbox)))

    def _add(self, image: Mapping[str, Any], marks: Sequence[Mark]) -> None:
        name = str(image["file_name"])
        try:
            picture = self.pictures.find(name, self.document.folders, split=self.document.split, below=self.document.below)
        except DataError as error:
            self.rows.skip(name, f"named in {self.document.name}, but {error}")
            return
        first = self.owner.setdefault(picture, self.document.name)
        if first != self.document.name:
            got, fix = f"{printable(picture)} in {first} and {self.document.name}", "Give one of the files as the source."
            raise DataError(wording("read", "each picture", "listed in one file", got, fix=fix))
        size = picture_size(image.get("width"), image.get("height"))
        self.rows.mark(picture, marks, split=self.document.split, size=size, place=self.document.name)


def _edges(bbox: Sequence[Any]) -> tuple[Any, Any, Any, Any]:
    x, y, width, height = bbox
    try:
        return x, y, x + width, y + height
    except TypeError:
        return x, y, width, height


def _key(value: object) -> str:
    """An id as text: numbers are the same whatever their type; empty if it is none."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float, str)) else ""
