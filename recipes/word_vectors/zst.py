"""Zstandard: an open compressed file comes in, its bytes go out; one that was cut off is an error, which the package's own reader hides."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import WriteableBuffer

__all__ = ["ReadZst"]

_CHUNK_BYTES = 1 << 14


class ReadZst(RawIOBase):
    """Decompresses frame after frame.

    Args:
        file: Open at its first frame.

    Raises:
        ImportError: If neither Python 3.14's module nor the package zstandard is there.
        ValueError: While reading, if the file ends within a frame, or a frame is damaged.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._begin, self._error = _find_library()
        self._file, self._frame = file, self._begin()
        self._ahead, self._ready, self._within = b"", BytesIO(), False

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer as far as bytes are at hand; 0 at the end."""
        while not (taken := self._ready.readinto(buffer)):
            data = self._ahead or self._file.read(_CHUNK_BYTES)
            if not data and self._within:
                raise ValueError("the compressed file ended within a frame")
            if not data:
                break
            self._decompress(data)
        return taken

    def _decompress(self, data: bytes) -> None:
        try:
            self._ready = BytesIO(self._frame.decompress(data))
        except self._error as error:
            raise ValueError(str(error)) from error
        self._within = not self._frame.eof
        self._ahead = b"" if self._within else self._frame.unused_data
        if not self._within:
            self._frame = self._begin()


def _find_library() -> tuple[Callable[[], Any], type[Exception]]:
    """Return what begins a frame, and the error that it raises."""
    try:
        module = import_module("compression.zstd")
    except ImportError:
        module = import_module("zstandard")
        return lambda: module.ZstdDecompressor().decompressobj(), module.ZstdError
    return module.ZstdDecompressor, module.ZstdError
