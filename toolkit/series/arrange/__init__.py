"""One series as its source has it comes in; in order, on its step and completed as asked it goes out to `read`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, printable, wording
from toolkit.series.arrange.gaps import fill_runs, insert_steps
from toolkit.series.arrange.order import Disorder, merge_duplicates, sort_rows
from toolkit.series.arrange.tally import COUNTED, Tally
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.time import find_kept_step, find_step, format_times, lay_out_stamps, number_stamps

__all__ = ["Arranged", "arrange"]

_MOST_INSERTED = 1_000_000
_AUTUMN = "They are of the hour that comes twice in autumn: type --timezone Europe/Paris, or yours, and --repeated-hour order. If not: "


@dataclass(frozen=True, eq=False)
class Arranged:
    """The steps of a series.

    Args:
        values: Float64, shape (T, F): nan where nothing is known.
        missing: Shape (T, F): where the source has no value.
        time: int64, shape (T,): ns since 1970 in UTC; None without stamps.
    """

    values: NDArray[np.float64]
    missing: NDArray[np.bool_]
    time: NDArray[np.int64] | None


def arrange(series: RawSeries, name: str, *, source: RawSource, options: SeriesReadOptions, tally: Tally) -> Arranged:
    """Put a series in order, insert the steps that it lacks, and fill what is to be filled.

    Args:
        series: As its source has it.
        name: What messages call it.
        source: Knows the time zone, and the step if the source tells it.
        options: What becomes of what is found.
        tally: Takes down what was found.

    Raises:
        DataError: If rows out of order or of equal stamps are to be refused, stamps lie between steps, or a value is no finite float32.
    """
    zone = source.zone
    series = _order(series, name, zone=zone, options=options, tally=tally)
    _check_range(series, name, source.features, zone)
    lacking = np.isnan(series.values)
    if lacking.any():
        tally.missing += lacking.sum(axis=0)
        tally.add("values", int(lacking.sum()), _name_step(name, series, int(np.flatnonzero(lacking.any(axis=1))[0]), zone))
    asked = options.step if options.step != "auto" else source.step
    values, time = _insert(series, name, asked=asked, zone=zone, tally=tally)
    missing = np.isnan(values)
    if options.longest_filled and missing.any():
        values = values.copy() if values is series.values else values
        tally.filled += fill_runs(values, np.arange(len(values)) if time is None else time, options.longest_filled)
    return Arranged(values, missing, time)


def _order(series: RawSeries, name: str, *, zone: str, options: SeriesReadOptions, tally: Tally) -> RawSeries:
    """Return a series with one row a stamp, in order."""
    ordered, found = sort_rows(series)
    if found:
        place = _name_step(name, series, found.row, zone)
        if options.unsorted == "refuse":
            _refuse("rows", "in order of time", found, place, "Leave away --unsorted refuse to sort them.")
        tally.add("unsorted", found.count, place)
    single, found = merge_duplicates(ordered, options.duplicates)
    if found:
        place = _name_step(name, ordered, found.row, zone)
        if options.duplicates == "refuse":
            fix = _AUTUMN if not zone.strip("UTC") and _is_autumn_hour(ordered.time) else ""
            fix += "Keep one of each: --duplicates first, last or mean; or name the column that tells series apart: --id COLUMN."
            _refuse("stamps", "one a row", found, place, fix)
        tally.add("duplicates", found.count, place)
    return single


def _is_autumn_hour(time: NDArray[np.int64] | None) -> bool:
    """Tell whether all stamps that come again, in order, are of a Sunday's first hours, in October or November."""
    again = np.array([], np.int64) if time is None else time[1:][np.diff(time) == 0]
    stamps = again.astype("M8[ns]")
    month, hour = stamps.astype("M8[M]").astype(np.int64) % 12 + 1, again // (3600 * 10**9) % 24
    sunday = (again // (86_400 * 10**9) + 4) % 7 == 0  # 1970 began on a Thursday
    return bool(len(again)) and bool((sunday & (hour < 4) & np.isin(month, (10, 11))).all())


def _refuse(what: str, rule: str, found: Disorder, place: str, fix: str) -> None:
    raise DataError(wording("read", what, rule, f"{found.count:,} that are not, the first", at=place, fix=fix))


def _name_step(name: str, series: RawSeries, row: int, zone: str) -> str:
    """Name a step by its stamp, or else by its number."""
    return f"{name} at {format_times(series.time[row : row + 1], zone)[0]}" if series.time is not None else f"{name} at step {row + 1:,}"


def _check_range(series: RawSeries, name: str, features: tuple[str, ...], zone: str) -> None:
    most = float(np.finfo(np.float32).max)
    if max(np.fmax.reduce(series.values, axis=None, initial=0.0), -np.fmin.reduce(series.values, axis=None, initial=0.0)) <= most:
        return
    row, column = np.argwhere(np.abs(series.values) > most)[0].tolist()
    fix = "Mend it, or call it missing: --missing WORD."
    got, at = float(series.values[row, column]), _name_step(name, series, row, zone)
    raise DataError(wording("read", printable(features[column]), f"within ±{most:.4g}, the range of float32", got, at=at, fix=fix))


def _insert(series: RawSeries, name: str, *, asked: str, zone: str, tally: Tally) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """Return the values and the stamps with those between that are missing, if the step is known."""
    values, time = series.values, series.time
    if asked == "none":
        tally.steps.update([""] if time is not None else [])
        return values, time
    if time is None:
        tally.steps.update([asked] if asked else [])
        return values, None
    step = asked or find_step(time, zone)
    numbers = number_stamps(time, step, zone) if step else np.full(len(time), -1)
    between = np.flatnonzero(numbers < 0)
    if asked and len(between):
        at = _name_step(name, series, int(between[0]), zone)
        clocks = " Days by the clocks of a zone need it named, such as --timezone Europe/Paris." if zone in ("", "UTC") else ""
        fix = f"Mend it, or name the true step; or {COUNTED}.{clocks}"
        raise DataError(wording("read", "each stamp", f"whole steps of {step} behind the first", "one between", at=at, fix=fix))
    if len(between):
        if len(time) > 2:  # fewer tell of no step, and of no lack of one
            tally.steps.update([""])
            _tally_unsteady(series, name, time, zone=zone, tally=tally)
        return values, time
    tally.steps[step] += 1
    if int(numbers[-1]) + 1 == len(numbers):
        return values, time
    _tally_holes(series, name, numbers, step=step, zone=zone, tally=tally)
    return insert_steps(values, numbers), lay_out_stamps(time, step, zone, int(numbers[-1]) + 1)


def _tally_unsteady(series: RawSeries, name: str, time: NDArray[np.int64], *, zone: str, tally: Tally) -> None:
    """Count a series without a step, or the stamps that leave the step of most others: holes between these would go unseen."""
    kept = find_kept_step(time, zone)
    if kept is None:
        tally.add("irregular", 1, name)
        return
    first, hole = (_name_step(name, series, row, zone) for row in (int(kept.off.argmax()), kept.behind))
    tally.add("uneven", int(kept.off.sum()), f"{first}, where most are {kept.step} apart, and the furthest {kept.longest}, behind {hole}")


def _tally_holes(series: RawSeries, name: str, numbers: NDArray[np.int64], *, step: str, zone: str, tally: Tally) -> None:
    """Count the steps that are missing, and refuse more than a wrong stamp or step explains."""
    holes, lacking = np.flatnonzero(np.diff(numbers) > 1), int(numbers[-1]) + 1 - len(numbers)
    tally.holes += len(holes)
    tally.add("steps", lacking, f"behind {_name_step(name, series, int(holes[0]), zone)}")
    if lacking > _MOST_INSERTED + 10 * len(numbers):
        fix = "Look at its first and last stamps, or name the true step: --step."
        most = f"at most {_MOST_INSERTED:,} beside ten for each row"
        raise DataError(wording("read", f"steps of {step} between stamps", most, lacking, at=name, fix=fix))
