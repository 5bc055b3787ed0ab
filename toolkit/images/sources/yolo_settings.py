"""What a YOLO set says of itself: its YAML file or file of names comes in, classes and places of the splits go out to the reader."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.listing import is_picture, walk_folders
from toolkit.sources import Tree, holds_samples, split_of
from toolkit.wing import SPLITS

__all__ = ["YoloSettings", "names_classes", "read_lines", "read_settings"]

_DEEP = 4
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class YoloSettings:
    """What a set says of itself.

    Args:
        name: The YAML file, or the file of names; empty if there is none.
        names: Number → class.
        places: Split → the folders and lists of pictures that a YAML file names, as far as they are there.
        missing: Those that are not.
        keypoints: Whether keypoints follow each box.
        again: Sentences on places that are named for a second split, and left to the first.
    """

    name: str = ""
    names: Mapping[int, str] = field(default_factory=dict)
    places: Mapping[int, Sequence[str]] = field(default_factory=dict)
    missing: Sequence[str] = ()
    keypoints: bool = False
    again: Sequence[str] = ()


def read_settings(tree: Tree) -> YoloSettings:
    """Read a set's YAML file, or else its file of names.

    Raises:
        DataError: If several describe it, or one cannot be read.
    """
    tables = [f"{folder}{name}" for folder in walk_folders(tree, 2) for name in tree.entries(folder).files]
    found = [(name, told) for name in tables if name.lower().endswith((".yaml", ".yml")) and (told := _load_yaml(tree, name))]
    if len(found) > 1:
        got = ", ".join(name for name, _ in found)
        raise DataError(wording("read", "source", "described by one YAML file", got, at=str(tree.root), fix="Move the others away."))
    for name, told in found:
        base = posixpath.dirname(name)
        bases = [posixpath.join(base, str(told.get("path") or "").lstrip("/")), base, ""]
        found_places = {key: {place: _place(tree, bases, place) for place in _listed(told.get(key))} for key in SPLITS}
        places, again = _split_places([[*found_places[key].values()] for key in SPLITS])
        missing = [f"{key}: {place}" for key in SPLITS for place, there in found_places[key].items() if there is None]
        return YoloSettings(name, _names(told.get("names"), name), places, missing, "kpt_shape" in told, again)
    files = [f"{folder}{name}" for folder in walk_folders(tree, _DEEP) for name in tree.entries(folder).files if names_classes(name)]
    texts = {tuple(" ".join(cells) for cells in read_lines(tree, name)): name for name in reversed(files)}
    if len(texts) > 1:
        got, fix = ", ".join(sorted(texts.values())), "Keep one of them."
        raise DataError(wording("read", "files of the classes' names", "alike", got, at=str(tree.root), fix=fix))
    return next((YoloSettings(name, dict(enumerate(names))) for names, name in texts.items()), YoloSettings())


def _split_places(named: Sequence[Sequence[str | None]]) -> tuple[dict[int, list[str]], list[str]]:
    """Split → the places that are there and that no split before it has; and sentences on those that one has."""
    owner: dict[str, int] = {}
    again = []
    for split, place in ((split, place) for split, listed in enumerate(named) for place in listed if place is not None):
        if owner.setdefault(place, split) != split:
            again.append(f"{SPLITS[split]} names {printable(place) or '.'}, as {SPLITS[owner[place]]} does: it is read for that alone.")
    return {split: [place for place in owner if owner[place] == split] for split in range(len(named))}, again


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


def _listed(named: object) -> Sequence[str]:
    return [str(name) for name in (named if isinstance(named, (list, tuple)) else [named] if named else [])]


def _place(tree: Tree, bases: Sequence[str], name: str) -> str | None:
    """A folder or list in the tree; where paths start from elsewhere, what of them names a split and is there; None if nothing is."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for start in range(len(parts) or 1):
        if start and not any(split_of(part.removesuffix(".txt")) >= 0 for part in parts[start:]):
            break
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, *parts[start:]))
            folder = "" if path == "." else f"{path}/"
            if path.startswith(".."):
                continue
            if path.endswith(".txt") and path.rpartition("/")[2] in tree.entries(path[: path.rfind("/") + 1]).files:
                return path
            if holds_samples(tree, folder, is_picture):
                return folder
    return None


def names_classes(name: str) -> bool:
    """Tell by its name whether a file lists the classes."""
    return name.lower() in ("classes.txt", "names.txt", "obj.names") or name.lower().endswith(".names")


def read_lines(tree: Tree, file: str) -> list[list[str]]:
    """The cells of a label file's lines, without blank ones."""
    text = tree.read(file).decode("utf-8-sig", "replace")
    return [cells for line in text.splitlines() if (cells := line.split())]
