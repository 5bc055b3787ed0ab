"""Pictures unlike their peers: rows and what was measured of them come in, findings go out: dark, bright, blurred, flat, odd ones.

Peers are pictures of one class, where size matters also of like size; how far from them is far is told by their median and its
deviation, so that a class of evening scenes is not all dark. What is all but black or white stands out whatever its peers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.wing import Finding, Manifest

__all__ = ["FAR", "FITTED", "IDENTITY", "MIN_LEVELS", "MIN_PEERS", "find_outliers", "score"]

FITTED: tuple[str, ...] = ()
"""Columns that train alone has decided, so that other splits differ in them by right: none."""

IDENTITY = "pixel_hash"
"""The column that is equal where pictures are."""

FAR = 5.0
"""Robust deviations from the peers' median at which a picture stands out."""

MARGIN = 0.1
"""A picture is dark or bright anyhow if its luminance stays, by two standard deviations, in so large a part of its range's end."""

MIN_PEERS = 20
"""Fewer peers tell little: such pictures must stand out from all that have few, too; if these are few again, none does."""

MIN_LEVELS = 2.0
"""A picture whose levels, of 255, deviate less is flat."""

_LIMIT = 300

Rows = NDArray[np.int64]
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class _Odd:
    """A way to stand out.

    Args:
        check: The check's name.
        title: What such pictures are.
        figure: What is compared, as people read it.
        sides: −1 too low, 1 too high, 0 either.
        anyhow: A figure that is above 0 where a picture stands out whatever its peers are; empty if none does.
        least: Smallest deviation that counts as one, in the figure's unit: peers may be all but equal.
        by_size: Whether peers are those of like size in the class; ``"too"``: such pictures stand out from both.
        fix: The options of `foudre preprocess images` that mend it; empty if none does.
    """

    check: str
    title: str
    figure: str
    sides: int
    least: float
    by_size: Literal[True, False, "too"]
    fix: str = ""
    anyhow: str = ""


_ODD = (
    _Odd("dark", "all but black, or much darker than others of the class", "brightness", -1, 0.02, "too", "--steps stretch", "darkness"),
    _Odd("bright", "all but white, or much brighter than others of the class", "brightness", 1, 0.02, "too", "--steps stretch", "glare"),
    _Odd("blurred", "much less sharp than others of class and size", "logarithm of sharpness by contrast", -1, 0.1, True),
    _Odd("odd_size", "of a size unlike others of the class", "logarithm of size", 0, 0.1, False),
    _Odd("odd_shape", "of a shape unlike others of the class", "logarithm of aspect", 0, 0.04, False, "--fit pad"),
)


def find_outliers(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows) -> list[Finding]:
    """Find flat pictures, and those unlike their peers.

    Args:
        manifest: Of kind ``"images"``.
        columns: What was measured of it.
        rows: Those to judge, int64.

    Returns:
        A finding for each way to stand out that some picture has.
    """
    found = [_find_flat(columns, rows)] if len(rows) else []
    values = _figures(columns, rows)
    octave = np.rint(values["logarithm of size"] / np.log(2)).astype(np.int64)
    for odd in _ODD:
        sizes = [octave] * bool(odd.by_size) + [None] * (odd.by_size is not True)
        apart = np.array([_score_peers(values[odd.figure], _peers(manifest, rows, size), least=odd.least) for size in sizes])
        apart = (np.abs(apart) if not odd.sides else odd.sides * apart).min(axis=0)
        if odd.check == "blurred":
            apart[columns["contrast"][rows] < MIN_LEVELS / 255] = 0  # flat, which is told already
        far = np.flatnonzero((apart > FAR) | (values[odd.anyhow] > 0 if odd.anyhow else False))
        found.append(_finding(odd, rows[far[np.argsort(-apart[far], kind="stable")]]))
    return [finding for finding in found if finding]


def score(values: Figures, peers: Rows, *, least: float) -> Figures:
    """Say how many robust deviations each value is from the median of its peers.

    Args:
        values: Shape (N,).
        peers: int64, shape (N,): equal for those that are compared.
        least: Smallest deviation that counts as one.

    Returns:
        Float64, shape (N,): negative below the median; the deviation is 1.4826 times the median absolute one, as of a normal distribution.

    Source:
        Iglewicz & Hoaglin, How to detect and handle outliers, 1993.
    """
    apart = np.zeros(len(values))
    order = np.argsort(peers, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(peers[order])) + 1):
        if len(rows):
            distance = values[rows] - np.median(values[rows])
            apart[rows] = distance / max(1.4826 * float(np.median(np.abs(distance))), least)
    return apart


def _figures(columns: Mapping[str, NDArray[Any]], rows: Rows) -> dict[str, Figures]:
    """What is compared; logarithms, where twice and half are as far from each other as they look."""
    height, width = (np.maximum(columns[name][rows], 1).astype(np.float64) for name in ("height", "width"))
    brightness, contrast, sharpness = (columns[name][rows].astype(np.float64) for name in ("brightness", "contrast", "sharpness"))
    return {
        "brightness": brightness,
        "darkness": MARGIN - (brightness + 2 * contrast),
        "glare": (brightness - 2 * contrast) - (1 - MARGIN),
        "logarithm of sharpness by contrast": np.log(np.maximum(sharpness, 1e-3) / np.maximum(contrast, MIN_LEVELS / 255)),
        "logarithm of size": np.log(height * width) / 2,
        "logarithm of aspect": np.log(width / height),
    }


def _peers(manifest: Manifest, rows: Rows, octave: Rows | None) -> Rows:
    """A number for each row, equal for those of one class and size."""
    label = manifest.label
    single = label is not None and label.ndim == 1 and np.issubdtype(label.dtype, np.integer)
    parts = [label[rows] if label is not None and single else np.zeros(len(rows), np.int64)] + ([] if octave is None else [octave])
    return np.unique(np.stack(parts), axis=1, return_inverse=True)[1].ravel()


def _score_peers(values: Figures, peers: Rows, *, least: float) -> Figures:
    """Score each value among its peers; where these are few, by the less that it stands out of them and of all that have few."""
    counts = np.bincount(peers)[peers] if len(peers) else peers
    few = counts < MIN_PEERS
    own, pooled = score(values, peers, least=least), score(values, np.where(few, -1, peers), least=least)
    if few.sum() < MIN_PEERS:
        return np.where(few, 0, own)
    less = np.where(own * pooled > 0, np.sign(own) * np.minimum(np.abs(own), np.abs(pooled)), 0)
    return np.where(few & (counts > 2), less, pooled)  # a median of one or two says nothing of them


def _counted(rows: Rows) -> str:
    return f"{len(rows):,} picture{'s' * (len(rows) != 1)}"


def _find_flat(columns: Mapping[str, NDArray[Any]], rows: Rows) -> Finding | None:
    contrast = columns["contrast"][rows]
    flat = rows[np.argsort(contrast, kind="stable")][: int((contrast < MIN_LEVELS / 255).sum())]
    if not len(flat):
        return None
    title = f"{_counted(flat)} with next to no contrast"
    why = "A picture of one colour teaches its label by chance, and cannot be told right but by chance."
    fix = "Look at them; remove them, then `foudre preprocess images SRC OUT.h5 --overwrite`."
    rule = f"contrast below {MIN_LEVELS:g} of 255 levels"
    return Finding("flat", "warning", title, len(flat), tuple(flat[:_LIMIT].tolist()), rule, why, fix)


def _finding(odd: _Odd, rows: Rows) -> Finding | None:
    if not len(rows):
        return None
    peers = {True: "class and like size", "too": "class, also at like size", False: "class"}[odd.by_size]
    rule = f"{odd.figure} more than {FAR:g} robust deviations, of at least {odd.least:g}, from the median of the same {peers}"
    rule += f"; where that has fewer than {MIN_PEERS}, also from the median of all that have as few"
    if odd.anyhow:
        rule += f". Or within {MARGIN:g} of the end of its range but for 2 standard deviations"
    why = "What stands out is often a mistake in cutting or recording, and weighs more in training than it should."
    mend = f" What is right can be brought nearer: `foudre preprocess images SRC OUT.h5 {odd.fix} --overwrite`." if odd.fix else ""
    fix = f"Look at them, worst first, and remove what is wrong.{mend}"
    return Finding(odd.check, "info", f"{_counted(rows)} {odd.title}", len(rows), tuple(rows[:_LIMIT].tolist()), rule, why, fix)
