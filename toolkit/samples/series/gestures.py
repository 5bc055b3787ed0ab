"""Lines drawn in the plane: gestures of three classes as the UCR archive has them, and one long path to go on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check

__all__ = ["GESTURES", "PATHS", "GestureOptions", "write_gestures", "write_path"]

Points = NDArray[np.float64]

_TURN = 2 * np.pi
_START = datetime(2024, 1, 1, tzinfo=UTC)


def _circle(share: Points) -> Points:
    return np.stack([np.cos(_TURN * share), np.sin(_TURN * share)])


def _zigzag(share: Points) -> Points:
    return np.stack([2 * share - 1, 2 * np.abs(4 * share % 2 - 1) - 1])


def _loop(share: Points) -> Points:
    return np.stack([np.sin(_TURN * share), np.sin(2 * _TURN * share)])


GESTURES: dict[str, Callable[[Points], Points]] = {"circle": _circle, "zigzag": _zigzag, "loop": _loop}
"""Class → what is drawn: from the share of the way that is done, shape (T,), to places, shape (2, T)."""

PATHS: dict[str, Callable[[Points], Points]] = {
    "lissajous": lambda turns: np.stack([np.sin(3 * _TURN * turns), np.sin(2 * _TURN * turns + 0.5)]),
    "spiral": lambda turns: np.sqrt(turns / turns[-1]) * np.stack([np.cos(_TURN * turns), np.sin(_TURN * turns)]),
}
"""Name → a path: from turns done, shape (T,), to places, shape (2, T), in [−1, 1]."""


@dataclass(frozen=True)
class GestureOptions:
    """What gestures are drawn.

    Args:
        train: Gestures of train, of all classes in turn, at least 3.
        test: Gestures of test, likewise.
        shortest: Points of the shortest, at least 8.
        longest: Points of the longest one.
        noise: How far points are off their places, as a share of the gesture's size.
        seed: What they are drawn from.
    """

    train: int = 60
    test: int = 30
    shortest: int = 30
    longest: int = 60
    noise: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("train", "test"):
            check(getattr(self, name) >= len(GESTURES), "GestureOptions", name, f"at least {len(GESTURES)}", getattr(self, name))
        check(8 <= self.shortest <= self.longest, "GestureOptions", "shortest", f"from 8 to longest, {self.longest}", self.shortest)


def write_gestures(folder: str | Path, options: GestureOptions | None = None) -> tuple[Path, Path]:
    """Write Gestures_TRAIN.ts and Gestures_TEST.ts: two dimensions, x and y, unequal lengths, and the class.

    Args:
        folder: Where to; it is made if it is not there.
        options: How many, and how.

    Returns:
        The two files.
    """
    options = options or GestureOptions()
    rng = np.random.default_rng(options.seed)
    tags = "@problemName Gestures\n@timeStamps false\n@missing false\n@univariate false\n@dimensions 2\n@equalLength false\n"
    paths = []
    Path(folder).mkdir(parents=True, exist_ok=True)
    for part, count in (("TRAIN", options.train), ("TEST", options.test)):
        lines = [_write_gesture(_draw_gesture(rng, name, options), name) for name in islice(cycle(GESTURES), count)]
        paths.append(Path(folder, f"Gestures_{part}.ts"))
        paths[-1].write_text(f"{tags}@classLabel true {' '.join(GESTURES)}\n@data\n{''.join(lines)}", encoding="utf-8")
    return paths[0], paths[1]


def write_path(
    path: str | Path, kind: str = "lissajous", *, num_steps: int = 2000, turn: int = 100, noise: float = 0.005, seed: int = 0
) -> None:
    """Write a path as a table: ``time``, a second a step, ``x`` and ``y``.

    Args:
        path: The CSV file to write.
        kind: One of `PATHS`: ``"lissajous"`` comes back to where it began after every turn, ``"spiral"`` never does.
        num_steps: Rows, at least 2.
        turn: Steps of one turn.
        noise: Deviation of each place.
        seed: What the noise is drawn from.

    Raises:
        ArgumentError: If the kind is not known, or there are too few steps.
    """
    check(kind in PATHS, "write_path", "kind", f"one of {', '.join(PATHS)}", kind)
    check(num_steps >= 2, "write_path", "num_steps", "at least 2", num_steps)
    places = PATHS[kind](np.arange(num_steps) / turn)
    places = places + np.random.default_rng(seed).normal(scale=noise, size=places.shape)
    lines = [f"{_START + timedelta(seconds=i):%Y-%m-%dT%H:%M:%S},{x:.5f},{y:.5f}\n" for i, (x, y) in enumerate(places.T.tolist())]
    Path(path).write_text("time,x,y\n" + "".join(lines), encoding="utf-8")


def _draw_gesture(rng: np.random.Generator, name: str, options: GestureOptions) -> Points:
    """Draw one: turned a little, of any size, faster here and slower there, and never quite on its line."""
    count = int(rng.integers(options.shortest, options.longest + 1))
    steps = rng.uniform(0.5, 1.5, count)
    share = (np.cumsum(steps) - steps[0]) / (steps.sum() - steps[0])
    angle = rng.normal(scale=0.2)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    places = turned @ GESTURES[name](share) + rng.normal(scale=options.noise, size=(2, count))
    return rng.uniform(0.7, 1.3) * places


def _write_gesture(places: Points, name: str) -> str:
    return ":".join(",".join(f"{value:.4f}" for value in row) for row in places) + f":{name}\n"
