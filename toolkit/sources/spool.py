"""Where samples are unpacked to that cannot be read in place: bytes come in one after another, slices of one file go out.

What is compressed as a whole, or stored in columns, has no place of its own for each sample; it is decoded once, here.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import DataError

__all__ = ["SpoolFile", "make_folder"]

_KEEP_FREE = 256 << 20
_BUFFER = 1 << 20


class SpoolFile:
    """A temporary file, in `TMPDIR` if that is set; it is removed with the last manifest that needs it, or when Python ends.

    Another process gets its path by pickle, and removes nothing.

    Args:
        name: Of the file in its folder: a reader that names rows by their file then names them by this.
    """

    def __init__(self, name: str = "spool") -> None:
        self.path = str(make_folder(self) / name)
        self._file: BinaryIO = open(self.path, "wb", _BUFFER)  # noqa: SIM115  # it grows as long as the source is read
        weakref.finalize(self, self._file.close)
        self.size = 0

    def __reduce__(self) -> tuple[type[_Opened], tuple[str]]:
        if not self._file.closed:
            self._file.flush()
        return _Opened, (self.path,)

    def append(self, data: bytes | memoryview) -> tuple[int, int]:
        """Write some bytes behind the others.

        Returns:
            The first byte's place, and that behind the last.

        Raises:
            DataError: If the disk has no room.
        """
        return self.fill([data])

    def fill(self, pieces: Iterable[bytes | memoryview]) -> tuple[int, int]:
        """Write pieces that belong together behind all others, as `append` does."""
        start, checked = self.size, self.size >> 26
        for piece in pieces:
            if self.size >> 26 != checked:
                checked = self.size >> 26
                self._check_room()
            self._file.write(piece)
            self.size += len(piece)
        return start, self.size

    def close(self) -> None:
        """Write out what is held back; nothing can be added any more."""
        self._file.close()

    def _check_room(self) -> None:
        free = shutil.disk_usage(os.path.dirname(self.path)).free  # noqa: PTH120
        if free < _KEEP_FREE:
            raise DataError(
                f"read: the folder for temporary files must have {_KEEP_FREE >> 20} MB free, got {free >> 20} MB after "
                f"{self.size >> 20} MB were unpacked. Set TMPDIR to a larger disk, or unpack the source."
            )


def make_folder(owner: object) -> Path:
    """Make a temporary folder that is removed with its owner, or when Python ends."""
    folder = tempfile.mkdtemp(prefix="foudre-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


class _Opened:
    """A spool that another process fills and removes."""

    def __init__(self, path: str) -> None:
        self.path = path
