"""The German Traffic Sign Recognition Benchmark as it is distributed: comes in as a path, goes out as a Manifest with tracks and boxes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import file_names, is_picture
from toolkit.images.sources.rows import Rows
from toolkit.images.sources.table import parse_box, read_table
from toolkit.images.transforms import Box
from toolkit.sources import is_file, subfolders
from toolkit.wing import SPLITS, Manifest

__all__ = ["find_gtsrb", "read_gtsrb"]

# The folders of the final and of the online stage, as their archives unpack.
_TRAIN = ("Final_Training/Images", "Training/Images", "Training")
_TEST = ("Final_Test/Images", "Online-Test/Images")
_TRUTH = ("GT-final_test.csv", "GT-online_test.csv")
_COLUMNS = ("filename", "roi.x1", "roi.y1", "roi.x2", "roi.y2", "classid")


class _Row(NamedTuple):
    file: str
    box: Box
    class_id: str


def find_gtsrb(root: Path) -> dict[str, Path]:
    """Find the benchmark's parts from the folder that holds GTSRB/, from GTSRB itself, or from that of the class folders.

    Returns:
        ``train`` and ``test`` → folder, for the parts that are there; empty if none is.
    """
    opened = [base for base in (root / "GTSRB", root) if os.access(base, os.X_OK)]
    for base in opened:
        train = next((base / name for name in _TRAIN if _holds_classes(base / name)), None)
        # The final training images contain the online test images: those two are never read together.
        tests = _TEST[:1] if train == base / _TRAIN[0] else _TEST
        test = next((base / name for name in tests if (base / name).is_dir()), None)
        if train or test:
            return {part: folder for part, folder in (("train", train), ("test", test)) if folder}
    return {"train": root} if opened and _holds_classes(root) else {}


def _holds_classes(folder: Path) -> bool:
    return folder.is_dir() and any(is_file(folder / name / f"GT-{name}.csv") for name in subfolders(folder))


def read_gtsrb(root: Path, *, tracks: bool = True) -> Manifest:
    """List the benchmark's images with their classes, tracks and boxes; its test images come as the test split.

    Args:
        root: The folder that holds GTSRB/, GTSRB itself, or the folder of the class folders; absolute.
        tracks: Whether each (class, track) becomes a group. The tracks of test images are not published: each is its own group.

    Returns:
        A manifest with the column ``box``: int32, shape (N, 4), x1, y1, x2, y2 in pixels, both corners inside the box. Classes are named
        like the training folders. Files that a CSV names but that are missing, and pictures that no CSV names, are among the skipped.

    Raises:
        DataError: If no part of the benchmark is there, or a CSV cannot be read.
    """
    parts = find_gtsrb(root)
    if not parts:
        rule = f"hold {_TRAIN[0]}, {_TRAIN[-1]} or {_TEST[0]}, with class folders and CSV files as distributed"
        raise DataError(f"read: {printable(str(root))} must {rule}, got none of them.")
    rows = Rows()
    if "train" in parts:
        for name in subfolders(parts["train"]):
            _add_class(rows, root, parts["train"] / name)
    if "test" in parts:
        _add_test(rows, root, parts["test"])
    if not rows.origin:
        raise DataError(f"read: {printable(str(root))} must hold images that the benchmark's CSV files name, got none.")
    if not tracks:
        rows.group = []
    return rows.to_manifest(root)


def _add_class(rows: Rows, root: Path, folder: Path) -> None:
    name = folder.name
    truth = folder / f"GT-{name}.csv"
    prefix = folder.relative_to(root).as_posix()
    if not is_file(truth):
        rows.skip(prefix, f"folder without its GT-{name}.csv")
        return
    for row in _annotated(rows, folder, truth, prefix):
        track, has_frame, _frame = row.file.partition("_")
        rows.add(f"{prefix}/{row.file}", label=name, group=f"{name}/{track if has_frame else row.file}", box=row.box)


def _add_test(rows: Rows, root: Path, folder: Path) -> None:
    prefix = folder.relative_to(root).as_posix()
    places = (folder, folder.parent, folder.parent.parent, root)
    truth = next((place / name for place in places for name in _TRUTH if is_file(place / name)), None)
    if truth is None:
        rows.note = f"{prefix} was left out: {_TRUTH[0]}, which tells its classes, is missing."
        return
    trained, num_foreign = set(rows.label), 0
    for row in _annotated(rows, folder, truth, prefix):
        label = row.class_id.zfill(5)
        if trained and label not in trained:
            num_foreign += 1
        else:
            rows.add(f"{prefix}/{row.file}", label=label, group=f"test/{row.file}", split=SPLITS.index("test"), box=row.box)
    if num_foreign:
        rows.note = f"{num_foreign} test images of classes without training images were left out."


def _annotated(rows: Rows, folder: Path, truth: Path, prefix: str) -> Iterator[_Row]:
    """Yield the CSV's rows whose picture is there; list the others as skipped, and the pictures without a row."""
    present = file_names(folder)
    unnamed = set(present)
    table = read_table(truth)
    header = [name.strip().lower() for name in next(table, [])]
    if not set(_COLUMNS) <= set(header):
        rule = f"have the columns {', '.join(_COLUMNS)}"
        raise DataError(f"read: {printable(str(truth))} must {rule}, got {printable(', '.join(header))}.")
    file, x1, y1, x2, y2, class_id = (header.index(column) for column in _COLUMNS)
    for cells in table:
        try:
            row = _Row(cells[file], parse_box(cells[x1], cells[y1], cells[x2], cells[y2]), cells[class_id])
        except (IndexError, ValueError):
            rows.skip(f"{prefix}/{cells[0]}", f"its row in {truth.name} must have a box in whole numbers and a class")
            unnamed.discard(cells[0])
            continue
        unnamed.discard(row.file)
        if row.file in present:
            yield row
        else:
            rows.skip(f"{prefix}/{row.file}", f"named in {truth.name}, but missing")
    for name in sorted(filter(is_picture, unnamed)):
        rows.skip(f"{prefix}/{name}", f"not named in {truth.name}")
