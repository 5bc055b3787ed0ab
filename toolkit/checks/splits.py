"""What passes between splits: statistics come in, groups that are cut and the leak certificate go out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.checks.rows import command, counted, first_rows, originals, part_names, parts
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["LEAKS", "certify", "find_cut_groups"]

LEAKS = {
    "groups_across_splits": "groups in two splits",
    "duplicates_across_splits": "exact copies",
    "near_duplicates_across_splits": "near copies",
}
"""The checks that tell of leaks, and what each looks for."""


def find_cut_groups(table: Statistics, *, imposed: bool) -> list[Finding]:
    """Find groups that have samples in more than one split.

    Args:
        table: The samples.
        imposed: Whether the source brought the splits, so that nothing can be done about them here.
    """
    group, split = table.manifest.group, table.manifest.split
    if group is None or split is None:
        return []
    fixed = np.flatnonzero(split >= 0)
    ids, units = np.unique(group[fixed], return_inverse=True)
    present = np.zeros((len(ids), int(split.max(initial=0)) + 1), bool)
    present[units, split[fixed]] = True
    cut = present.sum(axis=1) > 1
    rows = fixed[cut[units]]
    if not len(rows):
        return []
    return [
        Finding(
            "groups_across_splits",
            "info" if imposed else "error",
            f"{counted(int(cut.sum()), 'group')} with samples in several splits",
            int(cut.sum()),
            first_rows(rows),
            "no group in two splits",
            "Samples of one group are alike: what is measured on them is too good. " * (not imposed)
            + "The source brings these splits itself; figures compare with those of others only if they stay." * imposed,
            "Nothing to do, but to know." if imposed else f"Cut anew: {command(table)}.",
        )
    ]


def certify(table: Statistics, found: Sequence[Finding], *, checked: Sequence[str] = tuple(LEAKS)) -> Finding:
    """Say what was checked between the splits, and what was found.

    Args:
        table: The samples.
        found: All findings.
        checked: Those of `LEAKS` that were looked for.
    """
    numbers = set(parts(table)[originals(table)].tolist())
    if len(numbers) < 2:
        why = "All samples are of one split. `foudre check` on the dataset file tells what its splits share."
        return Finding("leak_certificate", "info", "Leaks between splits were not checked: there is one split only", 0, why=why)
    counts = {name: sum(finding.count for finding in found if finding.check == name) for name in checked}
    names = part_names(numbers)
    total = sum(counts.values())
    title = f"Leaks were found between {names}" if total else f"No leak was found between {names}"
    told = ", ".join(f"{LEAKS[name]}: {count:,}" for name, count in counts.items())
    return Finding("leak_certificate", "info", title, total, why=f"Checked between them: {told}.", fix="See these findings." * (total > 0))
