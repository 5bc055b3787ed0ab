"""What is to be said of a run: its record comes in; findings, in the form that checks have, and one sentence go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recipes.run_report.fit import FALL, RISE, Alike, find_fit, is_judged, tell_fit
from recipes.run_report.records import Record
from toolkit.errors import printable
from toolkit.shell import quote_word
from toolkit.wing import Finding

__all__ = ["find_in_each", "find_in_run", "tell_metrics", "tell_run", "tell_runs"]

SEVERITIES = ("error", "warning", "info")


def find_in_run(record: Record, alike: Alike | None = None) -> list[Finding]:
    """Find what a run's figures suffer from; what chose its checkpoint stands first, whatever it was.

    Args:
        record: The run.
        alike: Measured on training samples and on val; None leaves out what needs it.
    """
    found = [*_find_end(record), *_find_reads(record), *find_fit(record, alike), *_find_missed(record)]
    return [_tell_choice(record), *sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))]


def find_in_each(records: Sequence[Record]) -> list[Finding]:
    """Find the same in several runs: each finding once, in its first run's words, with the number of runs that it was seen in."""
    by_check: dict[str, list[tuple[str, Finding]]] = {}
    for record in records:
        for finding in find_in_run(record):
            by_check.setdefault(finding.check, []).append((record.folder.name, finding))
    merged = []
    for seen in by_check.values():
        name, first = seen[0]
        merged.append(replace(first, title=f"In {len(seen)} of {len(records)} runs; {printable(name, 40)}: {first.title}", count=len(seen)))
    return merged


def tell_run(record: Record, findings: Sequence[Finding]) -> str:
    """Say in a sentence what was reached, what chose the checkpoint, and whether the fit is too close or too loose.

    Args:
        record: The run.
        findings: What was found in it.
    """
    if record.selected and not record.epochs:
        end = "before the first epoch ended"
    elif record.selected:
        end = f"at epoch {record.best_epoch or '?'} of {record.epochs}, chosen by {_how(record)} on val"
    else:
        end = f"after {record.epochs} epochs, nothing chosen"
    begun = "" if record.result else "not ended; "
    return _begin(f"{begun}{tell_metrics(record.metrics) or 'no metrics'} {end}; {tell_fit(record, findings)}.")


def tell_runs(records: Sequence[Record], mean: Mapping[str, float], std: Mapping[str, float], findings: Sequence[Finding]) -> str:
    """Say the same of several runs: mean ± standard deviation, and in how many the fit is too close or too loose.

    Args:
        records: The runs.
        mean: Of each metric.
        std: Likewise; empty for a single run.
        findings: From `find_in_each`.
    """
    seen = {finding.check: finding.count for finding in findings}
    runs = f"{len(records)} run{'s' if len(records) > 1 else ''}{' (mean ± standard deviation)' if std else ''}"
    told = f"{tell_metrics(mean, std) or 'no metrics'} over {runs}"
    if not any(is_judged(record) for record in records):
        return _begin(f"{told}; over- and under-fitting not judged.")
    over, under = seen.get("overfitting", 0), seen.get("underfitting", 0)
    rules = f"validation loss {RISE:.0%} above its lowest", f"training loss still falling by {FALL:.0%} in the last epoch"
    return _begin(f"{told}; over-fitting in {over} of them (limit: {rules[0]}), under-fitting in {under} (limit: {rules[1]}).")


def tell_metrics(metrics: Mapping[str, float], std: Mapping[str, float] | None = None) -> str:
    """Write metrics as people read them, accuracy first.

    Args:
        metrics: By name.
        std: Their standard deviations, where there are any.
    """
    names = sorted(metrics, key=lambda name: (not name.endswith("accuracy"), name))
    spread = {name: f" ± {value:.4f}" for name, value in (std or {}).items()}
    return ", ".join(f"{name.replace('/', ' ').replace('_', ' ')} {metrics[name]:.4f}{spread.get(name, '')}" for name in names)


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _how(record: Record) -> str:
    extreme = "highest" if record.option("checkpoint", "mode") == "max" else "lowest"
    return f"the {extreme} {printable(str(record.option('checkpoint', 'monitor')), 40)}"


def _tell_choice(record: Record) -> Finding:
    reads = _count_reads(record, "test")
    tests = f"test was read {reads} time{'' if reads == 1 else 's'}" if reads else "test was never read"
    if record.selected:
        title = f"The checkpoint is chosen by {_how(record)} on val; {tests}"
        why = "A figure by which something was chosen is a little too good: val tells which run is better, test alone how good it is."
        return Finding("selection", "info", title, 1, why=why, fix="" if reads else _read_test(record, "best.ckpt"))
    what = "all of train and val" if record.trained_on != "train" else "all folds but one"
    title = f"Trained on {what} for a fixed number of epochs, nothing chosen; {tests}"
    why = "The last checkpoint counts; no choice in this run can make its figures too good."
    return Finding(
        "selection", "info", title, 1, why=why, fix="" if reads or record.trained_on == "train" else _read_test(record, "last.ckpt")
    )


def _read_test(record: Record, name: str) -> str:
    """Say what to type to read test, if the checkpoint that counts is there."""
    checkpoint = _checkpoint(record, name)
    if not checkpoint.is_file():
        return f"Test cannot be read: the run has left no checkpoint {name}."
    return f"Read test once, at the end: `foudre evaluate {quote_word(str(checkpoint))} {record.file} --split test`."


def _checkpoint(record: Record, name: str) -> Path:
    return record.folder / "checkpoints" / name


def _find_end(record: Record) -> list[Finding]:
    if record.result:
        return []
    title = "The run has not ended: it is training, or was stopped"
    resume = ("--resume", quote_word(str(record.folder))) if _checkpoint(record, "last.ckpt").is_file() else ()
    fix = f"If it was stopped{'' if resume else ', it begins anew'}: `{record.command(*resume)}`."
    return [Finding("unfinished", "warning", title, 1, threshold="no metrics.json", why="Its figures will change.", fix=fix)]


def _find_reads(record: Record) -> list[Finding]:
    found, reads = [], _count_reads(record, "test")
    if reads > 1:
        title = f"Test was read {reads} times for this run"
        why = "Each look at test that leads to another choice makes its figure a little too good."
        fix = "Report the first reading, and choose on val from now on."
        found.append(Finding("test_read_again", "warning", title, reads, threshold="more than once", why=why, fix=fix))
    events = [(line.get("event"), line.get("split")) for line in record.ledger]
    first = events.index(("read", "test")) if reads else len(events)
    later = sum(event in ("selected", "trained", "resumed") for event, _ in events[first:])
    if later:
        title = "Training went on after test had been read"
        why = "What test showed may have led to what was trained since; its figure no longer stands for samples never seen."
        fix = "Measure on fresh test data, or tell that test had been read before."
        found.append(Finding("trained_after_test", "error", title, later, threshold="any training after a read of test", why=why, fix=fix))
    return found


def _count_reads(record: Record, split: str) -> int:
    return sum(line.get("event") == "read" and line.get("split") == split for line in record.ledger)


def _find_missed(record: Record) -> list[Finding]:
    if record.confusion is None:
        return []
    hits, there = np.diag(record.confusion), record.confusion.sum(1)
    missed = [printable(record.classes[i], 40) for i in np.flatnonzero((hits == 0) & (there > 0)).tolist()]
    if not missed:
        return []
    named = ", ".join(missed[:5]) + (", …" if len(missed) > 5 else "")
    title = f"{len(missed)} class{'es' if len(missed) > 1 else ''} never recognised on val: {named}"
    why = "Accuracy hides small classes: whoever meets one of these gets a wrong answer every time."
    fix = f"Look at their samples, `foudre report {record.file}`; draw them more often: `--data.balance '{{target: median, by: weights}}'`."
    return [Finding("classes_missed", "warning", title, len(missed), threshold="no sample of the class right", why=why, fix=fix)]
