"""Picture formats by their first bytes, and proof that a file is complete; `toolkit.images.decode` asks before it decodes.

Decoders fill what is missing with gray and say nothing, so each format's own structure is walked to its end mark. That a file was cut
off is proved so; not that of a JPEG no byte is missing before its end mark: it has no checksum.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

from toolkit.errors import DataError, printable
from toolkit.images.boxes import detect_boxes, require_boxes, require_jpeg2000

__all__ = ["detect_format", "plain_size", "require_complete"]

_SIGNATURES = {
    b"P5": "Netpbm",
    b"P6": "Netpbm",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"II+\x00": "TIFF",
    b"MM\x00+": "TIFF",
    **dict.fromkeys((b"P1", b"P2", b"P3", b"P4", b"P7", b"PF", b"Pf"), "Netpbm"),
}
"""What files begin with, the most frequent first."""

_OTHERS = ("WEBP", "AVIF", "JPEG2000", "HEIF")
_NOT_READ = {
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"8BPS": "Photoshop",
    b"v/1\x01": "OpenEXR",
    b"\0\0\1\0": "ICO",
    b"#?RADIANCE": "Radiance HDR",
    b"qoif": "QOI",
    b"<svg": "SVG",
    b"%PDF": "PDF",
    b"II\xbc\x01": "JPEG XR",
}
"""What is no format that is read, but known by name."""

_FRAMES = {
    **dict.fromkeys((0xC0, 0xC1, 0xC2, 0xC9, 0xCA), ""),
    0xC3: "lossless, ",
    0xCB: "lossless and arithmetic coded, ",
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE), "hierarchical, "),
    0xF7: "JPEG-LS, ",
}
"""What a JPEG is by the marker of its frame (ITU-T T.81, table B.1; T.87)."""

_FRAMES_READ = {0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA}


def detect_format(data: bytes) -> str:
    """Return the format's name: Pillow's, or Netpbm.

    Raises:
        DataError: If the file is empty or begins like none on the list.
    """
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if kind := detect_boxes(data):
        return kind
    if not data:
        raise DataError("file is empty")
    known = ", ".join(sorted({*_SIGNATURES.values(), *_OTHERS}))
    named = next((name for signature, name in _NOT_READ.items() if data.startswith(signature)), "")
    got = named or f"a file that begins with {printable(repr(data[:8])[1:])}"
    raise DataError(f"format must be one of {known}, got {got}")


def require_complete(data: bytes, kind: str) -> dict[bytes, int]:
    """Walk a file to its end.

    Args:
        data: The whole file.
        kind: What `detect_format` told; anything but Netpbm and TIFF, whose decoders prove it themselves.

    Returns:
        Where each kind of PNG chunk or JPEG segment before the first scan lies, by its mark; nothing for other formats.

    Raises:
        DataError: If the file is cut short, a PNG's checksum is wrong, or a JPEG is of a kind that is not read.
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
    frame = next((at for (_, mark), at in parts.items() if mark in _FRAMES), None)
    if frame is not None and (data[frame + 1] not in _FRAMES_READ or data[frame + 4] != 8):
        got = f"{_FRAMES[data[frame + 1]]}{data[frame + 4]} bits"
        raise DataError(f"JPEG must be of 8 bits a sample, coded as baseline, progressive or lossless, got {got}")
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


def _walk_avif(data: bytes) -> None:
    require_boxes(data, "AVIF")


def _walk_heif(data: bytes) -> None:
    require_boxes(data, "HEIF")


_WALKS: dict[str, Callable[[bytes], dict[bytes, int] | None]] = {
    "AVIF": _walk_avif,
    "BMP": _walk_bmp,
    "GIF": _walk_gif,
    "HEIF": _walk_heif,
    "JPEG": _walk_jpeg,
    "JPEG2000": require_jpeg2000,
    "PNG": _walk_png,
    "WEBP": _walk_webp,
}
