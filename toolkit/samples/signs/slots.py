"""Where each picture of a drawn set goes: numbers of classes, tracks and frames come in, paths go out, for `faults` and `draw`.

The folders and the annotation files are those of the German benchmark, so the source that reads the one reads the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.samples.signs.camera import Box

__all__ = ["TEST_FOLDER", "TRAIN_FOLDER", "Annotation", "Slot", "list_test", "list_train", "write_annotations"]

TRAIN_FOLDER = "Final_Training/Images"
TEST_FOLDER = "Final_Test/Images"

_HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
_STREAM = 8


@dataclass(frozen=True)
class Slot:
    """One picture's place.

    Args:
        part: ``"train"`` or ``"test"``.
        sign: The class, a key of `SIGN_NAMES`.
        track: Number of the track within its class and part.
        frame: Number of the frame within its track.
        path: The file, relative to the set's folder.
    """

    part: str
    sign: int
    track: int
    frame: int
    path: str


@dataclass(frozen=True)
class Annotation:
    """One line of an annotation file.

    Args:
        path: The file, relative to the set's folder.
        sign: The class that the file is said to show.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        box: Of the sign, in pixels.
    """

    path: str
    sign: int
    width: int
    height: int
    box: Box


def list_train(sign: int, *, tracks: int, frames: int) -> list[Slot]:
    """Places of a class's training pictures, track by track, each from far to near."""
    folder = f"{TRAIN_FOLDER}/{sign:05d}"
    shots = [(track, frame) for track in range(tracks) for frame in range(frames)]
    return [Slot("train", sign, track, frame, f"{folder}/{track:05d}_{frame:05d}.ppm") for track, frame in shots]


def list_test(signs: Iterable[int], *, tracks: int, frames: int, seed: int) -> list[Slot]:
    """Places of the test pictures, classes mixed: one random frame of each of `tracks` tracks a class."""
    rng = np.random.default_rng((seed, _STREAM))
    shots = [(sign, track, int(rng.integers(frames))) for sign in signs for track in range(tracks)]
    order = rng.permutation(len(shots)).tolist()
    mixed = [shots[shot] for shot in order]
    return [Slot("test", sign, track, frame, f"{TEST_FOLDER}/{number:05d}.ppm") for number, (sign, track, frame) in enumerate(mixed)]


def write_annotations(folder: Path, annotations: Iterable[Annotation]) -> None:
    """Write the benchmark's CSV into each folder that holds pictures: sizes, boxes and classes."""
    lines: dict[str, list[str]] = {}
    for row in annotations:
        parent, _, name = row.path.rpartition("/")
        values = (name, row.width, row.height, *row.box, row.sign)
        lines.setdefault(parent, [_HEADER]).append(";".join(map(str, values)))
    for parent, rows in lines.items():
        name = "final_test" if parent == TEST_FOLDER else parent.rpartition("/")[2]
        (folder / parent / f"GT-{name}.csv").write_text("\n".join([*rows, ""]), encoding="ascii", newline="\n")
