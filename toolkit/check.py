"""The verb `check`: a raw source or a dataset file comes in, findings that say what to fix go out, by way of statistics and checks.

It finds the wing that reads a source, measures each sample once, and asks the corridor's checks and the wing's own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from toolkit.checks import (
    SEVERITIES,
    CheckResult,
    Predictions,
    ask_cleanlab,
    believed_classes,
    certify,
    check_classes,
    compare_claims,
    find_contradictions,
    find_cut_frames,
    find_cut_groups,
    find_damage,
    find_drift,
    find_duplicates,
    find_gaps,
    find_label_issues,
    find_shortcuts,
    find_unreadable,
    load_baseline,
    load_predictions,
    only_new,
    same_content,
    tabulate_sets,
)
from toolkit.checks.rows import complete_command, usable
from toolkit.dataset_file import DatasetFile, TakeSamples, is_dataset_path, list_samples, open_dataset
from toolkit.dataset_file.layout import unescape_name
from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError, FoudreError, check, printable
from toolkit.export import ExportOptions
from toolkit.options import kind_of, type_options
from toolkit.sources import SourceDescription, Tell, describe_source, keep_quiet, source_path
from toolkit.statistics import MeasureFile, Statistics, gather_statistics
from toolkit.wing import Finding, Manifest, Progress, silent
from toolkit.wings import WINGS

__all__ = ["Measured", "check_source", "find_all", "find_kind", "keep_path", "measure_source"]

_SMALL_JOB_ROWS = 2000
_CLEARLY = 20  # times the samples of any other kind: a note among pictures makes no set of texts


@dataclass(frozen=True, eq=False)
class Measured:
    """A source whose samples were measured.

    Args:
        table: The samples and their figures.
        wing: The kind of data.
        file: The dataset file; None if the source is raw.
        damage: What of it is not as it was written, a line a place.
        understood: What a raw source was understood as; None for a dataset file.
    """

    table: Statistics
    wing: ModuleType
    file: DatasetFile | None
    damage: tuple[str, ...] = ()
    understood: SourceDescription | None = None

    @property
    def brought(self) -> list[str]:
        """Names of the splits that the source itself brings."""
        if self.file is not None:
            return self.file.created_with.get("brought", "").split()
        return self.table.manifest.brought


def check_source(
    source: str | Path,
    *,
    kind: str = "",
    read: Any = None,
    predictions: Sequence[str | Path] | None = None,
    baseline: str | Path | None = None,
    workers: int | None = None,
    tell: Tell = keep_quiet,
    progress: Progress = silent,
) -> CheckResult:
    """Look for what is wrong with a data set.

    Args:
        source: A raw source or a dataset file, whose name ends in .h5.
        kind: A name in `toolkit.wings.WINGS`; empty takes the one that a dataset file names, or that alone reads the source.
        read: The wing's options for reading a raw source; or what returns them for a kind's name, where the kind is to be found.
        predictions: Folders that `foudre crossval` left for this dataset file: its labels are doubted too. Of the same recipe with
            groups whole and with groups cut, the certificate tells what a leaking split would claim.
        baseline: An older answer as JSON, or a report's: what it knew is left out.
        workers: Processes that measure; 0 works in this one, None takes one for each processor where there is much to do.
        tell: Told what a raw source was understood as, before its samples are measured.
        progress: Told how far the work is.

    Returns:
        What was found, and what could not be checked.

    Raises:
        DataError: If the source cannot be understood.
        ArgumentError: If the kind is unknown, or predictions or baseline are not what they should be.

    Example:
        >>> check_source("signs.h5").fails("error")  # doctest: +SKIP
        False
    """
    known = load_baseline(baseline) if baseline else None
    measured = measure_source(source, kind=kind, read=read, workers=workers, tell=tell, progress=progress)
    guesses = [load_predictions(path, measured.table) for path in predictions or ()]
    findings: Sequence[Finding] = find_all(measured, predictions=guesses)
    if known is not None:
        findings = only_new(findings, known, measured.table)
    if made := _made_by(measured, source, read):
        findings = [replace(finding, fix=complete_command(finding.fix, **made)) for finding in findings]
    unchecked = tuple(_unchecked(measured, bool(guesses)))
    return CheckResult(str(source), measured.table, tuple(findings), unchecked, known is not None, measured.understood)


def measure_source(
    source: str | Path,
    *,
    kind: str = "",
    read: Any = None,
    workers: int | None = None,
    tell: Tell = keep_quiet,
    progress: Progress = silent,
) -> Measured:
    """Measure every sample of a source, or take up what was kept; the arguments are those of `check_source`."""
    file = open_dataset(source) if is_dataset_path(source) else None
    check(file is None or not kind or kind == file.kind, "check", "kind", f"{file.kind if file else ''}, which the file holds", kind)
    manifest = list_samples(file) if file else _read_raw(source, kind, read)
    wing = WINGS[manifest.kind]
    understood = None if file else describe_source(manifest)
    if understood:
        tell(understood)
    measure = MeasureFile(file, wing.measure_stored) if file else wing.measure
    count = 0 if workers is None and len(manifest) < _SMALL_JOB_ROWS else ExportOptions(workers=workers).num_workers()
    table = gather_statistics(manifest, measure, keep=keep_path(source), workers=count, progress=progress)
    return Measured(table, wing, file, () if file is None else tuple(file.verify(progress=progress)), understood)


def _read_raw(source: str | Path, kind: str, read: Any) -> Manifest:
    """Read a raw source once, as the kind asked for, that of the options, or the one that reads it."""
    _check_kind(source, kind)
    options: Callable[[str], Any] = read if callable(read) else lambda _: read
    kind = kind or kind_of(read)
    return WINGS[kind].read(source, options(kind)) if kind else _read_any(source, options)


def find_kind(source: str | Path, kind: str = "", *, read: Callable[[str], Any] = lambda _: None) -> str:
    """Tell the kind of a source.

    Args:
        source: A raw source or a dataset file.
        kind: A name in `toolkit.wings.WINGS`, which is the answer then; empty takes the one that a dataset file names, or that alone reads
            the source.
        read: The options for reading it as a kind, by the kind's name.

    Raises:
        ArgumentError: If the kind is unknown, or the source can be of several.
        DataError: If no kind reads the source.
    """
    _check_kind(source, kind)
    if kind:
        return kind
    return open_dataset(source).kind if is_dataset_path(source) else _read_any(source, read).kind


def _check_kind(source: str | Path, kind: str) -> None:
    known = _checked_kinds()
    check(not kind or kind in known, "check", "kind", f"one of {', '.join(known)}", kind)
    source_path(source)  # an empty one is no kind's


def _checked_kinds() -> list[str]:
    """Kinds that can be checked: those whose wings measure their samples."""
    return [kind for kind, wing in WINGS.items() if hasattr(wing, "measure")]


def _read_any(source: str | Path, read: Callable[[str], Any]) -> Manifest:
    """Read a raw source as the kind that alone reads it, or that has by far the most of it."""
    found: dict[str, Manifest] = {}
    refused: list[FoudreError] = []
    unclear: dict[str, AmbiguousSourceError] = {}
    for name in _checked_kinds():
        try:
            found[name] = WINGS[name].read(source, read(name))
        except AmbiguousSourceError as error:
            unclear[name] = error
        except FoudreError as error:
            refused.append(error)
    if unclear and not found:
        raise next(iter(unclear.values()))
    if not found:
        reasons = [*dict.fromkeys(str(refusal) for refusal in refused)][: len(refused) if Path(source).exists() else 1]
        kind_of_error = ArgumentError if all(isinstance(refusal, ArgumentError) for refusal in refused) else DataError
        raise kind_of_error(f"check: no kind of data reads {printable(str(source))}: {' '.join(reasons)}")
    most, *others = sorted(found, key=lambda name: -len(found[name]))
    clear = not unclear and all(len(found[most]) >= _CLEARLY * len(found[name]) for name in others)
    fix = f"Name the kind before the source: {most} SRC."
    check(clear, "check", "kind", "named where a source can be of several", ", ".join([*found, *unclear]), at=str(source), fix=fix)
    return found[most]


def keep_path(source: str | Path) -> Path:
    """Where statistics are kept: beside a dataset file; in the user's cache folder for what is raw, or lies where none can be written."""
    path = Path(source).resolve()
    beside = path.with_name(f"{path.name}.statistics.npz")
    if is_dataset_path(path) and (beside.exists() or os.access(path.parent, os.W_OK)):
        return beside
    from platformdirs import user_cache_path

    name = hashlib.sha256(str(path).encode(errors="surrogateescape")).hexdigest()[:16]
    return user_cache_path("foudre") / "statistics" / f"{name}.npz"


def find_all(measured: Measured, *, predictions: Sequence[Predictions] = ()) -> list[Finding]:
    """Run every check.

    Args:
        measured: From `measure_source`.
        predictions: From `load_predictions`.

    Returns:
        The leak certificate, then what was found, the worst first.
    """
    found = [*_find_corridor(measured, predictions), *_find_wing(measured)]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return [certify(measured.table, found, claim=compare_claims(predictions)), *found]


def _find_corridor(measured: Measured, predictions: Sequence[Predictions]) -> Iterator[Finding]:
    """What holds for every kind."""
    table = measured.table
    same = same_content(table, measured.wing.IDENTITY)
    imposed = measured.file is None or "source itself cuts" in str(measured.file.source.get("note"))
    yield from find_cut_groups(table, imposed=imposed)
    yield from find_cut_frames(table)
    yield from find_duplicates(table, same, brought=measured.brought)
    yield from find_contradictions(table, same)
    yield from find_damage(table, measured.damage)
    yield from find_unreadable(table)
    yield from find_gaps(table)
    weighted = measured.file is not None and measured.file.source.get("balance", {}).get("by") == "weights"
    yield from check_classes(table, brought=measured.brought, weighted=weighted)
    yield from find_drift(table, brought=measured.brought, leave_out=measured.wing.FITTED)
    yield from find_shortcuts(table)
    for told in sorted(predictions, key=lambda each: each.cut_groups)[:1]:
        doubt = ask_cleanlab if importlib.util.find_spec("cleanlab") else believed_classes
        yield from find_label_issues(table, told.rows, told.probability, by=doubt)


def _find_wing(measured: Measured) -> Iterator[Finding]:
    """The kind's own."""
    table, wing = measured.table, measured.wing
    rows = usable(table)
    take = TakeSamples(measured.file) if measured.file else None
    sets = wing.find_lookalikes(table.manifest, table.columns, rows, take=take)
    told = {"what": "near copies", "threshold": wing.LOOKALIKES, "brought": measured.brought}
    yield from tabulate_sets(table, sets, name="near_duplicates", certain=False, **told)
    yield from find_contradictions(table, sets, certain=False)
    yield from wing.find_outliers(table.manifest, table.columns, rows)


def _made_by(measured: Measured, source: str | Path, read: Any) -> dict[str, str]:
    """Where the samples come from, what they become, and what was typed for that; empty for a file that does not know."""
    kind = measured.table.manifest.kind
    if measured.file is None:
        options = read(kind) if callable(read) else read
        return {"source": _typed_path(source), "out": "OUT.h5", "typed": type_options(kind, read=options)}
    made = measured.file.created_with
    if "source" not in made:
        return {}
    return {"source": unescape_name(made["source"]), "out": _typed_path(source), "typed": made["options"]}


def _typed_path(path: str | Path) -> str:
    """A path as it is typed: one that begins with a dash would be taken for an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def _unchecked(measured: Measured, has_predictions: bool) -> Iterator[str]:
    if not has_predictions:
        yield "wrong labels: no out-of-fold predictions given; `foudre crossval` makes them, --predictions takes them"
    if measured.file is not None:
        yield "the raw files, their bytes and own sizes: the dataset file holds what was made of them; check the raw source for these"
