"""What checks and reports read of series, one stretch after another, raw from the spool or as a dataset file stores them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.series.options import SeriesReadOptions
from toolkit.series.spool import open_steps
from toolkit.series.time import find_offsets
from toolkit.wing import SPLITS, Manifest

__all__ = [
    "UNSPLIT",
    "Setting",
    "StoredFile",
    "Stretch",
    "part_names",
    "read_setting",
    "show_clock",
    "show_stamp",
    "walk_stretches",
    "without_filled",
]

UNSPLIT = "not split"
"""What a part is called that is in no split yet."""

_UNITS = ("m", 60 * 10**9), ("s", 10**9), ("ns", 1)


class StoredFile(Protocol):
    """What is asked of an open dataset file."""

    @property
    def pipeline(self) -> Mapping[str, Any]:
        """How it was made."""
        ...

    def __getitem__(self, name: str) -> Any:
        """A split, with `arrays`, `array` and `offsets`."""
        ...


@dataclass(frozen=True)
class Setting:
    """What all series of a source have in common.

    Args:
        features: Names of the variables; what is only known of the calendar is not among them.
        target: Those to be foretold.
        zone: The time zone of its stamps; empty if nothing was said.
        step: What lies between two steps, such as ``"1h"``; empty if it is unknown.
        raw: Whether the source is raw.
        filled: Length of the longest run of missing values that is filled along a line; 0 if none is.
    """

    features: tuple[str, ...]
    target: tuple[str, ...]
    zone: str
    step: str
    raw: bool
    filled: int = 0


@dataclass(frozen=True, eq=False)
class Stretch:
    """What one series has in one split.

    Args:
        row: Of the manifest.
        name: What the series is called.
        part: The split's name, or `UNSPLIT`.
        values: float32, shape (T, F): a row a step; nan where the source has no value, though one may have been filled in.
        time: int64, shape (T,): ns since 1970 in UTC; None without stamps.
    """

    row: int
    name: str
    part: str
    values: NDArray[np.float32]
    time: NDArray[np.int64] | None


def read_setting(manifest: Manifest, file: StoredFile | None = None) -> Setting:
    """Take what all series have in common from a raw manifest, or from the file that its rows are of."""
    told = manifest.reading if file is None else file.pipeline
    calendar = 0 if file is None else 2 * len(file.pipeline["calendar"])
    features = tuple(told["features"])
    filled = SeriesReadOptions(gaps=told["read"].get("gaps", "mask")).longest_filled
    return Setting(features[: len(features) - calendar], tuple(told["target"]), told["zone"], told["step"], file is None, filled)


def part_names(manifest: Manifest) -> list[str]:
    """Name the part of each row."""
    split: Sequence[int] = [-1] * len(manifest) if manifest.split is None else manifest.split.tolist()
    return [SPLITS[number] if number >= 0 else UNSPLIT for number in split]


def walk_stretches(manifest: Manifest, rows: NDArray[np.int64], *, file: StoredFile | None = None) -> Iterator[Stretch]:
    """Read some rows, one after another.

    Args:
        manifest: Of kind ``"series"``.
        rows: int64.
        file: The dataset file whose samples these are; None reads what a raw source was spooled to.
    """
    names, num = part_names(manifest), len(read_setting(manifest, file).features)
    steps = np.asarray(open_steps(manifest)) if file is None else None  # a memmap's slices cost more than what is done with them
    for row in rows.tolist():
        if steps is not None:
            some = steps[int(manifest.columns["start"][row]) : int(manifest.columns["stop"][row])]
            filled: NDArray[np.uint8] | None = some["missing"]
            values, time = some["x"], (np.array(some["time"]) if manifest.reading["has_time"] else None)
        else:
            stored = _slices(file, names[row], int(manifest.columns["row"][row]))
            values, mask, time = stored["x"][:, :num], stored.get("mask"), stored.get("time")
            filled = None if mask is None else mask[:, :num]
        yield Stretch(row, manifest.origin[row], names[row], without_filled(values, filled), time)


def without_filled(values: NDArray[np.float32], mask: NDArray[np.uint8] | None) -> NDArray[np.float32]:
    """Return values with nan again where the source had none and something was filled in.

    Args:
        values: float32, shape (T, F).
        mask: uint8, shape (T, F), 1 where the source had none; None if it had all.
    """
    return values if mask is None or not mask.any() else np.where(mask != 0, np.float32(np.nan), values)


def _slices(file: Any, part: str, row: int) -> dict[str, NDArray[Any]]:
    split = file[part]
    here = slice(int(split.offsets[row]), int(split.offsets[row + 1]))
    return {name: np.asarray(split.array(name)[here]) for name in split.arrays}


def show_clock(time: NDArray[np.int64], zone: str) -> NDArray[np.datetime64]:
    """Return what the clocks of a zone show at some moments, datetime64[ns].

    Args:
        time: int64: ns since 1970 in UTC.
        zone: A name of the IANA database; empty is UTC.
    """
    return np.asarray(time + find_offsets(time, zone)).astype("M8[ns]")


def show_stamp(stamp: int, zone: str) -> str:
    """Say what the clocks of a zone show, such as ``2016-07-01 00:00``; seconds and less stand there if they are not 0."""
    unit = next(unit for unit, length in _UNITS if stamp % length == 0)
    return str(show_clock(np.array([stamp]), zone)[0].astype(f"M8[{unit}]")).replace("T", " ")
