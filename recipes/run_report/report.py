"""A run's folder comes in, a page goes out: `records` and `network` read, `judge` judges, `sections` shows, in a data report's frame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recipes.repeat import run_folders
from recipes.run_folder import is_run
from recipes.run_report.judge import find_in_each, find_in_run, tell_run, tell_runs
from recipes.run_report.network import see_network
from recipes.run_report.records import Record, read_record
from recipes.run_report.sections import MAX_MISTAKES, show_classes, show_curves, show_ledgers, show_mistakes, show_network, show_setup
from toolkit.errors import DataError, printable, wording
from toolkit.report import Report, page_path
from toolkit.report.content import judge, tell_finding
from toolkit.report.page import render_sections
from toolkit.report.sections import Section, Table
from toolkit.report.write import write_page
from toolkit.wing import Finding

__all__ = ["report_run"]


def report_run(run: str | Path, out: str | Path = "run.html", *, file: str | Path | None = None) -> Report:
    """Write a page about a training run: what it reached, whether it over- or under-fits, whom it confuses, what its network sees.

    Val is read for the worst mistakes, which the run's ledger notes; test never is. What is missing in the folder is told on the page.

    Args:
        run: A run folder, or that of several seeds or folds.
        out: The page to write, ending in .html; the same content as JSON stands beside it.
        file: A dataset file that fits the run; None takes the one that it was trained on, if that is still there and still the same.

    Returns:
        Where the page is, and what it says; a notebook shows it.

    Raises:
        ArgumentError: If `out` does not end in .html.
        DataError: If the folder is no run's, one of its files is damaged, or `file` does not fit it.

    Example:
        >>> report_run("runs/signs/001", "run.html")  # doctest: +SKIP
    """
    path, folder = page_path(out), Path(run)
    if not is_run(folder):
        rule = "a run folder, with config.yaml and logs, or one of several runs, with runs.json"
        raise DataError(wording("report", "run", rule, str(run), fix="Name what `foudre train` or `foudre crossval` left."))
    several = run_folders(folder)
    text, findings, unread, sections, said = _tell_several(folder, several) if several else _tell_one(folder, file)
    content = {
        "kind": "training runs" if several else "training run",
        "source": str(folder),
        "verdict": judge(findings, text),
        "findings": [tell_finding(finding) for finding in findings],
        "unchecked": unread,
        **said,
    }
    title, about = folder.absolute().name, f"{len(several)} training runs" if several else "Training run"
    if folder.absolute().parent.name and title.isdecimal():
        title = f"{folder.absolute().parent.name}/{title}"
    page = render_sections(
        content, sections, title=title, what="training run", about=f"{about} in {printable(str(folder.absolute()), 200)}"
    )
    return write_page(path, page, {"title": title, **content})


Told = tuple[str, list[Finding], list[str], list[Section], dict[str, Any]]


def _tell_one(folder: Path, file: str | Path | None) -> Told:
    record = read_record(folder)
    seen = see_network(record, file, num_shown=MAX_MISTAKES)
    record = read_record(folder)  # once more: looking has left a line in the ledger
    alike = seen.on_val.alike if seen.on_val else None
    findings = find_in_run(record, alike)
    unread = list(seen.unread)
    sections, said = [show_curves([record], alike)], {"run": _say(record)}
    if record.confusion is not None:
        shown, told = show_classes([record.confusion], record.classes)
        sections, said = [*sections, *shown], {**said, **told}
    elif seen.classifies:
        unread.append("the confusion matrix and classes: the run has not written them, as val was trained on or the run has not ended")
    if seen.on_val is not None:
        mistakes, told = show_mistakes(seen.on_val)
        sections, said = [*sections, mistakes], {**said, **told}
    shown, told = show_network(seen)
    sections += [*shown, show_ledgers([record]), show_setup(record, record.result)]
    return tell_run(record, findings), findings, unread, sections, {**said, **told}


def _tell_several(folder: Path, runs: Sequence[Path]) -> Told:
    records = [read_record(run) for run in runs if is_run(run)]
    if not records:
        raise DataError(wording("report", "run", "a folder with a run that has begun", str(folder)))
    unread = [f"the run {printable(run.name, 40)}, which has not begun" for run in runs if not is_run(run)]
    unread.append(f"networks and mistakes: each run has a page of its own, `foudre report {printable(str(records[0].folder), 120)}`")
    findings = find_in_each(records)
    summary = _read_summary(folder)
    mean, std = ({name: float(value) for name, value in summary.get(key, {}).items()} for key in ("mean", "std"))
    names = sorted({name for record in records for name in record.metrics})
    rows = [(record.folder.name, record.best_epoch, *(record.metrics.get(name) for name in names)) for record in records]
    rows += [(key, None, *(values.get(name) for name in names)) for key, values in (("mean", mean), ("standard deviation", std)) if values]
    table = Table("Metrics of each run", ("run", "epoch", *names), rows)
    sections, said = (
        [Section("runs", "Runs", [table]), show_curves(records)],
        {"runs": [_say(record) for record in records], "summary": summary},
    )
    matrices = [record.confusion for record in records if record.confusion is not None and record.classes == records[0].classes]
    if matrices:
        shown, told = show_classes(matrices, records[0].classes)
        sections, said = [*sections, *shown], {**said, **told}
    costs = {name: summary[name] for name in ("flops", "seconds") if name in summary}
    sections += [show_ledgers(records), show_setup(records[0], costs)]
    return tell_runs(records, mean, std, findings), findings, unread, sections, said


def _say(record: Record) -> dict[str, Any]:
    """A run's record as plain data."""
    curves = {
        name: {"epoch": curve.epoch.tolist(), "value": [_finite(v) for v in curve.value.tolist()]} for name, curve in record.curves.items()
    }
    metrics = {name: _finite(value) for name, value in record.metrics.items()}
    facts = {"folder": str(record.folder), "epochs": record.epochs, "best_epoch": record.best_epoch, "metrics": metrics}
    costs = {name: record.result.get(name) for name in ("flops", "seconds")}
    return {**facts, **costs, "selected": record.selected, "curves": curves, "ledger": list(record.ledger), "config": record.config}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _read_summary(folder: Path) -> Mapping[str, Any]:
    """Mean and deviation of the runs' metrics, as `recipes.spread` wrote them; empty if they have not all ended."""
    path = folder / "summary.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(wording("report", path.name, "as a run wrote it", str(error), at=str(folder))) from error
    return found if isinstance(found, dict) else {}
