"""What lies beside folders of samples and may say more of them: tables, lists of parts, and classes in the names of the samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from toolkit.sources.parts import find_parts
from toolkit.sources.tree import Tree

__all__ = ["CLASS_PATTERN", "find_lists", "find_tables", "names_sample", "tell_classes_by_name"]

CLASS_PATTERN = r"([A-Za-z]+)[^/A-Za-z][^/]*$"
"""What finds the class in a name such as ``cat.0.jpg``."""

_TABLES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx", ".mat")
_NO_LABELS = ("submission", "readme", "license")
_LOOK_BYTES = 1 << 20
_MOST_CLASSES = 200


def find_tables(tree: Tree, folder: str) -> list[str]:
    """Return the files of a folder that may list its samples; what only explains, or is to be handed in, is none."""
    return [
        f"{folder}{name}"
        for name in tree.entries(folder).files
        if name.lower().endswith(_TABLES) and not any(word in name.lower() for word in _NO_LABELS)
    ]


def names_sample(tree: Tree, table: str, sample: str) -> bool:
    """Tell whether a table has a sample's name, with or without its ending, in a cell of its own; its first megabyte is looked through."""
    stem = sample.rpartition("/")[2].partition(".")[0].encode(errors="surrogateescape")
    cell = rb"(?:^|[\s,;|\"'/\\])" + re.escape(stem) + rb"(?:\.\w+)?(?:$|[\s,;|\"'])"
    return re.search(cell, tree.read(table)[:_LOOK_BYTES], re.MULTILINE) is not None


def find_lists(tree: Tree, folder: str) -> list[str]:
    """Return files in a folder, or in one inside it, that are named for parts of a data set, such as ``meta/train.txt``."""
    found = []
    for place in ("", *(f"{name}/" for name in tree.entries(folder).folders)):
        files = [name for name in tree.entries(folder + place).files if name.lower().endswith(_TABLES)]
        stems = {name.rpartition(".")[0]: name for name in files}
        found += [f"{folder}{place}{stems[stem]}" for stem in find_parts(stems)]
        found += [f"{folder}{place}{name}" for name in files if "split" in name.lower()]
    return sorted(set(found))


def tell_classes_by_name(names: Sequence[str]) -> list[str]:
    """Return the classes that the names of samples begin with, as in ``cat.0.jpg`` and ``dog.0.jpg``; nothing if they seem to be none."""
    found = [match[1] if (match := re.search(CLASS_PATTERN, name)) else "" for name in names]
    counts = Counter(found)
    fits = "" not in counts and 2 <= len(counts) <= min(_MOST_CLASSES, len(names) // 2)
    return sorted(counts) if fits else []
