"""BMP whose colours are bit fields or a palette: a complete file comes in from `toolkit.images.decode_other`, samples go out.

Pillow knows some fields only, leaves opacity of 16-bit pixels out, and takes the indices of a short gray palette for grays.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile

from toolkit.errors import DataError
from toolkit.images.pixels import check_size

__all__ = ["decode_bmp"]

_BIT_FIELDS = {3: 3, 6: 4}
"""Compressions that mean bit fields, and how many of these follow a header that has no room for them."""

_FIVES = (0x7C00, 0x3E0, 0x1F)
"""Fields of 16-bit pixels that tell none."""


def decode_bmp(data: bytes) -> tuple[NDArray[Any], int] | None:
    """Decode a picture of bit fields or of a palette.

    Args:
        data: The whole file.

    Returns:
        As `toolkit.images.decode_other.decode_other`; None for pixels of three bytes, or four of which the last means nothing.

    Raises:
        DataError: If a field or the palette does not fit the pixels.
    """
    first_pixel, head = struct.unpack_from("<II", data, 10)
    if head < 40:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression, colors = 0, 0
    else:
        width, height, _, bits, compression, _, _, _, colors = struct.unpack_from("<iiHHIIiiI", data, 18)
    check_size(width, abs(height))
    fields = _FIVES if (bits, compression) == (16, 0) else ()
    if bits in (16, 32) and compression in _BIT_FIELDS:
        count = 4 if head >= 56 else 3 if head >= 52 else _BIT_FIELDS[compression]
        fields = struct.unpack_from(f"<{count}I", data, 54)
    if fields:
        rows = _read_rows(data, first_pixel, width, abs(height), bits)
        return _read_fields(rows if height < 0 else rows[::-1], fields)
    if bits in (1, 2, 4, 8):
        return _read_palette(data, 14 + head, 3 if head < 40 else 4, min(colors or 1 << bits, 1 << bits)), 255
    return None


def _read_rows(data: bytes, start: int, width: int, height: int, bits: int) -> NDArray[np.unsignedinteger]:
    row_bytes = -(-width * bits // 32) * 4
    if len(data) < start + row_bytes * height:
        raise DataError("BMP file is cut short")
    rows = np.frombuffer(data, np.uint8, row_bytes * height, start).reshape(height, row_bytes)
    return rows.view(f"<u{bits // 8}")[:, :width]


def _read_fields(pixels: NDArray[np.unsignedinteger], masks: tuple[int, ...]) -> tuple[NDArray[Any], int]:
    """Each field by its own largest value: red, green, blue and, if its mask is there, opacity."""
    masks = masks if masks[3:] != (0,) else masks[:3]
    shifts = [(mask & -mask).bit_length() - 1 for mask in masks]
    tops = [mask >> max(shift, 0) for mask, shift in zip(masks, shifts, strict=True)]
    if not all(mask and not top & (top + 1) for mask, top in zip(masks, tops, strict=True)):
        raise DataError(f"BMP fields must each be bits in a row, got {', '.join(f'{mask:#x}' for mask in masks)}")
    fields = [(pixels & mask) >> shift for mask, shift in zip(masks, shifts, strict=True)]
    if set(tops) == {255}:
        return np.stack(fields, axis=2).astype(np.uint8), 255
    return np.stack([field / np.float32(top) for field, top in zip(fields, tops, strict=True)], axis=2).astype(np.float32), 1


def _read_palette(data: bytes, start: int, entry: int, count: int) -> NDArray[np.uint8]:
    """Pillow tells the indices once the first colour is no gray; what they mean is looked up here."""
    palette = np.frombuffer(data, np.uint8, entry * count, start).reshape(count, entry)
    with BmpImageFile(io.BytesIO(data[:start] + b"\1\2\3" + data[start + 3 :])) as picture:
        indices = np.asarray(picture)
    if indices.max() >= count:
        raise DataError(f"BMP palette must have a colour for each pixel, got {count} and number {indices.max()}")
    colors: NDArray[np.uint8] = palette[:, 2::-1][indices]
    return colors
