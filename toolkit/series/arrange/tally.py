"""What is found in series on the way from source to spool: counts by kind come in, sentences, or a refusal with what to type, go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import printable
from toolkit.series.options import SeriesReadOptions

__all__ = ["COUNTED", "Count", "Tally"]

COUNTED = "count steps as they come, as of an irregular series: --step none"
"""What to type where stamps keep no step."""

_SHOWN = 5


@dataclass
class Count:
    """How often something was found, in how many series, and where first."""

    number: int = 0
    series: int = 0
    first: str = ""

    def add(self, number: int, first: str) -> None:
        """Add what one series has."""
        self.first = self.first or first
        self.number += number
        self.series += 1

    @property
    def where(self) -> str:
        """In how many series, and where first."""
        several = f"of {self.series:,} series, " if self.series > 1 else ""
        return f"{several}the first {printable(self.first)}"

    def __str__(self) -> str:
        return f"{self.number:,}, {self.where}"


@dataclass
class Tally:
    """What was found so far.

    Args:
        features: Names of the variables.
        found: Counts by what they are of.
        missing: By variable, int64 (F,): values that the source lacks in steps that it has.
        steps: What lies between steps → number of series.
        holes: Runs of missing steps.
        filled: Values that were filled in.
    """

    features: Sequence[str]
    found: dict[str, Count] = field(default_factory=dict)
    missing: NDArray[np.int64] = field(init=False)
    steps: Counter[str] = field(default_factory=Counter)
    holes: int = 0
    filled: int = 0

    def __post_init__(self) -> None:
        self.missing = np.zeros(len(self.features), np.int64)

    def add(self, what: str, number: int, first: str) -> None:
        """Count something in a series, if there is any."""
        if number:
            self.found.setdefault(what, Count()).add(number, first)

    @property
    def step(self) -> str:
        """What lies between two steps of every series; empty if that is unknown."""
        return next(iter(self.steps)) if len(self.steps) == 1 else ""

    def say_missing(self) -> str:
        """Say how many steps and values are missing, where first, and of which variables; empty if none is."""
        steps, values, said = self.found.get("steps"), self.found.get("values"), []
        if steps:
            said.append(
                f"{steps.number:,} missing {_count('step', steps.number)} in {self.holes:,} {_count('gap', self.holes)}, {steps.where}"
            )
        if values:
            worst = [i for i in np.argsort(-self.missing, kind="stable").tolist() if self.missing[i]]
            each = ", ".join(f"{printable(self.features[i], 40)} {self.missing[i]:,}" for i in worst[:_SHOWN])
            more = f" and {len(worst) - _SHOWN} more" if len(worst) > _SHOWN else ""
            said.append(f"{values.number:,} missing {_count('value', values.number)}, {values.where}; by variable {each}{more}")
        return "; ".join(said)

    def sentences(self, options: SeriesReadOptions) -> list[str]:
        """Say what was found, and what became of it."""
        told = {
            "unsorted": "Rows out of order, now sorted by time",
            "duplicates": f"Rows beyond the first of their stamp, of which {_KEPT.get(options.duplicates, '')}",
            "uneven": "Stamps between the steps that most keep, so that steps are counted as they come and missing ones go unseen",
            "irregular": "Series without a steady step, whose steps are counted as they come",
            "empty": "Series without any value",
            "single": "Series of a single step",
        }
        said = [f"{sentence}: {self.found[what]}." for what, sentence in told.items() if what in self.found]
        if len(self.steps) > 1:
            each = ", ".join(f"{step or 'unknown'} ({count:,})" for step, count in self.steps.most_common(_SHOWN))
            said.append(f"Steps differ between series: {each}.")
        if lacking := self.say_missing():
            run = f"in runs of at most {options.longest_filled:,}"
            filled = f" Values filled along a line, {run}: {self.filled:,}; the others stay missing." if options.longest_filled else ""
            said.append(f"It has {lacking}.{filled}")
        return said


_KEPT = {"first": "the first of them counts", "last": "the last of them counts", "mean": "their mean counts"}


def _count(thing: str, number: int) -> str:
    return thing if number == 1 else f"{thing}s"
