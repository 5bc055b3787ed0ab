"""fastText's labelled lines, ``__label__x text``: comes in as a path, its lines go into rows; `toolkit.text.documents` reads them again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.sources import sort_naturally
from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, decode_slice, find_encoding
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows

__all__ = ["SEPARATOR", "count_labelled", "list_fasttext", "number_sets", "parse_line"]

SEPARATOR = "\x1f"
"""Stands between several labels of a text."""

_LABEL = re.compile(r"(?<!\S)__label__(\S+)\s*")


def parse_line(line: str) -> tuple[list[str], str]:
    """Return the labels of a line and its text without them; a word with the prefix is a label wherever it stands, as fastText has it."""
    return _LABEL.findall(line), _LABEL.sub("", line).strip()


def count_labelled(head: str) -> tuple[int, int]:
    """Count the lines that begin with a label, and all that are not blank."""
    lines = [line for line in head.splitlines() if line.strip()]
    return sum(_LABEL.match(line.lstrip("\ufeff \t")) is not None for line in lines), len(lines)


def list_fasttext(path: Path, options: TextReadOptions, layout: str, rows: TextRows, *, split: int = -1) -> dict[str, Any]:  # noqa: ARG001
    """Add the lines of a file to rows, each with its labels; with ``label="none"`` without them.

    Args:
        path: The file, absolute.
        options: Its encoding, and whether labels are wanted.
        layout: ``"fasttext"``.
        rows: They are added here; lines without a label, and those that are no text, are listed among the skipped.
        split: Index into `SPLITS` of the file, −1 if it is no part.

    Returns:
        What `toolkit.text.documents` must know of the file to read its rows again.

    Raises:
        DataError: If the file cannot be read.
    """
    encoding, labelled = find_encoding(path, options.encoding), options.label != "none"
    for number, (start, stop, data) in enumerate(cut_lines(path, encoding), 1):
        name = f"{path.name} line {number}"
        try:
            line = _decode(data, encoding)
            labels, text = parse_line(line)
            if not labels and text and labelled:
                raise ValueError("must have a label, __label__CLASS, got none")
            if labels or text:
                rows.add(name, label=SEPARATOR.join(labels) if labelled else None, split=split, place=(start, stop))
        except ValueError as error:
            rows.skip(name, str(error))
    return {"format": "fasttext", "encoding": encoding}


def number_sets(labels: list[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Take labels apart that are several a text.

    Args:
        labels: Of each text, with `SEPARATOR` between them.

    Returns:
        The classes in their natural order; and int64, shape (N, classes), 1 where a text has a class.
    """
    sets = [label.split(SEPARATOR) for label in labels]
    classes = sort_naturally(name for own in sets for name in own)
    place = {name: i for i, name in enumerate(classes)}
    values = np.zeros((len(sets), len(classes)), np.int64)
    for row, own in zip(values, sets, strict=True):
        row[[place[name] for name in own]] = 1
    return classes, values


def _decode(data: bytes | None, encoding: str) -> str:
    if data is None:
        raise ValueError(f"must have at most {MAX_TEXT_BYTES} bytes, got more")
    return decode_slice(data, encoding)
