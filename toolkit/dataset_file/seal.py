"""The seal: what a finished file states of itself, a CRC-32 over every byte of its HDF5 part, and where that part begins and ends.

Schema 2 has it in 64 bytes behind HDF5's end of file, where other readers do not look; schema 1 had it in a user block of 512 bytes.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple

import h5py

from toolkit.errors import DatasetFileError, printable

__all__ = ["SCHEMA", "SEAL_BYTES", "Part", "find_part", "read_seal", "rewritten", "seal"]

SCHEMA = 2
"""Of the files that are written; schema 1 is read too."""
SEAL_BYTES = 64
_USER_BLOCK_BYTES = 512
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK = struct.Struct("<8s4B3Q")
"""Of versions 2 and 3 (HDF5 File Format Specification 3.0, II.A): signature; version, sizes of offsets and lengths, flags; base address,
extension, end of file."""


class Part(NamedTuple):
    """Where a file's HDF5 part lies, bytes [start, stop), and the schema that puts it there."""

    schema: int
    start: int
    stop: int


def seal(path: str | Path, crc: int) -> None:
    """Write the seal behind the HDF5 part: from here on the file counts as complete."""
    with open(path, "r+b") as file:
        file.seek(find_part(path).stop)
        file.write(_seal(SCHEMA, crc))


def read_seal(path: str | Path) -> tuple[int, Part]:
    """Return the CRC-32 that a file states of its HDF5 part, and where that part lies.

    Raises:
        DatasetFileError: If the file is missing, unfinished, cut short, no dataset file, written again by another tool, of another schema,
            or not exactly as long as it should be; or if the seal is damaged.
    """
    part = find_part(path)
    end = part.stop if part.start else part.stop + SEAL_BYTES
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size != end:
            _require_head(path)
        if size == part.stop < end:
            raise rewritten(path, f"its last {SEAL_BYTES} bytes, which hold its checksum, are missing", or_cut=True)
        if size != end:
            fix = "It is truncated." if size < end else "Something was written behind it."
            raise DatasetFileError(f"open: {path} must be {end} bytes long, as it states, got {size}. {fix}")
        file.seek(0 if part.start else part.stop)
        return _parse(path, file.read(part.start or SEAL_BYTES), part.schema), part


def find_part(path: str | Path) -> Part:
    """Return where a file's HDF5 part lies, as its superblock states; its schema as the first bytes tell it.

    Raises:
        DatasetFileError: If the file is missing, no dataset file, or written again by another tool.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(_USER_BLOCK_BYTES + _SUPERBLOCK.size)
    except OSError as error:
        raise DatasetFileError(f"open: {path} cannot be read: {error.strerror}.") from error
    start = _USER_BLOCK_BYTES if head.startswith(b"foudre ") else 0
    if not start and not head.startswith(_SIGNATURE):
        raise DatasetFileError(f"open: {path} is no dataset file: its first bytes must be {_SIGNATURE!r}, HDF5's own, got {head[:8]!r}.")
    if len(head) < start + _SUPERBLOCK.size:
        raise DatasetFileError(f"open: {path} is truncated: it must go on behind its head, got {len(head)} bytes.")
    signature, version, *sizes, _flags, base, _extension, stop = _SUPERBLOCK.unpack_from(head, start)
    if signature == _SIGNATURE and version in (0, 1):
        raise rewritten(path, f"its superblock is of version {version}, not 3")
    if signature != _SIGNATURE or version not in (2, 3) or sizes != [8, 8] or base != start:
        raise DatasetFileError(f"open: {path} is damaged at byte {start}, where its HDF5 part begins.")
    return Part(1 if start else SCHEMA, start, stop)


def _require_head(path: str | Path) -> None:
    """Refuse a file whose head HDF5 finds changed: the end that stands there is not to be believed."""
    try:
        h5py.File(path, "r").close()
    except Exception as error:  # a truncated file is told by its length, in more words
        if "checksum" in str(error):
            raise DatasetFileError(f"open: {path} is damaged in its head: HDF5's own checksum there must match, got another.") from error


def _seal(schema: int, crc: int) -> bytes:
    """Return the bytes of a seal: name, schema, checksum, zeros."""
    return (b"foudre %d crc32 %08x\n" % (schema, crc)).ljust(SEAL_BYTES if schema == SCHEMA else _USER_BLOCK_BYTES, b"\0")


def _parse(path: str | Path, block: bytes, schema: int) -> int:
    """Return the checksum that a seal states."""
    if not any(block):
        raise DatasetFileError(f"open: {path} is not finished: its last {SEAL_BYTES} bytes must hold its checksum, got zeros.")
    stated = block[7:15].split(b" ")[0]
    if block.startswith(b"foudre ") and stated.isdigit() and int(stated) not in (1, SCHEMA):
        fix = "Write the file again with `foudre preprocess`, or update foudre."
        raise DatasetFileError(f"open: schema must be 1 or {SCHEMA}, got {int(stated)} in {path}. {fix}")
    digits = block[15:23]
    crc = -1 if set(digits) - set(b"0123456789abcdef") else int(digits, 16)
    if crc < 0 or block != _seal(schema, crc):
        place = "first" if schema == 1 else "last"
        raise DatasetFileError(f"open: {path} is damaged in its {place} {len(block)} bytes, where its checksum stands.")
    return crc


def rewritten(path: str | Path, what: str, *, or_cut: bool = False) -> DatasetFileError:
    """Say of an HDF5 file without our seal whether it once was ours, and if it may just as well have been cut off there."""
    try:
        with h5py.File(path, "r") as file:
            ours = "foudre_schema" in file.attrs
    except Exception as error:  # noqa: BLE001 (hostile files make h5py raise anything)
        return DatasetFileError(f"open: {path} is not readable as HDF5: truncated or damaged ({printable(str(error))}).")
    if not ours:
        return DatasetFileError(f"open: {path} is HDF5, but no dataset file: attribute foudre_schema must be present, got none.")
    fix = "Without its checksum a changed label goes unnoticed: take the file that foudre wrote, or make it again with `foudre preprocess`."
    cut = ", or was truncated there" if or_cut else ""
    return DatasetFileError(f"open: {path} was written again by another tool, such as h5repack{cut}: {what}. {fix}")
