"""Windows of series as a torch Dataset: window numbers come in, whole batches of past and future as stored go out, to the datamodule."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.dataset import Batch, FileDataset, Rows
from datamodules.records import DeviceRecords, Records
from datamodules.series.runs import find_runs
from toolkit.dataset_file import DatasetFile
from toolkit.errors import DataError, check, wording

__all__ = ["SeriesWindows"]


class SeriesWindows(FileDataset):
    """All windows of a split: `window` steps of past and the `horizon` steps that follow, counted from 0 through all series.

    The future lies in the split. The past may reach back into earlier splits of the same series, never forward, never into another
    series, and never over a hole that a split left. Here with window = 3, horizon = 2 and stride = 1, ten steps of a series, of which
    val has the last four::

        step          0   1   2   3   4   5 │ 6   7   8   9
        split         ─────── train ─────── │ ──── val ────

        train, 0      p   p   p   f   f     │
        train, 1          p   p   p   f   f │                    the last: its future ends with train
        val, 0                    p   p   p │ f   f              the first: its past is train's
        val, 1                        p   p │ p   f   f
        val, 2                            p │ p   p   f   f      the last: its future ends with val

    So train has 6 − 3 − 2 + 1 windows, and val, whose past stands in train, 4 − 2 + 1: as many as it has places for a future.

    Windows are no more than the number of the first one in each series; a batch is gathered from the mapped file, a memcpy a window.
    A batch has `x`, float32 (N, window + horizon, F) as stored, and `mask`, uint8 of that shape, where the file has one.

    Args:
        file: An open dataset file of series.
        split: ``"train"``, ``"val"`` or ``"test"``, or several with + between: series that go on from one into the next are whole, then.
        window: Steps of the past, at least 1.
        horizon: Steps of the future, at least 1.
        stride: Steps from one window of a series to the next, at least 1.
        rows: int64, shape (M,): the rows of the split whose steps may be foretold; None takes all.
        in_memory: Read the series into memory at once instead of mapping the file.
        device: Lay the series on this device instead; batches come from there, too.

    Attributes:
        num_left_out: Series of the split that are too short for a window.

    Raises:
        DataError: If the split has no window.

    Example:
        >>> dataset = SeriesWindows(open_dataset("etth1.h5"), "test", window=336, horizon=96)   # doctest: +SKIP
        >>> dataset[[0, 5]].x.shape                                                            # doctest: +SKIP
        torch.Size([2, 432, 7])
    """

    def __init__(
        self,
        file: DatasetFile,
        split: str,
        *,
        window: int,
        horizon: int,
        stride: int = 1,
        rows: NDArray[np.int64] | None = None,
        in_memory: bool = False,
        device: torch.device | None = None,
    ) -> None:
        for name, value in {"window": window, "horizon": horizon, "stride": stride}.items():
            check(value >= 1, "SeriesWindows", name, "at least 1", value)
        self.window, self.horizon, self.stride, self.width, self.device = window, horizon, stride, window + horizon, device
        own = [file.splits.index(name) for name in file[split].name.split("+")]
        with_earlier = file.splits[: own[-1] + 1]
        super().__init__(file, "+".join(with_earlier), array="x", in_memory=in_memory)
        self.split, self.rows, self.y = split, rows, None
        self._mask = self.records("mask") if "mask" in self.part.arrays else None
        part_of_row = np.repeat(np.arange(len(with_earlier)), [len(file[name]) for name in with_earlier])
        chosen = np.flatnonzero(np.isin(part_of_row, own))
        self._runs = find_runs(self.part, part_of_row, chosen if rows is None else chosen[rows], regular=bool(file.pipeline.get("step")))
        self._firsts = self._runs.first_windows(window)
        counts = (self._runs.stops - self.width - self._firsts) // stride + 1
        counts[counts < 0] = 0
        self._ends = np.cumsum(counts)
        self.num_left_out = int((counts == 0).sum())
        self._require_any()

    def __reduce__(self) -> tuple[Any, ...]:
        cut: dict[str, Any] = {"window": self.window, "horizon": self.horizon, "stride": self.stride, "rows": self.rows}
        return partial(type(self), **cut, in_memory=self.in_memory, device=self.device), (self.file, self.split)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def records(self, array: str) -> Records:
        """Open an array of the split, and of those before it, for looking up its steps; on the device where it is kept there."""
        return super().records(array) if self.device is None else DeviceRecords(self.part.pieces(array), self.device)

    def times(self, index: Rows) -> NDArray[np.int64] | None:
        """Say when the steps of windows are.

        Args:
            index: Which windows, N of them: what numpy takes along one axis, as `Batch.index` is.

        Returns:
            Nanoseconds since 1970 in UTC, int64, shape (N, window + horizon); None where the source had no stamps.
        """
        if "time" not in self.part.arrays:
            return None
        start = self._start(np.atleast_1d(self._numbers(index)))
        return self._cut(Records(self.part.pieces("time")), start).numpy()

    def names(self, index: Rows) -> list[str]:
        """Say which series windows are of, by the `source` of their rows.

        Args:
            index: Which windows, as for `times`.
        """
        start = self._start(np.atleast_1d(self._numbers(index)))
        return [self.part.source[row] for row in self._runs.rows[self._segment(start)]]

    def _batch(self, index: NDArray[np.int64]) -> Batch:
        start = self._start(index)
        mask = None if self._mask is None else self._cut(self._mask, start)
        return Batch(self._cut(self._records, start), None, torch.from_numpy(index), mask=mask)

    def _start(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """The running step, counted through all series end to end, at which windows begin."""
        run = np.searchsorted(self._ends, index, side="right")
        number = index - np.where(run > 0, self._ends[run - 1], 0)
        return self._firsts[run] + number * self.stride

    def _segment(self, step: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self._runs.begins, step, side="right") - 1

    def _cut(self, records: Records, start: NDArray[np.int64]) -> Tensor:
        """Gather windows: within a row as a whole, those that reach over into the row before step by step."""
        segment = self._segment(start)
        place = self._runs.places[segment] + start - self._runs.begins[segment]
        over = start + self.width > self._runs.begins[segment + 1]
        if not over.any():
            return records.windows(place, self.width)
        steps = (start[over, None] + np.arange(self.width)).ravel()
        segment = self._segment(steps)
        borders = records.take(self._runs.places[segment] + steps - self._runs.begins[segment])
        values = borders.new_empty(len(start), self.width, *records.item_shape)
        values[torch.from_numpy(over)] = borders.view(-1, *values.shape[1:])
        values[torch.from_numpy(~over)] = records.windows(place[~over], self.width)
        return values

    def _require_any(self) -> None:
        """Refuse a split without a window: say which of the two lengths is too large, and what would fit."""
        if len(self):
            return
        at, again = f"{self.file.path}, {self.split}", "preprocess again with a --split that gives it more"
        own, reach = self._runs.longest()
        if self.horizon > own:
            rule, fix = f"at most {own:,}, the steps of its longest series", f"Pass a --data.horizon of at most {own}, or {again}."
            raise DataError(wording("SeriesWindows", "horizon", rule, self.horizon, at=at, fix=fix if own else f"{again.capitalize()}."))
        rule = f"at most {reach:,} together, the steps of its longest series and of what stands before it"
        fix = f"Pass a --data.window of at most {reach - self.horizon}" if reach > self.horizon else "Pass a smaller --data.horizon"
        got = f"{self.window} + {self.horizon}"
        raise DataError(wording("SeriesWindows", "window and horizon", rule, got, at=at, fix=f"{fix}, or {again}."))
