"""Files of vectors are opened, those compressed as what is in them: a path comes in, bytes go out to the readers of each format."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import DataError, printable
from toolkit.sources import read_pieces

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["open_bytes"]

_PACKED = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\0": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
"""How compressed files begin, and the endings that they are known by."""


@contextmanager
def open_bytes(path: Path) -> Iterator[BufferedReader]:
    """Open a file to read its bytes, decompressed where it begins as .gz, .bz2, .xz, .zst or .zip files do.

    Raises:
        DataError: If an archive has several members, or nothing at hand reads its compression.
        OSError: If it cannot be opened.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open(path, "rb"))
        start = file.peek()
        packed = next((ending for mark, ending in _PACKED.items() if start.startswith(mark)), "")
        if start.startswith(b"PK\x03\x04"):
            archive = stack.enter_context(zipfile.ZipFile(file))
            yield BufferedReader(stack.enter_context(archive.open(_only_member(archive, path))))  # type: ignore[arg-type]
        elif packed:
            yield BufferedReader(stack.enter_context(_Pieces(read_pieces(path, packed))))
        else:
            yield file


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if len(names) != 1:
        shown, at = printable(", ".join(names)), printable(str(path))
        raise DataError(f"open: vectors must be the only file in an archive, got {shown} in {at}. Unpack it, and name one.")
    return names[0]


class _Pieces(RawIOBase):
    """Pieces one after another as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._ready = pieces, BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not (taken := self._ready.readinto(buffer)):
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._ready = BytesIO(piece)
        return taken
