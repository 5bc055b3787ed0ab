"""What is wrong with the values of series: a survey comes in, findings that name variables go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.series.likeness import Shifted, correlate, find_shifted
from toolkit.series.stretch import Stretch
from toolkit.series.survey import Survey
from toolkit.series.telling import LIMIT, counted, list_names, place
from toolkit.wing import Finding

__all__ = ["MANY_MISSING", "find_value_faults"]

MANY_MISSING = 0.2
"""Share of a variable's values that are missing from which on it is a warning."""

_SAME, _LOOKED_AT = 0.99999, 3

Read = Callable[[NDArray[np.int64]], Iterable[Stretch]]
Pairs = NDArray[np.int64]


def find_value_faults(found: Survey, read: Read) -> Iterator[Finding]:
    """Find missing values, constants, what is stuck or stands out, and variables that are another one shifted.

    Args:
        found: Of all that can be used.
        read: Reads some of the stretches again, by their places in the survey.
    """
    if not len(found.row):
        return
    yield from _find_missing(found)
    yield from _find_constant(found)
    yield from _find_stuck(found)
    yield from _find_spikes(found)
    yield from _find_far(found)
    yield from _find_shifted(found, read)


def _find_missing(found: Survey) -> Iterator[Finding]:
    """Values that are missing in steps that have others: gaps are told elsewhere."""
    steps = (found.steps - found.empty).sum()
    share = 1 - found.known.sum(axis=0) / max(1, steps)
    order = [int(i) for i in np.argsort(-share, kind="stable") if share[i] > 0]
    if not order or found.known.shape[1] < 2:
        return
    told = [f"{found.setting.features[i]} {share[i]:.1%}" for i in order]
    count = int(found.known.shape[1] * steps - found.known.sum())
    why = "A network sees 0 after scaling, and is told that the value is missing; as a target it does not count."
    fix = "Fill short runs along a line: `foudre preprocess series SRC OUT.h5 --gaps interpolate:3 --overwrite`; or leave the variable out with "
    fix += "--features."
    title = f"{counted(count, 'value')} missing in {counted(len(order), 'variable')}: {list_names(told)}"
    severity: Literal["warning", "info"] = "warning" if share.max() >= MANY_MISSING else "info"
    rows = found.row[(found.known < (found.steps - found.empty)[:, None]).any(axis=1)]
    yield _of_variables(
        found, "missing_values", severity, title, order, rows, f"{MANY_MISSING:.0%} of a variable", why, fix, float(share.max())
    )


def _find_constant(found: Survey) -> Iterator[Finding]:
    """Variables of one value wherever something is fitted, or everywhere in some series."""
    known = found.known[found.fitted] > 0
    low, high = (edge[found.fitted] for edge in (found.lowest, found.highest))
    still = known & (low == high)
    if not still.any():
        return
    some = np.flatnonzero(still.sum(axis=0) >= np.maximum(1, known.sum(axis=0)))  # in every series that has it
    why = "They tell nothing; as targets they are foretold without an error, which makes a mean over all look better than it is."
    if len(some):
        same = [int(i) for i in some if np.nanmin(low[:, i]) == np.nanmax(high[:, i])]
        title = (
            f"{counted(len(some), 'variable')} of one value only, in each series: {list_names([found.setting.features[i] for i in some])}"
        )
        fix = "Leave them out: name the others with --features."
        rule = "two different values in training"
        yield _of_variables(
            found, "constant_variables", "warning", title, [*some], found.row[found.fitted], rule, why, fix, float(len(same))
        )
    others = still.copy()
    others[:, some] = False
    rows = found.row[found.fitted][others.any(axis=1)]
    if len(rows):
        title = f"{counted(len(rows), 'series')} with a variable of one value only"
        fix = "Nothing to do if it is so; else look at their source."
        yield Finding("constant_series", "info", title, len(rows), tuple(rows[:LIMIT].tolist()), "two different values", why, fix)


def _find_stuck(found: Survey) -> Iterator[Finding]:
    pairs = np.argwhere(found.stuck > 0)
    notes = [
        f"{found.setting.features[f]}: {counted(int(found.stuck[i, f]), 'step')}, the longest run from {place(found, i, int(found.stuck_at[i, f]))} on"
        for i, f in pairs
    ]
    why = "A sensor that hangs, or a gap that was filled with the last value: what is learned there is that nothing changes."
    fix = "Look at them; where values were made up, take them out of the source, so that they count as missing."
    yield from _at_places(found, "stuck_runs", "runs of one value, much longer than usual", "step", pairs, found.stuck, notes, why, fix)


def _find_spikes(found: Survey) -> Iterator[Finding]:
    pairs = np.argwhere(found.spikes > 0)
    notes = [
        f"{found.setting.features[f]}: {int(found.spikes[i, f])}, the worst at {place(found, i, int(found.spike_at[i, f]))}"
        for i, f in pairs
    ]
    why = "A squared error is governed by them, and so are mean and deviation of what is scaled."
    fix = "Look at them; where nothing real was measured, take the values out of the source."
    title = "single steps far from both of their neighbours"
    yield from _at_places(found, "spikes", title, "step", pairs, found.spikes, notes, why, fix, severity="info")


def _find_far(found: Survey) -> Iterator[Finding]:
    pairs = np.array([*found.far], np.int64).reshape(-1, 2)
    count = np.zeros_like(found.spikes)
    for (i, f), far in found.far.items():
        count[i, f] = far.count
    notes = [
        f"{found.setting.features[f]}: {found.far[i, f].value:g}, {counted(found.far[i, f].count, 'time')}, first at {place(found, i, found.far[i, f].first)}"
        for i, f in map(tuple, pairs.tolist())
    ]
    values = list_names([f"{value:g}" for value in sorted({far.value for far in found.far.values()})])
    why = "So far from all others it is a code for a missing value, or a fault; the scale of all is fitted to it."
    word = f"{next(iter(found.far.values())).value:g}" if found.far else ""
    fix = (
        f"If it is a code: `foudre preprocess series SRC OUT.h5 --missing {word} --gaps mask --overwrite`; else take it out of the source."
    )
    title = f"values further from the others than these from one another ({values})"
    yield from _at_places(found, "far_values", title, "step", pairs, count, notes, why, fix)


def _find_shifted(found: Survey, read: Read) -> Iterator[Finding]:
    """Look at the longest few of the stretches that something is fitted on."""
    setting, fitted = found.setting, found.fitted
    longest = fitted[np.argsort(-found.steps[fitted], kind="stable")][:_LOOKED_AT]
    targets = [i for i, name in enumerate(setting.features) if name in setting.target]
    seen: list[tuple[int, Shifted]] = []
    same: dict[tuple[int, int], int] = {}
    for stretch in read(longest) if len(setting.features) > 1 else ():
        seen += [(stretch.row, each) for each in find_shifted(stretch.values, targets)]
        close = np.triu(np.abs(correlate(stretch.values[-20_000:])) >= _SAME, 1)
        same |= {(int(i), int(f)): stretch.row for i, f in np.argwhere(close)}
    if seen:
        chosen = len(targets) < len(setting.features)
        told = [
            f"{setting.features[each.leader]} is {setting.features[each.follower]} {counted(each.lag, 'step')} earlier" for _, each in seen
        ]
        why = "It gives away what is to be foretold: errors come out far too small, and are large where it is not known ahead."
        fix = "Leave it out, unless it is truly measured that much earlier: name the other variables with --features."
        rows, notes = (
            tuple(row for row, _ in seen),
            tuple(f"{note}, correlation {each.correlation:.4f}" for note, (_, each) in zip(told, seen, strict=True)),
        )
        about = tuple(dict.fromkeys(setting.features[each.leader] for _, each in seen))
        title = (
            f"{counted(len(about), 'variable')} that foretell another because they are it, shifted: {list_names([*dict.fromkeys(told)])}"
        )
        yield Finding(
            "shifted_copies", "error" if chosen else "warning", title, len(about), rows[:LIMIT], "correlation of 0.999, beyond its own past",
            why, fix, notes=notes[:LIMIT], num_samples=len(set(rows)), about=about, extent=seen[0][1].correlation,
        )  # fmt: skip
    if same:
        told = [f"{setting.features[i]} and {setting.features[f]}" for i, f in same]
        why = "They say the same twice: as targets both count, as inputs one is enough."
        rows = tuple(dict.fromkeys(same.values()))
        title = f"{counted(len(told), 'pair')} of variables that are the same but for their scale: {list_names(told)}"
        fix = "Leave one of each out with --features."
        yield Finding("same_variables", "info", title, len(told), rows, f"correlation of {_SAME:g}", why, fix, num_samples=len(rows))


def _at_places(
    found: Survey, check: str, what: str, unit: str, pairs: Pairs, count: Any, notes: list[str], why: str, fix: str,
    *, severity: Literal["warning", "info"] = "warning",
) -> Iterator[Finding]:  # fmt: skip
    """A finding that lists stretches, each with a note on one of its variables, the worst first."""
    if not len(pairs):
        return
    sizes = np.array([count[i, f] for i, f in pairs])
    order = np.argsort(-sizes, kind="stable")
    total = int(sizes.sum())
    about = tuple(dict.fromkeys(found.setting.features[f] for _, f in pairs[order]))
    title = f"{counted(total, unit)} in {what}, in {counted(len(about), 'variable')}: {list_names(about)}"
    yield Finding(
        check, severity, title, total, tuple(int(found.row[pairs[k][0]]) for k in order[:LIMIT]), "", why, fix,
        notes=tuple(notes[k] for k in order[:LIMIT]), num_samples=len(set(pairs[:, 0].tolist())), about=about,
        extent=total / max(1, int(found.known.sum())),
    )  # fmt: skip


def _of_variables(
    found: Survey, check: str, severity: Literal["warning", "info"], title: str, variables: Iterable[int], rows: NDArray[np.int64],
    rule: str, why: str, fix: str, extent: float,
) -> Finding:  # fmt: skip
    about = tuple(found.setting.features[i] for i in variables)
    shown = tuple(rows[:LIMIT].tolist())
    return Finding(check, severity, title, len(about), shown, rule, why, fix, num_samples=len(rows), about=about, extent=extent)
