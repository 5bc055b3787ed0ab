"""Traffic signs seen from the front: a sign's number comes in, its flat picture goes out; `camera` hangs it into a street.

The numbers and names are those of the German benchmark (GTSRB), so that drawn and photographed signs can share a network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from toolkit.samples.signs.canvas import Canvas, Colour, Picture, Points, arc, regular_polygon, write

__all__ = ["FACE_SIDE", "SIGN_NAMES", "draw_face"]

FACE_SIDE = 144
"""Height and width of a face in pixels: about twice the widest sign that is photographed."""

_RED: Colour = (196, 24, 34)
_BLUE: Colour = (8, 82, 168)
_YELLOW: Colour = (250, 184, 10)
_GREEN: Colour = (20, 150, 84)
_WHITE: Colour = (242, 242, 240)
_GREY: Colour = (96, 98, 102)
_BLACK: Colour = (22, 22, 26)


@cache
def draw_face(sign: int) -> Picture:
    """Draw a sign as it leaves the factory.

    Args:
        sign: A key of `SIGN_NAMES`.

    Returns:
        Float32 in [0, 1], shape (FACE_SIDE, FACE_SIDE, 4), RGB premultiplied by the fourth channel, coverage. Drawn once, read-only.
    """
    canvas = Canvas()
    _PAINTED[sign][1](canvas)
    face = canvas.face(FACE_SIDE)
    if sign in _MIRRORED:
        face = np.ascontiguousarray(face[:, ::-1])
    face.flags.writeable = False
    return face


def _speed_limit(canvas: Canvas, number: str) -> None:
    _forbidding(canvas)
    write(canvas, _BLACK, number, height=0.62, width=0.54, weight=0.13)


def _forbidding(canvas: Canvas) -> None:
    canvas.disc(_WHITE, 0.99)
    canvas.disc(_RED, 0.95)
    canvas.disc(_WHITE, 0.71)


def _stop(canvas: Canvas) -> None:
    canvas.polygon(_WHITE, regular_polygon(8, 1.04, turn=22.5))
    canvas.polygon(_RED, regular_polygon(8, 0.96, turn=22.5))
    write(canvas, _WHITE, "STOP", height=0.56, width=0.41, weight=0.115)


def _no_entry(canvas: Canvas) -> None:
    canvas.disc(_WHITE, 0.99)
    canvas.disc(_RED, 0.95)
    canvas.polygon(_WHITE, _box(-0.72, -0.18, 0.72, 0.18))


def _triangle(canvas: Canvas, *, upside_down: bool = False) -> None:
    """Rounded, white-edged, red-rimmed; the point up unless told otherwise."""
    flip = -1 if upside_down else 1
    for colour, scale, rounding in ((_WHITE, 1.0, 0.13), (_RED, 0.985, 0.10), (_WHITE, 0.67, 0.02)):
        middle = 0.16
        corners = [(0.0, -0.78), (0.84, 0.7), (-0.84, 0.7)]
        canvas.polygon(colour, [(x * scale, flip * ((y - middle) * scale + middle)) for x, y in corners], rounding=rounding)


def _caution(canvas: Canvas) -> None:
    _triangle(canvas)
    canvas.polygon(_BLACK, [(-0.1, -0.28), (0.1, -0.28), (0.06, 0.26), (-0.06, 0.26)], rounding=0.03)
    canvas.disc(_BLACK, 0.105, at=(0.0, 0.46))


def _traffic_lights(canvas: Canvas) -> None:
    _triangle(canvas)
    for colour, y in ((_RED, -0.17), (_YELLOW, 0.14), (_GREEN, 0.45)):
        canvas.disc(colour, 0.15, at=(0.0, y))


def _right_of_way(canvas: Canvas) -> None:
    _triangle(canvas)
    canvas.polygon(_BLACK, _box(-0.3, 0.12, 0.3, 0.26))
    canvas.arrow(_BLACK, [(0.0, 0.58), (0.0, -0.1)], width=0.2, head=0.36)


def _yield(canvas: Canvas) -> None:
    _triangle(canvas, upside_down=True)


def _priority(canvas: Canvas) -> None:
    for colour, radius in ((_GREY, 0.93), (_WHITE, 0.9), (_BLACK, 0.62), (_YELLOW, 0.58)):
        canvas.polygon(colour, regular_polygon(4, radius), rounding=0.06)


def _end_of_limits(canvas: Canvas) -> None:
    canvas.disc(_GREY, 0.99)
    canvas.disc(_WHITE, 0.93)
    for shift in (-0.3, -0.15, 0.0, 0.15, 0.3):
        reach = float(np.sqrt(0.91**2 - shift**2))
        along, across = np.array([0.7071, -0.7071]), np.array([0.7071, 0.7071])
        ends = across * shift - along * reach, across * shift + along * reach
        canvas.stroke(_BLACK, [(float(x), float(y)) for x, y in ends], width=0.07)


def _commanding(canvas: Canvas) -> None:
    canvas.disc(_WHITE, 0.99)
    canvas.disc(_BLUE, 0.94)


def _turn_right(canvas: Canvas) -> None:
    _commanding(canvas)
    bend = arc((-0.02, 0.1), (0.32, 0.32), 180, 270)
    canvas.arrow(_WHITE, [(-0.34, 0.6), *bend, (0.2, -0.22)], width=0.24, head=0.62)


def _keep_right(canvas: Canvas) -> None:
    _commanding(canvas)
    canvas.arrow(_WHITE, [(-0.48, -0.48), (0.2, 0.2)], width=0.25, head=0.66)


def _ahead(canvas: Canvas) -> None:
    _commanding(canvas)
    canvas.arrow(_WHITE, [(0.0, 0.68), (0.0, -0.2)], width=0.25, head=0.66)


def _roundabout(canvas: Canvas) -> None:
    _commanding(canvas)
    for turn in (0, 120, 240):
        canvas.arrow(_WHITE, arc((0.0, 0.0), (0.52, 0.52), turn + 76, turn), width=0.17, head=0.4)


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


_PAINTED: dict[int, tuple[str, Callable[[Canvas], None]]] = {
    1: ("speed limit 30", lambda canvas: _speed_limit(canvas, "30")),
    2: ("speed limit 50", lambda canvas: _speed_limit(canvas, "50")),
    12: ("priority road", _priority),
    13: ("yield", _yield),
    14: ("stop", _stop),
    17: ("no entry", _no_entry),
    18: ("general caution", _caution),
    32: ("end of all limits", _end_of_limits),
    33: ("turn right ahead", _turn_right),
    34: ("turn left ahead", _turn_right),
    35: ("ahead only", _ahead),
    38: ("keep right", _keep_right),
    39: ("keep left", _keep_right),
    5: ("speed limit 80", lambda canvas: _speed_limit(canvas, "80")),
    11: ("right of way", _right_of_way),
    15: ("no vehicles", _forbidding),
    26: ("traffic lights", _traffic_lights),
    40: ("roundabout", _roundabout),
}
_MIRRORED = {34, 39}

SIGN_NAMES = {sign: name for sign, (name, _) in _PAINTED.items()}
"""Every sign that can be drawn, its number and its name; a set of n classes takes the first n."""
