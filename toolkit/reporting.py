"""The verb `report`: a raw source or a dataset file comes in, one HTML page and its JSON go out, by way of `check` and `report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.check import check_source
from toolkit.checks import Baseline, CheckResult, compare, load_baseline
from toolkit.checks.rows import parts, usable
from toolkit.dataset_file import DatasetFile, TakeSamples, open_dataset
from toolkit.dataset_file.layout import unescape_name
from toolkit.errors import DataError, check
from toolkit.options import read_options
from toolkit.report import Report, page_path, write_report
from toolkit.report.sections import Section
from toolkit.report.stages import lay_out_stages
from toolkit.report.topics import lay_out_topic
from toolkit.statistics import Statistics
from toolkit.wing import Progress, silent
from toolkit.wings import WINGS

__all__ = ["report_result", "report_source"]

NUM_REPLAYED = 32
"""Samples that are sent through the pipeline again; a few of them are shown."""

_FITTED = ("channel_mean", "channel_std", "precision_max_error", "precision_rmse", "num_words", "unknown_rate")
"""What a file has of train that people copy into their own code, and what its dtype lost."""


def report_source(
    source: str | Path,
    path: str | Path = "report.html",
    *,
    kind: str = "",
    read: Any = None,
    predictions: Sequence[str | Path] | None = None,
    baseline: str | Path | None = None,
    workers: int | None = None,
    progress: Progress = silent,
) -> Report:
    """Write a page that says whether a data set can be trusted, what is wrong with it, and what to type to mend it.

    Args:
        source: A raw source, or a dataset file.
        path: The page to write, ending in .html; the same content as JSON stands beside it.
        kind: A name in `toolkit.wings.WINGS`; empty takes the one that the file names, or that reads the source.
        read: The wing's options for reading a raw source.
        predictions: Folders that ``foudre crossval`` left for this dataset file, as `toolkit.check.check_source` takes them.
        baseline: The JSON beside an older page, or what ``foudre check --json`` printed: what changed since is told.
        workers: Processes that measure; 0 works in this one, None takes one for each processor where there is much to do.
        progress: Told how far the work is.

    Returns:
        Where the page is, and what it says; a notebook shows it.

    Raises:
        DataError: If the source cannot be understood.
        ArgumentError: If the kind is unknown, predictions or baseline are not what they should be, or as `toolkit.report.page_path` does.
        ExportError: If the page cannot be written.

    Example:
        >>> report_source("signs.h5", "signs.html")  # doctest: +SKIP
    """
    path, old = page_path(path, spare=[baseline]), load_baseline(baseline) if baseline else None
    found = check_source(source, kind=kind, read=read, predictions=predictions, workers=workers, progress=progress)
    return report_result(found, path, baseline=old)


def report_result(found: CheckResult, path: str | Path = "report.html", *, baseline: Baseline | None = None, options: Any = None) -> Report:
    """Write the page of what was checked already.

    Args:
        found: From `toolkit.check.check_source`, without a baseline.
        path: The page to write, ending in .html.
        baseline: From `toolkit.checks.load_baseline`: what changed since is told.
        options: The wing's options for `plan`, to try on a raw source; a dataset file has a pipeline of its own.

    Raises:
        ArgumentError: If there are options though the source is a dataset file.
    """
    manifest = found.table.manifest
    wing = WINGS[manifest.kind]
    file = open_dataset(manifest.root) if "row" in manifest.columns else None
    check(not (file and options), "report", "options of a pipeline", "left out for a dataset file, which has its own", options)
    fitted = {name: file.meta[name] for name in _FITTED if name in file.meta} if file else {}
    return write_report(
        found.table,
        found.findings,
        path,
        show=wing.Show.stored(TakeSamples(file), file.vocabulary, file.pipeline) if file else wing.Show(),
        unchecked=found.unchecked,
        fitted=fitted,
        changes=compare(found.findings, baseline, found.table) if baseline else None,
        more=[
            *([_replay(found.table, file, options, fitted)] if hasattr(wing, "replay") else []),
            *(_tell(found.table, file) if hasattr(wing, "tell") else []),
        ],
    )


def _tell(table: Statistics, file: DatasetFile | None) -> list[Section]:
    """What the wing has to tell in its own words of samples that are no copies."""
    rows = usable(table)
    return [lay_out_topic(topic) for topic in WINGS[table.manifest.kind].tell(table.manifest, table.columns, rows, file=file)]


def _replay(table: Statistics, file: DatasetFile | None, options: Any, fitted: Mapping[str, Any]) -> Section:
    """Send some samples of train through the pipeline once more, if there is one and their originals are still there."""
    manifest, wing = table.manifest, WINGS[table.manifest.kind]
    rows = usable(table)
    rows = rows[parts(table)[rows] == 0]
    some = manifest.take(rows[np.unique(np.linspace(0, len(rows) - 1, min(NUM_REPLAYED, len(rows))).astype(np.int64))])
    stages, reason = [], ""
    try:
        if file and len(some):
            made, root = file.created_with, str(file.source.get("root"))
            read = read_options(file.kind, made.get("options", ""))
            came_from, stored = unescape_name(made.get("source", "")), list(TakeSamples(file)(some))
            raw = wing.find_originals(file.pipeline, root, some, source=came_from, options=read, stored=stored)
            stages = wing.replay(file.pipeline, raw, stored)
        elif options and len(some):
            stages = wing.replay(wing.plan(manifest, options).pipeline, some)
    except DataError as error:
        reason = f"what each step does is seen on the originals. {error}"
    return lay_out_stages(stages, fitted=fitted, reason=reason)
