"""What all image transforms share: the types they pass, and how one prints and goes to JSON; `toolkit.images.pipeline` chains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["LUMINANCE", "Box", "Image", "Transform", "luminance", "shift_clipped"]

Image = NDArray[np.float32]
"""Intensities in [0, 1], float32, shape (H, W, C), C = 3 (red, green, blue) or 1."""

Box = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels, both corners inside the box."""

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in luminance, ITU-R BT.601."""


class Transform:
    """A step from image to image: a frozen dataclass whose fields are its parameters.

    Subclasses set `name`, by which users write the step, and define `__call__`. Where a parameter was added later, `implied` says which
    value a stored step without it means: what older files hold is then computed as it was.
    """

    name: ClassVar[str]
    implied: ClassVar[Mapping[str, Any]] = {}

    def __call__(self, image: Image) -> Image:
        """Return the changed image, float32, shape (H', W', C'), in [0, 1]; the input is never modified."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Write the step as `parse_steps` reads it, parameters at their defaults left out."""
        changed = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if getattr(self, f.name) != f.default]  # type: ignore[arg-type]
        return f"{self.name}({', '.join(changed)})" if changed else self.name

    def to_json(self) -> dict[str, Any]:
        """Return the name and every parameter, also those at their defaults: a later version may have other defaults."""
        return {"name": self.name, **{f.name: getattr(self, f.name) for f in fields(self)}}  # type: ignore[arg-type]


def luminance(image: Image) -> NDArray[np.float32]:
    """Return the luminance of an image of shape (H, W, C): float32, shape (H, W), in [0, 1]; one channel is its own luminance."""
    if image.shape[2] == 1:
        return image[..., 0]
    weighted: Image = image @ LUMINANCE
    return np.minimum(weighted, np.float32(1))


def shift_clipped(image: Image, shift: NDArray[np.float32]) -> Image:
    """Add `shift`, float32, shape (H, W), to every channel and clip to [0, 1].

    A change of luminance with the colour differences kept is exactly this: in R − Y and B − Y the same shift cancels.
    """
    shifted: Image = np.clip(image + shift[..., None], 0, 1)
    return shifted
