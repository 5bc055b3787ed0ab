"""Picture formats by their first bytes, and proof that a file is complete; `toolkit.images.decode` asks before it decodes.

Decoders fill what is missing with gray and say nothing, so each format's own structure is walked to its end mark.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

from toolkit.errors import DataError, printable

__all__ = ["detect_format", "plain_size", "require_complete"]

_SIGNATURES = {
    b"P5": "PPM",
    b"P6": "PPM",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}


def detect_format(data: bytes) -> str:
    """Return the format's name as Pillow has it.

    Raises:
        DataError: If the file is empty or begins like none on the list.
    """
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if not data:
        raise DataError("file is empty")
    known = ", ".join(sorted({*_SIGNATURES.values(), "WEBP"}))
    raise DataError(f"format must be one of {known}, got a file that begins with {printable(repr(data[:8])[1:])}")


def require_complete(data: bytes, kind: str) -> dict[bytes, int]:
    """Walk a file to its end.

    Args:
        data: The whole file.
        kind: What `detect_format` told; anything but PPM.

    Returns:
        Where each kind of PNG chunk or JPEG segment before the first scan lies, by its mark; nothing for other formats.

    Raises:
        DataError: If the file is cut short, or a PNG's checksum is wrong.
    """
    try:
        return _WALKS[kind](data) or {}
    except (IndexError, struct.error) as error:
        raise DataError(f"{kind} file is cut short") from error


def plain_size(data: bytes, kind: str, parts: Mapping[bytes, int]) -> tuple[int, int] | None:
    """Tell the width and height of a complete file that every decoder reads alike; None if there are two ways to read it.

    Plain are 8-bit gray and RGB, without transparency, orientation, animation, or a colour transform of the maker's own.

    Args:
        data: The whole file.
        kind: What `detect_format` told.
        parts: What `require_complete` found.
    """
    if kind == "PNG" and data[24:26] in (b"\x08\x00", b"\x08\x02") and not parts.keys() & {b"tRNS", b"eXIf", b"acTL"}:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    frame = next((parts[mark] for mark in (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2") if mark in parts), None)
    if kind != "JPEG" or frame is None or parts.keys() & {b"\xff\xe1", b"\xff\xee"}:
        return None
    depth, height, width, channels = (data[frame + a : frame + b] for a, b in ((4, 5), (5, 7), (7, 9), (9, 10)))
    plain = depth == b"\x08" and channels in (b"\x01", b"\x03")
    return (int.from_bytes(width), int.from_bytes(height)) if plain else None


def _walk_png(data: bytes) -> dict[bytes, int]:
    parts: dict[bytes, int] = {}
    at, kind = 8, b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        kind = data[at + 4 : at + 8]
        if zlib.crc32(memoryview(data)[at + 4 : at + 8 + length]) != checksum:
            raise DataError(f"PNG checksum of {printable(kind.decode('latin-1'))} must match, got another")
        parts.setdefault(kind, at)
        at += 12 + length
    return parts


def _walk_jpeg(data: bytes) -> dict[bytes, int]:
    parts: dict[bytes, int] = {}
    at = 2
    while (marker := data[at + 1]) != 0xDA:  # up to the first scan; a thumbnail's own end mark lies inside a segment
        if data[at] != 0xFF:
            raise DataError("JPEG marker is missing")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:
            raise DataError("JPEG holds no scan")
        parts.setdefault(data[at : at + 2], at)
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    if data.find(b"\xff\xd9", at) < 0:  # in a scan, FF is always followed by 00 or a restart mark
        raise DataError("JPEG file is cut short")
    return parts


def _walk_gif(data: bytes) -> None:
    at = 13 + _color_table(data[10])
    while (kind := data[at]) != 0x3B:
        if kind == 0x2C:
            at += 11 + _color_table(data[at + 9])
        elif kind == 0x21:
            at += 2
        else:
            raise DataError("GIF block is of no known kind")
        while data[at]:  # sub-blocks, each led by its length
            at += 1 + data[at]
        at += 1


def _color_table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _walk_webp(data: bytes) -> None:
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise DataError("WEBP file is cut short")


def _walk_bmp(data: bytes) -> None:
    declared, _, first_pixel = struct.unpack_from("<III", data, 2)
    if len(data) < max(declared, first_pixel):
        raise DataError("BMP file is cut short")


def _walk_tiff(data: bytes) -> None:
    order = "<" if data.startswith(b"II") else ">"
    (page,) = struct.unpack_from(order + "I", data, 4)
    seen = set()
    while page and page not in seen:
        seen.add(page)
        (num_fields,) = struct.unpack_from(order + "H", data, page)
        places = range(page + 2, page + 2 + 12 * num_fields, 12)
        fields = {struct.unpack_from(order + "H", data, place)[0]: place for place in places}
        for starts, sizes in ((273, 279), (324, 325)):  # of strips, of tiles
            spans = zip(_tiff_numbers(data, order, fields.get(starts)), _tiff_numbers(data, order, fields.get(sizes)), strict=False)
            if any(start + size > len(data) for start, size in spans):
                raise DataError("TIFF file is cut short")
        (page,) = struct.unpack_from(order + "I", data, page + 2 + 12 * num_fields)


def _tiff_numbers(data: bytes, order: str, field: int | None) -> tuple[int, ...]:
    if field is None:
        return ()
    _, kind, count = struct.unpack_from(order + "HHI", data, field)
    layout = f"{order}{count}{'H' if kind == 3 else 'I'}"
    at = field + 8
    if struct.calcsize(layout) > 4:  # too long for the field: that tells where they lie
        (at,) = struct.unpack_from(order + "I", data, at)
    return struct.unpack_from(layout, data, at)


_WALKS: dict[str, Callable[[bytes], dict[bytes, int] | None]] = {
    "BMP": _walk_bmp,
    "GIF": _walk_gif,
    "JPEG": _walk_jpeg,
    "PNG": _walk_png,
    "TIFF": _walk_tiff,
    "WEBP": _walk_webp,
}
