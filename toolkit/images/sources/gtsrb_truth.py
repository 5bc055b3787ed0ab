"""Where GTSRB's test pictures and the table of their boxes lie: a tree comes in, names in it go out to `toolkit.images.sources.gtsrb`."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.images.sources.listing import is_picture, walk_folders
from toolkit.sources import FolderTree, Tree

__all__ = ["DEEP", "TEST", "TRUTH", "find_test_folder", "find_truth"]

DEEP = 4
"""Folders around the benchmark's own that unpacking may have made."""

TEST = ("Final_Test/Images", "Online-Test/Images")
"""Folders of the test pictures."""

TRUTH = ("GT-final_test.csv", "GT-online_test.csv")
"""Tables of their boxes and classes."""

_BOXES = (*TRUTH, "GT-final_test.test.csv")
"""Tables of their boxes; the last, which comes with the pictures, tells no classes."""

_OUTER = ("../", "../../", "../../../")


def find_test_folder(tree: Tree) -> str | None:
    """Return the folder of test pictures of a tree inside the benchmark: Final_Test, its Images, or what has its own table of boxes."""
    for folder in ("", "Images/"):
        entries = tree.entries(folder)
        named = f"{tree.root}/{folder}".rstrip("/").endswith(tuple(f"/{name}" for name in TEST))
        if any(map(is_picture, entries.files)) and (named or any(name in entries.files for name in _BOXES)):
            return folder
    return None


def find_truth(tree: Tree, folder: str, *, labelled: bool) -> str | None:
    """Return the table of a folder of test pictures: there, above, or anywhere in the tree; None if there is none.

    Args:
        tree: Where to look.
        folder: The folder of test pictures.
        labelled: Whether the table must tell classes; if not, it may also lie above a tree that is a folder.
    """
    above, names = folder.split("/")[:-1], TRUTH if labelled else _BOXES
    places = ["/".join(above[:i]) + "/" if i else "" for i in range(len(above), -1, -1)]
    if not labelled and isinstance(tree, FolderTree):
        places += _OUTER[: 3 - len(above) if len(above) < 3 else 0]
    beside = next((place + name for place in places for name in names if name in tree.entries(place).files), None)
    return beside or next((name for name in _walk_files(tree) if name.rpartition("/")[2] in names), None)


def _walk_files(tree: Tree) -> Iterator[str]:
    for folder in walk_folders(tree, DEEP):
        yield from (f"{folder}{name}" for name in tree.entries(folder).files if name.endswith(".csv"))
