"""The entries of a ZIP archive: its path comes in, where each entry lies goes out, to `toolkit.sources.archive`.

The central directory is read piece by piece: `zipfile` keeps 700 bytes an entry, and takes ten times as long.
Source: PKWARE, .ZIP File Format Specification (APPNOTE), 6.3.10, sections 4.3 to 4.5.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from toolkit.sources.entries import ArchiveEntry, check_name, check_size, damaged

__all__ = ["list_zip"]

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES = 20
_LONGEST_COMMENT = 0xFFFF
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_LOCAL_BYTES = 30
_ENCRYPTED, _UTF8 = 1, 1 << 11
_UNIX = (3, 19)  # and macOS: their attributes hold the kind of file, and a backslash is a letter
_METHODS = {0: "stored", 8: "deflated", 1: "shrunk", 6: "imploded", 9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}
_AES = 99


@dataclass(frozen=True)
class _Directory:
    start: int
    size: int
    count: int
    shift: int
    """Bytes before the archive proper, as of one that unpacks itself: all places in it are so much further on."""


def list_zip(path: Path, file: BinaryIO) -> Iterator[ArchiveEntry]:
    """Yield the entries of an archive in the order of its directory.

    Args:
        path: Its name, for messages.
        file: The archive, opened unbuffered or not, at any place.

    Raises:
        DataError: If it is no ZIP archive, in several volumes, cut short, or its directory is damaged.
    """
    directory = _find_directory(path, file)
    file.seek(directory.start)
    places = np.zeros((directory.count, 2), np.int64)
    yield from _walk(path, file, directory, places)
    if overlapping := _count_overlaps(places):
        raise damaged(path, "ZIP", f"{overlapping:,} entries that lie over one another, as in archives made to burst")


def _find_directory(path: Path, file: BinaryIO) -> _Directory:
    whole = file.seek(0, 2)
    tail_at = file.seek(max(0, whole - _END.size - _LONGEST_COMMENT - _END_64.size - _LOCATOR_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise damaged(path, "ZIP", "no directory at its end: it is cut short, or no ZIP archive")
    _, disk, first_disk, here, count, size, start, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    at -= _END_64.size + _LOCATOR_BYTES
    if at >= 0 and tail[at : at + 4] == b"PK\6\6" and tail[at + _END_64.size :].startswith(b"PK\6\7"):
        _, _, _, _, disk, first_disk, here, count, size, start = _END_64.unpack_from(tail, at)
        end -= _END_64.size + _LOCATOR_BYTES
    if disk or first_disk or here != count:
        raise damaged(path, "ZIP", "one of several volumes")
    shift = end - size - start
    if shift < 0 or count * _CENTRAL.size > size:
        raise damaged(path, "ZIP", "a directory that lies elsewhere than it says")
    return _Directory(start + shift, size, count, shift)


def _walk(path: Path, file: BinaryIO, directory: _Directory, places: NDArray[np.int64]) -> Iterator[ArchiveEntry]:
    left = directory.size
    for number in range(directory.count):
        fixed = file.read(_CENTRAL.size)
        if len(fixed) < _CENTRAL.size or not fixed.startswith(b"PK\1\2"):
            raise damaged(path, "ZIP", f"a damaged directory at entry {number:,} of {directory.count:,}")
        _, _, system, _, _, flags, method, _, _, crc, packed, size, n, e, c, _, _, attributes, start = _CENTRAL.unpack(fixed)
        left -= _CENTRAL.size + n + e + c
        rest = file.read(n + e + c) if left >= 0 else b""
        if len(rest) < n + e + c or left < 0:
            raise damaged(path, "ZIP", f"a damaged directory at entry {number:,} of {directory.count:,}")
        if 0xFFFFFFFF in (packed, size, start):
            packed, size, start = _widen(rest[n : n + e], (packed, size, start))
        name = _decode_name(rest[:n], utf8=bool(flags & _UTF8), unix=system in _UNIX)
        start += directory.shift
        stop = start + packed
        places[number] = start, stop + _LOCAL_BYTES + n
        reason = check_name(name) or _check_kind(attributes >> 16 if system in _UNIX else 0) or _check_packing(flags, method, packed, size)
        if not reason and places[number, 1] > directory.start:
            reason = "lies outside the archive"
        yield ArchiveEntry(name, start, stop, crc, reason)


def _widen(extra: bytes, sizes: tuple[int, int, int]) -> tuple[int, int, int]:
    """Take from the field of large archives what the directory has no room for; what it lacks stays too large to be read."""
    packed, size, start = sizes
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            size, packed, start = (next(numbers, value) if value == 0xFFFFFFFF else value for value in (size, packed, start))
        at += 4 + length
    return min(packed, 1 << 62), min(size, 1 << 62), min(start, 1 << 62)


def _decode_name(name: bytes, *, utf8: bool, unix: bool) -> str:
    """UTF-8 where the entry says so or it is that, as Macs write it without saying so; else what the specification has, code page 437."""
    try:
        text = name.decode("utf-8", "surrogateescape" if utf8 else "strict")
    except UnicodeDecodeError:
        text = name.decode("cp437")
    return text if unix else text.replace("\\", "/")


def _check_kind(mode: int) -> str:
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "a link, not followed"
    return "" if kind in (0, stat.S_IFREG, stat.S_IFDIR) else "a device or pipe"


def _check_packing(flags: int, method: int, packed: int, size: int) -> str:
    if flags & _ENCRYPTED or method == _AES:
        return "encrypted"
    if method not in (0, 8):
        return f"packed by {_METHODS.get(method, f'method {method}')}; entries must be stored or deflated"
    if method == 0 and packed != size:
        return f"stored, but its entry declares {packed} bytes packed and {size} unpacked"
    return check_size(size)


def _count_overlaps(places: NDArray[np.int64]) -> int:
    ordered = places[np.argsort(places[:, 0], kind="stable")]
    return int((ordered[1:, 0] < ordered[:-1, 1]).sum())
