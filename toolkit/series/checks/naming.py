"""How findings name what they found: stretches, variables and steps of a survey come in, words and rows go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.errors import printable
from toolkit.series.analysis.survey import Survey
from toolkit.series.stretch import show_stamp

__all__ = ["AGAIN", "LIMIT", "counted", "list_names", "list_places", "place", "seen_as"]

AGAIN = "`foudre preprocess series SRC OUT.h5 {} --overwrite`"
"""The command that makes a dataset file again; `toolkit.checks.rows.complete_command` puts in what the user typed."""

LIMIT = 300
"""Rows that a finding lists at most."""

_NAMES = 8


def counted(count: int, thing: str) -> str:
    """Say how many: ``"1 step"``, ``"1,200 steps"``, ``"2 stretches"``, ``"3 series"``."""
    ending = "" if count == 1 or thing.endswith("series") else "es" if thing.endswith("ch") else "s"
    return f"{count:,} {thing}{ending}"


def list_names(names: Sequence[str]) -> str:
    """List names, of many the first: ``"a, b and 7 more"``."""
    shown = ", ".join(printable(name, 40) for name in names[:_NAMES])
    return f"{shown} and {len(names) - _NAMES} more" if len(names) > _NAMES else shown


def list_places(found: Survey, stretches: Iterable[int]) -> tuple[int, ...]:
    """The rows of some stretches in their order, as many as a finding lists."""
    return tuple(int(found.row[i]) for i in stretches)[:LIMIT]


def place(found: Survey, stretch: int, step: int) -> str:
    """Name a step by its stamp, or by its number, from 1 on."""
    stamp = found.stamps.get((int(stretch), step))
    return f"step {step + 1:,}" if stamp is None else show_stamp(stamp, found.setting.zone)


def seen_as(filled: int) -> str:
    """Say what a network sees of missing values, of which runs of at most so many steps are filled."""
    seen = "a network sees 0 after scaling, and is told that the value is missing"
    runs = f"runs of at most {counted(filled, 'step')} are filled along a line and told as missing; of longer ones "
    return f"{runs if filled else ''}{seen}"
