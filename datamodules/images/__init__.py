"""Images for any Lightning project: pictures as a dataset file stores them become normalised batches, augmented in training."""

from datamodules.images.augment import Augment
from datamodules.images.module import ImageDataModule
from datamodules.images.normalize import Normalize

__all__ = ["Augment", "ImageDataModule", "Normalize"]
