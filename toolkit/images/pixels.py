"""From a decoder's samples to an RGB image in [0, 1]: scaling, transparency, orientation, and the size that is allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError
from toolkit.images.transforms import Image

__all__ = ["MAX_PIXELS", "check_size", "orient", "require_unit", "scale_to_unit", "to_rgb"]

MAX_PIXELS = 64_000_000
"""Largest picture that is decoded: more than cameras take, 0.8 GB as float32."""


def check_size(width: int, height: int) -> None:
    """Refuse a size told by a header before anything of that size is allocated.

    Raises:
        DataError: If there are no pixels, or more than `MAX_PIXELS`.
    """
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise DataError(f"picture must have 1 to {MAX_PIXELS} pixels, got {width} × {height}")


def scale_to_unit(samples: NDArray[Any], top: int) -> Image:
    """Divide unsigned samples by the largest value that their format allows: float32, the same shape, in [0, 1]."""
    scaled = samples.astype(np.float32)
    scaled *= np.float32(1 / top)
    return scaled


def require_unit(samples: NDArray[np.floating], kind: str) -> Image:
    """Refuse floats that nobody can tell black and white of.

    Args:
        samples: Any shape; a millionth beyond [0, 1] is rounding, and clipped.
        kind: The format that they are of.

    Returns:
        Float32, the same shape, in [0, 1].

    Raises:
        DataError: If they reach farther, or hold NaN; the range found is told.
    """
    low, high = float(samples.min()), float(samples.max())
    if not -1e-6 <= low <= high <= 1 + 1e-6:
        raise DataError(f"{kind} floats must be in [0, 1], 0 black and 1 white, got {low:g} … {high:g}")
    clipped: Image = np.clip(samples, 0, 1).astype(np.float32)
    return clipped


def to_rgb(image: Image) -> Image:
    """Lay transparency over white and make one channel three.

    Args:
        image: Float32, shape (H, W, 1 to 4), in [0, 1]; the last of 2 or 4 channels is opacity.

    Returns:
        Float32, shape (H, W, 3), in [0, 1].
    """
    if image.shape[2] in (2, 4):
        opacity = image[..., -1:]
        image = np.minimum(image[..., :-1] * opacity + (1 - opacity), np.float32(1))
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def orient(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn and mirror a picture upright.

    Args:
        samples: Shape (H, W, C).
        orientation: EXIF tag 274, in 1 … 8; anything else changes nothing.

    Returns:
        A view of shape (H, W, C), or (W, H, C) for 5 to 8.
    """
    if orientation in (5, 6, 7, 8):  # rows and columns are exchanged
        samples = samples.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples
