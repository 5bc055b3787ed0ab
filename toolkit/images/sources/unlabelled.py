"""Pictures without labels: files, folders and archives come in, a Manifest of all their pictures goes out to be predicted or measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from toolkit.images.sources.listing import list_pictures
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import ARCHIVES, NOT_READ, FolderTree, Tree, list_files
from toolkit.wing import Manifest

__all__ = ["read_pictures", "read_unlabelled"]


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
            before = len(rows.origin)
            _add_pictures(rows, FolderTree(Path()), f"{path}/")
            if len(rows.origin) == before:
                rows.skip(str(path), "folder without a picture")
        elif path.exists():
            rows.add(str(path))
        else:
            rows.skip(str(path), "no such file or folder")
    return rows.finish(Path.cwd(), ReadOptions(group="none"))


def read_pictures(tree: Tree) -> Manifest:
    """List all pictures of archives; what they hold of other archives is among the skipped."""
    rows = Rows()
    _add_pictures(rows, tree, "")
    manifest = rows.finish(tree, ReadOptions(group="none"))
    return replace(manifest, skipped=(*manifest.skipped, *manifest.understood.passed_over))


def _add_pictures(rows: Rows, tree: Tree, folder: str) -> None:
    found = list_pictures(tree, folder)
    for picture in found.pictures:
        rows.add(picture)
    rows.skipped += found.skipped
    for name in list_files(tree, folder) if found.pictures else ():
        if name.lower().endswith((*ARCHIVES, *NOT_READ, ".parquet")):
            rows.skip(name, "not read among pictures; give it as an input of its own")
