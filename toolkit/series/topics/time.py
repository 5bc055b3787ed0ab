"""Variables over time as a topic of the report: panels come in, curves by split and rolling means with their deviations go out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import envelope, rolling
from toolkit.series.analysis.rhythm import find_period
from toolkit.series.topics.panels import MAX_STEPS, Panel
from toolkit.wing import Curve, Lines, Topic

__all__ = ["tell_time"]

_POINTS, _ROLLING_POINTS = 1200, 300


def tell_time(panels: list[Panel], notes: tuple[str, ...]) -> Topic:
    """Draw each variable over all splits, and what its mean and deviation do meanwhile.

    Args:
        panels: Variables.
        notes: What is to be said of their choice.
    """
    how = (
        "Of many steps, the lowest and the highest of each piece are drawn, so that no peak is lost. Rolling figures are of the last steps."
    )
    told = [_tell_one(panel) for panel in panels]
    figures = {panel.name: found for panel, (_, found) in zip(panels, told, strict=True)}
    return Topic(
        "over_time", "Over time", (*notes, how), tuple(plot for plots, _ in told for plot in plots), figures={"variables": figures}
    )


def _tell_one(panel: Panel) -> tuple[list[Lines], dict[str, Any]]:
    total = sum(map(len, panel.parts.values()))
    axis = "time" if panel.times else "step"
    curves: dict[str, Curve] = {}
    for part, values in panel.parts.items():
        places, shown = envelope(values, max(4, _POINTS * len(values) // max(1, total)))
        curves[part] = panel.axis(part, places), shown
    window = _window(panel)
    whole = np.concatenate(list(panel.parts.values()))
    places = np.concatenate([panel.axis(part, np.arange(len(values))) for part, values in panel.parts.items()])
    mean, deviation = rolling(whole, window)
    some = np.unique(np.linspace(min(window, len(whole)) - 1, len(whole) - 1, _ROLLING_POINTS).astype(np.int64))
    x, middle, spread = places[some], mean[some], deviation[some]
    band = _both(x, middle - spread, middle + spread)
    plots = [Lines(f"{panel.name} over time", f"{panel.name} over time.", (axis, panel.name), curves, wide=True)]
    if np.isfinite(middle).any():
        caption = f"{panel.name}: mean and deviation of the last {window:,} steps."
        plots.append(Lines(f"{panel.name} rolling", caption, (axis, panel.name), {"mean": (x, middle)}, {"± deviation": band}))
    told = {"steps": {part: len(values) for part, values in panel.parts.items()}, "window": window}
    return plots, told | {"rolling_mean": _plain(middle), "rolling_deviation": _plain(spread)}


def _window(panel: Panel) -> int:
    """Steps of a period, if there is one and it is short, so that seasons cancel out; else a thirtieth of all."""
    total = sum(map(len, panel.parts.values()))
    found = find_period(panel.fitted[0][-MAX_STEPS:], likely=panel.likely_periods.values())
    period, least = found[0] if found else 1, max(2, total // 30)
    return min(total, period * max(1, round(least / period)))


def _both(x: NDArray[Any], low: NDArray[np.float64], high: NDArray[np.float64]) -> Curve:
    """Two lines as one, with a hole between them."""
    return np.concatenate([x, x[-1:], x]), np.concatenate([low, [np.nan], high])


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values]
