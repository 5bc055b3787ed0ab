"""Files that are compressed as a whole: a path comes in, what it holds goes out piece by piece, so that none is ever in memory."""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from toolkit.errors import DataError, printable
from toolkit.sources.deflate import DeflateError, open_gzip

__all__ = ["COMPRESSED", "read_pieces"]

COMPRESSED = (".gz", ".xz", ".bz2", ".zst")
"""The endings of files that `read_pieces` unpacks."""

_PIECE, _FEW = 1 << 20, 1 << 9
_WINDOW = 1 << 27
"""Memory that a Zstandard frame may ask for: what `zstd --ultra` writes by itself."""


def read_pieces(path: Path, packed: str | None = None, *, shown: str = "") -> Iterator[bytes]:
    """Yield what a file holds, unpacked, a few megabytes at a time at most.

    Args:
        path: The file.
        packed: How it is compressed, an ending such as ``.gz``, or empty if it is not; None takes the file's own ending.
        shown: What messages call it; its path unless given.

    Raises:
        DataError: If it cannot be read, is damaged or cut short, or needs a library that is not installed.
    """
    try:
        with open(path, "rb") as file:
            yield from _UNPACK.get(path.suffix.lower() if packed is None else packed, _copy)(file)
    except EOFError as error:
        raise _damaged(shown or str(path), "one that is cut short") from error
    except OSError as error:
        raise _damaged(shown or str(path), error.strerror or str(error)) from error
    except (DeflateError, lzma.LZMAError, ValueError) as error:
        raise _damaged(shown or str(path), str(error)) from error
    except ImportError:
        fix = "Install it, `pip install 'foudre[zstd]'`, or unpack the file with `zstd -d`."
        raise DataError(f"read: {printable(shown or str(path))} must be read by the library zstandard, got none. {fix}") from None


def _copy(file: IO[Any]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _unpack_gz(file: IO[Any]) -> Iterator[bytes]:
    with open_gzip(file) as unpacked:
        yield from _copy(unpacked)


def _unpack_xz(file: IO[Any]) -> Iterator[bytes]:
    with lzma.open(file) as unpacked:
        yield from _copy(unpacked)


def _unpack_bz2(file: IO[Any]) -> Iterator[bytes]:
    with bz2.open(file) as unpacked:
        yield from _copy(unpacked)


def _unpack_zst(file: IO[Any]) -> Iterator[bytes]:
    """Frame by frame: the library's own file takes one that is cut short for a whole one. A few bytes at a time can become megabytes."""
    from zstandard import ZstdDecompressor, ZstdError

    frame = None
    try:
        while piece := file.read(_FEW):
            while piece:
                frame = frame or ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
                yield frame.decompress(piece)
                piece, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except ZstdError as error:
        raise ValueError(str(error)) from error
    if frame:
        raise EOFError


_UNPACK: Mapping[str, Callable[[IO[Any]], Iterator[bytes]]] = {
    ".gz": _unpack_gz, ".tgz": _unpack_gz, ".xz": _unpack_xz, ".txz": _unpack_xz,
    ".bz2": _unpack_bz2, ".tbz2": _unpack_bz2, ".tbz": _unpack_bz2, ".zst": _unpack_zst, ".tzst": _unpack_zst,
}  # fmt: skip


def _damaged(shown: str, got: str) -> DataError:
    return DataError(f"read: {printable(shown)} must be a whole compressed file, got {got}. Copy or download it again.")
