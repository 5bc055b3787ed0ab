"""Files made of boxes: JPEG 2000, AVIF and HEIF; which one a file is, proof that it is complete, and how deep its samples are.

`toolkit.images.formats` asks before anything is decoded.
"""

from __future__ import annotations

import struct

from toolkit.errors import DataError

__all__ = ["detect_boxes", "gray_codestream", "jpeg2000_bits", "require_boxes", "require_jpeg2000"]

_CODESTREAM = b"\xff\x4f\xff\x51"
_AVIF, _HEIF = {b"avif", b"avis"}, {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_COLORS = {12: "CMYK", 16: "sRGB", 17: "gray", 18: "sYCC"}
"""JPEG 2000's numbers of colour spaces that are decoded right."""


def detect_boxes(data: bytes) -> str:
    """Return the format as Pillow names it; empty for none of these."""
    if data.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", _CODESTREAM)):
        return "JPEG2000"
    if data[4:8] != b"ftyp":
        return ""
    length = int.from_bytes(data[:4])
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(length, len(data)), 4))}
    return "AVIF" if brands & _AVIF else "HEIF" if brands & _HEIF else ""


def require_boxes(data: bytes, kind: str = "HEIF") -> dict[bytes, bytes]:
    """Walk all boxes to the file's end.

    Returns:
        The content of the first box of each name.

    Raises:
        DataError: If the last one is cut short.
        struct.error: If its header is.
    """
    boxes: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:  # a longer length follows
            (length,), head = struct.unpack_from(">Q", data, at + 8), 16
        elif length == 0:  # up to the end
            length = len(data) - at
        if length < head or at + length > len(data):
            raise DataError(f"{kind} file is cut short")
        boxes.setdefault(name, data[at + head : at + length])
        at += length
    return boxes


def require_jpeg2000(data: bytes) -> None:
    """Prove that a codestream reaches its end mark."""
    if not _codestream(data).endswith(b"\xff\xd9"):
        raise DataError("JPEG2000 file is cut short")


def _codestream(data: bytes) -> bytes:
    return data if data.startswith(_CODESTREAM) else require_boxes(data, "JPEG2000").get(b"jp2c", b"")


def gray_codestream(data: bytes) -> bytes:
    """Return a gray JPEG 2000 without its container, whose 9 bits Pillow takes for 8; anything else as it is."""
    stream = _codestream(data)
    return stream if struct.unpack_from(">H", stream, 40) == (1,) and b"pclr" not in _header(data) else data


def _header(data: bytes) -> dict[bytes, bytes]:
    return {} if data.startswith(_CODESTREAM) else require_boxes(require_boxes(data).get(b"jp2h", b""), "JPEG2000")


def jpeg2000_bits(data: bytes) -> int:
    """Return the bits of each sample of a JPEG 2000: 8, or up to 16 of gray.

    Raises:
        DataError: If it has others, a colour space that is not decoded, or a palette of other than 8 bits.
    """
    stream = _codestream(data)
    (count,) = struct.unpack_from(">H", stream, 40)
    depths = {*stream[42 : 42 + 3 * count : 3]}
    if depths != {7} and not (count == 1 and depths <= {*range(7, 16)}):  # one less than the bits; the highest bit is a sign
        told = ", ".join(f"{'signed ' * (depth >> 7)}{(depth & 127) + 1}" for depth in sorted(depths))
        raise DataError(f"JPEG 2000 samples must have 8 bits, or if gray 8 to 16, got {told} of {count} bands")
    header = _header(data)
    color = header.get(b"colr", b"")
    if color[:1] == b"\x01" and int.from_bytes(color[3:7]) not in _COLORS:
        raise DataError(f"JPEG 2000 colours must be one of {', '.join(_COLORS.values())}, got number {int.from_bytes(color[3:7])}")
    if palette := header.get(b"pclr"):  # behind two bytes, how many columns and how deep each is
        columns = [depth + 1 for depth in palette[3 : 3 + palette[2]]]
        if columns not in ([8] * 3, [8] * 4) or depths != {7}:
            raise DataError(f"JPEG 2000 palette must have 3 or 4 columns of 8 bits for samples of 8, got {columns} for {max(depths) + 1}")
    return int(max(depths)) + 1
