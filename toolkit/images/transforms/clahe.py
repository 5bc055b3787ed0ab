"""Clahe: local contrast is raised, noise in flat regions held down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from toolkit.errors import check
from toolkit.images.transforms.transform import Image, Transform, luminance, shift_clipped

__all__ = ["Clahe", "equalize_locally"]


@dataclass(frozen=True)
class Clahe(Transform):
    """Equalize tile by tile, with contrast limited; on luminance where there is colour.

    Args:
        clip_limit: Most that a level may hold, as a multiple of an even histogram's level; at least 1.
        tiles: Tiles along each side, in [1, 256].
    """

    name: ClassVar[str] = "clahe"
    clip_limit: float = 2.0
    tiles: int = 4

    def __post_init__(self) -> None:
        check(1 <= self.clip_limit < float("inf"), "Clahe", "clip_limit", "at least 1", self.clip_limit)
        check(isinstance(self.tiles, int) and 1 <= self.tiles <= 256, "Clahe", "tiles", "a whole number in [1, 256]", self.tiles)

    def __call__(self, image: Image) -> Image:
        """Apply `equalize_locally`."""
        return equalize_locally(image, clip_limit=self.clip_limit, tiles=self.tiles)


def equalize_locally(image: Image, *, clip_limit: float = 2.0, tiles: int = 4) -> Image:
    """Equalize each tile's histogram up to a slope, and interpolate between tiles.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        clip_limit: Limit of each of 256 levels, as a multiple of an even histogram's.
        tiles: Tiles along each side.

    Returns:
        Float32, shape (H, W, C), in [0, 1]. The correction is found on 256 levels and added to the unrounded image.

    Source:
        Zuiderveld, Contrast Limited Adaptive Histogram Equalization, Graphics Gems IV, 1994.
    """
    old = cv2.convertScaleAbs(luminance(image), alpha=255)
    new = cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(old)
    return shift_clipped(image, (new.astype(np.float32) - old) / np.float32(255))
