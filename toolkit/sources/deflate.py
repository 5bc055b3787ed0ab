"""Deflate, as ZIP archives and gzip files have it: packed bytes come in, what they hold goes out, never more than allowed.

`isal` unpacks twice as fast as Python's own zlib.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import IO, Any

from isal import igzip, isal_zlib

from toolkit.errors import DataError

__all__ = ["DeflateError", "crc32", "inflate", "open_gzip"]


DeflateError: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub says an instance
"""What `open_gzip`'s file raises where what is packed is damaged; besides `EOFError` and `gzip.BadGzipFile`."""

crc32: Callable[[bytes], int] = isal_zlib.crc32
"""The checksum of ZIP entries."""


def inflate(data: bytes, max_bytes: int) -> bytes:
    """Unpack what is deflated, without header or checksum.

    Args:
        data: All of it.
        max_bytes: How large it may become.

    Raises:
        DataError: If it becomes larger, is damaged or cut short.
    """
    unpacker = isal_zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole: bytes = unpacker.decompress(data, max_bytes)
    except DeflateError as error:
        raise DataError(f"entry of the archive is damaged: {error}") from error
    if not unpacker.eof:
        if len(whole) < max_bytes:
            raise DataError("entry of the archive is cut short")
        raise DataError(f"entry of the archive must have at most {max_bytes} bytes unpacked, got more")
    return whole


def open_gzip(file: IO[bytes]) -> IO[Any]:
    """Return a file that reads what a gzip file holds."""
    opened: IO[Any] = igzip.open(file)  # type: ignore[no-untyped-call]
    return opened
