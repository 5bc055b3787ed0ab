"""Resize: images of any size become images of one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.images.transforms.transform import Image, Transform

__all__ = ["FITS", "Resize", "resize_image"]

FITS = ("stretch", "pad")
"""How an image of another shape is made to fit."""


@dataclass(frozen=True)
class Resize(Transform):
    """Bring every image to one size.

    Args:
        height: Rows of the result, at least 1.
        width: Columns of the result, at least 1.
        fit: ``"stretch"`` changes the aspect ratio; ``"pad"`` keeps it and fills two sides with black.
    """

    name: ClassVar[str] = "resize"
    height: int
    width: int
    fit: str = "stretch"

    def __post_init__(self) -> None:
        for side in ("height", "width"):
            value = getattr(self, side)
            check(isinstance(value, int) and value >= 1, "Resize", side, "a whole number of at least 1", value)
        check(self.height * self.width <= 64_000_000, "Resize", "height × width", "at most 64 million", f"{self.height} × {self.width}")
        check(self.fit in FITS, "Resize", "fit", f"one of {', '.join(FITS)}", self.fit)

    def __call__(self, image: Image) -> Image:
        """Apply `resize_image`."""
        return resize_image(image, height=self.height, width=self.width, fit=self.fit)


def resize_image(image: Image, *, height: int, width: int, fit: str = "stretch") -> Image:
    """Resample an image: pixel areas are averaged along an axis that shrinks, neighbours interpolated along one that grows.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        height: Rows of the result.
        width: Columns of the result.
        fit: ``"stretch"``, or ``"pad"``: keep the aspect ratio, centre, fill with 0.

    Returns:
        Float32, shape (height, width, C), in [0, 1]. An image of that size comes back as it is.
    """
    if fit == "stretch":
        return _stretch(image, height, width)
    scale = min(height / image.shape[0], width / image.shape[1])
    inner = _stretch(image, max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale)))
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    padded = np.zeros((height, width, image.shape[2]), np.float32)
    padded[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return padded


def _stretch(image: Image, height: int, width: int) -> Image:
    # Two passes where one axis shrinks and the other grows; one or none otherwise.
    rows, columns, channels = image.shape
    resized: NDArray[Any] = image
    if rows > height or columns > width:
        resized = cv2.resize(resized, (min(columns, width), min(rows, height)), interpolation=cv2.INTER_AREA)
        np.minimum(resized, np.float32(1), out=resized)  # rounded weights add up to a little over 1
    if rows < height or columns < width:
        resized = cv2.resize(resized, (width, height), interpolation=cv2.INTER_LINEAR)
    return resized.reshape(height, width, channels)  # OpenCV drops an axis of one channel
