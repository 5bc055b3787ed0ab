"""What a source was understood as: a manifest comes in, a description goes out that is told back before work begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from toolkit.errors import printable
from toolkit.shell import quote_word
from toolkit.sources.frames import find_frames
from toolkit.wing import SPLITS, Manifest, Skipped

__all__ = ["ClassCount", "SourceDescription", "Tell", "describe_source", "keep_quiet"]

_SHOWN = 10


@dataclass(frozen=True)
class ClassCount:
    """A class of a source.

    Args:
        label: Its name in the source.
        name: What people call it; empty if nothing else.
        samples: How many have it.
    """

    label: str
    name: str
    samples: int

    def __str__(self) -> str:
        name = f" {printable(self.name, 40)}" if self.name else ""
        return f"{printable(self.label, 40)}{name} ({self.samples:,})"


@dataclass(frozen=True)
class SourceDescription:
    """What a source was understood as; ``str()`` is for people.

    Args:
        source: Where it lies.
        kind: The wing.
        layout: What it was recognised as.
        parts: Samples that each split has already, by its name, and where they come from; under ``""`` those that are to be split.
        classes: In the order of their ids.
        labels: Where labels come from; empty if there are none.
        targets: The least and the greatest of numbers to predict; None if labels are classes.
        num_groups: How many there are; None where groups are unknown.
        groups: Where groups come from.
        boxes: Where boxes come from, and what they are for.
        passed_over: What lies beside the samples and is not read.
        note: What the reader had to tell.
        warnings: What makes the samples unfit to be split or learned from, and what their names suggest.
        num_skipped: Inputs that can be no sample.
        skipped: The first of them.
        rows: What the kind calls a row, and several.
        facts: What the kind has to tell beside, a line each by a word.
        figures: JSON-able: the same for programs.
    """

    source: str
    kind: str
    layout: str
    parts: dict[str, tuple[int, str]]
    classes: tuple[ClassCount, ...]
    labels: str = ""
    targets: tuple[float, float] | None = None
    num_groups: int | None = None
    groups: str = ""
    boxes: str = ""
    passed_over: tuple[Skipped, ...] = ()
    note: str = ""
    warnings: tuple[str, ...] = ()
    num_skipped: int = 0
    skipped: tuple[Skipped, ...] = field(default=(), repr=False)
    rows: tuple[str, str] = ("sample", "samples")
    facts: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints under ``understood``."""
        classes = [{"class": c.label, **({"name": c.name} if c.name else {}), "samples": c.samples} for c in self.classes]
        return {
            "path": printable(self.source, 1000),
            "kind": self.kind,
            "layout": self.layout,
            "parts": {name or "unsplit": {"samples": count, "from": place} for name, (count, place) in self.parts.items()},
            "classes": classes,
            "labels": self.labels or None,
            "targets": None if self.targets is None else {"min": self.targets[0], "max": self.targets[1]},
            "groups": None if self.num_groups is None else {"count": self.num_groups, "from": self.groups},
            "boxes": self.boxes or None,
            "passed_over": [{"path": printable(skip.path, 1000), "reason": skip.reason} for skip in self.passed_over],
            "notes": [*filter(None, (self.note,)), *self.warnings],
            "skipped": self.num_skipped,
            **({self.kind: dict(self.figures)} if self.figures else {}),
        }

    def __str__(self) -> str:
        lines = [f"{printable(self.source)}: {self.layout or self.kind}"]
        for name, (count, place) in self.parts.items():
            lines.append(f"  {name or 'to split':9} {count:,} {self.rows[count != 1]}{f' from {printable(place)}' if place else ''}")
        lines += [f"  {word:9} {fact}" for word, fact in self.facts.items()]
        if self.classes or self.targets or not self.facts:
            lines.append(f"  classes   {self._say_classes()}")
        if self.num_groups is not None or not self.facts:
            lines.append(f"  groups    {self._say_groups()}")
        lines += [f"  boxes     {self.boxes}"] if self.boxes else []
        lines += [f"  passed over {printable(skip.path)}: {skip.reason}" for skip in self.passed_over[:_SHOWN]]
        lines += [f"  skipped   {self.num_skipped:,} input{'s' * (self.num_skipped != 1)}"] if self.num_skipped else []
        return "\n".join([*lines, *(f"  {note}" for note in (self.note, *self.warnings) if note)])

    def _say_groups(self) -> str:
        if self.num_groups is None:
            return "unknown: nothing keeps samples together"
        return f"{self.num_groups:,}: {self.groups or 'as the source has them'}"

    def _say_classes(self) -> str:
        if self.targets is not None:
            return f"none: numbers to predict from {self.targets[0]:g} to {self.targets[1]:g}, by {self.labels or 'label'}"
        if not self.classes:
            return "none: the samples are unlabelled"
        shown = ", ".join(map(str, self.classes[:_SHOWN]))
        more = f", and {len(self.classes) - _SHOWN:,} more" if len(self.classes) > _SHOWN else ""
        return f"{len(self.classes):,}, by {self.labels or 'name'}: {shown}{more}"


Tell = Callable[[SourceDescription], None]
"""Called with what a source was understood as, before work begins."""


def keep_quiet(description: SourceDescription) -> None:
    """Tell nobody: what the library does unless a caller passes its own `Tell`."""


def describe_source(manifest: Manifest) -> SourceDescription:
    """Say what a source was understood as.

    Args:
        manifest: As a wing's `read` returns it, before it is split.
    """
    told = manifest.understood
    return SourceDescription(
        manifest.place,
        manifest.kind,
        told.layout,
        _count_parts(manifest),
        _count_classes(manifest),
        told.labels,
        _span_targets(manifest),
        None if manifest.group is None else len(np.unique(manifest.group)),
        told.groups,
        told.boxes,
        told.passed_over,
        manifest.note,
        tuple(filter(None, (*_warn(manifest), told.suggestion or _suggest_groups(manifest)))),
        len(manifest.skipped),
        tuple(manifest.skipped[:_SHOWN]),
        told.rows,
        told.facts,
        told.figures,
    )


def _count_parts(manifest: Manifest) -> dict[str, tuple[int, str]]:
    split = np.full(len(manifest), -1) if manifest.split is None else manifest.split
    counts = {name: int((split == number).sum()) for number, name in enumerate(("", *SPLITS), -1)}
    places = manifest.understood.parts
    return {name: (count, places.get(name, places.get("", ""))) for name, count in counts.items() if count}


def _span_targets(manifest: Manifest) -> tuple[float, float] | None:
    label = manifest.label
    return None if label is None or manifest.classes or not label.size else (float(label.min()), float(label.max()))


def _count_classes(manifest: Manifest) -> tuple[ClassCount, ...]:
    label = manifest.label
    if label is None or not manifest.classes:
        return ()
    counts = np.bincount(label, minlength=len(manifest.classes)) if label.ndim == 1 else (label > 0).sum(axis=0)
    names: Sequence[str] = manifest.class_names or ("",) * len(manifest.classes)
    return tuple(ClassCount(*each) for each in zip(manifest.classes, names, counts.tolist(), strict=True))


def _warn(manifest: Manifest) -> list[str]:
    """What makes a data set unfit to learn from, or to be split, as far as it is seen without decoding."""
    label, group, told = manifest.label, manifest.group, []
    if label is None or label.ndim != 1 or not np.issubdtype(label.dtype, np.integer):
        return []
    counts = np.bincount(label, minlength=len(manifest.classes))
    if len(manifest.classes) == 1:
        told.append("There is one class only: nothing can be told apart.")
    elif counts.max() == 1:
        told.append("Each class has a single sample: none can be in two splits.")
    if group is not None and len(manifest.classes) > 1:
        width = int(group.max()) + 1
        groups_of_class = np.bincount(np.unique(label * width + group) // width, minlength=len(counts))
        lone = np.flatnonzero((groups_of_class == 1) & (counts > 1))
        if len(lone):
            names = ", ".join(printable(manifest.classes[i], 40) for i in lone[:_SHOWN])
            told.append(
                f"Classes whose samples are all of one group, which no split can cut: {len(lone):,}, {names}. --group none cuts them."
            )
    return told


def _suggest_groups(manifest: Manifest) -> str:
    """What to type where names look like frames that belong together, and nothing keeps them so."""
    frames = find_frames(manifest.origin) if manifest.group is None else None
    if frames is None:
        return ""
    first, second = (printable(name, 60) for name in frames.example)
    typed = quote_word(f"regex:{frames.pattern}")
    looks = f"Names look like numbered frames of {frames.count:,} sequences, such as {first} and {second}."
    return f"{looks} --group {typed} keeps each in one split."
