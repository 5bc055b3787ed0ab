"""What is to be seen in a run's network: its checkpoint comes in, and perhaps the dataset file; layers, filters, words, mistakes go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from datamodules import FileDataModule
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
from recipes.run_report.words import SeenWords, see_words
from recipes.tasks import Classifier
from toolkit import text as text_wing
from toolkit.dataset_file import TakeSamples, list_samples, open_dataset
from toolkit.errors import DataError, printable
from toolkit.images import encoder
from toolkit.wing import SPLITS

__all__ = ["Example", "OnFile", "SeenNetwork", "see_network"]

SPLIT = "val"
"""The only split that a page reads, and train, of which nothing can be given away."""

BATCH_SIZE, MAX_TRAIN = 256, 2000
"""Training samples that are measured as val is, at most."""


@dataclass(frozen=True, eq=False)
class Example:
    """What a network makes of one picture.

    Args:
        source: Where it comes from.
        picture: As stored, shape (H, W, C).
        predicted: What it is taken for.
        probability: How surely, in [0, 1].
        maps: What each convolution makes of it.
    """

    source: str
    picture: NDArray[Any]
    predicted: str
    probability: float
    maps: Sequence[FeatureMaps]


@dataclass(frozen=True, eq=False)
class OnFile:
    """What the network makes of a dataset file's val.

    Args:
        path: The file.
        mistakes: All of them, the worst first.
        alike: Training samples beside val; None unless the file is the one trained on.
        pictures: What is stored of the worst, in their order, each of shape (H, W, C); none of texts.
        excerpts: How the worst begin, in their order; none of pictures.
        example: A picture, layer by layer; None of texts.
    """

    path: str
    mistakes: Mistakes
    alike: Alike | None
    pictures: Sequence[NDArray[Any]] = ()
    excerpts: Sequence[str] = ()
    example: Example | None = None


@dataclass(frozen=True, eq=False)
class SeenNetwork:
    """What was seen.

    Args:
        layers: The network's table.
        parameters: How many numbers torch counts in it.
        weights: Of the first convolution, shape (N, C, H, W); None without one.
        filters: What these are most like; None without a convolution of 3×3 or more.
        words: What the vectors of words know; None where the network has none.
        on_file: None where no file was read.
        unread: One line for each thing that could not be read, and why.
    """

    layers: Sequence[Layer] = ()
    parameters: int = 0
    weights: NDArray[np.float32] | None = None
    filters: Filters | None = None
    words: SeenWords | None = None
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
    parameters = sum(parameter.numel() for parameter in restored.task.network.parameters())
    seen = SeenNetwork(parameters=parameters, words=see_words(restored))
    if not isinstance(restored.task, Classifier):
        return seen
    data, reason = _open(record, restored, path)
    with full_float32():
        if restored.kind == "images":
            seen = _see_layers(restored, seen)
        on_file = None if data is None else _see_file(restored, data, num_pictures)
    return replace(seen, on_file=on_file, unread=[f"mistakes and what is seen on val: {reason}"] if reason else [])


def _see_layers(restored: Restored, seen: SeenNetwork) -> SeenNetwork:
    """Look at the table and at the first filters of a network of pictures."""
    height, width, channels = encoder(restored.data["pipeline"]).shape
    network = restored.task.network
    calls = trace(network, torch.zeros(1, channels, height, width))
    first = next((call for call in calls if isinstance(call.layer, nn.Conv2d)), None)
    weights = None if first is None else first.layer.weight.detach().float().numpy()  # type: ignore[operator]  # a Conv2d's
    filters = None if first is None or weights is None else compare_filters(first.name, weights)
    return replace(seen, layers=build_table(network, calls), weights=weights, filters=filters)


def _find_checkpoint(record: Record) -> Path | None:
    found = find_checkpoint(record.folder)
    return None if found == record.folder else found


def _open(record: Record, restored: Restored, path: str | Path | None) -> tuple[FileDataModule | None, str]:
    """Open the file to be read, or say in a line why none is."""
    give = f"Type `foudre report {printable(str(record.folder), 120)} FILE.h5`."
    known = path or record.option("data", "init_args", "path")
    if not known or (path is None and not Path(known).is_file()):
        return None, f"no dataset file given, and the one trained on is not at {printable(str(known))} any more. {give}"
    same = open_dataset(known).digest == restored.data["digest"]
    if path is None and not same:
        return None, f"the dataset file at {printable(str(known))} is not the one trained on any more. {give}"
    data = restored.open(known, batch_size=BATCH_SIZE)
    if SPLIT not in data.file.splits:
        return None, f"the dataset file at {printable(str(known))} has no {SPLIT}"
    try:
        refuse_mismatch(restored, data, SPLIT, where="report")
    except DataError:
        if not same:
            raise
        return None, f"{SPLIT} was trained on, all or a part of it: what the network does there says nothing about new samples"
    return data, ""


def _see_file(restored: Restored, data: FileDataModule, num_pictures: int) -> OnFile:
    mistakes = find_mistakes(restored, data, SPLIT)
    note_reading(restored, data, SPLIT, mistakes=len(mistakes.worst_first))
    alike = _measure_alike(restored, data, mistakes) if data.file.digest == restored.data["digest"] else None
    part, worst = data.file[SPLIT], [mistake.row for mistake in mistakes.worst_first[:num_pictures]]
    if restored.kind == "images":
        pictures, example = [np.array(part.x[row]) for row in worst], _see_example(restored, np.array(part.x[0]), part.source[0])
        return OnFile(data.path, mistakes, alike, pictures=pictures, example=example)
    samples = list_samples(data.file)
    rows = samples.take(np.flatnonzero(samples.split == SPLITS.index(SPLIT))[worst])
    return OnFile(data.path, mistakes, alike, excerpts=text_wing.Show(TakeSamples(data.file), data.file.vocabulary).excerpts(rows))


@torch.inference_mode()
def _see_example(restored: Restored, stored: NDArray[Any], source: str) -> Example:
    images = restored.inputs(torch.from_numpy(stored[None]))
    probability, best = restored.task(images).softmax(dim=1).max(dim=1)
    maps = activated_maps(trace(restored.task.network, images))
    return Example(source, stored, restored.classes[int(best)], float(probability), maps)


@torch.inference_mode()
def _measure_alike(restored: Restored, data: FileDataModule, mistakes: Mistakes) -> Alike | None:
    """Measure training samples, evenly spaced and without copies, as val was measured."""
    part = data.file["train"]
    originals = np.arange(len(part)) if part.parent is None else np.flatnonzero(part.parent < 0)
    rows = originals[np.unique(np.linspace(0, len(originals) - 1, min(MAX_TRAIN, len(originals))).astype(np.int64))]
    if part.y is None or not len(rows) or not mistakes.samples:
        return None
    right, loss = 0, 0.0
    for start in range(0, len(rows), BATCH_SIZE):
        batch = data.dataset("train")[rows[start : start + BATCH_SIZE].tolist()]
        finished = restored.view.finish(batch)
        logits = restored.task(finished.x, finished.lengths)
        right += int((logits.argmax(dim=1) == batch.y).sum())
        loss += float(F.cross_entropy(logits, batch.y, reduction="sum"))  # type: ignore[arg-type]  # it is labelled
    val_accuracy = 1 - len(mistakes.worst_first) / mistakes.samples
    return Alike(len(rows), right / len(rows), loss / len(rows), mistakes.samples, val_accuracy)
