"""Splits of a dataset file as a torch Dataset: row numbers come in, whole batches as stored go out, to the datamodules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset
from torch.utils.data._utils.collate import default_collate_fn_map

from datamodules.records import DeviceRecords, Records
from toolkit.dataset_file import DatasetFile
from toolkit.errors import check
from toolkit.row_numbers import row_numbers

__all__ = ["Batch", "DeviceDataset", "FileDataset", "Rows", "TrainingBatch", "keep_batch", "mark_training"]

Rows = int | slice | Sequence[int] | NDArray[np.integer | np.bool] | Tensor
"""What numpy takes along one axis."""


class Batch(NamedTuple):
    """Samples of one split, in the order asked for.

    Args:
        x: As stored, shape (N, …), e.g. uint8 (N, H, W, C); of ragged arrays the rows' items end to end, shape (items, …).
        y: Class ids, int64, shape (N,), or whatever labels the file holds; None if it is unlabelled.
        index: int64, shape (N,): each sample's id, which is its row in the split; `RepeatedRows` has more ids.
        lengths: int64, shape (N,): items of each row of a ragged array; None where a row is one item.
        mask: uint8, of the shape of `x`: 1 where the source had no value; None where nothing is said of that.
    """

    x: Tensor
    y: Tensor | None
    index: Tensor  # type: ignore[assignment]  # a batch is not searched: tuple.index gives way
    lengths: Tensor | None = None
    mask: Tensor | None = None


class TrainingBatch(Batch):
    """A batch of a training loader: what an epoch drew, to be finished as training data is, augmentation included."""


class FileDataset(Dataset[Batch]):
    """Reads any split of any dataset file, whatever kind of data it holds.

    A batch costs one gather, in any DataLoader: its default collation keeps what was gathered, as `keep_batch` does. Pickles as
    the file's path and checksum, so that each worker opens the file for itself and refuses one that was replaced meanwhile.

    Args:
        file: An open dataset file.
        split: ``"train"``, ``"val"`` or ``"test"``, or several with + between, whose rows are counted through.
        array: Name of the array to read; None takes the split's first.
        rows: int64, shape (N,): the rows of the split to read, counted from 0 here; None reads all. `Batch.index` has their own numbers.
        in_memory: Read the array into memory at once instead of mapping the file.

    Example:
        >>> dataset = FileDataset(open_dataset("signs.h5"), "train")  # doctest: +SKIP
        >>> loader = DataLoader(dataset, batch_size=128, shuffle=True)   # doctest: +SKIP
    """

    def __init__(
        self,
        file: DatasetFile,
        split: str,
        *,
        array: str | None = None,
        rows: NDArray[np.int64] | None = None,
        in_memory: bool = False,
    ) -> None:
        self.file, self.split, self.rows, self.in_memory = file, split, rows, in_memory
        self.part = file[split]
        self.array = array or next(iter(self.part.arrays))
        self._records = self.records(self.array)
        self.item_shape, self.dtype = self._records.item_shape, self._records.dtype
        self.y = self.part.y if rows is None or self.part.y is None else self.part.y[rows]

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), array=self.array, rows=self.rows, in_memory=self.in_memory), (self.file, self.split)

    def __len__(self) -> int:
        return len(self.part) if self.rows is None else len(self.rows)

    @property
    def lengths(self) -> NDArray[np.int64] | None:
        """int64, shape (N,): items of each row of a ragged array; None where a row is one item."""
        offsets = self.part.offsets
        return None if offsets is None else np.diff(offsets) if self.rows is None else np.diff(offsets)[self.rows]

    def records(self, array: str) -> Records:
        """Open one of the split's arrays for looking up its items.

        Args:
            array: Its name.
        """
        return Records([np.array(self.part.array(array))] if self.in_memory else self.part.pieces(array))

    def __getitem__(self, rows: Rows) -> Batch:
        """Return one sample without a batch axis for an integer, a whole batch for anything else.

        Args:
            rows: What numpy takes along one axis: an integer, a slice, several integers, or a mask such as ``dataset.y == 2``. Negative
                numbers count from the end; an empty sequence gives an empty batch.

        Raises:
            IndexError: If a row is out of range, or a mask has another length than the dataset.
        """
        numbers = self._numbers(rows)
        batch = self._batch(np.atleast_1d(numbers))
        if numbers.ndim:
            return batch
        x, mask = (t if t is None or batch.lengths is not None else t[0] for t in (batch.x, batch.mask))
        y, lengths = (None if t is None else t[0] for t in (batch.y, batch.lengths))
        return Batch(x, y, batch.index[0], lengths, mask)  # type: ignore[arg-type]  # every batch has an x

    def __getitems__(self, rows: Sequence[int]) -> list[Batch]:
        """Gather a batch for a DataLoader, which collates lists: one that holds the batch as a whole."""
        return [self._batch(self._numbers(list(rows)))]

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        asked = rows.cpu() if isinstance(rows, Tensor) else rows
        return row_numbers(asked, len(self), where=type(self).__name__, at=f"{self.file.path}, {self.split}")

    def _batch(self, index: NDArray[np.int64]) -> Batch:
        y = None if self.y is None else torch.from_numpy(self.y[index])
        if self.rows is not None:
            index = self.rows[index]
        places, lengths = self.part.places(index)
        return Batch(self._gather(places), y, torch.from_numpy(index), None if lengths is None else torch.from_numpy(lengths))

    def _gather(self, places: NDArray[np.int64]) -> Tensor:
        return self._records.take(places)


class DeviceDataset(FileDataset):
    """A split that lies on the training device as a whole: nothing is copied between host and device any more.

    Args:
        file: An open dataset file.
        split: ``"train"``, ``"val"`` or ``"test"``.
        device: Where its array is kept; batches come from there too.
        array: Name of the array; None takes the split's first.
        rows: int64, shape (N,): the rows to read; None reads all.
    """

    def __init__(
        self, file: DatasetFile, split: str, device: torch.device, *, array: str | None = None, rows: NDArray[np.int64] | None = None
    ) -> None:
        self.device = device
        super().__init__(file, split, array=array, rows=rows)
        check(self.part.offsets is None, "DeviceDataset", "array", "one item a row", self.array, at=file.path, fix='Take memory="ram".')

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(DeviceDataset, array=self.array, rows=self.rows), (self.file, self.split, self.device)

    def records(self, array: str) -> Records:
        """Lay one of the split's arrays on the device."""
        return DeviceRecords(self.part.pieces(array), self.device)


def keep_batch(batch: Batch | Sequence[Batch], *, collate_fn_map: object = None) -> Batch:  # noqa: ARG001  # torch's signature
    """Collate: a batch that `FileDataset` gathered as a whole stays as it is, samples without a batch axis become one.

    Args:
        batch: A batch, a list of one batch, or a list of samples, e.g. of a ConcatDataset.
        collate_fn_map: Unused; torch passes it.
    """
    if isinstance(batch, Batch):
        return batch
    first = batch[0]
    if first.index.ndim:
        return first
    join = torch.stack if first.lengths is None else torch.cat
    x, y, index, lengths, mask = zip(*batch, strict=True)

    def joined(column: Sequence[Tensor], join: Callable[..., Tensor] = torch.stack) -> Tensor | None:
        return None if column[0] is None else join(column)

    return Batch(join(x), joined(y), torch.stack(index), joined(lengths), joined(mask, join))


def mark_training(batch: Batch | Sequence[Batch]) -> TrainingBatch:
    """Collate as `keep_batch` does, and remember that it is for training."""
    return TrainingBatch(*keep_batch(batch))


default_collate_fn_map[Batch] = keep_batch  # torch's own place for types that its default collation does not know
