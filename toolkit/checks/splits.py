"""What passes between splits: statistics come in, groups that are cut and the leak certificate go out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.checks.result import CERTIFICATE, SEVERITIES
from toolkit.checks.rows import UNSPLIT, command, counted, first_rows, part_names, parts, usable
from toolkit.shell import join_words
from toolkit.sources import find_frames
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["LEAKS", "certify", "find_cut_frames", "find_cut_groups"]

LEAKS = {
    "groups_across_splits": ("group", "in several splits"),
    "frames_across_splits": ("sequence", "of numbered frames in several splits"),
    "duplicates_across_splits": ("sample", "in exact copies"),
    "near_duplicates_across_splits": ("sample", "in near copies"),
}
"""The checks that tell of leaks, what each counts, and where these are."""

_CERTIFIED = {"error": "Leaks", "warning": "Leaks are likely"}


def find_cut_groups(table: Statistics, *, imposed: bool) -> list[Finding]:
    """Find groups that have samples in more than one split.

    Args:
        table: The samples.
        imposed: Whether the source brought the splits; others' figures may rest on them.
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
            "warning" if imposed else "error",
            f"{counted(int(cut.sum()), 'group')} with samples in several splits",
            int(cut.sum()),
            first_rows(rows),
            "no group in two splits",
            "Samples of one group are alike: what is measured on them is too good."
            + " The source brings these splits itself; figures compare with those of others only if they stay." * imposed,
            f"Take what the source says of splits out of it, then {command(table, source=UNSPLIT)}."
            if imposed
            else f"Cut anew: {command(table)}.",
            num_samples=len(rows),
        )
    ]


def find_cut_frames(table: Statistics) -> list[Finding]:
    """Find sequences whose frames, by their names, are in more than one split, where nothing says what belongs together.

    Args:
        table: The samples.
    """
    manifest, rows = table.manifest, usable(table)
    frames = find_frames([manifest.origin[row] for row in rows]) if manifest.group is None and manifest.split is not None else None
    if frames is None:
        return []
    split = parts(table)[rows]
    present = np.zeros((frames.count, int(split.max(initial=0)) + 1), bool)
    known = frames.sequence >= 0
    present[frames.sequence[known], split[known]] = True
    cut = present.sum(axis=1) > 1
    shown = rows[known][cut[frames.sequence[known]]]
    if not len(shown):
        return []
    return [
        Finding(
            "frames_across_splits",
            "warning",
            f"{counted(int(cut.sum()), 'sequence')} of numbered frames, by their names, with samples in several splits",
            int(cut.sum()),
            first_rows(shown),
            "no sequence in two splits",
            "Groups are unknown, and names such as these are given to frames of one scene, which are alike: "
            "what is measured on them is too good.",
            f"If they are frames, cut anew: {command(table, join_words(['--group', f'regex:{frames.pattern}']))}.",
            num_samples=len(shown),
        )
    ]


def certify(table: Statistics, found: Sequence[Finding], *, claim: str = "", compared: str = "") -> Finding:
    """Say what was compared between the splits, and what came of it, as severe as the worst leak.

    Args:
        table: The samples.
        found: All findings.
        claim: What a leaking split would make of a recipe's accuracy, if that is known.
        compared: What was compared, in the words of a kind that knows no groups; empty takes those for all others.
    """
    numbers = set(parts(table)[usable(table)].tolist())
    if len(numbers) < 2:
        why = "All samples are of one split. `foudre check` on the dataset file tells what its splits share."
        title = "Leaks between splits were not checked: there is one split only"
        return Finding(CERTIFICATE, "info", title, 0, why=" ".join(filter(None, (why, claim))))
    leaks = [finding for finding in found if finding.check in LEAKS]
    told = ", ".join(f"{counted(finding.count, LEAKS[finding.check][0])} {LEAKS[finding.check][1]}" for finding in leaks)
    severity = next((each for each in SEVERITIES if any(finding.severity == each for finding in leaks)), SEVERITIES[-1])
    between = f"between {part_names(numbers)}"
    unknown = table.manifest.group is None and not compared
    contents = "names that look like numbered frames, contents" if unknown else "groups, contents"
    why = compared or f"Compared: {contents}, and looks, each sample of one split with all of the others."
    why += " Groups are unknown: what of one person, place or scene is in two splits, only you can say, with --group." * unknown
    fix = f"See {' and '.join(finding.check for finding in leaks)} below." if leaks else ""
    title = f"{_CERTIFIED[severity]} {between}: {told}" if leaks else f"No leak was found {between}{'; groups are unknown' * unknown}"
    return Finding(CERTIFICATE, severity, title, sum(f.count for f in leaks), why=" ".join(filter(None, (why, claim))), fix=fix)
