"""What is wrong with the time of series: a survey and what reading found come in, findings go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from toolkit.errors import printable
from toolkit.series.analysis.survey import Survey
from toolkit.series.checks.naming import AGAIN, LIMIT, counted, list_places, place, seen_as
from toolkit.wing import Finding, Manifest

__all__ = ["find_time_faults"]

_MANY = 0.05


def find_time_faults(found: Survey, manifest: Manifest) -> Iterator[Finding]:
    """Find rows out of order or of one stamp, missing steps, steps of no common length, and hours that summer time skips.

    Args:
        found: Of all that can be used.
        manifest: A raw one's `reading` may have ``found``: what was met on reading, by name, each with ``number``, ``series``, ``first``.
    """
    met: Mapping[str, Any] = manifest.reading.get("found", {})
    if told := met.get("unsorted"):
        title = f"{counted(told['number'], 'row')} out of order of time"
        why = "They are sorted. A file that jumps back in time may hold several series without saying which is which."
        fix = "If it does, name the column that tells them apart: --id COLUMN."
        yield Finding(
            "unsorted_rows", "warning", title, told["number"], _rows_of(found, told), "stamps that rise", why, fix, notes=_when(found, told)
        )
    if told := met.get("duplicates"):
        title = f"{counted(told['number'], 'row')} beyond the first of their stamp"
        why = "One of them is wrong, or they are of several series; `foudre preprocess` refuses them until it is told."
        fix = f"Keep one of each: {AGAIN.format('--duplicates first')}; or name the column that tells series apart: --id COLUMN."
        yield Finding(
            "duplicate_stamps", "error", title, told["number"], _rows_of(found, told), "one row a stamp", why, fix, notes=_when(found, told)
        )
    if told := met.get("uneven"):
        title = f"{counted(told['number'], 'stamp')} between the steps that most keep, the first {printable(told['first'], 300)}"
        why = "No missing step can be told, however large the hole; `foudre preprocess` refuses such stamps until it is told what to do."
        fix = f"Mend them in the source; or, of an irregular series, count steps as they come: {AGAIN.format('--step none')}."
        yield Finding("uneven_stamps", "error", title, told["number"], _rows_of(found, told), "whole steps between stamps", why, fix)
    yield from _find_gaps(found, met)
    if "uneven" not in met:
        yield from _find_unknown_step(found, manifest)
    yield from _find_summer_time(found)


def _rows_of(found: Survey, told: Mapping[str, Any]) -> tuple[int, ...]:
    """The series that something was first met in."""
    return tuple(int(row) for row, name in zip(found.row, found.name, strict=True) if told["first"].startswith(f"{name} at "))[:1]


def _when(found: Survey, told: Mapping[str, Any]) -> tuple[str, ...]:
    """The time that something was first met at, beside the series of `_rows_of`."""
    return (f"the first at {told['first'].rpartition(' at ')[2].replace('T', ' ')}",) * len(_rows_of(found, told))


def _find_gaps(found: Survey, met: Mapping[str, Any]) -> Iterator[Finding]:
    """Steps without any value; those of series without any are told elsewhere."""
    some = np.flatnonzero((found.empty > 0) & (found.empty < found.steps))
    if not len(some):
        return
    order = some[np.argsort(-found.empty[some], kind="stable")]
    lost, steps = int(found.empty[some].sum()), int(found.steps.sum())
    each = [f"{counted(int(found.empty[i]), 'step')} in {counted(int(found.gaps[i]), 'gap')}" for i in order]
    notes = [f"{told}, the longest from {place(found, i, int(found.empty_at[i]))}" for told, i in zip(each, order, strict=True)]
    names = {found.name[i] for i in some}
    several = f" of {counted(len(names), 'series')}" if len(names) > 1 else ""
    refused = bool(met.get("steps")) and found.setting.raw and not found.setting.filled
    fix = f"Keep them as missing: {AGAIN.format('--gaps mask')}; or fill short ones: {AGAIN.format('--gaps interpolate:3')}."
    yield Finding(
        "gaps",
        "warning" if lost > _MANY * steps else "info",
        f"{counted(lost, 'step')} of {steps:,} without any value in the source, in {counted(int(found.gaps[some].sum()), 'gap')}{several}",
        lost,
        list_places(found, order),
        "a value at each step",
        f"Windows that hold such steps teach less: {seen_as(found.setting.filled)}."
        + " `foudre preprocess` refuses them until it is told what to do." * refused,
        fix if refused else "Nothing to do if they are known; else look at the source.",
        notes=tuple(notes[:LIMIT]),
        num_samples=len(some),
        extent=lost / steps,
    )


def _find_unknown_step(found: Survey, manifest: Manifest) -> Iterator[Finding]:
    if found.setting.step or not len(found.row) or not found.setting.raw or not manifest.reading["has_time"]:
        return
    why = "Steps are taken as they come: a window of 24 may be a day here and a week there, and no missing step can be told."
    fix = "If they keep one but for a few stamps, mend these. If there is none, resample the series before, or go on with --step none."
    title = f"What lies between two steps is unknown, of {counted(len(set(found.name)), 'series')}"
    yield Finding("unknown_step", "info", title, len(found.row), tuple(found.row[:LIMIT].tolist()), "one distance", why, fix)


def _find_summer_time(found: Survey) -> Iterator[Finding]:
    some = np.flatnonzero(found.skipped > 0)
    if not len(some) or found.setting.zone not in ("", "UTC"):
        return
    hours = int(found.skipped[some].sum())
    yield Finding(
        "summer_time",
        "warning",
        f"{counted(hours, 'hour')} missing just where clocks go forward in spring, though stamps are read as UTC",
        hours,
        list_places(found, some),
        "single missing hours mostly on such nights",
        "Stamps are probably those of a local clock: every hour of summer is an hour off, and one hour of autumn stands there twice.",
        f"Name the zone, and that rows of summer time stand first: {AGAIN.format('--timezone Europe/Paris --repeated-hour order')}.",
        num_samples=len(some),
    )
