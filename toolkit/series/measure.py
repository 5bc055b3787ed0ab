"""What series are like, in numbers: stretches of them come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.faults import runs_of_equal
from toolkit.series.stretch import walk_stretches, without_filled
from toolkit.wing import Encoded, Manifest

__all__ = ["COLUMNS", "MIN_DISTINCT", "MeasureStored", "measure", "measure_stored", "measure_stored_as"]

COLUMNS = {
    "steps": "int64",
    "missing": "float32",
    "mean": "float64",
    "deviation": "float64",
    "lowest": "float64",
    "highest": "float64",
    "constant": "int32",
    "stuck": "int64",
    "gap": "int64",
    "first_time": "int64",
    "last_time": "int64",
    "values_hash": "uint64",
}
"""What `measure` and `measure_stored` find, and the dtype of each column."""

MIN_DISTINCT = 8
"""Stretches of fewer different values are equal by chance, and have no hash."""


def measure(rows: Manifest) -> Encoded:
    """Measure raw series; the wing's `measure` for `toolkit.statistics`.

    Args:
        rows: Of kind ``"series"``.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`, of what the source has: what was filled in counts as missing.

        - steps: how many. missing: values that are, as a share of all, in [0, 1].
        - mean, deviation, lowest, highest: of the known values of all variables together; 0 without one.
        - constant: variables of one value only. stuck: steps of the longest run of equal values of any other variable.
        - gap: steps of the longest run without any value, or that stamps jump over, by their commonest distance.
        - first_time, last_time: ns since 1970, 0 without stamps.
        - values_hash: 64 bits of a digest: equal where values are, whatever their times; 0 where there are too few different ones.
    """
    return _measure_all((stretch.values, stretch.time) for stretch in walk_stretches(rows, np.arange(len(rows))))


def measure_stored(arrays: Mapping[str, NDArray[Any]], lengths: NDArray[np.int64] | None = None) -> Encoded:
    """Measure series as a dataset file holds them; the wing's `measure_stored` for `toolkit.statistics`.

    Args:
        arrays: ``x``, float32 (steps, F), all series end to end; ``time`` and ``mask`` if the file has them.
        lengths: int64, shape (N,): steps of each series.

    Returns:
        What `measure` returns.
    """
    return MeasureStored()(arrays, lengths)


def measure_stored_as(pipeline: Mapping[str, Any]) -> MeasureStored:
    """Return what measures the variables of a file with this pipeline: columns of the calendar are none."""
    return MeasureStored(len(pipeline["features"]) - 2 * len(pipeline["calendar"]))


@dataclass(frozen=True)
class MeasureStored:
    """Measures stored series as `measure_stored` does, of their first variables alone: the calendar stands behind them.

    Args:
        num_variables: How many; None takes all.
    """

    num_variables: int | None = None

    def __call__(self, arrays: Mapping[str, NDArray[Any]], lengths: NDArray[np.int64] | None = None) -> Encoded:
        """Measure some rows."""
        ends = np.cumsum(lengths if lengths is not None else [], dtype=np.int64)
        mask, time = arrays.get("mask"), arrays.get("time")
        pieces = [slice(start, stop) for start, stop in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=False)]
        return _measure_all(
            (
                without_filled(arrays["x"][here], None if mask is None else mask[here])[:, : self.num_variables],
                None if time is None else time[here],
            )
            for here in pieces
        )


def _measure_all(series: Iterable[tuple[NDArray[np.float32], NDArray[np.int64] | None]]) -> Encoded:
    found = [_measure(values, time) for values, time in series]
    return Encoded({name: np.array([row[name] for row in found], dtype) for name, dtype in COLUMNS.items()})


def _measure(values: NDArray[np.float32], time: NDArray[np.int64] | None) -> dict[str, float]:
    unknown = np.isnan(values)
    runs = [runs_of_equal(column) for column in values.T]
    constant = [len(np.unique(run.value)) == 1 for run in runs]
    moving = [int(run.length.max(initial=0)) for run, still in zip(runs, constant, strict=True) if not still]
    known = values[~unknown].astype(np.float64)
    figures = (known.mean(), known.std(), known.min(), known.max()) if len(known) else (0.0,) * 4
    return {
        "steps": len(values),
        "missing": float(unknown.mean()) if unknown.size else 0.0,
        **dict(zip(("mean", "deviation", "lowest", "highest"), figures, strict=True)),
        "constant": sum(constant),
        "stuck": max(moving, default=0),
        "gap": max(_longest(np.all(unknown, axis=1)), _longest_jump(time)),
        "first_time": 0 if time is None or not len(time) else int(time[0]),
        "last_time": 0 if time is None or not len(time) else int(time[-1]),
        "values_hash": _hash(values, unknown),
    }


def _longest(flags: NDArray[np.bool_] | np.bool_) -> int:
    """The longest run of steps that are so."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _longest_jump(time: NDArray[np.int64] | None) -> int:
    """Steps of the commonest distance that fit between two stamps and are not there."""
    apart = np.diff(time) if time is not None else np.empty(0, np.int64)
    apart = apart[apart > 0]
    if not len(apart):
        return 0
    distances, count = np.unique(apart, return_counts=True)
    usual = int(distances[np.argmax(count)])
    return int(distances[-1]) // usual - 1 if 2 * count.max() > len(apart) else 0


def _hash(values: NDArray[np.float32], unknown: NDArray[np.bool_]) -> int:
    few = values[: 64 * MIN_DISTINCT]
    if len(np.unique(few[~unknown[: len(few)]])) < MIN_DISTINCT and len(np.unique(values[~unknown])) < MIN_DISTINCT:
        return 0
    told = np.where(unknown, np.float32(np.nan), values) + np.float32(0)  # one nan, one 0
    return max(1, int.from_bytes(hashlib.blake2b(told.tobytes(), digest_size=8).digest(), "little"))
