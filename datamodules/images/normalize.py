"""Stored pixels → what a network sees: uint8 or float images come in, standardised float NCHW goes out, in training as in prediction."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from datamodules.dataset import Batch
from toolkit.errors import check

__all__ = ["Normalize", "standardize_channels", "standardize_images"]

FLOOR = 0.05
"""Added to a picture's own deviation, in units of the full range: noise in a nearly flat picture is not blown up."""


@dataclass(frozen=True)
class Normalize:
    """How pixels are scaled. It travels in the checkpoint, so that prediction does the same.

    Args:
        mode: ``"image"`` standardises each picture by itself, ``"channel"`` by the channel means and deviations of the
            training split, ``"none"`` only maps to [0, 1].
        mean: Mean of each channel in [0, 1], for ``"channel"``.
        std: Standard deviation of each channel, above 0, for ``"channel"``.
    """

    mode: Literal["image", "channel", "none"] = "image"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check(self.mode in ("image", "channel", "none"), "Normalize", "mode", "image, channel or none", self.mode)
        known = len(self.mean) == len(self.std) > 0 and min(self.std) > 0
        check(self.mode != "channel" or known, "Normalize", "mean and std", "given for each channel, std above 0", (self.mean, self.std))

    def __call__(self, images: Tensor) -> Tensor:
        """Normalise a batch.

        Args:
            images: Shape (N, C, H, W), in any memory order: uint8 in 0…255, or floating point in [0, 1].

        Returns:
            float32, shape (N, C, H, W), channels last in memory, as convolutions are fastest; `images` is left as it is.
        """
        scale = 1.0 if images.is_floating_point() else 255.0
        if self.mode == "image":
            return standardize_images(images, floor=FLOOR * scale)
        if self.mode == "channel":
            return standardize_channels(images, mean=self.mean, std=self.std, scale=scale)
        return _copy(images) if scale == 1 else _copy(images).div_(scale)

    def finish(self, batch: Batch) -> Batch:
        """Normalise a batch as stored, `x` of shape (N, H, W, C), to float32 (N, C, H, W)."""
        return batch._replace(x=self(batch.x.permute(0, 3, 1, 2)))

    def to_state(self) -> dict[str, Any]:
        """The fields by name, in plain types."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def standardize_images(images: Tensor, *, floor: float = FLOOR) -> Tensor:
    """Standardise each picture by itself: (x − its mean) / (its standard deviation + floor).

    Args:
        images: Any real dtype, shape (N, C, H, W).
        floor: Added to the deviation, in the images' own unit, above 0.

    Returns:
        float32, same shape, channels last in memory; a constant picture comes back as zeros.
    """
    values = _copy(images)
    values -= values.mean((1, 2, 3), keepdim=True)
    count = max(1, math.prod(images.shape[1:]))
    deviation = torch.linalg.vector_norm(values, dim=(1, 2, 3), keepdim=True) / math.sqrt(count)
    return values.mul_(1 / (deviation + floor))


def standardize_channels(images: Tensor, *, mean: tuple[float, ...], std: tuple[float, ...], scale: float = 1.0) -> Tensor:
    """Standardise each channel: (x / scale − mean) / std.

    Args:
        images: Any real dtype, shape (N, C, H, W).
        mean: C numbers, in units of the full range.
        std: C numbers above 0, in units of the full range.
        scale: What the full range is in the images' own unit: 255 for uint8.

    Returns:
        float32, same shape, channels last in memory.
    """
    values = _copy(images)
    shift, factor = (torch.tensor(v, device=images.device).view(-1, 1, 1) for v in (mean, std))
    shift, factor = -shift / factor, 1 / (factor * scale)
    # one picture's worth of constants in the images' memory order: broadcasting three numbers along the last axis is 5 times slower
    shift, factor = (torch.empty_like(values[:1]).copy_(v) for v in (shift, factor))
    return torch.addcmul(shift, values, factor, out=values)  # one pass


def _copy(images: Tensor) -> Tensor:
    """The one allocation, in which dtype and memory order change together: fresh pages cost more than the arithmetic."""
    return images.to(torch.float32, memory_format=torch.channels_last, copy=True)
