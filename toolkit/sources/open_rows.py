"""The bytes of samples, wherever they lie: a manifest's rows come in, contents go out, a row at a time, to the wings' decoders.

A row is a file of its own (`origin`), or from ``start`` to ``stop`` of a shared one: of that which the column ``file`` numbers among
`reading`'s ``files``, of the first where there is no such column, and of the spool where there is one and the number is −1 or missing.
A row whose ``crc`` is not −1 is an entry of a ZIP archive: ``start`` is that of its local header, ``stop − start`` the size of what is
packed.
"""

from __future__ import annotations

import os
import struct
from types import TracebackType

import numpy as np

from toolkit.contents import MAX_BYTES, read_file
from toolkit.errors import DataError, printable
from toolkit.sources.deflate import crc32, inflate
from toolkit.sources.entries import NO_CRC
from toolkit.wing import Manifest

__all__ = ["OpenRows", "read_place", "row_slices"]

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_STORED, _DEFLATED = 0, 8
_MOST_NAME = 128
"""Bytes that names and extra fields of most local headers keep below: an entry is then read by one call."""


class OpenRows:
    """Opens what some rows share once, and reads them one by one.

    Args:
        rows: A manifest.
        max_bytes: How large a row may be.
    """

    def __init__(self, rows: Manifest, *, max_bytes: int = MAX_BYTES) -> None:
        self._rows, self._max_bytes = rows, max_bytes
        self._files: dict[int, int] = {}

    def __enter__(self) -> OpenRows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()

    @property
    def own_files(self) -> bool:
        """Whether each row is a file of its own."""
        return "start" not in self._rows.columns

    def read(self, i: int) -> bytes:
        """Return the contents of a row.

        Raises:
            DataError: If it is too large, or damaged.
            OSError: If its file cannot be opened or read.
        """
        if self.own_files:
            return read_file(self._rows.locate(self._rows.origin[i]), max_bytes=self._max_bytes)
        columns = self._rows.columns
        place = int(columns["start"][i]), int(columns["stop"][i])
        crc = int(columns["crc"][i]) if "crc" in columns else NO_CRC
        return read_place(self._open(i), place, crc, self._max_bytes)

    def _open(self, i: int) -> int:
        numbers, spool = self._rows.columns.get("file"), self._rows.spool
        number = (-1 if spool else 0) if numbers is None else int(numbers[i])
        if number not in self._files:
            path = spool.path if number < 0 and spool else self._rows.locate(self._rows.reading["files"][number])
            self._files[number] = os.open(path, os.O_RDONLY)
        return self._files[number]


def read_place(file: int, place: tuple[int, int], crc: int, max_bytes: int) -> bytes:
    """Return what lies at a place of an open file.

    Args:
        file: Its descriptor.
        place: The first byte, and the one behind the last.
        crc: The checksum of an entry of a ZIP archive, −1 where the bytes are the contents as they are.
        max_bytes: How large they may be.

    Raises:
        DataError: If they are more, or damaged, or the file ends before them.
        OSError: If the file cannot be read.
    """
    start, stop = place
    if stop - start > max_bytes:
        raise DataError(f"file must have at most {max_bytes} bytes, got {stop - start}")
    return _read(file, start, stop - start) if crc < 0 else _read_entry(file, start, stop - start, (crc, max_bytes))


def _read(file: int, start: int, count: int) -> bytes:
    data = os.pread(file, count, start)
    if len(data) != count:
        raise DataError(f"must have {count} bytes from {start} on, got {len(data)}: the file is shorter than it was")
    return data


def _read_entry(file: int, start: int, packed: int, expected: tuple[int, int]) -> bytes:
    """Read an entry of a ZIP archive, and hold it against its checksum."""
    crc, max_bytes = expected
    data = os.pread(file, _LOCAL_HEADER.size + _MOST_NAME + packed, start)  # mostly all of it, and at once
    if len(data) < _LOCAL_HEADER.size or not data.startswith(b"PK\3\4"):
        raise DataError(f"entry of the archive must begin with its local header, got {printable(repr(data[:4])[1:])}")
    _, _, _, method, _, _, _, _, _, name, extra = _LOCAL_HEADER.unpack_from(data)
    first = _LOCAL_HEADER.size + name + extra
    data = data[first : first + packed] if len(data) >= first + packed else _read(file, start + first, packed)
    if method == _DEFLATED:
        data = inflate(data, max_bytes)
    elif method != _STORED:
        raise DataError(f"entry of the archive must be stored or deflated, got method {method}")
    if crc32(data) != crc:
        raise DataError("entry of the archive is damaged: its checksum differs")
    return data


def row_slices(places: list[tuple[int, int]]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the columns ``start`` and ``stop`` of some places."""
    start, stop = np.array(places, np.int64).reshape(-1, 2).T
    return {"start": start.copy(), "stop": stop.copy()}
