"""A folder a class, alone or inside train/, val/, test/: comes in as a tree, goes out as a Manifest."""

from __future__ import annotations

from dataclasses import replace

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import Listing, is_picture, list_pictures
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import EMPTY_CLASS, FolderQuestion, Tree, find_layout
from toolkit.wing import Manifest

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
    labelled = not options.class_pattern
    classes = options.classes if labelled else "auto"
    ask = FolderQuestion(is_picture, "pictures", classes=classes, parts=options.part_folders(), labelled=labelled, flat=not labelled)
    layout = find_layout(tree, ask)
    rows = Rows(skipped=list(layout.skipped), note=" ".join(layout.notes), understood=layout.understood)
    listings = [_list_stray(rows, tree, folder) for folder in layout.around if labelled]
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


def _list_stray(rows: Rows, tree: Tree, folder: str) -> Listing:
    found = list_pictures(tree, folder, deep=False)
    for path in found.pictures:
        rows.skip(path, "not in a class folder")
    return replace(found, pictures=[])
