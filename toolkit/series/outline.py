"""What series are, in figures and in words: what was read, or a dataset file's arrays, come in; what corridors tell people goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, printable
from toolkit.series.options import SeriesReadOptions
from toolkit.series.spool import open_steps
from toolkit.series.time import check_zone, format_times
from toolkit.wing import Manifest

__all__ = ["ROWS", "describe", "outline", "outline_stored"]

ROWS = ("series", "series")
"""What a row of series is called, and several."""

_SHOWN = 10
_TOLD = ("features", "target", "time", "timezone", "step")


def outline(rows: Manifest) -> dict[str, int | str]:
    """Count the steps of some rows, and say from when to when they are.

    Args:
        rows: As `toolkit.series.read` or `toolkit.series.split` returns them.

    Returns:
        ``steps``; and ``from`` and ``to``, the first and the last stamp by the clocks of the source's zone, if it has stamps.
    """
    start, stop, reading = rows.columns["start"], rows.columns["stop"], rows.reading
    time = open_steps(rows)["time"] if reading["has_time"] else None
    return _outline(start, stop, time, reading["zone"])


def outline_stored(
    arrays: Mapping[str, NDArray[Any]], offsets: NDArray[np.int64] | None, pipeline: Mapping[str, Any]
) -> dict[str, int | str]:
    """Return the same of a split of a dataset file.

    Args:
        arrays: The split's arrays.
        offsets: int64, shape (N + 1,): where each series begins, and where the last one ends.
        pipeline: The file's.
    """
    ends = np.zeros(1, np.int64) if offsets is None else offsets
    return _outline(ends[:-1], ends[1:], arrays.get("time"), str(pipeline.get("zone", "")))


def describe(pipeline: Mapping[str, Any], *, labelled: bool) -> dict[str, str]:
    """Say what series are of, and how they were read, a line each by a word.

    Args:
        pipeline: As `toolkit.series.plan` makes it; or a manifest's `reading`, which says the same of what is not stored yet.
        labelled: Whether series have labels; none of their variables is to be foretold then.
    """
    calendar, read, zone = pipeline.get("calendar", ()), pipeline["read"], pipeline["zone"]
    variables = pipeline["features"][: len(pipeline["features"]) - 2 * len(calendar)]
    column = read.get("time", "")
    counted = "none: steps are counted" if column == "none" else ""
    columns = f"the column{'s' * (',' in column)} {printable(column.replace(',', ', '))}, " if column else ""
    lines = {
        "variables": f"{len(variables):,}: {_list(variables)}",
        "target": "" if labelled else "all of them" if len(pipeline["target"]) == len(variables) else _list(pipeline["target"]),
        "calendar": f"{_list(calendar)}, a sine and a cosine each, known ahead" if calendar else "",
        "step": pipeline["step"],
        "time": counted or (f"{columns}in {zone}" if zone else f"{columns}no zone named: as in UTC" if columns else ""),
        "read by": ", ".join(f"{name} {printable(str(value))}" for name, value in _typed(read).items()),
    }
    return {word: line for word, line in lines.items() if line}


def _typed(read: Mapping[str, Any]) -> dict[str, Any]:
    """Options that are not told otherwise, and that are not left at their defaults."""
    plain = SeriesReadOptions()
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items() if name not in _TOLD}
    return {name: value for name, value in found.items() if value != getattr(plain, name, None)}


def _outline(start: NDArray[np.int64], stop: NDArray[np.int64], time: NDArray[np.int64] | None, zone: str) -> dict[str, int | str]:
    some = stop > start
    found: dict[str, int | str] = {"steps": int((stop - start).sum())}
    if time is not None and some.any():
        ends = np.array([time[start[some]].min(), time[stop[some] - 1].max()], np.int64)
        found["from"], found["to"] = format_times(ends, _known(zone))
    return found


def _known(zone: str) -> str:
    """Return a zone, or none where this machine knows no such zone: UTC is shown then."""
    try:
        check_zone(zone)
    except ArgumentError:
        return "UTC"
    return zone


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return printable(", ".join(map(str, names[:_SHOWN])) + more, 400)
