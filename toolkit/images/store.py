"""What images are stored as: float32 in [0, 1] comes in from `toolkit.images.encode`, the chosen dtype goes out, with what it loses.

The sums of each block travel with it as JSON; `summarise` makes `/meta` of those of the train blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.images.transforms import Image

__all__ = ["DTYPES", "add_up", "measure_stored", "round_pixels", "store", "summarise", "unstore"]

DTYPES = ("float16", "uint8", "float32")
"""What images can be stored as: uint8 in 0 … 255, floats in [0, 1]."""


def store(pixels: Image, dtype: str) -> NDArray[Any]:
    """Turn float32 in [0, 1] into what is stored.

    Args:
        pixels: Float32, shape (N, H, W, C), in [0, 1].
        dtype: One of `DTYPES`.

    Returns:
        The same shape: uint8 in 0 … 255 or float16, each rounded to the nearest, or the float32 itself.
    """
    if dtype == "float32" or not pixels.size:
        return pixels.astype(dtype, copy=False)
    flat = pixels.reshape(len(pixels), -1)
    if dtype == "uint8":
        return np.asarray(cv2.convertScaleAbs(flat, alpha=255)).reshape(pixels.shape)
    # OpenCV rounds to the nearest even as numpy does, fifteen times faster; its stub knows no numbers.
    stored: NDArray[np.float16] = cv2.add(flat, 0, dtype=cv2.CV_16F)  # type: ignore[call-overload]
    return stored.reshape(pixels.shape)


def unstore(stored: NDArray[Any]) -> Image:
    """Turn what is stored back into float32 in [0, 1], the same shape."""
    if stored.dtype == np.uint8:
        return stored * np.float32(1 / 255)
    if stored.dtype == np.float16:
        # Shifted by 13 places, the bits of a float16 without a sign are those of 2^-112 times its value: exact, and faster than a cast.
        return np.left_shift(stored.view(np.uint16), 13, dtype=np.uint32).view(np.float32) * np.float32(2.0**112)
    return stored


def round_pixels(image: Image) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Round an image to 8 bits, and say what tells it from others: its pixels, or the image itself if rounding lost something."""
    pixels: NDArray[np.uint8] = store(image, "uint8")
    return pixels, pixels if np.array_equal(unstore(pixels), image) else image


def measure_stored(pixels: Image, stored: NDArray[Any]) -> dict[str, Any]:
    """Measure some stored images, and what storing lost on the first of them.

    Args:
        pixels: Float32, shape (N, H, W, C), in [0, 1], N at least 1.
        stored: What `store` made of them.

    Returns:
        Number of pixels; per channel the sum and the sum of squares of the values before they were rounded; of the first image's
        losses the number, the largest, and the sum of squares.
    """
    count = stored[..., 0].size
    values = pixels[: len(stored)]
    mean, deviation = (figure.ravel() for figure in cv2.meanStdDev(values.reshape(-1, *values.shape[2:])))
    lost = np.abs(unstore(stored[:1]) - values[:1]).ravel()
    return {
        "count": count,
        "sum": (count * mean).tolist(),
        "sum_squares": (count * (deviation**2 + mean**2)).tolist(),
        "lost_count": lost.size,
        "lost_max": float(lost.max()),
        "lost_squares": float(np.dot(lost, lost)),
    }


def add_up(parts: Sequence[Mapping[str, Any]], *, channels: int) -> dict[str, Any]:
    """Add up what `measure_stored` found in several parts, or `add_up` in several blocks; without any, all is 0."""
    total: dict[str, Any] = {name: sum(part[name] for part in parts) for name in ("count", "lost_count", "lost_squares")}
    for name in ("sum", "sum_squares"):
        total[name] = np.sum([np.zeros(channels), *(part[name] for part in parts)], axis=0).tolist()
    return {**total, "lost_max": max((part["lost_max"] for part in parts), default=0.0)}


def summarise(blocks: list[Mapping[str, Any]], *, channels: int) -> dict[str, NDArray[Any]]:
    """Turn the sums of the train blocks into figures.

    Args:
        blocks: The `stats` of each block, in row order.
        channels: C of the stored images.

    Returns:
        ``channel_mean`` and ``channel_std``, float64, shape (C,), of the float32 values in [0, 1] before rounding;
        ``precision_max_error`` and ``precision_rmse``, float64, shape (), what the stored dtype lost against float32 on every
        sixteenth image. Zeros without images.
    """
    total = add_up(blocks, channels=channels)
    mean, square = (np.array(total[name], np.float64) / max(1, total["count"]) for name in ("sum", "sum_squares"))
    return {
        "channel_mean": mean,
        "channel_std": np.sqrt(np.maximum(square - mean**2, 0)),
        "precision_max_error": np.array(total["lost_max"], np.float64),
        "precision_rmse": np.array(np.sqrt(total["lost_squares"] / max(1, total["lost_count"])), np.float64),
    }
