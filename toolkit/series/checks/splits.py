"""What is wrong between the splits of series: a survey comes in, findings on drift, lost variables and pasts that reach back go out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.series.analysis.survey import BLOCKS, Survey, Table
from toolkit.series.checks.naming import AGAIN, LIMIT, counted, list_names
from toolkit.wing import SPLITS, Finding

__all__ = ["MIN_SHIFT", "find_split_faults", "joined"]

MIN_SHIFT = 0.5
"""Train deviations that a level moves by at least, to be told."""

_BEYOND, _WIDER, _MIN_WINDOWS, _FEW = 7.0, 3.0, 6, 0.01


def joined(found: Survey) -> list[dict[str, int]]:
    """The parts of each series, in order: split → place in the survey; series by their first place."""
    series: dict[str, dict[str, int]] = {}
    for i, (name, part) in enumerate(zip(found.name, found.part.tolist(), strict=True)):
        series.setdefault(name, {})[part] = i
    order = {name: number for number, name in enumerate(SPLITS)}
    return [dict(sorted(parts.items(), key=lambda item: order.get(item[0], -1))) for parts in series.values()]


def find_split_faults(found: Survey) -> Iterator[Finding]:
    """Find variables that a split knows nothing of, levels that move between splits, and say where windows reach back.

    Args:
        found: Of all that can be used.
    """
    series = joined(found)
    yield from _find_absent(found)
    for split in SPLITS[1:]:
        yield from _find_drift(found, series, split)
    later = [i for parts in series if len(parts) > 1 for i in list(parts.values())[1:]]
    if later:
        title = f"{counted(len(later), 'part')} of val and test that go on where an earlier part of their series ends"
        why = "The past of a window may lie in the rows before them, as it will in use; what is foretold lies in its own split alone."
        fix = "Nothing to do."
        rows = tuple(found.row[later][:LIMIT].tolist())
        yield Finding("past_across_splits", "info", title, len(later), rows, "", why, fix)


def _find_absent(found: Survey) -> Iterator[Finding]:
    """Variables that train knows nothing of, and those that train has, and val or test has not."""
    known = found.known[found.fitted].sum(axis=0) > 0
    if len(found.fitted) and known.any() and not known.all():
        yield _tell_absent(found, found.fitted, np.flatnonzero(~known), "train" if "train" in found.part else "the source")
    for split in SPLITS[1:]:
        here = found.of_part(split)
        lost = np.flatnonzero(known & (found.known[here].sum(axis=0) == 0))
        if len(here) and len(lost) and len(lost) < len(known):  # without any value at all: told as empty series
            yield _tell_absent(found, here, lost, split)


def _tell_absent(found: Survey, here: Table, lost: Table, where: str) -> Finding:
    about = tuple(found.setting.features[i] for i in lost)
    targets = sorted(set(about) & set(found.setting.target))
    cut = f"Cut so that {where} has them: {AGAIN.format('--split 0.6,0.2,0.2')}; or leave" if where in SPLITS else "Leave"
    if where in SPLITS[1:]:
        why = f"What they are worth cannot be seen in {where}{f', and {list_names(targets)} cannot be measured there' * bool(targets)}."
    else:
        why = f"Nothing can be learned of them{f', and training refuses targets of no value: {list_names(targets)}' * bool(targets)}."
    title, rows = f"{counted(len(about), 'variable')} without any value in {where}: {list_names(about)}", found.row[here]
    return Finding(
        f"variables_missing_in_{where if where in SPLITS else 'train'}", "error" if targets else "warning", title, len(about),
        tuple(rows[:LIMIT].tolist()), f"a value in {where}", why, f"{cut} them out: name the others with --features.",
        num_samples=len(rows), about=about,
    )  # fmt: skip


def _find_drift(found: Survey, series: list[dict[str, int]], split: str) -> Iterator[Finding]:
    """Levels and deviations of a split that train, cut into windows, never came near to."""
    pairs = [(parts["train"], parts[split]) for parts in series if "train" in parts and split in parts]
    told: list[tuple[float, int, str, str]] = []
    for train, held_out in pairs:
        shift, limit, wide = _compare(found, train, held_out)
        for f in np.flatnonzero((shift >= limit) | (wide >= _WIDER)).tolist():
            name = found.setting.features[f]
            means, deviations = ([table[i, f] for i in (train, held_out)] for table in (found.mean, found.deviation))
            note = f"{name}: mean {means[0]:.4g} in train, {means[1]:.4g} in {split}; deviation {deviations[0]:.4g} and {deviations[1]:.4g}"
            told.append((max(float(shift[f]), float(wide[f])), held_out, name, note))
    if not told or len({i for _, i, _, _ in told}) < _FEW * len(pairs):
        return
    told.sort(key=lambda each: -each[0])
    about = tuple(dict.fromkeys(name for _, _, name, _ in told))
    yield Finding(
        f"drift_in_{split}",
        "warning",
        f"{split} differs from train in {counted(len(about), 'variable')}: {list_names(about)}",
        len(about),
        tuple(int(found.row[i]) for _, i, _, _ in told[:LIMIT]),
        f"a level moved by {MIN_SHIFT:g} deviations and {_BEYOND:g} times its usual change, or a deviation {_WIDER:g} times as large",
        f"What is learned in train is measured in {split} under other conditions, and where few training values were.",
        "Look at where they part, in the report; subtract the last value of each window (nlinear, forecast), or start train later.",
        notes=tuple(note for _, _, _, note in told[:LIMIT]),
        num_samples=len({i for _, i, _, _ in told}),
        about=about,
        extent=told[0][0],
    )


def _compare(found: Survey, train: int, held_out: int) -> tuple[Table, Table, Table]:
    """By variable: how far the level moved, in train's deviations; the limit for that; how many times the deviation left its range."""
    wanted = BLOCKS * int(found.steps[held_out]) / max(1, int(found.steps[train]))
    size = int(np.clip(round(wanted), 1, BLOCKS // _MIN_WINDOWS))
    mean, deviation = _windows(found.block_mean[train], found.block_deviation[train], size)
    changes, own, other = np.diff(mean, axis=0), found.deviation[train], found.deviation[held_out]
    count = np.isfinite(changes).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.sqrt((np.where(np.isfinite(changes), changes, 0) ** 2).sum(axis=0) / count)
        shift = np.abs(found.mean[held_out] - mean[-1]) / own
        limit = np.maximum(MIN_SHIFT, _BEYOND * moved / own)
        most, least = np.fmax.reduce(deviation, axis=0, initial=0), np.fmin.reduce(deviation, axis=0, initial=np.inf)
        wide = np.maximum(other / np.maximum(most, own), np.minimum(least, own) / other)
    enough = (count >= _MIN_WINDOWS - 2) & (found.known[train] > 2 * _MIN_WINDOWS) & (found.known[held_out] > _MIN_WINDOWS) & (own > 0)
    shift, limit, wide = (np.where(enough & np.isfinite(each), each, none) for each, none in ((shift, 0), (limit, np.inf), (wide, 0)))
    return shift, limit, wide


def _windows(mean: Table, deviation: Table, size: int) -> tuple[Table, Table]:
    """Mean and deviation of so many blocks together, the last ones first counted."""
    use = BLOCKS // size * size
    blocks, spread = (table[BLOCKS - use :].reshape(-1, size, table.shape[1]) for table in (mean, deviation))
    together = blocks.mean(axis=1)
    return together, np.sqrt((spread**2 + (blocks - together[:, None]) ** 2).mean(axis=1))
