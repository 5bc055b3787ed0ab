"""Turn-by-turn timing: cases come in, figures with their spread and ratios with their targets go out, for tables and JSON.

Cases take turns (A B C A B C …), so that a machine that slows down slows all of them, and a ratio is the median of the turns' own ratios.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["Figure", "Ratio", "Report", "describe_machine", "ratio", "take_turns"]

Case = Callable[[], Mapping[str, float]]
"""Does its work once and returns what it measured, by name."""


@dataclass(frozen=True)
class Figure:
    """One quantity, measured in several rounds.

    Args:
        name: What was measured, and in which unit.
        values: One a round.
    """

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Ratio(Figure):
    """A figure divided by another, round by round, and what it should be.

    Args:
        at_least: The target, if more is better.
        at_most: The target, if less is better.
    """

    at_least: float | None = None
    at_most: float | None = None

    @property
    def target(self) -> str:
        """What the ratio should be, in signs; empty without a target."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    @property
    def is_met(self) -> bool | None:
        """Whether the median keeps to the target; None without one."""
        if self.at_least is not None:
            return bool(self.median >= self.at_least)
        return None if self.at_most is None else bool(self.median <= self.at_most)


def ratio(name: str, above: Figure, below: Figure, *, at_least: float | None = None, at_most: float | None = None) -> Ratio:
    """Divide two figures of the same rounds."""
    return Ratio(name, tuple(a / b for a, b in zip(above.values, below.values, strict=True)), at_least, at_most)


def take_turns(cases: Iterable[Case], *, repeats: int) -> dict[str, Figure]:
    """Run every case in turn, `repeats` rounds after one that warms up and does not count; a single round goes without.

    Args:
        cases: Each returns what it measured, by name.
        repeats: Rounds that count, at least 1.

    Returns:
        A figure of each name.
    """
    values: dict[str, list[float]] = {}
    cases = list(cases)
    for turn in range(-1 if repeats > 1 else 0, repeats):
        for case in cases:
            os.sync()  # what the one before left to be written must not slow the next
            for name, value in case().items():
                values.setdefault(name, [])
                if turn >= 0:
                    values[name].append(float(value))
    return {name: Figure(name, tuple(found)) for name, found in values.items()}


@dataclass(frozen=True)
class Report:
    """What one group of measurements found.

    Args:
        title: What the group is about.
        figures: What was measured.
        ratios: How it compares.
        notes: What a reader must know to trust them.
    """

    title: str
    figures: tuple[Figure, ...]
    ratios: tuple[Ratio, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Everything, values of each round included."""
        rows = [{"name": f.name, "median": f.median, "values": list(f.values)} for f in self.figures]
        against = [{"name": r.name, "median": r.median, "values": list(r.values), "target": r.target, "met": r.is_met} for r in self.ratios]
        return {"title": self.title, "figures": rows, "ratios": against, "notes": list(self.notes)}

    def __str__(self) -> str:
        """Two Markdown tables."""
        lines = [f"## {self.title}", "", "| measured | median | from – to |", "|---|---:|---:|"]
        lines += [f"| {f.name} | {_number(f.median)} | {_range(f)} |" for f in self.figures]
        lines += ["", "| ratio | median | from – to | target | met |", "|---|---:|---:|---|---|"]
        verdict = {None: "", True: "yes", False: "NO"}
        lines += [f"| {r.name} | {r.median:.2f} | {_range(r)} | {r.target} | {verdict[r.is_met]} |" for r in self.ratios]
        return "\n".join([*lines, "", *(f"- {note}" for note in self.notes), ""])


def describe_machine() -> dict[str, str]:
    """The processor, its cores that this process may use, and the versions of what was measured."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = (line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name"))
        cpu = next(names, cpu)
    packages = ("numpy", "opencv-python-headless", "h5py", "torch", "torchvision", "pillow", "scikit-image", "albumentations")
    return {
        "processor": cpu,
        "cores": str(len(os.sched_getaffinity(0))),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _range(figure: Figure) -> str:
    return f"{_number(min(figure.values))} – {_number(max(figure.values))}"


def _number(value: float) -> str:
    """Three digits that count, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
