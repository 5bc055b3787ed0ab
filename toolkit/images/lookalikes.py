"""Pictures that show the same: rows and their hashes come in, sets that look alike go out, to the checks' tables of near duplicates.

Hashes within a few bits are found without comparing all with all; pixels then decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.images.load import open_images
from toolkit.wing import Manifest

__all__ = ["LOOKALIKES", "MIN_COLOUR", "MIN_CONTRAST", "MIN_LIGHT", "RADIUS", "find_lookalikes", "pairs_within"]

RADIUS = 5
"""Bits of 64 by which the difference hashes of two lookalikes may differ."""

MIN_LIGHT, MIN_COLOUR = 0.995, 0.95
"""Correlation of the pixels of two lookalikes: of luminance at 16×16, and of colour, which compression spoils more, at 8×8."""

MIN_CONTRAST = 0.02
"""Below it a picture is too flat to look like another: what is left of it is noise."""

LOOKALIKES = f"hashes within {RADIUS} of 64 bits, then pixels that correlate by {MIN_LIGHT:g} in luminance and {MIN_COLOUR:g} in colour"
"""When two pictures look alike, as people read it."""

_LIGHT_SIDE, _COLOUR_SIDE = 16, 8
_BLOCK = 4096

Rows = NDArray[np.int64]
Take = Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]]


def pairs_within(hashes: NDArray[np.uint64], radius: int) -> Iterator[tuple[Rows, Rows]]:
    """Find all pairs of hashes that differ in few bits.

    Args:
        hashes: uint64, shape (N,).
        radius: Most bits that differ, in [0, 31].

    Yields:
        Blocks of at most N pairs: the place of the first and of the second, int64, the first the smaller; each pair once.

    Source:
        Norouzi, Punjani & Fleet, Fast search in Hamming space with multi-index hashing, 2012: of radius + 1 pieces one must be equal.
        Sorted by a piece, equal ones are neighbours: those 1, 2, … places apart are compared as long as there are any.
    """
    edges = [64 * piece // (radius + 1) for piece in range(radius + 2)]
    pieces = [(hashes << np.uint64(64 - stop)) >> np.uint64(64 - stop + start) for start, stop in pairwise(edges)]
    for number, piece in enumerate(pieces):
        order = np.argsort(piece, kind="stable")
        left, step = np.arange(len(hashes)), 1
        while len(left := left[left + step < len(hashes)]) and len(left := left[piece[order[left]] == piece[order[left + step]]]):
            one, other = order[left], order[left + step]
            new = np.bitwise_count(hashes[one] ^ hashes[other]) <= radius
            for earlier in pieces[:number]:
                new &= earlier[one] != earlier[other]
            if new.any():
                yield np.minimum(one, other)[new], np.maximum(one, other)[new]
            step += 1


def find_lookalikes(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows, *, take: Take | None = None) -> list[Rows]:
    """Find pictures of different groups that look alike, equal ones apart.

    Args:
        manifest: Of kind ``"images"``. Within a group pictures are expected to look alike: they are not compared.
        columns: What was measured of it.
        rows: Those to compare, int64, rising.
        take: From rows to what a dataset file stores of each; None reads the raw files.

    Returns:
        Sets of at least 2 rows, int64, rising, each connected by pairs that `LOOKALIKES` describes; the light may differ, a mirrored
        picture is another one. Overexposed copies may be missed: where both are white, their hashes are chance.
    """
    rows = rows[columns["contrast"][rows] >= MIN_CONTRAST]
    _, first = np.unique(columns["pixel_hash"][rows], return_index=True)
    rows = rows[np.sort(first)]
    group = np.arange(len(manifest)) if manifest.group is None else manifest.group
    pairs = [np.stack([rows[one], rows[other]]) for one, other in pairs_within(columns["difference_hash"][rows], RADIUS)]
    one, other = np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)
    strange = group[one] != group[other]
    one, other = one[strange], other[strange]
    alike = _look_alike(manifest, one, other, take)
    return _connect(one[alike], other[alike])


def _look_alike(manifest: Manifest, one: Rows, other: Rows, take: Take | None) -> NDArray[np.bool_]:
    """Whether the pixels of each pair agree; a picture that cannot be read any more agrees with none."""
    needed, places = np.unique(np.stack([one, other]), return_inverse=True)
    light = np.zeros((len(needed), _LIGHT_SIDE**2), np.float32)
    colour = np.zeros((len(needed), 3 * _COLOUR_SIDE**2), np.float32)
    for i, image in open_images(manifest.take(needed), take):
        pixels = image if image.shape[2] == 3 else np.repeat(image[..., :1], 3, axis=2)
        light[i] = _profile(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), _LIGHT_SIDE)
        colour[i] = _profile(pixels, _COLOUR_SIDE)
    first, second = places.reshape(2, -1)
    alike = np.empty(len(one), bool)
    for start in range(0, len(one), _BLOCK):
        block = slice(start, start + _BLOCK)
        alike[block] = (_dot(light, first[block], second[block]) >= MIN_LIGHT) & (_dot(colour, first[block], second[block]) >= MIN_COLOUR)
    return alike


def _profile(pixels: NDArray[Any], side: int) -> NDArray[np.float32]:
    """Scaled down, about their mean, of length 1: the product of two profiles is the correlation."""
    values = np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.float32).ravel()
    values -= values.mean()
    return values / max(float(np.linalg.norm(values)), 1e-6)


def _dot(profiles: NDArray[np.float32], one: Rows, other: Rows) -> NDArray[np.float32]:
    products: NDArray[np.float32] = np.einsum("ij,ij->i", profiles[one], profiles[other])
    return products


def _connect(one: Rows, other: Rows) -> list[Rows]:
    """Sets of rows that pairs connect, each rising."""
    leader: dict[int, int] = {}

    def lead(row: int) -> int:
        while leader.setdefault(row, row) != row:
            leader[row] = row = leader[leader[row]]
        return row

    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        leader[lead(a)] = lead(b)
    sets: dict[int, list[int]] = {}
    for row in sorted(leader):
        sets.setdefault(lead(row), []).append(row)
    return [np.array(members) for members in sets.values()]
