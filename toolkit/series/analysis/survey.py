"""What each variable of each stretch is like: stretches come in, one after another, tables of figures go out, to findings and topics."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.faults import FarValue, find_far_value, find_spikes, find_stuck, runs_of_equal
from toolkit.series.analysis.summer_time import find_skipped_hours
from toolkit.series.stretch import UNSPLIT, Setting, Stretch

__all__ = ["BLOCKS", "Survey", "Table", "survey"]

BLOCKS = 16
"""Equal pieces of a stretch whose means and deviations are kept."""

Table = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Survey:
    """Figures of N stretches with F variables each.

    Args:
        setting: What they have in common.
        row: Of each its row of the manifest.
        name: What its series is called.
        part: Its split, or `UNSPLIT`.
        steps: int64 (N,).
        known: int64 (N, F): values that are there.
        mean: float64 (N, F), nan where nothing is known; so are the next three.
        deviation: Of the population.
        lowest: The least value.
        highest: The largest.
        block_mean: float64 (N, `BLOCKS`, F), of equal pieces; nan where one has no value.
        block_deviation: The same for deviations.
        stuck: int64 (N, F): steps in runs of one value that are too long.
        stuck_at: int64 (N, F): first step of the longest.
        spikes: int64 (N, F): single steps that stand out.
        spike_at: int64 (N, F): the worst.
        empty: int64 (N,): steps without any value.
        gaps: int64 (N,): runs of these.
        empty_at: int64 (N,): first step of their longest run; −1 if there is none.
        skipped: int64 (N,): hours that are missing where summer time skips one.
        far: (Stretch, variable) → a value far from all others.
        stamps: (Stretch, step) → its time, ns, of the steps above, the first and the last.
    """

    setting: Setting
    row: Table
    name: list[str]
    part: Table
    steps: Table
    known: Table
    mean: Table
    deviation: Table
    lowest: Table
    highest: Table
    block_mean: Table
    block_deviation: Table
    stuck: Table
    stuck_at: Table
    spikes: Table
    spike_at: Table
    empty: Table
    gaps: Table
    empty_at: Table
    skipped: Table
    far: dict[tuple[int, int], FarValue] = field(default_factory=dict)
    stamps: dict[tuple[int, int], int] = field(default_factory=dict)

    def of_part(self, *parts: str) -> NDArray[np.int64]:
        """The stretches of some parts, int64."""
        return np.flatnonzero(np.isin(self.part, parts))

    @property
    def fitted(self) -> NDArray[np.int64]:
        """The stretches that something may be fitted on: those of train and of no split yet."""
        return self.of_part("train", UNSPLIT)


def survey(stretches: Iterable[Stretch], setting: Setting) -> Survey:
    """Look at each stretch once.

    Args:
        stretches: One after another; none is kept.
        setting: What they have in common.
    """
    num, told = len(setting.features), list[dict[str, Any]]()
    far, stamps = dict[tuple[int, int], FarValue](), dict[tuple[int, int], int]()
    names, parts, rows = list[str](), list[str](), list[int]()
    for i, stretch in enumerate(stretches):
        row, found = _look_at(stretch)
        told.append(row)
        far |= {(i, variable): value for variable, value in found.items()}
        places = {
            0,
            len(stretch.values) - 1,
            *row["stuck_at"].tolist(),
            *row["spike_at"].tolist(),
            int(row["empty_at"]),
            *(value.first for value in found.values()),
        }
        stamps |= {(i, place): int(stretch.time[place]) for place in places if stretch.time is not None and 0 <= place < len(stretch.time)}
        names.append(stretch.name)
        parts.append(stretch.part)
        rows.append(stretch.row)
    shapes: dict[str, tuple[int, ...]] = {"block_mean": (BLOCKS, num), "block_deviation": (BLOCKS, num)}
    shapes |= dict.fromkeys(("steps", "empty", "gaps", "empty_at", "skipped"), ())
    columns = {name: np.array([row[name] for row in told]).reshape(-1, *shapes.get(name, (num,))) for name in _NAMES}
    return Survey(setting, np.array(rows, np.int64), names, np.array(parts, np.str_), **columns, far=far, stamps=stamps)


_NAMES = (
    "steps", "known", "mean", "deviation", "lowest", "highest", "block_mean", "block_deviation", "stuck", "stuck_at", "spikes",
    "spike_at", "empty", "gaps", "empty_at", "skipped",
)  # fmt: skip


def _look_at(stretch: Stretch) -> tuple[dict[str, Any], dict[int, FarValue]]:
    values, known = stretch.values, ~np.isnan(stretch.values)
    some: NDArray[np.bool_] = np.any(known, axis=1)
    columns = [_look_at_variable(column) for column in values.T]
    empty = runs_of_equal(np.where(some, np.nan, 0.0))
    edges = np.linspace(0, len(values), BLOCKS + 1).astype(np.int64)
    blocks, whole = _means_and_deviations(values, edges), _means_and_deviations(values, edges[[0, -1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of nothing but nan the least is nan
        lowest, highest = (edge(values, axis=0) if len(values) else np.full(values.shape[1], np.nan) for edge in (np.nanmin, np.nanmax))
    skipped = 0 if stretch.time is None else len(find_skipped_hours(stretch.time, some))
    row = {
        "steps": len(values),
        "known": known.sum(axis=0),
        "mean": whole[0][0],
        "deviation": whole[1][0],
        "lowest": lowest.astype(np.float64),
        "highest": highest.astype(np.float64),
        "block_mean": blocks[0],
        "block_deviation": blocks[1],
        "empty": int((~some).sum()),
        "gaps": len(empty.start),
        "empty_at": int(empty.start[np.argmax(empty.length)]) if len(empty.start) else -1,
        "skipped": skipped,
    }
    row |= {name: np.array([column[0][name] for column in columns], np.int64) for name in ("stuck", "stuck_at", "spikes", "spike_at")}
    return row, {i: far for i, (_, far) in enumerate(columns) if far is not None}


def _look_at_variable(values: NDArray[np.float32]) -> tuple[dict[str, int], FarValue | None]:
    values = np.ascontiguousarray(values)
    runs = runs_of_equal(values)
    stuck, spikes = find_stuck(runs), find_spikes(values)
    figures = {
        "stuck": int(runs.length[stuck].sum()),
        "stuck_at": int(runs.start[stuck[0]]) if len(stuck) else -1,
        "spikes": len(spikes),
        "spike_at": int(spikes[0]) if len(spikes) else -1,
    }
    return figures, find_far_value(values)


def _means_and_deviations(values: NDArray[np.float32], edges: NDArray[np.int64]) -> tuple[Table, Table]:
    """Return those of the pieces between some edges, float64 (pieces, F) each; nan where one has no value."""
    some, lengths = np.diff(edges) > 0, np.diff(edges)
    starts = edges[:-1][some]
    known = ~np.isnan(values)
    shape = len(lengths), values.shape[1]
    mean, deviation = np.full(shape, np.nan), np.full(shape, np.nan)
    if len(starts):
        with np.errstate(divide="ignore", invalid="ignore"):
            count = np.add.reduceat(known, starts, axis=0, dtype=np.int64)
            mean[some] = np.add.reduceat(np.where(known, values, 0), starts, axis=0, dtype=np.float64) / count
            apart = np.where(known, values - np.repeat(mean, lengths, axis=0), 0)
            deviation[some] = np.sqrt(np.add.reduceat(apart**2, starts, axis=0) / count)
    return mean, deviation
