"""What a run wrote down: its folder comes in; curves, ledger, confusion matrix and options go out, to be judged and shown."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from recipes.callbacks import EPOCH_LOSS
from recipes.ledger import LEDGER
from recipes.train import RESULT
from toolkit.errors import DataError, wording
from toolkit.shell import quote_word

__all__ = ["Curve", "Record", "read_record"]

STEP_LOSS = "train/loss"
AS_WRITTEN = "as a run wrote it"


@dataclass(frozen=True, eq=False)
class Curve:
    """A figure over the epochs.

    Args:
        epoch: float64, rising: where it belongs, 1 for the end of the first epoch. A mean over an epoch belongs to its middle.
        value: float64, as many.
    """

    epoch: NDArray[np.float64]
    value: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Record:
    """One run, as its folder tells it. What is missing there is empty here.

    Args:
        folder: The run folder.
        config: The resolved configuration, YAML as written.
        result: What `train` answered; empty if the run has not ended.
        curves: By name, ``val/loss`` and the like at the ends of epochs, ``train/loss`` in their middles.
        whole_epochs: Whether ``train/loss`` averages all steps of an epoch; else those logged.
        ledger: Its lines.
        classes: Names, in the order of the matrix.
        confusion: int64, shape (K, K), of the checkpoint that counts, on val: rows true, columns predicted; None if there is none.
    """

    folder: Path
    config: str
    result: Mapping[str, Any]
    curves: Mapping[str, Curve]
    whole_epochs: bool
    ledger: Sequence[Mapping[str, Any]]
    classes: Sequence[str]
    confusion: NDArray[np.int64] | None

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The configuration, parsed.

        Raises:
            DataError: If it is no YAML mapping.
        """
        try:
            options = yaml.safe_load(self.config)
        except (yaml.YAMLError, RecursionError) as error:
            raise DataError(wording("report", "config.yaml", AS_WRITTEN, str(error).split("\n", 1)[0], at=str(self.folder))) from error
        if not isinstance(options, dict):
            raise DataError(wording("report", "config.yaml", AS_WRITTEN, "no mapping of options", at=str(self.folder)))
        return options

    def option(self, *path: str) -> Any:
        """Return an option by its path, e.g. ``"checkpoint", "monitor"``; None where there is none."""
        found: Any = self.options
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    @property
    def file(self) -> str:
        """The dataset file trained on, as a shell takes it."""
        return quote_word(str(self.option("data", "init_args", "path") or "FILE.h5"))

    def command(self, *options: str) -> str:
        """Return what to type to train once more as this run was, with some options changed."""
        config = quote_word(str(self.folder / "config.yaml"))
        return " ".join(["foudre train", config, self.file, *options])

    @property
    def selected(self) -> bool:
        """Whether val chooses the checkpoint."""
        return self.trained_on == "train" and self.option("data", "init_args", "fold") is None

    @property
    def trained_on(self) -> str:
        """``"train"`` or ``"train+val"``."""
        return str(self.option("data", "init_args", "train_on") or "train")

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose checkpoint counts, from 1; None if that is not known."""
        if not self.selected:
            return int(self.result["epochs"]) if self.result else None
        curve = self.curves.get(str(self.option("checkpoint", "monitor")))
        if curve is None or np.isnan(curve.value).all():
            return None
        best = np.nanargmax if self.option("checkpoint", "mode") == "max" else np.nanargmin
        return round(float(curve.epoch[int(best(curve.value))]))

    @property
    def epochs(self) -> int:
        """Epochs trained, as far as is known."""
        ended = (round(float(curve.epoch[-1])) for name, curve in self.curves.items() if name.startswith("val/"))
        return int(self.result.get("epochs") or max(ended, default=0))

    @property
    def metrics(self) -> dict[str, float]:
        """Of the checkpoint that counts, by name; of a run that has not ended, of its best epoch so far."""
        if self.result:
            return dict(self.result["metrics"])
        best = self.best_epoch
        return {
            name: float(curve.value[curve.epoch == best][0])
            for name, curve in self.curves.items()
            if name.startswith("val/") and best in curve.epoch
        }


def read_record(folder: Path) -> Record:
    """Read what a run left.

    Args:
        folder: A run folder.

    Raises:
        DataError: If one of its files is damaged.
    """
    result = _read_result(folder / RESULT)
    rows = [row for log in _logs(folder) for row in _read_rows(log / "metrics.csv")]
    curves, whole = _find_curves(rows, result.get("epochs"))
    classes, confusion = _read_confusion(folder)
    ledger = _read_lines(folder / LEDGER)
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8", errors="backslashreplace") if config.is_file() else "{}"
    return Record(folder, text, result, curves, whole, ledger, classes, confusion)


def _logs(folder: Path) -> list[Path]:
    """The folders of logs, in the order in which a resumed run made them."""
    numbered = ((int(match[1] or 1), path) for path in folder.glob("logs*") if (match := re.fullmatch(r"logs(\d*)", path.name)))
    return [path for _, path in sorted(numbered)]


def _find_curves(rows: Sequence[Mapping[str, float]], epochs: int | None) -> tuple[dict[str, Curve], bool]:
    """Take each figure's values; where a resumed run did an epoch again, the later ones.

    The chosen checkpoint is measured once more at the end, under the number of an epoch that was never trained: left out.
    """
    found: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        epoch = int(row["epoch"])
        if epochs is None or epoch < epochs:
            for name in row.keys() - {"epoch", "step"}:
                steps = found.setdefault(name, {}).setdefault(epoch, [])
                if name != STEP_LOSS:
                    steps.clear()
                steps.append(row[name])
    whole = EPOCH_LOSS in found
    means = found.pop(EPOCH_LOSS, None) or found.get(STEP_LOSS)
    if means:
        found[STEP_LOSS] = means
    curves = {}
    for name, by_epoch in found.items():
        place = np.array(sorted(by_epoch), np.float64) + (0.5 if name == STEP_LOSS else 1)
        curves[name] = Curve(place, np.array([np.mean(by_epoch[epoch]) for epoch in sorted(by_epoch)]))
    return curves, whole


def _read_rows(path: Path) -> list[dict[str, float]]:
    if not path.is_file():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = [{name: float(text) for name, text in row.items() if text} for row in csv.DictReader(file)]
    except (ValueError, TypeError, AttributeError, csv.Error) as error:
        raise DataError(wording("report", path.name, AS_WRITTEN, str(error), at=str(path.parent))) from error
    return [row for row in rows if row.get("epoch", -1) >= 0]


def _read_confusion(folder: Path) -> tuple[list[str], NDArray[np.int64] | None]:
    path = folder / "val_confusion.csv"
    if not path.is_file():
        return [], None
    try:
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            head, *rows = csv.reader(file)
        matrix = np.array([row[1:] for row in rows]).astype(np.int64).reshape(len(head) - 1, len(head) - 1)
    except (ValueError, csv.Error) as error:
        raise DataError(wording("report", path.name, AS_WRITTEN, str(error), at=str(path.parent))) from error
    return head[1:], matrix


def _read_result(path: Path) -> Mapping[str, Any]:
    found = next(iter(_read_lines(path, whole=True)), {})
    if found and not {"metrics", "epochs", "seconds", "flops", "best_checkpoint", "last_checkpoint"} <= found.keys():
        raise DataError(wording("report", path.name, AS_WRITTEN, "an answer without metrics or epochs", at=str(path.parent)))
    return found


def _read_lines(path: Path, *, whole: bool = False) -> list[Mapping[str, Any]]:
    """Read JSON objects, one a line or one in all; none if there is no file."""
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
        found = [json.loads(part) for part in ([text] if whole else text.splitlines())]
    except ValueError as error:
        raise DataError(wording("report", path.name, AS_WRITTEN, str(error), at=str(path.parent))) from error
    if not all(isinstance(one, dict) for one in found):
        raise DataError(wording("report", path.name, AS_WRITTEN, "no JSON object", at=str(path.parent)))
    return found
