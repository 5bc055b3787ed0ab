"""Exposure: an image becomes brighter or darker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.errors import check
from toolkit.images.transforms.transform import Image, Transform, luminance

__all__ = ["Exposure", "change_exposure"]


@dataclass(frozen=True)
class Exposure(Transform):
    """Change the brightness by fixed amounts, or to a given mean.

    Args:
        gain: Factor on the intensities, above 0.
        gamma: Exponent on the intensities, above 0; below 1 lifts the shadows.
        target_mean: Mean luminance to reach, in (0, 1); the gain is then found for each image, and `gain` stays 1.
    """

    name: ClassVar[str] = "exposure"
    gain: float = 1.0
    gamma: float = 1.0
    target_mean: float | None = None

    def __post_init__(self) -> None:
        for name in ("gain", "gamma"):
            check(0 < getattr(self, name) < float("inf"), "Exposure", name, "above 0", getattr(self, name))
        if self.target_mean is not None:
            check(0 < self.target_mean < 1, "Exposure", "target_mean", "in (0, 1)", self.target_mean)
            check(self.gain == 1, "Exposure", "gain", "1 where target_mean is given", self.gain)

    def __call__(self, image: Image) -> Image:
        """Apply `change_exposure`."""
        return change_exposure(image, gain=self.gain, gamma=self.gamma, target_mean=self.target_mean)


def change_exposure(image: Image, *, gain: float = 1.0, gamma: float = 1.0, target_mean: float | None = None) -> Image:
    """Return gain · image^gamma, clipped.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        gain: Factor, above 0.
        gamma: Exponent, above 0.
        target_mean: If given, replaces `gain` by the factor that brings the mean luminance here before clipping.

    Returns:
        Float32, shape (H, W, C), in [0, 1]. A black image stays black.
    """
    curved = image if gamma == 1 else np.power(image, np.float32(gamma))
    if target_mean is not None:
        mean = float(luminance(curved).mean(dtype=np.float64))
        gain = target_mean / mean if mean > 0 else 1.0
    return np.minimum(curved * np.float32(gain), np.float32(1))
