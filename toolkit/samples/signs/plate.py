"""A sign as it hangs: its face comes in, the weathered plate with its pole and its neighbours goes out, for `camera`."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.samples.signs.canvas import Picture
from toolkit.samples.signs.faces import FACE_SIDE, SIGN_NAMES, draw_face
from toolkit.samples.signs.scenes import draw_clouds

__all__ = ["hang_plate", "outline"]


def hang_plate(sign: int, rng: np.random.Generator) -> Picture:
    """Weather a sign and hang it on a pole.

    Args:
        sign: A key of `SIGN_NAMES`.
        rng: Decides everything but the sign.

    Returns:
        Float32 in [0, 1], shape (2 * FACE_SIDE, 2 * FACE_SIDE, 4), RGB premultiplied by coverage: the face fills the middle half,
        what hangs above and below and the pole fill the rest.
    """
    hung = np.zeros((2 * FACE_SIDE, 2 * FACE_SIDE, 4), np.float32)
    half = FACE_SIDE // 2
    _raise_pole(hung, rng)
    if rng.random() < 0.4:
        _add_neighbour(hung, rng)
    _lay_over(hung[half:-half, half:-half], _weather(draw_face(sign), rng))
    if rng.random() < 0.12:
        _grow_twigs(hung, rng)
    return hung


@cache
def outline(sign: int) -> NDArray[np.float32]:
    """Corners of the convex hull of a sign.

    Args:
        sign: A key of `SIGN_NAMES`.

    Returns:
        Float32, shape (K, 2), x and y in −1…1 of the face.
    """
    rows, columns = np.nonzero(draw_face(sign)[..., 3] > 0.5)
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))[:, 0]
    return ((hull + 0.5) / (FACE_SIDE / 2) - 1).astype(np.float32)


def _weather(face: Picture, rng: np.random.Generator) -> Picture:
    """Fade, stain and shade a face."""
    colour, cover = face[..., :3], face[..., 3:]
    fade = rng.beta(1.2, 6)
    colour = colour * (1 - fade) + fade * 0.62 * cover
    stains = 1 - rng.uniform(0, 0.25) * draw_clouds(rng, FACE_SIDE, cells=4, octaves=4)
    ramp = np.linspace(-1, 1, FACE_SIDE, dtype=np.float32)
    slope = rng.normal(0, 0.1, 2)
    shade = stains * (1 + slope[0] * ramp[:, None] + slope[1] * ramp)
    if rng.random() < 0.2:
        shade = shade * _shadow(rng)
    return np.concatenate([colour * shade[..., None].astype(np.float32), cover], axis=2)


def _shadow(rng: np.random.Generator) -> Picture:
    """The shade of leaves: two tones with a soft border."""
    clouds = draw_clouds(rng, FACE_SIDE, cells=2, octaves=3)
    lit = np.clip((clouds - rng.uniform(0.35, 0.6)) * 9 + 0.5, 0, 1)
    return 1 - rng.uniform(0.3, 0.6) * (1 - lit)


def _raise_pole(hung: Picture, rng: np.random.Generator) -> None:
    """A grey tube behind the plate, lit from one side; some end at the plate's middle."""
    half = int(FACE_SIDE * rng.uniform(0.035, 0.07))
    round_light = np.cos(np.linspace(-1.3, 1.1, 2 * half)) * rng.uniform(0.35, 0.7) + 0.08
    top = FACE_SIDE if rng.random() < 0.6 else 0
    hung[top:, FACE_SIDE - half : FACE_SIDE + half, :3] = round_light[:, None]
    hung[top:, FACE_SIDE - half : FACE_SIDE + half, 3] = 1


def _add_neighbour(hung: Picture, rng: np.random.Generator) -> None:
    """Another sign right above or below, of which pictures show the edge."""
    other = int(rng.choice(list(SIGN_NAMES)))
    dim = float(rng.uniform(0.7, 1.0))
    face = draw_face(other) * np.array([dim, dim, dim, 1], np.float32)
    half = FACE_SIDE // 2
    seen = half - int(rng.integers(0, 8))
    if rng.random() < 0.5:
        _lay_over(hung[:seen, half:-half], face[-seen:])
    else:
        _lay_over(hung[-seen:, half:-half], face[:seen])


def _grow_twigs(hung: Picture, rng: np.random.Generator) -> None:
    """Leaves that reach over the plate's rim."""
    angle = rng.uniform(0, 2 * np.pi)
    root = FACE_SIDE * (1 + 0.62 * np.array([np.cos(angle), np.sin(angle)]))
    for _ in range(28):
        place = rng.normal(root, FACE_SIDE * 0.13).round().astype(int).tolist()
        size = rng.integers(3, 12, 2).tolist()
        tone = np.array([0.2, 0.3, 0.1]) * rng.uniform(0.5, 1.4)
        cv2.ellipse(hung, place, size, float(rng.uniform(0, 180)), 0, 360, (*tone.tolist(), 1.0), -1)


def _lay_over(below: Picture, above: Picture) -> None:
    """Composite in place; both premultiplied, shape (H, W, 4)."""
    below *= 1 - above[..., 3:]
    below += above
