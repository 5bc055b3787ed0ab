"""The text of a table as it is read: a file, compressed or not and in any encoding, comes in; UTF-8 goes out piece by piece."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.sources import read_pieces

__all__ = ["Stream", "cut_lines", "read_text", "skip_bytes", "squeeze_blanks"]

_BOM = codecs.BOM_UTF8
_BLANKS = re.compile(rb"^[ \t]+|[ \t]+(?=\r?$)", re.MULTILINE)


class Stream(io.RawIOBase):
    """Pieces as a file that is read once; the lines in it are counted.

    Args:
        pieces: What it holds.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._left = pieces, b""
        self._ends, self._open = 0, False

    @property
    def lines(self) -> int:
        """How many were read, an unfinished last one counted."""
        return self._ends + self._open

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into a buffer and return how many there are, 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
            if piece:
                self._ends, self._open = self._ends + piece.count(b"\n"), not piece.endswith(b"\n")
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def read_text(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield a file's text in UTF-8, without a byte order mark; what says that it is UTF-8 is not looked at.

    Args:
        path: The file, unpacked if its ending says that it is compressed.
        encoding: As `toolkit.sources.slices.name_encoding` returns it.

    Raises:
        DataError: If it cannot be read.
        UnicodeDecodeError: If it is no text in another encoding than UTF-8.
    """
    pieces = read_pieces(path)
    if encoding != "utf-8":
        decode = codecs.getincrementaldecoder(encoding)()
        pieces = (decode.decode(piece).encode() for piece in pieces)
    held = b""
    for piece in pieces:
        held += piece
        if len(held) >= len(_BOM):
            break
    yield held.removeprefix(_BOM)
    yield from pieces


def skip_bytes(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Yield pieces without the first bytes."""
    for piece in pieces:
        yield piece[count:]
        count = max(0, count - len(piece))


def cut_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends, whatever pieces they come in."""
    held = b""
    for piece in pieces:
        lines = (held + piece).splitlines(keepends=True)
        held = lines.pop() if lines else b""
        yield from lines
    if held:
        yield from held.splitlines(keepends=True)


def squeeze_blanks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield text with one space for any number of spaces and tabs, and none at either end of a line."""
    held = b""
    for piece in pieces:
        whole, end, held = (held + piece).rpartition(b"\n")
        yield re.sub(rb"[ \t]+", b" ", _BLANKS.sub(b"", whole)) + end
    yield re.sub(rb"[ \t]+", b" ", _BLANKS.sub(b"", held))
