"""What a run looked at and what it chose by it: one JSON object a line, so that a test figure can be believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["LEDGER", "count_reads", "write_ledger"]

LEDGER = "ledger.jsonl"
"""The ledger's name in a run folder."""


def write_ledger(folder: Path, event: str, *, name: str = LEDGER, **facts: Any) -> None:
    """Add a line to a run's ledger.

    Args:
        folder: The run folder.
        event: ``"fitted"`` when a network took counts or vectors before its first step, ``"selected"`` when something was chosen
            by a split's metric, ``"read"`` when a split was evaluated, ``"resumed"``
            when training went on, ``"trained"`` when a run without a choice ended.
        name: The ledger's own name.
        facts: What else to keep, JSON-able: split, metric, value, checkpoint, ….
    """
    line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts}
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def count_reads(folder: Path, split: str, *, name: str = LEDGER) -> int:
    """Count how often a split was read so far.

    Args:
        folder: The run folder.
        split: ``"val"`` or ``"test"``.
        name: The ledger's own name.
    """
    if not (folder / name).is_file():
        return 0
    lines = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    return sum(line["event"] == "read" and line["split"] == split for line in lines)
