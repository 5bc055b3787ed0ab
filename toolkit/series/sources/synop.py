"""Météo-France's SYNOP reports: files of many stations come in, a series a station goes out to `toolkit.series.read`.

A station goes on from file to file, so that all are read first, and what each has is spooled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, wording
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each
from toolkit.series.sources.lines import TextFile, open_texts, parse_cells, plain_name, to_nanoseconds
from toolkit.sources import SpoolFile
from toolkit.wing import Skipped, Understood

__all__ = ["is_synop", "read_synop"]

_KEYS = (b"numer_sta", b"date")
_KELVIN = ("t", "td", "tw", "tn12", "tn24", "tx12", "tx24", "tminsol")
_PASCAL = ("pmer", "pres", "tend", "tend24", "niv_bar")
_BLOCK = 4096
"""Lines that are parsed at once: some 2 MB."""


class _Piece(NamedTuple):
    """Steps of one station that stand together in the spool: their first stamp, and where they come from."""

    first: int
    start: int
    stop: int
    file: str
    line: int


@dataclass
class _Stations:
    """What was read so far: each station's pieces, and the columns that hold text, with the first place of it."""

    columns: list[bytes]
    missing: tuple[str, ...]
    spool: SpoolFile = field(default_factory=SpoolFile)
    pieces: dict[str, list[_Piece]] = field(default_factory=dict)
    text: dict[int, str] = field(default_factory=dict)

    @property
    def dtype(self) -> np.dtype[np.void]:
        """What the spool holds of a step."""
        return np.dtype([("time", np.int64), ("values", np.float64, (len(self.columns) - 2,))])

    def read(self, file: TextFile, header: bytes) -> None:
        """Read a file as a whole, or nothing of it if it cannot be read."""
        before = {name: len(pieces) for name, pieces in self.pieces.items()}, dict(self.text)
        lines = ((number, line) for number, line in file.lines() if line and number > 1)
        try:
            while rows := list(islice(lines, _BLOCK)):
                self.add(file, rows, closed=header.endswith(b";"))
        except DataError:
            self.pieces = {name: self.pieces[name][:count] for name, count in before[0].items()}
            self.text = before[1]
            raise

    def add(self, file: TextFile, rows: list[tuple[int, bytes]], *, closed: bool) -> None:
        """Parse some lines, and spool them station by station; `closed` where the header ends in a separator, as lines then must."""
        bodies = [self._cut(file, number, line, closed=closed) for number, line in rows]
        ids = np.array([body.partition(b";")[0] for body in bodies])
        numbers = self._parse(file, rows, [body.partition(b";")[2] for body in bodies])
        times = self._times(file, rows, numbers[:, 0])
        names, first_rows, station = np.unique(ids, return_index=True, return_inverse=True)
        for i, name in enumerate(names.tolist()):
            own = station == i
            steps = np.empty(own.sum(), self.dtype)
            steps["time"], steps["values"] = times[own], numbers[own, 1:]
            start, stop = self.spool.append(steps.tobytes())
            line = rows[int(first_rows[i])][0]
            shown = file.decode(name, line, "ascii")
            self.pieces.setdefault(shown, []).append(_Piece(int(times[own].min()), start, stop, file.name, line))

    def _cut(self, file: TextFile, number: int, line: bytes, *, closed: bool) -> bytes:
        """Return a line without the separator that ends it."""
        found, wanted = line.count(b";"), len(self.columns)
        if found == wanted and line.endswith(b";"):
            return line[:-1]
        if found == wanted - 1 and not closed:
            return line
        rule, got = (
            (f"of {wanted} cells, each with ; behind it", found) if closed else (f"of {wanted} cells with ; between them", found + 1)
        )
        raise DataError(wording("read", "line", rule, got, at=file.at(number)))

    def _parse(self, file: TextFile, rows: list[tuple[int, bytes]], bodies: list[bytes]) -> NDArray[np.float64]:
        """Return all columns but the station as float64, shape (rows, columns − 1); nan where there is none, or text."""
        numbers = parse_cells(b";".join(bodies), b";", b"mq", self.missing)
        if numbers is not None:
            return numbers.reshape(len(bodies), -1)
        cells = zip(*(body.split(b";") for body in bodies), strict=True)
        return np.array([self._parse_column(file, rows, place, column) for place, column in enumerate(cells, 1)]).T

    def _parse_column(self, file: TextFile, rows: list[tuple[int, bytes]], place: int, cells: Sequence[bytes]) -> list[float]:
        values = []
        words = {b"", b"mq", b"nan", *(word.lower().encode() for word in self.missing)}
        for (number, _), cell in zip(rows, cells, strict=True):
            word = cell.strip().lower()
            try:
                values.append(np.nan if word in words else float(word))
            except ValueError:
                values.append(np.nan)
                shown = cell[:40].decode("utf-8", "replace")
                self.text.setdefault(place, f"holds text, first {shown} in {file.at(number)}")
        return values

    def _times(self, file: TextFile, rows: list[tuple[int, bytes]], dates: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return nanoseconds since 1970 of dates that are written YYYYMMDDHHMMSS."""
        whole = np.nan_to_num(dates).astype(np.int64)
        fields = [whole // 10**10] + [whole // 10**power % 100 for power in (8, 6, 4, 2, 0)]
        year, month, day, hour, minute, second = fields
        months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
        days = months.astype("M8[D]") + (day - 1)
        times = to_nanoseconds(days + (hour * 3600 + minute * 60 + second).astype("m8[s]"))
        good = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("M8[M]") == months) & (hour < 24) & (minute < 60) & (second < 60)
        if times is None or not good.all():
            number, line = rows[int((good & (year > 1677) & (year < 2262)).argmin())]
            got = line.split(b";")[1].decode("utf-8", "replace")
            raise DataError(wording("read", "date", "YYYYMMDDHHMMSS", got, at=file.at(number)))
        return times


def is_synop(head: bytes, name: str) -> bool:
    """Tell whether a file is of SYNOP reports, by its header.

    Args:
        head: Its first bytes, unpacked.
        name: Its name.
    """
    return plain_name(name).endswith(".csv") and head.startswith(b";".join(_KEYS) + b";")


def read_synop(root: str, files: Sequence[str], options: SeriesReadOptions) -> RawSource:
    """Read SYNOP reports: a series a station, joined over files in order of time. Its id is text: 07005 keeps its zero.

    ``mq`` is a missing value, ``date`` is YYYYMMDDHHMMSS in UTC, and the empty column behind the last separator is none. Columns that hold
    text are left out. Units stay as they are: kelvin, pascal.

    Args:
        root: The folder that files are relative to, absolute.
        files: Their names; archives hold some.
        options: How they are read: `features`, `missing`.

    Raises:
        ArgumentError: If another time zone is asked for, or a variable that is not there.
        DataError: If a line has too many or too few cells or a bad date, or files have different columns.

    Source:
        Météo-France, Données SYNOP essentielles OMM, description of their parameters; donneespubliques.meteofrance.fr, product 90.
    """
    check(options.timezone in ("", "UTC"), "read", "timezone", "empty or UTC for SYNOP", options.timezone)
    texts = open_texts(root, files, (".csv",))
    skipped = list[Skipped]()
    headers = dict(read_each(texts, lambda text: (text, _read_header(text)), skipped))
    stations = _Stations(_same_columns(headers), options.missing)
    for _ in read_each(headers, lambda text: stations.read(text, headers[text]), skipped):
        pass
    stations.spool.close()
    names = {name.decode("ascii", "replace"): place for place, name in enumerate(stations.columns)}
    wanted = options.features or tuple(name for name, place in names.items() if place > 1 and place not in stations.text)
    for name in wanted:
        good = names.get(name, 0) > 1 and names[name] not in stations.text
        check(good, "read", "features", "columns of numbers", name, at=texts[0].name)
    return RawSource(
        root=root,
        features=tuple(wanted),
        series=_read(stations, [names[name] - 2 for name in wanted]),
        zone="UTC",
        files=tuple(files),
        skipped=skipped,
        understood=Understood(
            layout="SYNOP of Météo-France, a series a station",
            parts={"": ", ".join(text.name for text in texts[:3]) + (f" and {len(texts) - 3:,} more" if len(texts) > 3 else "")},
            passed_over=tuple(Skipped(f"the column {list(names)[place]}", reason) for place, reason in stations.text.items()),
        ),
        reading={"layout": "synop", "features": list(wanted)},
        note=_tell_units(wanted),
        file=files[0] if len(files) == 1 else "",
    )


def _read_header(text: TextFile) -> bytes:
    """Return a file's first line, which names the station, the date and variables."""
    header = next(text.lines(), (1, b""))[1]
    names = header.rstrip(b";").split(b";")
    if tuple(names[:2]) != _KEYS or len(names) < 3:
        got = b";".join(names[:3]).decode("utf-8", "replace")
        raise DataError(wording("read", "header", "numer_sta;date;… with variables behind", got, at=text.name))
    return header


def _same_columns(headers: Mapping[TextFile, bytes]) -> list[bytes]:
    """Return the names that all files' columns have."""
    names = {text: header.rstrip(b";").split(b";") for text, header in headers.items()}
    first = next(iter(names))
    for text, columns in names.items():
        if columns != names[first]:
            fix = "Read them one by one."
            raise DataError(wording("read", "columns", f"those of {first.name}", "others", at=text.name, fix=fix))
    return names[first]


def _tell_units(features: Sequence[str]) -> str:
    units = (("kelvin", _KELVIN), ("pascal", _PASCAL))
    told = [f"in {unit}: {', '.join(name for name in features if name in those)}" for unit, those in units if {*those} & {*features}]
    return f"As they stand there, {'; '.join(told)}." if told else ""


def _read(stations: _Stations, columns: list[int]) -> Iterator[RawSeries]:
    dtype = stations.dtype
    for name, pieces in sorted(stations.pieces.items()):
        pieces.sort()
        where = [(piece.start, (piece.stop - piece.start) // dtype.itemsize) for piece in pieces]
        steps = np.concatenate([np.fromfile(stations.spool.path, dtype, count, offset=start) for start, count in where])
        file = pieces[0].file if len({piece.file for piece in pieces}) == 1 else ""
        yield RawSeries(name, file, steps["values"][:, columns], steps["time"].copy(), first_row=pieces[0].line)
