"""Guarded decoding: one picture file comes in, a float32 RGB image goes out to the pipeline, or a one-line `DataError`.

The format is told by the first bytes, from an allow-list; the file is proved complete and its size held against a cap before pixels are
decoded. Binary PPM and PGM are read right here, at the speed of a copy; `toolkit.images.decode_other` does the rest.
"""

from __future__ import annotations

import os
import re
import stat

import numpy as np

from toolkit.errors import DataError
from toolkit.images.formats import detect_format
from toolkit.images.pixels import check_size, scale_to_unit, to_rgb
from toolkit.images.transforms import Image

__all__ = ["decode_image", "read_image"]

_MAX_BYTES = 1 << 30
_NETPBM = re.compile(rb"P([56])" + 3 * rb"(?:\s|#[^\n]*\n)+([0-9]{1,9})" + rb"\s")


def read_image(path: str) -> Image:
    """Read and decode one picture file; see `decode_image`.

    Raises:
        DataError: If it is no regular file, larger than 1 GiB, or cannot be decoded.
        OSError: If it cannot be opened or read.
    """
    # Opening a pipe would wait for ever without O_NONBLOCK, which Windows has not; that has O_BINARY.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise DataError("no regular file")
        if status.st_size > _MAX_BYTES:
            raise DataError(f"file must have at most {_MAX_BYTES} bytes, got {status.st_size}")
        return decode_image(os.read(file, status.st_size))
    finally:
        os.close(file)


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
    kind = detect_format(data)
    if kind == "PPM":
        return _decode_netpbm(data)
    from toolkit.images.decode_other import decode_other

    return decode_other(data, kind)


def _decode_netpbm(data: bytes) -> Image:
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
    return to_rgb(scale_to_unit(samples, top))
