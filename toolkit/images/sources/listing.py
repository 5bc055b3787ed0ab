"""What a folder holds, without opening or measuring a file; the layouts' readers build on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from toolkit.sources import UNLISTED, is_folder, leads_back, scan_folder, try_folder
from toolkit.wing import Skipped

__all__ = ["Listing", "file_names", "is_picture", "list_pictures"]

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


def list_pictures(folder: Path, prefix: str, *, deep: bool = True) -> Listing:
    """List the pictures in a folder; names that begin with a dot are passed over.

    Args:
        folder: Where to look.
        prefix: What each path begins with in place of `folder`: empty, or ending in a slash.
        deep: Whether to look into subfolders, too. Links to folders, which may lead in circles, are then listed but not followed.

    Returns:
        What is there; a folder that cannot be listed is among the skipped.
    """
    found = Listing()
    inner: list[str] = []
    entries, reason = try_folder(folder)
    if reason:
        found.skipped.append(Skipped(prefix.removesuffix("/") or str(folder), f"{UNLISTED}: {reason}"))
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            inner.append(entry.name)
        elif is_picture(entry.name):
            found.pictures.append(prefix + entry.name)
        elif entry.name.lower().endswith(_NOT_READ):
            found.skipped.append(Skipped(prefix + entry.name, "a picture format that is not read"))
        elif not is_folder(entry) and not leads_back(entry):
            found.num_ignored += 1
        elif deep or leads_back(entry):
            found.skipped.append(Skipped(prefix + entry.name, "a link to a folder, not followed"))
    for name in inner if deep else ():
        below = list_pictures(folder / name, f"{prefix}{name}/")
        found.pictures += below.pictures
        found.skipped += below.skipped
        found.num_ignored += below.num_ignored
    return found


def is_picture(name: str) -> bool:
    """Tell by its ending whether a file is a picture of a format that is read, and not hidden."""
    return name.lower().endswith(_READ) and not name.startswith(".")


def file_names(folder: Path) -> frozenset[str]:
    """Return the names of all that is in a folder."""
    return frozenset(entry.name for entry in scan_folder(folder))
