"""Where each series is cut into train, val and test, in order of time: a manifest comes in, one row a series and part goes out.

Series that are dealt out whole go on as they are: the corridor's `toolkit.splits` deals them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, DataError, SplitError, check, printable, wording
from toolkit.series.options import SeriesSplitOptions
from toolkit.series.spool import count_cut_off, open_steps
from toolkit.series.time import format_times, parse_stamp
from toolkit.wing import SPLITS, Manifest

__all__ = ["split"]

TRAIN = 0


def split(manifest: Manifest, options: SeriesSplitOptions | None = None) -> Manifest:
    """Cut every series in order of time.

    What the source imposes stays: its val and test rows always; of its train rows the parts are cut that it does not bring.

    Args:
        manifest: A row a series, as `toolkit.series.read` returns it.
        options: Where to cut.

    Returns:
        A row for each part of each series that has at least one step, series by series, train before val before test; ``start`` and
        ``stop`` are those of the part. Where series are dealt out whole: the same rows, those to be dealt with the split −1.

    Raises:
        SplitError: If a part would stay empty.
        ArgumentError: If dates are to cut series without stamps, or what cuts time is to deal out series.
    """
    options = options or SeriesSplitOptions()
    imposed = np.full(len(manifest), -1, np.int8) if manifest.split is None else manifest.split
    brought = {int(part) for part in np.unique(imposed) if part > TRAIN}
    free = imposed <= TRAIN
    if options.across == "series" or (options.across == "auto" and manifest.label is not None):
        fix = "Give shares, such as 0.7,0.15,0.15, or cut each series: --across time."
        check(
            bool(options.fractions), "split", "--split", "shares where series are dealt out whole", options.cut, at=manifest.place, fix=fix
        )
        keeps = brought == {1, 2}
        return replace(manifest, split=imposed if keeps else np.where(free, -1, imposed).astype(np.int8))
    cut = _Cut(options, [part for part in range(len(SPLITS)) if part not in brought], _begins(manifest, options))
    pieces = _Pieces()
    for row, (start, stop) in enumerate(zip(manifest.columns["start"].tolist(), manifest.columns["stop"].tolist(), strict=True)):
        if free[row]:
            pieces.cut(row, start, cut.bounds(manifest, start, stop), stop, cut.parts)
        else:
            pieces.add(row, int(imposed[row]), start, stop)
    pieces.short = _count_short(manifest, free, sum(int(cut.asked[part]) for part in cut.parts) if options.rows else 0)
    return pieces.apply(manifest, asked={*cut.parts, *brought})


def _count_short(manifest: Manifest, free: NDArray[np.bool_], asked: int) -> str:
    """Say which series have fewer steps than rows were asked for; empty if none has."""
    lengths = manifest.columns["stop"] - manifest.columns["start"]
    short = np.flatnonzero(free & (lengths < asked)).tolist()
    first = f"the first is {printable(manifest.origin[short[0]])} with {lengths[short[0]]:,}" if short else ""
    return f"Series with fewer than the {asked:,} steps asked for: {len(short):,}, {first}." if short else ""


def _begins(manifest: Manifest, options: SeriesSplitOptions) -> list[int]:
    """The stamps of dates, in ns since 1970, in ascending order."""
    if not options.dates:
        return []
    if not manifest.reading["has_time"]:
        fix = "Name the column of stamps, --time COLUMN, or cut by shares or rows."
        raise ArgumentError(
            wording("split", "--split", "shares or rows where series have no stamps", options.cut, at=manifest.place, fix=fix)
        )
    try:
        begins = [parse_stamp(date, manifest.reading["zone"]) for date in options.dates]
    except DataError as error:
        raise ArgumentError(wording("split", "dates", "such as 2014-07-01, or 2014-07-01T12:00", ",".join(options.dates))) from error
    check(begins == sorted(begins), "split", "dates", "in order of time", ",".join(options.dates))
    return begins


@dataclass(frozen=True)
class _Cut:
    """Where series are cut.

    Args:
        options: What was asked for.
        brings: The parts that the source does not have already.
        begins: Stamps of dates.
    """

    options: SeriesSplitOptions
    brings: Sequence[int]
    begins: Sequence[int]

    @property
    def asked(self) -> Sequence[float]:
        """For each split a share or a number of steps; of dates 1, those without are 0."""
        sizes = self.options.fractions or self.options.rows or (1,) * (1 + min(2, len(self.begins)))
        return [*sizes, 0][: len(SPLITS)]

    @property
    def parts(self) -> list[int]:
        """The splits that are cut, in order."""
        return [part for part in self.brings if self.asked[part]]

    def bounds(self, manifest: Manifest, start: int, stop: int) -> list[tuple[int, int]]:
        """The first step of each of `parts` in a series, and the one behind its last."""
        if self.begins:
            time = np.array(open_steps(manifest)["time"][start:stop])
            found = (start + np.searchsorted(time, self.begins)).tolist()
            edges = [start, *found, *[stop] * (4 - len(found))]
            return [(edges[part], edges[part + 1]) for part in self.parts]
        sizes = np.array([self.asked[part] for part in self.parts])
        ends = np.cumsum(sizes)
        if self.options.fractions:
            ends = np.floor((stop - start) * ends / ends[-1] + 0.5 + 1e-9)
        edges = [start, *np.minimum(start + ends, stop).astype(np.int64).tolist()]
        return list(pairwise(edges))


@dataclass
class _Pieces:
    """What series are cut into so far; the columns of the rows that they become."""

    row: list[int] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    unused: int = 0
    without: dict[int, list[int]] = field(default_factory=dict)
    short: str = ""

    def add(self, row: int, part: int, start: int, stop: int) -> None:
        """Add a piece, if it has a step."""
        if stop > start:
            for column, value in zip((self.row, self.part, self.start, self.stop), (row, part, start, stop), strict=True):
                column.append(value)
        else:
            self.without.setdefault(part, []).append(row)

    def cut(self, row: int, start: int, bounds: Sequence[tuple[int, int]], stop: int, parts: Sequence[int]) -> None:
        """Add the pieces of a series."""
        for part, (first, behind) in zip(parts, bounds, strict=True):
            self.add(row, part, first, behind)
        self.unused += stop - start - sum(behind - first for first, behind in bounds)

    def apply(self, manifest: Manifest, *, asked: set[int]) -> Manifest:
        """Return the pieces as rows, with what is to be told."""
        part, start, stop = np.array(self.part, np.int8), np.array(self.start, np.int64), np.array(self.stop, np.int64)
        for each in sorted(asked):
            if not (part == each).any():
                fix = "Give longer series, other counts, shares or dates, or a share of 0 for the part."
                longest = int((manifest.columns["stop"] - manifest.columns["start"]).max(initial=0))
                got = f"none: the longest series has {longest:,} step{'s' * (longest != 1)}"
                raise SplitError(wording("split", SPLITS[each], "of at least 1 step", got, at=manifest.place, fix=fix))
        rows = np.array(self.row, np.int64)
        columns = {name: column[rows] for name, column in manifest.columns.items()} | {"start": start, "stop": stop}
        label, origin = None if manifest.label is None else manifest.label[rows], [manifest.origin[row] for row in self.row]
        cut = replace(manifest, origin=origin, label=label, columns=columns, split=part)
        told = self._tell(manifest, part, start, stop - start)
        if manifest.reading["has_mask"] and (count := count_cut_off(cut)):
            told.append(f"Values filled on the way to one behind the end of their part, which stay missing there: {count:,}.")
        return replace(cut, note=" ".join(filter(None, (manifest.note, *told))))

    def _tell(self, manifest: Manifest, part: NDArray[np.int8], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> list[str]:
        sizes = [f"{SPLITS[each]} {lengths[part == each].sum():,}" for each in sorted(set(self.part))]
        unused = f", {self.unused:,} behind them stay unused" * bool(self.unused)
        late = _out_of_order(manifest, part, starts, starts + lengths)
        if late:
            return [f"Steps: {', '.join(sizes)}. {late}", *self._tell_lacks(manifest)]
        told = [f"Steps in order of time: {', '.join(sizes)}{unused}."]
        if len(sizes) > 1:
            told.append("Windows of val and test may begin in earlier steps of the same series, never later ones.")
        return [*told, *self._tell_lacks(manifest)]

    def _tell_lacks(self, manifest: Manifest) -> list[str]:
        told = [self.short] if self.short else []
        for each, rows in sorted(self.without.items()):
            told.append(f"Series without a step in {SPLITS[each]}: {len(rows):,}, the first is {printable(manifest.origin[rows[0]])}.")
        return told


def _out_of_order(manifest: Manifest, part: NDArray[np.int8], start: NDArray[np.int64], stop: NDArray[np.int64]) -> str:
    """Say which part that the source brings begins before an earlier one ends; empty if none does, or if nobody brought any."""
    if not manifest.brought or not manifest.reading["has_time"]:
        return ""
    time = open_steps(manifest)["time"]
    spans = {
        SPLITS[each]: (min(int(time[at]) for at in start[part == each]), max(int(time[at - 1]) for at in stop[part == each]))
        for each in np.unique(part).tolist()
    }
    for (earlier, (_, last)), (later, (first, _)) in pairwise(spans.items()):
        if first <= last:
            begins, ends = format_times(np.array([first, last]), manifest.reading["zone"])
            return f"The source's own parts are not in order of time: {later} begins at {begins}, and {earlier} ends at {ends}."
    return ""
