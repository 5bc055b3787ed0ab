"""Series that something is wrong with: rows, what was measured of them and their values come in, findings go out to check and report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.survey import survey
from toolkit.series.checks.splits import find_split_faults
from toolkit.series.checks.time import find_time_faults
from toolkit.series.checks.values import find_value_faults
from toolkit.series.options import SeriesReadOptions
from toolkit.series.stretch import StoredFile, read_setting, walk_stretches
from toolkit.wing import Finding, Manifest

__all__ = ["COMPARED", "FITTED", "IDENTITY", "LOOKALIKES", "NOT_ASKED", "find_lookalikes", "find_more", "find_outliers", "look_closer"]

IDENTITY = "values_hash"
"""The column that is equal where values are."""

FITTED = ("steps", "stuck", "gap", "lowest", "highest", "first_time", "last_time")
"""Columns in which parts of a series differ by right: they are of other times, and of other lengths."""

LOOKALIKES = ""
"""Near copies of series are not looked for."""

NOT_ASKED = ("frames_across_splits", "unlabelled", *(f"shortcut_by_{name}" for name in ("mean", "deviation", "lowest", "highest", "stuck")))
"""Checks of the corridor that say nothing of series: rows are no frames, need no class, and levels may tell a class by right."""

COMPARED = (
    "Compared: the values of each series in one split with those in all of the others. Steps of one series are in several splits only "
    "one after another, train before val before test; series that influence one another, only you can know."
)
"""What was compared between the splits."""

_LIMIT = 300

Rows = NDArray[np.int64]


def look_closer(options: SeriesReadOptions | None) -> SeriesReadOptions:
    """Return options that read what `preprocess` would refuse, so that it can be told in full: gaps are kept, of equal stamps the first."""
    options = options or SeriesReadOptions()
    gaps = "mask" if options.gaps == "refuse" else options.gaps
    return replace(options, gaps=gaps, duplicates="first" if options.duplicates == "refuse" else options.duplicates, unsorted="sort")


def find_outliers(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows) -> list[Finding]:  # noqa: ARG001
    """Find series without any value.

    Args:
        manifest: Of kind ``"series"``.
        columns: What was measured of it.
        rows: Those to judge, int64.
    """
    empty = rows[columns["missing"][rows] == 1]
    if not len(empty):
        return []
    title = f"{len(empty):,} series, or parts of one, without any value"
    why = "Nothing can be learned from them, and what is foretold of them cannot be compared with anything."
    fix = "Leave them out of the source, or look at how missing values are written: --missing WORD."
    return [Finding("empty_series", "warning", title, len(empty), tuple(empty[:_LIMIT].tolist()), "0 values", why, fix)]


def find_lookalikes(
    manifest: Manifest,  # noqa: ARG001
    columns: Mapping[str, NDArray[Any]],  # noqa: ARG001
    rows: Rows,  # noqa: ARG001
    *,
    take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None,  # noqa: ARG001
) -> list[Rows]:
    """Find nothing: series that are alike are no copies."""
    return []


def find_more(
    manifest: Manifest,
    columns: Mapping[str, NDArray[Any]],  # noqa: ARG001
    rows: Rows,
    *,
    file: StoredFile | None = None,
) -> list[Finding]:
    """Find what only the values tell.

    Args:
        manifest: Of kind ``"series"``.
        columns: What was measured of it.
        rows: Those to judge, int64.
        file: The dataset file whose samples these are; None reads what a raw source was spooled to.

    Returns:
        What is wrong with time, with variables, and between splits.
    """
    setting = read_setting(manifest, file)
    found = survey(walk_stretches(manifest, rows, file=file), setting)
    read_again = lambda places: walk_stretches(manifest, found.row[places], file=file)  # noqa: E731
    return [
        *find_time_faults(found, manifest),
        *find_value_faults(found, read_again),
        *find_split_faults(found),
    ]
