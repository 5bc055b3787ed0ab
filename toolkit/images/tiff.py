"""The directories of a TIFF, classic or Big: a whole file comes in, the fields of its first page go out to `toolkit.images.decode_tiff`.

Every page's strips and tiles are proved to lie within the file on the way.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.errors import DataError

__all__ = ["Page", "pack_directory", "read_first_page"]

_SPANS = ((273, 279), (324, 325))
"""The tags that tell where strips, or tiles, lie and how long they are."""

_READ = {256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 332, 338, 339, 530, 532}
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""TIFF's types of whole numbers without a sign."""


@dataclass(frozen=True)
class Page:
    """One picture of a TIFF.

    Args:
        order: ``"<"`` or ``">"``, the order of bytes in its numbers.
        fields: Tag → values, of the tags that decoding asks for; none of what is no whole number.
    """

    order: str
    fields: Mapping[int, tuple[int, ...]]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.number(256, name="ImageWidth"), self.number(257, name="ImageLength")

    @property
    def bits(self) -> int:
        """Of each sample."""
        return self.number(258, 1)

    @property
    def compression(self) -> int:
        """The codec's number."""
        return self.number(259, 1)

    @property
    def photometric(self) -> int:
        """The number of what samples mean."""
        return self.number(262, name="PhotometricInterpretation")

    @property
    def num_bands(self) -> int:
        """Samples of each pixel."""
        return self.number(277, 1)

    @property
    def num_planes(self) -> int:
        """As many as bands where each band lies for itself, else 1."""
        return self.num_bands if self.number(284, 1) == 2 else 1

    @property
    def sample_format(self) -> int:
        """1 unsigned, 2 signed, 3 float; 4, undefined, is to be taken for unsigned."""
        return 1 if (told := self.number(339, 1)) == 4 else told

    @property
    def tile(self) -> tuple[int, int] | None:
        """Width and height of the tiles; None of strips."""
        return (self.number(322, name="TileWidth"), self.number(323, name="TileLength")) if 324 in self.fields else None

    def number(self, tag: int, default: int | None = None, *, name: str = "") -> int:
        """Return the first value of a field.

        Raises:
            DataError: If it is missing and there is no default.
        """
        values = self.fields.get(tag) or (() if default is None else (default,))
        if not values:
            raise DataError(f"TIFF must have the field {name or tag}, got none")
        return values[0]


def read_first_page(data: bytes) -> Page:
    """Walk all pages, and return the first.

    Args:
        data: The whole file, of which the first four bytes are known to be a TIFF's.

    Raises:
        DataError: If a directory, a strip or a tile lies outside the file, or the file holds no page.
    """
    try:
        return _walk_pages(data)
    except struct.error as error:
        raise DataError("TIFF file is cut short") from error


def _walk_pages(data: bytes) -> Page:
    order = "<" if data.startswith(b"II") else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    pages: dict[int, dict[int, tuple[int, ...]]] = {}
    room = len(data)  # fields that do not overlap fit into the file: without this a small one could name a large table many times
    while at and at not in pages:
        pages[at], following, size = _read_directory(data, at, order, big=big)
        room -= size
        _require_spans(pages[at], len(data), room)
        at = following
    if not pages:
        raise DataError("TIFF must hold a page, got none")
    return Page(order, next(iter(pages.values())))


def _read_directory(data: bytes, at: int, order: str, *, big: bool) -> tuple[dict[int, tuple[int, ...]], int, int]:
    """The fields of the directory at a place, where the next one lies, and how many bytes this one takes."""
    count, entry, word = ("Q", "HHQ", "Q") if big else ("H", "HHI", "I")
    (num_fields,) = struct.unpack_from(order + count, data, at)
    first, step = at + struct.calcsize(order + count), struct.calcsize(order + entry + word)
    (following,) = struct.unpack_from(order + word, data, first + step * num_fields)
    fields: dict[int, tuple[int, ...]] = {}
    size = step * num_fields
    for place in range(first, first + step * num_fields, step):
        tag, kind, length = struct.unpack_from(order + entry, data, place)
        if tag not in _READ:
            continue
        if kind not in _NUMBERS:
            fields[tag] = ()
            continue
        layout, value = f"{order}{length}{_NUMBERS[kind]}", place + struct.calcsize(order + entry)
        if struct.calcsize(layout) > struct.calcsize(word):  # too long for the field: that tells where they lie
            (value,) = struct.unpack_from(order + word, data, value)
            size += struct.calcsize(layout)
        fields[tag] = struct.unpack_from(layout, data, value)
    return fields, following, size


def _require_spans(fields: Mapping[int, tuple[int, ...]], size: int, room: int) -> None:
    if room < 0:
        raise DataError("TIFF fields must lie apart, got some that overlap")
    for starts, lengths in _SPANS:
        spans = zip(fields.get(starts, ()), fields.get(lengths, ()), strict=False)
        if any(start + length > size for start, length in spans):
            raise DataError("TIFF file is cut short")


def pack_directory(fields: Mapping[int, tuple[int, ...]], order: str, at: int) -> bytes:
    """Write a classic directory.

    Args:
        fields: Tag → values.
        order: ``"<"`` or ``">"``.
        at: Where in the file it will lie; no other follows.
    """
    tables, entries = b"", b""
    after = at + 2 + 12 * len(fields) + 4
    for tag, values in sorted(fields.items()):
        value = struct.pack(f"{order}{len(values)}I", *values)
        if len(values) > 1:
            value, tables = struct.pack(order + "I", after + len(tables)), tables + value
        entries += struct.pack(order + "HHI", tag, 4, len(values)) + value
    return struct.pack(order + "H", len(fields)) + entries + bytes(4) + tables
