"""What a network gets wrong: a checkpoint and a split come in, its mistakes go out, the worst first, to the CSV and the picture."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from datamodules import FileDataModule
from recipes.checkpoint import Restored
from toolkit.errors import DataError

__all__ = ["Mistake", "Mistakes", "find_mistakes", "write_mistakes"]


@dataclass(frozen=True)
class Mistake:
    """A sample that was taken for another class.

    Args:
        row: Its row in the split.
        source: The path or row that it came from.
        true: Its class.
        predicted: The class it was taken for.
        probability: How sure the network was of that, in [0, 1].
        loss: Cross-entropy of the true class, at least 0: minus the logarithm of the probability left for it.
    """

    row: int
    source: str
    true: str
    predicted: str
    probability: float
    loss: float


@dataclass(frozen=True)
class Mistakes:
    """All mistakes on a split.

    Args:
        split: ``"val"`` or ``"test"``.
        samples: How many samples were looked at.
        worst_first: The mistakes, sorted by their loss, the highest first.
    """

    split: str
    samples: int
    worst_first: tuple[Mistake, ...]


@torch.inference_mode()
def find_mistakes(restored: Restored, data: FileDataModule, split: str) -> Mistakes:
    """Let a network classify a split, on the CPU, and keep what it gets wrong.

    Args:
        restored: The checkpoint.
        data: A file whose pipeline and classes are the checkpoint's.
        split: A split that the file has.

    Raises:
        DataError: If the split is missing or unlabelled.
    """
    data.require(split)
    part, classes, found = data.file[split], restored.titles, []
    if part.y is None:
        raise DataError(f"look: {split} must be labelled, got no labels in {data.path}. Preprocess a labelled source.")
    for batch in data.loader(split):
        finished = restored.view.finish(batch)
        logits = restored.task(finished.x, finished.lengths)
        losses = F.cross_entropy(logits, batch.y, reduction="none")
        probability, predicted = logits.softmax(dim=1).max(dim=1)
        for i in (predicted != batch.y).nonzero().flatten().tolist():
            row = int(batch.index[i])
            names = classes[batch.y[i]], classes[predicted[i]]
            found.append(Mistake(row, part.source[row], *names, float(probability[i]), float(losses[i])))
    return Mistakes(split, len(part), tuple(sorted(found, key=lambda mistake: -mistake.loss)))


def write_mistakes(path: Path, mistakes: Mistakes) -> None:
    """Write all mistakes as CSV, the worst first: a column for each field of `Mistake`; only these names if there are none."""
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(Mistake.__dataclass_fields__)
        writer.writerows(asdict(mistake).values() for mistake in mistakes.worst_first)
