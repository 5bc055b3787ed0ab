"""What the readers of every layout hand on: series as their source has them, to be put in order, spooled and listed by `read`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.wing import Skipped, Understood

__all__ = ["RawSeries", "RawSource"]


@dataclass(frozen=True, eq=False)
class RawSeries:
    """One series as its source has it: nothing sorted, filled or left out.

    Args:
        name: What the user calls it: its id; empty where a file holds a single one without a name.
        file: The file that it stands in, relative to the source's root.
        values: float64, shape (T, F): a row a step, a column a variable; nan where the source has none.
        time: int64, shape (T,): nanoseconds since 1970 in UTC, as read; None where the source has no stamps.
        label: The class's name, or a number to predict; None if it has none.
        part: The split that the source imposes, as in `toolkit.wing.SPLITS`; empty if it imposes none.
        first_row: Number of the file's line, or row, that the first step stands in, counted from 1; for messages.
    """

    name: str
    file: str
    values: NDArray[np.float64]
    time: NDArray[np.int64] | None = None
    label: str | float | None = None
    part: str = ""
    first_row: int = 1

    def __post_init__(self) -> None:
        check(self.values.ndim == 2, "RawSeries", "values", "of shape (T, F)", self.values.shape, at=self.file)
        good = self.time is None or self.time.shape == self.values.shape[:1]
        check(good, "RawSeries", "time", f"of shape {self.values.shape[:1]}", None if self.time is None else self.time.shape, at=self.file)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class RawSource:
    """A source as one of the readers understood it.

    Args:
        root: The folder that files are relative to, absolute.
        features: Names of the variables, in the order of the values' columns.
        series: Read one after another, once; every one has the same variables.
        zone: The time zone that stamps were read in, a name of the IANA database; empty where there are none, or nothing was said.
        step: What the source itself says lies between two steps, such as ``"1h"`` or ``"1mo"``; empty where it does not.
        target: Names of the variables to foretell, where the source itself says so.
        files: What was read, relative to the root.
        skipped: Inputs that can be no series, and rows that can be no step; those that are met as series are read are added meanwhile.
        understood: What the source was taken for.
        reading: JSON-able: options by name that read another source alike, such as the names of its columns; a checkpoint keeps them.
        note: One line to tell the user; empty if nothing is worth telling.
        file: The one file, relative to the root, that holds all; empty for a folder of files.
    """

    root: str
    features: tuple[str, ...]
    series: Iterable[RawSeries]
    zone: str = ""
    step: str = ""
    target: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    skipped: Sequence[Skipped] = ()
    understood: Understood = field(default_factory=Understood)
    reading: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    file: str = ""
