"""From the rows of a manifest to texts, one at a time, decoded: what cannot be read is told, and ends no work on the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.contents import UNREAD, digest_contents
from toolkit.errors import DataError, printable
from toolkit.sources import OpenRows, parse_cells, parse_object
from toolkit.sources.slices import MAX_TEXT_BYTES, decode_slice, name_encoding
from toolkit.text.sources.fasttext import parse_line
from toolkit.wing import Manifest

__all__ = ["load_texts"]


def load_texts(rows: Manifest, *, failures: dict[int, str], contents: list[bytes]) -> Iterator[tuple[int, str]]:
    """Read the texts of some rows.

    Args:
        rows: Of kind ``"text"``.
        failures: Gets the reason of each row that cannot be read.
        contents: Of length N; where each text is a file of its own, gets the digest of what was read.

    Yields:
        A row's number and its text, without a byte order mark, holding no surrogates.
    """
    forms, form = rows.reading.get("forms", [rows.reading]), rows.columns.get("form")
    with OpenRows(rows, max_bytes=MAX_TEXT_BYTES) as opened:
        for i in range(len(rows)):
            try:
                data = opened.read(i)
                if opened.own_files:
                    contents[i] = digest_contents(data)
                reading = forms[0 if form is None else form[i]]
                text = decode_slice(data, name_encoding(reading["encoding"], data[:4])).removeprefix("\ufeff")
                yield i, _field(text, reading)
            except OSError as error:
                contents[i] = UNREAD
                failures[i] = f"cannot be read: {error.strerror}"
            except (DataError, ValueError) as error:
                failures[i] = str(error)


def _field(text: str, reading: Mapping[str, Any]) -> str:
    """Return a row's text: the whole of what was read, or a cell of it."""
    if reading["format"] == "csv":
        cells = parse_cells(text, reading["delimiter"], reading["quoting"])
        return cells[reading["column"]] if reading["column"] < len(cells) else ""
    if reading["format"] == "jsonl":
        found = parse_object(text).get(reading["column"])
        if not isinstance(found, str):
            raise ValueError(f"{printable(reading['column'])} must be text, got {type(found).__name__}")
        return found
    if reading["format"] == "fasttext":
        return parse_line(text)[1]
    return text.rstrip("\r\n") if reading["format"] == "slices" else text
