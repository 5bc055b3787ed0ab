"""Sources of texts: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.text.plan`."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import DataError, check, printable
from toolkit.sources import ArchiveTree, FolderTree, Tree, name_classes, open_tree, source_path
from toolkit.text.sources.corpus import read_corpus
from toolkit.text.sources.folders import find_imdb, is_text, read_folder, read_imdb
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.tables import read_table
from toolkit.wing import Manifest

__all__ = ["TextReadOptions", "read"]

_BY_ENDING = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "lines"}
_LAYOUTS = (
    "A source is a folder of .txt files, a folder a class (also inside train/, val/, test/), the Large Movie Review Dataset as "
    "distributed, a ZIP or TAR archive of these, or a file: .csv, .tsv, .jsonl, .txt; --layout names what another ending holds."
)


def read(source: str | Path, options: TextReadOptions | None = None) -> Manifest:
    """List the texts of a source; of a table or a corpus, where each one lies in its file.

    Args:
        source: A folder or a file.
        options: How to read it; by default the layout is recognised.

    Returns:
        A manifest of kind ``"text"``, its rows in a fixed order.

    Raises:
        DataError: If the source is missing, of no known layout, or holds no usable text.
        ArgumentError: If an option means nothing in the source's layout.
    """
    options = options or TextReadOptions()
    check(str(source) != "", "read", "source", "a path", source, fix="The current folder is `.`.")
    tree = open_tree(source_path(source))
    layout = _detect(tree, options)
    options.check_layout(layout)
    return name_classes(_read_as(layout, tree, options), options.names)


def _read_as(layout: str, tree: Tree, options: TextReadOptions) -> Manifest:
    if layout in ("csv", "jsonl"):
        return read_table(tree.root, options, layout)
    if layout in ("lines", "paragraphs"):
        return read_corpus(tree.root, options, layout)
    return read_imdb(tree, options) if layout == "imdb" else read_folder(tree, options)


def _detect(tree: Tree, options: TextReadOptions) -> str:
    """Return the layout asked for, or the one that the source looks like, if what stands there can be of that layout."""
    path, asked = tree.root, options.layout
    folder, shown = path.is_dir() or isinstance(tree, ArchiveTree), printable(str(path))
    if not path.is_file() and not folder:
        raise DataError(f"read: {shown} must be a folder or a file, got nothing there. {_LAYOUTS}")
    if asked != "auto":
        if folder != (asked in ("folder", "imdb")):
            wanted, got = ("a file", "a folder") if folder else ("a folder", "a file")
            raise DataError(f"read: {shown} must be {wanted} for the layout {asked}, got {got}.")
        return asked
    if folder:
        return _detect_folder(tree, options)
    if path.suffix.lower() not in _BY_ENDING:
        raise DataError(f"read: {shown} must end in {', '.join(_BY_ENDING)}, got {path.suffix or 'no ending'}. {_LAYOUTS}")
    return _BY_ENDING[path.suffix.lower()]


def _detect_folder(tree: Tree, options: TextReadOptions) -> str:
    path, shown = tree.root, printable(str(tree.root))
    if options.parts or options.classes != "auto":
        return "folder"
    if find_imdb(tree) is not None:
        return "imdb"
    if path.name in ("train", "test") and find_imdb(FolderTree(path.parent)) == "":
        raise DataError(f"read: {shown} must be the data set's own folder, got a part of it. Give {printable(str(path.parent))}.")
    entries = tree.entries("")
    if entries.reason:
        raise DataError(f"read: {shown} must be a folder that can be listed, got: {entries.reason}.")
    if not (entries.folders or entries.links or any(map(is_text, entries.files))):
        got, fix = (
            ("an archive", "Unpack it, and give the file that holds the texts.")
            if isinstance(tree, ArchiveTree)
            else ("a folder", _LAYOUTS)
        )
        raise DataError(f"read: {shown} must be of a known layout, got {got} without texts or folders. {fix}")
    return "folder"
