"""The verb `read`: a source of series comes in, each is arranged and spooled, a Manifest with a row a series goes out to `split`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.errors import DataError, printable, wording
from toolkit.series.arrange import Arranged, arrange
from toolkit.series.arrange.tally import COUNTED, Tally
from toolkit.series.options import SeriesReadOptions
from toolkit.series.outline import ROWS, describe
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.rounding import find_coarse, tell_coarse
from toolkit.series.sources import open_source
from toolkit.series.spool import append_steps
from toolkit.series.time import format_times
from toolkit.sources import SpoolFile, number_names, source_path
from toolkit.wing import SPLITS, Manifest, Skipped

__all__ = ["read", "read_raw"]

_NOT_ALIKE = ("parts", "label", "target")
"""Options of reading that say something of one source alone."""


def read(source: str | Path, options: SeriesReadOptions | None = None) -> Manifest:
    """Read series, put each in order of time, and spool its steps to a temporary file.

    Args:
        source: A file of series, or a folder of them.
        options: How they are read.

    Returns:
        A row a series; the columns ``start`` and ``stop``, int64, are its first step in the spool, and the one behind its last. `reading`
        has ``features`` and ``target``, lists of names; ``zone`` and ``step``, texts; ``has_time`` and ``has_mask``; and ``read``, the
        options that read another source alike.

    Raises:
        DataError: If the source cannot be understood, or has what the options refuse.
    """
    options = options or SeriesReadOptions()
    return read_raw(open_source(source_path(source), options), options)


def read_raw(source: RawSource, options: SeriesReadOptions) -> Manifest:
    """Do the same with a source that a reader has opened already.

    Args:
        source: As a reader understood it.
        options: What becomes of what is out of order, and of what is missing.

    Raises:
        DataError: As `read` has it.
    """
    reading = _Reading(source, Tally(source.features))
    for series in source.series:
        if reading.takes(series):
            found = arrange(series, _name(series), source=source, options=options, tally=reading.tally)
            reading.add(series, found)
    return reading.finish(options)


def _name(series: RawSeries) -> str:
    return "#".join(filter(None, (series.file, series.name)))


@dataclass
class _Reading:
    """What was read so far."""

    source: RawSource
    tally: Tally
    spool: SpoolFile = field(default_factory=SpoolFile)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    part: list[int] = field(default_factory=list)
    label: list[str | float] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    has_time: bool = False
    has_mask: bool = False
    span: tuple[int, ...] = ()
    coarse: dict[str, float] = field(default_factory=dict)

    def takes(self, series: RawSeries) -> bool:
        """Tell whether a series becomes a row; one that does not is skipped."""
        name = _name(series)
        if name in self.places:
            fix = "Name the column that tells them apart: --id COLUMN."
            raise DataError(wording("read", "each series", "named once", "a second one", at=name, fix=fix))
        if not len(series):
            self.skipped.append(Skipped(name, "a series without a step"))
        elif series.label is None and self.label:
            self.skipped.append(Skipped(name, "a series without a label"))
        elif self.places and self.has_time != (series.time is not None):
            raise DataError(wording("read", "series", "all with stamps, or all without", "both kinds", at=name))
        else:
            return True
        return False

    def add(self, series: RawSeries, found: Arranged) -> None:
        """Spool a series, and take down what it is."""
        name = _name(series)
        self.places[name] = append_steps(self.spool, found.values, found.missing, found.time)
        for column, step in find_coarse(found.values).items():
            variable = self.source.features[column]
            self.coarse[variable] = max(step, self.coarse.get(variable, 0.0))
        self.part.append(SPLITS.index(series.part) if series.part else -1)
        if series.label is not None:
            self.label.append(series.label)
        self.has_time = found.time is not None
        self.has_mask |= bool(found.missing.any())
        self.tally.add("empty", int(found.missing.all()), name)
        self.tally.add("single", int(len(found.values) == 1), name)
        if found.time is not None:
            ends = (*self.span, int(found.time[0]), int(found.time[-1]))
            self.span = min(ends), max(ends)

    def finish(self, options: SeriesReadOptions) -> Manifest:
        """Return all as a manifest."""
        source = self.source
        self.spool.close()
        if not self.places:
            raise DataError(wording("read", "the source", "of at least one series with a step", "none", at=source.file or source.root))
        if options.gaps == "refuse" and (uneven := self.tally.found.get("uneven")):
            raise DataError(f"read: stamps must be whole steps apart, got some that are not: {uneven}. Mend them; or {COUNTED}.")
        if options.gaps == "refuse" and (lacking := self.tally.say_missing()):
            fix = "Keep them as missing: --gaps mask; or fill runs of at most N along a line: --gaps interpolate:N."
            raise DataError(f"read: steps and values must be all there, got {lacking}. {fix}")
        names = list(self.places)
        if self.label and len(self.label) != len(names):
            raise DataError(wording("read", "the first series", "labelled, as others are", "no label", at=names[0]))
        start, stop = np.array(list(self.places.values()), np.int64).T
        imposed, reading = np.array(self.part, np.int8), self._reading(options)
        outline = self._outline(int(stop[-1]), reading)
        return Manifest(
            kind="series",
            root=source.root,
            origin=names,
            **_labels(self.label),
            split=imposed if (imposed >= 0).any() else None,
            columns={"start": start.copy(), "stop": stop.copy()},
            skipped=(*source.skipped, *self.skipped),
            files=source.files,
            reading=reading,
            note=" ".join(filter(None, (source.note, *self.tally.sentences(options), tell_coarse(self.coarse)))),
            file=source.file,
            understood=replace(source.understood, rows=ROWS, facts=self._tell(outline, reading), figures=outline),
            spool=self.spool,
        )

    def _reading(self, options: SeriesReadOptions) -> dict[str, Any]:
        source, step = self.source, self.tally.step
        alike = options.typed() | source.reading | ({"step": step} if step else {})
        alike = {name: value for name, value in alike.items() if name not in _NOT_ALIKE}
        target = options.target or source.target or source.features
        lost = [name for name in target if name not in source.features]
        if lost:
            fix = f"It has {printable(', '.join(source.features))}."
            raise DataError(wording("read", "target", "of the variables", ", ".join(lost), at=source.file or source.root, fix=fix))
        return {
            "features": list(source.features),
            "target": [name for name in source.features if name in target],
            "zone": source.zone,
            "step": step,
            "has_time": self.has_time,
            "has_mask": self.has_mask,
            "read": alike,
            "found": {what: vars(count) for what, count in self.tally.found.items()},
        }

    def _outline(self, num_steps: int, reading: Mapping[str, Any]) -> dict[str, Any]:
        """What there is, for programs."""
        found, zone = self.tally.found, reading["zone"]
        first, last = format_times(np.array(self.span, np.int64), zone) if self.span else (None, None)
        missing = {what: found[what].number if what in found else 0 for what in ("steps", "values")}
        return {
            "series": len(self.places),
            "variables": reading["features"],
            "target": None if self.label else reading["target"],
            "steps": num_steps,
            "step": reading["step"] or None,
            "from": first,
            "to": last,
            "time": reading["read"].get("time") or None,
            "zone": zone or None,
            "missing": {**missing, "filled": self.tally.filled},
        }

    def _tell(self, outline: Mapping[str, Any], reading: Mapping[str, Any]) -> dict[str, str]:
        """What there is, for people."""
        step, tally = outline["step"], self.tally
        every = f", {step} apart" if step else ", without a common step" if tally.steps and self.has_time else ""
        when = f" from {outline['from']} to {outline['to']}" if outline["from"] else ""
        lines = describe(reading, labelled=bool(self.label))
        told: dict[str, str] = {word: lines[word] for word in ("variables", "target", "time") if word in lines}
        return told | {"steps": f"{outline['steps']:,}{when}{every}"}


def _labels(labels: list[str | float]) -> dict[str, Any]:
    """Text names classes, numbers are targets."""
    if not labels:
        return {}
    if all(isinstance(label, float) for label in labels):
        return {"label": np.array(labels, np.float32)}
    classes, ids = number_names([str(label) for label in labels])
    return {"classes": classes, "label": ids}
