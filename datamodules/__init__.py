"""LightningDataModules over the dataset file: `toolkit` writes the file, these read it for `recipes` or any Lightning project."""

from datamodules.dataset import Batch, DeviceDataset, FileDataset, TrainingBatch, keep_batch, mark_training
from datamodules.fold import Fold
from datamodules.images import Augment, ImageDataModule, Normalize
from datamodules.module import FileDataModule
from datamodules.plain import make_plain
from datamodules.samplers import Balanced, BucketBatches, Draw, EpochBatches, InOrder, RepeatedRows, Shuffled, Weighted
from datamodules.series import PaddedRows, ScaledWindows, SeriesBatch, SeriesDataModule, SeriesWindows, Standardize, WholeSeriesDataModule
from datamodules.text import (
    ContextDraw,
    Contexts,
    Ngrams,
    Sequences,
    StretchDataset,
    TextDataModule,
    WindowDataModule,
    WindowDataset,
    WordContextDataModule,
)
from datamodules.view import View

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
    "PaddedRows",
    "RepeatedRows",
    "ScaledWindows",
    "Sequences",
    "SeriesBatch",
    "SeriesDataModule",
    "SeriesWindows",
    "Shuffled",
    "Standardize",
    "StretchDataset",
    "TextDataModule",
    "TrainingBatch",
    "View",
    "Weighted",
    "WholeSeriesDataModule",
    "WindowDataModule",
    "WindowDataset",
    "WordContextDataModule",
    "keep_batch",
    "make_plain",
    "mark_training",
]
