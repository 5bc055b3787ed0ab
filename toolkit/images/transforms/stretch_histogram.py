"""StretchHistogram: the intensities that an image uses are spread over the whole range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.errors import check
from toolkit.images.transforms.transform import Image, Transform, luminance

__all__ = ["StretchHistogram", "stretch_histogram"]


@dataclass(frozen=True)
class StretchHistogram(Transform):
    """Spread intensities so that two quantiles land on 0 and 1.

    Args:
        low: Quantile mapped to 0, in [0, 1).
        high: Quantile mapped to 1, in (low, 1].
        per_channel: Each channel by its own quantiles (takes a colour cast away), or all by the luminance's (keeps it).
    """

    name: ClassVar[str] = "stretch"
    low: float = 0.01
    high: float = 0.99
    per_channel: bool = False

    def __post_init__(self) -> None:
        check(0 <= self.low < 1, "StretchHistogram", "low", "in [0, 1)", self.low)
        check(self.low < self.high <= 1, "StretchHistogram", "high", f"in ({self.low}, 1], above low", self.high)

    def __call__(self, image: Image) -> Image:
        """Apply `stretch_histogram`."""
        return stretch_histogram(image, low=self.low, high=self.high, per_channel=self.per_channel)


def stretch_histogram(image: Image, *, low: float = 0.01, high: float = 0.99, per_channel: bool = False) -> Image:
    """Spread intensities so that two quantiles land on 0 and 1.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        low: Quantile mapped to 0, in [0, 1).
        high: Quantile mapped to 1, in (low, 1].
        per_channel: Take the quantiles of each channel instead of the luminance's.

    Returns:
        Float32, shape (H, W, C), in [0, 1]. A channel whose two quantiles are equal comes back unchanged.

    Source:
        Gonzalez & Woods, Digital Image Processing, 4th ed., section 3.2.
    """
    values = image.reshape(-1, image.shape[2]).T if per_channel else luminance(image).reshape(1, -1)
    dark, bright = np.quantile(values, (low, high), axis=1).astype(np.float32)
    flat = bright <= dark
    stretched: Image = np.clip((image - np.where(flat, 0, dark)) / np.where(flat, 1, bright - dark), 0, 1)
    return stretched
