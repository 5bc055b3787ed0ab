"""The .ts of UEA and UCR, and that archive's plain .tsv: files come in, a series a line goes out to `toolkit.series.read`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, wording
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each, read_streams
from toolkit.series.sources.lines import TextFile, open_texts, parse_lines, plain_name
from toolkit.series.sources.ts_lines import Case, TsHeader, iterate_cases, read_header, take_cells
from toolkit.series.time import parse_times
from toolkit.sources import parse_pairs, split_of
from toolkit.wing import SPLITS, Skipped, Understood

__all__ = ["is_ts", "read_ts"]

_TAG = re.compile(rb"^@(problemname|timestamps|univariate|equallength|classlabel|targetlabel)\b", re.MULTILINE | re.IGNORECASE)
_PLAIN_NAME = re.compile(r".+_(train|test)\.tsv")
_PLAIN_LINE = re.compile(rb"-?\d+(\t(-?[\d.]+([eE][-+]?\d+)?|NaN)){2,}\r?")
_LABELS = {"class": "the last field of a line, a class", "target": "the last field of a line, a number to predict", "": ""}


def is_ts(head: bytes, name: str) -> bool:
    """Tell whether a file is one of UEA's or UCR's.

    Args:
        head: Its first bytes, unpacked: a .ts may be a video or a program; comments alone, or one of the format's tags, tell it apart.
        name: Its name; NAME_TRAIN.tsv and NAME_TEST.tsv are UCR's where the first line is a whole number and numbers behind tabs.
    """
    plain = plain_name(name).rpartition("/")[2]
    if plain.endswith(".ts"):
        return bool(_TAG.search(head)) or (head[:1] in (b"#", b"%") and all(line[:1] in b"#%" for line in head.splitlines()[:-1]))
    return bool(_PLAIN_NAME.fullmatch(plain) and _PLAIN_LINE.fullmatch(head.partition(b"\n")[0]))


def read_ts(root: str, files: Sequence[str], options: SeriesReadOptions) -> RawSource:
    """Read .ts files, or UCR's plain ones: a line a series, named by its place in the file, from 1 on.

    Labels are kept as they are written; ``?`` and ``NaN`` are missing values. NAME_TRAIN and NAME_TEST are parts, one beside the
    other, unless the user names others. Stamps that are mere numbers, each as far from the next, are counted: they have no unit.

    Args:
        root: The folder that files are relative to, absolute.
        files: Their names; archives hold some.
        options: How they are read: `parts`, `encoding`, `missing`.

    Returns:
        The source. Unequal lengths that a header denies, and classes that it does not list, are told in its note.

    Raises:
        DataError: If a header or a line breaks the format, named by file and line; or if files differ in dimensions or labels.

    Source:
        Sagar Mishra, ts File Format v1.0, sktime, 2022; Bagnall et al., The UEA multivariate time series classification archive, 2018;
        for .tsv, Dau et al., The UCR time series archive, 2018.
    """
    texts = open_texts(root, files, (".ts",))
    parts = _find_parts(texts, options)
    skipped = list[Skipped]()
    headers = dict(read_each(texts, lambda text: (text, read_header(text, options.encoding)), skipped))
    _check_alike(headers)
    scans = dict(read_each(headers, lambda text: (text, _scan(text, headers[text], options)), skipped))
    header = headers[next(iter(scans))]
    names = range(1, header.num_dimensions + 1)
    told = {part: ", ".join(text.name for text in texts if parts[text] == part) for part in dict.fromkeys(parts.values())}
    return RawSource(
        root=root,
        features=tuple(map(str, names)) if header.num_dimensions > 1 else ("value",),
        series=read_streams([*scans], lambda text: _read(text, headers[text], parts[text], options), skipped),
        files=tuple(files),
        skipped=skipped,
        understood=Understood(layout="UEA and UCR .ts, a line a series", parts=told, labels=_LABELS[header.labels]),
        reading={"layout": "ts"},
        note=" ".join(note for told in scans.values() for note in told),
        file=files[0] if len(files) == 1 else "",
    )


def _find_parts(texts: list[TextFile], options: SeriesReadOptions) -> dict[TextFile, str]:
    """Return the split that each file is, empty if it is none: as the user says, or else as the end of its name has it."""
    named = {file: split for split, file in parse_pairs(options.parts, "read", "parts", "train=a.ts,test=b.ts").items()}
    known = ", ".join(text.name for text in texts)
    for file, split in named.items():
        check(file in {text.name for text in texts}, "read", "parts", f"of {known}", file)
        check(split_of(split) >= 0, "read", "parts", f"led by {', '.join(SPLITS)}", split)
    ends = {text: re.split(r"[_-]", plain_name(text.name).rpartition(".")[0])[-1] for text in texts}
    words = {text: named.get(text.name, "") if named else ends[text] for text in texts}
    parts = {text: SPLITS[split_of(word)] if split_of(word) >= 0 else "" for text, word in words.items()}
    return parts if named or "train" in parts.values() else dict.fromkeys(parts, "")  # a test part alone is nothing to be tested by


def _check_alike(headers: Mapping[TextFile, TsHeader]) -> None:
    """Refuse files that are not of one data set."""
    for (first, one), (second, other) in pairwise(headers.items()):
        for name, value, found in (
            ("dimensions", one.num_dimensions, other.num_dimensions),
            ("labels", one.labels or "none", other.labels or "none"),
            ("stamps", one.stamped, other.stamped),
        ):
            if value != found:
                rule, fix = f"the same in all files, {value} as in {first.name}", "Read them one by one."
                raise DataError(wording("read", name, rule, found, at=second.name, fix=fix))


def _scan(text: TextFile, header: TsHeader, options: SeriesReadOptions) -> list[str]:
    """Go over a file without reading its values, and return what is to be told of it."""
    first = 0
    unequal, unlisted = "", dict[str, int]()
    for case in iterate_cases(text, header, options.encoding):
        length = case.dimensions[0].count(b"(" if header.stamped else b",") + (not header.stamped) if header.equal else 0
        first = first or length
        if length != first and not unequal:
            unequal = f"@equalLength is true, but {text.name} has {first:,} steps first and {length:,} in line {case.line:,}."
        if header.classes and case.label not in header.classes:
            unlisted.setdefault(case.label, case.line)
    classes = [f"@classLabel does not list {label}, in {text.at(line)}." for label, line in list(unlisted.items())[:3]]
    return [*([unequal] if unequal else []), *classes]


def _read(text: TextFile, header: TsHeader, part: str, options: SeriesReadOptions) -> Iterator[RawSeries]:
    rows = _take_rows(text, header, options)
    for number, ((case, stamps), values) in enumerate(parse_lines(rows, text, options.missing), 1):
        time = _parse_time(stamps, text.at(case.line)) if header.stamped else None
        label = _parse_label(case, text, header)
        table = values.reshape(header.num_dimensions, -1).T
        yield RawSeries(str(number), text.name, table, time, label, part, first_row=case.line)


def _take_rows(text: TextFile, header: TsHeader, options: SeriesReadOptions) -> Iterator[tuple[tuple[Case, list[str]], int, bytes]]:
    for case in iterate_cases(text, header, options.encoding):
        cells, stamps = take_cells(case, text, header)
        yield (case, stamps), case.line, cells


def _parse_label(case: Case, text: TextFile, header: TsHeader) -> str | float | None:
    if header.labels != "target":
        return case.label or None
    value = _number(case.label)
    if not np.isfinite(value):
        raise DataError(wording("read", "label", "a number, as @targetLabel says", case.label, at=text.at(case.line)))
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _parse_time(stamps: list[str], at: str) -> NDArray[np.int64] | None:
    """Return nanoseconds since 1970; None of mere numbers, which count steps."""
    if np.isfinite(_number(stamps[0])):
        gaps = np.diff([_number(stamp) for stamp in stamps])
        if len(gaps) and not np.allclose(gaps, gaps[0] or np.nan):
            fix = "Write dates instead: numbers have no unit."
            raise DataError(wording("read", "stamps", "dates, or numbers one step apart", f"{stamps[0]} to {stamps[-1]}", at=at, fix=fix))
        return None
    return parse_times([stamps], at=at)
