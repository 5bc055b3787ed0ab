"""LightningDataModules over the dataset file: `toolkit` writes the file, these read it for `recipes` or any Lightning project."""

from datamodules.augment import Augment
from datamodules.dataset import Batch, DeviceDataset, FileDataset, keep_batch
from datamodules.fold import Fold
from datamodules.images import ImageDataModule
from datamodules.module import FileDataModule
from datamodules.normalize import Normalize
from datamodules.samplers import Balanced, Draw, EpochBatches, InOrder, RepeatedRows, Shuffled, Weighted

__all__ = [
    "Augment",
    "Balanced",
    "Batch",
    "DeviceDataset",
    "Draw",
    "EpochBatches",
    "FileDataModule",
    "FileDataset",
    "Fold",
    "ImageDataModule",
    "InOrder",
    "Normalize",
    "RepeatedRows",
    "Shuffled",
    "Weighted",
    "keep_batch",
]
