"""A drawn traffic-sign set: options come in, a folder laid out like the German benchmark (GTSRB) and the truth about it go out.

A picture's pixels follow from (seed, class, track, frame) alone: more classes or tracks leave it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from toolkit.errors import check
from toolkit.samples.signs.camera import Drive, photograph, start_drive
from toolkit.samples.signs.canvas import Picture
from toolkit.samples.signs.faces import SIGN_NAMES
from toolkit.samples.signs.faults import Fault, SignFaults, plan_faults
from toolkit.samples.signs.slots import TRAIN_FOLDER, Annotation, Slot, list_test, list_train, write_annotations
from toolkit.samples.signs.spoil import spoil
from toolkit.wing import Progress, silent

__all__ = ["DrawnSigns", "SignOptions", "draw_signs"]


@dataclass(frozen=True)
class SignOptions:
    """What to draw.

    Args:
        num_classes: The first so many of `SIGN_NAMES`, in [2, 18].
        tracks: Training tracks a class, at least 1.
        frames: Frames a track, from far to near, at least 1.
        test_tracks: Test pictures a class, each one frame of a track of its own; 0 draws no test part.
        seed: Decides every pixel and every fault, at least 0.
        faults: What is to be wrong with the set.
    """

    num_classes: int = 12
    tracks: int = 14
    frames: int = 8
    test_tracks: int = 24
    seed: int = 0
    faults: SignFaults = field(default_factory=SignFaults)

    def __post_init__(self) -> None:
        check(2 <= self.num_classes <= len(SIGN_NAMES), "SignOptions", "num_classes", f"in [2, {len(SIGN_NAMES)}]", self.num_classes)
        for name, least in (("tracks", 1), ("frames", 1), ("test_tracks", 0), ("seed", 0)):
            check(getattr(self, name) >= least, "SignOptions", name, f"at least {least}", getattr(self, name))
        underfilled, most = self.faults.underfilled_classes, self.num_classes
        check(underfilled <= most, "SignOptions", "faults.underfilled_classes", f"at most {most}", underfilled)


@dataclass(frozen=True)
class DrawnSigns:
    """A drawn set and the truth about it.

    Args:
        folder: Holds ``Final_Training`` and ``Final_Test``.
        num_train: Training pictures, faulty ones included.
        num_test: Test pictures.
        classes: Class folder, e.g. ``"00014"``, and name of each sign, in the folders' order.
        faults: What was planted; empty if nothing was asked for.
    """

    folder: Path
    num_train: int
    num_test: int
    classes: dict[str, str]
    faults: tuple[Fault, ...]


def draw_signs(folder: str | Path, *, options: SignOptions = SignOptions(), progress: Progress = silent) -> DrawnSigns:
    """Draw traffic signs as a car's camera sees them, a folder a class, with boxes and tracks.

    Args:
        folder: Where to; must be new or empty.
        options: How many of what, and which faults.
        progress: Told of each track.

    Returns:
        The folder and what is in it.

    Raises:
        ArgumentError: If the folder holds something, or the set has no room for the faults.

    Example:
        >>> drawn = draw_signs("data/signs", options=SignOptions(tracks=4, faults=SignFaults(unreadable=1)))  # doctest: +SKIP
        >>> drawn.faults  # doctest: +SKIP
        (Fault(kind='unreadable', path='Final_Training/Images/00018/00002_00003.ppm', truth=''),)
    """
    folder = Path(folder)
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    check(is_free, "draw_signs", "folder", "new or empty", str(folder), fix="Remove it, or name another.")
    slots = _list_slots(options)
    faults = plan_faults(slots, options.faults, seed=options.seed)
    annotations = _draw(folder, slots, faults, options, progress)
    annotations |= spoil(folder, faults, annotations, seed=options.seed)
    write_annotations(folder, annotations.values())
    num_test = sum(slot.part == "test" for slot in slots)
    classes = {f"{sign:05d}": SIGN_NAMES[sign] for sign in sorted(_signs(options))}
    return DrawnSigns(folder, len(slots) - num_test, num_test, classes, (*faults, *_underfilled(options)))


def _signs(options: SignOptions) -> list[int]:
    return list(SIGN_NAMES)[: options.num_classes]


def _underfilled(options: SignOptions) -> list[Fault]:
    last = _signs(options)[options.num_classes - options.faults.underfilled_classes :]
    return [Fault("underfilled_classes", f"{TRAIN_FOLDER}/{sign:05d}") for sign in last]


def _list_slots(options: SignOptions) -> list[Slot]:
    poor = {fault.path for fault in _underfilled(options)}
    few = max(1, options.tracks // 6)
    slots = []
    for sign in _signs(options):
        tracks = few if f"{TRAIN_FOLDER}/{sign:05d}" in poor else options.tracks
        slots += list_train(sign, tracks=tracks, frames=options.frames)
    return slots + list_test(_signs(options), tracks=options.test_tracks, frames=options.frames, seed=options.seed)


def _draw(folder: Path, slots: Sequence[Slot], faults: Sequence[Fault], options: SignOptions, progress: Progress) -> dict[str, Annotation]:
    """Draw every picture, wrongly labelled ones with the sign that they are to show."""
    shown = {fault.path: int(fault.truth) for fault in faults if fault.kind == "wrong_labels"}
    annotations = {}
    for parent in {slot.path.rpartition("/")[0] for slot in slots}:
        (folder / parent).mkdir(parents=True)
    for (part, sign, track), shots in groupby(slots, key=lambda slot: (slot.part, slot.sign, slot.track)):
        seed = (options.seed, int(part == "test"), sign, track)
        drives: dict[int, Drive] = {}
        for slot in shots:
            face = shown.get(slot.path, sign)
            if face not in drives:
                drives[face] = start_drive(face, seed)
            picture, box = photograph(drives[face], slot.frame, frames=options.frames)
            (folder / slot.path).write_bytes(_ppm(picture))
            annotations[slot.path] = Annotation(slot.path, sign, picture.shape[1], picture.shape[0], box)
        progress("draw", len(annotations), len(slots))
    return annotations


def _ppm(picture: Picture) -> bytes:
    height, width, _ = picture.shape
    return b"P6\n%d %d\n255\n" % (width, height) + picture.tobytes()
