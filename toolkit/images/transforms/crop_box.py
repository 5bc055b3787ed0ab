"""CropBox: an image becomes the part of it that its annotated box marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.errors import DataError, check, wording
from toolkit.images.transforms.transform import Box, Image, Transform

__all__ = ["CropBox", "crop_box"]


@dataclass(frozen=True)
class CropBox(Transform):
    """Cut the annotated box out.

    Args:
        margin: What is kept around the box, as a fraction of the box's own sides; at least 0.
    """

    name: ClassVar[str] = "crop_box"
    margin: float = 0.0

    def __post_init__(self) -> None:
        check(0 <= self.margin < float("inf"), "CropBox", "margin", "at least 0", self.margin)

    def __call__(self, image: Image, box: Box | None = None) -> Image:
        """Apply `crop_box`."""
        return crop_box(image, box, margin=self.margin)


def crop_box(image: Image, box: Box | None, *, margin: float = 0.0) -> Image:
    """Cut a box and a margin around it out of an image.

    Args:
        image: Intensities in [0, 1], float32, shape (H, W, C).
        box: x1, y1, x2, y2 in pixels, both corners inside the box.
        margin: Extra on each side as a fraction of the box's width and height, rounded to whole pixels.

    Returns:
        Float32, shape (H', W', C), in [0, 1]: a view of `image`. What reaches over the image's edges is clipped.

    Raises:
        DataError: If there is no box, its corners are swapped, or none of it lies inside the image.
    """
    if box is None:
        raise DataError("CropBox: box must be given, got None. Take a source with boxes, or leave crop_box out.")
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    if not (max(x1, 0) <= min(x2, width - 1) and max(y1, 0) <= min(y2, height - 1)):
        raise DataError(
            wording("CropBox", "box", f"at least partly inside the image of {width} × {height} pixels (x1, y1, x2, y2)", tuple(box))
        )
    across, down = round(margin * (x2 - x1 + 1)), round(margin * (y2 - y1 + 1))
    return image[max(y1 - down, 0) : y2 + down + 1, max(x1 - across, 0) : x2 + across + 1]
