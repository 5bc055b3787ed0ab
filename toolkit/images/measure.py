"""What pictures are like, in numbers: decoded images come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.images.decode import decode_pixels, plain_header
from toolkit.images.load import load_images
from toolkit.images.store import store, unstore
from toolkit.wing import Encoded, Manifest

__all__ = ["COLUMNS", "measure", "measure_pixels", "measure_stored"]

COLUMNS = {
    "height": "int32",
    "width": "int32",
    "gray": "bool",
    "brightness": "float32",
    "contrast": "float32",
    "sharpness": "float32",
    "entropy": "float32",
    "clipped_dark": "float32",
    "clipped_bright": "float32",
    "difference_hash": "uint64",
    "pixel_hash": "uint64",
}
"""What `measure_pixels` finds, and the dtype of each column."""

_MOMENTS = np.stack([(np.arange(256) / 255) ** power for power in (1, 2)], axis=1)
"""What a histogram is multiplied with: the levels, and their squares."""

SIDE = 32
"""Pictures are scaled to this height and width, so that those of any size compare."""

Pixels = NDArray[np.uint8]


def measure(rows: Manifest) -> Encoded:
    """Measure raw pictures; the wing's `measure` for `toolkit.statistics`.

    Args:
        rows: Of kind ``"images"``.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`, zeros in rows that failed.
    """
    failures: dict[int, str] = {}
    contents, good, seen = [UNREAD] * len(rows), [], _Seen(len(rows))
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # the processes share the cores already
    try:
        for i, (pixels, plain) in load_images(rows, range(len(rows)), failures=failures, contents=contents, decode=decode_pixels):
            good.append(i)
            seen.add(pixels, contents[i] if plain else _digest(pixels))
    finally:
        cv2.setNumThreads(threads)
    columns = {name: np.zeros(len(rows), dtype) for name, dtype in COLUMNS.items()}
    for name, values in seen.tabulate().items():
        columns[name][good] = values
    return Encoded(columns, failures, contents=contents)


def measure_stored(arrays: Mapping[str, NDArray[Any]], lengths: NDArray[np.int64] | None = None) -> Encoded:  # noqa: ARG001  # none is ragged
    """Measure pictures as a dataset file holds them; the wing's `measure_stored` for `toolkit.statistics`.

    Args:
        arrays: ``x``, shape (N, H, W, C): uint8 in 0 … 255, or float16 or float32 in [0, 1].
        lengths: None.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`.
    """
    stored = arrays["x"]
    return Encoded(measure_pixels(stored if stored.dtype == np.uint8 else (store(image, "uint8") for image in unstore(stored))))


def measure_pixels(pictures: Iterable[Pixels]) -> dict[str, NDArray[np.generic]]:
    """Measure pictures, each by itself, whatever its size, and the luminance of BT.601 at 8 bits.

    Args:
        pictures: uint8, each of shape (H, W, C), C 1 or 3.

    Returns:
        An array of shape (N,) for each of `COLUMNS`:

        - height, width: in pixels.
        - gray: whether all channels are alike.
        - brightness, contrast: mean and standard deviation of the luminance, in [0, 1] and [0, 0.5].
        - sharpness: standard deviation of the Laplacian of the luminance scaled to 32×32, without its margin, so that pictures of any
          size compare; at least 0, and 0 for a flat picture.
        - entropy: of the histogram of the luminance, in bits, in [0, 8].
        - clipped_dark, clipped_bright: shares of pixels whose luminance is lowest and highest, in [0, 1].
        - difference_hash: 64 bits of what a picture looks like: of 8 rows of 9 averages, whether each is brighter than the one before
          it; of the luminance scaled to 32×32. Other sizes, light or compression change few of them, a mirror about half.
        - pixel_hash: the first 64 bits of the SHA-256 of the picture as a binary PPM, or PGM: equal where pictures are.

    Source:
        Contrast: Peli, Contrast in complex images, 1990 (root mean square). Sharpness: Pech-Pacheco et al., Diatom autofocusing in
        brightfield microscopy, 2000. Entropy: Shannon, A mathematical theory of communication, 1948. Difference hash: Krawetz, Kind
        of like that, 2013.
    """
    found = [np.ascontiguousarray(pixels) for pixels in pictures]
    seen = _Seen(len(found))
    for pixels in found:
        seen.add(pixels, _digest(pixels))
    return seen.tabulate()


def _digest(pixels: Pixels) -> bytes:
    digest = hashlib.sha256(plain_header(*pixels.shape))
    digest.update(pixels.data)
    return digest.digest()


class _Seen:
    """What is found picture by picture, in arrays for all, of which the rest is found at once.

    Args:
        count: The most pictures.
    """

    def __init__(self, count: int) -> None:
        self._figures: list[tuple[int, int, bool]] = []
        self._digests: list[bytes] = []
        self._histograms = np.empty((count, 256, 1), np.float32)
        self._scaled = np.empty((count, SIDE, SIDE), np.uint8)

    def add(self, pixels: Pixels, digest: bytes) -> None:
        """Take down size, greyness, digest, histogram, and the luminance at the side that compares."""
        height, width, channels = pixels.shape
        luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if channels == 3 else pixels[..., 0]
        # averages of areas where pixels would be passed over; for less, two neighbours say as much at half the cost
        how = cv2.INTER_AREA if max(height, width) > 2 * SIDE else cv2.INTER_LINEAR
        number = len(self._digests)
        cv2.resize(luma, (SIDE, SIDE), self._scaled[number], interpolation=how)
        cv2.calcHist((luma,), (0,), None, (256,), (0, 256), self._histograms[number])
        # the weights of red, green and blue add up to 1; most colour shows in a single pixel
        red, *others = pixels[height // 2, width // 2].tolist()
        gray = others == [red] * len(others) and bool((pixels == luma[..., None]).all())
        self._figures.append((height, width, gray))
        self._digests.append(digest[:8])

    def tabulate(self) -> dict[str, NDArray[np.generic]]:
        """Return the columns."""
        count = len(self._digests)
        if not count:
            return {name: np.empty(0, dtype) for name, dtype in COLUMNS.items()}
        counts = self._histograms[:count, :, 0].astype(np.float64)
        total = counts.sum(axis=1)
        brightness, square = (counts @ _MOMENTS / total[:, None]).T
        surprise = np.einsum("ij,ij->i", counts, np.log2(np.maximum(counts, 1))) / total
        scaled = self._scaled[:count].reshape(-1, SIDE)
        rows = cv2.resize(scaled, (SIDE, 8 * count), interpolation=cv2.INTER_AREA)
        averages = cv2.resize(rows, (9, 8 * count), interpolation=cv2.INTER_AREA).reshape(-1, 8, 9)
        rising = averages[:, :, 1:] > averages[:, :, :-1]
        edges = cv2.Laplacian(scaled, cv2.CV_16S).reshape(-1, SIDE, SIDE)[:, 1:-1, 1:-1]  # without those that see another picture
        edges = edges.reshape(count, -1).astype(np.float32)  # whole numbers: their sums are exact, and so is a flat picture's 0
        mean = edges @ np.ones(edges.shape[1], np.float32) / edges.shape[1]
        found = dict(zip(("height", "width", "gray"), np.array(self._figures).T, strict=True))
        found |= {
            "brightness": brightness,
            "contrast": np.sqrt(np.maximum(square - brightness**2, 0)),
            "sharpness": np.sqrt(np.maximum(np.einsum("ij,ij->i", edges, edges) / edges.shape[1] - mean**2, 0)) / 255,
            "entropy": np.maximum(np.log2(total) - surprise, 0),
            "clipped_dark": counts[:, 0] / total,
            "clipped_bright": counts[:, -1] / total,
            "difference_hash": np.packbits(rising.reshape(-1, 64), axis=1, bitorder="little").view("<u8")[:, 0],
            "pixel_hash": np.frombuffer(b"".join(self._digests), "<u8"),
        }
        return {name: found[name].astype(dtype) for name, dtype in COLUMNS.items()}
