"""Sources of texts: a path comes in, its layout is recognised, and a Manifest goes out to splits and `toolkit.text.plan`."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import DataError, check, printable
from toolkit.sources import ArchiveTree, FolderTree, Tree, name_classes, open_tree, source_path
from toolkit.text.sources.class_files import find_class_files, given_class_files
from toolkit.text.sources.files import read_files
from toolkit.text.sources.folders import find_imdb, folders_hold_texts, is_text, read_folder, read_imdb
from toolkit.text.sources.json_shapes import refuse_shape
from toolkit.text.sources.list_file import ENDINGS, TextFile
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.part_files import PartFiles, find_base, find_part_files, given_part_files, is_data
from toolkit.text.sources.strays import is_stray
from toolkit.text.sources.tables import read_table
from toolkit.text.sources.unpack import split_name
from toolkit.wing import Manifest

__all__ = ["TextReadOptions", "read"]

_LAYOUTS = (
    "A source is a folder of .txt files, a folder a class (also inside train/, val/, test/), the Large Movie Review Dataset as "
    "distributed, files that are parts (train.csv, test.csv) or classes (pos.txt, neg.txt), a ZIP or TAR archive of these, or one file: "
    ".csv, .tsv, .json, .jsonl, .parquet, .txt, also compressed; --layout names what another ending holds."
)


def read(source: str | Path, options: TextReadOptions | None = None) -> Manifest:
    """List the texts of a source; of a table or a corpus, where each one lies in its file.

    Args:
        source: A folder or a file.
        options: How to read it; by default the layout is recognised.

    Returns:
        A manifest of kind ``"text"``, its rows in a fixed order.

    Raises:
        DataError: If the source is missing, of no known layout, can be read in two ways, or holds no usable text.
        ArgumentError: If an option means nothing in the source's layout.
    """
    options = options or TextReadOptions()
    check(str(source) != "", "read", "source", "a path", source, fix="The current folder is `.`.")
    path = source_path(source)
    tree = open_tree(path)
    alone = _only_file(tree) if isinstance(tree, ArchiveTree) else ""
    if alone:
        manifest = _read_file(tree, alone, options)
    elif path.is_dir() or isinstance(tree, ArchiveTree):
        manifest = _read_folder(tree, options)
    elif path.is_file():
        manifest = _read_file(FolderTree(path.parent), path.name, options)
    else:
        raise DataError(f"read: {printable(str(path))} must be a folder or a file, got nothing there. {_LAYOUTS}")
    return name_classes(manifest, options.names)


def _read_file(tree: Tree, name: str, options: TextReadOptions) -> Manifest:
    """Read a file that is the whole source."""
    shown, ending = printable(f"{tree.root}/{name}"), split_name(name).ending
    if options.layout in ("folder", "imdb", "class-files"):
        raise DataError(f"read: {shown} must be a folder for the layout {options.layout}, got a file.")
    if options.layout == "auto" and ending not in ENDINGS:
        raise DataError(f"read: {shown} must end in {', '.join(ENDINGS)}, got {ending or 'no ending'}. {_LAYOUTS}")
    layout = ENDINGS[ending] if options.layout == "auto" else options.layout
    check(not options.parts, "read", "parts", "left out for a file", options.parts)
    if layout != "text":  # which the file itself tells
        options.check_layout(layout)
    if layout in ("csv", "jsonl") and not split_name(name).packed and isinstance(tree, FolderTree):
        try:
            return read_table(tree.local(name), options, layout)
        except DataError:
            if layout == "jsonl":
                refuse_shape(tree.local(name), options.encoding, f"{tree.root}/{name}")
            raise
    return read_files(tree, [TextFile(name, layout)], options, single=True)


def _only_file(tree: Tree) -> str:
    """Return the one file of texts that an archive holds, if it is packed by itself; else an empty text."""
    base = find_base(tree)
    found = [name for name in tree.entries(base).files if is_data(name)]
    alone = len(found) == 1 and not tree.entries(base).folders and not (base and is_text(found[0]))  # that is a class's only text
    return f"{base}{found[0]}" if alone else ""


def _read_folder(tree: Tree, options: TextReadOptions) -> Manifest:
    """Read a folder as what was asked for, or what it looks like."""
    if options.layout not in ("auto", "folder", "imdb"):
        return _read_files(tree, _ask_files(tree, options), options)
    if options.layout == "auto" and (found := _find_files(tree, options)):
        return _read_files(tree, found, options)
    layout = _detect(tree, options) if options.layout == "auto" else options.layout
    options.check_layout(layout)
    return read_imdb(tree, options) if layout == "imdb" else read_folder(tree, options)


def _read_files(tree: Tree, found: PartFiles, options: TextReadOptions) -> Manifest:
    for file in found.files:
        if file.layout != "text":  # which the file itself tells
            options.check_layout("class-files" if file.label is not None else file.layout)
    return read_files(tree, found.files, options, passed_over=found.passed_over)


def _ask_files(tree: Tree, options: TextReadOptions) -> PartFiles:
    """Return the files of a folder whose layout is given."""
    base = find_base(tree)
    if options.layout == "class-files":
        return given_class_files(tree, base, options)
    found = given_part_files(tree, options) if options.parts else find_part_files(tree, base, options)
    if found is None:
        fix = "Give the file itself, or name the parts: --parts train=FILE,test=FILE."
        raise DataError(
            f"read: {printable(str(tree.root))} must be a file, or hold parts, for the layout {options.layout}, got a folder. {fix}"
        )
    return found


def _find_files(tree: Tree, options: TextReadOptions) -> PartFiles | None:
    """Return the files of a folder that are parts or classes, by what was typed or by their names."""
    if options.parts:
        return given_part_files(tree, options)
    _refuse_arrow(tree)
    base = find_base(tree)
    if options.classes != "auto" or folders_hold_texts(tree, base=base):
        return None
    labelled = options.label != "none"
    return find_part_files(tree, base, options) or (find_class_files(tree, base, options) if labelled else None)


def _refuse_arrow(tree: Tree) -> None:
    """Refuse what the Hugging Face libraries save for themselves."""
    files = tree.entries("").files
    if "dataset_dict.json" in files or ("state.json" in files and "dataset_info.json" in files):
        shown = printable(str(tree.root))
        parts = "for name, part in found.items(): part.to_parquet(f'{name}.parquet')"
        fix = f"Save it as Parquet: found = datasets.load_from_disk({str(tree.root)!r}); " + (
            parts if "dataset_dict.json" in files else "found.to_parquet('all.parquet')"
        )
        raise DataError(f"read: {shown} must be of a known layout, got Arrow files as `save_to_disk` writes them. {fix}")


def _detect(tree: Tree, options: TextReadOptions) -> str:
    """Return the layout of a folder of folders, or of texts that are a file each."""
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
    if any(is_text(name) and not is_stray(name) for name in entries.files):
        return "folder"
    base = find_base(tree)
    data = [f"{base}{name}" for name in tree.entries(base).files if is_data(name) and not is_text(name)]
    if data and not folders_hold_texts(tree):
        first = printable(data[0])
        fix = f"Give one of its files, such as {printable(f'{path}/')}{first}, or name the parts: --parts train={first},test=FILE."
        raise DataError(f"read: {shown} must hold files named train and test, or folders, got {printable(', '.join(data[:4]))}. {fix}")
    if not (entries.folders or entries.links):
        strays = [name for name in entries.files if is_text(name)]
        got = "a folder without texts or folders"
        if strays:
            got = f"only {', '.join(map(printable, strays))}, which by name list or explain something"
        raise DataError(f"read: {shown} must be of a known layout, got {got}. {_LAYOUTS}")
    return "folder"
