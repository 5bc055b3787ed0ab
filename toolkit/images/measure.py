"""What pictures are like, in numbers: decoded images come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.images.decode import decode_pixels
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

LEVELS = np.arange(256) / 255
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
    contents, good = [UNREAD] * len(rows), []

    def pictures() -> Iterator[Pixels]:
        for i, pixels in load_images(rows, range(len(rows)), failures=failures, contents=contents, decode=decode_pixels):
            good.append(i)
            yield pixels

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # the processes share the cores already
    try:
        found = measure_pixels(pictures())
    finally:
        cv2.setNumThreads(threads)
    columns = {name: np.zeros(len(rows), dtype) for name, dtype in COLUMNS.items()}
    for name, values in found.items():
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
        pictures: uint8, each of shape (H, W, C).

    Returns:
        An array of shape (N,) for each of `COLUMNS`:

        - height, width: in pixels.
        - gray: whether all channels are alike.
        - brightness, contrast: mean and standard deviation of the luminance, in [0, 1] and [0, 0.5].
        - sharpness: standard deviation of the Laplacian of the luminance scaled to 32×32, so that pictures of any size compare; at
          least 0, and 0 for a flat picture.
        - entropy: of the histogram of the luminance, in bits, in [0, 8].
        - clipped_dark, clipped_bright: shares of pixels whose luminance is lowest and highest, in [0, 1].
        - difference_hash: 64 bits of what a picture looks like: of 8 rows of 9 averages, whether each is brighter than the one before
          it; of the luminance scaled to 32×32. Other sizes, light or compression change few of them, a mirror about half.
        - pixel_hash: 64 bits of a digest of pixels and size: equal where pictures are.

    Source:
        Contrast: Peli, Contrast in complex images, 1990 (root mean square). Sharpness: Pech-Pacheco et al., Diatom autofocusing in
        brightfield microscopy, 2000. Entropy: Shannon, A mathematical theory of communication, 1948. Difference hash: Krawetz, Kind
        of like that, 2013.
    """
    measured = [_measure(np.ascontiguousarray(pixels)) for pixels in pictures]
    if not measured:
        return {name: np.empty(0, dtype) for name, dtype in COLUMNS.items()}
    figures, histograms, scaled = (np.array(part) for part in zip(*(row[:3] for row in measured), strict=True))
    share = histograms / histograms.sum(axis=1, keepdims=True)
    brightness = share @ LEVELS
    contrast = np.sqrt(np.maximum(share @ LEVELS**2 - brightness**2, 0))
    entropy = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=1)
    averages = cv2.resize(scaled.reshape(-1, SIDE), (9, 8 * len(scaled)), interpolation=cv2.INTER_AREA).reshape(-1, 8, 9)
    rising = averages[:, :, 1:] > averages[:, :, :-1]
    bits = np.packbits(rising.reshape(len(measured), 64), axis=1, bitorder="little")
    found = dict(zip(("height", "width", "gray"), figures.T, strict=True))
    found |= {
        "sharpness": _laplacian(scaled).std(axis=(1, 2)) / 255,
        "brightness": brightness,
        "contrast": contrast,
        "entropy": np.maximum(entropy, 0),
    }
    found |= {"clipped_dark": share[:, 0], "clipped_bright": share[:, -1]}
    found |= {"difference_hash": bits.view("<u8")[:, 0], "pixel_hash": np.array([row[3] for row in measured], "uint64")}
    return {name: found[name].astype(dtype) for name, dtype in COLUMNS.items()}


def _measure(pixels: Pixels) -> tuple[tuple[int, int, bool], NDArray[Any], NDArray[Any], int]:
    """Size and greyness of one picture, its histogram, its luminance at the side that compares, and the hash of its pixels."""
    height, width, channels = pixels.shape
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if channels == 3 else pixels[..., 0]
    scaled = cv2.resize(luma, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    # the weights of red, green and blue add up to 1; most colour shows in a single pixel
    gray = len(set(pixels[height // 2, width // 2].tolist())) == 1 and bool((pixels == luma[..., None]).all())
    histogram = cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel()
    digest = hashlib.sha256(f"{height} {width} ".encode())
    digest.update(pixels.data)
    return (height, width, gray), histogram, scaled, int.from_bytes(digest.digest()[:8], "little")


def _laplacian(pictures: NDArray[Any]) -> NDArray[np.int16]:
    """Sum of the four neighbours less four times each pixel, (N, H, W); pixels beyond an edge are those before it, mirrored."""
    padded = np.pad(pictures.astype(np.int16), ((0, 0), (1, 1), (1, 1)), mode="reflect")
    inside = padded[:, 1:-1, 1:-1]
    return padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:] - 4 * inside
