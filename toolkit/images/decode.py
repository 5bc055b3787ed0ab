"""Guarded decoding: one picture file comes in, a float32 RGB image goes out to the pipeline, or a one-line `DataError`.

The format is told by the first bytes, from an allow-list; the file is proved complete and its size held against a cap before pixels are
decoded. Binary PPM and PGM are read right here, at the speed of a copy; `toolkit.images.decode_other` does the rest.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError
from toolkit.images.formats import detect_format
from toolkit.images.pixels import check_size, scale_to_unit, to_rgb
from toolkit.images.store import round_pixels
from toolkit.images.transforms import Image

__all__ = ["decode_image", "decode_pixels", "plain_header"]

_PLAIN = re.compile(rb"P6\n([1-9][0-9]{0,8}) ([1-9][0-9]{0,8})\n255\n")
_NETPBM = re.compile(rb"P([56])" + 3 * rb"(?:\s|#[^\n]*\n)+([0-9]{1,9})" + rb"\s")


def decode_image(data: bytes) -> Image:
    """Decode a picture: PNG, JPEG, binary PPM or PGM, BMP, WebP, TIFF or GIF.

    Args:
        data: The whole file.

    Returns:
        Float32, shape (H, W, 3), in [0, 1]. The EXIF orientation is applied; 8 bits are divided by 255 and 16 bits by 65,535; gray becomes
        three equal channels, CMYK and palettes RGB; transparency is laid over white; of several frames or pages the first is taken.

    Raises:
        DataError: If the format is not on the list, the file is cut short or damaged, or the picture has more than 64 million pixels.
    """
    samples, top = _decode_samples(data)
    return to_rgb(scale_to_unit(samples, top))


def decode_pixels(data: bytes) -> tuple[NDArray[np.uint8], NDArray[Any] | None]:
    """Decode a picture as `decode_image` does, rounded to 8 bits.

    Args:
        data: The whole file.

    Returns:
        uint8, shape (H, W, 3), a view of the file if that is a PPM of 8 bits; and what tells the picture from others: these pixels, or if
        rounding lost something the float32 image, or None if the file is just `plain_header` and these pixels.
    """
    plain = _PLAIN.match(data)
    if plain is not None:
        width, height = int(plain[1]), int(plain[2])
        check_size(width, height)
        if len(data) == plain.end() + 3 * width * height:
            return np.ndarray((height, width, 3), np.uint8, data, plain.end()), None
    samples, top = _decode_samples(data)
    if top == 255 and samples.shape[2] in (1, 3):
        pixels = np.repeat(samples, 3, axis=2) if samples.shape[2] == 1 else samples
        return pixels, pixels
    return round_pixels(to_rgb(scale_to_unit(samples, top)))


def _decode_samples(data: bytes) -> tuple[NDArray[Any], int]:
    """The samples, upright, shape (H, W, 1 to 4), and the largest that their format allows."""
    kind = detect_format(data)
    if kind == "PPM":
        return _read_netpbm(data)
    from toolkit.images.decode_other import decode_other

    return decode_other(data, kind)


def plain_header(height: int, width: int, channels: int) -> bytes:
    """Write the shortest header of a PPM, or with one channel a PGM, of 8 bits: before its pixels it makes a file of an array."""
    return b"P%d\n%d %d\n255\n" % (6 if channels == 3 else 5, width, height)


def _read_netpbm(data: bytes) -> tuple[NDArray[Any], int]:
    """The samples as they are, shape (H, W, 1 or 3), and the largest that their format allows."""
    header = _NETPBM.match(data)
    if header is None:
        raise DataError("PPM header must have width, height and maximum, got something else")
    width, height, top = int(header[2]), int(header[3]), int(header[4])
    check_size(width, height)
    if not 1 <= top <= 65535:
        raise DataError(f"PPM maximum must be in 1 … 65535, got {top}")
    shape = (height, width, 3 if header[1] == b"6" else 1)
    dtype = np.dtype("u1" if top < 256 else ">u2")
    count = shape[0] * shape[1] * shape[2]
    if len(data) < header.end() + count * dtype.itemsize:
        raise DataError("PPM file is cut short")
    samples = np.frombuffer(data, dtype, count, header.end()).reshape(shape)
    if top not in (255, 65535):  # other maxima leave room for samples above them
        samples = np.minimum(samples, top)
    return samples, top
