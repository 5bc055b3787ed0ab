"""Monash's .tsf: files come in, series with the stamps that their start and frequency lay out go out to `toolkit.series.read`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from toolkit.errors import DataError, check, wording
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each, read_streams
from toolkit.series.sources.lines import Tag, TextFile, data_lines, open_texts, parse_lines, plain_name, read_tags
from toolkit.series.time import add_steps, parse_step
from toolkit.wing import Skipped, Understood

__all__ = ["is_tsf", "read_tsf", "step_of"]

_FEATURE = "value"
_KINDS = ("string", "date", "numeric")
_MINE = re.compile(rb"^@(frequency|horizon|equallength)\s", re.MULTILINE | re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"^@attribute\s+\S+\s+(string|date|numeric)\s*$", re.MULTILINE | re.IGNORECASE)
_FREQUENCY = re.compile(r"(?:(\d+)_|(half)_)?(second|minute|hour|day|week|month|quarter|year)(?:s|ly)?")
_UNITS = {
    "second": (1, "s"), "minute": (1, "min"), "hour": (1, "h"), "day": (1, "d"), "week": (1, "w"), "month": (1, "mo"),
    "quarter": (3, "mo"), "year": (1, "y"),
}  # fmt: skip
_START = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d)[-:](\d\d)(?:[-:](\d\d))?)?")
_MONTH_S = 31 * 86_400
_LAST = 9_200_000_000
"""Seconds since 1970, short of 2262: nanoseconds in 64 bits reach no further, and as far back."""


@dataclass(frozen=True)
class _Head:
    """What a file's header says: each attribute's name and kind, the frequency and the horizon as written."""

    attributes: tuple[tuple[str, str], ...]
    frequency: str = ""
    horizon: str = ""

    @property
    def start(self) -> int:
        """Place of the attribute that has the first stamp; −1 if none has it."""
        dates = [place for place, (name, kind) in enumerate(self.attributes) if kind == "date"]
        named = [place for place in dates if self.attributes[place][0] == "start_timestamp"]
        return (named or dates or [-1])[0]

    @property
    def name(self) -> list[int]:
        """Places of the attributes that name a series: the best first."""
        places = [place for place in range(len(self.attributes)) if place != self.start]
        return sorted(places, key=lambda place: self.attributes[place][0] != "series_name")


class _Line(NamedTuple):
    number: int
    fields: list[str]
    cells: bytes


class _Scan(NamedTuple):
    """What is known of a file before its values are read: a name for each series, and the first line whose stamps have no room."""

    names: list[str]
    beyond: str


def is_tsf(head: bytes, name: str) -> bool:
    """Tell whether a file is one of Monash's.

    Args:
        head: Its first bytes, unpacked.
        name: Its name.
    """
    return plain_name(name).endswith(".tsf") or bool(_ATTRIBUTE.search(head) and _MINE.search(head))


def read_tsf(root: str, files: Sequence[str], options: SeriesReadOptions) -> RawSource:
    """Read .tsf files: a line a series, of one variable.

    ``?`` is a missing value whatever ``@missing`` says. Stamps are laid out from ``start_timestamp`` by ``@frequency``, months and years
    by the calendar; without a frequency the step is unknown, and unless the user names it, steps are counted.

    Args:
        root: The folder that files are relative to, absolute.
        files: Their names; archives hold some.
        options: How they are read: `step` stands in for a missing ``@frequency``; `encoding`, `missing`.

    Returns:
        The source. A series' name is its attribute ``series_name``, with the others where it alone names several.

    Raises:
        ArgumentError: If a time zone is asked for: stamps laid out by one step have none.
        DataError: If a header or a line breaks the format, named by file and line, or files have different frequencies.

    Source:
        Godahewa et al., Monash Time Series Forecasting Archive, 2021; its loader, ``utils/data_loader.py`` of rakshitha123/TSForecasting.
    """
    zone = options.timezone
    check(zone in ("", "UTC"), "read", "timezone", "empty or UTC where stamps are laid out by one step, as in .tsf", zone)
    texts = open_texts(root, files, (".tsf",))
    skipped = list[Skipped]()
    heads = dict(read_each(texts, lambda text: (text, _read_head(text, options.encoding)), skipped))
    step, told = _find_step(heads, options.step)
    scans = dict(read_each(heads, lambda text: (text, _scan(text, heads[text], step, options.encoding)), skipped))
    read = [heads[text] for text in scans]
    stamped = bool(step) and all(head.start >= 0 for head in read) and not any(scan.beyond for scan in scans.values())
    laid_out = step if stamped else ""
    notes = [*told, *_tell(read, [*scans.values()], step)]
    return RawSource(
        root=root,
        features=(_FEATURE,),
        series=read_streams([*scans], lambda text: _read(text, heads[text], scans[text], laid_out, options), skipped),
        zone=zone,
        step=step,
        files=tuple(files),
        skipped=skipped,
        understood=Understood(layout="Monash .tsf, a line a series", parts={"": ", ".join(text.name for text in texts)}),
        reading={"layout": "tsf", "step": options.step},
        note=" ".join(dict.fromkeys(notes)),
        file=files[0] if len(files) == 1 else "",
    )


def step_of(frequency: str) -> str:
    """Return the step that a ``@frequency`` means, ``"30min"`` of ``half_hourly``; empty if it is not known."""
    if frequency.lower() == "daily":
        return "1d"
    found = _FREQUENCY.fullmatch(frequency.lower())
    if not found:
        return ""
    many, half, word = found.groups()
    count, unit = _UNITS[word]
    if half:
        return {"hour": "30min", "minute": "30s", "day": "12h", "year": "6mo"}.get(word, "")
    return f"{count * int(many or 1)}{unit}"


def _read_head(text: TextFile, encoding: str) -> _Head:
    attributes: list[tuple[str, str]] = []
    says: dict[str, str] = {}
    for tag in read_tags(text, encoding):
        if tag.name == "attribute":
            attributes.append(_attribute(tag, text))
        else:
            says[tag.name] = tag.value
    if not attributes:
        raise DataError(wording("read", "header", "one with an @attribute, such as series_name string", "none", at=text.name))
    return _Head(tuple(attributes), says.get("frequency", ""), says.get("horizon", ""))


def _attribute(tag: Tag, text: TextFile) -> tuple[str, str]:
    name, _, kind = tag.value.partition(" ")
    if kind.strip().lower() not in _KINDS:
        raise DataError(wording("read", "@attribute", f"a name and one of {', '.join(_KINDS)}", tag.value, at=text.at(tag.line)))
    return name, kind.strip().lower()


def _find_step(heads: Mapping[TextFile, _Head], asked: str) -> tuple[str, list[str]]:
    """Return the step of all files, and what to tell of it."""
    frequencies = {head.frequency: text.name for text, head in heads.items()}
    if len(frequencies) > 1:
        got = ", ".join(f"{frequency or 'none'} in {name}" for frequency, name in frequencies.items())
        raise DataError(wording("read", "@frequency", "the same in all files", got, fix="Read them one by one."))
    (frequency,) = frequencies
    if step := step_of(frequency):
        return step, []
    if asked not in ("auto", "none"):
        return str(parse_step(asked)), []
    why = f"The frequency {frequency} is not known" if frequency else "The file names no @frequency"
    return "", [f"{why}: steps are counted. Name the step to have stamps, such as --step 1d."]


def _lines(text: TextFile, head: _Head, encoding: str) -> Iterator[_Line]:
    """Yield the series' lines, their attributes checked."""
    count = len(head.attributes)
    for number, line in data_lines(text):
        *fields, cells = line.split(b":")
        if len(fields) != count:
            rule = f"one of {count + 1} fields with a colon between them"
            raise DataError(wording("read", "series", rule, len(fields) + 1, at=text.at(number)))
        yield _Line(number, [text.decode(one, number, encoding) for one in fields], cells)


def _scan(text: TextFile, head: _Head, step: str, encoding: str) -> _Scan:
    names: list[list[str]] = []
    beyond = ""
    for line in _lines(text, head, encoding):
        names.append([line.fields[place] for place in head.name])
        start = _start(line, head, text) if step and head.start >= 0 else None
        if start is not None and not _fits(start, len(line.cells) // 2 + 1, step) and not _fits(start, line.cells.count(b",") + 1, step):
            beyond = beyond or text.at(line.number)
    if not names:
        raise DataError(wording("read", "@data", "followed by a line a series", "none", at=text.name))
    return _Scan(_unique(names), beyond)


def _unique(names: list[list[str]]) -> list[str]:
    """Return a name for each series that no other has: of one attribute if that will do, of all, or with its number."""
    for made in (["/".join(fields[:1]) for fields in names], ["/".join(fields) for fields in names]):
        if len(set(made)) == len(names) and all(made):
            return made
    often = Counter(made)
    return [name if name and often[name] == 1 else f"{name}/{number}".lstrip("/") for number, name in enumerate(made, 1)]


def _tell(heads: list[_Head], scans: list[_Scan], step: str) -> list[str]:
    horizons = sorted({head.horizon for head in heads if head.horizon})
    told = [f"Its own horizon is {' or '.join(horizons)} steps."] if horizons else []
    if step and any(head.start < 0 for head in heads):
        told.append("No attribute is a date: steps are counted.")
    told += [f"Stamps would leave the years 1678 to 2261, first in {scan.beyond}: steps are counted." for scan in scans if scan.beyond]
    return told


def _start(line: _Line, head: _Head, text: TextFile) -> np.datetime64:
    written = line.fields[head.start]
    try:
        found = _START.fullmatch(written)
        if found is None:
            raise ValueError
        day, hour, minute, second = found.groups("00")
        return np.datetime64(f"{day}T{hour}:{minute}:{second}", "s")
    except ValueError:
        rule = "a date such as 1979-01-01 00-00-00"
        raise DataError(wording("read", head.attributes[head.start][0], rule, written, at=text.at(line.number))) from None


def _fits(start: np.datetime64, count: int, step: str) -> bool:
    first, by = int(start.astype(np.int64)), parse_step(step)
    return first > -_LAST and first + count * (by.months * _MONTH_S or by.length / 1e9) < _LAST


def _read(text: TextFile, head: _Head, scan: _Scan, step: str, options: SeriesReadOptions) -> Iterator[RawSeries]:
    lines = zip(scan.names, _lines(text, head, options.encoding), strict=True)
    rows = (((name, line), line.number, line.cells) for name, line in lines)
    for (name, line), values in parse_lines(rows, text, options.missing):
        start = _start(line, head, text).astype("M8[ns]").astype(np.int64) if step else None
        time = None if start is None else add_steps(int(start), step, np.arange(len(values)))
        yield RawSeries(name, text.name, values[:, None], time, first_row=line.number)
