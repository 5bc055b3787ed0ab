"""Inputs that became no sample: statistics come in, a finding with their number goes out."""

from __future__ import annotations

from toolkit.checks.rows import command, counted, first_rows
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["find_unreadable"]


def find_unreadable(table: Statistics) -> list[Finding]:
    """Find what could not be read now, and what was skipped when the source was listed or the dataset file written."""
    count = len(table.failures) + len(table.manifest.skipped)
    if not count:
        return []
    return [
        Finding(
            "unreadable_inputs",
            "warning",
            f"{counted(count, 'input')} that cannot be used",
            count,
            first_rows(table.failures),
            "every input is readable and whole",
            "They are left out of the dataset file; where one class loses many, its figures suffer.",
            f"Replace or remove them, then {command(table)}.",
        )
    ]
