"""Smooth shapes on a transparent square: unit coordinates and a colour come in, ink goes out; `faces` draws its signs with them.

The square spans −1…1 both ways, y downwards. Colour is premultiplied by coverage, so edges stay clean over any background.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Canvas", "Colour", "Picture", "Points", "arc", "regular_polygon", "write"]

Colour = tuple[int, int, int]
"""Red, green, blue in 0…255."""

Points = Sequence[tuple[float, float]]
"""Corners or a path, (x, y) in −1…1."""

Picture = NDArray[Any]
"""Float32 in [0, 1], shape (H, W, channels); `Any` because OpenCV's annotations know no dtype."""

_SIDE = 512
_FRACTION_BITS = 6


class Canvas:
    """A transparent square that shapes are drawn on, large enough to be shrunk without a trace of steps."""

    def __init__(self) -> None:
        self._ink = np.zeros((_SIDE, _SIDE, 4), np.uint8)

    def disc(self, colour: Colour, radius: float, *, at: tuple[float, float] = (0.0, 0.0)) -> None:
        """Fill a disc."""
        self.polygon(colour, arc(at, (radius, radius), 0, 360))

    def polygon(self, colour: Colour, corners: Points, *, rounding: float = 0.0) -> None:
        """Fill a polygon whose corners and edges stand out by `rounding` all around."""
        cv2.fillPoly(self._ink, [_fixed(corners)], (*colour, 255), cv2.LINE_AA, _FRACTION_BITS)
        if rounding:
            self.stroke(colour, [*corners, corners[0]], width=2 * rounding)

    def stroke(self, colour: Colour, path: Points, *, width: float) -> None:
        """Draw a path of the given width with round ends."""
        thickness = max(1, round(width * _SIDE / 2))
        cv2.polylines(self._ink, [_fixed(path)], False, (*colour, 255), thickness, cv2.LINE_AA, _FRACTION_BITS)

    def arrow(self, colour: Colour, path: Points, *, width: float, head: float) -> None:
        """Draw a path with a flat start that ends in a triangle `head` long and wide; the path's last point is the tip's base."""
        points = np.asarray(path, np.float64)
        for start, end in pairwise(points):
            side = _normal(end - start) * width / 2
            self.polygon(colour, [tuple(p) for p in (start + side, end + side, end - side, start - side)])
        for joint in points[1:-1]:
            self.disc(colour, width / 2, at=(joint[0], joint[1]))
        across = _normal(points[-1] - points[-2])
        ahead = np.array([across[1], -across[0]])
        base = points[-1]
        self.polygon(colour, [tuple(p) for p in (base + across * head / 2, base + ahead * head * 0.72, base - across * head / 2)])

    def face(self, side: int) -> Picture:
        """What was drawn: float32 in [0, 1], shape (side, side, 4), RGB premultiplied by the fourth channel, coverage."""
        shrunk = cv2.resize(self._ink, (side, side), interpolation=cv2.INTER_AREA)
        return shrunk.astype(np.float32) / np.float32(255)


def arc(centre: tuple[float, float], radii: tuple[float, float], start: float, stop: float) -> Points:
    """Points along an ellipse from `start` to `stop` degrees; 0 points right, 90 down."""
    angles = np.radians(np.linspace(start, stop, max(8, int(abs(stop - start) / 4))))
    x = centre[0] + radii[0] * np.cos(angles)
    y = centre[1] + radii[1] * np.sin(angles)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def regular_polygon(corners: int, radius: float, *, turn: float = 0.0) -> Points:
    """Corners on a circle, the first at `turn` degrees; 0 points right, 90 down."""
    angles = np.radians(turn + np.arange(corners) * 360 / corners)
    return list(zip((radius * np.cos(angles)).tolist(), (radius * np.sin(angles)).tolist(), strict=True))


def write(canvas: Canvas, colour: Colour, text: str, *, height: float, width: float, weight: float) -> None:
    """Write a centred line in the letters that signs need: 0 3 5 8 O P S T.

    Args:
        canvas: What to write on.
        colour: The ink.
        text: Characters of the above.
        height: Height of a letter between the middles of its strokes.
        width: From one letter's middle to the next's.
        weight: Width of a stroke.
    """
    for position, letter in enumerate(text):
        x = (position - (len(text) - 1) / 2) * width
        for path in _LETTERS[letter]:
            canvas.stroke(colour, [(x + px * width * 0.66, py * height) for px, py in path], width=weight)


def _fixed(points: Points) -> NDArray[np.int32]:
    pixels = (np.asarray(points, np.float64) + 1) * (_SIDE / 2) - 0.5
    return np.round(pixels * (1 << _FRACTION_BITS)).astype(np.int32)


def _normal(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = direction / np.hypot(*direction)
    return np.array([-unit[1], unit[0]])


_RING = [*arc((0, -0.2), (0.5, 0.3), 180, 360), *arc((0, 0.2), (0.5, 0.3), 0, 180), (-0.5, -0.2)]
_LETTERS: dict[str, list[Points]] = {
    "0": [_RING],
    "3": [[*arc((-0.02, -0.26), (0.44, 0.24), -160, 90), *arc((-0.02, 0.24), (0.5, 0.26), -90, 160)]],
    "5": [[(0.42, -0.5), (-0.36, -0.5), (-0.42, -0.06), *arc((-0.02, 0.17), (0.5, 0.33), -138, 150)]],
    "8": [arc((0, -0.26), (0.43, 0.24), 0, 360), arc((0, 0.24), (0.5, 0.26), 0, 360)],
    "O": [_RING],
    "P": [[(-0.42, 0.5), (-0.42, -0.5), *arc((0.1, -0.22), (0.38, 0.28), -90, 90), (-0.42, 0.06)]],
    "S": [[*arc((0, -0.25), (0.46, 0.25), -20, -270), *arc((0, 0.25), (0.48, 0.25), -90, 160)]],
    "T": [[(-0.52, -0.5), (0.52, -0.5)], [(0, -0.5), (0, 0.5)]],
}
"""Each letter's strokes in a box of −0.5…0.5."""
