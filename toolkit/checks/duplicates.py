"""Samples that are there twice: statistics come in, sets of equal ones and findings in three tables go out.

Within a group they are expected, across groups a split may part them, across splits they already leak. A test part that the source
brings stays whole, as a group does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, command, counted, first_rows, first_sets, group_ids, parts, usable
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS, Finding

__all__ = ["find_duplicates", "same_content", "tabulate_sets"]

_TABLES = ("within_groups", "across_groups", "across_splits")
_WHY = {
    "within_groups": "Frames of one track or pages of one author often repeat; they stay in one split.",
    "across_groups": "Whatever cuts the samples anew may put one in train and the other in val or test. Training counts it several times.",
    "across_splits": "The network has seen in training what it is measured on: accuracy comes out too high.",
}
_SEVERITY: dict[str, Literal["error", "warning", "info"]] = {"within_groups": "info", "across_groups": "warning", "across_splits": "error"}


def same_content(table: Statistics, identity: str = "") -> list[Rows]:
    """Find originals that are equal: by the wing's digest of what was read, or else by that of their files.

    Args:
        table: The samples.
        identity: The wing's column that is equal where contents are, and 0 where there is nothing to compare; empty if it has none.

    Returns:
        Sets of at least 2 rows each, int64, rising. Copies that balancing made, and what cannot be used, are in none.
    """
    rows = usable(table)
    keys = np.zeros((len(table), 1 + table.contents.shape[1]), np.uint8)
    keys[:, 1:] = table.contents
    known = table.contents.any(axis=1)
    if identity:
        keys[:, 1:] = 0
        keys[:, 1:9] = table.columns[identity][:, None].view(np.uint8)
        known = table.columns[identity] != 0
    keys[~known, 0] = 1
    keys[~known, 1:9] = np.arange(len(table))[~known, None].view(np.uint8)
    _, ids = np.unique(keys[rows].view(f"V{keys.shape[1]}").ravel(), return_inverse=True)
    return [rows[members] for members in _repeated(ids)]


def find_duplicates(table: Statistics, sets: Sequence[Rows], *, brought: Collection[str] = ()) -> list[Finding]:
    """Tell of exact duplicates, as `same_content` finds them; `brought` is that of `tabulate_sets`."""
    return tabulate_sets(table, sets, name="duplicates", what="exact copies", threshold="equal contents", brought=brought)


def tabulate_sets(
    table: Statistics, sets: Sequence[Rows], *, name: str, what: str, threshold: str, brought: Collection[str] = (), certain: bool = True
) -> list[Finding]:
    """Put sets of samples that are alike into three tables, by the worst that each does.

    Args:
        table: The samples.
        sets: Rows that are alike, at least 2 a set.
        name: What the checks' names begin with.
        what: What the samples of a set are to each other.
        threshold: When two samples are alike.
        brought: Names of the splits that the source brings itself.
        certain: Whether those alike are the same beyond doubt: only then is a leak an error, else somebody must look.

    Returns:
        At most one finding a table; its count is of samples.
    """
    part, group = parts(table), group_ids(table)
    if "test" in brought:
        group = np.where(part == SPLITS.index("test"), -1, group)
    tables: dict[str, list[Rows]] = {table_name: [] for table_name in _TABLES}
    for rows in sets:
        parted, strange = (len(set(ids[rows].tolist())) > 1 for ids in (part, group))
        tables[_TABLES[2 if parted else 1 if strange else 0]].append(_one_of_each(rows, part if parted else group))
    findings = [_finding(table, found, name=name, where=where, what=what, threshold=threshold) for where, found in tables.items() if found]
    findings = [replace(each, fix=_fix(table, each.check, brought)) for each in findings]
    return findings if certain else [replace(f, severity="warning") if f.severity == "error" else f for f in findings]


def _finding(table: Statistics, sets: list[Rows], *, name: str, where: str, what: str, threshold: str) -> Finding:
    count = sum(map(len, sets))
    listed = first_sets(sets)
    return Finding(
        f"{name}_{where}",
        _SEVERITY[where],
        f"{counted(count, 'sample')} in {counted(len(sets), 'set')} of {what} {_name(table, sets, where)}",
        count,
        first_rows(row for rows in listed for row in rows),
        threshold,
        _WHY[where],
        sets=listed,
    )


def _fix(table: Statistics, check: str, brought: Collection[str]) -> str:
    if check.endswith("within_groups"):
        return "Nothing to do."
    grouped = table.manifest.group is not None
    one_group = ", or give them one group: a CSV with a column that they share, and --layout csv --group COLUMN"
    keep = "those of one group" if grouped else "one of each set"
    return f"Keep {keep} and remove the others, then {command(table)}{one_group * (not grouped and not brought)}."


def _name(table: Statistics, sets: list[Rows], where: str) -> str:
    ids = group_ids(table)
    of_test = where == "within_groups" and any((ids[rows] != ids[rows[0]]).any() for rows in sets)
    return where.replace("_", " ") + ", or within test, which stays whole" * of_test


def _one_of_each(rows: Rows, ids: NDArray[np.integer[Any]]) -> Rows:
    """Put the first row of each part or group before the others, so that what is shown of a set tells what is wrong with it."""
    first = np.sort(np.unique(ids[rows], return_index=True)[1])
    return np.concatenate([rows[first], np.delete(rows, first)])


def _repeated(ids: Rows) -> list[Rows]:
    """Positions of each id that is there more than once."""
    twice = np.flatnonzero(np.bincount(ids)[ids] > 1) if len(ids) else np.empty(0, np.int64)
    order = twice[np.argsort(ids[twice], kind="stable")]
    return [rows for rows in np.split(order, np.flatnonzero(np.diff(ids[order])) + 1) if len(rows)]
