"""Which samples a report shows: a table and rows come in, pictures with captions go out, until the page's share of bytes is spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.report.content import UNSPLIT, label_pairs
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS, Finding, Manifest

__all__ = ["ClassShown", "FindingShown", "Gallery", "ShowSamples", "Shown"]

PICTURE_BYTES = 3_000_000
"""What all pictures of a page may take, of the 5 MB that mail and notebooks bear."""

PER_FINDING, SETS, PER_SET = 24, 12, 6
PER_CLASS, CLASSES, PER_MEAN, WITHOUT_CLASSES = 6, 100, 64, 48


class ShowSamples(Protocol):
    """What a wing's `Show` offers: how its samples are shown."""

    @property
    def meanings(self) -> Mapping[str, str]:
        """The measured columns that are summed up, and what each of them is."""
        ...

    @property
    def histograms(self) -> tuple[str, ...]:
        """Columns whose distribution is drawn by split."""
        ...

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Columns whose joint distribution is drawn, and their ratio."""
        ...

    def pictures(self, rows: Manifest) -> list[str]:
        """Return a ``data:image/…`` address for each row, empty for one that cannot be shown."""
        ...

    def average(self, rows: Manifest) -> str:
        """Return the address of the mean of some rows, empty if none can be shown."""
        ...

    def excerpts(self, rows: Manifest) -> list[str]:
        """Return what each row says, for kinds without pictures; empty otherwise."""
        ...


@dataclass(frozen=True)
class Shown:
    """A sample on the page.

    Args:
        picture: Its data address; empty where it cannot be read, or no bytes are left.
        name: Where it comes from.
        caption: Its class and split.
        notes: What else is said of it, line by line.
        excerpt: What it says itself, where it is no picture.
    """

    picture: str
    name: str
    caption: str
    notes: Sequence[str] = ()
    excerpt: str = ""


@dataclass(frozen=True)
class FindingShown:
    """A finding's samples.

    Args:
        samples: The worst first.
        sets: Samples that belong together, side by side.
        more: How many samples of each of `sets` are not shown.
    """

    samples: Sequence[Shown]
    sets: Sequence[Sequence[Shown]]
    more: Sequence[int] = ()

    @property
    def num_shown(self) -> int:
        """How many samples are shown, in sets or one by one."""
        return len(self.samples) + sum(map(len, self.sets))


@dataclass(frozen=True)
class ClassShown:
    """A class on the page.

    Args:
        name: The class; empty where there are no classes.
        mean: Data address of its mean; empty if there is none.
        samples: Some of its samples.
    """

    name: str
    mean: str
    samples: Sequence[Shown]


class Gallery:
    """Hands out pictures of a table's rows.

    Args:
        statistics: The table.
        show: The wing's pictures.
        max_bytes: What all of them may take together.
    """

    def __init__(self, statistics: Statistics, show: ShowSamples, *, max_bytes: int = PICTURE_BYTES) -> None:
        self._manifest, self._measured, self._show, self._left = statistics.manifest, statistics.measured, show, max_bytes

    def finding(self, finding: Finding) -> FindingShown:
        """Show a finding's sets if it has some, else its samples."""
        if finding.sets:
            drawn = finding.sets[:SETS]
            return FindingShown((), [self._draw(rows[:PER_SET]) for rows in drawn], [max(0, len(rows) - PER_SET) for rows in drawn])
        return FindingShown(self._draw(finding.samples[:PER_FINDING], finding.notes), ())

    def classes(self) -> list[ClassShown]:
        """Show the mean and some samples of each class, of many only the largest and the smallest; without classes, some of all samples."""
        place, number = label_pairs(self._manifest, self._measured)
        if not len(place):
            samples = self._draw(_spread(self._measured, WITHOUT_CLASSES))
            return [ClassShown("", "", samples)] if samples else []
        order = np.argsort(number, kind="stable")
        sizes = np.bincount(number, minlength=len(self._manifest.classes))
        rows = np.split(self._measured[place[order]], np.cumsum(sizes)[:-1])
        chosen = np.arange(len(sizes))
        if len(sizes) > CLASSES:
            by_size = np.argsort(-sizes, kind="stable")
            chosen = np.concatenate([by_size[: CLASSES // 2], by_size[-CLASSES // 2 :]])
        return [self._class(self._manifest.titles[i], rows[i]) for i in chosen if len(rows[i])]

    def _class(self, name: str, rows: NDArray[np.int64]) -> ClassShown:
        mean = self._show.average(self._manifest.take(np.array(_spread(rows, PER_MEAN)))) if self._left > 0 else ""
        self._left -= len(mean)
        return ClassShown(name, mean, self._draw(_spread(rows, PER_CLASS)))

    def _draw(self, rows: Sequence[int], notes: Sequence[str] = ()) -> list[Shown]:
        some = self._manifest.take(np.array(rows, np.int64))
        pictures, excerpts = (self._show.pictures(some), self._show.excerpts(some)) if self._left > 0 else ([""] * len(rows),) * 2
        shown = []
        for row, picture, excerpt, note in zip_longest(rows, pictures, excerpts, notes[: len(rows)]):
            kept, said = (part if len(part) <= self._left else "" for part in (picture, excerpt))
            self._left -= len(kept) + len(said)
            shown.append(Shown(kept, self._manifest.origin[row], self._caption(row), [note] if note else (), said))
        return shown

    def _caption(self, row: int) -> str:
        split: Any = None if self._manifest.split is None else self._manifest.split[row]
        names = [self._manifest.titles[i] for i in label_pairs(self._manifest, np.array([row]))[1]]
        return " · ".join([*names, *([] if split is None else [SPLITS[split] if split >= 0 else UNSPLIT])])


def _spread(rows: NDArray[np.int64], count: int) -> list[int]:
    """Some of the rows, evenly spaced from the first to the last."""
    chosen: list[int] = rows[np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(np.int64))].tolist()
    return chosen
