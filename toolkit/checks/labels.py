"""Labels that cannot be right: statistics come in, and predictions where there are any; contradictions go out as findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, class_ids, command, counted, first_rows, first_sets
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["find_contradictions", "find_label_issues"]


def find_contradictions(table: Statistics, sets: Sequence[Rows]) -> list[Finding]:
    """Find equal samples under different labels.

    Args:
        table: The samples.
        sets: Rows of equal content, as `same_content` finds them.
    """
    label = table.manifest.label
    if label is None:
        return []
    found = [rows for rows in sets if (label[rows] != label[rows[0]]).any()]
    if not found:
        return []
    listed, count = first_sets(found), sum(map(len, found))
    return [
        Finding(
            "contradicting_labels",
            "error",
            f"{counted(count, 'sample')} in {counted(len(found), 'set')} of exact copies with different labels",
            count,
            first_rows(row for rows in listed for row in rows),
            "equal contents, different labels",
            "At least one of the labels is wrong; training pulls both ways, and no network can get all of them right.",
            f"Decide for one label, remove the other samples, then {command(table)}.",
            listed,
        )
    ]


def find_label_issues(table: Statistics, rows: Rows, probability: NDArray[np.floating]) -> list[Finding]:
    """Find labels that out-of-fold predictions confidently contradict.

    A class is believed of a sample where its probability is at least the average that the class's own samples get; the likeliest of
    these classes should be the label.

    Args:
        table: The samples.
        rows: int64, shape (M,): the rows that were predicted, each by a network that has not seen it.
        probability: Float, shape (M, classes).

    Source:
        Northcutt et al., Confident learning: estimating uncertainty in dataset labels, 2021 (the confident joint).
    """
    label = class_ids(table)
    if label is None or not len(rows):
        return []
    given = label[rows]
    usual = np.array([probability[given == c, c].mean() if (given == c).any() else np.inf for c in range(probability.shape[1])])
    believed = np.where(probability >= usual, probability, -1)
    other = believed.argmax(axis=1)
    issue = np.flatnonzero((believed.max(axis=1) >= 0) & (other != given))
    if not len(issue):
        return []
    doubt = probability[issue, given[issue]] - probability[issue, other[issue]]
    return [
        Finding(
            "label_issues",
            "warning",
            f"{counted(len(issue), 'label')} that predictions confidently contradict",
            len(issue),
            first_rows(rows[issue[np.argsort(doubt, kind="stable")]]),
            "another class's probability is at least what its own samples get on average, and the largest such",
            "A wrong label costs accuracy in training, and counts right answers as wrong when it is measured.",
            f"Look at them, worst first; mend or remove what is wrong, then {command(table)}.",
        )
    ]
