"""Labels that cannot be right: statistics come in, and predictions where there are any; contradictions go out as findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, class_ids, command, counted, first_rows, first_sets
from toolkit.errors import printable
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["Doubt", "ask_cleanlab", "believed_classes", "confident_joint", "find_contradictions", "find_label_issues"]

_NUM_PAIRS = 3
"""Pairs of classes that are told in words."""

Doubt = Callable[[Rows, NDArray[np.floating]], Rows]
"""From labels and probabilities to the class that each sample is believed to be of."""


def find_contradictions(table: Statistics, sets: Sequence[Rows], *, certain: bool = True) -> list[Finding]:
    """Find samples that are alike under different labels.

    Args:
        table: The samples.
        sets: Rows that are alike, such as those of equal content that `same_content` finds.
        certain: Whether those alike are the same beyond doubt: only then is one of the labels surely wrong, else somebody must look.
    """
    label = table.manifest.label
    if label is None:
        return []
    found = [rows for rows in sets if (label[rows] != label[rows[0]]).any()]
    if not found:
        return []
    listed, count = first_sets(found), sum(map(len, found))
    what, rule = ("exact copies", "equal contents") if certain else ("near copies", "near copies, as found among near duplicates")
    wrong = "At least one of the labels is wrong" if certain else "If they show the same, at least one of the labels is wrong"
    return [
        Finding(
            "contradicting_labels" if certain else "contradicting_labels_of_near_duplicates",
            "error" if certain else "warning",
            f"{counted(count, 'sample')} in {counted(len(found), 'set')} of {what} with different labels",
            count,
            first_rows(row for rows in listed for row in rows),
            f"{rule}, different labels",
            f"{wrong}; training pulls both ways, and no network can get all of them right.",
            f"Decide for one label, remove the other samples, then {command(table)}.",
            listed,
        )
    ]


def believed_classes(label: Rows, probability: NDArray[np.floating]) -> Rows:
    """Say which class predictions confidently believe each sample to be of.

    A class is believed of a sample where its probability is at least the average that the class's own samples get, and more than that of
    the label, if it is another; of several the likeliest counts.

    Args:
        label: int64, shape (M,): the labels that are doubted.
        probability: Float, shape (M, K), finite: of each class, by a network that has not seen the sample.

    Returns:
        int64, shape (M,): −1 where no class is.

    Source:
        Northcutt, Jiang & Chuang, Confident learning: estimating uncertainty in dataset labels, 2021, section 3.1.
    """
    classes = range(probability.shape[1])
    usual = np.array([probability[label == c, c].mean() if (label == c).any() else np.inf for c in classes])
    own = probability[np.arange(len(label)), label, None]
    believed = np.where((probability >= usual) & ((probability > own) | (label[:, None] == classes)), probability, -1)
    return np.where(believed.max(axis=1, initial=-1) >= 0, believed.argmax(axis=1), -1)


def ask_cleanlab(label: Rows, probability: NDArray[np.floating]) -> Rows:
    """Ask cleanlab instead, which prunes by noise rate: as many labels of each pair of classes as its joint counts, the least likely ones.

    Args:
        label: As `believed_classes` takes it.
        probability: The same.

    Returns:
        int64, shape (M,): the likeliest class of samples whose label is doubted, the label itself of the others.
    """
    from cleanlab.filter import find_label_issues as prune

    return np.where(prune(label, probability, n_jobs=1), probability.argmax(axis=1), label)


def confident_joint(label: Rows, believed: Rows, *, num_classes: int) -> NDArray[np.int64]:
    """Count samples by label and by the class that is believed, int64, shape (K, K); what lies off the diagonal is doubted."""
    joint = np.zeros((num_classes, num_classes), np.int64)
    np.add.at(joint, (label[believed >= 0], believed[believed >= 0]), 1)
    return joint


def find_label_issues(table: Statistics, rows: Rows, probability: NDArray[np.floating], *, by: Doubt = believed_classes) -> list[Finding]:
    """Find labels that out-of-fold predictions contradict, the widest margin first.

    Args:
        table: The samples.
        rows: int64, shape (M,): the rows that were predicted, each by a network that has not seen it.
        probability: Float, shape (M, classes); rows that hold NaN or infinity are told, and left out.
        by: `believed_classes`, or `ask_cleanlab` where that is installed.
    """
    label = class_ids(table)
    if label is None or not len(rows):
        return []
    sound = np.isfinite(probability).all(axis=1)
    return [*_tell_unsound(rows[~sound]), *_doubt(table, label, rows[sound], probability[sound], by)]


def _tell_unsound(rows: Rows) -> list[Finding]:
    """Predictions that are no numbers: one of them in a class's average would hide all that is wrong in the class."""
    if not len(rows):
        return []
    return [
        Finding(
            "unusable_predictions",
            "warning",
            f"{counted(len(rows), 'sample')} whose predictions are no numbers",
            len(rows),
            first_rows(rows),
            "every probability finite",
            "Their labels are not judged, and they are left out of the averages that the others are judged by. The network that made them "
            "diverged, or their values are no numbers.",
            "Train again with `foudre crossval`, with a lower learning rate if a whole fold is among them.",
        )
    ]


def _doubt(table: Statistics, label: Rows, rows: Rows, probability: NDArray[np.floating], by: Doubt) -> list[Finding]:
    if not len(rows):
        return []
    given = label[rows]
    believed = by(given, probability)
    issue = np.flatnonzero((believed >= 0) & (believed != given))
    if not len(issue):
        return []
    margin = probability[issue, believed[issue]] - probability[issue, given[issue]]
    issue = issue[np.argsort(-margin, kind="stable")]
    names, listed = table.manifest.classes, first_rows(rows[issue])
    return [
        Finding(
            "label_issues",
            "warning",
            f"{counted(len(issue), 'label')} that predictions confidently contradict",
            len(issue),
            listed,
            _RULES[by],
            "A wrong label costs accuracy in training, and counts right answers as wrong when it is measured. "
            f"Most often: {_tell_pairs(confident_joint(given, believed, num_classes=len(names)), names)}.",
            f"Look at them, worst first; mend or remove what is wrong, then {command(table)}.",
            notes=tuple(f"looks like {names[believed[i]]}, {probability[i, believed[i]]:.0%}" for i in issue[: len(listed)]),
        )
    ]


_RULES: dict[Doubt, str] = {
    believed_classes: "another class's probability is at least what its own samples get on average, and more than the label's",
    ask_cleanlab: "cleanlab's: as many labels as its confident joint counts for each pair of classes, the least likely ones",
}


def _tell_pairs(joint: NDArray[np.int64], names: Sequence[str]) -> str:
    """The largest counts off the diagonal."""
    joint = joint - np.diag(np.diag(joint))
    order = [divmod(place, len(names)) for place in np.argsort(-joint, axis=None, kind="stable")[:_NUM_PAIRS].tolist()]
    told = [f"labelled {printable(names[i])}, looks like {printable(names[j])}: {joint[i, j]:,}" for i, j in order if joint[i, j]]
    return "; ".join(told)
