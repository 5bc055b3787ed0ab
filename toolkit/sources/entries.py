"""What an archive's tables of contents say of one entry: names and sizes come in, a place to read or a reason not to goes out.

`toolkit.sources.zip_list` and `toolkit.sources.tar_list` find the entries; `toolkit.sources.archive` makes a tree of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from toolkit.contents import MAX_BYTES
from toolkit.errors import DataError, printable

__all__ = ["NO_CRC", "ArchiveEntry", "check_name", "check_size", "damaged"]

NO_CRC = -1
"""Stands for the checksum of an entry that is a plain slice of its file."""


class ArchiveEntry(NamedTuple):
    """One entry.

    Args:
        name: As the archive has it, with slashes; a folder's ends in one.
        start: Its first byte, in a ZIP archive that of its local header.
        stop: `start` and the bytes that it takes there, packed or not.
        crc: The checksum of a ZIP entry, `NO_CRC` otherwise.
        reason: Why it is not read; empty if it is.
    """

    name: str
    start: int = 0
    stop: int = 0
    crc: int = NO_CRC
    reason: str = ""


def check_name(name: str) -> str:
    """Say why a name is none of a file inside the archive; empty if it is one."""
    if name.startswith("/") or name[1:2] == ":":
        return "its name is absolute, and an archive's names lie inside it"
    if ".." in name and ".." in name.split("/"):
        return "its name leads out of the archive"
    return "its name has a null byte" if "\0" in name else ""


def check_size(size: int) -> str:
    """Say why an entry that declares so many bytes is not read; empty if it is."""
    return f"must have at most {MAX_BYTES} bytes, its entry declares {size}" if size > MAX_BYTES else ""


def damaged(path: Path, kind: str, got: str) -> DataError:
    """Word what is wrong with an archive as a whole."""
    return DataError(f"read: {printable(str(path))} must be a whole {kind} archive, got {got}. Copy or download it again.")
