"""A folder a class, alone or inside train/, val/, test/: comes in as a tree, goes out as a Manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import Listing, is_picture, list_pictures
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import EMPTY_CLASS, FolderLayout, FolderQuestion, Tree, find_layout
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["read_folder"]


def read_folder(tree: Tree, options: ReadOptions) -> Manifest:
    """List a folder a class, or train/, val/, test/ with a folder a class in each.

    Args:
        tree: The source.
        options: Which folders are parts and classes, and what in a path is a group.

    Returns:
        A manifest without groups, unless `options` finds some. Class folders without a picture, and pictures outside class folders, are
        among the skipped.

    Raises:
        DataError: If no class folder holds a picture, or the folders can be read in two ways.
    """
    parts = {f"{folder}/" if folder not in ("", ".") else "": split for folder, split in options.part_folders().items()}
    labelled = not options.class_pattern
    classes = options.classes if labelled else "auto"
    layout = find_layout(tree, FolderQuestion(is_picture, "pictures", classes=classes, parts=parts, labelled=labelled, flat=not labelled))
    rows = Rows(skipped=list(layout.skipped), note=" ".join(layout.notes))
    rows.understood = _describe(layout, options)
    listings = [_list_stray(rows, tree, folder) for folder in _around(layout) if labelled]
    for found in layout.classes:
        listing = list_pictures(tree, found.folder, deep=found.deep)
        for path in listing.pictures:
            rows.add(path, label=found.name, split=found.split)
        if not listing.pictures:
            rows.skip(found.folder.removesuffix("/"), EMPTY_CLASS)
        listings.append(listing)
    if not rows.origin:
        raise DataError(f"read: {printable(str(tree.root))} must hold a folder a class with pictures in it, got none.")
    for listing in listings:
        rows.skipped += listing.skipped
    num_ignored = sum(listing.num_ignored for listing in listings)
    if num_ignored:
        rows.tell(f"Files that are no pictures, left out: {num_ignored:,}.")
    if options.class_pattern:
        rows.label_by(options.class_pattern)
    return rows.finish(tree, options)


def _describe(layout: FolderLayout, options: ReadOptions) -> Understood:
    """Say what some folders were taken for."""
    places: dict[str, list[str]] = {}
    for folder, split in layout.parts.items():
        places.setdefault(SPLITS[split] if split >= 0 else "", []).append(folder or ".")
    parts = {name: " + ".join(folders) for name, folders in places.items()}
    kind = {"leaf": "each folder that holds pictures", "top": "folders", "auto": "folders"}.get(options.classes, "")
    return Understood("a folder a class" if kind else "folders of pictures", parts, kind, passed_over=layout.skipped)


def _around(layout: FolderLayout) -> Sequence[str]:
    """Folders whose own pictures belong to no class."""
    return sorted({layout.base, *layout.parts} - {found.folder for found in layout.classes})


def _list_stray(rows: Rows, tree: Tree, folder: str) -> Listing:
    found = list_pictures(tree, folder, deep=False)
    for path in found.pictures:
        rows.skip(path, "not in a class folder")
    return replace(found, pictures=[])
