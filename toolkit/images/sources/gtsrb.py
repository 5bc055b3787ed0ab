"""The German Traffic Sign Recognition Benchmark as it is distributed: comes in as a path, goes out as a Manifest with tracks and boxes."""

from __future__ import annotations

import os
from collections.abc import Iterator

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import is_picture, subfolders
from toolkit.images.sources.rows import Rows
from toolkit.images.sources.table import parse_box, read_table
from toolkit.images.transforms import Box
from toolkit.wing import SPLITS, Manifest

__all__ = ["find_gtsrb", "read_gtsrb"]

# The competition's two stages unpack to folders of different names.
_TRAIN = ("Final_Training/Images", "Training/Images", "Training")
_TEST = ("Final_Test/Images", "Online-Test/Images")
_TRUTH = ("GT-final_test.csv", "GT-online_test.csv")
_COLUMNS = ("filename", "roi.x1", "roi.y1", "roi.x2", "roi.y2")


def find_gtsrb(root: str) -> dict[str, str]:
    """Find the benchmark's parts from the folder that holds GTSRB/, from GTSRB itself, or from that of the class folders.

    Returns:
        ``train`` and ``test`` → folder, for the parts that are there; empty if none is.
    """
    for base in (f"{root}/GTSRB", root):
        train = next((f"{base}/{name}" for name in _TRAIN if _holds_classes(f"{base}/{name}")), "")
        # The final training set contains the online test images: those two are never read together.
        names = [name for name in _TEST if not ("Final" in train.removeprefix(base) and "Online" in name)]
        test = next((f"{base}/{name}" for name in names if os.path.isdir(f"{base}/{name}")), "")
        if train or test:
            return {part: folder for part, folder in (("train", train), ("test", test)) if folder}
    return {"train": root} if _holds_classes(root) else {}


def _holds_classes(folder: str) -> bool:
    return os.path.isdir(folder) and any(os.path.isfile(f"{folder}/{name}/GT-{name}.csv") for name in subfolders(folder))


def read_gtsrb(root: str, *, tracks: bool = True) -> Manifest:
    """List the benchmark's images with their classes, tracks and boxes; its test images come as the test split.

    Args:
        root: The folder that holds GTSRB/, GTSRB itself, or the folder of the class folders; absolute.
        tracks: Whether each (class, track) becomes a group. The tracks of test images are not published: each is its own group.

    Returns:
        A manifest with the column ``box``: int32, shape (N, 4), x1, y1, x2, y2 in pixels, both corners inside the box. Classes are named
        like the training folders. Files that a CSV names but that are missing, and files that no CSV names, are among the skipped.

    Raises:
        DataError: If no part of the benchmark is there, or a CSV cannot be read.
    """
    parts = find_gtsrb(root)
    if not parts:
        rule = f"hold {_TRAIN[0]}, {_TRAIN[-1]} or {_TEST[0]}, with class folders and CSV files as distributed"
        raise DataError(f"read: {printable(root)} must {rule}, got none of them.")
    rows = Rows()
    if "train" in parts:
        for name in subfolders(parts["train"]):
            _add_class(rows, root, f"{parts['train']}/{name}", name)
    if "test" in parts:
        _add_test(rows, root, parts["test"])
    if not rows.origin:
        raise DataError(f"read: {printable(root)} must hold images that the benchmark's CSV files name, got none.")
    if not tracks:
        rows.group = []
    return rows.to_manifest(root)


def _add_class(rows: Rows, root: str, folder: str, name: str) -> None:
    truth = f"{folder}/GT-{name}.csv"
    if not os.path.isfile(truth):
        rows.skip(os.path.relpath(folder, root), f"folder without its GT-{name}.csv")
        return
    for path, file, box, _ in _annotated(rows, root, folder, truth):
        track, underscore, _frame = file.partition("_")
        rows.add(path, label=name, group=f"{name}/{track if underscore else file}", split=-1, box=box)


def _add_test(rows: Rows, root: str, folder: str) -> None:
    around = (folder, os.path.dirname(folder), os.path.dirname(os.path.dirname(folder)), root)
    truth = next((f"{place}/{name}" for place in around for name in _TRUTH if os.path.isfile(f"{place}/{name}")), None)
    if truth is None:
        rows.note = f"{os.path.relpath(folder, root)} was left out: {_TRUTH[0]}, which tells its classes, is missing"
        return
    trained, foreign = set(rows.label), 0
    for path, file, box, class_id in _annotated(rows, root, folder, truth):
        label = class_id.zfill(5)
        if trained and label not in trained:
            foreign += 1
        else:
            rows.add(path, label=label, group=f"test/{file}", split=SPLITS.index("test"), box=box)
    if foreign:
        rows.note = f"{foreign} test images of classes without training images were left out"


def _annotated(rows: Rows, root: str, folder: str, truth: str) -> Iterator[tuple[str, str, Box, str]]:
    """Yield path, file name, box and class of the rows of a CSV whose file is there; list the others, and files that have no row."""
    prefix = os.path.relpath(folder, root) + "/" if folder != root else ""
    missing_rows = set(os.listdir(folder))
    table = read_table(truth)
    header = [name.strip().lower() for name in next(table, [])]
    if not {*_COLUMNS, "classid"} <= set(header):
        raise DataError(f"read: {printable(truth)} must have the columns {', '.join(_COLUMNS)} and classid, got {printable(', '.join(header))}.")
    name, *box = (header.index(column) for column in _COLUMNS)
    class_id = header.index("classid")
    present = frozenset(missing_rows)
    for row in table:
        try:
            file, corners, label = row[name], parse_box([row[i] for i in box]), row[class_id]
        except (IndexError, ValueError):
            rows.skip(f"{prefix}{row[0]}", f"row of {os.path.basename(truth)} without a name, a box in numbers and a class")
            continue
        missing_rows.discard(file)
        if file in present:
            yield prefix + file, file, corners, label
        else:
            rows.skip(prefix + file, f"named in {os.path.basename(truth)}, but missing")
    for file in sorted(missing_rows):
        if is_picture(file):
            rows.skip(prefix + file, f"not named in {os.path.basename(truth)}")
