"""Grayscale: colour becomes luminance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.images.transforms.transform import Image, Transform, luminance

__all__ = ["Grayscale", "convert_to_gray"]


@dataclass(frozen=True)
class Grayscale(Transform):
    """Reduce colour to luminance.

    Args:
        keep_channels: Keep the number of channels, all alike, for networks that want three.
    """

    name: ClassVar[str] = "grayscale"
    keep_channels: bool = False

    def __call__(self, image: Image) -> Image:
        """Apply `convert_to_gray`."""
        return convert_to_gray(image, keep_channels=self.keep_channels)


def convert_to_gray(image: Image, *, keep_channels: bool = False) -> Image:
    """Replace colour by luminance.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        keep_channels: Repeat the luminance in each channel.

    Returns:
        Float32, shape (H, W, 1), or (H, W, C) with `keep_channels`, in [0, 1]. One channel comes back unchanged.

    Source:
        ITU-R Recommendation BT.601: 0.299 red + 0.587 green + 0.114 blue.
    """
    gray = luminance(image)[..., None]
    return np.repeat(gray, image.shape[2], axis=2) if keep_channels else gray
