"""One file cut into slices of bytes, a line or a few each, whatever its encoding and line ends: readers of tables and corpora use it.

A slice is all that a manifest keeps of a text: two numbers. Workers read it again when its text is wanted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import DataError, printable

__all__ = ["MAX_TEXT_BYTES", "Slice", "cut_lines", "decode_slice", "find_encoding", "name_encoding"]

MAX_TEXT_BYTES = 16 << 20
"""Largest text that is read: longer than any novel."""

Slice = tuple[int, int, bytes | None]
"""First byte, the byte behind the last, and what stands there: None if it is more than `MAX_TEXT_BYTES`."""

_READ_BYTES = 1 << 20
_PACKED = {".gz": b"\x1f\x8b", ".xz": b"\xfd7zXZ\0", ".zst": b"\x28\xb5\x2f\xfd", ".zip": b"PK\3\4"}


def name_encoding(name: str, start: bytes) -> str:
    """Return the encoding by a name that says its byte order, told by a file's first bytes where the name itself does not."""
    known = codecs.lookup(_marked(start) if name == "auto" else name).name
    if known == "utf-8-sig":
        return "utf-8"
    if known in ("utf-16", "utf-32"):
        big = codecs.BOM_UTF16_BE if known == "utf-16" else codecs.BOM_UTF32_BE
        return known + ("-be" if start.startswith(big) else "-le")
    return known


def _marked(start: bytes) -> str:
    """The encoding that a byte order mark tells, else UTF-8."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def find_encoding(path: Path, name: str) -> str:
    """Return a file's encoding as `name_encoding` does.

    Raises:
        DataError: If the file cannot be read, or is compressed, whatever its name says.
    """
    shown = printable(str(path))
    try:
        with open(path, "rb") as file:
            start = file.read(6)
    except OSError as error:
        raise DataError(f"read: {shown} must be a file that can be read, got: {error.strerror}.") from error
    ending = next((ending for ending, mark in _PACKED.items() if start.startswith(mark)), "")
    if ending:
        raise DataError(f"read: {shown} must be text, got what is compressed. Name it {printable(path.name)}{ending}.")
    return name_encoding(name, start)


def decode_slice(data: bytes, encoding: str) -> str:
    """Decode bytes.

    Raises:
        ValueError: If they are no text in that encoding; it names the first that is not.
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"byte 0x{data[error.start]:02X} at {error.start}"
        raise ValueError(f"{byte} is no {encoding.upper()}; name the encoding with --encoding") from None


def cut_lines(path: Path, encoding: str) -> Iterator[Slice]:
    """Yield a file's lines with their ends: line feed, carriage return, or both. At most twice the largest text is held.

    Args:
        path: The file; a byte order mark at its start belongs to no line.
        encoding: As `name_encoding` returns it.

    Raises:
        DataError: If the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            start = _skip_mark(file, encoding)
            yield from _cut(file, start, *_line_ends(encoding))
    except OSError as error:
        raise DataError(f"read: {printable(str(path))} must be a file that can be read, got: {error.strerror}.") from error


def _skip_mark(file: BinaryIO, encoding: str) -> int:
    mark = "\ufeff".encode(encoding) if encoding.startswith("utf") and encoding != "utf-7" else b""
    start = len(mark) if mark and file.read(len(mark)) == mark else 0
    file.seek(start)
    return start


def _line_ends(encoding: str) -> tuple[re.Pattern[bytes], int]:
    """A pattern for a line end, and how many bytes its characters take."""
    cr, lf = ("\r".encode(encoding), "\n".encode(encoding))
    return re.compile(b"|".join(map(re.escape, (cr + lf, lf, cr)))), len(lf)


def _cut(file: BinaryIO, first: int, ends: re.Pattern[bytes], unit: int) -> Iterator[Slice]:
    held, dropped = b"", 0  # what was read of the line that begins at `first`: its end, and how much stood before that
    while True:
        more = file.read(_READ_BYTES)
        held, position = held + more, 0
        while (end := _find(ends, held, position, unit)) and (end < len(held) or not more):
            size = dropped + end - position
            yield first, first + size, None if size > MAX_TEXT_BYTES else held[position:end]
            first, position, dropped = first + size, end, 0
        held = held[position:]
        if not more:
            break
        if len(held) > MAX_TEXT_BYTES:
            keep = len(held) % unit + 2 * unit
            held, dropped = held[-keep:], dropped + len(held) - keep
    if held:
        size = dropped + len(held)
        yield first, first + size, None if size > MAX_TEXT_BYTES else held


def _find(ends: re.Pattern[bytes], held: bytes, position: int, unit: int) -> int:
    """Return the byte behind the next line end, 0 if there is none; characters of several bytes lie at multiples of these."""
    while found := ends.search(held, position):
        if (found.start() - position) % unit == 0:
            return found.end()
        position += (found.start() - position) // unit * unit + unit
    return 0
