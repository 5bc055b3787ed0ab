"""What stands behind a sign: a generator comes in, a picture of sky, leaves, a wall, a street or a night goes out, for `camera`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.samples.signs.canvas import Picture

__all__ = ["SCENE_SIDE", "draw_clouds", "draw_scene"]

SCENE_SIDE = 192
"""Height and width of a scene in pixels."""


def draw_scene(rng: np.random.Generator) -> Picture:
    """Draw one background.

    Args:
        rng: Decides everything.

    Returns:
        Float32 in [0, 1], shape (SCENE_SIDE, SCENE_SIDE, 3), RGB.
    """
    scene = _SCENES[rng.choice(len(_SCENES), p=_SHARES)](rng)
    scene *= 1 + 0.05 * rng.standard_normal((SCENE_SIDE, SCENE_SIDE, 1), np.float32)
    return scene.clip(0, 1)


def draw_clouds(rng: np.random.Generator, side: int = SCENE_SIDE, *, cells: int = 3, octaves: int = 4) -> Picture:
    """Draw smooth noise: sums of random grids, each finer and fainter than the one before.

    Args:
        rng: Decides everything.
        side: Height and width.
        cells: Size of the coarsest grid.
        octaves: Number of grids; each has twice the cells of the one before.

    Returns:
        Float32 in [0, 1], shape (side, side).
    """
    noise = np.zeros((side, side), np.float32)
    for octave in range(octaves):
        grid = rng.random((cells << octave, cells << octave), np.float32)
        noise += cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC) / np.float32(2**octave)
    noise -= noise.min()
    noise /= noise.max()
    return noise


def _sky(rng: np.random.Generator) -> Picture:
    blue = np.array([0.30, 0.52, 0.86]) * rng.uniform(0.7, 1.05)
    haze = np.array([0.86, 0.90, 0.95]) * rng.uniform(0.8, 1.05)
    sky = _blend(blue, haze, np.linspace(0, 1, SCENE_SIDE, dtype=np.float32)[:, None])
    cover = np.clip(draw_clouds(rng) * rng.uniform(1.0, 2.4) - rng.uniform(0.3, 0.8), 0, 1)
    return sky + (1 - sky) * 0.9 * cover[..., None]


def _leaves(rng: np.random.Generator) -> Picture:
    """Foliage in front of dark gaps, with the sky or the sun between some of the leaves."""
    hue = rng.choice(3, p=[0.6, 0.25, 0.15])
    leaf = np.array([[0.30, 0.35, 0.19], [0.46, 0.38, 0.20], [0.20, 0.23, 0.17]])[hue]
    scene = (_blend(leaf * 0.25, leaf * 0.7, draw_clouds(rng)) * 255).astype(np.uint8)
    num = 420
    colours = np.clip(leaf * rng.uniform(0.3, 1.7, (num, 1)) + rng.normal(0, 0.04, (num, 3)), 0, 1) * 255
    if rng.random() < 0.4:
        colours[rng.random(num) < 0.12] = [225, 232, 240]
    places = rng.integers(0, SCENE_SIDE, (num, 2)).tolist()
    sizes = rng.integers(2, 9, (num, 2)).tolist()
    for place, size, angle, colour in zip(places, sizes, rng.uniform(0, 180, num).tolist(), colours.tolist(), strict=True):
        cv2.ellipse(scene, place, size, angle, 0, 360, colour, -1)
    return cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.6, 2.2)).astype(np.float32) / 255


def _wall(rng: np.random.Generator) -> Picture:
    """Plaster or bricks, with dark windows in some."""
    base = np.array(_WALLS[rng.integers(len(_WALLS))]) * rng.uniform(0.7, 1.1)
    scene = _blend(base * 0.82, base, draw_clouds(rng, octaves=5))
    if rng.random() < 0.4:
        _lay_bricks(scene, rng)
    else:
        _cut_windows(scene, rng)
    return scene


def _lay_bricks(scene: Picture, rng: np.random.Generator) -> None:
    height = int(rng.integers(7, 13))
    rows = np.arange(SCENE_SIDE) // height
    y, x = np.mgrid[:SCENE_SIDE, :SCENE_SIDE]
    x = x + (rows % 2 * height)[:, None]
    tone = rng.uniform(0.8, 1.1, (SCENE_SIDE, SCENE_SIDE)).astype(np.float32)
    scene *= tone[rows[:, None], x // (2 * height)][..., None]
    mortar = (y % height == 0) | (x % (2 * height) == 0)
    scene[mortar] = scene[mortar] * 0.5 + 0.3


def _cut_windows(scene: Picture, rng: np.random.Generator) -> None:
    step, width = int(rng.integers(64, 110)), int(rng.integers(24, 46))
    left, top = rng.integers(0, step, 2)
    for x in range(int(left) - step, SCENE_SIDE, step):
        for y in range(int(top) - step, SCENE_SIDE, step):
            cv2.rectangle(scene, (x - 3, y - 3), (x + width + 3, y + width + 13), (0.78, 0.77, 0.74), -1)
            cv2.rectangle(scene, (x, y), (x + width, y + width + 10), (0.10, 0.12, 0.15), -1)
            cv2.line(scene, (x + width // 2, y), (x + width // 2, y + width + 10), (0.7, 0.7, 0.68), 2)


def _street(rng: np.random.Generator) -> Picture:
    """Sky above, a line of trees or roofs, a field or asphalt below."""
    scene = _sky(rng)
    ridge = (draw_clouds(rng, cells=4)[0] * 50 + rng.uniform(40, 90)).astype(int)
    floor = int(rng.integers(105, 150))
    rows = np.arange(SCENE_SIDE)[:, None]
    far = _blend(np.array([0.10, 0.13, 0.07]), np.array([0.32, 0.36, 0.20]), draw_clouds(rng, cells=8))
    dark, light = np.array(_GROUNDS[rng.integers(len(_GROUNDS))])
    near = _blend(dark, light, draw_clouds(rng, cells=6, octaves=5))
    scene = np.where((rows > ridge)[..., None], far, scene)
    return np.where((rows > floor)[..., None], near, scene)


def _night(rng: np.random.Generator) -> Picture:
    """Dusk with blurred lamps."""
    scene = _blend(np.array([0.02, 0.02, 0.05]), np.array([0.14, 0.12, 0.14]), draw_clouds(rng))
    for _ in range(rng.integers(3, 9)):
        lamp = (np.array([1.0, 0.8, 0.45]) * rng.uniform(0.5, 1.0)).tolist()
        cv2.circle(scene, rng.integers(0, SCENE_SIDE, 2).tolist(), int(rng.integers(2, 9)), lamp, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(scene, (0, 0), 1.5)


def _blend(dark: NDArray[np.float64], light: NDArray[np.float64], share: Picture) -> Picture:
    """Mix two colours, shape (3,), pixel by pixel; `share` of the second, broadcast to a square."""
    mix = np.broadcast_to(share, (SCENE_SIDE, SCENE_SIDE))[..., None]
    return mix * (light - dark).astype(np.float32) + dark.astype(np.float32)


_WALLS = ((0.72, 0.66, 0.56), (0.58, 0.58, 0.58), (0.55, 0.33, 0.25), (0.80, 0.79, 0.75))
_GROUNDS = (((0.30, 0.36, 0.16), (0.52, 0.56, 0.30)), ((0.28, 0.28, 0.29), (0.44, 0.44, 0.45)), ((0.48, 0.40, 0.26), (0.66, 0.58, 0.38)))
_SCENES = (_leaves, _sky, _wall, _street, _night)
_SHARES = (0.38, 0.17, 0.22, 0.18, 0.05)
