"""What changed since an older answer, as a section of the page: `toolkit.checks.compare`'s figures come in, a section goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.report.sections import Note, Part, Section, Table

__all__ = ["lay_out_changes"]

MAX_CLASSES = 100


def lay_out_changes(changes: Mapping[str, Any]) -> Section:
    """Put changes into tables.

    Args:
        changes: From `toolkit.checks.compare`.
    """
    findings = [[each["title"], each["change"], each["before"], each["after"]] for each in changes["findings"]]
    counts = [[each["name"], each["before"], each["after"]] for each in [*changes["splits"], *changes["classes"][:MAX_CLASSES]]]
    parts: list[Part] = [Table("Findings before and now", ("finding", "change", "before", "now"), findings)]
    if counts:
        parts.append(Table("Samples before and now", ("samples of each split, and of classes that changed", "before", "now"), counts))
    if len(changes["classes"]) > MAX_CLASSES:
        parts.append(Note(f"{MAX_CLASSES} of {len(changes['classes']):,} classes that changed are listed here, all in the JSON file."))
    return Section("changes", "Since the baseline", parts)
