"""Who was taken for whom: a confusion matrix comes in, its CSV, its picture and a table of every class go into the run folder."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import printable

__all__ = ["MAX_DRAWN", "measure_classes", "most_confused", "write_confusion"]

MAX_DRAWN = 100
"""Classes of a matrix that is drawn whole: a picture's memory grows with their square."""


def write_confusion(folder: Path, name: str, matrix: NDArray[np.int64], classes: Sequence[str]) -> None:
    """Write ``<name>_confusion.csv``, ``<name>_classes.csv`` and, of the most confused classes, ``<name>_confusion.png``.

    Args:
        folder: Where to; made if it is missing.
        name: What the files' names begin with: the split, and the checkpoint if it is not the best one.
        matrix: int64, shape (K, K): samples of true class i that were taken for class j.
        classes: K names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = ([label, *row.tolist()] for label, row in zip(classes, matrix, strict=True))
    _write_rows(folder / f"{name}_confusion.csv", [["true \\ predicted", *classes], *counts])
    measures = measure_classes(matrix)
    rows = ([label, *(f"{values[i]:.6g}" for values in measures.values())] for i, label in enumerate(classes))
    _write_rows(folder / f"{name}_classes.csv", [["class", *measures], *rows])
    _draw(folder / f"{name}_confusion.png", matrix, classes)


def measure_classes(matrix: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Compute each class's precision, recall, F1 and number of samples.

    Args:
        matrix: int64, shape (K, K), rows true, columns predicted.

    Returns:
        float64 arrays of shape (K,), by name; a ratio of nothing to nothing is 0.
    """
    hits, true, predicted = np.diag(matrix).astype(np.float64), matrix.sum(1), matrix.sum(0)
    return {
        "precision": hits / np.maximum(predicted, 1),
        "recall": hits / np.maximum(true, 1),
        "f1": 2 * hits / np.maximum(true + predicted, 1),
        "samples": true.astype(np.float64),
    }


def most_confused(matrix: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Choose the classes that were most often taken for others, or others for them.

    Args:
        matrix: int64, shape (K, K), rows true, columns predicted.
        most: How many at most.

    Returns:
        int64, shape (min(K, most),), rising; of equally confused ones the first.
    """
    wrong = matrix.sum(0) + matrix.sum(1) - 2 * np.diag(matrix)
    return np.sort(np.argsort(-wrong, kind="stable")[:most])


def _write_rows(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        csv.writer(file).writerows(rows)


def _draw(path: Path, matrix: NDArray[np.int64], classes: Sequence[str]) -> None:
    from matplotlib.figure import Figure  # 0.3 s that only a finished run pays

    drawn = most_confused(matrix, MAX_DRAWN)
    side = 3 + 0.22 * len(drawn)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    share = matrix[np.ix_(drawn, drawn)] / np.maximum(matrix.sum(1, keepdims=True)[drawn], 1)
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    names = [printable(classes[i], 24) for i in drawn.tolist()]
    told: dict[str, str] = {}
    if len(drawn) < len(classes):
        told["Title"] = f"The {len(drawn)} most confused of {len(classes):,} classes; {path.with_suffix('.csv').name} has all of them"
        axes.set_title(told["Title"])
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7, parse_math=False)
    axes.set_yticks(range(len(names)), names, fontsize=7, parse_math=False)
    axes.set(xlabel="predicted", ylabel="true")
    figure.colorbar(image, label="share of the true class", shrink=0.8)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a class name in a script that the font lacks is drawn as boxes
        figure.savefig(path, dpi=110, metadata=told)
