"""Which reader a source of series is for: a path comes in, what the reader understood goes out to `read`.

Each layout's reader is the function `read_LAYOUT` of the module of that name here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import AmbiguousSourceError, DataError, check, printable, wording
from toolkit.series.options import SeriesReadOptions
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.sources.bad_files import read_each
from toolkit.shell import quote_word
from toolkit.sources import FolderTree, archive_stem, find_parts, parse_pairs, split_of
from toolkit.sources.spool import make_folder
from toolkit.wing import SPLITS, Skipped

if TYPE_CHECKING:
    from toolkit.series.sources.lines import TextFile

__all__ = ["open_source"]

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".pq")
_ENDINGS = (*_TABLES, ".tsf", ".ts")
_STRAYS = ("readme", "license", "licence", "changelog", "citation")
_SHOWN = 4

Reader = Callable[[str, Sequence[str], SeriesReadOptions], RawSource]


@dataclass(frozen=True)
class _Files:
    """The files to read, by their names in the root; the split of each that has one; and what lies beside them."""

    root: Path
    names: tuple[str, ...]
    parts: dict[str, str] = field(default_factory=dict)
    passed_over: tuple[Skipped, ...] = ()
    kept: object = None


@dataclass(frozen=True, eq=False)
class _Unpacked:
    """Holds what was unpacked as long as it is read."""

    texts: Sequence[TextFile]


def open_source(source: Path, options: SeriesReadOptions) -> RawSource:
    """Recognise a source, and open it by the reader for its layout.

    Args:
        source: A file of series, an archive of some, or a folder of files of one layout; absolute.
        options: How it is read; its layout, where that is not to be recognised.

    Raises:
        DataError: If it is not there, or no reader is for it.
        AmbiguousSourceError: If there are several ways to read it; it says what to type for each.
    """
    if not source.exists():
        raise DataError(wording("read", "the source", "a file or a folder", "nothing", at=str(source)))
    given = found = _list_folder(source, options) if source.is_dir() else _Files(source.parent, (source.name,))
    layout = options.layout if options.layout != "auto" else _recognise(found, options)
    if layout in ("table", "wide", "long"):
        found = _unpack(given)
    if layout == "table":
        layout = _wide_or_long(found, options)
    options.check_layout(layout)
    read: Reader = getattr(import_module(f"{__name__}.{layout}"), f"read_{layout}")
    opened = read(str(found.root), found.names, options)
    told = opened.understood
    parts = told.parts or {part: name for name, part in found.parts.items()}
    told = replace(told, parts=parts, passed_over=(*told.passed_over, *found.passed_over))
    file = given.names[0] if len(given.names) == 1 else ""
    opened = replace(opened, root=str(given.root), files=given.names, file=file, understood=told, series=_impose(opened, found))
    return _join(opened, len(found.names)) if layout in ("wide", "long") and len(found.names) > 1 and not found.parts else opened


def _join(opened: RawSource, num_files: int) -> RawSource:
    """Join the series of one id over the files of a folder; without a column of ids, each file is one."""
    from toolkit.series.sources.joined import join_files

    if not opened.reading["id"]:
        return opened
    told = f"Rows of one id are one series over {num_files:,} files, in order of time."
    return replace(opened, series=join_files(opened.series), note=" ".join(filter(None, (opened.note, told))))


def _impose(opened: RawSource, found: _Files) -> Iterator[RawSeries]:
    """Give the series of each file the file's part, unless the reader knows better; what was unpacked stays as long.

    Raises:
        DataError: If a part cannot be read: it has no others to go on with.
    """
    for each in opened.series:
        yield each if each.part else replace(each, part=found.parts.get(each.file, ""))
    for skip in opened.skipped:
        if skip.path in found.parts:
            raise DataError(f"read: {skip.reason}")


def _unpack(found: _Files) -> _Files:
    """Return the tables of archives as files of a temporary folder, by the same names; what is no archive stays as it is."""
    if not any(map(archive_stem, found.names)):
        return found
    from toolkit.series.sources.lines import open_texts

    texts = [text for text in open_texts(str(found.root), found.names, _TABLES) if _may_hold_series(text.name)]
    names, kept = tuple(sorted((text.name for text in texts), key=_natural_key)), _Unpacked(texts)
    unpacked = _Files(make_folder(kept), names, found.parts or _named_parts(found.root, names), found.passed_over, kept)
    for text in texts:
        place = unpacked.root / text.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(text.path)
    return unpacked


def _recognise(found: _Files, options: SeriesReadOptions) -> str:
    """Return the one layout that all files have, or that they are tables."""
    layouts: dict[str, str] = {}
    for name, layout in read_each(found.names, lambda name: (name, _layout_of(found.root, name)), []):
        layouts.setdefault(layout, name)
    if len(layouts) > 1:
        each = " and ".join(f"{layout or 'unknown'} ({name})" for layout, name in layouts.items())
        first = quote_word(str(found.root / found.names[0]))
        fix = f"Give one of the files, such as {first}, or move those of one layout to a folder of their own."
        raise AmbiguousSourceError(wording("read", "files of a folder", "all of one layout", each, at=str(found.root), fix=fix))
    ((layout, name),) = layouts.items()
    if not layout:
        fix = f"Say what it is: --layout {' or '.join(options.LAYOUTS[1:])}."
        raise DataError(wording("read", "the source", "of a known layout", "one that no reader knows", at=str(found.root / name), fix=fix))
    return layout


def _layout_of(root: Path, name: str) -> str:
    """Return the layout that a file, or the first one of an archive, looks like, or that it is a table; empty if neither."""
    from toolkit.series.sources.lines import open_texts, plain_name
    from toolkit.series.sources.synop import is_synop
    from toolkit.series.sources.ts import is_ts
    from toolkit.series.sources.tsf import is_tsf

    packed = bool(archive_stem(name))
    text = next((text for text in open_texts(str(root), [name]) if not packed or _may_hold_series(text.name)), None)
    if text is None:
        return ""
    head = text.head()
    if not head:
        raise DataError(wording("read", "the source", "a file that holds something", "an empty one", at=name))
    for layout, is_so in (("tsf", is_tsf), ("ts", is_ts), ("synop", is_synop)):
        if is_so(head, text.name):
            return layout
    return "table" if plain_name(text.name).endswith(_TABLES) else ""


def _wide_or_long(found: _Files, options: SeriesReadOptions) -> str:
    from toolkit.series.sources.tables.roles import looks_like
    from toolkit.series.sources.tables.table import load_table

    def look(name: str) -> tuple[str, str | None, str]:
        return name, *looks_like(load_table(str(found.root / name), options, head=True, shown=name), options)

    name, layout, reason = next(read_each(found.names, look, []))
    if layout is None:
        raise AmbiguousSourceError(f"read: {printable(name)} can be a wide table or a long one. Type {reason}.")
    return layout


def _list_folder(folder: Path, options: SeriesReadOptions) -> _Files:
    """Return a folder's files of series: those of its parts, if it has any."""
    entries = FolderTree(folder).entries("")
    if entries.reason:
        raise DataError(wording("read", "the source", "a folder that can be listed", entries.reason, at=str(folder)))
    names = sorted(filter(_may_hold_series, entries.files), key=_natural_key)
    parts = _given_parts(folder, options) if options.parts else _named_parts(folder, names)
    taken = tuple(parts) or tuple(names)
    why = dict.fromkeys(names, "a file beside the parts")
    beside = [Skipped(name, why.get(name, "no file of series by its name")) for name in entries.files if name not in taken]
    beside += [Skipped(f"{name}/", "a folder beside the files") for name in (*entries.folders, *entries.links)]
    if taken:
        return _Files(folder, taken, parts, tuple(beside))
    inside = [*entries.folders, *entries.links, *filter(archive_stem, entries.files)]
    fix = (
        f"Give what lies in it, such as {quote_word(str(folder / inside[0]))}." if inside else f"Their names end in {', '.join(_ENDINGS)}."
    )
    got = printable(", ".join(entries.files[:_SHOWN])) or "none"
    raise DataError(wording("read", "the source", "a file of series, or a folder of some", got, at=str(folder), fix=fix))


def _may_hold_series(name: str) -> bool:
    """Tell by a file's name whether it may hold series: not if it explains a data set."""
    from toolkit.series.sources.lines import plain_name

    plain = plain_name(name).rpartition("/")[2]
    return plain.endswith(_ENDINGS) and not (plain.startswith(_STRAYS) and plain.endswith(_TABLES))


def _natural_key(name: str) -> list[tuple[int, str]]:
    """What sorts names as people do: s2.csv before s10.csv."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _stem(name: str) -> str:
    from toolkit.series.sources.lines import plain_name

    return name[: len(plain_name(name))].rpartition(".")[0]


def _given_parts(folder: Path, options: SeriesReadOptions) -> dict[str, str]:
    """Return the split of each file that the user named."""
    parts = {}
    for part, name in parse_pairs(options.parts, "read", "parts", "train=a.ts,test=b.ts").items():
        check(split_of(part) >= 0, "read", "parts", f"led by {', '.join(SPLITS)}", part)
        check((folder / name).is_file(), "read", "parts", "files of the folder", name, at=str(folder))
        parts[name] = SPLITS[split_of(part)]
    return parts


def _named_parts(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the split of each file whose name says it, as NAME_TRAIN.ts does; nothing unless one is for training."""
    splits = find_parts({_stem(name) for name in names})
    parts = {name: SPLITS[splits[_stem(name)]] for name in names if _stem(name) in splits}
    first = {part: name for name, part in reversed(parts.items())}
    for part in SPLITS:
        own = [name for name, found in parts.items() if found == part]
        if len(own) > 1:
            typed = quote_word(",".join(f"{part}={first[part]}" for part in SPLITS if part in first))
            fix = f"Say which: --parts {typed}."
            raise AmbiguousSourceError(wording("read", f"the {part} part", "one file", " and ".join(own), at=str(folder), fix=fix))
    return dict(sorted(parts.items(), key=lambda part: SPLITS.index(part[1]))) if "train" in first else {}
