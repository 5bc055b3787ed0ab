"""LightningDataModules over the dataset file: `toolkit` writes the file, these read it for `recipes` or any Lightning project."""

from datamodules.augment import Augment
from datamodules.contexts import ContextDraw, Contexts
from datamodules.dataset import Batch, DeviceDataset, FileDataset, keep_batch
from datamodules.fold import Fold
from datamodules.images import ImageDataModule
from datamodules.module import FileDataModule
from datamodules.ngrams import Ngrams
from datamodules.normalize import Normalize
from datamodules.samplers import Balanced, BucketBatches, Draw, EpochBatches, InOrder, RepeatedRows, Shuffled, Weighted
from datamodules.sequences import Sequences
from datamodules.stretches import StretchDataset
from datamodules.text import TextDataModule
from datamodules.view import View
from datamodules.window import WindowDataModule, WindowDataset
from datamodules.word_context import WordContextDataModule

__all__ = [
    "Augment",
    "Balanced",
    "Batch",
    "BucketBatches",
    "ContextDraw",
    "Contexts",
    "DeviceDataset",
    "Draw",
    "EpochBatches",
    "FileDataModule",
    "FileDataset",
    "Fold",
    "ImageDataModule",
    "InOrder",
    "Ngrams",
    "Normalize",
    "RepeatedRows",
    "Sequences",
    "Shuffled",
    "StretchDataset",
    "TextDataModule",
    "View",
    "Weighted",
    "WindowDataModule",
    "WindowDataset",
    "WordContextDataModule",
    "keep_batch",
]
