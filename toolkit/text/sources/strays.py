"""Files of text that stand beside data sets and hold no samples: told by their names, or by the pictures that they list."""

from __future__ import annotations

import re

from toolkit.sources import SPLIT_NAMES
from toolkit.text.sources.unpack import split_name

__all__ = ["is_stray", "lists_pictures"]

_ALWAYS = frozenset({"readme", "license", "licence", "changelog", "copying", "copyright", "disclaimer", "citation", "requirements"})
"""Words that make a file a stray one, whatever else its name says."""

_LISTS = frozenset({
    "class", "classes", "classnames", "label", "labels", "category", "categories", "names", "wnids", "synsets", "vocab", "vocabulary",
    "labelmap", "attributes", "filelist", "filenames", "index",
})  # fmt: skip
_BESIDE = _LISTS | {"name", "list", "map", "obj", "predefined", "all", "data", "files", *SPLIT_NAMES}
"""Words that make a file a list: only if its name has no others."""

_WORDS = re.compile(r"[^\W\d_]+")
_PICTURE = re.compile(r"\.(jpe?g|png|ppm|pgm|bmp|gif|tiff?|webp|jp2|avif|heic)\b", re.IGNORECASE)


def is_stray(name: str) -> bool:
    """Tell by a file's name whether it explains a data set, or lists its classes or files."""
    words = {word.lower() for word in _WORDS.findall(split_name(name).stem)}
    return bool(words & _ALWAYS or (words & _LISTS and words <= _BESIDE))


def lists_pictures(head: str) -> bool:
    """Tell by its first lines whether a file lists pictures, one a line."""
    lines = [line for line in head.splitlines()[:20] if line.strip()]
    return bool(lines) and all(_PICTURE.search(line) for line in lines)
