"""Several runs of one recipe → one answer: runs' metrics and tables of classes come in, means and deviations go out, into their folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch.utilities import rank_zero_only

from toolkit.errors import printable

__all__ = ["Spread", "write_spread"]


@dataclass(frozen=True)
class Spread:
    """What several runs reached together.

    Args:
        run: The folder that the runs lie in.
        runs: Each run's name and metrics.
        mean: Mean of each metric over the runs.
        std: Standard deviation of each metric over the runs, with n − 1 in the denominator; none of a single run.
        facts: What else is to be told, JSON-able: of trainings, flops and seconds of all runs together, and more.
    """

    run: str
    runs: dict[str, dict[str, float]]
    mean: dict[str, float]
    std: dict[str, float]
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object, the facts beside the rest."""
        fields = asdict(self)
        facts = fields.pop("facts")
        return {**fields, **facts}

    def __str__(self) -> str:
        lines = [f"{printable(self.run)}: {len(self.runs)} runs"]
        lines += [f"  {name}: " + ", ".join(f"{key} {value:.4f}" for key, value in metrics.items()) for name, metrics in self.runs.items()]
        if self.std:
            told = (f"{key} {self.mean[key]:.4f} ± {self.std[key]:.4f}" for key in self.mean)
            lines.append("  mean ± standard deviation: " + ", ".join(told))
        facts = dict(self.facts)
        if "flops" in facts:
            flops, seconds = facts.pop("flops"), facts.pop("seconds")
            lines.append(f"  {f'{flops / 1e12:,.1f} TFLOP in ' if flops else ''}{seconds:,.0f} s")
        lines += [f"  {key.replace('_', ' ')}: {f'{value:.4f}' if isinstance(value, float) else value}" for key, value in facts.items()]
        return "\n".join(lines)


def write_spread(
    folder: Path, runs: Mapping[str, Mapping[str, float]], *, tables: Sequence[Path], prefix: str = "", **facts: Any
) -> Spread:
    """Sum runs up, in ``summary.json`` and, where there are tables of classes, ``classes.csv``.

    Args:
        folder: Where to.
        runs: Each run's metrics.
        tables: The runs' tables of classes, as `recipes.confusion` writes them.
        prefix: What both names begin with.
        facts: What else to keep, JSON-able.
    """
    keys = list(dict.fromkeys(key for metrics in runs.values() for key in metrics))
    values = {key: np.array([metrics[key] for metrics in runs.values()]) for key in keys}
    mean = {key: float(value.mean()) for key, value in values.items()}
    std = {key: float(value.std(ddof=1)) for key, value in values.items() if len(value) > 1}
    spread = Spread(str(folder), {key: dict(value) for key, value in runs.items()}, mean, std, facts)
    _write_json(folder / f"{prefix}summary.json", spread)
    if tables:
        _write_classes(folder / f"{prefix}classes.csv", tables)
    return spread


@rank_zero_only
def _write_json(path: Path, spread: Spread) -> None:
    path.write_text(json.dumps(spread.to_json(), indent=2) + "\n", encoding="utf-8")


@rank_zero_only
def _write_classes(path: Path, tables: Sequence[Path]) -> None:
    """Join tables of classes: mean and deviation of each measure of each class."""
    each = []
    for table in tables:
        with open(table, newline="", encoding="utf-8", errors="surrogateescape") as file:
            each.append(list(csv.DictReader(file)))
    measures = ("precision", "recall", "f1", "samples")
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(["class", *(f"{measure}_{what}" for measure in measures for what in ("mean", "std"))])
        for rows in zip(*each, strict=True):
            found = np.array([[float(row[measure]) for measure in measures] for row in rows])
            std = found.std(axis=0, ddof=1) if len(found) > 1 else np.zeros(len(measures))
            cells = [f"{value:.6g}" for pair in zip(found.mean(axis=0), std, strict=True) for value in pair]
            writer.writerow([rows[0]["class"], *cells])
