"""Equalize: an image's intensities become evenly used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.images.transforms.transform import Image, Transform, luminance, shift_clipped

__all__ = ["Equalize", "equalize_histogram"]


@dataclass(frozen=True)
class Equalize(Transform):
    """Equalize the histogram of the whole image; on luminance where there is colour."""

    name: ClassVar[str] = "equalize"

    def __call__(self, image: Image) -> Image:
        """Apply `equalize_histogram`."""
        return equalize_histogram(image)


def equalize_histogram(image: Image) -> Image:
    """Map each of 256 levels of luminance to the share of pixels that are darker.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).

    Returns:
        Float32, shape (H, W, C), in [0, 1]; colour differences kept, then clipped. A constant image comes back unchanged.

    Source:
        Gonzalez & Woods, Digital Image Processing, 4th ed., section 3.3; the darkest level present is mapped to 0.
    """
    old = luminance(image)
    levels = np.rint(old * 255).astype(np.intp)
    up_to = np.cumsum(np.bincount(levels.ravel(), minlength=256))
    darkest = up_to[levels.min()]
    if darkest == up_to[-1]:
        return image
    new = ((up_to - darkest) / (up_to[-1] - darkest)).astype(np.float32)[levels]
    return shift_clipped(image, new - old)
