"""What a report shows of pictures: rows of a manifest come in, thumbnails as data addresses go out, raw or as stored."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.images.load import open_images
from toolkit.images.transforms import Image
from toolkit.wing import Manifest

__all__ = ["Show", "picture_address"]

_QUALITY, _LOSSLESS = 80, 101


@dataclass(frozen=True)
class Show:
    """Shows images; what reports ask of this wing.

    Args:
        take: From rows to what a dataset file stores of each, ``x`` of shape (1, H, W, C); None reads the raw files.
        side: Longest side of a thumbnail in pixels, at least 8. Smaller pictures keep their size.
    """

    take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None
    side: int = 64

    meanings: ClassVar[Mapping[str, str]] = {
        "height": "height in pixels",
        "width": "width in pixels",
        "brightness": "mean luminance, 0 … 1",
        "contrast": "standard deviation of the luminance, 0 … 0.5",
        "sharpness": "deviation of the Laplacian at 32 × 32",
        "entropy": "bits of the luminance's histogram, 0 … 8",
        "clipped_dark": "share of pixels at the darkest level",
        "clipped_bright": "share of pixels at the brightest level",
        "gray": "share of pictures without colour",
    }
    """The measured columns that are summed up, and what each of them is."""

    histograms: ClassVar[tuple[str, ...]] = ("brightness", "contrast", "sharpness", "entropy")
    """Columns whose distribution is drawn by split."""

    pairs: ClassVar[tuple[tuple[str, str], ...]] = (("width", "height"),)
    """Columns whose joint distribution is drawn, and their ratio."""

    def __post_init__(self) -> None:
        check(self.side >= 8, "Show", "side", "at least 8", self.side)

    @classmethod
    def stored(cls, take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]], *_: object) -> Self:
        """Show what a dataset file holds; it needs neither a vocabulary nor the pipeline."""
        return cls(take)

    def pictures(self, rows: Manifest) -> list[str]:
        """Draw a thumbnail of each row.

        Args:
            rows: Of kind ``"images"``.

        Returns:
            ``data:image/webp`` addresses in the rows' order; empty for a row that cannot be read.
        """
        shown = [""] * len(rows)
        for i, image in open_images(rows, self.take):
            shown[i] = picture_address(image, side=self.side)
        return shown

    def average(self, rows: Manifest) -> str:
        """Draw the mean of some rows, each stretched to a square; empty if none can be read."""
        total, count = np.zeros((self.side, self.side, 3), np.float32), 0
        for _, image in open_images(rows, self.take):
            total += cv2.resize(image, (self.side, self.side), interpolation=cv2.INTER_AREA).reshape(self.side, self.side, -1)
            count += 1
        return picture_address(total / np.float32(count)) if count else ""

    def excerpts(self, rows: Manifest) -> list[str]:
        """Return an empty text for each row: pictures say nothing."""
        return [""] * len(rows)


def _shrink(image: Image, side: int) -> Image:
    """Scale a picture down until it fits a square; one that fits is unchanged."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32).reshape(size[1], size[0], -1)


def picture_address(image: Image, *, side: int | None = None, lossless: bool = False) -> str:
    """Write a picture as a ``data:image/webp`` address.

    Args:
        image: Float32, shape (H, W, C), of 1 or 3 channels, in [0, 1].
        side: Longest side that it is scaled down to; None keeps its size.
        lossless: Keep every pixel as it is, for pictures whose single pixels are looked at.
    """
    image = image if side is None else _shrink(image, side)
    pixels = cv2.convertScaleAbs(image.reshape(len(image), -1), alpha=255).reshape(image.shape)
    blue_first = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR if image.shape[2] == 3 else cv2.COLOR_GRAY2BGR)
    data = cv2.imencode(".webp", blue_first, [cv2.IMWRITE_WEBP_QUALITY, _LOSSLESS if lossless else _QUALITY])[1]
    return f"data:image/webp;base64,{base64.b64encode(data.tobytes()).decode()}"
