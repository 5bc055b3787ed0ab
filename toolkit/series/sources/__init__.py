"""Which reader a source of series is for: a path comes in, what the reader understood goes out to `read`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.errors import DataError, check, printable, wording
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.sources import FolderTree, find_parts, parse_pairs, sort_naturally, split_of
from toolkit.wing import SPLITS, Skipped

__all__ = ["open_source"]

_TABLES = (".csv", ".tsv", ".txt", ".parquet")
_ENDINGS = ".csv, .tsv, .txt, .parquet, .tsf and .ts, text also packed as .gz"
_STRAYS = ("readme", "license", "licence", "changelog", "citation")


@dataclass(frozen=True)
class _Found:
    """The files to read, relative to the root, and the split of each that has one; what lies beside them."""

    root: Path
    files: tuple[str, ...]
    parts: dict[str, str] = field(default_factory=dict)
    passed_over: tuple[Skipped, ...] = ()


def open_source(source: Path, options: SeriesReadOptions) -> RawSource:
    """Recognise a source, and open it by the reader for its layout.

    Args:
        source: A file of series, or a folder of such files, all of one kind.
        options: How it is read; its layout, where that is not to be recognised.

    Raises:
        DataError: If it is not there, or no reader is for it, or there are several ways to read it.
    """
    if not source.exists():
        raise DataError(wording("read", "the source", "a file or a folder", "nothing", at=str(source)))
    found = _Found(source.parent, (source.name,)) if source.is_file() else _list_folder(source, options)
    layout = options.layout
    opened = _open(layout, found, options)
    understood = replace(opened.understood, passed_over=(*opened.understood.passed_over, *found.passed_over))
    if found.parts:
        understood = replace(understood, parts={part: file for file, part in found.parts.items()})
    return replace(opened, understood=understood, series=_impose(opened.series, found.parts))


def _impose(series: Iterable[RawSeries], parts: dict[str, str]) -> Iterator[RawSeries]:
    """Give the series of each file the file's part."""
    return (replace(each, part=parts.get(each.file, each.part)) for each in series)


def _list_folder(folder: Path, options: SeriesReadOptions) -> _Found:
    """Return a folder's files of series, those of its parts if it has any; all of one kind."""
    entries = FolderTree(folder).entries("")
    shown = printable(str(folder))
    if entries.reason:
        raise DataError(wording("read", "the source", "a folder that can be listed", entries.reason, at=shown))
    files = [name for name in sort_naturally(entries.files) if _kind(name)]
    beside = [Skipped(name, "no file of series by its ending") for name in entries.files if name not in files]
    beside += [Skipped(f"{name}/", "a folder beside the files") for name in (*entries.folders, *entries.links)]
    parts = _given_parts(folder, options) if options.parts else _named_parts(files)
    if parts:
        beside += [Skipped(name, "a file beside the parts") for name in files if name not in parts]
        return _Found(folder, tuple(parts), parts, tuple(beside))
    kinds = sorted({_kind(name) for name in files})
    if len(kinds) > 1:
        first = next(name for name in files if _kind(name) == kinds[0])
        fix = f"Give one of its files, such as {printable(f'{folder}/{first}')}, or move those of one kind to a folder of their own."
        raise DataError(wording("read", "files of a folder", "all of one kind", ", ".join(kinds), at=shown, fix=fix))
    if not files:
        inside = next(iter((*entries.folders, *entries.links)), "")
        fix = f"Give one of its folders, such as {printable(f'{folder}/{inside}')}." if inside else f"Series are read from {_ENDINGS}."
        raise DataError(wording("read", "the source", "a folder with files of series", "none", at=shown, fix=fix))
    return _Found(folder, tuple(files), passed_over=tuple(beside))


def _kind(name: str) -> str:
    """What a file holds by its ending: a table, .tsf or .ts; empty for what holds no series, and for what explains it."""
    stem, dot, ending = name.lower().removesuffix(".gz").rpartition(".")
    if dot + ending in _TABLES:
        return "" if stem.startswith(_STRAYS) else "tables"
    return dot + ending if dot + ending in (".tsf", ".ts") else ""


def _stem(name: str) -> str:
    return name.removesuffix(".gz").rpartition(".")[0]


def _given_parts(folder: Path, options: SeriesReadOptions) -> dict[str, str]:
    parts = {}
    for part, file in parse_pairs(options.parts, "read", "parts", "train=a.ts,test=b.ts").items():
        number = split_of(part)
        check(number >= 0, "read", "parts", f"named {', '.join(SPLITS)}", part)
        check((folder / file).is_file(), "read", "parts", "files of the folder", file, at=str(folder))
        parts[file] = SPLITS[number]
    return parts


def _named_parts(files: Sequence[str]) -> dict[str, str]:
    """The files whose names say which split they are of, such as NAME_TRAIN.ts; nothing unless one is for training."""
    splits = find_parts({_stem(name) for name in files})
    parts = {name: SPLITS[splits[_stem(name)]] for name in files if _stem(name) in splits}
    for part in SPLITS:
        own = [name for name, found in parts.items() if found == part]
        if len(own) > 1:
            fix = f"Say which: --parts {','.join(f'{found}={name}' for name, found in {p: n for n, p in parts.items()}.items())}."
            raise DataError(wording("read", f"the {part} part", "one file", " and ".join(own), fix=fix))
    return parts if "train" in parts.values() else {}


def _open(layout: str, found: _Found, options: SeriesReadOptions) -> RawSource:
    from toolkit.series.sources.standin import read_wide

    return read_wide(found.root, list(found.files), options)
