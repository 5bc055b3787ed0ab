"""A drive past a sign: a sign and its place in the set come in, photographed frames and boxes go out, for `draw`.

A `Drive` holds what stays the same along a track (scene, plate, light, speed); `photograph` takes one frame of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.samples.signs.canvas import Picture
from toolkit.samples.signs.plate import hang_plate, outline
from toolkit.samples.signs.scenes import SCENE_SIDE, draw_scene

__all__ = ["Box", "Drive", "photograph", "start_drive"]

Box = tuple[int, int, int, int]
"""First and last column and row of a sign: x1, y1, x2, y2, both corners inclusive."""

_OVERSAMPLING = 2
_FOCAL_LENGTH = 4.0
_WIDEST = 66.0


@dataclass(frozen=True, eq=False)
class Drive:
    """One pass by one sign: all that its frames share.

    Args:
        seed: Non-negative numbers that name the drive; with a frame's number they decide that frame.
        scene: The background, float32 in [0, 1], shape (H, W, 3).
        plates: The hung plate at full, half and quarter size, float32, shape (H, W, 4), RGB premultiplied by coverage.
        outline: Hull of the sign, float32, shape (K, 2), in −1…1 of its face.
        widths: Width of the sign in the first and the last frame, in pixels.
        angles: Yaw, pitch and roll of the plate in radians, float64, shape (3,).
        light: Gain of each colour, float32, shape (3,).
        haze: Share of grey air in the picture.
        gamma: Exponent of the tone curve.
        noise: Deviation of the sensor's noise.
        shake: Length in x and y of the motion's blur, in widths of the sign.
        defocus: Deviation of the lens's blur, in widths of the sign.
    """

    seed: tuple[int, ...]
    scene: Picture
    plates: tuple[Picture, ...]
    outline: NDArray[np.float32]
    widths: tuple[float, float]
    angles: NDArray[np.float64]
    light: NDArray[np.float32]
    haze: float
    gamma: float
    noise: float
    shake: NDArray[np.float64]
    defocus: float


def start_drive(sign: int, seed: tuple[int, ...]) -> Drive:
    """Choose a street, a light and a speed for a track.

    Args:
        sign: A key of `SIGN_NAMES`.
        seed: Non-negative numbers that name the track; they decide everything but the sign.

    Returns:
        The drive that `photograph` takes frames of.
    """
    rng = np.random.default_rng((*seed, 0))
    plate = hang_plate(sign, rng)
    plate[..., :3] *= np.float32(rng.uniform(0.6, 1.15))
    half = cv2.resize(plate, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    quarter = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    gain = np.clip(np.exp(rng.normal(-0.2, 0.5)), 0.18, 2.0)
    warmth = rng.normal(0, 0.06)
    return Drive(
        seed=seed,
        scene=draw_scene(rng),
        plates=(plate, half, quarter),
        outline=outline(sign),
        widths=(rng.uniform(15, 20), rng.uniform(46, _WIDEST)),
        angles=rng.normal(0, (0.30, 0.10, 0.07)),
        light=(gain * np.array([1 + warmth, 1, 1 - warmth])).astype(np.float32),
        haze=rng.beta(1, 12),
        gamma=rng.uniform(0.8, 1.25),
        noise=rng.uniform(0.004, 0.02),
        shake=rng.normal(0, (0.035, 0.015)),
        defocus=0.015 * rng.gamma(1.5, 0.6),
    )


def photograph(drive: Drive, frame: int, *, frames: int) -> tuple[Picture, Box]:
    """Take one frame of a drive.

    Args:
        drive: From `start_drive`.
        frame: Its number in [0, frames).
        frames: Number of frames from far to near; the sign's width grows as its distance shrinks evenly.

    Returns:
        The picture, uint8, shape (H, W, 3), RGB, with a margin of at least five pixels or a tenth around the sign as in the
        benchmark, and the sign's box in it.
    """
    rng = np.random.default_rng((*drive.seed, 1 + frame))
    far, near = drive.widths
    width = 1 / float(np.interp(frame, [0, max(1, frames - 1)], [1 / far, 1 / near]))
    view = _view(drive.angles + rng.normal(0, 0.02, 3), width / 2)
    hull = cv2.perspectiveTransform(drive.outline[None], view)[0]
    low, high = hull.min(axis=0), hull.max(axis=0)
    before, after = max(5.0, 0.1 * width) + rng.uniform(0, 2, (2, 2))
    shift = before - low
    size = np.ceil(high + shift + after).astype(int)
    box = (*np.floor(low + shift).astype(int).tolist(), *(np.ceil(high + shift).astype(int) - 1).tolist())
    canvas = _compose(drive, view, shift, size * _OVERSAMPLING)
    picture = _expose(_blur(canvas, drive, _OVERSAMPLING * width * rng.uniform(0.7, 1.3)), drive, rng)
    return _sense(cv2.resize(picture, size.tolist(), interpolation=cv2.INTER_AREA), drive.noise, rng), box


def _view(angles: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """The homography from a face's −1…1 to pixels around the sign's middle."""
    yaw, pitch, roll = angles
    turned = np.eye(3)
    for axis, angle in ((1, yaw), (0, pitch), (2, roll)):
        turned = cv2.Rodrigues(np.eye(3)[axis] * angle)[0] @ turned
    plane = np.column_stack([turned[:, :2], [0, 0, _FOCAL_LENGTH]])
    homography: NDArray[np.float64] = np.diag([scale * _FOCAL_LENGTH, scale * _FOCAL_LENGTH, 1]) @ plane
    return homography


def _compose(drive: Drive, view: NDArray[np.float64], shift: NDArray[np.float64], size: NDArray[np.int64]) -> Picture:
    """The plate in front of its scene, not yet exposed, on a canvas of the given width and height."""
    scale = _OVERSAMPLING * view[0, 0] / view[2, 2]
    plate = min(drive.plates, key=lambda p: abs(np.log(p.shape[1] / 4 / scale)))
    side = plate.shape[1]
    to_face = np.array([[4 / side, 0, 2 / side - 2], [0, 4 / side, 2 / side - 2], [0, 0, 1]])
    offset = shift * _OVERSAMPLING - 0.5
    to_canvas = np.array([[_OVERSAMPLING, 0, offset[0]], [0, _OVERSAMPLING, offset[1]], [0, 0, 1]])
    hung = cv2.warpPerspective(plate, to_canvas @ view @ to_face, size.tolist(), flags=cv2.INTER_LINEAR)
    return hung[..., :3] + _look_past(drive.scene, scale, size) * (1 - hung[..., 3:])


def _look_past(scene: Picture, scale: float, size: NDArray[np.int64]) -> Picture:
    """The part of the scene that a frame shows: farther away than the sign, it grows with the root of the sign's growth."""
    extent = min(SCENE_SIDE, round(0.45 * SCENE_SIDE * (_WIDEST / scale) ** 0.5))
    start = (SCENE_SIDE - extent) // 2
    part = scene[start : start + extent, start : start + extent]
    return cv2.resize(part, size.tolist(), interpolation=cv2.INTER_AREA if extent > size.min() else cv2.INTER_LINEAR)


def _blur(picture: Picture, drive: Drive, width: float) -> Picture:
    """Smear along the motion and soften by the lens; `width` is the sign's on the canvas."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.5 + drive.defocus * width)
    reach = drive.shake * width / 2
    half = int(np.ceil(np.abs(reach).max()))
    if half < 2:
        return soft
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    ends = np.round((half + np.array([-reach, reach])) * 16).astype(int).tolist()
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    return cv2.filter2D(soft, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _expose(picture: Picture, drive: Drive, rng: np.random.Generator) -> Picture:
    """Light, haze and the tone curve, overexposed parts clipped."""
    lit = picture * (drive.light * np.float32(rng.normal(1, 0.04)))
    hazy = lit * np.float32(1 - drive.haze) + np.float32(0.7 * drive.haze)
    exposed: Picture = np.power(hazy.clip(0, 1), np.float32(drive.gamma))
    return exposed


def _sense(picture: Picture, noise: float, rng: np.random.Generator) -> Picture:
    """What a sensor with one colour a pixel makes of the light: grain, and fringes where colours change fast."""
    mosaic = picture[..., 1].copy()
    mosaic[::2, ::2] = picture[::2, ::2, 0]
    mosaic[1::2, 1::2] = picture[1::2, 1::2, 2]
    mosaic += np.float32(noise) * (0.4 + np.sqrt(mosaic)) * rng.standard_normal(mosaic.shape, np.float32)
    raw = np.clip(mosaic * 255 + 0.5, 0, 255).astype(np.uint8)
    return cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB)
