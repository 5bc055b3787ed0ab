"""Classes and how many samples each has: statistics come in; empty, missing and tiny classes and imbalance go out as findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np

from toolkit.checks.rows import Rows, class_ids, command, counted, first_rows, group_ids, parts, usable
from toolkit.errors import printable
from toolkit.sources import EMPTY_CLASS
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS, Finding

__all__ = ["MIN_GROUPS", "MIN_SAMPLES", "STRONG_IMBALANCE", "WEAK_IMBALANCE", "check_classes"]

MIN_SAMPLES = 10
"""A class with fewer training samples is tiny."""

MIN_GROUPS = 3
"""A class with fewer groups cannot be in each of train, val and test."""

WEAK_IMBALANCE, STRONG_IMBALANCE = 2.0, 10.0
"""Ratio of the largest to the smallest training class from which it is told, and from which it is a warning."""

Severity = Literal["error", "warning"]

_NUM_NAMES = 10


def check_classes(table: Statistics, *, brought: Collection[str] = (), weighted: bool = False) -> list[Finding]:
    """Find classes without samples, absent from a split, or tiny, and large next to small ones; nothing where samples have no class.

    What cannot be used does not count.

    Args:
        table: The samples.
        brought: Names of the splits that the source brings itself: cutting anew leaves them as they are.
        weighted: Whether training draws small classes more often, so that none needs to be large.
    """
    label = class_ids(table)
    if label is None or not table.manifest.classes:
        return []
    found = [
        _find_single(table, label),
        _find_empty(table, label),
        *_find_missing(table, label, brought),
        _find_tiny(table, label),
        None if weighted else _find_imbalance(table, label),
    ]
    return [finding for finding in found if finding]


def _find_single(table: Statistics, label: Rows) -> Finding | None:
    if len(filled := np.flatnonzero(_sizes(table, label, table.measured))) != 1:
        return None
    why = "Any network is right on all of them by naming it; none learns to tell it from anything."
    return Finding("single_class", "warning", f"One class only: {_names(table, filled)}", 1, (), "at least 2 classes", why, "Add another.")


def _find_empty(table: Statistics, label: Rows) -> Finding | None:
    classes = table.manifest.classes
    folders = {skip.path.rpartition("/")[2] for skip in table.manifest.skipped if skip.reason == EMPTY_CLASS} - set(classes)
    empty = [classes[number] for number in np.flatnonzero(_sizes(table, label, table.measured) == 0)] + sorted(folders)
    if not empty:
        return None
    title, rule = f"{counted(len(empty), 'class')} without any sample: {_listed(empty)}", "at least 1 sample that can be used"
    why = "The network gets an output that nothing teaches it."
    fix = f"Add samples, or remove the class, then {command(table)}."
    return Finding("empty_classes", "warning", title, len(empty), (), rule, why, fix, about=tuple(empty))


def _find_missing(table: Statistics, label: Rows, brought: Collection[str]) -> list[Finding]:
    """Classes that a split lacks though another has them; one that train lacks can never be told right."""
    part, rows = parts(table), table.measured
    present = {number: _sizes(table, label, rows[part[rows] == number]) > 0 for number in np.unique(part).tolist()}
    kept = _kept(brought)
    cut = present.keys() - kept
    found = []
    for number, here in present.items():
        missing = np.flatnonzero(np.logical_or.reduce(list(present.values())) & ~here)
        if len(missing):
            title = f"{counted(len(missing), 'class')} missing from {SPLITS[number]}: {_names(table, missing)}"
            untaught = "Samples of a class that was never taught are all counted wrong."
            why = untaught if number == 0 else "Nothing is measured on these classes."
            anew = number not in kept and _fewest_units(table, label, missing, cut) >= len(cut)
            fix = f"or cut anew: {command(table, '--seed 1')}." if anew else f"then {command(table)}."
            severity: Severity = "error" if number == 0 else "warning"
            lacking = np.flatnonzero(np.isin(label, missing))
            rule = "every class in every split"
            name = f"missing_classes_in_{SPLITS[number]}"
            listed, fix = first_rows(lacking), f"Add samples or groups of these classes, {fix}"
            about = _of(table, missing)
            found.append(Finding(name, severity, title, len(missing), listed, rule, why, fix, num_samples=len(lacking), about=about))
    return found


def _kept(brought: Collection[str]) -> set[int]:
    """The splits that stay as the source brings them however the others are cut; a val that it does not bring is cut from its train."""
    return {number for number, name in enumerate(SPLITS) if name in brought and (name != "train" or "val" in brought)}


def _fewest_units(table: Statistics, label: Rows, classes: Rows, cut: Collection[int]) -> int:
    """How many groups, or samples where there are none, the splits that are cut have of that one of some classes that has fewest."""
    rows = usable(table)
    rows = rows[np.isin(parts(table)[rows], list(cut))]
    group = group_ids(table)[rows]
    return min(len(np.unique(group[label[rows] == number])) for number in classes.tolist())


def _find_tiny(table: Statistics, label: Rows) -> Finding | None:
    rows = usable(table)
    rows = rows[parts(table)[rows] == 0]
    sizes = _sizes(table, label, rows)
    free = table.manifest.split is None or bool((table.manifest.split[rows] < 0).any())
    units = np.unique(np.stack([label[rows], group_ids(table)[rows]]), axis=1)[0]
    few_groups = free & (np.bincount(units[units >= 0], minlength=len(sizes)) < MIN_GROUPS)
    tiny = np.flatnonzero((sizes > 0) & ((sizes < MIN_SAMPLES) | few_groups))
    if not len(tiny):
        return None
    title = f"{counted(len(tiny), 'class')} with very few samples or groups in train: {_names(table, tiny)}"
    rule = f"at least {MIN_SAMPLES} samples" + f", and {MIN_GROUPS} groups as long as train, val and test are to be cut from them" * free
    why = "What few samples teach is chance; what is measured on as few is chance too."
    fix = f"Collect more of these classes, or remove them, then {command(table)}."
    shown = rows[np.isin(label[rows], tiny)]
    return Finding(
        "tiny_classes", "warning", title, len(tiny), first_rows(shown), rule, why, fix, num_samples=len(shown), about=_of(table, tiny)
    )


def _find_imbalance(table: Statistics, label: Rows) -> Finding | None:
    """The largest next to the smallest class, as training meets them: copies count."""
    rows = table.measured
    rows = rows[parts(table)[rows] == 0]
    sizes = _sizes(table, label, rows)
    filled = np.flatnonzero(sizes)
    if len(filled) < 2:
        return None
    most, least = int(filled[sizes[filled].argmax()]), int(filled[sizes[filled].argmin()])
    ratio = sizes[most] / sizes[least]
    if ratio < WEAK_IMBALANCE:
        return None
    return Finding(
        "imbalance",
        "warning" if ratio >= STRONG_IMBALANCE else "info",
        f"The largest class has {ratio:.1f} times the samples of the smallest: "
        f"{_names(table, np.array([most]))} {sizes[most]:,}, {_names(table, np.array([least]))} {sizes[least]:,}",
        int((sizes[filled] * WEAK_IMBALANCE <= sizes[most]).sum()),
        (),
        f"told from {WEAK_IMBALANCE:g} times, a warning from {STRONG_IMBALANCE:g}",
        "Rare classes are learnt last, and accuracy over all samples hides their mistakes: look at the macro F1.",
        f"Balance train: {command(table, '--balance max --balance-by weights')}, or `--balance-by copies` to store as many of each.",
        extent=float(ratio),
    )


def _sizes(table: Statistics, label: Rows, rows: Rows) -> Rows:
    known = label[rows][label[rows] >= 0]
    return np.bincount(known, minlength=len(table.manifest.classes))


def _of(table: Statistics, classes: Rows) -> tuple[str, ...]:
    return tuple(table.manifest.classes[number] for number in classes.tolist())


def _names(table: Statistics, classes: Rows) -> str:
    return _listed(_of(table, classes))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NUM_NAMES
    return ", ".join(map(printable, names[:_NUM_NAMES])) + (f" and {more} more" if more > 0 else "")
