"""JSON files of annotations: a tree or a path comes in, names, beginnings and contents go out to the readers of annotation sets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import walk_folders
from toolkit.sources import Tree

__all__ = ["json_files", "load_json", "read_head"]

_DEEP = 3
_MOST_FILES = 20
"""A folder with more JSON files than this holds one a picture."""

_MAX_BYTES = 1 << 30


def json_files(tree: Tree) -> Iterator[str]:
    """Yield JSON files near the root, from folders that hold no more than a few."""
    for folder in walk_folders(tree, _DEEP):
        names = [name for name in tree.entries(folder).files if name.lower().endswith(".json")]
        if len(names) <= _MOST_FILES:
            yield from (f"{folder}{name}" for name in names)


def read_head(path: Path, count: int = 1 << 16) -> bytes:
    """Return a file's beginning; nothing if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(count)
    except OSError:
        return b""


def load_json(path: Path, *, keep: frozenset[str] = frozenset()) -> Mapping[str, Any]:
    """Read a JSON file that holds an object.

    Args:
        path: The file, in UTF-8, at most 1 GiB.
        keep: Of each object inside, only what has these names is held in memory; empty keeps all.

    Raises:
        DataError: If it cannot be read, is larger, or holds anything else.
    """
    shown = printable(str(path))
    pick = (lambda found: {name: value for name, value in found.items() if name in keep}) if keep else None
    try:
        if (size := path.stat().st_size) > _MAX_BYTES:
            raise DataError(f"read: {shown} must have at most {_MAX_BYTES >> 20} MB, got {size >> 20}. Write a file for each part.")
        told = json.loads(path.read_text(encoding="utf-8-sig"), object_hook=pick)
    except OSError as error:
        raise DataError(f"read: {shown} must be a file that can be read, got: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"read: {shown} must be JSON, got: {printable(' '.join(str(error).split()))}.") from error
    if not isinstance(told, dict):
        raise DataError(f"read: {shown} must hold a JSON object, got a {type(told).__name__}.")
    return told
