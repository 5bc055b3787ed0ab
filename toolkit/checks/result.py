"""What `check` answers: findings come in, JSON, lines for people and a notebook's table go out."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.checks.inputs import unusable_inputs
from toolkit.checks.rows import count_samples, counted
from toolkit.dataset_file import count_reasons
from toolkit.dataset_file.layout import escape_name
from toolkit.dataset_file.outline import has_own_words, tell_outline
from toolkit.errors import printable
from toolkit.sources import SourceDescription
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["CERTIFICATE", "SEVERITIES", "CheckResult", "tag"]

SEVERITIES: tuple[Literal["error", "warning", "info"], ...] = ("error", "warning", "info")
"""Of findings, the worst first."""

CERTIFICATE = "leak_certificate"
"""The finding that stands first, whatever it says."""

_NUM_NAMES = 3
_MAX_CHARACTERS = 1000


def tag(check: str, severity: str) -> str:
    """The word before a finding's title: its severity, but the certificate's own name, as it repeats what is counted already."""
    return "certificate" if check == CERTIFICATE else severity


@dataclass(frozen=True, eq=False)
class CheckResult:
    """The answer of `check_source`; ``str()`` is for people, and a notebook shows its findings as a table.

    Args:
        source: What was checked, as the user knows it.
        table: The samples and their figures.
        findings: The leak certificate, then the others, the worst first.
        unchecked: One line for each thing that could not be checked, and why.
        baseline: Whether findings that were known already are left out.
        understood: What a raw source was understood as; None for a dataset file.
    """

    source: str
    table: Statistics
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()
    baseline: bool = False
    understood: SourceDescription | None = None

    def fails(self, severity: Literal["error", "warning"]) -> bool:
        """Whether any finding is at least that bad; the certificate repeats what the findings say, those of a baseline too."""
        told = [finding.severity for finding in self.findings if finding.check != CERTIFICATE]
        return any(SEVERITIES.index(found) <= SEVERITIES.index(severity) for found in told)

    def to_json(self) -> dict[str, Any]:
        """The object that ``foudre check --json`` prints; samples are told by their origins."""
        skipped = [{"path": path, "reason": reason} for path, reason in _unusable(self.table)]
        findings = [self._finding(finding) for finding in self.findings]
        return {
            "source": escape_name(self.source),
            "kind": self.table.manifest.kind,
            "samples": len(self.table),
            "counts": count_samples(self.table),
            "findings": findings,
            "unchecked": list(self.unchecked),
            "skipped": skipped,
            **({"understood": self.understood.to_json()} if self.understood else {}),
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{severity}s={count}" for severity, count in self._counts().items())
        return f"CheckResult(source={self.source!r}, samples={len(self.table)}, {counts})"

    def __str__(self) -> str:
        lines = [self._verdict()]
        for finding in self.findings:
            lines += self._lines(finding)
        return "\n".join([*lines, *(f"  not checked: {line}" for line in self.unchecked)])

    def _repr_html_(self) -> str:
        rows = [_row(tag(each.check, each.severity), each.title, each.why, each.fix) for each in self.findings]
        rows += [_row("not checked", line) for line in self.unchecked]
        return f"<table><caption>{_literal(self._verdict())}</caption>{''.join(rows)}</table>"

    def _counts(self) -> dict[str, int]:
        """Findings of each severity; the certificate repeats others and does not count."""
        return {severity: sum(f.severity == severity for f in self.findings if f.check != CERTIFICATE) for severity in SEVERITIES}

    def _verdict(self) -> str:
        """One line that says whether to train on this."""
        counts = self._counts()
        told = ", ".join(counted(counts[severity], word) for severity, word in zip(SEVERITIES, ("error", "warning", "note"), strict=True))
        verdict = "mend the errors first" if counts["error"] else "usable, with care" if counts["warning"] else "good to train on"
        if self.baseline:
            verdict = "worse than the baseline" if counts["error"] or counts["warning"] else "no worse than the baseline"
        kind = self.table.manifest.kind
        number = tell_outline({"samples": len(self.table)}, kind, ",") + f" ({kind})" * (not has_own_words(kind))
        return f"{printable(self.source)}: {verdict}. {number}, {told}"

    def _finding(self, finding: Finding) -> dict[str, Any]:
        told = {name: getattr(finding, name) for name in ("check", "severity", "title", "count", "threshold", "why", "fix")}
        sets = [self._names(rows) for rows in finding.sets]
        listed = {"samples": self._names(finding.samples), "sets": sets, "notes": list(finding.notes)}
        about = {"about": [escape_name(name) for name in finding.about], "extent": finding.extent}
        return told | {"num_samples": finding.num_showing} | about | listed

    def _names(self, rows: Sequence[int]) -> list[str]:
        return [escape_name(self.table.manifest.origin[row]) for row in rows]

    def _lines(self, finding: Finding) -> list[str]:
        details = {"threshold": finding.threshold, "why": finding.why, "fix": finding.fix}
        name = "" if finding.check == CERTIFICATE else f"{finding.check}: "
        lines = [f"  {tag(finding.check, finding.severity)}: {name}{finding.title}"]
        lines += [f"    {name}: {text}" for name, text in details.items() if text]
        shown, unlisted = self._examples(finding), finding.num_showing - finding.num_listed
        if finding.check == "unreadable_inputs":
            inputs, unlisted = _unusable(self.table), 0
            lines += [f"    {line}" for line in count_reasons([reason for _, reason in inputs])] if len(inputs) > _NUM_NAMES else []
            shown = [f"{printable(path)}: {printable(reason)}" for path, reason in inputs]
        lines += [f"    {line}" for line in shown[:_NUM_NAMES]]
        more = len(shown) - _NUM_NAMES
        lines += [f"    … {counted(more, 'more line')} with --json"] if more > 0 else []
        return lines + ([f"    … {finding.num_listed:,} of {finding.num_showing:,} samples are listed with --json"] if unlisted else [])

    def _examples(self, finding: Finding) -> list[str]:
        """A line for each set of a finding, or else for each sample."""
        if finding.sets:
            return [self._set(rows) for rows in finding.sets]
        notes = finding.notes or [""] * len(finding.samples)
        return [": ".join(map(printable, filter(None, pair))) for pair in zip(self._names(finding.samples), notes, strict=True)]

    def _set(self, rows: Sequence[int]) -> str:
        """The first samples of a set, and how many more it has."""
        more = len(rows) - _NUM_NAMES
        names = list(map(printable, self._names(rows[:_NUM_NAMES])))
        return " = ".join(names + ([f"… {more:,} more"] if more > 0 else []))


def _row(word: str, *sentences: str) -> str:
    """A row of a notebook's table, in the notebook's own colours: a word, and beside it the sentences that are there, one below another."""
    said, style = "<br>".join(_literal(sentence) for sentence in sentences if sentence), "text-align: left; vertical-align: top"
    return f'<tr><th scope="row" style="{style}; white-space: nowrap">{word}</th><td style="{style}">{said}</td></tr>'


def _literal(text: str) -> str:
    """Text whose characters all show and none of which is markup."""
    return html.escape(printable(text, _MAX_CHARACTERS))


def _unusable(table: Statistics) -> list[tuple[str, str]]:
    return [(escape_name(path), reason) for path, reason in unusable_inputs(table)]
