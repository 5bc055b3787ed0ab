"""Shuffled batches beside torch's own ways and a plain copy: dataset files come in, images a second and ratios go out.

All sides deliver the same rows of the same arrays in batches of 128, in one process but for ImageFolder, which decodes in workers.
The references hold the arrays in memory; ours maps the file, which the page cache holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Subset, TensorDataset

from benchmarks.corpus import TRAIN
from benchmarks.measure import Figure, Ratio, Report, ratio, take_turns
from datamodules import ImageDataModule
from toolkit.export import ExportOptions
from toolkit.images import ImageOptions
from toolkit.preprocess import preprocess_images

__all__ = ["measure"]

BATCH = 128
OURS, TENSORS, GATHER, COPY = "Foudre", "TensorDataset + DataLoader", "torch gather", "memcpy, in order"
FOLDER = "ImageFolder + DataLoader, decoding: uint8, images/s"
FIRST = "Foudre: from opening to the first batch, ms"

Epoch = Callable[[], Iterator[Tensor]]


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Export a source as uint8 and as float16, then read both in every way, in turns.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for two arrays.
        workers: Processes that ImageFolder decodes with.
        repeats: Rounds that count.
        quick: Give ImageFolder fewer pictures.
    """
    stores = []
    for dtype in ("uint8", "float16"):
        path = scratch / f"{dtype}.h5"
        preprocess_images(source, path, images=ImageOptions(dtype=dtype), write=ExportOptions(workers=workers))
        stores.append(_Store(path))
    ways = {f"{who}: {what}, images/s": epoch for store in stores for (who, what), epoch in store.ways().items()}
    notes = _agree(stores)
    folder = _image_folder(source, num_images=256 if quick else 4096, workers=workers)
    if folder:
        ways[FOLDER] = folder
    cases = [partial(_rate, name, epoch) for name, epoch in ways.items()]
    found = take_turns([*cases, partial(_first_batch, stores[0].path)], repeats=repeats)
    ratios = [
        _against(found, TENSORS, "uint8", at_least=2.5),
        _against(found, COPY, "uint8"),
        _against(found, TENSORS, "float16"),
        _against(found, GATHER, "float16", at_least=1.5),
        _against(found, GATHER, "float32 NCHW from uint8", at_least=1.5),
        _against(found, GATHER, "float32 NCHW from float16", at_least=1.5),
        Ratio("from opening to the first batch / 50 ms", tuple(value / 50 for value in found[FIRST].values), at_most=1),
    ]
    if folder:
        ratios.append(ratio("uint8: Foudre / ImageFolder + DataLoader", found[f"{OURS}: uint8, images/s"], found[FOLDER]))
    return Report("Loading", tuple(found.values()), tuple(ratios), notes)


class _Store:
    """One dataset file, and the same training array in memory for the references."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = ImageDataModule(path, batch_size=BATCH, normalize="channel")
        part = self.data.file["train"]
        self.array = np.array(part.x)
        self.tensor = torch.from_numpy(self.array)
        self.labels = torch.from_numpy(np.array(part.y))
        unit = 255 if self.array.dtype == np.uint8 else 1
        mean, std = (np.asarray(self.data.file.meta[f"channel_{name}"], np.float32) * unit for name in ("mean", "std"))
        self.mean, self.std = (torch.from_numpy(v).view(1, -1, 1, 1) for v in (mean, std))

    def ways(self) -> dict[tuple[str, str], Epoch]:
        """Each way to go through the training split once, by who and what."""
        stored, converted = self.array.dtype.name, f"float32 NCHW from {self.array.dtype.name}"
        return {
            (OURS, stored): self.ours,
            (TENSORS, stored): self.tensor_dataset,
            (GATHER, stored): self.gather,
            (COPY, stored): self.copy,
            (OURS, converted): lambda: (self.data.normalize(x.permute(0, 3, 1, 2)) for x in self.ours()),
            (GATHER, converted): lambda: map(self.convert, self.gather()),
        }

    def ours(self) -> Iterator[Tensor]:
        return (batch.x for batch in self.data.train_dataloader())

    def tensor_dataset(self) -> Iterator[Tensor]:
        return (x for x, _ in DataLoader(TensorDataset(self.tensor, self.labels), batch_size=BATCH, shuffle=True))

    def gather(self) -> Iterator[Tensor]:
        """What one writes by hand around a tensor in memory."""
        return (self.tensor[rows] for rows in torch.randperm(len(self.tensor)).split(BATCH))

    def convert(self, images: Tensor) -> Tensor:
        """The usual conversion, in place where it can be."""
        return images.permute(0, 3, 1, 2).float().sub_(self.mean).div_(self.std)

    def copy(self) -> Iterator[Tensor]:
        """No order, no labels, no loader: what moving the bytes costs."""
        return (torch.from_numpy(self.array[start : start + BATCH].copy()) for start in range(0, len(self.array), BATCH))


def _rate(name: str, epoch: Epoch) -> dict[str, float]:
    """Images a second over one epoch."""
    began = time.perf_counter()
    num_images = sum(len(images) for images in epoch())
    return {name: num_images / (time.perf_counter() - began)}


def _first_batch(path: Path) -> dict[str, float]:
    """Milliseconds from a path to the first batch; everything is imported."""
    began = time.perf_counter()
    next(iter(ImageDataModule(path, batch_size=BATCH).train_dataloader()))
    return {FIRST: 1000 * (time.perf_counter() - began)}


def _agree(stores: list[_Store]) -> tuple[str, ...]:
    """Hold both conversions of the same rows against each other once."""
    notes = []
    for store in stores:
        rows = store.tensor[:BATCH]
        worst = (store.data.normalize(rows.permute(0, 3, 1, 2)) - store.convert(rows)).abs().max().item()
        notes.append(
            f"{store.array.dtype.name}: {len(store.array):,} rows; float32 differs from torch's own conversion by {worst:.1g} at most."
        )
    notes.append(f"Batches of {BATCH}, shuffled; torch uses {torch.get_num_threads()} threads.")
    return tuple(notes)


def _image_folder(source: Path, *, num_images: int, workers: int) -> Epoch | None:
    """Torchvision's way from the raw files; None where it is not installed."""
    try:
        from torchvision import datasets, transforms
    except ImportError:
        return None
    steps = transforms.Compose([transforms.Resize((48, 48)), transforms.PILToTensor()])
    folder = datasets.ImageFolder(str(source / TRAIN), steps)
    part = Subset(folder, np.linspace(0, len(folder) - 1, min(num_images, len(folder)), dtype=int).tolist())
    return lambda: (x for x, _ in DataLoader(part, batch_size=BATCH, shuffle=True, num_workers=workers))


def _against(found: dict[str, Figure], who: str, what: str, *, at_least: float | None = None) -> Ratio:
    ours, theirs = (found[f"{name}: {what}, images/s"] for name in (OURS, who))
    return ratio(f"{what}: {OURS} / {who}", ours, theirs, at_least=at_least)
