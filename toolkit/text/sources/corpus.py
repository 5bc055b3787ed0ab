"""A file of plain text: comes in as a path, a line or a paragraph of it is a text that goes into rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.sources.slices import MAX_TEXT_BYTES, cut_lines, decode_slice, find_encoding
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.pieces import BLANKS, list_pieces
from toolkit.text.sources.rows import TextRows

__all__ = ["list_corpus"]


def list_corpus(path: Path, options: TextReadOptions, layout: str, rows: TextRows, *, split: int = -1) -> dict[str, Any]:
    """Add the texts of a file to rows.

    Args:
        path: The file, absolute.
        options: Its encoding.
        layout: ``"lines"``: a text a line. ``"paragraphs"``: a text is what stands between blank lines.
        rows: They are added here; blank lines are no texts. What is too long to be one, or cannot be decoded, is listed among the
            skipped, but a file that is a single text too long is cut into pieces.
        split: Index into `SPLITS` of the file, −1 if it is no part.

    Returns:
        What `toolkit.text.documents` must know of the file to read its rows again.

    Raises:
        DataError: If the file cannot be read.
    """
    encoding = find_encoding(path, options.encoding)
    begun = (0, 0, 0)  # the first byte of the paragraph, the byte behind it, the number of its first line
    fault = ""  # why a line of it is no text
    long: dict[str, int] = {}
    before = len(rows.origin) + len(rows.skipped)

    def close() -> None:
        start, stop, line = begun
        if stop - start > MAX_TEXT_BYTES:
            long[f"{path.name} line {line}"] = stop - start
        elif fault:
            rows.skip(f"{path.name} line {line}", fault)
        elif stop > start:
            rows.add(f"{path.name} line {line}", split=split, place=(start, stop))

    for number, (start, stop, data) in enumerate(cut_lines(path, encoding), 1):
        empty, wrong = _look(data, encoding)
        if empty or layout == "lines":
            close()
            begun, fault = ((start, stop, number) if not empty else (stop, stop, number)), wrong
        else:
            begun = (begun[0], stop, begun[2]) if begun[1] > begun[0] else (start, stop, number)
            fault = fault or wrong
    close()
    if len(long) == 1 and len(rows.origin) + len(rows.skipped) == before:
        return list_pieces(path, options, layout, rows, split=split)
    for name, size in long.items():
        rows.skip(name, f"must have at most {MAX_TEXT_BYTES} bytes, got {size}; --layout pieces cuts at white space instead of line ends")
    return {"format": "slices", "encoding": encoding}


def _look(data: bytes | None, encoding: str) -> tuple[bool, str]:
    """Tell whether a line is blank, and why it is no text, if it is none."""
    try:
        return data is not None and not decode_slice(data, encoding).strip(BLANKS), ""
    except ValueError as error:
        return False, str(error)
