"""Text files of the field's own formats: paths come in, numbered lines, tags and numbers go out to `tsf`, `ts` and `synop`.

A file may be compressed, or be the only one of its kind in a ZIP archive; it is never in memory, a line of it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, wording
from toolkit.sources import archive_stem, list_files, open_tree, read_pieces

__all__ = [
    "Tag",
    "TextFile",
    "data_lines",
    "open_texts",
    "parse_cells",
    "parse_lines",
    "plain_name",
    "read_tags",
    "to_nanoseconds",
]

_COMMENTS = (b"#", b"%")
_BATCH = 1 << 17
"""Bytes that are parsed at once: more are no faster."""

_NUMBERS = "numbers, or ? where one is missing"
_RANGE = np.array(["1677-09-22", "2262-04-11"], "M8[s]").astype(np.int64)
"""Seconds since 1970 that nanoseconds in 64 bits reach."""


Row = TypeVar("Row")


class Tag(NamedTuple):
    """A line of a header that begins with ``@``.

    Args:
        line: Its number in the file.
        name: In lower case, without the ``@``.
        value: What follows it; empty if nothing does.
    """

    line: int
    name: str
    value: str


@dataclass(frozen=True, eq=False)
class TextFile:
    """A file of lines.

    Args:
        name: What messages call it: relative to the source's root, an archive's name before it.
        path: Where it lies.
        tree: The archive that it was unpacked from, which removes it with itself; None for a file of its own.
    """

    name: str
    path: Path
    tree: object = None

    def head(self, size: int = 1 << 16) -> bytes:
        """Return the first bytes of what the file holds, unpacked; the byte order mark left out."""
        return next(read_pieces(self.path, shown=self.name), b"")[:size].removeprefix(b"\xef\xbb\xbf")

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, from 1 on, without space around it.

        Raises:
            DataError: If the file is damaged or cannot be read.
        """
        held: list[bytes] = []
        number = 0
        for piece in read_pieces(self.path, shown=self.name):
            first, *others = piece.split(b"\n")
            held.append(first)
            for other in others:
                number += 1
                yield number, _whole(held, number)
                held = [other]
        if line := _whole(held, number + 1):
            yield number + 1, line

    def at(self, line: int) -> str:
        """Return how messages name a line."""
        return f"{self.name} line {line:,}"

    def decode(self, data: bytes, line: int, encoding: str) -> str:
        """Return text of a line.

        Args:
            data: What stands there.
            line: Its number.
            encoding: A name that Python knows, or ``"auto"`` for UTF-8.

        Raises:
            DataError: If it is no text in that encoding.
        """
        try:
            return data.decode("utf-8" if encoding == "auto" else encoding).strip()
        except UnicodeDecodeError:
            fix = "Name the file's encoding with --encoding."
            raise DataError(wording("read", "text", "in UTF-8", repr(data[:40])[2:-1], at=self.at(line), fix=fix)) from None


def open_texts(root: str, files: Sequence[str], endings: tuple[str, ...] = ()) -> list[TextFile]:
    """Return the files to read, those of ZIP archives unpacked.

    Args:
        root: The folder that names are relative to.
        files: Names of files and of archives.
        endings: Of the files that are looked for in archives, in lower case; none takes all.

    Raises:
        DataError: If an archive is damaged, or holds none.
    """
    texts: list[TextFile] = []
    for file in files:
        path = Path(root, file)
        if not archive_stem(file):
            texts.append(TextFile(file, path))
            continue
        tree = open_tree(path)
        inside = [name for name in list_files(tree, "") if plain_name(name).endswith(endings or "")]
        if not inside:
            raise DataError(wording("read", "archive", f"one that holds {' or '.join(endings) or 'a file'}", "none", at=file))
        texts += [TextFile(f"{file}/{name}", tree.local(name), tree) for name in inside]
    return texts


def plain_name(name: str) -> str:
    """Return a file's name in lower case, without the ending that tells how it is compressed."""
    lower = name.lower()
    return next((lower.removesuffix(ending) for ending in (".gz", ".xz", ".bz2", ".zst") if lower.endswith(ending)), lower)


def read_tags(text: TextFile, encoding: str) -> list[Tag]:
    """Read a header up to ``@data``.

    Raises:
        DataError: If a line is neither a tag nor a comment, or there is no ``@data``.
    """
    tags: list[Tag] = []
    for number, line in text.lines():
        if not line or line.startswith(_COMMENTS):
            continue
        if not line.startswith(b"@"):
            raise DataError(wording("read", "header", "lines that begin with @ or #, up to @data", _show(line), at=text.at(number)))
        name, _, value = text.decode(line[1:].replace(b"\t", b" "), number, encoding).partition(" ")
        if name.lower() == "data":
            return tags
        tags.append(Tag(number, name.lower(), value.strip()))
    raise DataError(wording("read", "header", "followed by a line @data", "none", at=text.name))


def data_lines(text: TextFile) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines behind ``@data`` that hold something."""
    lines = text.lines()
    for _, line in lines:
        if line[:5].lower() == b"@data":
            break
    return ((number, line) for number, line in lines if line and not line.startswith(_COMMENTS))


def parse_lines(
    rows: Iterable[tuple[Row, int, bytes]], text: TextFile, missing: Sequence[str]
) -> Iterator[tuple[Row, NDArray[np.float64]]]:
    """Parse the numbers of lines, many lines at once.

    Args:
        rows: What each line is to its reader, its number, and its cells with commas between them; ``?`` and ``NaN`` are missing values.
        text: The file, for messages.
        missing: Further words for a missing value.

    Yields:
        What each line is, and its numbers: float64, shape (T,), T at least 1; nan where a value is missing.

    Raises:
        DataError: If a cell is empty, or is no number.
    """
    batch: list[tuple[Row, int, bytes]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row[2])
        if size >= _BATCH:
            yield from _parse_batch(batch, text, missing)
            batch, size = [], 0
    if batch:
        yield from _parse_batch(batch, text, missing)


def parse_cells(cells: bytes, separator: bytes, word: bytes, missing: Sequence[str]) -> NDArray[np.float64] | None:
    """Parse numbers as fast as can be.

    Args:
        cells: As they stand in the file.
        separator: The byte between them.
        word: The format's own for a missing value; no number.
        missing: Further ones, of the user.

    Returns:
        float64, nan where a value is missing; None if some cell is no number, or not certainly one.
    """
    import pyarrow as pa

    if any(other.encode() in cells for other in missing):
        return None
    cells = cells.replace(word, b"nan")
    stops = np.flatnonzero(np.frombuffer(cells, np.uint8) == separator[0])
    offsets = np.zeros(len(stops) + 2, np.int32)  # of the cells in what stays without separators
    offsets[1:-1] = stops - np.arange(len(stops))
    offsets[-1] = len(cells) - len(stops)
    buffers = pa.py_buffer(offsets), pa.py_buffer(cells.replace(separator, b""))
    try:
        values: NDArray[np.float64] = pa.StringArray.from_buffers(len(offsets) - 1, *buffers).cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return None if np.isinf(values).any() else values


def to_nanoseconds(stamps: NDArray[np.datetime64]) -> NDArray[np.int64] | None:
    """Return nanoseconds since 1970 as int64; None where they have no room."""
    seconds = stamps.astype("M8[s]").astype(np.int64)
    inside = bool(((seconds >= _RANGE[0]) & (seconds < _RANGE[1])).all())
    return stamps.astype("M8[ns]").astype(np.int64) if inside else None


def _whole(held: list[bytes], number: int) -> bytes:
    line = b"".join(held)
    return (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()


def _parse_batch(batch: list[tuple[Row, int, bytes]], text: TextFile, missing: Sequence[str]) -> Iterator[tuple[Row, NDArray[np.float64]]]:
    counts = [cells.count(b",") + 1 for _, _, cells in batch]
    values = parse_cells(b",".join(cells for _, _, cells in batch), b",", b"?", missing)
    if values is None:
        words = {b"?", b"nan", *(word.lower().encode() for word in missing)}
        for row, line, cells in batch:
            yield row, np.array([np.nan if cell.strip().lower() in words else _parse(cell, text, line) for cell in cells.split(b",")])
        return
    stops = list(accumulate(counts))
    for (row, _, _), count, stop in zip(batch, counts, stops, strict=True):
        yield row, values[stop - count : stop]


def _parse(cell: bytes, text: TextFile, line: int) -> float:
    try:
        value = float(cell.replace(b"_", b"?"))
    except ValueError:
        value = np.inf
    if np.isinf(value):
        raise DataError(wording("read", "values", _NUMBERS, _show(cell.strip()) or "an empty one", at=text.at(line)))
    return value


def _show(data: bytes) -> str:
    return data[:60].decode("utf-8", "replace")
