"""Faults that a drawn set carries on request: how many of each come in, which files get them goes out, for `draw` to plant.

Nothing is written here: the plan is drawn from the seed alone, and the caller gets it back as the truth that checks must find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from toolkit.errors import ArgumentError, check, wording
from toolkit.samples.signs.slots import Slot

__all__ = ["Fault", "SignFaults", "plan_faults"]

_STREAM = 7  # keeps these draws apart from those of other modules


@dataclass(frozen=True)
class SignFaults:
    """How many files get each fault; no file gets two.

    Args:
        unreadable: Training files that hold random bytes.
        truncated: Training files that end in the middle.
        wrong_labels: Training pictures that show another class of the set than their folder says.
        duplicates: Training files that are a copy of a file of another track.
        near_duplicates: Training pictures that are a brighter, recompressed copy of one of another track.
        leaks: Test files that are a copy of a training file.
        underfilled_classes: Classes, the last ones of the set, that have a sixth of the tracks.
    """

    unreadable: int = 0
    truncated: int = 0
    wrong_labels: int = 0
    duplicates: int = 0
    near_duplicates: int = 0
    leaks: int = 0
    underfilled_classes: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            check(getattr(self, field.name) >= 0, "SignFaults", field.name, "at least 0", getattr(self, field.name))


@dataclass(frozen=True, order=True)
class Fault:
    """One fault and where it is.

    Args:
        kind: The field of `SignFaults` that asked for it.
        path: The file, or the folder of an under-filled class, relative to the set's folder.
        truth: The file that a copy was made from, or the folder name of the class that a wrongly labelled picture shows; else empty.
    """

    kind: str
    path: str
    truth: str = ""


def plan_faults(slots: Sequence[Slot], faults: SignFaults, *, seed: int) -> tuple[Fault, ...]:
    """Choose the files that get each fault.

    Args:
        slots: Every picture of the set.
        faults: How many of each; under-filled classes are the business of `list_slots`.
        seed: Decides the choice.

    Returns:
        The faults, kind by kind. A file that others are copied from has no fault of its own.

    Raises:
        ArgumentError: If the set is too small for them.
    """
    rng = np.random.default_rng((seed, _STREAM))
    lots = {part: _Lot([slots[i] for i in rng.permutation(len(slots)) if slots[i].part == part]) for part in ("train", "test")}
    train, test = lots["train"], lots["test"]
    signs = sorted({slot.sign for slot in slots})
    planned = [Fault("unreadable", train.draw().path) for _ in range(faults.unreadable)]
    planned += [Fault("truncated", train.draw().path) for _ in range(faults.truncated)]
    for _ in range(faults.wrong_labels):
        slot = train.draw()
        shown = int(rng.choice([sign for sign in signs if sign != slot.sign]))
        planned.append(Fault("wrong_labels", slot.path, f"{shown:05d}"))
    for kind, lot in (("duplicates", train), ("near_duplicates", train), ("leaks", test)):
        for _ in range(getattr(faults, kind)):
            copy = lot.draw()
            planned.append(Fault(kind, copy.path, train.draw(twin_of=copy).path))
    return tuple(planned)


class _Lot:
    """Slots without a fault yet, in random order."""

    def __init__(self, slots: list[Slot]) -> None:
        self._slots = slots

    def draw(self, twin_of: Slot | None = None) -> Slot:
        """Take a slot out of the lot: the next one, or the next of a slot's class and of another track."""
        for position, slot in enumerate(self._slots):
            if twin_of is None or (slot.sign == twin_of.sign and (slot.part, slot.track) != (twin_of.part, twin_of.track)):
                return self._slots.pop(position)
        raise ArgumentError(wording("draw_signs", "faults", "fewer than the set has room for", "too many", fix="Draw more tracks."))
