"""Images for any Lightning project: a dataset file comes in, normalised float NCHW batches reach the module on its device."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

from datamodules.augment import Augment
from datamodules.dataset import Batch
from datamodules.module import FileDataModule, Memory
from datamodules.normalize import Normalize
from toolkit.errors import DataError, wording

__all__ = ["ImageDataModule"]


class ImageDataModule(FileDataModule):
    """Batches leave the loader as stored (uint8 or float16 NHWC) and become float NCHW on the device.

    Training batches are augmented there too, each sample by what (seed, epoch, sample id) draw for it.

    Args:
        path: A dataset file of images.
        batch_size: The most samples in a batch of one process, at least 1.
        num_workers: Processes that read ahead. A memory map needs none: 0 is fastest unless the disk is slow.
        normalize: ``"image"`` standardises each picture by itself, ``"channel"`` by the training split's channel means and
            deviations, ``"none"`` leaves [0, 1].
        augment: Changes of the training pictures; None leaves them as they are.
        seed: Seed of the order and of the augmentation, at least 0.
        memory: ``"map"`` reads from the mapped file, ``"ram"`` keeps each split in memory, ``"device"`` on the training device.

    Example:
        >>> data = ImageDataModule("signs.h5", augment=Augment(rotation_degrees=5))  # doctest: +SKIP
        >>> Trainer(max_epochs=5).fit(my_module, data)                              # doctest: +SKIP
    """

    kind: ClassVar[str | None] = "images"

    def __init__(
        self,
        path: str | Path,
        *,
        batch_size: int = 128,
        num_workers: int = 0,
        normalize: Literal["image", "channel", "none"] = "image",
        augment: Augment | None = None,
        seed: int = 0,
        memory: Memory = "map",
    ) -> None:
        super().__init__(path, batch_size=batch_size, num_workers=num_workers, seed=seed, memory=memory)
        mean, std = (tuple(self.file.meta[f"channel_{what}"].tolist()) for what in ("mean", "std"))
        self.normalize = Normalize(normalize, mean, std) if normalize == "channel" else Normalize(normalize)
        self.augment = augment

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
            batch: `x` as stored, shape (N, H, W, C).
            dataloader_idx: Unused; Lightning passes it.

        Returns:
            The batch with `x` in the module's dtype (float32 without a trainer), shape (N, C, H, W).
        """
        trainer = self.trainer
        images = batch.x.permute(0, 3, 1, 2)
        if trainer is None:
            return batch._replace(x=self.normalize(images))
        if self.augment is not None and trainer.training:
            images = self.augment(Normalize("none")(images), batch.index, seed=self.seed, epoch=trainer.current_epoch)
        return batch._replace(x=self.normalize(images).to(trainer.lightning_module.dtype))

    def state_dict(self) -> dict[str, Any]:
        """Say in plain types what a checkpoint must know of its data, the normalisation included."""
        return {**super().state_dict(), "normalize": {name: _plain(value) for name, value in asdict(self.normalize).items()}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Refuse another file, or another normalisation, than the checkpoint was trained with.

        Raises:
            DataError: If either differs.
        """
        super().load_state_dict(state_dict)
        if state_dict["normalize"]["mode"] != self.normalize.mode:
            rule = f"{state_dict['normalize']['mode']}, as in the checkpoint"
            raise DataError(wording("ImageDataModule", "normalize", rule, self.normalize.mode, at=self.file.path))


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
