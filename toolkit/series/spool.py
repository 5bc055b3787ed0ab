"""The steps of all series between reading and export: a record a step, end to end in a temporary file, read in slices by any process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.sources import SpoolFile
from toolkit.wing import Manifest

__all__ = ["STEPS_AT_ONCE", "append_steps", "count_cut_off", "open_steps", "step_dtype", "walk_steps"]

Records = NDArray[np.void]

STEPS_AT_ONCE = 1 << 16
"""Steps that are held in memory where a series is gone through."""


def step_dtype(num_features: int) -> np.dtype[np.void]:
    """Return the dtype of a step: ``x`` float32 (F,); ``time`` int64, ns since 1970, 0 without stamps; ``missing`` uint8 (F,), 1 or 0."""
    return np.dtype([("time", "<i8"), ("x", "<f4", (num_features,)), ("missing", "u1", (num_features,))])


def append_steps(
    spool: SpoolFile, values: NDArray[np.floating[Any]], missing: NDArray[np.bool_], time: NDArray[np.int64] | None
) -> tuple[int, int]:
    """Write the steps of a series behind those of the others.

    Args:
        spool: Holds nothing but steps of as many variables.
        values: Shape (T, F), within the range of float32; nan where nothing is known.
        missing: Shape (T, F): where the source has no value.
        time: Shape (T,); None without stamps.

    Returns:
        The number of its first step, and of the one behind its last.
    """
    dtype = step_dtype(values.shape[1])

    def pieces() -> Iterator[memoryview]:
        for start in range(0, len(values), STEPS_AT_ONCE):
            some = slice(start, start + STEPS_AT_ONCE)
            records = np.zeros(len(values[some]), dtype)
            records["x"], records["missing"] = values[some], missing[some]
            if time is not None:
                records["time"] = time[some]
            yield records.view(np.uint8).data

    first, behind = spool.fill(pieces())
    return first // dtype.itemsize, behind // dtype.itemsize


def open_steps(manifest: Manifest) -> Records:
    """Return all steps that a manifest's rows are slices of, by their columns ``start`` and ``stop``: shape (steps,), mapped from the file.

    Args:
        manifest: As `toolkit.series.read` returns it.
    """
    dtype = step_dtype(len(manifest.reading["features"]))
    if manifest.spool is None or not len(manifest) or not manifest.columns["stop"].any():
        return np.empty(0, dtype)  # an empty file cannot be mapped
    return np.memmap(manifest.spool.path, dtype, "r")


def walk_steps(manifest: Manifest) -> Iterator[Records]:
    """Yield the steps of some rows, row by row, at most `STEPS_AT_ONCE` together.

    What a row knows rests on its own steps and earlier ones: values that were filled in up to its end, on the way to one behind it, are
    nan again.

    Args:
        manifest: The rows.
    """
    steps = open_steps(manifest)
    for start, stop in zip(manifest.columns["start"].tolist(), manifest.columns["stop"].tolist(), strict=True):
        known = _known_until(steps[start:stop])
        for first in range(start, stop, STEPS_AT_ONCE):
            some = np.asarray(steps[first : min(first + STEPS_AT_ONCE, stop)])
            if first - start + len(some) > known.min(initial=stop - start):
                some = some.copy()
                some["x"][np.arange(first - start, first - start + len(some))[:, None] >= known] = np.nan
            yield some


def count_cut_off(manifest: Manifest) -> int:
    """Count the values that were filled in on the way to one behind their row, and that `walk_steps` leaves missing.

    Args:
        manifest: The rows.
    """
    steps = open_steps(manifest)
    ends = manifest.columns["stop"] - 1
    count = 0
    for row in np.flatnonzero(steps["missing"][ends].any(axis=1)).tolist():
        own = steps[int(manifest.columns["start"][row]) : int(manifest.columns["stop"][row])]
        behind = np.arange(len(own))[:, None] >= _known_until(own)
        count += int((behind & ~np.isnan(own["x"])).sum())
    return count


def _known_until(steps: Records) -> NDArray[np.int64]:
    """By variable, the number of steps up to the last one that the source has a value of; those behind it are missing or filled in."""
    found, size = np.zeros(steps.dtype["missing"].shape, np.int64), 1024
    for stop in range(len(steps), 0, -size):
        known = steps["missing"][max(0, stop - size) : stop][::-1] == 0
        last = np.where(known.any(axis=0), stop - known.argmax(axis=0), 0)
        found = np.maximum(found, last)
        if found.all():
            break
    return found
