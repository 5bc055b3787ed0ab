"""Guarded decoding: the bytes of one picture file come in, a float32 RGB image goes out to the pipeline, or a one-line `DataError`.

The format is told by the first bytes, from an allow-list. `toolkit.images.formats` proves the file complete, the size is read from the header
and held against a cap, and only then are pixels decoded. 8-bit PPM and PGM take a direct way, everything else goes through Pillow.
"""

from __future__ import annotations

import io
import os
import re
import stat
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, printable
from toolkit.images.formats import detect_format, require_complete
from toolkit.images.transforms import Image

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

__all__ = ["MAX_PIXELS", "decode_image", "read_image"]

MAX_PIXELS = 64_000_000
"""Largest picture that is decoded: beyond any camera's and scanner's page, and 0.8 GB as float32."""

_MAX_BYTES = 1 << 30
_NETPBM = re.compile(rb"P([56])" + 3 * rb"(?:\s|#[^\n]*\n)+([0-9]{1,9})" + rb"\s")
_ORIENTATION = 274
_TURNS: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[::-1],
}
"""What each EXIF orientation asks of the pixels; 1 and unknown ones ask nothing."""


def read_image(path: str) -> Image:
    """Read and decode one picture file; see `decode_image`.

    Raises:
        DataError: If it is no regular file, too large, or cannot be decoded.
        OSError: If it cannot be opened or read.
    """
    # A pipe would block for ever without O_NONBLOCK; Windows has O_BINARY instead.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise DataError("no regular file")
        if status.st_size > _MAX_BYTES:
            raise DataError(f"{status.st_size} bytes, more than the {_MAX_BYTES} that are read")
        return decode_image(os.read(file, status.st_size))
    finally:
        os.close(file)


def decode_image(data: bytes) -> Image:
    """Decode a picture: PNG, JPEG, PPM/PGM (binary), BMP, WebP, TIFF or GIF.

    Args:
        data: The whole file.

    Returns:
        Float32, shape (H, W, 3), in [0, 1]. The EXIF orientation is applied; 8 bits are divided by 255 and 16 bits by 65,535; gray becomes
        three equal channels, CMYK and palettes RGB; transparency is laid over white; of several frames or pages the first is taken.

    Raises:
        DataError: If the format is not on the list, the file is cut short or damaged, or the picture has more than `MAX_PIXELS`.
    """
    kind = detect_format(data)
    return _decode_netpbm(data) if kind == "PPM" else _decode_other(data, kind)


def _decode_netpbm(data: bytes) -> Image:
    header = _NETPBM.match(data)
    if header is None:
        raise DataError("damaged PPM header")
    width, height, top = int(header[2]), int(header[3]), int(header[4])
    _check_size(width, height)
    if not 0 < top < 65536:
        raise DataError(f"PPM maximum must be in 1 … 65535, got {top}")
    channels = 3 if header[1] == b"6" else 1
    dtype = np.dtype("u1" if top < 256 else ">u2")
    count = width * height * channels
    if len(data) - header.end() < count * dtype.itemsize:
        raise DataError("PPM file is cut short")
    pixels = np.frombuffer(data, dtype, count, header.end()).reshape(height, width, channels)
    return _to_rgb(np.minimum(_scaled(pixels, top), np.float32(1)) if top not in (255, 65535) else _scaled(pixels, top))


def _decode_other(data: bytes, kind: str) -> Image:
    from PIL import Image as pillow

    require_complete(data, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            with pillow.open(io.BytesIO(data), formats=[kind]) as image:
                _check_size(*image.size)
                return _decode_opened(image, data)
    except (pillow.DecompressionBombWarning, pillow.DecompressionBombError) as error:
        raise DataError(f"more than {MAX_PIXELS} pixels") from error
    except DataError:
        raise
    except Exception as error:  # hostile bytes make decoders raise anything; each is a damaged file
        raise DataError(f"{kind} cannot be decoded: {printable(str(error)) or type(error).__name__}") from error


def _decode_opened(image: PillowImage, data: bytes) -> Image:
    deep_color = any(";16" in str(tile) for tile in image.tile) and not image.mode.startswith("I")
    image.load()
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1), lambda a: a)
    if deep_color:  # Pillow has proved the file whole but keeps 8 of the 16 bits
        return _to_rgb(turn(_decode_deep(data)))
    if image.mode.startswith("I;16"):
        return _to_rgb(turn(_scaled(np.asarray(image)[..., None], 65535)))
    if image.mode in ("I", "F"):
        raise DataError(f"pixels must be of 8 or 16 bits, got 32 ({image.mode})")
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode in ("1", "L") else "RGB"
    pixels = np.asarray(image.convert(mode))
    return _to_rgb(turn(_scaled(pixels if pixels.ndim == 3 else pixels[..., None], 255)))


def _decode_deep(data: bytes) -> Image:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise DataError("16-bit colour cannot be decoded")
    return _scaled(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB), 65535)


def _scaled(pixels: NDArray[Any], top: int) -> Image:
    return np.multiply(pixels, np.float32(1 / top), dtype=np.float32)


def _to_rgb(image: Image) -> Image:
    if image.shape[2] in (2, 4):
        alpha = image[..., -1:]
        image = np.minimum(image[..., :-1] * alpha + (1 - alpha), np.float32(1))
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise DataError(f"picture must have pixels, got {width} × {height}")
    if width * height > MAX_PIXELS:
        raise DataError(f"picture must have at most {MAX_PIXELS} pixels, got {width} × {height}")
