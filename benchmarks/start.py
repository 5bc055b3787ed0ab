"""How soon the command answers, beside Python itself doing nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.command import FOUDRE, run_command
from benchmarks.measure import Ratio, Report, take_turns

__all__ = ["measure"]

HELP = "foudre --help, s"
NOTHING = "python -c pass, s"


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:  # noqa: ARG001 - one form for all groups
    """Start the command and start Python, in turns; the other groups' options mean nothing here."""
    cases = (
        lambda: {HELP: run_command([*FOUDRE, "--help"])[0]},
        lambda: {NOTHING: run_command([sys.executable, "-c", "pass"])[0]},
    )
    found = take_turns(cases, repeats=repeats)
    kept = Ratio("foudre --help / 0.3 s", tuple(value / 0.3 for value in found[HELP].values), at_most=1)
    return Report("The command's start", tuple(found.values()), (kept,))
