"""Files that cannot be read in place, compressed or inside an archive: a name in a tree comes in, a plain file goes out to the readers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from toolkit.errors import printable
from toolkit.sources import COMPRESSED, SpoolFile, Tree, read_pieces

__all__ = ["FileName", "open_plain", "show_place", "split_name"]


class FileName(NamedTuple):
    """A file's name taken apart.

    Args:
        stem: What stands before the endings.
        ending: What it holds, in lower case, such as ``.csv``; empty if nothing says it.
        packed: How it is compressed, one of `toolkit.sources.COMPRESSED`; empty if it is not.
    """

    stem: str
    ending: str
    packed: str


def split_name(name: str) -> FileName:
    """Take the name of a file apart; folders before it are left out."""
    path = Path(name.rpartition("/")[2])
    packed = path.suffix.lower() if path.suffix.lower() in COMPRESSED else ""
    path = Path(path.stem) if packed else path
    return FileName(path.stem, path.suffix.lower(), packed)


def show_place(tree: Tree, name: str) -> str:
    """Return what messages call a file of a tree."""
    return printable(f"{tree.root}/{name}")


def open_plain(tree: Tree, name: str) -> tuple[Path, SpoolFile | None]:
    """Return a file with the contents of one of a tree's, and the spool that it is, if the file itself cannot be read in place.

    Raises:
        DataError: If it cannot be read, is damaged, or the disk has no room for what is in it.
    """
    local, packed = tree.local(name), split_name(name).packed
    if local == tree.root / name and not packed:
        return local, None
    spool = SpoolFile(name.rpartition("/")[2])
    spool.fill(read_pieces(local, packed, shown=f"{tree.root}/{name}"))
    spool.close()
    return Path(spool.path), spool
