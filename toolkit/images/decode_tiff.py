"""TIFF samples as TIFF 6.0 defines them: a complete file comes in from `toolkit.images.decode_other`, samples that mean light go out.

libtiff undoes the compression, of bytes; what the bytes mean is told here, as Pillow and OpenCV know a few layouts each and are silently
wrong on others. What is no plain table of samples (JPEG, fax, YCbCr) is left to Pillow.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.TiffImagePlugin import TiffImageFile

from toolkit.errors import DataError
from toolkit.images.pixels import MAX_PIXELS, check_size, orient, require_unit, scale_to_unit
from toolkit.images.tiff import Page, pack_directory, read_first_page

__all__ = ["decode_tiff"]

_OF_BYTES = {1: "none", 5: "LZW", 8: "Deflate", 32773: "PackBits", 32946: "Deflate", 34925: "LZMA", 50000: "Zstandard"}
_OF_PICTURES = {2: (0, 1), 3: (0, 1), 4: (0, 1), 6: (6,), 7: (1, 2, 5, 6)}
"""Compressions that are left to Pillow, fax and JPEG, and the photometric interpretations that it reads right with each."""

_KNOWN = ", ".join([*dict.fromkeys(_OF_BYTES.values()), "fax", "JPEG"])
_UNPREDICTED = (1, 32773)
"""Compressions that know no predictor: libtiff passes the field over."""

_BANDS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3}
"""Bands of colour by photometric interpretation: white is zero, black is zero, RGB, palette, CMYK, YCbCr."""

_NOT_READ = {4: "a mask", 8: "CIELab", 9: "ICCLab", 10: "ITULab", 32803: "a colour filter array", 32844: "LogL", 32845: "LogLuv"}
_PREMULTIPLIED, _OPACITY = 1, 2
_BLOCK = 1 << 16
"""Bytes that are unpacked to bits at a time."""

_MAX_BYTES = 12 * MAX_PIXELS
"""What float32 RGB takes at most; samples may take as much before they are that."""


def decode_tiff(data: bytes) -> tuple[NDArray[Any], int] | None:
    """Decode the first page.

    Args:
        data: The whole file.

    Returns:
        As `toolkit.images.decode_other.decode_other`; None where Pillow reads the file right.

    Raises:
        DataError: If the samples' meaning as light is not defined, or not known here, or the picture is too large.

    Source:
        TIFF, revision 6.0, 1992; Adobe Photoshop TIFF technical notes, 2002 (Deflate), and TIFF technical note 3, 2005 (floats).
    """
    page = read_first_page(data)
    check_size(*page.size)
    if page.photometric not in _BANDS:
        known = "white-is-zero, black-is-zero, RGB, palette, CMYK or YCbCr"
        raise DataError(f"TIFF colours must be {known}, got {_NOT_READ.get(page.photometric, page.photometric)}")
    if page.compression not in _OF_BYTES or page.photometric == 6:
        _check_left(page)
        return None
    _check_samples(page)
    _check_bands(page)
    planes = [_read_plane(data, page, plane) for plane in range(page.num_planes)]
    samples, top = _read_meaning(np.concatenate(planes, axis=2) if len(planes) > 1 else planes[0], page)
    return orient(samples, page.number(274, 1)), top


def _check_left(page: Page) -> None:
    """Refuse what Pillow is left to read, but reads wrong."""
    readable = (6,) if page.compression in _OF_BYTES else _OF_PICTURES.get(page.compression)
    if readable is None:
        raise DataError(f"TIFF compression must be one of {_KNOWN}, got number {page.compression}")
    bits = 1 if page.compression in (2, 3, 4) else 8
    opacity = page.compression == 7 and page.photometric in (1, 2) and page.num_planes == 1
    right = page.photometric in readable and page.bits == bits and (page.num_bands == _BANDS[page.photometric] or opacity)
    if page.compression == 1 and not (page.num_planes == 1 and page.fields.get(530) == (1, 1) and 532 not in page.fields):
        raise DataError("TIFF of YCbCr must be compressed, or without planes, subsampling and reference values, got some of these")
    if not right:
        got = f"photometric interpretation {page.photometric} with {page.num_bands} bands of {page.bits} bits"
        raise DataError(f"TIFF of compression {page.compression} must be of its usual colours and bits, got {got}")


def _check_samples(page: Page) -> None:
    """Refuse samples of which nothing defines which are black and white."""
    for tag, name in ((258, "bits"), (339, "a format")):
        if len({*page.fields.get(tag, ())}) > 1:
            raise DataError(f"TIFF bands must have {name} in common, got {', '.join(map(str, page.fields[tag]))}")
    if page.sample_format not in (1, 3):
        kind = "signed ones" if page.sample_format == 2 else f"sample format {page.sample_format}"
        raise DataError(f"TIFF samples must be unsigned, or floats in [0, 1], got {kind} of {page.bits} bits: which are black and white?")
    if page.bits not in ((16, 32, 64) if page.sample_format == 3 else range(1, 17)):
        raise DataError(f"TIFF samples must have 1 to 16 bits, or be floats of 16, 32 or 64, got {page.bits}")
    predictor, whole = _predictor(page), page.bits % 8 == 0
    if not (predictor == 1 or (predictor == 2 and whole) or (predictor == 3 and page.sample_format == 3)):
        raise DataError(f"TIFF predictor must be 1, 2 for whole bytes or 3 for floats, got {predictor} for {page.bits} bits")


def _check_bands(page: Page) -> None:
    """Refuse bands that no picture has."""
    bands, photometric = _BANDS[page.photometric], page.photometric
    extra = page.num_bands - bands
    if extra < 0 or (extra > 1 and bands == 1):
        rule = "1 or 2 bands" if bands == 1 else f"at least {bands} bands"
        raise DataError(f"TIFF of photometric interpretation {photometric} must have {rule}, got {page.num_bands}")
    colors = len(page.fields.get(320, ()))
    if photometric == 3 and (page.sample_format == 3 or colors != 3 << page.bits):
        raise DataError(f"TIFF palette must have {3 << page.bits} values for {page.bits} bits, got {colors}")
    if photometric == 5 and page.number(332, 1) != 1:
        raise DataError("TIFF inks must be cyan, magenta, yellow and black, got others")


def _predictor(page: Page) -> int:
    return 1 if page.compression in _UNPREDICTED else page.number(317, 1)


def _read_plane(data: bytes, page: Page, plane: int) -> NDArray[Any]:
    """The samples of a plane, shape (H, W, its bands), unsigned or float."""
    (width, height), bands = page.size, page.num_bands // page.num_planes
    span = page.tile[0] if page.tile else width
    check_size(span, height)
    across, row_bytes = -(-width // span), -(-span * bands * page.bits // 8)
    if page.num_planes * across * row_bytes * height > _MAX_BYTES:
        raise DataError(f"TIFF must hold at most {_MAX_BYTES:,} bytes of samples, got {page.num_bands} bands of {page.bits} bits")
    packed = _decompress(data, page, plane, across, row_bytes).reshape(height * across, row_bytes)
    order, predictor = page.order, _predictor(page)
    if predictor == 3:
        packed, order = _join_bytes(packed, bands, page.bits // 8), ">"
    samples = _unpack(packed, order, page.bits)[:, : span * bands].reshape(height * across, span, bands)
    if predictor == 2:  # differences of neighbours
        samples = np.add.accumulate(samples, axis=1, dtype=samples.dtype)
    if page.sample_format == 3:
        samples = samples.view(f"f{page.bits // 8}")
    return samples.reshape(height, across * span, bands)[:, :width]


def _decompress(data: bytes, page: Page, plane: int, across: int, row_bytes: int) -> NDArray[np.uint8]:
    """The bytes of a plane, shape (H, across × row bytes): libtiff takes them for a gray picture of 8 bits."""
    height = page.size[1]
    rows = page.tile[1] if page.tile else min(page.number(278, height), height)
    check_size(1, rows)
    count = -(-height // rows) * across
    starts, sizes = (page.fields.get(tag, ())[plane * count :][:count] for tag in ((324, 325) if page.tile else (273, 279)))
    if not len(starts) == len(sizes) == count:
        raise DataError(f"TIFF must have {count} strips or tiles a plane and as many sizes, got {len(starts)} and {len(sizes)}")
    full = [row_bytes * (rows if page.tile else min(rows, height - i * rows)) for i in range(count)]
    if page.compression == 1 and any(size < whole for size, whole in zip(sizes, full, strict=True)):
        raise DataError("TIFF strips must hold all their rows, got one that is too short")
    if page.compression == 1 and not page.tile and page.number(266, 1) == 1:  # one strip after another, as they are
        return np.concatenate([np.frombuffer(data, np.uint8, *span) for span in zip(full, starts, strict=True)])
    table = {322: (row_bytes,), 323: (rows,), 324: starts, 325: sizes} if page.tile else {273: starts, 278: (rows,), 279: sizes}
    fields = {256: (across * row_bytes,), 257: (height,), 258: (8,), 259: (page.compression,), 262: (1,), 266: (page.number(266, 1),)}
    head = struct.pack(page.order + "2sHI", data[:2], 42, len(data))
    with TiffImageFile(io.BytesIO(head + data[8:] + pack_directory({**fields, **table}, page.order, len(data)))) as bytes_of_rows:
        return np.asarray(bytes_of_rows)


def _unpack(packed: NDArray[np.uint8], order: str, bits: int) -> NDArray[Any]:
    """Rows of bytes to rows of unsigned samples, uint8 up to 8 bits; what fills a row's last byte is unpacked, too."""
    if bits % 8 == 0:
        return packed.view(f"{order}u{bits // 8}").astype(f"u{bits // 8}", copy=False)
    samples = np.empty((len(packed), packed.shape[1] * 8 // bits), np.uint8 if bits < 8 else np.uint16)
    places = 1 << np.arange(bits - 1, -1, -1, dtype=samples.dtype)
    rows = max(1, _BLOCK // packed.shape[1])
    for start in range(0, len(packed), rows):  # a bit takes a byte on the way
        block = np.unpackbits(packed[start : start + rows], axis=1, count=samples.shape[1] * bits)
        samples[start : start + rows] = block.reshape(len(block), -1, bits) @ places
    return samples


def _join_bytes(packed: NDArray[np.uint8], bands: int, width: int) -> NDArray[np.uint8]:
    """Undo the predictor of floats: differences of bytes, of which all highest stand first in a row."""
    summed = np.add.accumulate(packed.reshape(len(packed), -1, bands), axis=1, dtype=np.uint8)
    return np.ascontiguousarray(summed.reshape(len(packed), width, -1).swapaxes(1, 2)).reshape(packed.shape)


def _read_meaning(samples: NDArray[Any], page: Page) -> tuple[NDArray[Any], int]:
    """From samples as they are to light: gray or RGB, and opacity where there is some."""
    bands, top = _BANDS[page.photometric], (1 << page.bits) - 1
    kinds = page.fields.get(338, ())[: page.num_bands - bands]
    place = next((place for place, kind in enumerate(kinds) if kind in (_PREMULTIPLIED, _OPACITY)), None)
    samples = samples[..., :bands] if place is None else samples[..., [*range(bands), bands + place]]
    if page.sample_format == 3:
        samples, top = require_unit(samples, "TIFF"), 1
    color, reached = _read_color(samples[..., :bands], top, page)
    if place is None:
        return color, reached
    opacity = samples[..., bands:]
    if kinds[place] == _PREMULTIPLIED:
        if page.photometric not in (1, 2):
            raise DataError("TIFF colours that opacity is multiplied into must be RGB or black-is-zero gray, got others")
        return np.minimum(scale_to_unit(color, reached) + (1 - scale_to_unit(opacity, top)), np.float32(1)), 1
    if reached != top:
        color, opacity, reached = scale_to_unit(color, reached), scale_to_unit(opacity, top), 1
    return np.concatenate([color, opacity], axis=2), reached


def _read_color(color: NDArray[Any], top: int, page: Page) -> tuple[NDArray[Any], int]:
    """Gray or RGB, and the largest value: 255 where the bits allow it, 1 of floats."""
    if page.photometric == 3:
        palette = np.array(page.fields[320]).reshape(3, -1).T
        palette = palette >> 8 if (palette > 255).any() else palette  # as libtiff does: some writers fill the lower 8 of the 16 bits
        return palette.astype(np.uint8)[color[..., 0]], 255
    if page.photometric == 5:
        ink = scale_to_unit(color, top)
        return (1 - ink[..., :3]) * (1 - ink[..., 3:]), 1
    if page.photometric == 0:
        color = top - color
    return (color * np.uint8(255 // top), 255) if top in (1, 3, 15) and color.dtype == np.uint8 else (color, top)
