"""One text of any length, cut at white space into texts of bounded size: comes in as a path, its pieces go into rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources.slices import MAX_TEXT_BYTES, decode_slice, find_encoding
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.rows import TextRows

__all__ = ["BLANKS", "PIECE_BYTES", "list_pieces"]

PIECE_BYTES = 1 << 16
"""Size of a piece at most: ten thousand words, short enough that text8 becomes 1,526 texts to split."""

BLANKS = " \t\r\n\f\v"
"""What separates words in any encoding."""

_READ_BYTES = 1 << 20


def list_pieces(path: Path, options: TextReadOptions, layout: str, rows: TextRows, *, split: int = -1) -> dict[str, Any]:  # noqa: ARG001
    """Add the pieces of a file to rows; words are never cut, and line ends count as any white space.

    Args:
        path: The file, absolute.
        options: Its encoding.
        layout: ``"pieces"``.
        rows: They are added here; those that cannot be decoded are listed among the skipped.
        split: Index into `SPLITS` of the file, −1 if it is no part.

    Returns:
        What `toolkit.text.documents` must know of the file to read its rows again.

    Raises:
        DataError: If the file cannot be read, or has no white space for longer than a text may be.
    """
    encoding, before = find_encoding(path, options.encoding), len(rows.origin)
    try:
        for number, (start, data) in enumerate(_cut(path, encoding), 1):
            try:
                decode_slice(data, encoding)
                rows.add(f"{path.name} piece {number}", split=split, place=(start, start + len(data)))
            except ValueError as error:
                rows.skip(f"{path.name} piece {number}", str(error))
    except OSError as error:
        raise DataError(f"read: {printable(str(path))} must be a file that can be read, got: {error.strerror}.") from error
    count = len(rows.origin) - before
    rows.tell(f"{printable(path.name)} is cut at white space into {count:,} texts of about {PIECE_BYTES >> 10} KB.")
    return {"format": "slices", "encoding": encoding}


def _cut(path: Path, encoding: str) -> Iterator[tuple[int, bytes]]:
    """Yield the place of each piece's first byte and what stands there, the white space between pieces left out."""
    blanks = [blank.encode(encoding) for blank in BLANKS]
    unit, held, first = len(blanks[0]), b"", 0  # what was read of the file from `first` on
    with open(path, "rb") as file:
        while True:
            more = file.read(_READ_BYTES)
            held, position = held + more, 0
            while len(held) - position > PIECE_BYTES:
                end = _find_last(held, blanks, position, position + PIECE_BYTES)
                end = end if end > position else _find_first(held, blanks, position + PIECE_BYTES // unit * unit)
                if end < 0:
                    break
                if not _is_blank(held[position:end], encoding):
                    yield first + position, held[position:end]
                position = end + unit
            first, held = first + position, held[position:]
            if len(held) > MAX_TEXT_BYTES:
                rule = f"have white space at least every {MAX_TEXT_BYTES} bytes"
                raise DataError(f"read: {printable(str(path))} must {rule}, got none for longer from byte {first} on.")
            if not more:
                break
    if not _is_blank(held, encoding):
        yield first, held


def _find_last(held: bytes, blanks: list[bytes], start: int, stop: int) -> int:
    """Return where the last white space begins that ends before `stop`, −1 if there is none; wide characters begin at multiples."""
    return max(_last(held, blank, start, stop) for blank in blanks)


def _last(held: bytes, blank: bytes, start: int, stop: int) -> int:
    while (found := held.rfind(blank, start, stop)) >= 0 and (found - start) % len(blank):
        stop = found + len(blank) - 1
    return found


def _find_first(held: bytes, blanks: list[bytes], start: int) -> int:
    """Return where the next white space begins, −1 if there is none."""
    found = [place for blank in blanks if (place := _first(held, blank, start)) >= 0]
    return min(found, default=-1)


def _first(held: bytes, blank: bytes, start: int) -> int:
    place = start
    while (found := held.find(blank, place)) >= 0 and (found - start) % len(blank):
        place = found + 1
    return found


def _is_blank(data: bytes, encoding: str) -> bool:
    few = data[:64]  # as long as white space can be that is worth a look
    return not few.decode(encoding, "replace").strip(f"{BLANKS}\ufeff") and not data.decode(encoding, "replace").strip(f"{BLANKS}\ufeff")
