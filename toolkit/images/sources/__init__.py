"""Sources of images: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.images.plan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from toolkit.errors import AmbiguousSourceError, DataError, printable, wording
from toolkit.images.sources.cifar import find_cifar, read_cifar
from toolkit.images.sources.coco import find_coco, is_coco, read_coco, read_coco_file
from toolkit.images.sources.csv_table import read_csv, read_json
from toolkit.images.sources.folder_layout import read_folder
from toolkit.images.sources.gtsrb import find_gtsrb, read_gtsrb
from toolkit.images.sources.gtsrb_truth import find_test_folder
from toolkit.images.sources.huggingface import find_huggingface, read_huggingface
from toolkit.images.sources.idx import find_idx, read_idx
from toolkit.images.sources.json_file import read_head
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.mapping import find_mapillary, find_tt100k, is_tt100k, read_mapillary, read_tt100k, read_tt100k_file
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.parquet import find_parquet, read_parquet
from toolkit.images.sources.pixel_table import find_pixels, read_pixels
from toolkit.images.sources.unlabelled import read_pictures, read_unlabelled
from toolkit.images.sources.voc import find_voc, read_voc
from toolkit.images.sources.webdataset import find_webdataset, read_webdataset
from toolkit.images.sources.yolo import find_yolo, read_yolo
from toolkit.sources import NOT_READ, ArchiveTree, FileTree, FolderTree, Tree, archive_stem, name_classes, open_tree, source_path
from toolkit.wing import Manifest

__all__ = ["ReadOptions", "read", "read_raw", "read_unlabelled", "recognise_layout"]

_FOLDERS: Mapping[str, tuple[Callable[[Tree], object | None], Callable[[Tree, ReadOptions], Manifest]]] = {
    "cifar": (find_cifar, read_cifar),
    "gtsrb": (find_gtsrb, read_gtsrb),
    "coco": (find_coco, read_coco),
    "huggingface": (find_huggingface, read_huggingface),
    "idx": (find_idx, read_idx),
    "mapillary": (find_mapillary, read_mapillary),
    "parquet": (find_parquet, read_parquet),
    "pixels": (find_pixels, read_pixels),
    "tt100k": (find_tt100k, read_tt100k),
    "voc": (find_voc, read_voc),
    "webdataset": (find_webdataset, read_webdataset),
    "yolo": (find_yolo, read_yolo),
}
"""Layouts of folders that are recognised by what they hold: what finds each in a tree, None if it is not there, and what reads it."""

_ALONE = ("cifar", "idx", "parquet", "pixels")
"""Those of them whose files can be sources by themselves."""

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "jsonl", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""Layouts of single files, by their ending in lower case."""

_FILES: Mapping[str, Callable[[Path, ReadOptions], Manifest]] = {
    "csv": read_csv, "jsonl": read_json, "coco": read_coco_file, "tt100k": read_tt100k_file,
}  # fmt: skip
"""What reads each layout of single files."""

_HEADS: Mapping[str, Callable[[bytes], bool]] = {"coco": is_coco, "tt100k": is_tt100k}
"""Layouts of single JSON files, by what tells each from its beginning."""

_LISTS = ("_annotations.csv", "_classes.csv")
"""Tables that Roboflow puts beside the pictures of a part."""

_LAYOUTS = (
    "A source is a folder with a folder a class (also inside train/, val/, test/), or a ZIP or TAR archive of one; a data set as "
    "distributed, such as GTSRB, MNIST or CIFAR; pictures with boxes as COCO, Pascal VOC or YOLO mark them; Parquet files; or a table "
    "of paths and labels, or of pixels."
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
    tree = _open(path)
    layout = recognise_layout(tree, options) if options.layout == "auto" else options.layout
    options.check_layout(layout)
    if layout in _FILES and layout not in _FOLDERS and isinstance(tree, ArchiveTree):
        raise DataError(f"read: {printable(str(path))} must be a file for the layout {layout}, got an archive. Unpack it.")
    single = layout in _FILES and (layout not in _FOLDERS or (not isinstance(tree, ArchiveTree) and path.is_file()))
    manifest = _FILES[layout](path, options) if single else _read_tree(layout, tree, options)
    return name_classes(manifest, options.names)


def read_raw(source: str | Path, options: ReadOptions | None = None, *, boxes: bool = False) -> Manifest:
    """List what to predict on: all pictures of a folder or an archive, labelled or not; without any, what `read` finds there.

    Args:
        source: A picture, or a source as `read` takes it.
        options: How to read it; a layout other than ``"auto"`` leaves it to `read`.
        boxes: Whether what marks boxes in pictures comes before the pictures themselves.

    Returns:
        A manifest, whose labels mean nothing. Archives and Parquet files beside pictures, which are not read, are among the skipped.

    Raises:
        DataError: If the source holds no picture and is of no known layout, or can be read in two ways.
    """
    options, path = options or ReadOptions(group="none"), source_path(source)
    if options.layout == "auto" and ((is_picture(path.name) and not path.is_dir()) or not path.exists()):
        return read_unlabelled([source])
    tree = _open(path)
    found = _find(tree) if boxes and options.layout == "auto" else []
    inside = boxes and options.layout == "auto" and not found and find_test_folder(tree) is not None
    if inside or options.layout == "gtsrb" or found == ["gtsrb"]:
        options.check_layout("gtsrb")
        return read_gtsrb(tree, options, labelled=False)
    listed = isinstance(tree, FileTree) or path.name.lower().endswith((*_ENDINGS, *NOT_READ))
    if options.layout != "auto" or found or (listed and path.is_file()):
        return read(source, options)
    manifest = read_pictures(tree) if isinstance(tree, ArchiveTree) else read_unlabelled([source])
    return manifest if len(manifest) else read(source, options)


def _open(path: Path) -> Tree:
    """Return the source's tree; a file of a layout that lies in folders comes with the folder around it."""
    tree, alone = open_tree(path), FileTree(path.parent, only=path.name)
    if isinstance(tree, ArchiveTree) or not path.is_file():
        return tree
    return alone if any(_FOLDERS[layout][0](alone) for layout in _ALONE) else tree


def _read_tree(layout: str, tree: Tree, options: ReadOptions) -> Manifest:
    return _FOLDERS[layout][1](tree, options) if layout in _FOLDERS else read_folder(tree, options)


def recognise_layout(tree: Tree, options: ReadOptions) -> str:
    """Tell the layout of a source.

    Args:
        tree: The source.
        options: What the user said of it.

    Raises:
        DataError: If it is of none that is known, or of several.
    """
    path, shown = tree.root, printable(str(tree.root))
    if isinstance(tree, FileTree):
        return _find(tree)[0]
    if not path.exists():
        raise DataError(f"read: {shown} must be a folder, an archive or a CSV file, got nothing there. {_LAYOUTS}")
    if path.is_file() and not isinstance(tree, ArchiveTree):
        return _detect_file(path)
    if options.parts or options.classes != "auto":
        return "folder"
    found = _find(tree)
    if len(found) > 1:
        raise AmbiguousSourceError(
            wording("read", "source", "of one layout", " and ".join(found), at=str(path), fix="Say which: --layout NAME.")
        )
    if found:
        return found[0]
    if path.is_dir():
        _refuse_part(path)
    return _detect_classes(tree)


def _detect_classes(tree: Tree) -> str:
    """Return the layout of folders, if there are some; or say what lies there instead."""
    shown, entries = printable(str(tree.root)), tree.entries("")
    if entries.reason:
        raise DataError(f"read: {shown} must be a folder that can be listed, got: {entries.reason}.")
    for folder in ("", *(f"{name}/" for name in entries.folders)):
        lists = [name for name in tree.entries(folder).files if name in _LISTS]
        if lists and any(map(is_picture, tree.entries(folder).files)):
            got = f"pictures of {folder or 'it'} that a table lists"
            raise DataError(f"read: {shown} must be of a known layout, got {got}. {_list_them(tree, folder, lists)}")
    if entries.folders or entries.links:
        return "folder"
    if any(map(is_picture, entries.files)):
        raise DataError(f"read: {shown} must be of a known layout, got pictures without class folders. {_list_them(tree)}")
    archives = [name for name in entries.files if archive_stem(name)]
    fix = f"There is {printable(archives[0])}: give it as the source." if archives else _LAYOUTS
    raise DataError(f"read: {shown} must be of a known layout, got a folder without pictures or folders. {fix}")


def _find(tree: Tree) -> list[str]:
    layouts = _ALONE if isinstance(tree, FileTree) else _FOLDERS
    return [layout for layout in layouts if _FOLDERS[layout][0](tree) is not None]


def _detect_file(path: Path) -> str:
    ending = path.suffix.lower()
    known = [layout for layout, fits in _HEADS.items() if ending == ".json" and fits(read_head(path))]
    if not known and ending not in _ENDINGS:
        got = "an archive of a form that is not read; unpack it" if path.name.lower().endswith(NOT_READ) else "another file"
        raise DataError(f"read: {printable(str(path))} must be a folder, an archive or a CSV file, got {got}. {_LAYOUTS}")
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


def _list_them(tree: Tree, folder: str = "", lists: Sequence[str] = ()) -> str:
    tables = [folder + name for name in lists or tree.entries(folder).files if name.lower().endswith((".csv", ".tsv"))]
    if tables and isinstance(tree, ArchiveTree):
        return f"Unpack it, and give the table that lists them: {printable(tables[0])}."
    if tables:
        return f"Give the table that lists them: {printable(str(tree.root / tables[0]))}."
    return "Put each class's pictures into a folder of its own, or list them with their labels in a CSV file."
