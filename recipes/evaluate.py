"""A checkpoint and a dataset file come in; metrics, a confusion matrix and a line in the run's ledger go out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from lightning.pytorch import Trainer

from datamodules import FileDataModule, SeriesDataModule
from recipes.checkpoint import Restored, load_checkpoint
from recipes.confusion import write_confusion
from recipes.forecast.written import write_forecasts
from recipes.ledger import LEDGER, count_reads, write_ledger
from recipes.precision import full_float32
from recipes.quiet import quiet_lightning
from recipes.tasks import Classifier, Forecaster
from toolkit.errors import DataError, check, printable, wording

__all__ = ["EvaluateResult", "evaluate", "note_reading", "refuse_mismatch"]


@dataclass(frozen=True)
class EvaluateResult:
    """What an evaluation found.

    Args:
        checkpoint: The checkpoint evaluated.
        split: ``"val"`` or ``"test"``.
        samples: How many samples were counted, each once; of forecasts these are windows.
        metrics: accuracy, macro_f1 and loss by name; of forecasts mse and mae in scaled units, and those of naive ones.
        reads: How often the split has been read for this run, this time included, by its ledger.
    """

    checkpoint: str
    split: str
    samples: int
    metrics: dict[str, float]
    reads: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object."""
        return asdict(self)

    def __str__(self) -> str:
        measured = ", ".join(f"{name} {value:.4f}" for name, value in self.metrics.items())
        times = f" ({self.split} read {self.reads} times for this run)" if self.reads > 1 else ""
        return f"{printable(self.checkpoint)} on {self.samples:,} samples of {self.split}: {measured}{times}"


def evaluate(
    checkpoint: str | Path, path: str | Path, *, split: Literal["val", "test"] = "test", batch_size: int = 256, accelerator: str = "auto"
) -> EvaluateResult:
    """Measure a trained network on a split; the run's ledger notes that the split was read.

    Computed in full float32, TF32 switched off, on one device: on other hardware only the last digits of the loss differ.

    Args:
        checkpoint: A checkpoint that `train` wrote, or its run folder.
        path: A dataset file whose pipeline and classes are those of the checkpoint; it need not be the one trained on.
        split: ``"val"`` or ``"test"``.
        batch_size: The most samples in a batch, at least 1.
        accelerator: Lightning's name of the hardware.

    Returns:
        The metrics. The confusion matrix and the table of classes lie in the run folder, named by the split, e.g.
        ``test_confusion.csv``, and by the checkpoint where it is not ``best``: ``test_last_confusion.csv``; of forecasts,
        ``test_errors.csv`` by variable and step ahead, ``test_errors_by_origin.csv`` by time, and pictures. A checkpoint outside
        a run folder has them beside it, its own name before theirs.

    Raises:
        DataError: If the checkpoint cannot be used, or the file does not fit it.
    """
    check(split in ("val", "test"), "evaluate", "split", "val or test", split)
    restored = load_checkpoint(checkpoint)
    data = restored.open(path, batch_size=batch_size)
    refuse_mismatch(restored, data, split, where="evaluate")
    with quiet_lightning(), full_float32():
        trainer = Trainer(
            accelerator=accelerator,
            devices=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        run = trainer.test if split == "test" else trainer.validate
        (logged,) = run(restored.task, datamodule=data, verbose=False)
    metrics = {key.removeprefix(f"{split}/"): float(value) for key, value in logged.items()}
    stem, folder = restored.path.stem, restored.run or restored.path.parent
    name = f"{stem}_{split}" if not restored.run else split if stem == "best" else f"{split}_{stem}"
    reads = note_reading(restored, data, split, metrics=metrics)
    samples = len(data.file[split])
    if isinstance(restored.task, Classifier):
        write_confusion(folder, name, restored.task.confusion.numpy(), restored.titles)
    if isinstance(restored.task, Forecaster) and isinstance(data, SeriesDataModule):
        samples = len(restored.task.errors.windows)
        write_forecasts(folder, name, restored.task, data, split)
    return EvaluateResult(str(restored.path), split, samples, metrics, reads)


def note_reading(restored: Restored, data: FileDataModule, split: str, **found: Any) -> int:
    """Write into the ledger of a checkpoint's run that a split was read; without a run, into a ledger beside the checkpoint.

    Args:
        restored: The checkpoint that looked at it.
        data: The file read.
        split: ``"val"`` or ``"test"``.
        **found: What was learned from it, JSON-able.

    Returns:
        How often the split has been read by now.
    """
    folder, name = (restored.run, LEDGER) if restored.run else (restored.path.parent, f"{restored.path.stem}_{LEDGER}")
    reads = count_reads(folder, split, name=name) + 1
    write_ledger(folder, "read", name=name, split=split, reads=reads, checkpoint=str(restored.path), digest=data.file.digest, **found)
    return reads


def refuse_mismatch(restored: Restored, data: FileDataModule, split: str, *, where: str) -> None:
    """Refuse a file that was made otherwise than what the network was trained on, and rows that it was trained on.

    Args:
        restored: The checkpoint.
        data: The file.
        split: What is to be read of it.
        where: Who asks, for the message.

    Raises:
        DataError: If pipeline or classes differ, or the network learned from this very split.
    """
    trained = {"train_on": restored.data.get("train_on", "train"), "fold": restored.data.get("fold")}
    if split == "val" and restored.data["digest"] == data.file.digest and trained != {"train_on": "train", "fold": None}:
        rule, got = "one that the network did not learn from", "val, which was trained on" + (" in part" if trained["fold"] else "")
        raise DataError(wording(where, "split", rule, got, at=str(restored.path), fix="Read test, once everything is chosen."))
    stored, here = ({key: part[key] for key in ("kind", "classes", "pipeline")} for part in (restored.data, data.state_dict()))
    for part in (stored, here):  # how training copies were changed, and how a source was written, says nothing of other samples
        part["pipeline"] = {key: value for key, value in part["pipeline"].items() if key not in ("augment", "read")}
    for name, own in stored.items():
        if own != here[name]:
            rule, got = (printable(text) for text in _differing(own, here[name]))
            differing = f"{rule}, as in the checkpoint, got {got} in {printable(data.path)}"
            raise DataError(f"{where}: {name} must be {differing}. Preprocess the data as for training.")


def _differing(own: Any, other: Any) -> tuple[str, str]:
    """Say two values; of two mappings, what differs in them alone, and of what these hold, too."""
    if not (isinstance(own, dict) and isinstance(other, dict)):
        return (str(own) or "none", str(other) or "none")
    names = [name for name in {**own, **other} if own.get(name) != other.get(name)]
    said = [(name, *_differing(own.get(name, ""), other.get(name, ""))) for name in names]
    return ", ".join(f"{name} {mine}" for name, mine, _ in said), ", ".join(f"{name} {theirs}" for name, _, theirs in said)
