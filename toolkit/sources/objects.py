"""JSON objects, a line each or in a list: a path comes in, places in the file and objects go out; `toolkit.sources.table` reads by it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from toolkit.contents import read_file
from toolkit.errors import DataError, printable
from toolkit.sources.columns import Cells, Opened, Wanted, find_columns
from toolkit.sources.labels import LIST_SEPARATOR
from toolkit.sources.options import SourceOptions
from toolkit.sources.parts import split_of
from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, decode_slice

__all__ = ["Found", "open_objects", "parse_object", "read_objects"]

Found = tuple[int, int, int, Mapping[str, Any] | str | None]
"""First byte, the byte behind the last, the split that its list is named for (−1 if none), and the object, or why it is none; None of a
blank line."""

_SPACE = re.compile(r"[ \t\n\r\ufeff]*")


class _TwiceError(ValueError):
    """A name stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        again = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _TwiceError(f"must name each value once, got {printable(again)} twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once)
_LENIENT = json.JSONDecoder()


def parse_object(text: str) -> dict[str, Any]:
    """Read the object on a line.

    Raises:
        ValueError: If it is no JSON object.
    """
    try:
        found = _DECODER.decode(text)
    except _TwiceError:
        raise
    except (ValueError, RecursionError) as error:
        where = f", wrong from character {error.pos + 1} on" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"must be a JSON object, got what is none{where}") from error
    if not isinstance(found, dict):
        raise ValueError(f"must be a JSON object, got a {type(found).__name__}")
    return found


def open_objects(path: Path, encoding: str, options: SourceOptions, wanted: Wanted) -> Opened:
    """Understand a file of objects; all of it is read, so that columns are those of all objects.

    Args:
        path: The file.
        encoding: As `name_encoding` returns it.
        options: What the user says of it.
        wanted: Which columns are looked for.

    Raises:
        DataError: If it cannot be read, or no object has a column that is needed.
    """
    asked = options.column_names()
    meant = {asked.get(meaning, meaning): meaning for meaning in options.COLUMNS}
    meant |= {name: meaning for meaning, others in wanted.other_names.items() for name in others if name not in meant}
    names: dict[str, None] = {}
    rows: list[tuple[tuple[int, int], int, dict[str, str] | str | None]] = []
    for start, stop, split, found in read_objects(path, encoding):
        cells: dict[str, str] | str | None = None if isinstance(found, Mapping) else found
        if isinstance(found, Mapping):
            names.update(dict.fromkeys(found))
            cells = _read_values(found, meant, wanted)
        rows.append(((start, stop), split, cells))
    reason = next((cells for _, _, cells in rows if isinstance(cells, str)), "")
    if reason and not names:
        raise DataError(f"read: {printable(str(path))} must hold JSON objects, got none, the first row {reason}.")
    columns = find_columns(path, list(names), options, wanted)
    named = {meaning: list(names)[place] for meaning, place in columns.items()}
    reading = {"format": "jsonl", "encoding": encoding, "column": named[wanted.main]}
    return Opened("JSON objects", list(names), columns, reading, [], _name_values(rows, named))


def _read_values(found: Mapping[str, Any], meant: Mapping[str, str], wanted: Wanted) -> dict[str, str] | str:
    """Return an object's values as the cells of a table, by their names, or why they are none; what is read again is not kept."""
    try:
        cells = {name: _as_cell(found[name], name, meaning, wanted.main) for name, meaning in meant.items() if name in found}
        if wanted.main in meant.values() and (main := next(name for name in meant if meant[name] == wanted.main)) not in found:
            return f"{printable(main)} must be text, got nothing"
        for cell in cells.values():
            cell.encode()
    except UnicodeEncodeError as error:
        return f"holds half of a pair of surrogates, U+{ord(str(error.object)[error.start]):04X}, at character {error.start}"
    except ValueError as error:
        return str(error)
    return {name: "" if wanted.places and meant[name] == wanted.main else cell for name, cell in cells.items()}


def _as_cell(value: Any, name: str, meaning: str, main: str) -> str:
    if isinstance(value, str):
        return value
    if meaning != main:
        if value is None or value != value:  # noqa: PLR0124  # NaN, as pandas has what is missing
            return ""
        if isinstance(value, (bool, int, float)):
            return str(value).lower() if isinstance(value, bool) else str(value)
        if meaning == "label" and isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
            return LIST_SEPARATOR.join(_as_cell(part, name, meaning, main) for part in value)
    raise ValueError(f"{printable(name)} must be text, got {type(value).__name__}")


def _name_values(
    rows: list[tuple[tuple[int, int], int, dict[str, str] | str | None]], named: Mapping[str, str]
) -> Iterator[tuple[tuple[int, int], int, Cells | str | None]]:
    """Name each row's cells for what they mean; a row without a split is bad only where others are for training."""
    column = named.get("split", "")
    trains = any(split_of(name) == 0 for name in {cells.get(column, "") for _, _, cells in rows if isinstance(cells, dict)} if name)
    for place, split, cells in rows:
        if cells is None or isinstance(cells, str):
            yield place, split, cells
        else:
            found: Cells = {meaning: cells.get(name) for meaning, name in named.items()}
            yield place, split, found if trains or found.get("split", "") is not None else {**found, "split": ""}


def read_objects(path: Path, encoding: str) -> Iterator[Found]:
    """Yield the objects of a file: one a line, or those of a list, which may stand under a name in an object, or under names of splits.

    Args:
        path: The file.
        encoding: As `name_encoding` returns it.

    Raises:
        DataError: If it cannot be read, or is a list that breaks off, or holds several lists.
    """
    return _read_lists(path, encoding) if _is_whole(path, encoding) else _read_lines(path, encoding)


def _is_whole(path: Path, encoding: str) -> bool:
    """Tell whether a file is one JSON value: its first line is a list, no whole value, or the only one and holds a list of objects."""
    lines = (data for _, _, data in cut_lines(path, encoding) if data is None or data.strip())
    first = next(lines, b"")
    if first is None:
        return True
    text = first.decode(encoding, "replace").strip()
    if not text.startswith("{"):
        return text.startswith("[") and (next(lines, b"") == b"" or not _ends(text))
    if not _ends(text):
        return not (next(lines, b"") or b"").decode(encoding, "replace").lstrip().startswith("{")
    return next(lines, b"") == b"" and '[{"' in text.replace(" ", "")


def _ends(text: str) -> bool:
    """Tell whether a text is a whole JSON value."""
    try:
        _LENIENT.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_lines(path: Path, encoding: str) -> Iterator[Found]:
    for start, stop, data in cut_lines(path, encoding):
        if data is None:
            yield start, stop, -1, f"must have at most {MAX_TEXT_BYTES} bytes, got more"
        elif data.strip():
            try:
                yield start, stop, -1, parse_object(decode_slice(data, encoding))
            except ValueError as error:
                yield start, stop, -1, str(error)
        else:
            yield start, stop, -1, None


def _read_lists(path: Path, encoding: str) -> Iterator[Found]:
    shown = printable(str(path))
    try:
        text = decode_slice(read_file(str(path)), encoding)
        passed = place = 0
        for split, first in _find_lists(text):
            for start, stop, found in _cut_list(text, first):
                place += len(text[passed:start].encode(encoding))
                passed, size = start, len(text[start:stop].encode(encoding))
                yield place, place + size, split, found
    except OSError as error:
        raise DataError(f"read: {shown} must be a file that can be read, got: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"read: {shown} must be JSON, a list of objects, got what is none: {error}.") from error


def _find_lists(text: str) -> list[tuple[int, int]]:
    """Return the split of each list, and the character that it begins at."""
    at = _skip(text, 0)
    if text.startswith("[", at):
        return [(-1, at)]
    lists, end = {}, ","
    while end == ",":
        name, at = _LENIENT.raw_decode(text, _skip(text, at + 1))
        at = _skip(text, _expect(text, at, ":") + 1)
        if text.startswith("[", at) and text.startswith("{", _skip(text, at + 1)):
            lists[str(name)] = at
        at = _expect(text, _LENIENT.raw_decode(text, at)[1], ",}")
        end = text[at]
    splits = [split_of(name) for name in lists]
    if not lists or (len(lists) > 1 and min(splits) < 0):
        raise ValueError(f"an object with lists of objects under {printable(', '.join(lists)) or 'no name'}, not under one or train, test")
    return list(zip(splits, lists.values(), strict=True))


def _cut_list(text: str, first: int) -> Iterator[tuple[int, int, Mapping[str, Any] | str]]:
    """Yield where each element of a list begins and ends, and the object, or why it is none."""
    at, end = _skip(text, first + 1), text[first]
    while end != "]" and not text.startswith("]", at):
        try:
            found, stop = _DECODER.raw_decode(text, at)
            yield at, stop, found if isinstance(found, dict) else f"must be a JSON object, got a {type(found).__name__}"
        except _TwiceError as error:
            stop = _LENIENT.raw_decode(text, at)[1]
            yield at, stop, str(error)
        at = _expect(text, stop, ",]")
        end, at = text[at], _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    """Return the next character that is no space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, characters: str) -> int:
    at = _skip(text, at)
    if at >= len(text) or text[at] not in characters:
        raise ValueError(f"{printable(text[at : at + 1]) or 'its end'} at character {at + 1}, not {' or '.join(characters)}")
    return at
