"""CSV and JSON lines, a row a text: comes in as a path, goes out as a Manifest; `toolkit.text.documents` reads its rows again."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources import SPLIT_NAMES
from toolkit.text.sources.options import COLUMNS, TextReadOptions
from toolkit.text.sources.rows import TextRows
from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, decode_slice, find_encoding
from toolkit.wing import SPLITS, Manifest

__all__ = ["list_table", "parse_cells", "parse_object", "read_table"]

csv.field_size_limit(max(csv.field_size_limit(), MAX_TEXT_BYTES))  # the module's own limit, 128 kB, is shorter than many texts

Record = tuple[int, int, Mapping[str, str] | str]
"""First byte, the byte behind the last, and the cells by what they mean, or the reason why there are none."""


def read_table(path: Path, options: TextReadOptions, layout: str) -> Manifest:
    """List the texts of a table.

    Args:
        path: The file, absolute.
        options: Which columns mean what, and the encoding.
        layout: ``"csv"``, with commas, semicolons or tabs, whichever the header has most of; or ``"jsonl"``, an object a line.

    Returns:
        A manifest with what the table has columns for. Rows that cannot be read, without text, label or group, or with an unknown
        split, are among the skipped. An empty split means none.

    Raises:
        DataError: If the file cannot be read or lacks a column, or no row can be used.
    """
    rows = TextRows()
    reading = list_table(path, options, layout, rows)
    rows.check_any(path)
    if not rows.label and options.label == "auto":
        rows.tell("No column is named label, so the texts are unlabelled; name one with --label COLUMN.")
    return rows.finish(path.parent, options, reading, file=path.name)


def list_table(path: Path, options: TextReadOptions, layout: str, rows: TextRows, *, split: int = -1) -> dict[str, Any]:
    """Add the texts of one table to rows that may hold those of others.

    Args:
        path: The file, absolute.
        options: Which columns mean what, and the encoding.
        layout: ``"csv"`` or ``"jsonl"``.
        rows: They are added here; rows that cannot be read are listed among the skipped.
        split: Index into `SPLITS` of rows that name none themselves; −1 if the file is no part.

    Returns:
        What `toolkit.text.documents` must know of the file to read its rows again: ``format``, ``encoding``, ``delimiter``, ``column``.

    Raises:
        DataError: If the file cannot be read or lacks a column.
    """
    encoding = find_encoding(path, options.encoding)
    reading, records = (_read_csv if layout == "csv" else _read_jsonl)(path, encoding, options)
    for number, (start, stop, cells) in enumerate(records, 1):
        name = f"{path.name} row {number}"
        reason = cells if isinstance(cells, str) else _add(rows, name, cells, (start, stop), split)
        if reason:
            rows.skip(name, reason)
    return reading | {"format": layout, "encoding": encoding}


def parse_cells(text: str, delimiter: str) -> list[str]:
    """Read the one record that a text holds.

    Raises:
        ValueError: If it breaks the rules of quoting.
    """
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise ValueError(f"must be quoted as CSV has it, got: {error}") from error


def parse_object(text: str) -> dict[str, Any]:
    """Read the object on a line.

    Raises:
        ValueError: If it is no JSON object.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except _TwiceError:
        raise
    except (ValueError, RecursionError) as error:
        where = f", wrong from character {error.pos + 1} on" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"must be a JSON object, got what is none{where}") from error
    if not isinstance(found, dict):
        raise ValueError(f"must be a JSON object, got a {type(found).__name__}")
    return found


class _TwiceError(ValueError):
    """A name stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        again = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _TwiceError(f"must name each value once, got {printable(again)} twice")
    return found


def _add(rows: TextRows, name: str, cells: Mapping[str, str], place: tuple[int, int], part: int) -> str:
    """Add a row, or return the reason why it cannot be one."""
    for meaning in ("label", "group"):
        if cells.get(meaning) == "":
            return f"{meaning} is empty"
    split = cells.get("split", "").lower()
    if split and split not in SPLIT_NAMES:
        return f"split must be one of {', '.join(SPLITS)}, got {printable(split)}"
    if not "".join(cells.values()).isascii() and (bad := _undecodable("".join(cells.values()))):
        return bad
    rows.add(name, label=cells.get("label"), group=cells.get("group"), split=SPLIT_NAMES.get(split, part), place=place)
    return ""


def _undecodable(text: str) -> str:
    """Say what in a text is none, which JSON can spell; empty if it all is."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"holds half of a pair of surrogates, U+{ord(text[error.start]):04X}, at character {error.start}"
    return ""


def _read_csv(path: Path, encoding: str, options: TextReadOptions) -> tuple[dict[str, Any], Iterator[Record]]:
    """What a reader of rows must know, and the rows below the header."""
    lines = _Lines(path, encoding)
    first = next(iter(lines), "")
    delimiter = max(",;\t", key=first.count)
    header = _parse_header(path, first, delimiter, lines.reason)
    lines.reason = ""
    places = {meaning: header.index(name) for meaning, name in _find_columns(path, header, options).items()}

    def records() -> Iterator[Record]:
        reader, start = csv.reader(lines, delimiter=delimiter, strict=True), lines.stop
        try:
            for row in reader:
                if lines.reason:
                    yield start, lines.stop, lines.reason
                elif len(row) != len(header):
                    if row:  # blank lines are passed over
                        yield start, lines.stop, f"must have {len(header)} fields as the header has, got {len(row)}"
                else:
                    yield start, lines.stop, {m: row[p] if m == "text" else row[p].strip() for m, p in places.items()}
                start, lines.reason = lines.stop, ""
        except csv.Error as error:
            at = f"line {lines.number}"
            raise DataError(f"read: {printable(str(path))} must be a CSV file, got in {at}: {error}.") from error

    return {"delimiter": delimiter, "column": places["text"]}, records()


def _parse_header(path: Path, line: str, delimiter: str, reason: str) -> list[str]:
    """Return the names of columns; the reason why the line is none, if there is one, is told."""
    try:
        if bad := reason or ("" if line.strip() else "an empty line" if line else "an empty file"):
            raise ValueError(bad)
        return [name.strip() for name in parse_cells(line, delimiter)]
    except ValueError as error:
        raise DataError(f"read: {printable(str(path))} must begin with a line of columns' names, got this: {error}.") from error


class _Lines:
    """A file's lines as text for the csv module, where the last one that it took ends, and why one of them is none."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._slices, self._encoding = cut_lines(path, encoding), encoding
        self.stop, self.number, self.reason = 0, 0, ""

    def __iter__(self) -> Iterator[str]:
        for _, stop, data in self._slices:
            self.stop, self.number = stop, self.number + 1
            try:
                yield _decode(data, self._encoding)
            except ValueError as error:
                self.reason = self.reason or str(error)
                yield (data or b"").decode(self._encoding, "replace")  # quotes in it still count


def _decode(data: bytes | None, encoding: str) -> str:
    if data is None:
        raise ValueError(f"must have at most {MAX_TEXT_BYTES} bytes, got more")
    return decode_slice(data, encoding)


def _read_jsonl(path: Path, encoding: str, options: TextReadOptions) -> tuple[dict[str, Any], Iterator[Record]]:
    """What a reader of rows must know, and the rows."""

    def records() -> Iterator[Record]:
        names: dict[str, str] = {}
        for start, stop, data in cut_lines(path, encoding):
            if data is not None and not data.strip():
                continue
            try:
                found = parse_object(_decode(data, encoding))
                names = names or _find_columns(path, list(found), options)
                yield start, stop, {meaning: _as_text(found, name, meaning) for meaning, name in names.items()}
            except ValueError as error:
                yield start, stop, str(error)

    return {"column": options.column_names().get("text", "text")}, records()


def _as_text(found: Mapping[str, Any], name: str, meaning: str) -> str:
    value = found.get(name)
    if value is None and meaning == "split":
        return ""
    if not isinstance(value, str) and (meaning == "text" or not isinstance(value, int)):
        raise ValueError(f"{printable(name)} must be text, got {type(value).__name__ if name in found else 'nothing'}")
    return str(value)


def _find_columns(path: Path, header: Sequence[str], options: TextReadOptions) -> dict[str, str]:
    """Return what each usable column means → its name."""
    asked = options.column_names()
    shown = printable(str(path))
    for meaning, name in {"text": "text", **asked}.items():
        if name not in header:
            got, fix = printable(", ".join(header)), f"Name it with --columns {meaning}=COLUMN."
            raise DataError(f"read: {shown} must have a column {printable(name)} for {meaning}, got {got}. {fix}")
    names = {meaning: asked.get(meaning, meaning) for meaning in COLUMNS}
    unwanted = {meaning for meaning, choice in (("label", options.label), ("group", options.group)) if choice == "none"}
    used = {meaning: name for meaning, name in names.items() if name in header and meaning not in unwanted}
    for meaning, name in used.items():
        if header.count(name) > 1 or [*used.values()].count(name) > 1:
            got = "several of that name" if header.count(name) > 1 else "one column for several meanings"
            raise DataError(f"read: {shown} must have a column of its own, {printable(name)}, for {meaning}, got {got}.")
    return used
