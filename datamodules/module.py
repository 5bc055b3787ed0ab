"""A dataset file as a LightningDataModule, whatever it holds: a path comes in, loaders of stored batches go out, to any Trainer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from lightning.pytorch import LightningDataModule
from lightning.pytorch.trainer.states import TrainerFn
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Subset

from datamodules.dataset import Batch, DeviceDataset, FileDataset, TrainingBatch, keep_batch, mark_training
from datamodules.draw import MAX_SEED
from datamodules.fold import Fold
from datamodules.samplers import Balanced, Draw, EpochBatches, InOrder, RepeatedRows, Shuffled, Weighted
from datamodules.view import AsStored, View
from toolkit.balance import BalanceOptions, sample_weights
from toolkit.dataset_file import DatasetFile, open_dataset
from toolkit.errors import DataError, check, wording

__all__ = ["FileDataModule", "Memory", "TrainOn"]

Memory = Literal["map", "ram", "device"]

TrainOn = Literal["train", "train+val"]


class FileDataModule(LightningDataModule):
    """Reads one dataset file: what every kind of data shares; a kind adds how batches are finished on the device.

    Train batches are drawn anew each epoch from (seed, epoch); the others come in order. Under several processes each row is in
    exactly one batch of one rank, in training as in evaluation. In a loop of one's own, each pass over a `train_dataloader` is the
    next epoch, counted from 0, or the one that ``loader.sampler.set_epoch`` says.

    Args:
        path: A dataset file.
        batch_size: The most samples in a batch of one process, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        seed: Seed of the order of training samples, in [0, 2³²).
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory, ``"device"`` on the training device.
        train_on: ``"train+val"`` trains on both, once everything is chosen: nothing is left to validate on.
        fold: Trains on all of train and val but one fold, and validates on that.
        balance: How often each class comes in an epoch of training, counted over the rows that train, stored copies among them. None
            follows the file: by weights if it was preprocessed so, else each row comes once.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data.
    """

    kind: ClassVar[str | None] = None
    """The kind of data that a subclass reads; None reads any."""

    learns_labels: ClassVar[bool] = True
    """Whether labels are what is learned, so that an unlabelled file will not do."""

    view: View = AsStored()
    """What finishes each batch on its device."""

    def __init__(
        self,
        path: str | Path,
        *,
        batch_size: int = 128,
        num_workers: int = 0,
        seed: int = 0,
        memory: Memory = "map",
        train_on: TrainOn = "train",
        fold: Fold | None = None,
        balance: BalanceOptions | None = None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        check(batch_size >= 1, where, "batch_size", "at least 1", batch_size)
        check(num_workers >= 0, where, "num_workers", "at least 0", num_workers)
        check(0 <= seed <= MAX_SEED, where, "seed", "in [0, 2³²)", seed)
        check(memory in ("map", "ram", "device"), where, "memory", "map, ram or device", memory)
        check(train_on in ("train", "train+val"), where, "train_on", "train or train+val", train_on)
        check(fold is None or train_on == "train", where, "train_on", "train with a fold, which deals train and val itself", train_on)
        self.file = open_dataset(path)
        if self.kind not in (None, self.file.kind):
            fix = "Take that kind's own datamodule."
            raise DataError(wording(where, "kind", f"{self.kind}", self.file.kind, at=self.file.path, fix=fix))
        self.path, self.batch_size, self.num_workers, self.seed, self.memory = str(path), batch_size, num_workers, seed, memory
        self.train_on, self.fold = train_on, fold
        self.balance = balance or _stored_balance(self.file)
        self._first_epoch = 0
        self._epoch_by_hand = -1

    @classmethod
    def view_of(cls, state: Mapping[str, Any]) -> View:  # noqa: ARG003  # a kind's own may need it
        """Rebuild the view that a checkpoint was trained with, from what `state_dict` left."""
        return AsStored()

    @classmethod
    def options_of(cls, state: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003  # as above
        """Return the constructor's options by which evaluation must cut data as the checkpoint's training did."""
        return {}

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their ids; empty if the file is unlabelled."""
        return self.file.classes

    @property
    def titles(self) -> tuple[str, ...]:
        """What pages call each class: with the name that people give it, if it has one."""
        return self.file.titles

    @property
    def num_classes(self) -> int:
        """Number of classes, at least 1; where labels are not learned from, also 0.

        Raises:
            DataError: If the file is unlabelled, and labels are learned from.
        """
        if self.learns_labels and not self.classes:
            fix = "Preprocess a labelled source; an unlabelled one can be predicted, not learned from."
            raise DataError(wording(type(self).__name__, "classes", "named", "none", at=self.file.path, fix=fix))
        return len(self.classes)

    def train_dataloader(self) -> DataLoader[Batch]:
        """Load the training split as drawn for the epoch."""
        return self.loader("train", shuffle=True)

    def val_dataloader(self) -> DataLoader[Batch] | list[DataLoader[Batch]]:
        """Load the validation split in order; no loader where it is trained on."""
        return self.loader("val") if self.train_on == "train" else []

    def test_dataloader(self) -> DataLoader[Batch]:
        """Load the test split in order."""
        return self.loader("test")

    def predict_dataloader(self) -> DataLoader[Batch]:
        """Load the test split in order."""
        return self.loader("test")

    def loader(self, split: str, *, shuffle: bool = False) -> DataLoader[Batch]:
        """Load any split: ``x`` as stored, shared out among the trainer's processes, each row once.

        Args:
            split: A split that the file has.
            shuffle: Draw anew for each epoch: the order, and as `balance` says, which rows come how often.

        Raises:
            DataError: If the file has no such split, or too few rows of it to train on by all processes.
        """
        dataset = self.dataset(split)
        workers: dict[str, Any] = {"num_workers": self.num_workers, "persistent_workers": self.num_workers > 0}
        workers["collate_fn"] = mark_training if shuffle else keep_batch
        workers["pin_memory"] = torch.cuda.is_available() and self.memory != "device"
        trainer = self.trainer
        world, rank = (1, 0) if trainer is None else (trainer.world_size, trainer.global_rank)
        draw = self._draw(dataset) if shuffle else InOrder(len(dataset))
        if shuffle and len(draw) < world:
            raise DataError(wording(type(self).__name__, "train samples", f"at least {world}, one a process", len(draw), at=self.path))
        batches = self.batches(draw, dataset, seed=self.seed, num_replicas=world, rank=rank)
        if trainer is not None and trainer.overfit_batches and split != "test":  # type: ignore[attr-defined]  # set in a helper of its constructor
            # Lightning then takes the first batches, always the same, by a sampler of its own: they are to be a fair sample
            mixed = np.random.default_rng(self.seed).permutation(len(dataset))
            return DataLoader(Subset(dataset, mixed), batch_size=batches.batch_size, **workers)  # type: ignore[arg-type]  # any sequence
        # Lightning tells a sampler its epoch before each epoch but a resumed run's first, whose batches are drawn sooner
        batches.epoch = self._first_epoch if self._is_driven else self._epoch_by_hand + 1
        if shuffle:
            batches.tell = self._note_epoch
        repeats = shuffle and self.balance is not None
        return DataLoader(RepeatedRows(dataset) if repeats else dataset, batch_size=None, sampler=batches, **workers)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int = 0) -> Any:  # noqa: ARG002  # Lightning's signature
        """Finish a batch where it now is, as `view` does."""
        return self.view.finish(batch)

    def training_epoch(self, batch: Batch) -> int | None:
        """Say by which epoch's draw a batch is to be changed; None where it is not for training.

        A trainer at work knows. In a loop of one's own it is a batch of `train_dataloader` that is for training, and the epoch is
        that of the pass begun last.
        """
        if self.trainer is not None and self._is_driven:
            return self.trainer.current_epoch if self.trainer.training else None
        return max(0, self._epoch_by_hand) if isinstance(batch, TrainingBatch) else None

    @property
    def _is_driven(self) -> bool:
        """Whether a trainer is at work with the data: it counts the epochs then."""
        return self.trainer is not None and self.trainer.state.stage is not None

    def _note_epoch(self, epoch: int) -> None:
        if not self._is_driven:
            self._epoch_by_hand = epoch

    def batches(self, draw: Draw, dataset: FileDataset, **share: int) -> EpochBatches:  # noqa: ARG002  # a kind may ask the rows
        """Cut what is drawn into batches.

        Args:
            draw: What an epoch consists of.
            dataset: The rows that it is drawn from.
            **share: Seed, number of ranks and this one, as `EpochBatches` takes them.
        """
        return EpochBatches(draw, self.batch_size, **share)

    def _draw(self, dataset: FileDataset) -> Draw:
        if self.balance is None:
            return Shuffled(len(dataset))
        label, group = dataset.y, dataset.part.group
        if label is None or label.dtype != np.int64 or label.ndim != 1:
            raise DataError(wording(type(self).__name__, "train samples", "of one class each to balance", "none such", at=self.path))
        if self.balance.by == "weights":
            return Weighted(sample_weights(label, self.balance))
        return Balanced(label, self.balance, group=group if group is None or dataset.rows is None else group[dataset.rows])

    def dataset(self, split: str) -> FileDataset:
        """Open a split as a Dataset, mapped or held where `memory` says; train and val as `train_on` and `fold` have them."""
        split, rows = self.rows(split)
        if self.holding_device is not None:
            return DeviceDataset(self.file, split, self.holding_device, rows=rows)
        return FileDataset(self.file, split, rows=rows, in_memory=self.memory != "map")

    @property
    def holding_device(self) -> torch.device | None:
        """Where splits lie as a whole, if `memory` is ``"device"``; None in the host's memory.

        Raises:
            ArgumentError: If workers, which do not share a device, are to read.
        """
        device = torch.device("cpu") if self.trainer is None else self.trainer.strategy.root_device
        if self.memory != "device" or device.type == "cpu":
            return None
        check(not self.num_workers, type(self).__name__, "num_workers", '0 with memory="device"', self.num_workers)
        return device

    def rows(self, split: str) -> tuple[str, NDArray[np.int64] | None]:
        """Say where a split's rows come from: the file's splits, joined with +, and the rows of these, or None for all of them.

        Raises:
            DataError: If the file lacks a split.
        """
        if self.fold is not None and split != "test":
            self.require("train")
            joined, train, val = self.fold.cut(self.file)
            return joined, train if split == "train" else val
        self.require(split)
        known = [name for name in self.train_on.split("+") if name in self.file.splits]
        return "+".join(known) if split == "train" else split, None

    def require(self, split: str) -> None:
        """Refuse a file that lacks a split.

        Raises:
            DataError: If it does.
        """
        if split not in self.file.splits:
            where, splits = type(self).__name__, ", ".join(self.file.splits)
            fix = "Preprocess again with a --split that cuts one."
            raise DataError(wording(where, "split", f"one of {splits}", split, at=self.file.path, fix=fix))

    def setup(self, stage: str) -> None:  # noqa: ARG002  # Lightning's signature
        """Forget where an earlier run went on; Lightning restores what this one goes on from afterwards."""
        self._first_epoch = 0

    def state_dict(self) -> dict[str, Any]:
        """Say in plain types what a checkpoint must know of its data: prediction replays it, evaluation compares it."""
        file, epoch, mid_epoch = self.file, 0, False
        if self.trainer is not None:
            loop = self.trainer.fit_loop
            mid_epoch = loop.epoch_loop.batch_progress.current.ready > 0 and not self.trainer.is_last_batch
            # where a resumed run goes on: behind the last epoch begun, once its last batch is drawn
            started = loop.epoch_progress.current.started  # type: ignore[attr-defined]  # a tracker of more than its annotation says
            epoch = max(0, started - (not self.trainer.is_last_batch))
        state = {"kind": file.kind, "digest": file.digest, "pipeline": file.pipeline, "classes": list(file.classes)}
        state |= {"class_names": list(file.class_names)} if file.class_names else {}
        return {**state, **self._trained_rows(), "epoch": epoch, "mid_epoch": mid_epoch}

    def _trained_rows(self) -> dict[str, Any]:
        fold, balance = (None if part is None else asdict(part) for part in (self.fold, self.balance))
        return {"train_on": self.train_on, "fold": fold, "balance": balance}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Refuse data other than what the checkpoint was trained on, and a start within an epoch: neither is the same run.

        Raises:
            DataError: If the file's checksum, `train_on`, `fold` or `balance` differs, or training would go on from the middle of an
                epoch, whose first rows it would see once more.
        """
        if state_dict["digest"] != self.file.digest:
            fix = "Resume with the file that the run began with, or start a new run."
            rule = f"{state_dict['digest']}, as in the checkpoint"
            raise DataError(wording(type(self).__name__, "checksum", rule, self.file.digest, at=self.file.path, fix=fix))
        for name, value in self._trained_rows().items():
            before = state_dict.get(name)
            if before != value:
                raise DataError(wording(type(self).__name__, name, f"{before}, as in the checkpoint", value, at=self.file.path))
        fitting = self.trainer is None or self.trainer.state.fn == TrainerFn.FITTING
        if state_dict.get("mid_epoch") and fitting:
            fix = "Take one from an epoch's end."
            epoch = f"one within epoch {state_dict['epoch']}"
            raise DataError(f"{type(self).__name__}: checkpoint to resume from must be of an epoch's end, got {epoch}. {fix}")
        self._first_epoch = state_dict["epoch"]


def _stored_balance(file: DatasetFile) -> BalanceOptions | None:
    """How a file says that training is to be balanced; copies and dropping are done already."""
    stored = file.source.get("balance", {})
    return BalanceOptions(**stored) if stored.get("by") == "weights" else None
