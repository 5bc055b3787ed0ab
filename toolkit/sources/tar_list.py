"""The entries of a TAR archive: an open file comes in, where each entry lies goes out, to `toolkit.sources.archive`.

Read are the forms that are in use: of 1979, POSIX (ustar and pax) and GNU. `tarfile` makes an object of every header field, which takes
ten times as long. Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format".
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.sources.entries import ArchiveEntry, check_name, check_size, damaged

__all__ = ["list_tar"]

_BLOCK = 512
_LONGEST_HEADER = 1 << 20
_READ = 4 * _BLOCK
_EMPTY = bytes(_BLOCK)
_REASONS = {
    b"1": "a link, not followed", b"2": "a link, not followed",
    b"3": "a device or pipe", b"4": "a device or pipe", b"6": "a device or pipe",
    b"S": "a sparse file", b"M": "continued from another volume",
}  # fmt: skip
_FILES = (b"0", b"\0", b"7")
_FOLDERS = (b"5", b"D")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")


class _Window:
    """Reads a few headers that follow one another by one call."""

    def __init__(self, file: int, stop: int) -> None:
        self._file, self._stop = file, stop
        self._start, self._held = 0, b""

    def read(self, at: int, count: int) -> bytes:
        first = at - self._start
        if not 0 <= first <= len(self._held) - count:
            self._start, self._held = at, os.pread(self._file, min(max(count, _READ), self._stop - at), at)
            first = 0
        return self._held[first : first + count]


@dataclass
class _Said:
    """What headers before an entry say of it."""

    name: bytes = b""
    size: int = -1
    sparse: bool = False


def list_tar(path: Path, file: int, start: int, stop: int) -> Iterator[ArchiveEntry]:
    """Yield the entries of an archive in their order.

    Args:
        path: Its name, for messages.
        file: The descriptor of the file that holds it.
        start: Where the archive begins there.
        stop: Where it ends there.

    Raises:
        DataError: If it is no TAR archive, or cut short, or a header is damaged.
    """
    at, said, count, window = start, _Said(), 0, _Window(file, stop)
    while at < stop:
        header = window.read(at, _BLOCK)
        if header == _EMPTY:
            break
        kind, size = header[156:157], _read_number(header[124:136])
        if len(header) < _BLOCK or not _is_header(header) or size < 0:
            what = "is cut short" if len(header) < _BLOCK else "is damaged" if count else "is no header of such an archive"
            raise damaged(path, "TAR", f"byte {at - start:,}, which {what}")
        at += _BLOCK
        if said.size >= 0 and kind not in b"xgLK":
            size = said.size
        if at + (0 if kind in _WITHOUT_DATA else size) > stop:
            raise damaged(path, "TAR", f"{stop - start:,} bytes, which end inside entry {count + 1:,}: it is cut short")
        if kind in b"xgLK":
            if size > _LONGEST_HEADER:
                raise damaged(path, "TAR", f"a header of {size:,} bytes at entry {count + 1:,}")
            _listen(said, kind, window.read(at, size))
        else:
            count += 1
            yield _make_entry(header, said, kind, at, size)
            said = _Said()
        at += 0 if kind in _WITHOUT_DATA else -(-size // _BLOCK) * _BLOCK
    if not count:
        raise damaged(path, "TAR", f"{stop - start:,} bytes without an entry")


def _make_entry(header: bytes, said: _Said, kind: bytes, at: int, size: int) -> ArchiveEntry:
    name = said.name or header[:100].partition(b"\0")[0]
    if not said.name and header[257:263] == b"ustar\0" and (prefix := header[345:500].partition(b"\0")[0]):
        name = prefix + b"/" + name
    text = os.fsdecode(name)
    if kind in _FOLDERS:
        text = f"{text.rstrip('/')}/"
    reason = check_name(text) or _REASONS.get(b"S" if said.sparse else kind, "" if kind in (*_FILES, *_FOLDERS) else "of an unknown kind")
    return ArchiveEntry(text, at, at + size, reason=reason or check_size(size))


def _is_header(header: bytes) -> bool:
    """Whether the bytes add up to the checksum, with spaces in its place; half of an Adler-32 is one more than their sum, at once."""
    said = _read_number(header[148:156])
    return (said + sum(header[148:156]) - 8 * 32 + 1) % 65521 == zlib.adler32(header) & 0xFFFF and said > 0


def _read_number(field: bytes) -> int:
    """Octal digits, or where the first bit is set a binary number; −1 if neither."""
    if field[0] & 0x80:
        return int.from_bytes(field) & ~(0x80 << 8 * (len(field) - 1)) if field[0] == 0x80 else -1
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return -1


def _listen(said: _Said, kind: bytes, data: bytes) -> None:
    """Take down what a header says of the entry behind it; what one says of all entries is not of names or sizes."""
    if kind == b"L":
        said.name = data.rstrip(b"\0")
    elif kind == b"x":
        while data:
            length, _, rest = data.partition(b" ")
            count = int(length) if length.isdigit() else 0
            key, _, value = rest[: count - len(length) - 2].partition(b"=")
            if key == b"path":
                said.name = value
            elif key == b"size" and value.isdigit():
                said.size = int(value)
            said.sparse |= key.startswith(b"GNU.sparse")
            data = data[count:] if count else b""
