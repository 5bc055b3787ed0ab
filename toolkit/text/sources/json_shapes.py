"""JSON that is no list of objects: a file that could not be read comes in, what it holds instead and what to do goes out as an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.shell import quote_word
from toolkit.sources.slices import find_encoding
from toolkit.text.sources.unpack import split_name

__all__ = ["refuse_shape"]

_MAX_BYTES = 1 << 28
_SPLIT = {"columns", "index", "data"}
"""The names in what pandas writes with ``orient="split"``."""


def refuse_shape(path: Path, encoding: str, shown: str) -> None:
    """Refuse a file by the shape of its JSON; return if it may hold objects.

    Args:
        path: The file, which could not be read as objects.
        encoding: As `SourceOptions.encoding` has it.
        shown: What messages call it.

    Raises:
        DataError: If it holds texts, lists, or columns.
    """
    if path.stat().st_size > _MAX_BYTES:
        return
    text = path.read_bytes().decode(find_encoding(path, encoding), "replace").removeprefix("\ufeff").strip()
    try:
        found, lines = json.loads(text), False
    except (ValueError, RecursionError):
        found, lines = _parse_lines(text), True
    packed = split_name(shown).packed
    got, fix = _tell(found, quote_word(shown.removesuffix(packed)), lines=lines)
    if got:
        fix = f"Unpack it. {fix}" if packed else fix
        raise DataError(f"read: {printable(shown)} must be JSON objects, a line each or in a list, got {got}. {fix}")


def _parse_lines(text: str) -> list[Any]:
    """Return the value on the first line, or nothing if it is none."""
    try:
        return [json.loads(text.partition("\n")[0])]
    except (ValueError, RecursionError):
        return []


def _tell(found: Any, file: str, *, lines: bool) -> tuple[str, str]:
    """Return what a file holds that is no object with a text, and what to do; nothing if that is not known."""
    each, where = ("", "a line each") if lines else (".[] | ", "in a list")
    if isinstance(found, list) and found and isinstance(found[0], str):
        return f"texts, {where}", f"Name each: jq -c '{each}{{text: .}}' {file} > texts.jsonl."
    if isinstance(found, list) and found and isinstance(found[0], list):
        return f"lists, {where}", f"Name their values, such as: jq -c '{each}{{text: .[0], label: .[1]}}' {file} > texts.jsonl."
    values = list(found.values()) if isinstance(found, dict) else []
    orient = ", orient='split'" if isinstance(found, dict) and set(found) == _SPLIT else ""
    alike = len({len(value) for value in values if isinstance(value, (dict, list))}) == 1
    columns = alike and len({type(value) for value in values}) == 1
    if orient or columns:
        fix = f"In Python: pandas.read_json(PATH{orient}).to_json('texts.jsonl', orient='records', lines=True)."
        return "one object of columns", fix
    return "", ""
