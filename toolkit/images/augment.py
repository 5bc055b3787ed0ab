"""Augmented copies for balancing: an image of its final size comes in from `encode`, another plausible picture of the same goes out.

What is drawn depends on (seed, sample, copy number) alone: a copy has the same bytes in any process, any order, any company.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import Any, Literal

import cv2
import numpy as np

from toolkit.errors import check
from toolkit.images.transforms import Image

__all__ = ["FLIPS", "AugmentCopies", "blur_image", "change_light", "warp_image"]

FLIPS = ("none", "horizontal", "vertical")
"""How copies may be mirrored: not at all, left to right, or upside down."""

_NUM_DRAWS = 11
_MOST = {"rotation_degrees": 180.0, "scale_fraction": 0.9, "shear_degrees": 60.0, "blur_pixels": 100.0}
"""The largest value of each number; 1 where none is given."""


@dataclass(frozen=True)
class AugmentCopies:
    """Change place, sharpness and light a little, as another picture of the same thing would; never mirror it unless asked.

    Each number is the most that is drawn, evenly between nothing and that, either way; 0 leaves the change out.

    Args:
        rotation_degrees: Turn, in [0, 180].
        scale_fraction: Stretch each axis by a factor in [1 − this, 1 + this]; this in [0, 0.9].
        shear_degrees: Slant, in [0, 60].
        shift_fraction: Move by this share of each side, in [0, 1].
        blur_pixels: Standard deviation of a Gaussian blur, in pixels of the stored image, in [0, 100].
        brightness_fraction: Multiply intensities by a factor in [1 − this, 1 + this]; this in [0, 1].
        contrast_fraction: Stretch intensities around the picture's mean by a factor in [1 − this, 1 + this]; this in [0, 1].
        noise_std: Standard deviation of Gaussian noise, each pixel and channel by itself, in [0, 1].
        flip: One of `FLIPS`: half of the copies are mirrored so. A mirrored sign is another sign.
    """

    rotation_degrees: float = 8.0
    scale_fraction: float = 0.1
    shear_degrees: float = 5.0
    shift_fraction: float = 0.05
    blur_pixels: float = 0.8
    brightness_fraction: float = 0.25
    contrast_fraction: float = 0.2
    noise_std: float = 0.01
    flip: Literal["none", "horizontal", "vertical"] = "none"

    def __post_init__(self) -> None:
        check(self.flip in FLIPS, "AugmentCopies", "flip", f"one of {', '.join(FLIPS)}", self.flip)
        for name, value in self.to_json().items():
            if name != "flip":
                most = _MOST.get(name, 1.0)
                check(isinstance(value, int | float) and 0 <= value <= most, "AugmentCopies", name, f"in [0, {most:g}]", value)

    def __call__(self, image: Image, *, seed: int, name: str, copy: int) -> Image:
        """Make one copy.

        Args:
            image: Intensities in [0, 1], float32, shape (H, W, C).
            seed: Any int.
            name: What the sample is known by: its origin in the manifest.
            copy: Which copy of the sample it is, from 1.

        Returns:
            Float32, shape (H, W, C), in [0, 1].
        """
        rng = _generator(seed, name, copy)
        # All are drawn, whether used or not: one change left out leaves the others as they were.
        turn, wide, high, slant, right, down, soft, light, contrast, grain, mirror = rng.uniform(-1, 1, _NUM_DRAWS).tolist()
        if self.flip != "none" and mirror > 0:
            image = image[:, ::-1] if self.flip == "horizontal" else image[::-1]
        image = warp_image(
            image,
            rotation_degrees=turn * self.rotation_degrees,
            scale=(1 + wide * self.scale_fraction, 1 + high * self.scale_fraction),
            shear_degrees=slant * self.shear_degrees,
            shift=(right * self.shift_fraction, down * self.shift_fraction),
        )
        image = blur_image(image, abs(soft) * self.blur_pixels)
        image = change_light(image, gain=1 + light * self.brightness_fraction, contrast=1 + contrast * self.contrast_fraction)
        if self.noise_std:
            image = image + rng.standard_normal(image.shape, np.float32) * np.float32(grain * self.noise_std)
        return np.clip(image, 0, 1)

    def to_json(self) -> dict[str, Any]:
        """Return every parameter, also those at their defaults: a later version may have other defaults."""
        return asdict(self)

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> AugmentCopies:
        """Build what `to_json` wrote down.

        Raises:
            ArgumentError: If a parameter is unknown or breaks its rule.
        """
        known = [field.name for field in fields(cls)]
        for name in parameters:
            check(name in known, "AugmentCopies", "a parameter", f"one of {', '.join(known)}", name)
        return cls(**parameters)


def warp_image(
    image: Image, *, rotation_degrees: float, scale: tuple[float, float], shear_degrees: float, shift: tuple[float, float]
) -> Image:
    """Move a picture about its centre: stretch, turn, slant, then shift; what comes in over the edges mirrors what is inside.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        rotation_degrees: Counter-clockwise as seen.
        scale: Factors of width and height, above 0.
        shear_degrees: Verticals lean to the left by it.
        shift: Rightwards and downwards, in shares of width and height.

    Returns:
        Float32, shape (H, W, C), interpolated bilinearly.
    """
    height, width = image.shape[:2]
    turn, lean = math.radians(rotation_degrees), math.tan(math.radians(shear_degrees))
    rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])  # rows count downwards
    linear = np.array([[1, lean], [0, 1]]) @ rotate @ np.diag(scale)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    moved = centre + np.array(shift) * (width, height) - linear @ centre
    warped: Any = cv2.warpAffine(image, np.column_stack((linear, moved)), (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.float32).reshape(image.shape)  # OpenCV drops an axis of one channel


def blur_image(image: Image, sigma: float) -> Image:
    """Blur by a Gaussian.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        sigma: Standard deviation in pixels; at 0 the image comes back as it is.

    Returns:
        Float32, shape (H, W, C), in [0, 1].
    """
    if not sigma:
        return image
    blurred: Any = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, np.float32).reshape(image.shape)


def change_light(image: Image, *, gain: float, contrast: float) -> Image:
    """Return gain · (mean + contrast · (image − mean)).

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C); the mean is that of all its values.
        gain: Factor, at least 0.
        contrast: Factor, at least 0.

    Returns:
        Float32, shape (H, W, C), not yet clipped: noise comes first.
    """
    mean = float(image.mean(dtype=np.float64))
    changed: Image = image * np.float32(gain * contrast) + np.float32(gain * (1 - contrast) * mean)
    return changed


def _generator(seed: int, name: str, copy: int) -> np.random.Generator:
    """The random numbers of one copy; `name` may hold undecodable bytes as surrogate escapes."""
    key = blake2b(f"{seed} {copy} {name}".encode(errors="surrogateescape"), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(key))
