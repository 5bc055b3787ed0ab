"""Inputs that became no sample: a list of any length comes in, a few lines for people go out, or all of them in a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from toolkit.dataset_file.layout import escape_name
from toolkit.errors import printable
from toolkit.output import write_whole
from toolkit.wing import Skipped

__all__ = ["NUM_SHOWN", "count_reasons", "list_skipped", "skipped_lines", "tell_skipped", "write_skipped"]

NUM_SHOWN, NUM_REASONS = 10, 5
"""Inputs and reasons that people are shown."""


def skipped_lines(skipped: Sequence[Skipped]) -> list[str]:
    """Say of each input in a line why it is none."""
    return [f"{printable(skip.path)}: {printable(skip.reason, 400)}" for skip in skipped]


def tell_skipped(skipped: Sequence[Skipped], *, all_in: str) -> list[str]:
    """Say why inputs were skipped: of many, the reasons with their numbers and the first inputs.

    Args:
        skipped: Any number.
        all_in: Where all of them are, e.g. "`foudre inspect signs.h5 --skipped`".
    """
    more = len(skipped) - NUM_SHOWN
    if more <= 0:
        return skipped_lines(skipped)
    return [*count_reasons([skip.reason for skip in skipped]), *skipped_lines(skipped[:NUM_SHOWN]), f"… {more:,} more: {all_in}"]


def count_reasons(reasons: Sequence[str]) -> list[str]:
    """Count reasons, the most frequent first; those that differ in numbers alone are one.

    Args:
        reasons: One an input.

    Returns:
        At most five lines, such as ``"4,990 × not an image"``, and one more for how many other reasons there are.
    """
    counts = Counter(re.sub(r"\d+", "…", reason) for reason in reasons)
    exact = {re.sub(r"\d+", "…", reason): reason for reason in reasons}
    same = set(exact.values()) if len(set(reasons)) == len(exact) else set()
    lines = [f"{count:,} × {printable(exact[key] if exact[key] in same else key)}" for key, count in counts.most_common(NUM_REASONS)]
    others = len(counts) - len(lines)
    return lines + ([f"… {others:,} other reason{'s' if others > 1 else ''}"] if others else [])


def list_skipped(skipped: Sequence[Skipped]) -> list[dict[str, str]]:
    """Return the list as JSON has it."""
    return [{"path": escape_name(skip.path), "reason": skip.reason} for skip in skipped]


def write_skipped(skipped: Sequence[Skipped], path: Path) -> None:
    """Write all of them, a line each: path, tab, reason.

    Raises:
        ExportError: If the file cannot be written.
    """
    with write_whole(path) as partial:
        lines = (f"{printable(skip.path, 10_000)}\t{printable(skip.reason, 10_000)}\n" for skip in skipped)
        partial.write_text("".join(lines), encoding="utf-8")
