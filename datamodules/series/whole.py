"""Series that have a class or a value each, for any Lightning project: a dataset file comes in, padded rows reach the module."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from datamodules.dataset import FileDataset
from datamodules.fold import Fold
from datamodules.module import Memory, TrainOn
from datamodules.samplers import BucketBatches, Draw, EpochBatches, InOrder
from datamodules.series.base import SeriesFileDataModule
from datamodules.series.scale import PaddedRows, Standardize
from toolkit.balance import BalanceOptions
from toolkit.errors import DataError, wording

__all__ = ["WholeSeriesDataModule"]


class WholeSeriesDataModule(SeriesFileDataModule):
    """Each series is a sample: `Batch.x` float32 (N, T, F), standardised and padded with 0, `Batch.lengths`, and `Batch.y`.

    Labels are class ids, or float32 values. Training batches are of like lengths, drawn anew each epoch; others come in order.

    Args:
        path: A dataset file of labelled series.
        batch_size: The most series in a batch of one process, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        seed: Seed of the order, in [0, 2³²).
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory.
        train_on: ``"train+val"`` trains on both, once everything is chosen; the scale stays that of train.
        fold: Trains on all of train and val but one fold, and validates on that; the scale is fitted anew.
        balance: How often each class comes in an epoch of training; None follows the file.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data, or no labels.

    Example:
        >>> data = WholeSeriesDataModule("gestures.h5", batch_size=32)                  # doctest: +SKIP
        >>> data.on_after_batch_transfer(next(iter(data.train_dataloader()))).x.shape   # doctest: +SKIP
        torch.Size([32, 47, 3])
    """

    finisher: ClassVar[type[Standardize]] = PaddedRows

    view: PaddedRows

    def __init__(
        self,
        path: str | Path,
        *,
        batch_size: int = 64,
        num_workers: int = 0,
        seed: int = 0,
        memory: Memory = "map",
        train_on: TrainOn = "train",
        fold: Fold | None = None,
        balance: BalanceOptions | None = None,
    ) -> None:
        shared: dict[str, Any] = {"num_workers": num_workers, "seed": seed, "memory": memory, "train_on": train_on, "fold": fold}
        super().__init__(path, batch_size=batch_size, balance=balance, **shared)
        if self.file[self.file.splits[0]].y is None:
            fix = "Preprocess with --label, or take SeriesDataModule, which needs none."
            raise DataError(wording(type(self).__name__, "series", "labelled", "none that is", at=self.path, fix=fix))
        self.fit_scale()

    @property
    def num_targets(self) -> int:
        """Values that belong to a series, where it has no class: 1, or columns of `y`."""
        y = self.file[self.file.splits[0]].y
        return 1 if y is None or y.ndim == 1 else int(y.shape[1])

    def dataset(self, split: str) -> FileDataset:
        """Open a split, a row a series."""
        split, rows = self.rows(split)
        return FileDataset(self.file, split, array="x", rows=rows, in_memory=self.memory != "map")

    def batches(self, draw: Draw, dataset: FileDataset, **share: int) -> EpochBatches:
        """Cut what is drawn into batches, of like lengths where the order is left to chance."""
        if isinstance(draw, InOrder) or dataset.lengths is None:
            return super().batches(draw, dataset, **share)
        return BucketBatches(draw, self.batch_size, dataset.lengths, **share)
