"""Traffic signs in maps and streets: the JSON of TT100K and of Mapillary comes in as a tree, boxes go out as rows of a Manifest.

Sources: Zhu et al., Traffic-sign detection and classification in the wild, 2016; Ertler et al., The Mapillary Traffic Sign Dataset for
detection and classification on a global scale, 2020. Both give left, top, right and bottom in pixels, measured from the upper left corner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.annotations import BoxRows, Mark, picture_size, split_in
from toolkit.images.sources.json_file import json_files, load_json, read_head
from toolkit.images.sources.listing import walk_folders
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.picture_names import PictureNames, read_lists
from toolkit.sources import FolderTree, Tree
from toolkit.wing import Manifest

__all__ = ["find_mapillary", "find_tt100k", "is_tt100k", "read_mapillary", "read_tt100k", "read_tt100k_file"]

_DEEP = 3
_LOOKED_AT = 20
_TT100K = re.compile(rb'"imgs"\s*:\s*\{')
_MAPILLARY = (b'"objects"', b'"label"', b'"bbox"')
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def is_tt100k(head: bytes) -> bool:
    """Tell by a JSON file's beginning whether it is TT100K's."""
    return _TT100K.search(head) is not None


def find_tt100k(tree: Tree) -> str | None:
    """Find TT100K's annotations: of several files ``annotations_all.json``, else the first; None if there is none."""
    found = [name for name in json_files(tree) if is_tt100k(read_head(tree.local(name)))]
    return min(found, key=lambda name: ("annotations_all" not in name, name), default=None)


def read_tt100k(tree: Tree, options: ReadOptions) -> Manifest:
    """List the signs that TT100K's JSON marks.

    Args:
        tree: The JSON file beside ``train/``, ``test/`` and ``other/``; the first two are splits.
        options: What in a path is a group.

    Returns:
        A manifest with a row for each sign, cut to its box.

    Raises:
        DataError: If the JSON cannot be read, or nothing is marked.
    """
    found = find_tt100k(tree)
    if found is None:
        raise DataError(f"read: {printable(str(tree.root))} must hold a JSON file with imgs, as TT100K's, got none.")
    return _read_tt100k(tree, tree.local(found), found, options)


def read_tt100k_file(path: Path, options: ReadOptions) -> Manifest:
    """List the signs that a JSON file of TT100K's marks, as `read_tt100k` does; pictures lie beside it, or below `options.root`."""
    return _read_tt100k(FolderTree((path.parent / options.root).resolve()), path, path.name, options, file=str(path))


def _read_tt100k(tree: Tree, path: Path, name: str, options: ReadOptions, **more: Any) -> Manifest:
    rows, pictures = BoxRows(), PictureNames(tree)
    images = load_json(path).get("imgs")
    if not isinstance(images, dict):
        raise DataError(wording("read", "imgs", "an object", type(images).__name__, at=name))
    folder = name[: name.rfind("/") + 1]
    for key, image in images.items():
        told = image if isinstance(image, dict) else {}
        named = str(told.get("path") or f"{key}.jpg")
        split = split_in(named)
        try:
            picture = pictures.find(named, [folder, ""], split=split)
        except DataError as error:
            rows.skip(named, f"named in {name}, but {error}")
            continue
        rows.mark(picture, _marks(told.get("objects"), "category"), split=split, place=named[: named.rfind("/") + 1])
    return rows.finish_boxes(tree, options, "TT100K's annotations, a JSON file", "the objects' category", **more)


def find_mapillary(tree: Tree) -> Sequence[str] | None:
    """Find the folders that hold a JSON file a picture, as Mapillary's; None if there is none."""
    found = []
    for folder in walk_folders(tree, _DEEP):
        names = [name for name in tree.entries(folder).files if name.endswith(".json")]
        heads = (read_head(tree.local(f"{folder}{name}")) for name in names[:_LOOKED_AT])
        if any(all(word in head for word in _MAPILLARY) and not is_tt100k(head) for head in heads):
            found.append(folder)
    return found or None


def read_mapillary(tree: Tree, options: ReadOptions) -> Manifest:
    """List the signs that Mapillary's JSON files mark.

    Args:
        tree: ``annotations/``, a JSON file a picture, and ``splits/train.txt``, ``val.txt``, ``test.txt``, if these say the splits;
            pictures lie in ``images/`` or anywhere else.
        options: What in a path is a group.

    Returns:
        A manifest with a row for each sign, cut to its box; those that reach over the seam of a panorama are among the skipped.

    Raises:
        DataError: If nothing is marked.
    """
    folders = find_mapillary(tree)
    if folders is None:
        raise DataError(f"read: {printable(str(tree.root))} must hold a JSON file a picture with objects in it, got none.")
    rows, pictures = BoxRows(), PictureNames(tree)
    splits = [folder for folder in walk_folders(tree, _DEEP) if f"/{folder}".endswith("/splits/")]
    lists = {stem: listed for folder in splits for stem, listed in read_lists(tree, folder).items()}
    for file in (f"{folder}{name}" for folder in folders for name in tree.entries(folder).files if name.endswith(".json")):
        folder, _, name = f"/{file}".rpartition("/")
        stem, outer = name.removesuffix(".json"), f"{folder.rpartition('/')[0]}/".lstrip("/")
        split, place = lists.get(stem, (split_in(file), file[: file.rfind("/") + 1]))
        try:
            told = load_json(tree.local(file))
            picture = pictures.find(stem, [f"{outer}images/", f"{folder}/".lstrip("/"), outer], split=split)
        except DataError as error:
            rows.skip(file, str(error))
            continue
        size = picture_size(told.get("width"), told.get("height"))
        rows.mark(picture, _marks(told.get("objects"), "label"), split=split, size=size, place=place)
    return rows.finish_boxes(tree, options, "Mapillary's annotations, a JSON file a picture", "the objects' label")


def _marks(objects: object, label: str) -> Iterator[Mark]:
    """The boxes of a picture's objects; what is no object, or has no box, is a mark without numbers."""
    for number, thing in enumerate(objects if isinstance(objects, list) else [], 1):
        told = thing if isinstance(thing, dict) else {}
        box = told.get("bbox")
        left, top, right, bottom = (box.get(side) if isinstance(box, dict) else None for side in _SIDES)
        yield Mark(f"object {number}", str(told.get(label) or ""), (left, top, right, bottom))
