"""What a report says, as plain data: statistics and findings come in, one JSON-able mapping goes out, to the page and the JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.checks import CERTIFICATE, SEVERITIES
from toolkit.checks.inputs import unusable_inputs
from toolkit.checks.rows import count_samples
from toolkit.dataset_file.layout import escape_name
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS, Finding, Manifest

__all__ = ["UNSPLIT", "describe", "judge", "label_pairs", "split_rows", "tell_finding"]

UNSPLIT = "not split"
MAX_INPUTS = 200
"""Unusable inputs that are listed by name; all of them are counted."""


def describe(
    statistics: Statistics,
    findings: Sequence[Finding] | None,
    *,
    unchecked: Sequence[str] = (),
    meanings: Mapping[str, str],
    fitted: Mapping[str, NDArray[Any]],
) -> dict[str, Any]:
    """Put a report's figures together.

    Args:
        statistics: Of all samples.
        findings: What checks found, in the order to show; None if none was run.
        unchecked: One line for each thing that could not be checked.
        meanings: The columns to sum up, and what each is.
        fitted: What was fitted on train, by name.

    Returns:
        JSON-able: ``kind``, ``source``, ``verdict``, ``findings``, ``unchecked``, ``counts``, ``splits``, ``unusable``, ``classes``,
        ``columns`` and ``fitted``. Names are as they are, whatever characters they hold.
    """
    parts, rows = split_rows(statistics), statistics.measured
    return {
        "kind": statistics.manifest.kind,
        "source": statistics.manifest.place,
        "verdict": judge(findings),
        "findings": [tell_finding(finding, statistics.manifest.origin) for finding in findings or ()],
        "unchecked": list(unchecked),
        "counts": count_samples(statistics),
        "splits": [_count(statistics.manifest, name, part) for name, part in parts.items()],
        "unusable": _unusable(statistics),
        "classes": _classes(statistics, parts),
        "columns": [
            {"name": name, "meaning": meaning, "all": statistics.summarise(name, rows)}
            | {"splits": {split: statistics.summarise(name, part) for split, part in parts.items()}}
            for name, meaning in meanings.items()
            if name in statistics.columns and len(rows)
        ],
        "fitted": {name: values.tolist() for name, values in fitted.items()},
    }


def split_rows(statistics: Statistics) -> dict[str, NDArray[np.int64]]:
    """Return the measured rows of each split that has some, by its name; those in none come last."""
    rows, split = statistics.measured, statistics.manifest.split
    numbers = np.full(len(rows), -1) if split is None else split[rows]
    found = {name: rows[numbers == number] for number, name in [*enumerate(SPLITS), (-1, UNSPLIT)]}
    return {name: part for name, part in found.items() if len(part)}


def label_pairs(manifest: Manifest, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of some rows is of which class: a place among `rows` and a class id for each pair; none for targets or no labels."""
    label = manifest.label
    if label is None or not manifest.classes or not np.issubdtype(label.dtype, np.integer):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if label.ndim == 2:
        place, number = np.nonzero(label[rows] > 0)
        return place, number
    place = np.flatnonzero(label[rows] >= 0)
    return place, label[rows[place]]


def judge(findings: Sequence[Finding] | None, text: str = "") -> dict[str, Any]:
    """Sum findings up in one word and their counts.

    Args:
        findings: None if nothing was looked for.
        text: The same in a sentence; empty takes the one for a data set.

    Returns:
        ``status``: ``"error"``, ``"warning"``, ``"good"`` or ``"unchecked"``, ``text`` and ``counts`` by severity.
    """
    found = [finding.severity for finding in findings or () if finding.count and finding.check != CERTIFICATE]
    counts = {severity: found.count(severity) for severity in SEVERITIES}
    if text:
        status = "unchecked" if findings is None else "error" if counts["error"] else "warning" if counts["warning"] else "good"
        return {"status": status, "text": text, "counts": counts}
    if findings is None:
        return {"status": "unchecked", "text": "No checks were run: statistics only.", "counts": counts}
    told = " and ".join(f"{counts[s]} {s}{'s' if counts[s] > 1 else ''}" for s in SEVERITIES[:2] if counts[s])
    if counts["error"]:
        return {"status": "error", "text": f"Mend this data before you trust a figure: {told}.", "counts": counts}
    if counts["warning"]:
        return {"status": "warning", "text": f"Usable, but training or its figures will suffer: {told}.", "counts": counts}
    return {"status": "good", "text": "Good to train on: no error, and nothing to warn of.", "counts": counts}


def tell_finding(finding: Finding, origin: Sequence[str] = ()) -> dict[str, Any]:
    """Put a finding in plain data.

    Args:
        finding: What was found.
        origin: Where each row comes from; needed only where the finding names samples.
    """

    def name(rows: Sequence[int]) -> list[dict[str, Any]]:
        return [{"row": int(row), "source": origin[row]} for row in rows]

    told = {key: getattr(finding, key) for key in ("check", "severity", "title", "count", "threshold", "why", "fix")}
    told |= {"num_samples": finding.num_showing, "about": [escape_name(name) for name in finding.about], "extent": finding.extent}
    return told | {"samples": name(finding.samples), "sets": [name(rows) for rows in finding.sets], "notes": list(finding.notes)}


def _count(manifest: Manifest, name: str, rows: NDArray[np.int64]) -> dict[str, Any]:
    groups = None if manifest.group is None else len(np.unique(manifest.group[rows]))
    return {"name": name, "samples": len(rows), "groups": groups, "classes": len(np.unique(label_pairs(manifest, rows)[1]))}


def _unusable(statistics: Statistics) -> dict[str, Any]:
    inputs = unusable_inputs(statistics)
    listed = [{"source": source, "reason": reason} for source, reason in inputs[:MAX_INPUTS]]
    return {"count": len(inputs), "inputs": listed}


def _classes(statistics: Statistics, parts: Mapping[str, NDArray[np.int64]]) -> list[dict[str, Any]]:
    """Samples and groups of each class in each split."""
    manifest = statistics.manifest
    told: list[dict[str, Any]] = [
        {"name": name, "title": title, "samples": {}, "groups": {}} for name, title in zip(manifest.classes, manifest.titles, strict=True)
    ]
    if not len(label_pairs(manifest, statistics.measured)[0]):
        return []
    for split, rows in parts.items():
        place, number = label_pairs(manifest, rows)
        samples = np.bincount(number, minlength=len(told))
        groups = np.zeros(len(told), np.int64)
        if manifest.group is not None:
            ids = np.unique(manifest.group[rows], return_inverse=True)[1][place]
            width = int(ids.max(initial=0)) + 1
            groups = np.bincount(np.unique(number * width + ids) // width, minlength=len(told))
        for entry, many, cut in zip(told, samples.tolist(), groups.tolist(), strict=True):
            entry["samples"][split] = many
            if manifest.group is not None:
                entry["groups"][split] = cut
    return told
