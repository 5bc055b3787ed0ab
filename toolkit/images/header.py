"""A picture's size by its header: a file comes in, width and height as `toolkit.images.decode` turns it upright go out to readers."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from toolkit.errors import DataError, printable

__all__ = ["upright_size"]

_ORIENTATION = 274


def upright_size(file: Path | bytes) -> tuple[int, int]:
    """Return a picture's width and height once its EXIF orientation is applied; its pixels are not decoded.

    Args:
        file: Where it lies, or its contents.

    Raises:
        DataError: If it is no picture that can be read.
    """
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is decoded later, and refused then
            with Pillow.open(io.BytesIO(file) if isinstance(file, bytes) else file) as picture:
                width, height = picture.size
                # a PNG's own method would decode it first; a TIFF's size is upright already
                turned = picture.format != "TIFF" and Pillow.Image.getexif(picture).get(_ORIENTATION) in (5, 6, 7, 8)
    except Exception as error:  # hostile bytes make decoders raise anything at all
        reason = "is no picture" if isinstance(error, UnidentifiedImageError) else printable(str(error)) or type(error).__name__
        raise DataError(f"its size cannot be read from its header: {reason}") from error
    return (height, width) if turned else (width, height)
