"""What is wrong with the values of series: a survey comes in, findings that name variables go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.likeness import Shifted, correlate, find_shifted
from toolkit.series.analysis.survey import Survey
from toolkit.series.checks.naming import AGAIN, LIMIT, counted, list_names, place, seen_as
from toolkit.series.stretch import Stretch
from toolkit.wing import Finding

__all__ = ["MANY_MISSING", "find_value_faults"]

MANY_MISSING = 0.2
"""Share of a variable's values that are missing from which on it is a warning."""

_SAME, _LOOKED_AT, _LAST = 0.99999, 3, 20_000

Read = Callable[[NDArray[np.int64]], Iterable[Stretch]]
Places = Mapping[tuple[int, int], tuple[int, str]]
"""(Stretch, variable) → how many steps, and a note."""


def find_value_faults(found: Survey, read: Read) -> Iterator[Finding]:
    """Find missing values, constants, what is stuck or stands out, and variables that are another one shifted.

    Args:
        found: Of all that can be used.
        read: Reads some of the stretches again, by their places in the survey.
    """
    if len(found.row):
        yield from _find_missing(found)
        yield from _find_constant(found)
        yield from _find_stuck(found)
        yield from _find_spikes(found)
        yield from _find_far(found)
        yield from _find_shifted(found, read)


def _find_missing(found: Survey) -> Iterator[Finding]:
    """Values that are missing in steps that have others: steps without any are told as gaps."""
    steps = found.steps - found.empty
    if not steps.any():
        yield _tell_nothing(found)
        return
    share = 1 - found.known.sum(axis=0) / max(1, steps.sum())
    order = [int(i) for i in np.argsort(-share, kind="stable") if share[i] > 0]
    if not order:
        return
    about = tuple(found.setting.features[i] for i in order)
    rows = found.row[(found.known < steps[:, None]).any(axis=1)]
    fill = f"Fill short runs along a line: {AGAIN.format('--gaps interpolate:3')}. "
    told = list_names([f"{found.setting.features[i]} {share[i]:.1%}" for i in order])
    yield Finding(
        "missing_values",
        "warning" if share.max() >= MANY_MISSING else "info",
        f"{counted(int((steps[:, None] - found.known).sum()), 'value')} missing in {counted(len(order), 'variable')}: {told}",
        len(order),
        tuple(rows[:LIMIT].tolist()),
        f"{MANY_MISSING:.0%} of a variable",
        f"As a target they do not count; {seen_as(found.setting.filled)}.",
        f"{'' if found.setting.filled else fill}Leave a variable out: name the others with --features.",
        num_samples=len(rows),
        about=about,
        extent=float(share.max()),
    )


def _tell_nothing(found: Survey) -> Finding:
    title = f"No values at all: all of {counted(int(found.steps.sum()) * len(found.setting.features), 'value')} are missing"
    why, fix = "Nothing can be learned from them.", "Look at the source, and at how values are written: --decimal, --missing."
    return Finding("no_values", "error", title, len(found.row), tuple(found.row[:LIMIT].tolist()), "a value", why, fix)


def _find_constant(found: Survey) -> Iterator[Finding]:
    """Variables of one value in every series that has them, and series that have some among others that move."""
    rows = found.row[found.fitted]
    known = found.known[found.fitted] > 0
    still = known & (found.lowest[found.fitted] == found.highest[found.fitted])
    everywhere = np.flatnonzero(still.any(axis=0) & (still | ~known).all(axis=0))
    if len(everywhere):
        about = tuple(found.setting.features[i] for i in everywhere)
        yield Finding(
            "constant_variables",
            "warning",
            f"{counted(len(about), 'variable')} of one value only: {list_names(about)}",
            len(about),
            tuple(rows[:LIMIT].tolist()),
            "two different values in training",
            "They tell nothing; as targets they are foretold without an error, which makes a mean over all look better than it is.",
            "Leave them out: name the others with --features.",
            num_samples=len(rows),
            about=about,
        )
    still[:, everywhere] = False
    rows = rows[still.any(axis=1)]
    if len(rows):
        title, rule = f"{counted(len(rows), 'series')} with a variable of one value only", "two different values in training"
        fix = "Nothing to do if it is so; else look at their source."
        yield Finding("constant_series", "info", title, len(rows), tuple(rows[:LIMIT].tolist()), rule, "They tell nothing.", fix)


def _find_stuck(found: Survey) -> Iterator[Finding]:
    why = "A sensor that hangs, or a gap that was filled with the last value: what is learned there is that nothing changes."
    fix = "Look at them; where values were made up, take them out of the source, so that they count as missing."
    what = "step", "in runs of one value, much longer than usual"
    yield from _at_places(found, "stuck_runs", "warning", what, _places(found, found.stuck, found.stuck_at), why, fix)


def _find_spikes(found: Survey) -> Iterator[Finding]:
    why = "A squared error is governed by them, and so are mean and deviation of what is scaled."
    fix = "Look at them; where nothing real was measured, take the values out of the source."
    what = "single step", "far from both neighbours"
    yield from _at_places(found, "spikes", "info", what, _places(found, found.spikes, found.spike_at), why, fix)


def _find_far(found: Survey) -> Iterator[Finding]:
    if not found.far:
        return
    values = list_names([f"{value:g}" for value in sorted({far.value for far in found.far.values()})])
    why = "So far from all others it is a code for a missing value, or a fault; the scale of all is fitted to it."
    word = f"{next(iter(found.far.values())).value:g}"
    fix = f"If it is a code: {AGAIN.format(f'--missing {word} --gaps mask')}; else take it out of the source."
    places = {pair: (far.count, f"{far.value:g} from {place(found, pair[0], far.first)}") for pair, far in found.far.items()}
    what = "value", f"further from the others than these from one another ({values})"
    yield from _at_places(found, "far_values", "warning", what, places, why, fix)


def _find_shifted(found: Survey, read: Read) -> Iterator[Finding]:
    """Look at the longest few of the stretches that something is fitted on."""
    features, fitted = found.setting.features, found.fitted
    if len(features) < 2:
        return
    targets = [i for i, name in enumerate(features) if name in found.setting.target]
    shifted: list[tuple[int, Shifted]] = []
    same: dict[str, int] = {}
    for stretch in read(fitted[np.argsort(-found.steps[fitted], kind="stable")][:_LOOKED_AT]):
        shifted += [(stretch.row, each) for each in find_shifted(stretch.values, targets)]
        close = np.triu(np.abs(correlate(stretch.values[-_LAST:])) >= _SAME, 1)
        same |= {f"{features[i]} and {features[k]}": stretch.row for i, k in np.argwhere(close).tolist()}
    if shifted:
        yield _tell_shifted(found, shifted)
    if same:
        why = "They say the same twice: as targets both count, as inputs one is enough."
        title = f"{counted(len(same), 'pair')} of variables that are the same but for their scale: {list_names([*same])}"
        fix, rows = "Leave one of each out: name the others with --features.", tuple(dict.fromkeys(same.values()))
        yield Finding("same_variables", "info", title, len(same), rows, f"correlation of {_SAME:g}", why, fix, num_samples=len(rows))


def _tell_shifted(found: Survey, shifted: list[tuple[int, Shifted]]) -> Finding:
    features = found.setting.features
    notes = [f"{features[each.leader]} is {features[each.follower]} {counted(each.lag, 'step')} earlier" for _, each in shifted]
    about = tuple(dict.fromkeys(features[each.leader] for _, each in shifted))
    return Finding(
        "shifted_copies",
        "error" if len(found.setting.target) < len(features) else "warning",
        f"{counted(len(about), 'variable')} that foretell another because they are it, shifted: {list_names([*dict.fromkeys(notes)])}",
        len(about),
        tuple(row for row, _ in shifted)[:LIMIT],
        "correlation of 0.999 beyond what its own past tells",
        "They give away what is to be foretold: errors come out far too small, and are large where they are not known ahead.",
        "Leave them out, unless they are truly measured that much earlier: name the other variables with --features.",
        notes=tuple(notes[:LIMIT]),
        num_samples=len({row for row, _ in shifted}),
        about=about,
        extent=shifted[0][1].correlation,
    )


def _places(found: Survey, count: NDArray[np.int64], at: NDArray[np.int64]) -> Places:
    """Where a table of counts is not 0, with the worst step of each."""
    pairs = [(i, f) for i, f in np.argwhere(count > 0).tolist()]
    return {(i, f): (int(count[i, f]), f"{count[i, f]:,}, worst from {place(found, i, int(at[i, f]))}") for i, f in pairs}


def _at_places(
    found: Survey, check: str, severity: Literal["warning", "info"], what: tuple[str, str], places: Places, why: str, fix: str
) -> Iterator[Finding]:
    """A finding that lists stretches, each with a note on one of its variables, the worst first."""
    if not places:
        return
    features, order = found.setting.features, sorted(places, key=lambda pair: -places[pair][0])
    total, about = sum(count for count, _ in places.values()), tuple(dict.fromkeys(features[f] for _, f in order))
    yield Finding(
        check,
        severity,
        f"{counted(total, what[0])} {what[1]}, in {counted(len(about), 'variable')}: {list_names(about)}",
        total,
        tuple(int(found.row[i]) for i, _ in order[:LIMIT]),
        "",
        why,
        fix,
        notes=tuple(f"{features[pair[1]]}: {places[pair][1]}" for pair in order[:LIMIT]),
        num_samples=len({i for i, _ in places}),
        about=about,
        extent=total / max(1, int(found.known.sum())),
    )
