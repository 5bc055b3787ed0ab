"""Tables of pixels, a picture a row, as Kaggle has MNIST, sign language and FER2013: come in in a tree, go out as a Manifest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

import numpy as np

from toolkit.errors import DataError, printable
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.part_files import find_files, named_files, pass_over, say_parts, split_files
from toolkit.images.sources.spooled import SpooledRows
from toolkit.images.sources.table import read_table
from toolkit.sources import Tree
from toolkit.wing import Manifest, Understood

__all__ = ["find_pixels", "read_pixels"]

_PIXEL = re.compile(r"(pixel|px|p)?_?\d+|\d+x\d+", re.IGNORECASE)
_RENAMED = re.compile(r"\d+(\.\d+)?")
"""A row that pandas took for names, and numbered where they stood twice: ``0,0.1,0.2``."""
_LABELS = ("label", "class", "emotion", "target", "y")
_FER = ("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral")
_USAGE = {"training": 0, "publictest": 1, "privatetest": 2}
_LEAST = 64
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class _Form:
    """What stands in a table's columns.

    Args:
        pixels: Places of the columns of pixels; a single one holds them all, with spaces between.
        size: Height, which is the width, and channels.
        label: Place of the label; None without.
        usage: Place of the column that names the part; None without.
        names: Those of the columns; none where the first line is a picture.
        renamed: Whether these were once a picture's numbers.
    """

    pixels: tuple[int, ...]
    size: tuple[int, int]
    label: int | None = None
    usage: int | None = None
    names: Sequence[str] = ()
    renamed: bool = False


def find_pixels(tree: Tree) -> Mapping[str, _Form] | None:
    """Find tables of pixels by their first lines; None if there are none."""
    return _find_forms(tree, find_files(tree, _is_csv)) or None


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def _find_forms(tree: Tree, tables: Iterable[str]) -> dict[str, _Form]:
    return {name: form for name in tables if (form := _find_form(tree.local(name)))}


def read_pixels(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures of tables of pixels.

    Args:
        tree: The folder of the tables, or one of them in its folder.
        options: `parts` names the tables of each part, where names do not tell.

    Returns:
        A manifest; rows are numbered from 1 in each file, as in other tables. Pictures are square; three times as many pixels as a square
        has are red, green and blue of each. Tables of parts make the splits, or FER2013's column Usage. A table without labels beside one
        that has them, and rows that are no picture, are among the skipped.

    Raises:
        DataError: If no table of pixels is there, several of one part are, or no row is a picture.
    """
    named = named_files(tree, options, _is_csv)
    forms = _find_forms(tree, named) if named else find_pixels(tree)
    if not forms:
        rule = "hold a table of pixels, with columns such as label, pixel0, pixel1, …"
        raise DataError(f"read: {printable(str(tree.root))} must {rule}, got none.")
    splits = {name: named[name] for name in forms} if named else split_files(tree, "pixels", [*forms], lambda name: name.rpartition(".")[0])
    labelled = any(form.label is not None for form in forms.values())
    rows = SpooledRows()
    for name, form in forms.items():
        if labelled and form.label is None:
            rows.skip(name, "a table without labels beside one that has them; give it alone to read its pictures")
        else:
            _add_table(rows, tree, name, form, splits[name])
    form = next(form for form in forms.values() if (form.label is not None) == labelled)
    side, channels = form.size
    rows.tell(f"Each row is a {'gray' if channels == 1 else 'coloured'} picture of {side} × {side} pixels, as their number tells.")
    if form.renamed:
        rows.tell("The first line is a picture that was taken for names, such as 0.1 for a second 0: it is left out.")
    headed = form.names and not form.renamed
    label = "" if form.label is None else f"the column {printable(form.names[form.label])}" if headed else "the first column"
    places = say_parts(splits) if form.usage is None else {"": "the column Usage"}
    passed_over = tuple(skip for skip in pass_over(tree, _is_csv, forms) if _find_form(tree.local(skip.path)))
    rows.understood = Understood("a table of pixels, a picture a row", places, label, passed_over=passed_over)
    if form.usage is not None and {*rows.label} <= {str(number) for number in range(len(_FER))}:
        rows.class_names = {str(number): name for number, name in enumerate(_FER)}
    return rows.close(tree, options, [*forms])


def _find_form(path: Path) -> _Form | None:
    """Tell by a table's first two lines whether it is one of pixels."""
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            lines = [file.readline(_LONGEST_LINE), file.readline(_LONGEST_LINE)]
        first, second = ([*csv.reader([line.rstrip("\n")]), []][0] for line in lines)
    except (OSError, csv.Error):
        return None
    names = [name.strip().lower() for name in first]
    label = next((names.index(name) for name in _LABELS if name in names), None)
    if "pixels" in names and len(second) == len(names):
        size = _measure(len(second[names.index("pixels")].split()))
        usage = names.index("usage") if "usage" in names else None
        return size and _Form((names.index("pixels"),), size, label, usage, first)
    numbers = all(name.isdecimal() for name in names)
    if names and numbers and names[-1] != str(len(names) - 1):  # a row; or else columns named by numbers
        unlabelled = _measure(len(names))
        size = unlabelled or _measure(len(names) - 1)
        return size and _Form((*range(0 if unlabelled else 1, len(names)),), size, None if unlabelled else 0)
    if names and all(map(_RENAMED.fullmatch, names)) and len(second) == len(names) and all(cell.strip().isdecimal() for cell in second):
        size = _measure(len(names) - 1)
        return size and _Form((*range(1, len(names)),), size, 0, names=first, renamed=True)
    pixels = tuple(place for place, name in enumerate(names) if _PIXEL.fullmatch(name))
    size = _measure(len(pixels))
    return size and _Form(pixels, size, label, names=first)


def _measure(count: int) -> tuple[int, int] | None:
    """The side and the channels of a picture of so many values; None if it can be none, or is too small to be told from other tables."""
    for channels in (1, 3):
        side = isqrt(count // channels)
        if count >= _LEAST and side * side * channels == count:
            return side, channels
    return None


def _add_table(rows: SpooledRows, tree: Tree, name: str, form: _Form, split: int) -> None:
    for number, cells in enumerate(_data_rows(tree.local(name), form), 1):
        origin = f"{name} row {number}"
        try:
            side, channels = form.size
            values = cells[form.pixels[0]].split() if len(form.pixels) == 1 else [cells[place] for place in form.pixels]
            pixels = np.frombuffer(bytes(map(int, values)), np.uint8).reshape((side, side, channels)[: 2 if channels == 1 else 3])
            label = None if form.label is None else cells[form.label].strip()
            if form.usage is not None:
                split = _USAGE[cells[form.usage].strip().lower()]
        except (IndexError, ValueError):
            rows.skip(origin, f"must have {side * side * channels} whole numbers from 0 to 255")
        except KeyError as error:
            rows.skip(origin, f"Usage must be Training, PublicTest or PrivateTest, got {printable(error.args[0])}")
        else:
            if label == "":
                rows.skip(origin, "label is empty")
            else:
                rows.add_pixels(origin, pixels, label=label, split=split)


def _data_rows(path: Path, form: _Form) -> Iterator[list[str]]:
    table = read_table(path)
    if form.names:
        next(table, None)
    return table
