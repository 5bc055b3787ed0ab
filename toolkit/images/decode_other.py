"""Decoding by OpenCV where a file is plain, by Pillow elsewhere: bytes come in from `toolkit.images.decode`, samples go out."""

from __future__ import annotations

import io
import warnings
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.ImageFile import ImageFile

from toolkit.errors import DataError, printable
from toolkit.images.formats import plain_size, require_complete
from toolkit.images.pixels import MAX_PIXELS, check_size, orient

__all__ = ["decode_other"]

_ORIENTATION = 274


def decode_other(data: bytes, kind: str) -> tuple[NDArray[Any], int]:
    """Decode a picture that is no PPM.

    Args:
        data: The whole file.
        kind: The format that its first bytes tell; no other is tried.

    Returns:
        The samples, upright, uint8 or uint16, shape (H, W, 1 to 4), the last of 2 or 4 channels opacity; and the largest that their format
        allows, 255 or 65535.

    Raises:
        DataError: If the file is cut short or damaged, or the picture too large.
    """
    size = plain_size(data, kind, require_complete(data, kind))
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
            with Pillow.open(io.BytesIO(data), formats=[kind]) as picture:
                check_size(*picture.size)
                return _decode_opened(picture, data)
    except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError) as error:
        raise DataError(f"picture must have at most {MAX_PIXELS} pixels, got more") from error
    except UnidentifiedImageError as error:  # its message holds a memory address
        raise DataError(f"{kind} header is damaged") from error
    except DataError:
        raise
    except Exception as error:  # hostile bytes make decoders raise anything at all
        raise DataError(f"{kind} cannot be decoded: {printable(str(error)) or type(error).__name__}") from error


def _decode_opened(picture: ImageFile, data: bytes) -> tuple[NDArray[Any], int]:
    # Pillow keeps 8 of the 16 bits of colour: it then only proves the file whole and OpenCV reads it.
    deep_color = ";16" in str(picture.tile) and picture.mode in ("RGB", "RGBA", "LA")
    picture.load()
    orientation = picture.getexif().get(_ORIENTATION, 1)  # asked after loading, which turns TIFFs upright and says so
    if deep_color:
        return orient(_read_deep(data), orientation), 65535
    if picture.mode.startswith("I;16"):
        return orient(np.asarray(picture)[..., None], orientation), 65535
    if picture.mode in ("I", "F"):
        raise DataError(f"samples must have 1 to 16 bits, got 32 (mode {picture.mode})")
    mode = "RGBA" if picture.has_transparency_data else "L" if picture.mode in ("1", "L") else "RGB"
    samples = np.asarray(picture.convert(mode)).reshape(picture.height, picture.width, -1)
    return orient(samples, orientation), 255


def _read_deep(data: bytes) -> NDArray[Any]:
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16 or samples.ndim != 3:
        raise DataError("16-bit colour cannot be decoded")
    return cv2.cvtColor(samples, cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB)
