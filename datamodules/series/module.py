"""Series to be foretold, for any Lightning project: a dataset file comes in, scaled windows of past and future reach the module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from lightning.pytorch.utilities import rank_zero_warn
from numpy.typing import NDArray

from datamodules.fold import Fold
from datamodules.module import Memory, TrainOn
from datamodules.series.base import SeriesFileDataModule
from datamodules.series.scale import ScaledWindows, Standardize
from datamodules.series.windows import SeriesWindows
from toolkit.errors import DataError, wording

__all__ = ["SeriesDataModule"]


class SeriesDataModule(SeriesFileDataModule):
    """All windows of each split: in training in a new order each epoch, in evaluation every one of them, once, in order.

    A window's future lies in its split; its past may reach back into earlier splits of the same series, as `SeriesWindows` draws it.
    Batches leave the loader as stored, `Batch.x` of shape (N, window + horizon, F), and reach the module as a `SeriesBatch`, standardised
    by the mean and deviation of train. ``data.view.unscale(values, data.target)`` returns to the units of the source.

    Args:
        path: A dataset file of series.
        window: Steps of the past, L, at least 1.
        horizon: Steps of the future, H, at least 1.
        stride: Steps from one window of training to the next, at least 1; outside of training each counts.
        batch_size: The most windows in a batch of one process, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        seed: Seed of the order, in [0, 2³²).
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory, ``"device"`` on the training device.
        train_on: ``"train+val"`` trains on both, once everything is chosen; the scale stays that of train.
        fold: Trains on all series of train and val but one fold, and validates on that; for files that cut none in time.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data, or a fold would have to cut series in time.

    Example:
        >>> data = SeriesDataModule("etth1.h5", window=336, horizon=96)                    # doctest: +SKIP
        >>> data.on_after_batch_transfer(next(iter(data.train_dataloader())))              # doctest: +SKIP
        SeriesBatch(past=(128, 336, 7), future=(128, 96, 7), missing=None, index=(128,))
    """

    learns_labels: ClassVar[bool] = False  # but the future from the past
    finisher: ClassVar[type[Standardize]] = ScaledWindows

    view: ScaledWindows

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        path: str | Path,
        *,
        window: int = 96,
        horizon: int = 24,
        stride: int = 1,
        batch_size: int = 128,
        num_workers: int = 0,
        seed: int = 0,
        memory: Memory = "map",
        train_on: TrainOn = "train",
        fold: Fold | None = None,
    ) -> None:
        shared: dict[str, Any] = {"num_workers": num_workers, "seed": seed, "memory": memory, "train_on": train_on, "fold": fold}
        super().__init__(path, batch_size=batch_size, **shared)
        self.window, self.horizon, self.stride, self.balance = window, horizon, stride, None
        self._told: set[str] = set()
        self.fit_scale(window=window)

    @classmethod
    def options_of(cls, state: Mapping[str, Any]) -> dict[str, Any]:
        """Window and horizon: a figure is of both."""
        return {"window": state["window"], "horizon": state["horizon"]}

    @property
    def target(self) -> list[int]:
        """Numbers of the columns that are to be foretold."""
        return list(self.view.target)

    @property
    def num_targets(self) -> int:
        """Columns that are to be foretold."""
        return len(self.view.target)

    @property
    def known(self) -> list[int]:
        """Numbers of the columns that are known ahead, as the calendar is."""
        return list(self.view.known)

    def dataset(self, split: str) -> SeriesWindows:
        """Open a split as windows.

        Raises:
            DataError: If the file lacks it, or it has no window.
        """
        dataset = self._windows(split, *super().rows(split), in_memory=self.memory != "map", device=self.holding_device)
        if dataset.num_left_out and split not in self._told:
            self._told.add(split)
            left = f"{dataset.num_left_out:,} series of {split} are left out"
            rank_zero_warn(f"{left}: too short for {self.window} steps of past and {self.horizon} of future.")
        return dataset

    def rows(self, split: str) -> tuple[str, NDArray[np.int64] | None]:
        """Say where a split's rows come from, as for all kinds of data.

        Raises:
            DataError: If the file lacks it, or it has no window.
        """
        found = super().rows(split)
        self._windows(split, *found)
        return found

    def _windows(self, split: str, joined: str, rows: NDArray[np.int64] | None, **held: Any) -> SeriesWindows:
        if split == "train":
            self._require_targets(joined)
        stride = self.stride if split == "train" else 1
        return SeriesWindows(self.file, joined, window=self.window, horizon=self.horizon, stride=stride, rows=rows, **held)

    def _require_targets(self, joined: str) -> None:
        """Refuse targets that have no value in what trains."""
        bare = [i for i in self.target if float(self.view.mean[i]) == 0 and float(self.view.std[i]) == 1]  # so are those of no value
        mask = self.file[joined].array("mask") if bare and "mask" in self.file[joined].arrays else None
        lost = [self.features[i] for i in bare if mask is not None and all(mask[:, i])]
        if lost:
            fix = f"Preprocess again: name targets that have some, --target NAME, or give {joined} more with --split."
            raise DataError(
                wording(type(self).__name__, "targets", f"known somewhere in {joined}", f"no value of {lost[0]}", at=self.path, fix=fix)
            )

    def state_dict(self) -> dict[str, Any]:
        """Say what a checkpoint must know of its data, window and horizon included."""
        return {**super().state_dict(), **self._cut()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Refuse another file, or series cut otherwise, than the checkpoint was trained with.

        Raises:
            DataError: If either differs.
        """
        super().load_state_dict(state_dict)
        for name, value in self._cut().items():
            if state_dict[name] != value:
                raise DataError(wording(type(self).__name__, name, f"{state_dict[name]}, as in the checkpoint", value, at=self.path))

    def _cut(self) -> dict[str, int]:
        return {"window": self.window, "horizon": self.horizon, "stride": self.stride}
