"""Shortcuts: statistics come in; figures from which alone the class can be told, such as size or brightness, go out as findings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, class_ids, counted, figures, group_ids, parts, usable
from toolkit.splits import k_folds
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["MIN_SKILL", "NUM_BINS", "find_shortcuts", "predict_from_figure"]

MIN_SKILL = 0.25
"""Share of the way from always naming the largest class to never being wrong."""

_SURE = 4.0
"""Standard errors of guessing that chance does not reach, though several figures are tried; groups count as samples."""

NUM_BINS = 32
"""Bins of the histogram that predicts, with equally many samples each."""


def predict_from_figure(values: NDArray[np.float64], label: Rows, fold: NDArray[np.int8]) -> float:
    """How often a histogram of one figure tells the class of samples of the other fold.

    Args:
        values: The figure, shape (N,).
        label: int64, shape (N,), at least 0.
        fold: int8, shape (N,), 0 or 1: each is predicted from the other.

    Returns:
        The accuracy, in [0, 1]. Each bin names the class that most of its samples have.
    """
    hits = 0
    for number in (0, 1):
        fit, held_out = fold != number, fold == number
        edges = np.unique(np.quantile(values[fit], np.linspace(0, 1, NUM_BINS + 1)[1:-1]))
        counts = np.zeros((len(edges) + 1, int(label.max()) + 1), np.int64)
        np.add.at(counts, (np.searchsorted(edges, values[fit]), label[fit]), 1)
        hits += int((counts.argmax(axis=1)[np.searchsorted(edges, values[held_out])] == label[held_out]).sum())
    return hits / len(values)


def find_shortcuts(table: Statistics, *, seed: int = 0) -> list[Finding]:
    """Try to tell the class of training samples from each figure alone, on groups held out.

    What is told comes at least `MIN_SKILL` of the way, and further than chance does with as many groups.

    Args:
        table: The samples.
        seed: Draws which groups are held out.
    """
    label, rows = class_ids(table), usable(table)
    rows = rows[parts(table)[rows] == 0]
    if label is None or len(np.unique(label[rows])) < 2 or (label[rows] < 0).any() or len(np.unique(group_ids(table)[rows])) < 2:
        return []
    fold = k_folds(group_ids(table)[rows], 2, label=label[rows], seed=seed)
    majority = float(np.bincount(label[rows]).max() / len(rows))
    chance = _SURE * (majority * (1 - majority) / len(np.unique(group_ids(table)[rows]))) ** 0.5
    limit = majority + max(MIN_SKILL * (1 - majority), chance)
    found = []
    for name in figures(table):
        accuracy = predict_from_figure(table.columns[name][rows].astype(np.float64), label[rows], fold)
        if accuracy >= limit:
            found.append(_finding(name, len(rows), accuracy, majority, limit))
    return found


def _finding(name: str, count: int, accuracy: float, majority: float, limit: float) -> Finding:
    return Finding(
        f"shortcut_by_{name}",
        "warning",
        f"The {name} alone tells the class of {accuracy:.0%} of {counted(count, 'sample')}; the largest class has {majority:.0%}",
        count,
        (),
        f"accuracy of a histogram of {NUM_BINS} bins, on groups held out, of at least {limit:.0%}",
        "A network takes the easiest way: it may learn how the classes were recorded instead of what they show.",
        "If the link would not hold in use, collect the classes under the same conditions.",
        extent=accuracy,
    )
