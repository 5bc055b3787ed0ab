"""The German Traffic Sign Recognition Benchmark and BelgiumTS: come in as a tree, go out as a Manifest with tracks and boxes.

Three forms are known: the archives of the benchmark's stages, with a CSV in each class folder; BelgiumTS, which does the same in
Training/ and Testing/; and what Kaggle distributes, with a Train.csv and a Test.csv beside the folders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from toolkit.errors import DataError, printable
from toolkit.images.sources.gtsrb_truth import DEEP, TEST, TRUTH, find_test_folder, find_truth
from toolkit.images.sources.listing import is_picture, walk_folders
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.images.sources.sign_names import SIGN_NAMES
from toolkit.images.sources.table import parse_box, read_table
from toolkit.images.transforms import Box
from toolkit.sources import Tree, list_files
from toolkit.wing import SPLITS, Manifest, Skipped, Understood

__all__ = ["GtsrbParts", "find_gtsrb", "read_gtsrb"]

_TRAIN = ("Final_Training/Images", "Training/Images", "Training")
_COLUMNS = ("filename", "roi.x1", "roi.y1", "roi.x2", "roi.y2", "classid")


@dataclass(frozen=True)
class GtsrbParts:
    """Where the benchmark's parts lie in a tree; what is not there is None.

    Args:
        train: The folder of the training classes, each with its CSV.
        test: The folder of the test images, whose CSV lies there or above.
        testing: The folder of the test classes, each with its CSV: BelgiumTS.
        tables: The folder that holds Kaggle's Train.csv and Test.csv.
    """

    train: str | None = None
    test: str | None = None
    testing: str | None = None
    tables: str | None = None


class _Row(NamedTuple):
    file: str
    box: Box
    class_id: str | None


def find_gtsrb(tree: Tree) -> GtsrbParts | None:
    """Find the benchmark's parts in a tree, up to four folders down; None if none is there."""
    folders = list(walk_folders(tree, DEEP))
    classes = [folder for folder in folders if _holds_classes(tree, folder)]
    train = next((folder for name in _TRAIN for folder in classes if f"/{folder}".endswith(f"/{name}/")), None)
    testing = next((folder for folder in classes if f"/{folder}".endswith("/Testing/")), None)
    # The final training images contain the online test images: those two are never read together.
    names = TEST[:1] if train and train.endswith(f"{_TRAIN[0]}/") else TEST
    test = next((folder for name in names for folder in folders if f"/{folder}".endswith(f"/{name}/")), None)
    if train or test or testing:
        return GtsrbParts(train, test, testing)
    if "" in classes:
        return GtsrbParts(train="")
    tables = next((folder for folder in folders if _holds_tables(tree, folder)), None)
    return None if tables is None else GtsrbParts(tables=tables)


def _holds_classes(tree: Tree, folder: str) -> bool:
    entries = tree.entries(folder)
    return any(f"GT-{name}.csv" in tree.entries(f"{folder}{name}/").files for name in (*entries.folders, *entries.links))


def _holds_tables(tree: Tree, folder: str) -> bool:
    return any(_has_columns(tree, f"{folder}{name}") for name in tree.entries(folder).files if name.lower() in ("train.csv", "test.csv"))


def _has_columns(tree: Tree, table: str, *, labelled: bool = True) -> bool:
    header = tree.read(table)[:1000].decode("utf-8-sig", "replace").partition("\n")[0].lower()
    return {*_COLUMNS[1 : None if labelled else -1], "path"} <= {name.strip() for name in header.replace(";", ",").split(",")}


def read_gtsrb(tree: Tree, options: ReadOptions, *, labelled: bool = True) -> Manifest:
    """List the benchmark's images with their classes, tracks and boxes; its test images come as the test split.

    Args:
        tree: The folder that holds GTSRB/, GTSRB itself, or the folder of the class folders.
        options: Whether each (class, track) becomes a group. The tracks of test images are not published: each is its own group.
        labelled: Whether classes are wanted. If not, tables need not tell them, as the one that comes with the test images does not, and
            the tree may be Final_Test or its folder Images.

    Returns:
        A manifest with the column ``box``: int32, shape (N, 4), x1, y1, x2, y2 in pixels, both corners inside the box. Classes are named
        like the training folders. Files that a CSV names but that are missing, and pictures that no CSV names, are among the skipped.

    Raises:
        DataError: If no part of the benchmark is there, or a CSV cannot be read.
    """
    parts = find_gtsrb(tree)
    if parts is None and not labelled and (test := find_test_folder(tree)) is not None:
        parts = GtsrbParts(test=test)
    if parts is None:
        rule = f"hold {_TRAIN[0]}, {_TRAIN[-1]} or {TEST[0]}, with class folders and CSV files as distributed, or Train.csv and Test.csv"
        raise DataError(f"read: {printable(str(tree.root))} must {rule}, got none of them.")
    return _Reader(tree, parts, Rows(), labelled).read(options)


@dataclass
class _Reader:
    tree: Tree
    parts: GtsrbParts
    rows: Rows
    labelled: bool

    def read(self, options: ReadOptions) -> Manifest:
        parts, rows = self.parts, self.rows
        for folder, split in ((parts.train, -1), (parts.testing, SPLITS.index("test"))):
            for name in self._inner(folder):
                self._add_class(f"{folder}{name}/", name, split)
        if parts.test is not None:
            self._add_test(parts.test)
        if parts.tables is not None:
            self._add_tables(parts.tables)
        if not rows.origin:
            first = [printable(f" {skipped.path or 'Its images'}: {skipped.reason}.") for skipped in rows.skipped[:1]]
            got = f"got none.{''.join(first)}"
            raise DataError(f"read: {printable(str(self.tree.root))} must hold images that the benchmark's CSV files name, {got}")
        if options.group in ("auto", "track"):
            alone = "; each test image by itself, as their tracks are not published"
            groups = f"tracks, by the names of the files{alone * (parts.test is not None or parts.tables is not None)}"
        else:
            groups, rows.group = "", []
        if self._is_gtsrb():
            rows.class_names = {name: SIGN_NAMES[int(name)] for name in set(rows.label) if name.isdecimal() and int(name) < len(SIGN_NAMES)}
        rows.understood = Understood(
            self._layout(), self._places(), "the class folders' CSV files" if parts.tables is None else "the tables' ClassId", groups,
            "the annotated signs; --steps crop_box cuts to them", self._passed_over(),
        )  # fmt: skip
        return rows.finish(self.tree, options)

    def _inner(self, folder: str | None) -> list[str]:
        entries = self.tree.entries(folder or "")
        return [] if folder is None else sorted((*entries.folders, *entries.links))

    def _is_gtsrb(self) -> bool:
        """Whether classes are the benchmark's: BelgiumTS lays its own out alike."""
        parts = self.parts
        named = "GTSRB" in f"{self.tree.root}/{parts.train or ''}" or "Final_T" in f"{parts.train}{parts.test}"
        return parts.testing is None and (named or parts.tables is not None or len(set(self.rows.label)) == len(SIGN_NAMES))

    def _layout(self) -> str:
        if self.parts.tables is not None:
            return "the German Traffic Sign Recognition Benchmark, as on Kaggle"
        if self._is_gtsrb():
            return "the German Traffic Sign Recognition Benchmark, as distributed"
        return "traffic signs with a CSV in each class folder, as GTSRB and BelgiumTS are distributed"

    def _places(self) -> dict[str, str]:
        parts = self.parts
        if parts.tables is not None:
            return {"": f"{parts.tables}Train.csv", "test": f"{parts.tables}Test.csv"}
        test = parts.test if parts.test is not None else parts.testing
        there = {"": parts.train, "test": test}
        return {name: folder or "." for name, folder in there.items() if folder is not None}

    def _passed_over(self) -> tuple[Skipped, ...]:
        """Folders of pictures beside those that are read."""
        base, found = self.parts.tables or "", []
        read = {folder.removeprefix(base).split("/")[0] for folder in self._listed}
        for name in self.tree.entries(base).folders:
            count = sum(map(is_picture, list_files(self.tree, f"{base}{name}/"))) if name not in read else 0
            if count:
                found.append(Skipped(f"{base}{name}", f"{count:,} pictures that no table of the benchmark names"))
        return tuple(found)

    def _add_class(self, folder: str, name: str, split: int) -> None:
        truth = f"GT-{name}.csv"
        if truth not in self.tree.entries(folder).files:
            self.rows.skip(folder.removesuffix("/"), f"folder without its {truth}")
            return
        for row in self._annotated(folder, f"{folder}{truth}"):
            track, has_frame, _frame = row.file.partition("_")
            group = f"{'test/' if split > 0 else ''}{name}/{track if has_frame else row.file}"
            self.rows.add(f"{folder}{row.file}", label=name if self.labelled else None, group=group, split=split, box=row.box)

    def _add_test(self, folder: str) -> None:
        truth = find_truth(self.tree, folder, labelled=self.labelled)
        if truth is None and self.labelled:
            self.rows.tell(f"{folder.removesuffix('/')} was left out: {TRUTH[0]}, which tells its classes, is missing.")
        elif truth is None:
            self.rows.skip(folder.removesuffix("/"), f"left out: {TRUTH[0]} or GT-final_test.test.csv, which tells its boxes, is missing")
        if truth is None:
            return
        trained, num_foreign = set(self.rows.label), 0
        for row in self._annotated(folder, truth):
            label = None if row.class_id is None else row.class_id.zfill(5)
            if trained and label not in trained:
                num_foreign += 1
            else:
                self.rows.add(f"{folder}{row.file}", label=label, group=f"test/{row.file}", split=SPLITS.index("test"), box=row.box)
        if num_foreign:
            self.rows.tell(f"{num_foreign} test images of classes without training images were left out.")

    def _add_tables(self, base: str) -> None:
        tables = {name.lower(): f"{base}{name}" for name in self.tree.entries(base).files}
        for table, split in (("train.csv", -1), ("test.csv", SPLITS.index("test"))):
            if table not in tables or not _has_columns(self.tree, tables[table], labelled=self.labelled):
                continue
            for row in self._annotated(base, tables[table], column="path"):
                name = row.file.rpartition("/")[2]
                track = name.rpartition("_")[0]
                group = f"test/{name}" if split > 0 or not track else f"{row.class_id}/{track}"
                self.rows.add(f"{base}{row.file}", label=row.class_id, group=group, split=split, box=row.box)

    def _annotated(self, folder: str, truth: str, *, column: str = "filename") -> Iterator[_Row]:
        """Yield the CSV's rows whose picture is there; list the others as skipped, and the pictures without a row."""
        table, shown, seen = read_table(self.tree.local(truth)), truth.rpartition("/")[2], set()
        header = [name.strip().lower() for name in next(table, [])]
        columns = (column, *_COLUMNS[1 : None if self.labelled else -1])
        if not set(columns) <= set(header):
            got = printable(", ".join(header))
            raise DataError(f"read: {printable(f'{self.tree.root}/{truth}')} must have the columns {', '.join(columns)}, got {got}.")
        file, x1, y1, x2, y2, *class_id = (header.index(name) for name in columns)
        for cells in table:
            try:
                label = cells[class_id[0]].strip() if class_id else None
                row = _Row(cells[file], parse_box(cells[x1], cells[y1], cells[x2], cells[y2]), label)
            except (IndexError, ValueError):
                name = cells[file] if len(cells) > file else cells[0]
                self.rows.skip(f"{folder}{name}", f"its row in {shown} must have a box in whole numbers{' and a class' * self.labelled}")
                seen.add(name)
                continue
            seen.add(row.file)
            inside = row.file[: row.file.rfind("/") + 1]
            if row.file[len(inside) :] in self._names(folder + inside):
                yield row
            else:
                self.rows.skip(f"{folder}{row.file}", f"named in {shown}, but missing")
        for inside in sorted({name[: name.rfind("/") + 1] for name in seen} if column == "path" else {""}):
            for name in self.tree.entries(folder + inside).files:
                if inside + name not in seen and is_picture(name):
                    self.rows.skip(f"{folder}{inside}{name}", f"not named in {shown}")

    def _names(self, folder: str) -> frozenset[str]:
        if folder not in self._listed:
            self._listed[folder] = frozenset(self.tree.entries(folder).files)
        return self._listed[folder]

    def __post_init__(self) -> None:
        self._listed: dict[str, frozenset[str]] = {}
