"""What was lost: inputs that became no sample, and what a dataset file no longer holds as it was written; findings go out."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.checks.rows import LIMIT, UNSPLIT, command, counted, first_rows, parts, usable
from toolkit.sources import EMPTY_CLASS
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["find_damage", "find_gaps", "find_unreadable", "unusable_inputs"]


def unusable_inputs(table: Statistics) -> list[tuple[str, str]]:
    """List every input that cannot be used, with its reason: what could not be read now, then what was skipped.

    Args:
        table: The samples. A class folder without any is a class, not an input: `check_classes` tells of it.

    Returns:
        Where each comes from, as it is named there, and one line.
    """
    failed = [(table.manifest.origin[row], reason) for row, reason in table.failures.items()]
    return failed + [(skip.path, skip.reason) for skip in table.manifest.skipped if skip.reason != EMPTY_CLASS]


def find_damage(table: Statistics, damage: Sequence[str]) -> list[Finding]:
    """Tell what of a dataset file is damaged.

    Args:
        table: Its samples.
        damage: One line a damaged place, as `DatasetFile.verify` finds them.
    """
    if not damage:
        return []
    more = f" and {len(damage) - 1} more" if len(damage) > 1 else ""
    title = f"The file is damaged: {damage[0]}{more}"
    why = "What is stored there is not what was written: pictures, words or labels may be any others."
    fix = f"Copy it anew from where it is whole, or write it again: {command(table)}."
    return [Finding("damaged_file", "error", title, len(damage), (), "every checksum holds", why, fix)]


def find_unreadable(table: Statistics) -> list[Finding]:
    """Find what could not be read now, and what was skipped when the source was listed or the dataset file written."""
    paths = [path for path, _ in unusable_inputs(table)]
    count = len(paths)
    if not count:
        return []
    some = len(table.measured) > 0
    lost = "where one class loses many, its figures suffer." if some else "there would be nothing in it."
    return [
        Finding(
            "unreadable_inputs",
            "warning" if some else "error",
            f"{counted(count, 'input')} that cannot be used" + ", and no other" * (not some),
            count,
            first_rows(table.failures),
            "every input is readable and whole",
            f"They are left out of the dataset file; {lost}",
            f"Replace or remove them, then {command(table)}.",
            about=tuple(paths[len(table.failures) :][:LIMIT]),
        )
    ]


def find_gaps(table: Statistics) -> list[Finding]:
    """Find that there is nothing to train on, or nothing to tell what it is."""
    rows, found = usable(table), []
    if len(rows) and not (parts(table)[rows] == 0).any():
        why = "Training has nothing to learn from, and nothing that is fitted has anything to be fitted on."
        unsplit = f"take what the source says of splits out of it, then {command(table, source=UNSPLIT)}"
        fix = f"Add training samples, then {command(table)}; or {unsplit}."
        title, rule = "No sample is in train", "at least 1 sample in train"
        found.append(Finding("no_training_samples", "error", title, len(rows), (), rule, why, fix))
    if len(rows) and table.manifest.label is None:
        why = "No classifier can be trained on them; word vectors and language models need no labels."
        fix = "For a classifier, put each class into a folder of its own, or name a table's column of labels."
        found.append(Finding("unlabelled", "info", "No sample has a label", len(rows), (), "a label for each sample", why, fix))
    return found
