"""CIFAR-10 and CIFAR-100 in their binary version: come in in a tree, go out as a Manifest; the Python version is refused by its name.

Source: Krizhevsky, Learning multiple layers of features from tiny images, 2009; "Binary version" of the data sets' page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.part_files import find_files
from toolkit.images.sources.spooled import SpooledRows
from toolkit.sources import FileTree, Tree
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["find_cifar", "read_cifar"]

_TEN = re.compile(r"(data_batch_\d+|test_batch)\.bin")
_HUNDRED = re.compile(r"(train|test)\.bin")
_PICKLED = re.compile(r"data_batch_\d+|test_batch|batches\.meta|meta|train|test")
_METAS = ("batches.meta", "meta")
_SIDE = 32
_PIXELS = 3 * _SIDE * _SIDE
_BATCH = 1000


class _Form(NamedTuple):
    """How records begin, and what their labels are called."""

    name: str
    num_labels: int
    label: int
    num_classes: int
    names: str


_CIFAR_10 = _Form("CIFAR-10", 1, 0, 10, "batches.meta.txt")
_FINE = _Form("CIFAR-100", 2, 1, 100, "fine_label_names.txt")
_COARSE = _Form("CIFAR-100", 2, 0, 20, "coarse_label_names.txt")


def find_cifar(tree: Tree) -> tuple[str, ...] | None:
    """Find the binary version's files by their names, or the Python version's; None if there are none."""
    for pattern, needed in ((_TEN, ()), (_HUNDRED, (_FINE.names,)), (_PICKLED, _METAS)):
        found = find_files(tree, lambda name, pattern=pattern: pattern.fullmatch(name) is not None)  # type: ignore[misc]
        if found and (not needed or _lies_beside(tree, found[0], needed)):
            folder = found[0].rpartition("/")[0]
            return tuple(name for name in found if name.rpartition("/")[0] == folder)
    return None


def _lies_beside(tree: Tree, name: str, needed: tuple[str, ...]) -> bool:
    folder, slash, _ = name.rpartition("/")
    return not {*needed}.isdisjoint(tree.entries(folder + slash).files)


def read_cifar(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures of the binary version.

    Args:
        tree: The folder of its files, or one of them in its folder.
        options: Of CIFAR-100's two labels, ``classes="top"`` takes the 20 coarse ones, otherwise it is the 100 fine ones.

    Returns:
        A manifest; rows are numbered from 0 in each file. Labels are numbers, named where the lists of names lie beside. The test batch
        comes as the test split. Records with a label that the data set does not have are among the skipped.

    Raises:
        DataError: If it is the Python version, a file is cut short, or no record has a label of the data set.
    """
    files = find_cifar(tree) or ()
    if not files:
        raise DataError(f"read: {printable(str(tree.root))} must hold CIFAR's binary files, got none, such as data_batch_1.bin.")
    if not files[0].endswith(".bin"):
        _refuse_pickles(tree, files[0])
    form = _CIFAR_10
    if _HUNDRED.fullmatch(files[0].rpartition("/")[2]):
        form = _COARSE if options.classes == "top" else _FINE
    rows, parts = SpooledRows(), dict[str, list[str]]()
    for name in files:
        split = -1 if isinstance(tree, FileTree) else 2 if name.rpartition("/")[2].startswith("test") else 0
        parts.setdefault(SPLITS[split] if split >= 0 else "", []).append(name)
        _add_file(rows, tree, name, form, split=split)
    rows.class_names = _load_names(tree, files[0], form)
    if form is not _CIFAR_10:
        coarse = "the 20 coarse ones" if form is _COARSE else "the 100 fine ones; --layout cifar --classes top takes the 20 coarse ones"
        rows.tell(f"Of the two labels of each picture, these are {coarse}.")
    places = {part: " + ".join(names) for part, names in parts.items()}
    rows.understood = Understood(f"{form.name}'s binary version", places, "each record's label")
    return rows.close(tree, options, files)


def _refuse_pickles(tree: Tree, name: str) -> None:
    ten = name.rpartition("/")[2] in ("data_batch_1", "test_batch", "batches.meta")
    archive = f"cifar-{'10' if ten else '100'}-binary.tar.gz"
    fix = f"Get the binary version, {archive}, and give that archive as the source."
    got = f"the Python version: {name} is a pickle, which runs code when it is opened"
    raise DataError(wording("read", "CIFAR", "the binary version", got, at=str(tree.root), fix=fix))


def _add_file(rows: SpooledRows, tree: Tree, name: str, form: _Form, *, split: int) -> None:
    size, number = form.num_labels + _PIXELS, 0
    with open(tree.local(name), "rb") as file:
        while data := file.read(_BATCH * size):
            if len(data) % size:
                got = f"{number + len(data) // size:,} and {len(data) % size:,} bytes more"
                raise DataError(wording("read", name, f"whole records of {size:,} bytes", got, at=str(tree.root)))
            for record in np.frombuffer(data, np.uint8).reshape(-1, size):
                label, origin = int(record[form.label]), f"{name} {number}"
                if label < form.num_classes:
                    pixels = record[form.num_labels :].reshape(3, _SIDE, _SIDE).transpose(1, 2, 0)
                    rows.add_pixels(origin, pixels, label=str(label), split=split)
                else:
                    rows.skip(origin, f"label must be in 0 … {form.num_classes - 1}, got {label}")
                number += 1


def _load_names(tree: Tree, name: str, form: _Form) -> Mapping[str, str]:
    folder, slash, _ = name.rpartition("/")
    if form.names not in tree.entries(folder + slash).files:
        return {}
    lines = tree.read(f"{folder}{slash}{form.names}").decode("utf-8", "replace").split()
    return {str(number): line for number, line in enumerate(lines[: form.num_classes])}
