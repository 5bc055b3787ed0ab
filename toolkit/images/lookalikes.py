"""Pictures that show the same: rows and their hashes come in, sets that look alike go out, to the checks' tables of near duplicates.

Hashes within a few bits are found without comparing all with all; pixels then decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.images.checks import MIN_LEVELS
from toolkit.images.load import open_images
from toolkit.wing import Manifest

__all__ = ["LOOKALIKES", "MIN_COLOUR", "MIN_CONTRAST", "MIN_LIGHT", "RADIUS", "find_lookalikes", "pairs_within"]

RADIUS = 5
"""Bits of 64 by which the difference hashes of two lookalikes may differ."""

MIN_LIGHT, MIN_COLOUR = 0.995, 0.95
"""Correlation of the pixels of two lookalikes: of luminance at 16×16, and of colour, which compression spoils more, at 8×8."""

MIN_CONTRAST = MIN_LEVELS / 255
"""Below it a picture is too flat to look like another: what is left of it is noise. The checks tell of each."""

_LIGHT_SIDE, _COLOUR_SIDE = 16, 8

MIN_SIDE = 8
"""A picture with fewer rows or columns shows too little to be known by."""

LOOKALIKES = (
    f"hashes within {RADIUS} of 64 bits, then a correlation of {MIN_LIGHT:g} in luminance at {_LIGHT_SIDE}×{_LIGHT_SIDE} "
    f"and of {MIN_COLOUR:g} in colour at {_COLOUR_SIDE}×{_COLOUR_SIDE}"
)
"""When two pictures look alike, as people read it."""

_BLOCK = 4096

Rows = NDArray[np.int64]
Profiles = NDArray[np.float32]
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
    bits = np.unpackbits(np.ascontiguousarray(hashes, "<u8").view(np.uint8).reshape(-1, 8), axis=1)
    # bits far apart make a piece: neighbours in a picture have much in common, and its margins are often empty
    pieces = [bits[:, start :: radius + 1] @ (1 << np.arange(len(range(start, 64, radius + 1)))) for start in range(radius + 1)]
    for number, piece in enumerate(pieces):
        order = np.argsort(piece, kind="stable")
        left, step = np.arange(len(hashes)), 1
        while len(left := left[left + step < len(hashes)]) and len(left := left[piece[order[left]] == piece[order[left + step]]]):
            one, other = order[left], order[left + step]
            near = np.bitwise_count(hashes[one] ^ hashes[other]) <= radius
            one, other = one[near], other[near]
            new = np.ones(len(one), bool)
            for earlier in pieces[:number]:
                new &= earlier[one] != earlier[other]
            if new.any():
                yield np.minimum(one, other)[new], np.maximum(one, other)[new]
            step += 1


def find_lookalikes(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows, *, take: Take | None = None) -> list[Rows]:
    """Find pictures that look alike, equal ones apart.

    Args:
        manifest: Of kind ``"images"``.
        columns: What was measured of it.
        rows: Those to compare, int64, rising.
        take: From rows to what a dataset file stores of each; None reads the raw files.

    Returns:
        Sets of at least 2 rows, int64, rising, each connected by pairs that `LOOKALIKES` describes: first those connected by pairs of
        different groups, then those by pairs of one, without the rows of the first. The light may differ, a mirrored picture is
        another one. Overexposed copies may be missed: where both are white, their hashes are chance.
    """
    rows = rows[(columns["contrast"][rows] >= MIN_CONTRAST) & (np.minimum(columns["height"], columns["width"])[rows] >= MIN_SIDE)]
    group = rows if manifest.group is None else manifest.group[rows]
    _, first = np.unique(np.stack([columns["pixel_hash"][rows].view(np.int64), group]), axis=1, return_index=True)
    rows, group = rows[np.sort(first)], group[np.sort(first)]
    needed = np.zeros(len(rows), bool)
    for one, other in _near_pairs(columns, rows):
        needed[one] = needed[other] = True
        if needed.mean() > 0.5:  # nearly all are: seeking the others costs more than reading them
            needed[:] = True
            break
    light, colour = _profiles(manifest, rows, needed, take)
    across, within = _Sets(len(rows)), _Sets(len(rows))
    # found anew rather than kept: there can be as many pairs as pictures squared
    for near in _near_pairs(columns, rows):
        strange = np.not_equal(*(group[side] for side in near))
        apart = np.where(strange, across.apart(*near), within.apart(*near))
        one, other, strange = (each[apart] for each in (*near, strange))
        alike = _dot(light, one, other) >= MIN_LIGHT
        alike[alike] = _dot(colour, one[alike], other[alike]) >= MIN_COLOUR
        across.connect(one[alike & strange], other[alike & strange])
        within.connect(one[alike & ~strange], other[alike & ~strange])
    strangers, own = across.members(), within.members()
    taken = np.concatenate([np.empty(0, np.int64), *strangers])
    left = (np.setdiff1d(members, taken) for members in own)
    return [rows[members] for members in (*strangers, *(members for members in left if len(members) > 1))]


def _near_pairs(columns: Mapping[str, NDArray[Any]], rows: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of unequal pictures whose hashes are near, as places among the rows, in blocks."""
    pixels = columns["pixel_hash"][rows]
    for one, other in pairs_within(columns["difference_hash"][rows], RADIUS):
        unequal = pixels[one] != pixels[other]
        for start in range(0, int(unequal.sum()), _BLOCK):
            block = slice(start, start + _BLOCK)
            yield one[unequal][block], other[unequal][block]


def _profiles(manifest: Manifest, rows: Rows, needed: NDArray[np.bool_], take: Take | None) -> tuple[Profiles, Profiles]:
    """Luminance and colour of the rows that are needed, zeros for others and for what cannot be read any more: those are like none."""
    light, colour = (np.zeros((len(rows), size), np.float32) for size in (_LIGHT_SIDE**2, 3 * _COLOUR_SIDE**2))
    places = np.flatnonzero(needed)
    for i, image in open_images(manifest.take(rows[places]), take):
        pixels = image if image.shape[2] == 3 else np.repeat(image[..., :1], 3, axis=2)
        light[places[i]] = _profile(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), _LIGHT_SIDE)
        colour[places[i]] = _profile(pixels, _COLOUR_SIDE)
    return light, colour


def _profile(pixels: NDArray[Any], side: int) -> Profiles:
    """Scaled down, about their mean, of length 1: the product of two profiles is the correlation."""
    values = np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.float32).ravel()
    values -= values.mean()
    return values / max(float(np.linalg.norm(values)), 1e-6)


def _dot(profiles: Profiles, one: Rows, other: Rows) -> Profiles:
    products: Profiles = np.einsum("ij,ij->i", profiles[one], profiles[other])
    return products


class _Sets:
    """Sets that grow together as pairs come in; at first, each of `count` members is one."""

    def __init__(self, count: int) -> None:
        self._leader = np.arange(count)

    def apart(self, one: Rows, other: Rows) -> NDArray[np.bool_]:
        """Tell of each pair whether it is in two sets."""
        unlike: NDArray[np.bool_] = self._leader[one] != self._leader[other]
        return unlike

    def connect(self, one: Rows, other: Rows) -> None:
        """Put each pair into one set."""
        while len(one):
            low, high = np.sort(np.stack([self._leader[one], self._leader[other]]), axis=0)
            np.minimum.at(self._leader, high, low)
            while ((leader := self._leader[self._leader]) != self._leader).any():
                self._leader = leader
            left = self.apart(one, other)
            one, other = one[left], other[left]

    def members(self) -> list[Rows]:
        """The sets of at least 2, each rising."""
        order = np.argsort(self._leader, kind="stable")
        sets = np.split(order, np.flatnonzero(np.diff(self._leader[order])) + 1)
        return [members for members in sets if len(members) > 1]
