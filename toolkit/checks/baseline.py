"""An older answer beside today's: its JSON comes in; what is new alone, or what changed since, goes out to `check` and to the report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Any

from toolkit.checks.result import CERTIFICATE, SEVERITIES
from toolkit.checks.rows import LIMIT, count_samples
from toolkit.dataset_file.layout import escape_name
from toolkit.errors import ArgumentError, wording
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["WORSE", "Baseline", "Known", "compare", "load_baseline", "only_new"]


WORSE = 1.1
"""Times as bad as before that counts as worse, not as the same."""


@dataclass(frozen=True)
class Known:
    """A finding of an older answer.

    Args:
        title: As people read it.
        count: How many it concerned.
        samples: The origins that it listed, escaped as in a dataset file.
        severity: One of `SEVERITIES`.
        about: Names of the classes or inputs that it concerned, escaped too; None if the answer does not tell.
        extent: How bad it was, as a figure; 0 where it is none.
    """

    title: str
    count: int
    samples: frozenset[str]
    severity: str
    about: frozenset[str] | None
    extent: float

    @property
    def cut_short(self) -> bool:
        """Whether it may have had more samples than it listed."""
        return max(self.count, len(self.samples)) >= LIMIT


@dataclass(frozen=True)
class Baseline:
    """An older answer.

    Args:
        findings: By the check's name.
        counts: As `toolkit.checks.rows.count_samples` counts; empty where the answer does not tell.
    """

    findings: Mapping[str, Known]
    counts: Mapping[str, Mapping[str, int]]


def load_baseline(path: str | Path) -> Baseline:
    """Read an older answer.

    Args:
        path: What ``foudre check --json`` printed, or the JSON file beside a report.

    Raises:
        ArgumentError: If it is neither.
    """
    try:
        answer = json.loads(Path(path).read_text(encoding="utf-8"))
        found = {str(old["check"]): _known(old) for old in answer["findings"]}
        return Baseline(found, {kind: {str(k): int(n) for k, n in counts.items()} for kind, counts in answer.get("counts", {}).items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        got = error.strerror if isinstance(error, OSError) else "something else"
        fix = "Make one with `foudre check SRC --json > old.json`, or take the JSON beside a report."
        raise ArgumentError(wording("check", "baseline", "an answer of foudre check --json", got, at=str(path), fix=fix)) from error


def _known(old: Mapping[str, Any]) -> Known:
    severity = str(old["severity"])
    SEVERITIES.index(severity)  # any other is no answer of ours
    about = frozenset(map(str, old["about"])) if "about" in old else None
    return Known(str(old["title"]), int(old["count"]), _origins(old["samples"]), severity, about, float(old.get("extent", 0)))


def _origins(samples: Sequence[Any]) -> frozenset[str]:
    """Check tells samples by their origins, escaped; a report by row and origin as it is."""
    return frozenset(escape_name(each["source"]) if isinstance(each, dict) else str(each) for each in samples)


def compare(findings: Sequence[Finding], old: Baseline, table: Statistics) -> dict[str, Any]:
    """Say what changed since an older answer.

    Args:
        findings: Of today; the certificate is left out.
        old: From `load_baseline`.
        table: The samples of today.

    Returns:
        JSON-able: ``findings``, each with ``check``, ``title``, ``change`` (``"new"``, ``"gone"``, ``"same"``, ``"worse"``, ``"3 new"``,
        ``"2 fewer"``), ``before`` and ``after``, None where there was or is none; ``splits`` and ``classes``, each with ``name``,
        ``before`` and ``after``, of classes only those that changed.
    """
    told = [_change(finding, old, table) for finding in findings if finding.check != CERTIFICATE]
    names = {finding.check for finding in findings} | {CERTIFICATE}
    told += [
        {"check": name, "title": known.title, "change": "gone", "before": known.count, "after": None}
        for name, known in old.findings.items()
        if name not in names
    ]
    told.sort(key=lambda each: ("new", "gone", "same").index(each["change"]) if each["change"] in ("new", "gone", "same") else 0.5)
    today = count_samples(table) if old.counts else {}
    pairs = {kind: _pair(old.counts.get(kind, {}), counts) for kind, counts in today.items()}
    changed = [each for each in pairs.get("classes", []) if each["before"] != each["after"]]
    return {"findings": told, "splits": pairs.get("splits", []), "classes": changed}


def _change(finding: Finding, old: Baseline, table: Statistics) -> dict[str, Any]:
    known = old.findings.get(finding.check)
    before = known.count if known else None
    new = _new_part(finding, old, table)
    fewer = (before or 0) - finding.count
    worse = known is not None and _is_worse(finding, known)
    change = "new" if before is None else "worse" if worse else f"{new.count:,} new" if new else f"{fewer:,} fewer" if fewer > 0 else "same"
    return {"check": finding.check, "title": finding.title, "change": change, "before": before, "after": finding.count}


def _pair(before: Mapping[str, int], after: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "before": before.get(name), "after": after.get(name)} for name in dict.fromkeys([*before, *after])]


def only_new(findings: Sequence[Finding], old: Baseline, table: Statistics) -> list[Finding]:
    """Leave out what an older answer knew, by the check's name and the origins of its samples; the certificate stays.

    Args:
        findings: Of today.
        old: From `load_baseline`.
        table: The samples of today.

    Returns:
        Findings of checks that had found nothing, or nothing as bad, and others with what is new in them. Where samples are not
        listed, or too many to be listed whole, a finding is new if its count grew.
    """
    return [kept for finding in findings if (kept := _new_part(finding, old, table))]


def _new_part(finding: Finding, old: Baseline, table: Statistics) -> Finding | None:
    if finding.check == CERTIFICATE or finding.check not in old.findings:
        return finding
    known = old.findings[finding.check]
    if _is_worse(finding, known):
        return finding
    new = [escape_name(table.manifest.origin[row]) not in known.samples for row in finding.samples]
    more = finding.count - known.count
    if not finding.samples or known.cut_short:
        new = [more > 0] * len(finding.samples)
    rows, notes = tuple(compress(finding.samples, new)), tuple(compress(finding.notes, new))
    told = None if known.cut_short else known.about
    about = tuple(name for name in finding.about if told is not None and escape_name(name) not in told)
    if not rows and not about and more <= 0:
        return None
    sets = tuple(members for members in finding.sets if not set(rows).isdisjoint(members))
    count = more if known.cut_short else max(len(rows), len(about), more)
    title, showing = f"new since the baseline, of: {finding.title}", finding.num_showing if known.cut_short else None
    return replace(finding, title=title, count=count, samples=rows, sets=sets, notes=notes, num_samples=showing, about=about)


def _is_worse(finding: Finding, known: Known) -> bool:
    severer = SEVERITIES.index(finding.severity) < SEVERITIES.index(known.severity)
    return severer or 0 < WORSE * known.extent < finding.extent
