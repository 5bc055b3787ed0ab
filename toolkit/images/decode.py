"""Guarded decoding: one picture file comes in, a float32 RGB image goes out to the pipeline, or a one-line `DataError`.

The format is told by the first bytes, from an allow-list; the file is proved complete and its size held against a cap before pixels are
decoded. `toolkit.images.decode_netpbm` reads PPM and its family at the speed of a copy; `toolkit.images.decode_other` does the rest.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.images.decode_netpbm import decode_netpbm
from toolkit.images.formats import detect_format
from toolkit.images.pixels import check_size, scale_to_unit, to_rgb
from toolkit.images.store import round_pixels
from toolkit.images.transforms import Image

__all__ = ["decode_image", "decode_pixels", "plain_header"]

_PLAIN = re.compile(rb"P6\n([1-9][0-9]{0,8}) ([1-9][0-9]{0,8})\n255\n")


def decode_image(data: bytes) -> Image:
    """Decode a picture: PNG, JPEG, Netpbm (PBM, PGM, PPM, PAM, PFM), BMP, WebP, TIFF, GIF, AVIF, JPEG 2000, or HEIC by pillow-heif.

    Args:
        data: The whole file.

    Returns:
        Float32, shape (H, W, 3), in [0, 1]. The EXIF orientation is applied; whole numbers are divided by the largest that their bits allow
        (8 bits by 255, 12 by 4,095, 16 by 65,535), floats must be in [0, 1]; gray becomes three equal channels, CMYK and palettes RGB;
        transparency is laid over white, a band of no meaning left out; of several frames or pages the first is taken.

    Raises:
        DataError: If the format is not on the list, the file is cut short or damaged, the picture has more than 64 million pixels, or
            nothing defines which of its samples are black and white.
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
    if kind == "Netpbm":
        return decode_netpbm(data)
    from toolkit.images.decode_other import decode_other

    return decode_other(data, kind)


def plain_header(height: int, width: int, channels: int) -> bytes:
    """Write the shortest header of a PPM, or with one channel a PGM, of 8 bits: before its pixels it makes a file of an array."""
    return b"P%d\n%d %d\n255\n" % (6 if channels == 3 else 5, width, height)
