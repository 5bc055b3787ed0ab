"""Hourly weather of a station that does not exist: days, years and fronts that pass, and planted faults whose places are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check

__all__ = ["WeatherOptions", "WrittenWeather", "write_weather"]

_START = datetime(2022, 1, 1, tzinfo=UTC)
_DAY, _YEAR = 24, 24 * 365.25
_DECIMALS = {"temperature": 1, "pressure": 1, "humidity": 0, "wind": 1, "outlook": 1}
_FAULTS = ("gap", "stuck", "outliers", "missing")


@dataclass(frozen=True)
class WeatherOptions:
    """What weather is written, and what is wrong with it.

    Args:
        num_days: At least 10; a year and more shows the seasons.
        clock: The zone that stamps are written in, such as ``"Europe/Paris"``: an hour is skipped in spring, and one stands
            there twice in autumn.
        gap: Hours whose rows are left out.
        stuck: Hours in which the wind's sensor tells the same value.
        outliers: Temperatures that are 40 degrees too high.
        missing: Humidities that are written NA.
        ahead: Hours by which a further variable, ``outlook``, is the temperature ahead of its time; 0 leaves it out.
        seed: What it is drawn from.
    """

    num_days: int = 730
    clock: str = "UTC"
    gap: int = 0
    stuck: int = 0
    outliers: int = 0
    missing: int = 0
    ahead: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        check(self.num_days >= 10, "WeatherOptions", "num_days", "at least 10", self.num_days)
        most = self.num_days * _DAY // 10
        for name in (*_FAULTS, "ahead"):
            value = getattr(self, name)
            check(0 <= value <= most, "WeatherOptions", name, f"from 0 to {most}, a tenth of all hours", value)


@dataclass(frozen=True)
class WrittenWeather:
    """What was planted.

    Args:
        path: The table.
        rows: Fault → the rows of the table that show it, counted from 0; of a gap, the row behind it; of an hour that stands there twice,
            the second one.
    """

    path: Path
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def write_weather(path: str | Path, options: WeatherOptions | None = None) -> WrittenWeather:
    """Write a table: ``time``, ``temperature`` in °C, ``pressure`` in hPa, ``humidity`` in %, ``wind`` in m/s, a row an hour.

    Args:
        path: The CSV file to write.
        options: How much, and what is wrong with it.

    Returns:
        What was planted, and where.
    """
    options, path = options or WeatherOptions(), Path(path)
    rng = np.random.default_rng(options.seed)
    count = options.num_days * _DAY
    columns = _draw(rng, count + options.ahead)
    if options.ahead:
        columns["outlook"] = columns["temperature"][options.ahead :]
    columns = {name: np.round(values[:count], _DECIMALS[name]) for name, values in columns.items()}
    places = {name: _choose(rng, options, name, band, count) for band, name in enumerate(_FAULTS)}
    columns["wind"][places["stuck"]] = columns["wind"][places["stuck"][:1]]
    columns["temperature"][places["outliers"]] += 40
    columns["humidity"][places["missing"]] = np.nan
    kept = np.setdiff1d(np.arange(count), places["gap"])
    stamps = _stamps(kept, options.clock)
    texts = [[_show(value, _DECIMALS[name]) for value in values[kept]] for name, values in columns.items()]
    lines = [",".join(("time", *columns)), *(",".join(row) for row in zip(stamps, *texts, strict=True))]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    rows = {name: tuple(np.searchsorted(kept, place).tolist()) for name, place in places.items() if name != "gap"}
    rows["gap"] = tuple(np.searchsorted(kept, places["gap"][:1]).tolist())
    rows["repeated"] = tuple(row for row, stamp in enumerate(stamps) if row and stamp == stamps[row - 1])
    return WrittenWeather(path, rows)


def _draw(rng: np.random.Generator, count: int) -> dict[str, NDArray[np.float64]]:
    """Draw what a station would measure: fronts last for days, and come with low pressure and wind."""
    hours = np.arange(count)
    front, air = _persist(rng, count, 60), _persist(rng, count, 12)
    season, day = np.cos(2 * np.pi * (hours / _YEAR - 0.55)), np.cos(2 * np.pi * (hours - 15) / _DAY)
    temperature = 11 + 8 * season + (3 + season) * day + 2.5 * front + 0.5 * air
    return {
        "temperature": temperature,
        "pressure": 1015 - 7 * front - 2 * air + 0.5 * np.cos(4 * np.pi * (hours - 10) / _DAY),
        "humidity": np.clip(74 - 9 * day - 6 * season + 5 * front + 4 * _persist(rng, count, 6), 12, 100),
        "wind": 4 * np.exp(0.35 * front + 0.15 * day + 0.4 * _persist(rng, count, 8)),
    }


def _persist(rng: np.random.Generator, count: int, hours: float) -> NDArray[np.float64]:
    """Draw noise of deviation 1 that keeps a share 1/e of itself after some hours: an autoregression of order 1."""
    share = np.exp(-1 / hours)
    steps = rng.normal(size=count) * np.sqrt(1 - share**2)
    steps[0] /= np.sqrt(1 - share**2)
    values, last = np.empty(count), 0.0
    for i, step in enumerate(steps.tolist()):
        values[i] = last = share * last + step
    return values


def _choose(rng: np.random.Generator, options: WeatherOptions, name: str, band: int, count: int) -> NDArray[np.int64]:
    """Choose hours, each fault's from a fifth of all hours that is its own, the first fifth left whole."""
    wanted, first = getattr(options, name), (band + 1) * count // 5
    if name in ("gap", "stuck"):
        return first + int(rng.integers(count // 5 - wanted)) + np.arange(wanted)
    return np.sort(first + rng.choice(count // 5, wanted, replace=False))


def _stamps(hours: NDArray[np.int64], clock: str) -> list[str]:
    zone = ZoneInfo(clock)
    return [f"{(_START + timedelta(hours=hour)).astimezone(zone):%Y-%m-%d %H:%M}" for hour in hours.tolist()]


def _show(value: float, decimals: int) -> str:
    return "NA" if np.isnan(value) else f"{value:.{decimals}f}"
