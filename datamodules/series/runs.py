"""Which rows of a dataset file are one series that goes on: rows come in, stretches of steps in a row go out, to be cut into windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datamodules.records import Records
from toolkit.dataset_file import SplitData

__all__ = ["Runs", "find_runs"]

Steps = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Runs:
    """Steps counted through all rows, series by series, and the runs of them in which futures may lie.

    Args:
        rows: int64, shape (S,): the rows that hold steps, in the order of counting: those of a series stand one behind the other.
        begins: int64, shape (S + 1,): the running step that each of them begins with, and the end.
        places: int64, shape (S,): where each begins in the stored arrays.
        origins: int64, shape (R,): of each run, the first step that a past may reach back to.
        starts: int64, shape (R,): its first own step.
        stops: int64, shape (R,): the step behind its last.
    """

    rows: Steps
    begins: Steps
    places: Steps
    origins: Steps
    starts: Steps
    stops: Steps

    def first_windows(self, window: int) -> Steps:
        """int64, shape (R,): the step with which the first window begins, if there is room for one."""
        return np.maximum(self.origins, self.starts - window)

    def longest(self) -> tuple[int, int]:
        """The most steps that a run has of its own, and with what its past can reach back to."""
        own, reach = (int((self.stops - first).max(initial=0)) for first in (self.starts, self.origins))
        return own, reach


def find_runs(part: SplitData, part_of_row: Steps, own: Steps, *, regular: bool) -> Runs:
    """Find the runs of a file's rows.

    A row goes on where another of the same `source`, of an earlier split, ends: later by `time`, where there are stamps, and where steps
    are regular with no hole between, which would be half as long again as the steps on either side of it, at least.

    Args:
        part: Splits of a file of series, joined in the file's order.
        part_of_row: int64, shape (N,): the number of the split that each of the rows is of.
        own: int64, shape (M,): the rows in which futures may lie.
        regular: Whether one step is as long as another, or months or years are.
    """
    offsets = np.zeros(1, np.int64) if part.offsets is None else part.offsets
    ids: dict[str, int] = {}
    series = np.array([ids.setdefault(name, len(ids)) for name in part.source], np.int64)
    rows = np.argsort(series, kind="stable")
    rows = rows[np.diff(offsets)[rows] > 0]
    first, end, mine = offsets[rows], offsets[rows + 1], np.isin(rows, own)
    begins = np.concatenate([[0], np.cumsum(end - first)])
    goes_on = np.zeros(len(rows), bool)
    goes_on[1:] = (np.diff(series[rows]) == 0) & (np.diff(part_of_row[rows]) > 0)
    if "time" in part.arrays and len(rows):
        goes_on[1:] &= _is_next_step(Records(part.pieces("time")), first, end, regular=regular)
    origins = np.maximum.accumulate(np.where(goes_on, 0, begins[:-1]))
    inside = np.append(goes_on[1:] & mine[1:] & mine[:-1], False)  # a row whose own steps go on in the next
    starts, last = np.flatnonzero(mine & ~np.roll(inside, 1)), np.flatnonzero(mine & ~inside)
    return Runs(rows, begins, first, origins[starts], begins[starts], begins[last + 1])


def _is_next_step(time: Records, first: Steps, end: Steps, *, regular: bool) -> NDArray[np.bool_]:
    """Tell for each row but the first whether it begins a step behind the one before, if both are of one series."""
    gap = time.take(first[1:]).numpy() - time.take(end[:-1] - 1).numpy()
    behind, before = (time.take(place).numpy() for place in (np.minimum(first + 1, end - 1), np.maximum(end - 2, first)))
    step = np.maximum((behind - time.take(first).numpy())[1:], (time.take(end - 1).numpy() - before)[:-1])
    near = (2 * gap <= 3 * step) | (step == 0)
    return np.asarray((gap > 0) & (near | (not regular)))
