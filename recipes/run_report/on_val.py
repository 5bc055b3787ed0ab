"""What a run's network makes of val: the checkpoint and a dataset file come in; mistakes go out, and how training samples fare beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from datamodules import FileDataModule
from recipes.checkpoint import Restored
from recipes.evaluate import note_reading, refuse_mismatch
from recipes.look.mistakes import Mistakes, find_mistakes
from recipes.run_report.fit import Alike
from recipes.run_report.records import Record
from toolkit.dataset_file import TakeSamples, list_samples, open_dataset
from toolkit.errors import DataError, printable
from toolkit.shell import quote_word
from toolkit.wing import SPLITS
from toolkit.wings import WINGS

__all__ = ["SPLIT", "OnVal", "open_val", "see_val"]

SPLIT = "val"
"""The only split that a page reads, and train, of which nothing can be given away."""

BATCH_SIZE, MAX_TRAIN = 256, 2000
"""Training samples that are measured as val is, at most."""


@dataclass(frozen=True, eq=False)
class OnVal:
    """What the network makes of a dataset file's val.

    Args:
        path: The file.
        mistakes: All of them, the worst first.
        alike: Training samples beside val; None unless the file is the one trained on.
        pictures: Data addresses of the worst, in their order; empty for a kind without pictures.
        excerpts: What these say, in their order; empty for a kind that says nothing.
    """

    path: str
    mistakes: Mistakes
    alike: Alike | None
    pictures: Sequence[str] = ()
    excerpts: Sequence[str] = ()


def open_val(record: Record, restored: Restored, path: str | Path | None) -> tuple[FileDataModule | None, str]:
    """Open the file to be read, or say in a line why none is.

    Args:
        record: The run.
        restored: Its checkpoint.
        path: A dataset file that fits it; None takes the one that it was trained on, if that is still the same.

    Raises:
        DataError: If the file given does not fit the checkpoint.
    """
    give = f"Type `foudre report {printable(quote_word(str(record.folder)), 1000)} FILE.h5`."
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


def see_val(restored: Restored, data: FileDataModule, *, num_shown: int) -> OnVal:
    """Let the network classify val, on the CPU; the ledger notes the reading.

    Args:
        restored: The checkpoint.
        data: From `open_val`.
        num_shown: Mistakes that are shown themselves, at most.
    """
    mistakes = find_mistakes(restored, data, SPLIT)
    note_reading(restored, data, SPLIT, mistakes=len(mistakes.worst_first))
    alike = _measure_alike(restored, data, mistakes) if data.file.digest == restored.data["digest"] else None
    samples, worst = list_samples(data.file), [mistake.row for mistake in mistakes.worst_first[:num_shown]]
    rows = samples.take(np.flatnonzero(samples.split == SPLITS.index(SPLIT))[worst])
    show = WINGS[restored.kind].Show.stored(TakeSamples(data.file), data.file.vocabulary, data.file.pipeline)
    return OnVal(data.path, mistakes, alike, show.pictures(rows), show.excerpts(rows))


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
