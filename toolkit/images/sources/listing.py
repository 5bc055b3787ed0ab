"""What a folder holds, without opening or measuring a file; the layouts' readers build on it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from toolkit.errors import DataError, printable
from toolkit.wing import Skipped

__all__ = ["Listing", "is_picture", "list_pictures", "open_folder", "subfolders"]

_READ = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".ppm", ".pgm", ".pnm", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif")
_NOT_READ = (".heic", ".heif", ".avif", ".jp2", ".jxl", ".svg", ".psd", ".ico", ".tga", ".exr", ".dng", ".cr2", ".nef", ".arw", ".pbm")


@dataclass
class Listing:
    """What was found in a folder.

    Args:
        pictures: Paths, folder by folder, each folder's in order of their names.
        skipped: What a user might take for a picture, with the reason why it is none here.
        ignored: Number of other files.
    """

    pictures: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    ignored: int = 0


def list_pictures(folder: str, prefix: str = "", *, deep: bool = True) -> Listing:
    """List the pictures in a folder; names that begin with a dot are passed over.

    Args:
        folder: Where to look.
        prefix: What each path begins with in place of `folder`: empty, or ending in a slash.
        deep: Whether to look into subfolders, too. Links to folders are not followed, since they may lead in circles, but listed.

    Raises:
        DataError: If a folder is missing or cannot be listed.
    """
    found = Listing()
    inner = []
    for entry in sorted(open_folder(folder), key=lambda entry: entry.name):
        name, path = entry.name.lower(), prefix + entry.name
        if name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            inner.append(entry.name)
        elif is_picture(name):
            found.pictures.append(path)
        elif name.endswith(_NOT_READ):
            found.skipped.append(Skipped(path, "a picture format that is not read"))
        elif entry.is_symlink() and entry.is_dir():
            found.skipped += [Skipped(path, "a link to a folder, not followed")] if deep else []
        else:
            found.ignored += 1
    for name in inner if deep else ():
        below = list_pictures(f"{folder}/{name}", f"{prefix}{name}/")
        found.pictures += below.pictures
        found.skipped += below.skipped
        found.ignored += below.ignored
    return found


def is_picture(name: str) -> bool:
    """Tell by its ending whether a file is a picture of a format that is read, and not hidden."""
    return name.lower().endswith(_READ) and not name.startswith(".")


def subfolders(folder: str) -> list[str]:
    """Return the names of the folders in a folder, links to folders included, those that begin with a dot left out, sorted."""
    return sorted(entry.name for entry in open_folder(folder) if entry.is_dir() and not entry.name.startswith("."))


def open_folder(folder: str) -> list[os.DirEntry[str]]:
    """List a folder.

    Raises:
        DataError: If it is missing or cannot be listed.
    """
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise DataError(f"read: {printable(folder)} must be a folder that can be listed: {error.strerror}.") from error
