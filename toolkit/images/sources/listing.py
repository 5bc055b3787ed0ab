"""Which files of a folder are pictures, without opening one; the layouts' readers build on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.sources import UNLISTED, Tree
from toolkit.wing import Skipped

__all__ = ["Listing", "is_picture", "list_pictures", "walk_folders"]

_READ = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".pbm", ".pgm", ".ppm", ".pnm", ".pam", ".pfm", ".bmp", ".dib", ".webp", ".tif", ".tiff"),
    *(".gif", ".avif", ".jp2", ".j2k", ".heic", ".heif"),  # HEIC where pillow-heif is installed; else each is refused with what to type
)
_NOT_READ = (".jxl", ".svg", ".psd", ".ico", ".tga", ".exr", ".dng", ".cr2", ".nef", ".arw")


@dataclass
class Listing:
    """What was found in a folder.

    Args:
        pictures: Paths, folder by folder, each folder's in order of their names.
        skipped: What a user might take for a picture, with the reason why it is none here.
        num_ignored: Number of other files.
    """

    pictures: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    num_ignored: int = 0


def list_pictures(tree: Tree, folder: str, *, deep: bool = True) -> Listing:
    """List the pictures in a folder; names that begin with a dot are passed over.

    Args:
        tree: Where to look.
        folder: The folder.
        deep: Whether to look into folders inside it, too. Links to folders, which may lead in circles, are then listed but not followed.

    Returns:
        What is there; a folder that cannot be listed is among the skipped.
    """
    found, entries = Listing(), tree.entries(folder)
    if entries.reason:
        found.skipped.append(Skipped(folder.removesuffix("/") or str(tree.root), f"{UNLISTED}: {entries.reason}"))
    for name in entries.files:
        if is_picture(name):
            found.pictures.append(folder + name)
        elif name.lower().endswith(_NOT_READ):
            found.skipped.append(Skipped(folder + name, "a picture format that is not read"))
        else:
            found.num_ignored += 1
    links = sorted((*entries.circles, *(entries.links if deep else ())))
    found.skipped += [Skipped(folder + name, "a link to a folder, not followed") for name in links]
    for name in entries.folders if deep else ():
        below = list_pictures(tree, f"{folder}{name}/")
        found.pictures += below.pictures
        found.skipped += below.skipped
        found.num_ignored += below.num_ignored
    return found


def is_picture(name: str) -> bool:
    """Tell by its ending whether a file is a picture of a format that is read, and not hidden."""
    return name.lower().endswith(_READ) and not name.startswith(".")


def walk_folders(tree: Tree, deep: int, folder: str = "") -> Iterator[str]:
    """Yield a folder and those inside it, each before its own, so many levels down; links to folders are followed."""
    yield folder
    if deep:
        entries = tree.entries(folder)
        for name in (*entries.folders, *entries.links):
            yield from walk_folders(tree, deep - 1, f"{folder}{name}/")
