"""The contents of raw files: read with care by wings, and known again by their digest when export asks whether anything changed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import Any

import numpy as np
import xxhash

from toolkit.errors import DataError
from toolkit.wing import Manifest

__all__ = ["MAX_BYTES", "UNREAD", "digest_contents", "digest_file", "digest_manifest", "read_file"]

UNREAD = bytes(16)
"""Stands for the digest of what cannot be read."""

MAX_BYTES = 1 << 30
"""Largest file that is read at once, and that counts as readable."""

_FIRST_BYTES = 1 << 15
# Opening a pipe would wait for ever without O_NONBLOCK, which Windows has not; that has O_BINARY.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_file(path: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a whole file.

    Args:
        path: The file.
        max_bytes: How large it may be; at least 32 KiB.

    Raises:
        DataError: If it is no regular file, or larger than allowed.
        OSError: If it cannot be opened or read.
    """
    file = os.open(path, _FLAGS)
    try:
        data = os.read(file, _FIRST_BYTES)
        if 0 < len(data) < _FIRST_BYTES:
            return data  # asking what it is and how large costs as much as reading it did
        return data + os.read(file, _check_size(file, max_bytes) - len(data))
    finally:
        os.close(file)


def digest_contents(data: bytes, *more: Any) -> bytes:
    """Return the 128 bits of XXH3 of a file's contents: 16 bytes that say whether anything changed, not whether somebody forged it.

    Args:
        data: The file, or its beginning.
        *more: What follows, in contiguous arrays or bytes.
    """
    if not more:
        return xxhash.xxh3_128_digest(data)
    whole = xxhash.xxh3_128(data)
    for part in more:
        whole.update(part)
    return whole.digest()


def digest_file(path: str, *, max_bytes: int | None = MAX_BYTES) -> bytes:
    """Return the digest of a regular file's contents, read piece by piece; `UNREAD` if it cannot be read, or is larger than allowed."""
    try:
        with open(os.open(path, _FLAGS), "rb", buffering=0) as file:
            _check_size(file.fileno(), max_bytes)
            return hashlib.file_digest(file, xxhash.xxh3_128).digest()
    except (OSError, DataError):
        return UNREAD


def digest_manifest(manifest: Manifest) -> str:
    """Return the SHA-256 over all that a manifest says, and over the files that it names beside its rows, as hexadecimal digits."""
    said: list[Any] = [manifest.kind, manifest.classes, [(skip.path, skip.reason) for skip in manifest.skipped]]
    said += [dict(manifest.reading)] if manifest.reading else []
    whole = hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode())
    for name, column in manifest.row_columns():
        whole.update(f"{name} {column.dtype.str} {column.shape}".encode() + np.ascontiguousarray(column).tobytes())
    for name in manifest.origin:
        whole.update(os.fsencode(name) + b"\0")
    for name in manifest.files or ():
        whole.update(digest_file(manifest.locate(name), max_bytes=None))
    return whole.hexdigest()


def _check_size(file: int, max_bytes: int | None) -> int:
    """Return an open file's size; refuse what is no regular file, or larger than allowed."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise DataError("no regular file")
    if max_bytes is not None and status.st_size > max_bytes:
        raise DataError(f"file must have at most {max_bytes} bytes, got {status.st_size}")
    return status.st_size
