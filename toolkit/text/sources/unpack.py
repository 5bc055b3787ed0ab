"""Files that cannot be read in place, compressed or inside an archive: a name in a tree comes in, a plain file goes out to the readers."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from toolkit.errors import DataError, printable
from toolkit.sources import SpoolFile, Tree

__all__ = ["PACKED", "FileName", "open_plain", "read_pieces", "show_place", "split_name"]

PACKED = (".gz", ".bz2", ".xz", ".zst")
"""Endings of files that are compressed as a whole."""

_READ_BYTES, _FEW_BYTES = 1 << 20, 1 << 9


class FileName(NamedTuple):
    """A file's name taken apart.

    Args:
        stem: What stands before the endings.
        ending: What it holds, in lower case, such as ``.csv``; empty if nothing says it.
        packed: How it is compressed, one of `PACKED`; empty if it is not.
    """

    stem: str
    ending: str
    packed: str


def split_name(name: str) -> FileName:
    """Take the name of a file apart; folders before it are left out."""
    path = Path(name.rpartition("/")[2])
    packed = path.suffix.lower() if path.suffix.lower() in PACKED else ""
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
    spool.fill(_unpack(local, packed, show_place(tree, name)))
    spool.close()
    return Path(spool.path), spool


def read_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what stands in an open file."""
    while piece := file.read(_READ_BYTES):
        yield piece


def _unpack(path: Path, packed: str, shown: str) -> Iterator[bytes]:
    try:
        with _OPEN[packed](path, "rb") as file:
            yield from _unpack_zst(file, shown) if packed == ".zst" else read_pieces(file)
    except (EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise DataError(f"read: {shown} must be a whole {packed} file, got damaged data: {error}.") from error
    except OSError as error:
        got = error.strerror or f"damaged data: {error}"
        raise DataError(f"read: {shown} must be a file that can be read, got: {got}.") from error


def _unpack_zst(file: IO[bytes], shown: str) -> Iterator[bytes]:
    """Unpack frame by frame: the library's own file takes one that is cut short for a whole one. Few bytes at a time may be megabytes."""
    try:
        from zstandard import ZstdDecompressor, ZstdError
    except ImportError as error:
        fix = "Install it: pip install 'foudre[zstd]'. Or unpack the file: zstd -d."
        raise DataError(f"read: {shown} must have the package zstandard to be unpacked, got none. {fix}") from error
    frame = None
    try:
        while piece := file.read(_FEW_BYTES):
            while piece:
                frame = frame or ZstdDecompressor().decompressobj()
                yield frame.decompress(piece)
                piece, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except ZstdError as error:
        raise ValueError(str(error)) from error
    if frame:
        raise ValueError("the file is cut short")


_OPEN: Mapping[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zst": open, "": open}
