"""From the rows of a manifest to one block of a dataset file's ``x``, with the figures that `/meta` is made of; export is next.

An `Encoder` crosses to worker processes by pickle and gives the same bytes for the same rows in any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check
from toolkit.images.decode import read_image
from toolkit.images.pipeline import Pipeline
from toolkit.images.sources.rows import NO_BOX
from toolkit.images.transforms import Image
from toolkit.wing import Encoded, Manifest

__all__ = ["DTYPES", "Encoder", "store", "summarise", "unstore"]

DTYPES = ("float16", "uint8", "float32")
"""What images can be stored as: uint8 in 0 … 255, floats in [0, 1]."""

_SAMPLE_STEP = 16
"""Of every so many rows of a block, the first is held against float32 for the precision record."""


@dataclass(frozen=True)
class Encoder:
    """Reads, decodes, transforms and stores images.

    Args:
        pipeline: What happens to each decoded image.
        dtype: One of `DTYPES`.
    """

    pipeline: Pipeline
    dtype: str = "float16"

    def __post_init__(self) -> None:
        check(self.dtype in DTYPES, "images", "dtype", f"one of {', '.join(DTYPES)}", self.dtype)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of what comes out, told by trying the pipeline on a small black image."""
        height, width, channels = self.pipeline(np.zeros((8, 8, 3), np.float32), (0, 0, 7, 7)).shape
        return height, width, channels

    def __call__(self, rows: Manifest) -> Encoded:
        """Encode some rows; a row that cannot be encoded stays zero and its reason is told."""
        cv2.setNumThreads(1)  # processes share the cores; threads inside each would only quarrel over them
        pixels = np.zeros((len(rows), *self.shape), np.float32)
        boxes = rows.columns["box"].tolist() if self.pipeline.needs_box and "box" in rows.columns else None
        failures: dict[int, str] = {}
        for i, origin in enumerate(rows.origin):
            try:
                box = None if boxes is None or tuple(boxes[i]) == NO_BOX else boxes[i]
                path = origin if origin.startswith("/") else f"{rows.root}/{origin}"
                pixels[i] = self.pipeline(read_image(path), box)
            except DataError as error:
                failures[i] = str(error)
            except OSError as error:
                failures[i] = f"cannot be read: {error.strerror}"
        stored = store(pixels, self.dtype)
        return Encoded({"x": stored}, failures, _measure(pixels, stored, failures))


def store(pixels: Image, dtype: str) -> NDArray[Any]:
    """Turn float32 in [0, 1] into what is stored.

    Args:
        pixels: Float32, any shape, in [0, 1].
        dtype: One of `DTYPES`.

    Returns:
        The same shape: uint8 in 0 … 255 rounded to the nearest, float16 rounded to the nearest, or the float32 itself.
    """
    if dtype == "float32" or not pixels.size:
        return pixels.astype(dtype, copy=False)
    flat = pixels.reshape(len(pixels), -1)
    # OpenCV rounds as numpy does, to the nearest even, fifteen times faster.
    stored: NDArray[Any] = (
        cv2.convertScaleAbs(flat, alpha=255) if dtype == "uint8" else cv2.add(flat, 0, dtype=cv2.CV_16F)  # type: ignore[call-overload]  # its stub knows no numbers
    )
    return stored.reshape(pixels.shape)


def unstore(stored: NDArray[Any]) -> Image:
    """Turn what is stored back into float32 in [0, 1], the same shape."""
    return stored * np.float32(1 / 255) if stored.dtype == np.uint8 else stored.astype(np.float32, copy=False)


def _measure(pixels: Image, stored: NDArray[Any], failures: Mapping[int, str]) -> dict[str, Any]:
    """Return the sums that `summarise` adds up: of the stored values, in [0, 1], and of what storing lost on the sampled rows."""
    good = [i for i in range(len(pixels)) if i not in failures]
    kept = stored[good] if failures else stored
    count = kept[..., 0].size
    if not count:
        return {"count": 0}
    unit = 1 / 255 if stored.dtype == np.uint8 else 1.0
    # Twice as fast as any way by float32; of float16 it is right to six digits.
    mean, deviation = (figure.ravel() * unit for figure in cv2.meanStdDev(kept.reshape(-1, *kept.shape[2:])))
    sample = good[::_SAMPLE_STEP]
    lost = np.abs(unstore(stored[sample]) - pixels[sample]).astype(np.float64)
    return {
        "count": count,
        "sum": (count * mean).tolist(),
        "sum_squares": (count * (deviation**2 + mean**2)).tolist(),
        "precision_count": lost.size,
        "precision_max_error": float(lost.max()),
        "precision_sum_squares": float((lost**2).sum()),
    }


def summarise(blocks: list[Mapping[str, Any]], *, channels: int) -> dict[str, NDArray[Any]]:
    """Add up what `Encoder` measured on the train blocks.

    Args:
        blocks: The `stats` of each block, in row order.
        channels: C of the stored images.

    Returns:
        ``channel_mean`` and ``channel_std``, float64, shape (C,), of the stored values brought to [0, 1]; ``precision_max_error`` and
        ``precision_rmse``, float64, shape (), what the stored dtype lost against float32 on every sixteenth image. Zeros without images.
    """
    filled = [block for block in blocks if block["count"]]
    count = max(1, sum(block["count"] for block in filled))
    mean, square = (np.sum([np.zeros(channels), *(block[name] for block in filled)], axis=0) / count for name in ("sum", "sum_squares"))
    lost = sum(block["precision_sum_squares"] for block in filled) / max(1, sum(block["precision_count"] for block in filled))
    return {
        "channel_mean": mean,
        "channel_std": np.sqrt(np.maximum(square - mean**2, 0)),
        "precision_max_error": np.array(max((block["precision_max_error"] for block in filled), default=0), np.float64),
        "precision_rmse": np.array(np.sqrt(lost), np.float64),
    }
