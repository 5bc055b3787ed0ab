"""Sources of images: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.images.plan`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from toolkit.errors import AmbiguousSourceError, DataError, printable, wording
from toolkit.images.sources.coco import find_coco, is_coco, read_coco, read_coco_file
from toolkit.images.sources.csv_table import read_csv, read_json
from toolkit.images.sources.folder_layout import read_folder
from toolkit.images.sources.gtsrb import find_gtsrb, read_gtsrb
from toolkit.images.sources.json_file import read_head
from toolkit.images.sources.listing import is_picture, list_pictures
from toolkit.images.sources.mapping import find_mapillary, find_tt100k, is_tt100k, read_mapillary, read_tt100k, read_tt100k_file
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.images.sources.voc import find_voc, read_voc
from toolkit.images.sources.yolo import find_yolo, read_yolo
from toolkit.sources import FolderTree, Tree, name_classes, source_path
from toolkit.wing import Manifest

__all__ = ["ReadOptions", "read", "read_unlabelled"]

_FOLDERS: Mapping[str, tuple[Callable[[Tree], object | None], Callable[[Tree, ReadOptions], Manifest]]] = {
    "gtsrb": (find_gtsrb, read_gtsrb),
    "coco": (find_coco, read_coco),
    "voc": (find_voc, read_voc),
    "yolo": (find_yolo, read_yolo),
    "tt100k": (find_tt100k, read_tt100k),
    "mapillary": (find_mapillary, read_mapillary),
}
"""Layouts of folders that are recognised by what they hold: what finds each in a tree, None if it is not there, and what reads it."""

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "jsonl", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""Layouts of single files, by their ending in lower case."""

_FILES: Mapping[str, Callable[[Path, ReadOptions], Manifest]] = {
    "csv": read_csv, "jsonl": read_json, "coco": read_coco_file, "tt100k": read_tt100k_file,
}  # fmt: skip
"""What reads each layout of single files."""

_HEADS: Mapping[str, Callable[[bytes], bool]] = {"coco": is_coco, "tt100k": is_tt100k}
"""Layouts of single JSON files, by what tells each from its beginning."""

_LAYOUTS = (
    "A source is a folder with a folder a class (also inside train/, val/, test/), the GTSRB benchmark as distributed, "
    "pictures with boxes as COCO, Pascal VOC or YOLO mark them, or a CSV file with the columns path and label."
)


def read(source: str | Path, options: ReadOptions | None = None) -> Manifest:
    """List the images of a source without decoding any.

    Args:
        source: A folder, a CSV file, or a JSON file of annotations.
        options: How to read it; by default the layout is recognised.

    Returns:
        A manifest of kind ``"images"``, its rows in a fixed order; `Manifest.understood` says what the source was taken for.

    Raises:
        DataError: If the source is missing, of no known layout, holds no usable image, or can be read in two ways.
        ArgumentError: If an option means nothing in the source's layout.
    """
    options = options or ReadOptions()
    path = source_path(source)
    tree = FolderTree(path)
    layout = _detect(tree, options) if options.layout == "auto" else options.layout
    options.check_layout(layout)
    return name_classes(_read_as(layout, tree, options), options.names)


def _read_as(layout: str, tree: Tree, options: ReadOptions) -> Manifest:
    if layout in _FILES and (layout not in _FOLDERS or tree.root.is_file()):
        return _FILES[layout](tree.root, options)
    return _FOLDERS[layout][1](tree, options) if layout in _FOLDERS else read_folder(tree, options)


def read_unlabelled(paths: Iterable[str | Path]) -> Manifest:
    """List pictures to predict on: files as they are, folders with all that they hold.

    Args:
        paths: Files and folders, relative to the working directory or absolute.

    Returns:
        A manifest without labels, in the order given; origins begin as the user wrote them. Paths that are missing are among the skipped.
    """
    rows = Rows()
    for path in map(Path, paths):
        if path.is_dir():
            found = list_pictures(FolderTree(Path()), f"{path}/")
            for picture in found.pictures:
                rows.add(picture)
            rows.skipped += found.skipped
            if not found.pictures:
                rows.skip(str(path), "folder without a picture")
        elif path.exists():
            rows.add(str(path))
        else:
            rows.skip(str(path), "no such file or folder")
    return rows.finish(Path.cwd(), ReadOptions(group="none"))


def _detect(tree: Tree, options: ReadOptions) -> str:
    path, shown = tree.root, printable(str(tree.root))
    if path.is_file():
        return _detect_file(path)
    if not path.is_dir():
        raise DataError(f"read: {shown} must be a folder or a CSV file, got nothing there. {_LAYOUTS}")
    if options.parts or options.classes != "auto":
        return "folder"
    found = [layout for layout, (find, _) in _FOLDERS.items() if find(tree) is not None]
    if len(found) > 1:
        raise AmbiguousSourceError(
            wording("read", "source", "of one layout", " and ".join(found), at=str(path), fix="Say which: --layout NAME.")
        )
    if found:
        return found[0]
    _refuse_part(path)
    entries = tree.entries("")
    if entries.reason:
        raise DataError(f"read: {shown} must be a folder that can be listed, got: {entries.reason}.")
    if entries.folders or entries.links:
        return "folder"
    if any(map(is_picture, entries.files)):
        raise DataError(f"read: {shown} must be of a known layout, got pictures without class folders. {_list_them(tree)}")
    raise DataError(f"read: {shown} must be of a known layout, got a folder without pictures or folders. {_LAYOUTS}")


def _detect_file(path: Path) -> str:
    ending = path.suffix.lower()
    known = [layout for layout, fits in _HEADS.items() if ending == ".json" and fits(read_head(path))]
    if not known and ending not in _ENDINGS:
        raise DataError(f"read: {printable(str(path))} must be a folder or a CSV file, got another file. {_LAYOUTS}")
    return known[0] if known else _ENDINGS[ending]


def _refuse_part(path: Path) -> None:
    """Refuse a folder inside the benchmark's own."""
    for outer, name in ((path.parent, path.name), (path.parent.parent, f"{path.parent.name}/{path.name}")):
        around = find_gtsrb(FolderTree(outer))
        folders = [] if around is None else [around.train, around.test]
        if any(folder and f"{folder}/".startswith(f"{name}/") for folder in folders):
            fix = f"Give {printable(str(path.parent))}, or name the layout with --layout."
            rule = "the benchmark's own folder or the one that holds it"
            raise DataError(f"read: {printable(str(path))} must be {rule}, got a folder inside it. {fix}")


def _list_them(tree: Tree) -> str:
    tables = [name for name in tree.entries("").files if name.lower().endswith((".csv", ".tsv"))]
    if tables:
        return f"Give the table that lists them: {printable(str(tree.root / tables[0]))}."
    return "Put each class's pictures into a folder of its own, or list them with their labels in a CSV file."
