"""Decoding by OpenCV where a file is plain, by Pillow elsewhere: bytes come in from `toolkit.images.decode`, samples go out.

Where Pillow knows some layouts of a format only, `decode_bmp` and `decode_tiff` read the others.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import UnidentifiedImageError, features
from PIL.ImageFile import ImageFile

from toolkit.errors import DataError, printable
from toolkit.images.boxes import gray_codestream, jpeg2000_bits
from toolkit.images.decode_bmp import decode_bmp
from toolkit.images.decode_tiff import decode_tiff
from toolkit.images.formats import plain_size, require_complete
from toolkit.images.pixels import MAX_PIXELS, check_size, orient

__all__ = ["decode_other"]

_ORIENTATION = 274
_LAYOUTS = {"BMP": decode_bmp, "TIFF": decode_tiff}
"""Formats of many layouts, of which Pillow reads some right: these then return None."""

_OPTIONAL = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}
"""What Pillow may be built without."""


def decode_other(data: bytes, kind: str) -> tuple[NDArray[Any], int]:
    """Decode a picture that is none of Netpbm's.

    Args:
        data: The whole file.
        kind: The format that its first bytes tell; no other is tried.

    Returns:
        The samples, upright, shape (H, W, 1 to 4), the last of 2 or 4 channels opacity; and the largest that they can be: 255 of uint8, up
        to 65535 of uint16, 1 of float32.

    Raises:
        DataError: If the file is cut short or damaged, the picture too large, or its samples have no defined value as light.
    """
    size = None if kind == "TIFF" else plain_size(data, kind, require_complete(data, kind))
    if size is not None:  # OpenCV then gives the same pixels as Pillow, two to four times faster
        check_size(*size)
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        if samples is None:
            raise DataError(f"{kind} cannot be decoded")
        return samples, 255
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            decoded = _LAYOUTS[kind](data) if kind in _LAYOUTS else None
            if decoded is not None:
                return decoded
            with _open(data, kind) as picture:
                check_size(*picture.size)
                return _decode_opened(picture, data, kind)
    except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError) as error:
        raise DataError(f"picture must have at most {MAX_PIXELS} pixels, got more") from error
    except UnidentifiedImageError as error:  # its message holds a memory address
        raise DataError(f"{kind} header is damaged") from error
    except (DataError, MemoryError):
        raise
    except Exception as error:  # hostile bytes make decoders raise anything at all
        raise DataError(f"{kind} cannot be decoded: {printable(str(error)) or type(error).__name__}") from error


def _open(data: bytes, kind: str) -> ImageFile:
    if kind == "HEIF":
        try:
            from pillow_heif import HeifImageFile
        except ImportError as error:
            raise DataError('HEIC must be read by pillow-heif, which is not installed: pip install "foudre[heic]"') from error
        opened: ImageFile = HeifImageFile(io.BytesIO(data))
        return opened
    part = _OPTIONAL.get(kind)
    if part and not features.check(part):
        raise DataError(f"{kind} must be read by Pillow, which is built without it here: pip install --upgrade pillow")
    if kind == "JPEG2000":
        jpeg2000_bits(data)  # Pillow scales others by no more than a shift
        data = gray_codestream(data)
    return Pillow.open(io.BytesIO(data), formats=[kind])


def _decode_opened(picture: ImageFile, data: bytes, kind: str) -> tuple[NDArray[Any], int]:
    # Pillow keeps 8 of the 16 bits of colour: it then only proves the file whole and OpenCV reads it.
    deep_color = kind == "PNG" and ";16" in str(picture.tile) and picture.mode in ("RGB", "RGBA", "LA")
    num_colors = len(picture.palette.palette) // 3 if kind == "PNG" and picture.palette else 0
    picture.load()
    if num_colors and np.asarray(picture).max() >= num_colors:
        raise DataError(f"PNG palette must have a colour for each pixel, got {num_colors} and number {np.asarray(picture).max()}")
    orientation = picture.getexif().get(_ORIENTATION, 1)  # asked after loading, which turns TIFFs upright and says so
    if deep_color:
        return orient(_read_deep(data), orientation), 65535
    samples, top = _read_gray(picture, data, kind) if picture.mode in ("1", "L", "I;16") else (_read_color(picture), 255)
    return orient(samples, orientation), top


def _read_gray(picture: ImageFile, data: bytes, kind: str) -> tuple[NDArray[Any], int]:
    """The samples of gray, and opacity where a PNG or a GIF says that one of its values is transparent."""
    samples, top = np.asarray(picture)[..., None], 65535 if picture.mode == "I;16" else 255
    if picture.mode == "1":
        samples = samples * np.uint8(255)
    if kind == "JPEG2000" and top == 65535:  # which Pillow shifts upwards
        bits = jpeg2000_bits(data)
        return samples >> (16 - bits), (1 << bits) - 1
    key = picture.info.get("transparency")
    if key is None:
        return samples, top
    if kind == "PNG" and (depth := data[24]) < 16:  # told in the file's own bits
        largest = (1 << depth) - 1
        key = (key & largest) * (255 // largest)
    return np.concatenate([samples, np.where(samples == key, 0, top).astype(samples.dtype)], axis=2), top


def _read_color(picture: ImageFile) -> NDArray[np.uint8]:
    if picture.mode not in ("P", "PA", "LA", "La", "RGB", "RGBX", "RGBA", "RGBa", "CMYK", "YCbCr"):
        raise DataError(f"colours must be gray, RGB, CMYK or a palette, of 8 bits, got Pillow's mode {picture.mode}")
    converted = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return np.asarray(converted).reshape(picture.height, picture.width, -1)


def _read_deep(data: bytes) -> NDArray[Any]:
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16 or samples.ndim != 3:
        raise DataError("PNG of 16 bits cannot be decoded")
    return cv2.cvtColor(samples, cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB)
