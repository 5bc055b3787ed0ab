"""What names of files suggest: numbered frames of sequences, which belong together, although no source says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frames", "find_frames"]

PATTERN = r"^(.+)[ _.-](?:frame|frm)?\d+\.\w+$"
"""What a frame's name is like: that of its sequence, then its own number; both keep the folder, as tracks are numbered in each."""

PEOPLE = r"([^/]*(?:person|subject|patient|user|speaker|actor)[^/]*)[ _.-](?:frame|frm)?\d+\.\w+$"
"""People are the same whichever folder they stand in."""

_FEW = 2
_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Frames:
    """Sequences of frames, by the names of samples.

    Args:
        pattern: The regular expression that finds a sample's sequence in its path.
        sequence: int64, shape (N,): the sequence of each sample, −1 where its name is none of a frame.
        count: How many sequences have at least two frames.
        example: The names of two frames of one.
    """

    pattern: str
    sequence: NDArray[np.int64]
    count: int
    example: tuple[str, str]


def find_frames(names: Sequence[str]) -> Frames | None:
    """Tell whether names look like numbered frames of sequences.

    Args:
        names: Paths of samples, relative to their source.

    Returns:
        The sequences, if at least two have two frames or more each and take in half of the samples, and if what they are called has a
        number or stands for people: ``00001_00007.png`` or ``person3_02.jpg``, but not ``IMG_0007.png``, which cameras number.
    """
    for pattern in (PEOPLE, PATTERN):
        search = re.compile(pattern).search
        found = [match[1] if (match := search(name)) else None for name in names]
        counts = Counter(name for name in found if name is not None and (pattern == PEOPLE or _has_number(name)))
        sequences = [name for name, count in counts.items() if count >= _FEW]
        covered = sum(counts[name] for name in sequences)
        if len(sequences) >= _FEW and covered >= _SHARE * len(names) and _share_folders(names, found):
            place = {name: i for i, name in enumerate(sequences)}
            numbers = np.fromiter((place.get(name, -1) if name is not None else -1 for name in found), np.int64, len(names))
            first, second = np.flatnonzero(numbers == 0)[:_FEW].tolist()
            return Frames(pattern, numbers, len(sequences), (names[first], names[second]))
    return None


def _share_folders(names: Sequence[str], found: Sequence[str | None]) -> bool:
    """Whether some folder holds several sequences: ``n01440764/n01440764_18.JPEG`` says only the folder's name once more."""
    pairs = {(name.rpartition("/")[0], sequence) for name, sequence in zip(names, found, strict=True) if sequence is not None}
    return max(Counter(folder for folder, _ in pairs).values(), default=0) >= _FEW


def _has_number(name: str) -> bool:
    return any(character.isdigit() for character in name.rpartition("/")[2])
