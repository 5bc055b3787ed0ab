"""Images for any Lightning project: a dataset file comes in, normalised float NCHW batches reach the module on its device."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch

from datamodules.dataset import Batch, FileDataset
from datamodules.fold import Fold
from datamodules.images.augment import Augment
from datamodules.images.normalize import Normalize
from datamodules.module import FileDataModule, Memory, TrainOn
from toolkit.balance import BalanceOptions
from toolkit.errors import DataError, DatasetFileError, wording

__all__ = ["ImageDataModule"]

BLOCK = 1024
"""Pictures that are measured at a time."""


class ImageDataModule(FileDataModule):
    """Batches leave the loader as stored (uint8 or float16 NHWC) and become float NCHW on the device.

    Training batches are augmented there too, each sample by what (seed, epoch, sample id) draw for it.

    Args:
        path: A dataset file of images.
        batch_size: The most samples in a batch of one process, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        normalize: ``"image"`` standardises each picture by itself, ``"channel"`` by the channel means and deviations of what is
            trained on, ``"none"`` leaves [0, 1].
        augment: Changes of the training pictures; None leaves them as they are.
        seed: Seed of the order and of the augmentation, in [0, 2³²).
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory, ``"device"`` on the training device.
        train_on: ``"train+val"`` trains on both, once everything is chosen: nothing is left to validate on.
        fold: Trains on all of train and val but one fold, and validates on that.
        balance: How often each class comes in an epoch of training, counted over the rows that train, stored copies among them. None
            follows the file: by weights if it was preprocessed so, else each row comes once.

    Raises:
        DatasetFileError: If the file cannot be used, or its pictures are not what its own pipeline says.
        DataError: If it holds another kind of data, or no channel means where they are asked for.

    Example:
        A module of your own needs nothing of ours: `batch.x` is its input, `batch.y` the class ids.

        >>> class Linear(LightningModule):
        ...     def __init__(self, num_values: int, num_classes: int) -> None:
        ...         super().__init__()
        ...         self.scores = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(num_values, num_classes))
        ...
        ...     def training_step(self, batch: Batch) -> Tensor:
        ...         return torch.nn.functional.cross_entropy(self.scores(batch.x), batch.y)
        ...
        ...     def configure_optimizers(self) -> torch.optim.Optimizer:
        ...         return torch.optim.AdamW(self.parameters())
        >>> data = ImageDataModule("signs.h5", augment=Augment(rotation_degrees=5))         # doctest: +SKIP
        >>> module = Linear(math.prod(data.sample_shape), data.num_classes)                 # doctest: +SKIP
        >>> Trainer(max_epochs=5).fit(module, datamodule=data)                              # doctest: +SKIP
    """

    kind: ClassVar[str | None] = "images"

    view: Normalize

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        path: str | Path,
        *,
        batch_size: int = 128,
        num_workers: int = 0,
        normalize: Literal["image", "channel", "none"] = "image",
        augment: Augment | None = None,
        seed: int = 0,
        memory: Memory = "map",
        train_on: TrainOn = "train",
        fold: Fold | None = None,
        balance: BalanceOptions | None = None,
    ) -> None:
        shared: dict[str, Any] = {"num_workers": num_workers, "seed": seed, "memory": memory, "train_on": train_on, "fold": fold}
        super().__init__(path, batch_size=batch_size, balance=balance, **shared)
        for split in self.file.splits:
            self._check_pictures(split)
        self.view = Normalize(normalize, *self._channels()) if normalize == "channel" else Normalize(normalize)
        self.augment = augment

    @classmethod
    def view_of(cls, state: Mapping[str, Any]) -> Normalize:
        """Rebuild the normalisation that a checkpoint was trained with."""
        stored = state["normalize"]
        return Normalize(stored["mode"], tuple(stored["mean"]), tuple(stored["std"]))

    @property
    def normalize(self) -> Normalize:
        """How pixels are scaled."""
        return self.view

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """Shape of one sample as a module sees it: (C, H, W)."""
        height, width, channels = self.file[self.file.splits[0]].x.shape[1:]
        return channels, height, width

    @property
    def num_channels(self) -> int:
        """3 for colour, 1 for grey."""
        return self.sample_shape[0]

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int = 0) -> Batch:  # noqa: ARG002  # Lightning's signature
        """Augment (in training only) and normalise a batch where it now is.

        Args:
            batch: `x` as stored, shape (N, H, W, C). Without a trainer, those of `train_dataloader` are augmented.
            dataloader_idx: Unused; Lightning passes it.

        Returns:
            The batch with `x` in the module's dtype (float32 without a trainer), shape (N, C, H, W), channels last in memory.
        """
        images, epoch = batch.x.permute(0, 3, 1, 2), self.training_epoch(batch)
        if self.augment is not None and epoch is not None:
            images = self.augment(Normalize("none")(images), batch.index, seed=self.seed, epoch=epoch)
        finished = self.view(images)
        return batch._replace(x=finished if self.trainer is None else finished.to(self.trainer.lightning_module.dtype))

    def state_dict(self) -> dict[str, Any]:
        """Say in plain types what a checkpoint must know of its data, the normalisation included."""
        return {**super().state_dict(), "normalize": self.view.to_state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Refuse another file, or another normalisation, than the checkpoint was trained with.

        Raises:
            DataError: If either differs.
        """
        super().load_state_dict(state_dict)
        if state_dict["normalize"]["mode"] != self.normalize.mode:
            rule = f"{state_dict['normalize']['mode']}, as in the checkpoint"
            raise DataError(wording("ImageDataModule", "normalize", rule, self.normalize.mode, at=self.file.path))

    def _check_pictures(self, split: str) -> None:
        pipeline, part = self.file.pipeline, self.file[split]
        names = [pipeline.get(name) for name in ("size", "channels", "dtype")]
        stored = part.array("x") if "x" in part.arrays else None
        found = [None] * 3 if stored is None or stored.ndim != 4 else [list(stored.shape[1:3]), stored.shape[3], stored.dtype.name]
        if found != names:
            at = f"{self.file.path}, {split}"
            raise DatasetFileError(
                wording("ImageDataModule", "size, channels and dtype of x", f"{names}, as the pipeline says", found, at=at)
            )

    def _channels(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        if self.fold is not None or self.train_on != "train":
            return _measure_channels(self.dataset("train"))
        meta = self.file.meta
        if not {"channel_mean", "channel_std"} <= meta.keys():
            fix = 'Take normalize="image".'
            raise DataError(
                wording("ImageDataModule", "channel_mean and channel_std", "in /meta", sorted(meta), at=self.file.path, fix=fix)
            )
        return tuple(meta["channel_mean"].tolist()), tuple(meta["channel_std"].tolist())


def _measure_channels(dataset: FileDataset) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, in units of the full range, as /meta has them for the file's own train split."""
    totals = np.zeros((2, dataset.item_shape[-1]))
    for start in range(0, len(dataset), BLOCK):
        values = dataset[range(start, min(start + BLOCK, len(dataset)))].x.double().flatten(end_dim=-2)
        totals += torch.stack((values.sum(0), values.square().sum(0))).numpy()
    mean, square = totals / (len(dataset) * math.prod(dataset.item_shape[:-1]))
    scale = 255.0 if dataset.dtype == np.uint8 else 1.0
    return tuple((mean / scale).tolist()), tuple((np.sqrt(square - mean**2) / scale).tolist())
