"""What pictures are like, in numbers: decoded images come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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
Look = tuple[tuple[int, int, bool], bytes, NDArray[Any], NDArray[Any]]


def measure(rows: Manifest) -> Encoded:
    """Measure raw pictures; the wing's `measure` for `toolkit.statistics`.

    Args:
        rows: Of kind ``"images"``.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`, zeros in rows that failed.
    """
    failures: dict[int, str] = {}
    contents, good, seen = [UNREAD] * len(rows), [], []
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # the processes share the cores already
    try:
        for i, (pixels, plain) in load_images(rows, range(len(rows)), failures=failures, contents=contents, decode=decode_pixels):
            good.append(i)
            seen.append(_look(pixels, contents[i] if plain else _digest(pixels)))
    finally:
        cv2.setNumThreads(threads)
    columns = {name: np.zeros(len(rows), dtype) for name, dtype in COLUMNS.items()}
    for name, values in _tabulate(seen).items():
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
    return _tabulate([_look(pixels, _digest(pixels)) for pixels in map(np.ascontiguousarray, pictures)])


def _digest(pixels: Pixels) -> bytes:
    digest = hashlib.sha256(plain_header(*pixels.shape))
    digest.update(pixels.data)
    return digest.digest()


def _look(pixels: Pixels, digest: bytes) -> Look:
    """Take of one picture what is found one by one: size, greyness, digest, histogram, and luminance at the side that compares."""
    height, width, channels = pixels.shape
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if channels == 3 else pixels[..., 0]
    # averages of areas where pixels would be passed over; for less, two neighbours say as much at half the cost
    scaled = cv2.resize(luma, (SIDE, SIDE), interpolation=cv2.INTER_AREA if max(height, width) > 2 * SIDE else cv2.INTER_LINEAR)
    # the weights of red, green and blue add up to 1; most colour shows in a single pixel
    red, *others = pixels[height // 2, width // 2].tolist()
    gray = others == [red] * len(others) and bool((pixels == luma[..., None]).all())
    return (height, width, gray), digest[:8], cv2.calcHist((luma,), (0,), None, (256,), (0, 256)), scaled


def _tabulate(seen: Sequence[Look]) -> dict[str, NDArray[np.generic]]:
    if not seen:
        return {name: np.empty(0, dtype) for name, dtype in COLUMNS.items()}
    figures, digests, histograms, pictures = zip(*seen, strict=True)
    counts = np.concatenate(histograms, dtype=np.float64).reshape(len(seen), -1)
    total = counts.sum(axis=1)
    brightness, square = (counts @ _MOMENTS / total[:, None]).T
    surprise = (counts * np.log2(np.maximum(counts, 1))).sum(axis=1) / total
    scaled = np.concatenate(pictures)
    rows = cv2.resize(scaled, (SIDE, 8 * len(seen)), interpolation=cv2.INTER_AREA)
    averages = cv2.resize(rows, (9, 8 * len(seen)), interpolation=cv2.INTER_AREA).reshape(-1, 8, 9)
    rising = averages[:, :, 1:] > averages[:, :, :-1]
    edges = cv2.Laplacian(scaled, cv2.CV_16S).reshape(-1, SIDE, SIDE)[:, 1:-1, 1:-1]  # without those that see another picture
    edges = edges.reshape(len(seen), -1).astype(np.float32)
    edges -= edges.mean(axis=1, keepdims=True)
    found = dict(zip(("height", "width", "gray"), np.array(figures).T, strict=True))
    found |= {
        "brightness": brightness,
        "contrast": np.sqrt(np.maximum(square - brightness**2, 0)),
        "sharpness": np.sqrt(np.einsum("ij,ij->i", edges, edges) / edges.shape[1]) / 255,
        "entropy": np.maximum(np.log2(total) - surprise, 0),
        "clipped_dark": counts[:, 0] / total,
        "clipped_bright": counts[:, -1] / total,
        "difference_hash": np.packbits(rising.reshape(-1, 64), axis=1, bitorder="little").view("<u8")[:, 0],
        "pixel_hash": np.frombuffer(b"".join(digests), "<u8"),
    }
    return {name: found[name].astype(dtype) for name, dtype in COLUMNS.items()}
