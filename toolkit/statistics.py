"""Statistics of samples: a manifest and a wing's `measure` come in, a table goes out, kept for next time, to reports and checks."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD, digest_file, digest_manifest
from toolkit.dataset_file import DatasetFile
from toolkit.wing import SPLITS, Encode, Encoded, Manifest, Progress, silent
from toolkit.workers import Crash, WorkerPool

__all__ = ["QUANTILES", "MeasureFile", "Statistics", "gather_statistics"]

BLOCK = 256
"""Rows whose files are read again at a time."""

FIRST_ROWS, MOST_ROWS, BLOCK_S = 16, 512, 0.04
"""Rows measured at a time: at first, if there are many, and at most; and the seconds that they are to take. Small pictures then cost no
waiting for the next ones, a folder of large ones shows its progress, and a few huge ones are shared out."""

_CRASHED = "a worker process crashed at it"

_Task = tuple[int, Manifest]

MeasureStored = Callable[[Mapping[str, NDArray[Any]], NDArray[np.int64] | None], Encoded]
"""A wing's function: stored arrays of some rows, and lengths where these vary, in; an array of shape (N,) for each column out."""

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True, eq=False)
class Statistics:
    """A row of figures for each sample.

    Args:
        manifest: The samples.
        columns: What the wing measured, each of shape (N,); zeros in rows that failed.
        failures: Row → why it could not be measured.
        contents: `toolkit.contents.digest_contents` of what was read for each row, uint8, shape (N, 16); zeros where none was taken.
    """

    manifest: Manifest
    columns: Mapping[str, NDArray[Any]]
    failures: Mapping[int, str]
    contents: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.manifest)

    @property
    def measured(self) -> NDArray[np.int64]:
        """The rows that did not fail, int64, rising."""
        good = np.ones(len(self), np.bool_)
        good[list(self.failures)] = False
        return np.flatnonzero(good)

    def summarise(self, name: str, rows: NDArray[np.int64] | None = None) -> dict[str, float]:
        """Sum up a column.

        Args:
            name: The column.
            rows: int64: the rows that count; None takes all that were measured.

        Returns:
            ``mean``, ``std`` and the `QUANTILES` as ``q01``, …, ``q50``, …; nan where there is no row.
        """
        values = self.columns[name][self.measured if rows is None else rows].astype(np.float64)
        if not len(values):
            values = np.array([np.nan])
        quantiles = np.quantile(values, QUANTILES)
        marks = {f"q{round(100 * share):02d}": float(value) for share, value in zip(QUANTILES, quantiles, strict=True)}
        return {"mean": float(values.mean()), "std": float(values.std()), **marks}


@dataclass(frozen=True, repr=False)
class MeasureFile:
    """Measures the rows that `toolkit.dataset_file.list_samples` lists, as they are stored; it pickles as the file's path and checksum.

    Args:
        file: An open dataset file.
        measure: The wing's `measure_stored`.
    """

    file: DatasetFile
    measure: MeasureStored

    def __repr__(self) -> str:
        return f"{self.measure.__module__} of {self.file.digest}"  # kept statistics are those of this very file

    def __call__(self, rows: Manifest) -> Encoded:
        """Measure some rows, in their order."""
        split = np.empty(0, np.int8) if rows.split is None else rows.split
        found = [self._measure(SPLITS[part], rows.columns["row"][split == part]) for part in np.unique(split)]
        found = found or [self._measure(self.file.splits[0], np.empty(0, np.int64))]
        place = np.argsort(np.argsort(split, kind="stable"))
        return Encoded({name: np.concatenate([part.arrays[name] for part in found])[place] for name in found[0].arrays})

    def _measure(self, split: str, rows: NDArray[np.int64]) -> Encoded:
        part = self.file[split]
        taken = {name: part.take(rows, name) for name in part.arrays}
        lengths = next(iter(taken.values()))[1]
        return self.measure({name: values for name, (values, _) in taken.items()}, lengths)


def gather_statistics(
    manifest: Manifest, measure: Encode, *, keep: Path | None = None, workers: int = 0, progress: Progress = silent
) -> Statistics:
    """Measure every sample, or take up what an earlier call has kept of the very same ones.

    Args:
        manifest: The samples.
        measure: The wing's: rows in, an `Encoded` with an array of shape (N,) for each column out; picklable.
        keep: File to keep the table in; None keeps nothing. One that cannot be written is done without.
        workers: Processes that measure; 0 works in this one.
        progress: Told of "measuring", or of "reading" where kept rows are compared with their files.

    A row at which a worker process crashes fails, and says so; the others go on.
    """
    name = getattr(measure, "__qualname__", None) or repr(measure)  # a function's repr holds an address, another in each process
    told = f"{digest_manifest(manifest)} {measure.__module__}.{name} {_definition(measure)}"
    key = hashlib.sha256(told.encode()).hexdigest()
    with WorkerPool(workers, measure.__module__) as pool:
        columns = {name: np.zeros(len(manifest), array.dtype) for name, array in measure(manifest.take(np.arange(0))).arrays.items()}
        empty = Statistics(manifest, columns, {}, np.zeros((len(manifest), len(UNREAD)), np.uint8))
        kept = _take_up(keep, key, empty, pool, progress) if keep else None
        found = kept or _measure_all(empty, measure, pool, min(FIRST_ROWS, 1 + len(manifest) // (8 * max(1, workers))), progress)
    lasting = not any(reason.startswith(_CRASHED) for reason in found.failures.values())  # next time, a crash may be none
    if keep is not None and kept is None and lasting:
        _keep(keep, key, found)
    return found


def _definition(measure: Encode) -> str:
    """Return the source of what is measured, and of its neighbours: figures kept by another version of them are measured anew."""
    module = sys.modules[measure.measure.__module__ if isinstance(measure, MeasureFile) else measure.__module__]
    source = getattr(module, "__file__", None)  # none if typed at a prompt
    return "".join(path.read_text(encoding="utf-8") for path in sorted(Path(source).parent.glob("*.py"))) if source else ""


def _measure_all(empty: Statistics, measure: Encode, pool: WorkerPool, size: int, progress: Progress) -> Statistics:
    """Fill an empty table, at first `size` rows at a time."""
    manifest, columns, contents = empty.manifest, empty.columns, empty.contents
    failures: dict[int, str] = {}
    drawn, done = 0, 0

    def draw() -> Iterator[_Task]:
        nonlocal drawn
        while drawn < len(manifest):
            start, drawn = drawn, min(drawn + size, len(manifest))
            yield start, manifest.take(np.arange(start, drawn))

    for start, count, encoded, seconds in _measure_tasks(measure, draw(), pool):
        for name, values in encoded.arrays.items():
            columns[name][start : start + count] = values
        failures |= {start + row: reason for row, reason in encoded.failures.items()}
        if encoded.contents is not None:
            contents[start : start + count] = np.frombuffer(b"".join(encoded.contents), np.uint8).reshape(count, -1)
        size = min(MOST_ROWS, 1 + int(count * BLOCK_S / seconds))
        done += count
        progress("measuring", done, len(manifest))
    return Statistics(manifest, columns, dict(sorted(failures.items())), contents)


def _measure_tasks(measure: Encode, tasks: Iterable[_Task], pool: WorkerPool) -> Iterator[tuple[int, int, Encoded, float]]:
    """Yield the first row, the count, what was measured and the seconds of each task; of each row by itself where a process crashed."""
    for answer in pool.map(_measure_block, measure, tasks):
        if not isinstance(answer, Crash):
            yield answer
            continue
        start, rows = answer.task
        if len(rows) > 1:
            yield from _measure_tasks(measure, [(start + row, rows.take(np.array([row]))) for row in range(len(rows))], pool)
        else:
            yield start, 1, Encoded({}, {0: f"{_CRASHED} (status {answer.status})"}), BLOCK_S


def _measure_block(measure: Encode, task: _Task) -> tuple[int, int, Encoded, float]:
    start, rows = task
    begun = time.perf_counter()
    encoded = measure(rows)
    return start, len(rows), encoded, time.perf_counter() - begun


def _blocks(manifest: Manifest) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for start in range(0, len(manifest), BLOCK):
        yield start, np.arange(start, min(start + BLOCK, len(manifest)))


def _take_up(keep: Path, key: str, empty: Statistics, pool: WorkerPool, progress: Progress) -> Statistics | None:
    """Return the kept table if it is of these samples, and their files still contain what they did."""
    manifest = empty.manifest
    try:
        with open(keep, "rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            columns, contents = {name: kept[f"column {name}"] for name in empty.columns}, kept["contents"]
            failures = dict(zip(kept["failed"].tolist(), kept["reason"].tolist(), strict=True))
    except Exception:  # noqa: BLE001  # missing, damaged in any way, or not ours: measured anew
        return None
    if contents.shape != empty.contents.shape or any(values.shape != (len(manifest),) for values in columns.values()):
        return None
    if manifest.files is None and (contents.any() or failures):
        done = 0
        tasks = ((start, [manifest.locate(manifest.origin[row]) for row in rows]) for start, rows in _blocks(manifest))
        for answer in pool.map(_same_contents, contents, tasks):
            if isinstance(answer, Crash) or not answer[1]:
                return None
            done += answer[0]
            progress("reading", done, len(manifest))
    return Statistics(manifest, columns, failures, contents)


def _same_contents(contents: NDArray[np.uint8], task: tuple[int, list[str]]) -> tuple[int, bool]:
    start, paths = task
    return len(paths), all(digest_file(path) == contents[start + i].tobytes() for i, path in enumerate(paths))


def _keep(keep: Path, key: str, found: Statistics) -> None:
    """Write the table under a temporary name, then give it its own."""
    partial = keep.with_name(f"{keep.name}.{os.getpid()}.partial")
    arrays: dict[str, Any] = {f"column {name}": values for name, values in found.columns.items()}
    arrays |= {"failed": np.array(list(found.failures), np.int64), "reason": np.array(list(found.failures.values()), np.str_)}
    try:
        keep.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            np.savez(file, key=np.array(key), contents=found.contents, **arrays)
        partial.replace(keep)
    except OSError:  # the figures are there all the same
        with suppress(OSError):
            partial.unlink()
