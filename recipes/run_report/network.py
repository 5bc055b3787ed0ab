"""What is to be seen in a run's network: its checkpoint comes in, and perhaps the dataset file; table, filters, maps, mistakes go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from datamodules import ImageDataModule
from recipes.checkpoint import Restored, load_checkpoint
from recipes.evaluate import note_reading, refuse_mismatch
from recipes.look.kernels import Filters, compare_filters
from recipes.look.maps import FeatureMaps, activated_maps
from recipes.look.mistakes import Mistakes, find_mistakes
from recipes.look.table import Layer, build_table
from recipes.look.trace import trace
from recipes.precision import full_float32
from recipes.run_folder import find_checkpoint
from recipes.run_report.fit import Alike
from recipes.run_report.records import Record
from toolkit.dataset_file import open_dataset
from toolkit.errors import DataError, printable
from toolkit.images import encoder

__all__ = ["OnFile", "SeenNetwork", "see_network"]

SPLIT = "val"
"""The only split that a page reads, and train, of which nothing can be given away."""

BATCH_SIZE, MAX_TRAIN = 256, 2000
"""Training samples that are measured as val is, at most."""


@dataclass(frozen=True, eq=False)
class OnFile:
    """What the network makes of a dataset file's val.

    Args:
        path: The file.
        mistakes: All of them, the worst first.
        pictures: What is stored of the worst, in their order, each of shape (H, W, C).
        alike: Training samples beside val; None unless the file is the one trained on.
        source: Where the picture whose maps are shown comes from.
        picture: As stored, shape (H, W, C).
        predicted: What it is taken for.
        probability: How surely, in [0, 1].
        maps: What each convolution makes of it.
    """

    path: str
    mistakes: Mistakes
    pictures: Sequence[NDArray[Any]]
    alike: Alike | None
    source: str
    picture: NDArray[Any]
    predicted: str
    probability: float
    maps: Sequence[FeatureMaps]


@dataclass(frozen=True, eq=False)
class SeenNetwork:
    """What was seen.

    Args:
        layers: The network's table.
        parameters: How many numbers torch counts in it.
        weights: Of the first convolution, shape (N, C, H, W); None without one.
        filters: What these are most like; None without a convolution of 3×3 or more.
        on_file: None where no file was read.
        unread: One line for each thing that could not be read, and why.
    """

    layers: Sequence[Layer] = ()
    parameters: int = 0
    weights: NDArray[np.float32] | None = None
    filters: Filters | None = None
    on_file: OnFile | None = None
    unread: list[str] = field(default_factory=list)


def see_network(record: Record, path: str | Path | None, *, num_pictures: int) -> SeenNetwork:
    """Look into the network that a run left, on the CPU, in full float32; the ledger notes that val was read.

    Args:
        record: The run.
        path: A dataset file that fits it; None takes the one that it was trained on, if that is still the same.
        num_pictures: Mistakes of which pictures are taken, at most.

    Raises:
        DataError: If the checkpoint cannot be used, or the file given does not fit it.
    """
    checkpoint = _find_checkpoint(record)
    if checkpoint is None:
        return SeenNetwork(unread=["the network: its folder holds no checkpoint"])
    restored = load_checkpoint(checkpoint)
    kind = restored.data.get("kind")
    if kind != "images":
        return SeenNetwork(unread=[f"filters, feature maps and mistakes: they are shown of images, not of {printable(str(kind))}"])
    data, reason = _open(record, restored, path)
    height, width, channels = encoder(restored.data["pipeline"]).shape
    network = restored.task.network
    with full_float32():
        calls = trace(network, torch.zeros(1, channels, height, width))
        first = next((call for call in calls if isinstance(call.layer, nn.Conv2d)), None)
        weights = None if first is None else first.layer.weight.detach().float().numpy()  # type: ignore[operator]  # a Conv2d's
        filters = None if first is None or weights is None else compare_filters(first.name, weights)
        on_file = None if data is None else _see_file(restored, data, num_pictures)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    unread = [f"mistakes, feature maps and training accuracy: {reason}"] if reason else []
    return SeenNetwork(build_table(network, calls), parameters, weights, filters, on_file, unread)


def _find_checkpoint(record: Record) -> Path | None:
    found = find_checkpoint(record.folder)
    return None if found == record.folder else found


def _open(record: Record, restored: Restored, path: str | Path | None) -> tuple[ImageDataModule | None, str]:
    """Open the file to be read, or say in a line why none is."""
    give = f"Type `foudre report {printable(str(record.folder), 120)} FILE.h5`."
    known = path or record.option("data", "init_args", "path")
    if not known or (path is None and not Path(known).is_file()):
        return None, f"no dataset file given, and the one trained on is not at {printable(str(known))} any more. {give}"
    same = open_dataset(known).digest == restored.data["digest"]
    if path is None and not same:
        return None, f"the dataset file at {printable(str(known))} is not the one trained on any more. {give}"
    data = ImageDataModule(known, batch_size=BATCH_SIZE)
    if SPLIT not in data.file.splits:
        return None, f"the dataset file at {printable(str(known))} has no {SPLIT}"
    try:
        refuse_mismatch(restored, data, SPLIT, where="report")
    except DataError:
        if not same:
            raise
        return None, f"{SPLIT} was trained on, all or a part of it: what the network does there says nothing about new samples"
    return data, ""


def _see_file(restored: Restored, data: ImageDataModule, num_pictures: int) -> OnFile:
    part = data.file[SPLIT]
    mistakes = find_mistakes(restored, data, SPLIT)
    note_reading(restored, data, SPLIT, mistakes=len(mistakes.worst_first))
    pictures = [np.array(part.x[mistake.row]) for mistake in mistakes.worst_first[:num_pictures]]
    stored = np.array(part.x[0])
    with torch.inference_mode():
        images = restored.inputs(torch.from_numpy(stored[None]))
        probability, best = restored.task(images).softmax(dim=1).max(dim=1)
    maps = activated_maps(trace(restored.task.network, images))
    alike = _measure_alike(restored, data, mistakes) if data.file.digest == restored.data["digest"] else None
    taken = restored.classes[int(best)], float(probability)
    return OnFile(data.path, mistakes, pictures, alike, part.source[0], stored, *taken, maps)


@torch.inference_mode()
def _measure_alike(restored: Restored, data: ImageDataModule, mistakes: Mistakes) -> Alike | None:
    """Measure training samples, evenly spaced and without copies, as val was measured."""
    part = data.file["train"]
    originals = np.arange(len(part)) if part.parent is None else np.flatnonzero(part.parent < 0)
    rows = originals[np.unique(np.linspace(0, len(originals) - 1, min(MAX_TRAIN, len(originals))).astype(np.int64))]
    if part.y is None or not len(rows) or not mistakes.samples:
        return None
    right, loss = 0, 0.0
    for start in range(0, len(rows), BATCH_SIZE):
        chosen = rows[start : start + BATCH_SIZE]
        logits = restored.task(restored.inputs(torch.from_numpy(part.take(chosen, "x")[0])))
        labels = torch.from_numpy(part.y[chosen])
        right += int((logits.argmax(dim=1) == labels).sum())
        loss += float(F.cross_entropy(logits, labels, reduction="sum"))
    val_accuracy = 1 - len(mistakes.worst_first) / mistakes.samples
    return Alike(len(rows), right / len(rows), loss / len(rows), mistakes.samples, val_accuracy)
