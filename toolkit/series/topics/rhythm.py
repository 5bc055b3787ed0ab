"""What repeats as a topic of the report: panels come in, autocorrelations, seasons, mean days and tests of stationarity go out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.course import Values, autocorrelation, partial_autocorrelation
from toolkit.series.analysis.rhythm import find_period, profile, seasonal_strength
from toolkit.series.analysis.stationarity import can_test, judge_level
from toolkit.series.stretch import show_clock
from toolkit.series.topics.panels import MAX_STEPS, Panel
from toolkit.wing import Lines, Topic

__all__ = ["tell_rhythm"]

_DAY = 86_400 * 10**9
_MIN_LAGS, _MAX_LAGS, _PROFILES = 40, 400, 4
_NOT_COMPUTABLE, _NOT_CHECKED = "not computable", "not checked"


def tell_rhythm(panels: list[Panel], notes: tuple[str, ...]) -> Topic:
    """Tell what of a variable repeats, in its training part.

    Args:
        panels: Variables.
        notes: What is to be said of their choice.
    """
    told = [_look_at(panel) for panel in panels]
    plots = [plot for panel, found in zip(panels, told, strict=True) for plot in _plot_lags(panel, found)]
    plots += [plot for panel, found in zip(panels[:_PROFILES], told, strict=False) for plot in _plot_profiles(panel, found)]
    rows = [[panel.name, *_cells(found)] for panel, found in zip(panels, told, strict=True)]
    head = ("variable", "period, steps", "strength of seasons", "next to last step", "a period apart", "ADF p", "KPSS p", "together")
    figures = {panel.name: found for panel, found in zip(panels, told, strict=True)}
    table = "What repeats, and whether there is a level", head, rows
    return Topic("rhythm", "What repeats", (*notes, *_say_how(panels)), tuple(plots), (table,), {"variables": figures})


def _say_how(panels: list[Panel]) -> Iterator[str]:
    cut = any(len(values) > MAX_STEPS for panel in panels for values in panel.parts.values())
    yield "Of training steps alone" + f", the last {MAX_STEPS:,} of them" * cut + ", so that no choice is made by what test holds."
    yield (
        "Strength of seasons: the share of what varies about the trend that repeats, 0 … 1. The dotted lines are the 95 % band: "
        "correlations of noise lie within."
    )
    if can_test():
        yield (
            "ADF asks whether no level is ever returned to, KPSS whether there is one: stationary where the first is below 0.05 and the "
            "second is not; KPSS is known from 0.01 to 0.1 only. Of the longest run without a missing value, its last 5,000 steps."
        )
    else:
        yield "Stationarity is not checked: statsmodels is not installed, `pip install 'foudre[stationarity]'` brings it."


def _look_at(panel: Panel) -> dict[str, Any]:
    values, time = panel.fitted
    period = find_period(values, likely=panel.likely_periods.values())
    lags = int(np.clip(round(2.2 * (period[0] if period else 1)), _MIN_LAGS, _MAX_LAGS))
    correlation = autocorrelation(values, max(lags, period[0] if period else 1))
    partial = None if correlation is None else partial_autocorrelation(correlation[: _MIN_LAGS + 1])
    tested = judge_level(values) if can_test() else None
    return {
        "period": period[0] if period else None,
        "strength": period[1] if period else None,
        "strengths": {name: seasonal_strength(values, length) for name, length in panel.likely_periods.items()},
        "autocorrelation": _plain(None if correlation is None else correlation[: lags + 1]),
        "partial_autocorrelation": _plain(partial),
        "next": _at(correlation, 1),
        "apart": _at(correlation, period[0]) if period else None,
        "band": 1.96 / max(1, int((~np.isnan(values)).sum())) ** 0.5,
        "adf": tested.adf if tested else None,
        "kpss": tested.kpss if tested else None,
        "stationarity": tested.verdict if tested else _NOT_COMPUTABLE if can_test() else _NOT_CHECKED,
        "profiles": {name: _plain(means) for name, means in _profiles(panel, values, time).items()},
    }


def _cells(found: dict[str, Any]) -> list[str | float | None]:
    unknown = found["autocorrelation"] is None
    season = [_NOT_COMPUTABLE] * 2 if unknown else [found["period"], found["strength"]]
    return [*season, _NOT_COMPUTABLE if unknown else found["next"], *(found[name] for name in ("apart", "adf", "kpss", "stationarity"))]


def _plot_lags(panel: Panel, found: dict[str, Any]) -> Iterator[Lines]:
    for name, what in (("autocorrelation", "Autocorrelation"), ("partial_autocorrelation", "Partial autocorrelation")):
        if found[name] is None:
            continue
        heights = np.array([np.nan if value is None else value for value in found[name]])[1:]
        x, band = np.arange(1, len(heights) + 1), found["band"]
        stems = np.repeat(x, 3), np.stack([np.zeros(len(x)), heights, np.full(len(x), np.nan)], axis=1).ravel()
        limits = np.array([x[0], x[-1], np.nan, x[0], x[-1]]), np.array([band, band, np.nan, -band, -band])
        curves = {what.lower(): (x, heights) if len(x) > 2 * _MIN_LAGS else stems}
        yield Lines(f"{panel.name} {name}", f"{what} of {panel.name}.", ("lag, steps", "correlation"), curves, {"95 % band": limits})


def _plot_profiles(panel: Panel, found: dict[str, Any]) -> Iterator[Lines]:
    for what, means in found["profiles"].items():
        first = 0 if what == "hour" else 1
        x, heights = np.arange(first, first + len(means)), np.array([np.nan if mean is None else mean for mean in means])
        caption = f"Mean of {panel.name} by {what}{', 1 is Monday' * (what == 'weekday')}{f' in {panel.zone}' * bool(panel.zone)}."
        yield Lines(f"{panel.name} by {what}", caption, (what, panel.name), {"mean": (x, heights)})


def _profiles(panel: Panel, values: Values, time: NDArray[np.int64] | None) -> dict[str, NDArray[np.float64]]:
    """Means by hour, weekday and month, as far as steps are short enough, and there are two cycles at least."""
    if time is None or len(time) < 2 or not panel.step_ns:
        return {}
    wall, span = show_clock(time, panel.zone), int(time[-1]) - int(time[0])
    days = wall.astype("M8[D]").astype(np.int64)
    hour = (wall - wall.astype("M8[D]").astype("M8[ns]")).astype(np.int64) * 24 // _DAY
    month = wall.astype("M8[M]").astype(np.int64) % 12
    kinds = {
        "hour": (hour, 24, _DAY, _DAY // 2),
        "weekday": ((days + 3) % 7, 7, 7 * _DAY, _DAY),
        "month": (month, 12, 365 * _DAY, 31 * _DAY),
    }
    return {
        name: profile(values, phase, count)
        for name, (phase, count, cycle, longest) in kinds.items()
        if panel.step_ns <= longest and span >= 2 * cycle
    }


def _at(correlation: NDArray[np.float64] | None, lag: int) -> float | None:
    return float(correlation[lag]) if correlation is not None and lag < len(correlation) and np.isfinite(correlation[lag]) else None


def _plain(values: NDArray[np.float64] | None) -> list[float | None] | None:
    return None if values is None else [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]
