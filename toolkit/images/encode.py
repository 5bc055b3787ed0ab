"""From the rows of a manifest to one block of a dataset file's ``x``, with the sums that `/meta` is made of; export is next.

An `Encoder` crosses to worker processes by pickle and gives the same bytes for the same rows in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from toolkit.contents import UNREAD
from toolkit.errors import check
from toolkit.images.augment import AugmentCopies
from toolkit.images.load import cut_image, load_images, row_box
from toolkit.images.pipeline import Pipeline
from toolkit.images.store import DTYPES, add_up, measure_stored, store
from toolkit.images.transforms import Image
from toolkit.wing import Encoded, Manifest

__all__ = ["Encoder"]

_BATCH = 16
"""Images that stay float32 at a time: few enough to stay in the processor's cache until they are stored and measured."""


@dataclass(frozen=True)
class Encoder:
    """Reads, decodes, transforms and stores images.

    Args:
        pipeline: What happens to each decoded image.
        dtype: One of `toolkit.images.store.DTYPES`.
        augment: What happens after it to copies: rows whose column ``copy`` is their number, from 1; without it copies are repetitions.
        seed: What `augment` draws from.
    """

    pipeline: Pipeline
    dtype: str = "float16"
    augment: AugmentCopies | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check(self.dtype in DTYPES, "images", "dtype", f"one of {', '.join(DTYPES)}", self.dtype)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of what comes out, told by trying the pipeline on a small black image."""
        height, width, channels = self.pipeline(np.zeros((8, 8, 3), np.float32), (0, 0, 7, 7)).shape
        return height, width, channels

    def __call__(self, rows: Manifest) -> Encoded:
        """Encode some rows; a row that cannot be encoded stays zero and its reason is told."""
        shape = self.shape
        stored = np.zeros((len(rows), *shape), self.dtype)
        pixels = np.empty((_BATCH, *shape), np.float32)
        failures: dict[int, str] = {}
        contents = [UNREAD] * len(rows)
        parts = []
        for start in range(0, len(rows), _BATCH):
            numbers = range(start, min(start + _BATCH, len(rows)))
            good = self._fill(pixels, rows, numbers, failures, contents)
            if good:
                part = store(pixels[: len(good)], self.dtype)
                stored[slice(start, numbers.stop) if len(good) == len(numbers) else good] = part
                parts.append(measure_stored(pixels, part))
        return Encoded({"x": stored}, failures, add_up(parts, channels=shape[2]), contents)

    def _fill(self, pixels: Image, rows: Manifest, numbers: Iterable[int], failures: dict[int, str], contents: list[bytes]) -> list[int]:
        """Put the images of some rows one after another into `pixels`; return the numbers of those that are there."""
        copies = rows.columns.get("copy") if self.augment else None

        def change(image: Image, i: int) -> Image:
            if self.pipeline.needs_box:
                image = self.pipeline(image, row_box(rows, i, image.shape))
            else:
                image = self.pipeline(cut_image(rows, i, image))
            if self.augment and copies is not None and copies[i]:
                image = self.augment(image, seed=self.seed, name=rows.origin[i], copy=int(copies[i]))
            return image

        good: list[int] = []
        for i, image in load_images(rows, numbers, change, failures=failures, contents=contents):
            pixels[len(good)] = image
            good.append(i)
        return good
