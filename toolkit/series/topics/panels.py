"""Which variables of which series a report draws: a manifest comes in, a few of them, joined over their splits, go out to the topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import Values
from toolkit.series.stretch import UNSPLIT, Setting, StoredFile, Stretch, read_setting, show_clock, walk_stretches
from toolkit.wing import SPLITS, Manifest

__all__ = ["MAX_PANELS", "MAX_STEPS", "Panel", "choose_panels"]

MAX_PANELS = 8
"""Variables that are drawn, of one series or of several."""

MAX_STEPS = 1 << 17
"""The last steps of train that are analysed; drawn are all."""

_DAY = 86_400 * 10**9


@dataclass(frozen=True, eq=False)
class Panel:
    """A variable of a series.

    Args:
        name: What the page calls it.
        parts: By split, in order: the values of it.
        times: By split, the stamps in ns since 1970; nothing without.
        zone: The zone of the clocks that the page shows.
    """

    name: str
    parts: dict[str, Values]
    times: dict[str, NDArray[np.int64]]
    zone: str

    @property
    def fitted(self) -> tuple[Values, NDArray[np.int64] | None]:
        """The last `MAX_STEPS` of train, or of what is in no split, or else of the first part there is; and their stamps."""
        part = next((name for name in ("train", UNSPLIT) if name in self.parts), next(iter(self.parts)))
        time = self.times.get(part)
        return self.parts[part][-MAX_STEPS:], None if time is None else time[-MAX_STEPS:]

    @property
    def step_ns(self) -> int:
        """The commonest distance of two stamps; 0 without."""
        time = self.fitted[1]
        return int(np.median(np.diff(time[:10_001]))) if time is not None and len(time) > 1 else 0

    @property
    def likely_periods(self) -> dict[str, int]:
        """A day, a week and a year in steps, where they are some."""
        lengths = {"day": _DAY, "week": 7 * _DAY, "year": 365.25 * _DAY}
        return {name: round(length / self.step_ns) for name, length in lengths.items() if self.step_ns and length > 1.5 * self.step_ns}

    def axis(self, part: str, places: NDArray[np.int64]) -> NDArray[np.datetime64] | NDArray[np.int64]:
        """Where steps of a part lie along a plot: their clock time, or their number in the whole series."""
        if part in self.times:
            return show_clock(self.times[part][places], self.zone).astype("M8[s]")
        before = [len(values) for name, values in self.parts.items()][: list(self.parts).index(part)]
        return places + sum(before)


def choose_panels(
    manifest: Manifest, rows: NDArray[np.int64], *, file: StoredFile | None = None, limit: int = MAX_PANELS
) -> tuple[list[Panel], int]:
    """Choose the first few series, and of each its targets, then its other variables.

    Args:
        manifest: Of kind ``"series"``.
        rows: Those that count, int64.
        file: The dataset file whose samples these are; None for a raw source.
        limit: Most panels.

    Returns:
        The panels; and how many there would be of all series and variables.
    """
    setting = read_setting(manifest, file)
    order = sorted(range(len(setting.features)), key=lambda i: setting.features[i] not in setting.target)
    series: dict[str, list[int]] = {}
    for row in rows.tolist():
        series.setdefault(manifest.origin[row], []).append(row)
    shown = list(series)[: max(1, limit // max(1, len(order)))]
    used = np.array([row for name in shown for row in series[name]], np.int64)
    found: dict[str, list[Stretch]] = {}
    for stretch in walk_stretches(manifest, used, file=file):
        found.setdefault(stretch.name, []).append(stretch)
    panels = [_panel(setting, stretches, i, several=len(series) > 1) for stretches in found.values() for i in order]
    return panels[:limit], len(series) * len(order)


def _panel(setting: Setting, stretches: list[Stretch], variable: int, *, several: bool) -> Panel:
    ordered = sorted(stretches, key=lambda stretch: SPLITS.index(stretch.part) if stretch.part in SPLITS else -1)
    feature, series = setting.features[variable], stretches[0].name
    name = series if several and len(setting.features) == 1 else f"{feature} of {series}" if several else feature
    parts: dict[str, Values] = {stretch.part: stretch.values[:, variable] for stretch in ordered}
    return Panel(name, parts, {stretch.part: stretch.time for stretch in ordered if stretch.time is not None}, setting.zone)
