"""What pictures are like, in numbers: decoded images come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD, digest_contents
from toolkit.images.decode import decode_pixels, plain_header
from toolkit.images.load import TOO_LARGE, cut_image, load_images
from toolkit.images.store import round_pixels, unstore
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

_LEVELS = np.stack([np.arange(256.0), np.arange(256.0) ** 2], axis=1)
"""What a histogram is multiplied with: the levels, and their squares; whole numbers, whose sums are exact in any order
up to 16 million pixels, and nearly so beyond."""

_SHARES = np.linspace(0, 1, 4, endpoint=False)[:, None]
"""Where a picture's pixels are looked at for colour before all are."""

SIDE = 32
"""Pictures are scaled to this height and width, so that their sizes count for little."""

_NINTHS = np.tile(np.repeat(np.eye(9, dtype=np.float32), SIDE, axis=0).reshape(SIDE, 9, 9).sum(axis=1), (SIDE // 8, 1))
"""How many ninths of each pixel of an eighth of the rows, one after another, belong to each ninth of the columns."""

TOGETHER = 128
"""Pictures measured by one call; at most 256, so that a byte tells whose a pixel is."""

BATCH = 1 << 22
"""Channel values that these may have, unless it is a single picture; memory stays small, and more would not stay in a cache."""

Pixels = NDArray[np.uint8]
_Found = tuple[int, Pixels, bytes]
"""A picture with its number, and its digest."""


def measure(rows: Manifest) -> Encoded:
    """Measure raw pictures; the wing's `measure` for `toolkit.statistics`.

    Args:
        rows: Of kind ``"images"``.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`, zeros in rows that failed: of what a box marks where boxes are the samples.
    """
    failures: dict[int, str] = {}
    contents = [UNREAD] * len(rows)
    columns = {name: np.zeros(len(rows), dtype) for name, dtype in COLUMNS.items()}
    cut = bool(rows.reading.get("cut"))

    def tell_apart(decoded: tuple[Pixels, NDArray[Any] | None], i: int) -> tuple[Pixels, bytes]:
        pixels, own = decoded
        if cut:  # copied: a view would keep the whole picture as long as the batch
            part = cut_image(rows, i, pixels).copy()
            pixels, own = part, part if own is None or own is pixels else cut_image(rows, i, own)
        return pixels, contents[i] if own is None else _digest(own)

    loaded = load_images(rows, range(len(rows)), tell_apart, failures=failures, contents=contents, decode=decode_pixels)
    for batch in _gather_batches((i, *found) for i, found in loaded):
        numbers, *found = zip(*batch, strict=True)
        try:
            measured = _measure_batch(*found)
        except MemoryError:
            for i in numbers:
                failures[i], contents[i] = TOO_LARGE, UNREAD
            continue
        places = np.array(numbers)
        for name, values in measured.items():
            columns[name][places] = values
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
    return Encoded(_measure_each((pixels, pixels) if stored.dtype == np.uint8 else round_pixels(unstore(pixels)) for pixels in stored))


def measure_pixels(pictures: Iterable[Pixels]) -> dict[str, NDArray[np.generic]]:
    """Measure pictures, each by itself, whatever its size, and the luminance of BT.601 at 8 bits.

    Args:
        pictures: uint8, each of shape (H, W, C), C 1 or 3.

    Returns:
        An array of shape (N,) for each of `COLUMNS`:

        - height, width: in pixels.
        - gray: whether all channels are alike.
        - brightness, contrast: mean and standard deviation of the luminance, in [0, 1] and [0, 0.5].
        - sharpness: standard deviation of the Laplacian of the luminance scaled to 32×32, without its margin, so that pictures of like
          size compare, and others roughly; at least 0, and 0 for a flat picture.
        - entropy: of the histogram of the luminance, in bits, in [0, 8].
        - clipped_dark, clipped_bright: shares of pixels whose luminance is lowest and highest, in [0, 1].
        - difference_hash: 64 bits of what a picture looks like: of 8 rows of 9 averages, whether each is brighter than the one before
          it; of the luminance scaled to 32×32. Other sizes, light or compression change few of them, a mirror about half.
        - pixel_hash: the first 64 bits of the XXH3 of the picture as a binary PPM, or PGM: equal where pictures are. Of raw and stored
          pictures that 8 bits do not hold, of their samples in [0, 1].

    Source:
        Contrast: Peli, Contrast in complex images, 1990 (root mean square). Sharpness: Pech-Pacheco et al., Diatom autofocusing in
        brightfield microscopy, 2000. Entropy: Shannon, A mathematical theory of communication, 1948. Difference hash: Krawetz, Kind
        of like that, 2013.
    """
    return _measure_each((pixels, pixels) for pixels in pictures)


def _digest(samples: NDArray[Any]) -> bytes:
    header = plain_header(*samples.shape) + samples.dtype.str.encode() * (samples.dtype != np.uint8)
    return digest_contents(header, np.ascontiguousarray(samples))


def _measure_each(found: Iterable[tuple[Pixels, NDArray[Any]]]) -> dict[str, NDArray[np.generic]]:
    """Measure pictures, each with what tells it from others."""
    batches = _gather_batches((0, pixels, _digest(own)) for pixels, own in found)
    parts = [_measure_batch(*list(zip(*batch, strict=True))[1:]) for batch in batches]
    return {name: np.concatenate([np.empty(0, dtype), *(part[name] for part in parts)], dtype=dtype) for name, dtype in COLUMNS.items()}


def _gather_batches(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    """Yield pictures of as many channels, as many together as the constants allow."""
    batch: list[_Found] = []
    size = 0
    for each in found:
        pixels = each[1]
        if batch and (len(batch) == TOGETHER or size + pixels.size > BATCH or pixels.shape[2] != batch[0][1].shape[2]):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += pixels.size
    if batch:
        yield batch


def _measure_batch(pictures: tuple[Pixels, ...], digests: tuple[bytes, ...]) -> dict[str, NDArray[np.generic]]:
    """Measure pictures laid end to end: a call for each would cost as much as its pixels do."""
    count, channels = len(pictures), pictures[0].shape[2]
    height, width = np.array([pixels.shape for pixels in pictures]).T[:2]
    total = height * width
    starts = np.cumsum(total) - total
    pixels = (np.concatenate(pictures, axis=None) if count > 1 else pictures[0]).reshape(1, -1, channels)  # one may be huge
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if channels == 3 else pixels[..., 0]
    whose = np.repeat(np.arange(count, dtype=np.uint8), total)[None]
    counts = cv2.calcHist((whose, luma), (0, 1), None, (count, 256), (0, count, 0, 256)).astype(np.float64)
    brightness, square = (counts @ _LEVELS / total[:, None]).T
    some = pixels[0, starts + (total * _SHARES).astype(np.int64)]
    gray = (some == some[..., :1]).all(axis=(0, 2))
    for i in np.flatnonzero(gray):
        gray[i] = all(np.array_equal(pictures[i][..., 0], pictures[i][..., channel]) for channel in range(1, channels))
    scaled = _scale(luma[0], starts, height, width)
    return {
        "height": height,
        "width": width,
        "gray": gray,
        "brightness": brightness / 255,
        "contrast": np.sqrt(np.maximum(square - brightness**2, 0)) / 255,
        "sharpness": _measure_sharpness(scaled),
        "entropy": np.maximum(np.log2(total) - np.einsum("ij,ij->i", counts, np.log2(np.maximum(counts, 1))) / total, 0),
        "clipped_dark": counts[:, 0] / total,
        "clipped_bright": counts[:, -1] / total,
        "difference_hash": _hash_differences(scaled),
        "pixel_hash": np.frombuffer(b"".join(digests), "<u8")[::2],
    }


def _scale(luma: Pixels, *places: NDArray[np.int64]) -> Pixels:
    """Scale pictures that lie end to end, from their starts, heights and widths, to one below another, shape (N·SIDE, SIDE).

    Two neighbours say as much as averages of areas, at a fraction of the cost, while a side is at most halved; so larger pictures are
    scaled to twice the side first, those that are too large for that by areas. So are those that have the side already: of all
    others, neighbours are mixed.
    """
    starts, height, width = places
    longest = np.maximum(height, width)
    indirect = (longest > 2 * SIDE) | (height == SIDE) | (width == SIDE)
    scaled = np.empty((len(starts), SIDE, SIDE), np.uint8)
    twice = np.empty((np.count_nonzero(indirect), 2 * SIDE, 2 * SIDE), np.uint8)
    into = list(scaled)
    for i, out in zip(np.flatnonzero(indirect), twice, strict=True):
        into[i] = out
    huge = longest > 4 * SIDE
    for out, start, tall, wide, shrink in zip(into, *(column.tolist() for column in (*places, huge)), strict=True):
        own: NDArray[Any] = luma[start : start + tall * wide].reshape(tall, wide)
        if shrink:  # a side that is too small stays: OpenCV averages areas only where none grows
            own = cv2.resize(own, (min(wide, 2 * SIDE), min(tall, 2 * SIDE)), interpolation=cv2.INTER_AREA)
        cv2.resize(own, out.shape, out, 0, 0, cv2.INTER_LINEAR)
    if len(twice):
        half = cv2.resize(twice.reshape(-1, 2 * SIDE), (SIDE, len(twice) * SIDE), interpolation=cv2.INTER_AREA)
        scaled[indirect] = half.reshape(-1, SIDE, SIDE)
    return scaled.reshape(-1, SIDE)


def _measure_sharpness(scaled: Pixels) -> NDArray[np.float32]:
    edges = cv2.Laplacian(scaled, cv2.CV_16S).reshape(-1, SIDE, SIDE)[:, 1:-1, 1:-1]  # without those that see another picture
    edges = edges.reshape(len(edges), -1).astype(np.float32)  # whole numbers: their sum is exact, and so is a flat picture's 0
    mean = edges @ np.ones(edges.shape[1], np.float32) / edges.shape[1]
    return np.sqrt(np.maximum(np.einsum("ij,ij->i", edges, edges) / edges.shape[1] - mean**2, 0)) / 255  # type: ignore[no-any-return]


def _hash_differences(scaled: Pixels) -> NDArray[np.uint64]:
    sums = (scaled.reshape(-1, len(_NINTHS)).astype(np.float32) @ _NINTHS).reshape(-1, 8, 9)  # whole numbers, too
    rising = sums[:, :, 1:] > sums[:, :, :-1]
    return np.packbits(rising.reshape(-1, 64), axis=1, bitorder="little").view("<u8")[:, 0]
