"""Lines of a word and its numbers come in, as word2vec's text format and GloVe have them; each word goes to a `Collector`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from io import BufferedReader

import numpy as np

from recipes.word_vectors.collect import Collector
from recipes.word_vectors.vectors import Floats

__all__ = ["count_numbers", "each_line", "read_lines"]

_MAX_LINE_BYTES = 1 << 20


def each_line(file: BufferedReader) -> Iterator[bytes]:
    """Yield the lines of a file from here on.

    Raises:
        ValueError: If one is longer than 1 MiB.
    """
    while line := file.readline(_MAX_LINE_BYTES):
        if len(line) == _MAX_LINE_BYTES:
            raise ValueError(f"a line of more than {_MAX_LINE_BYTES - 1:,} bytes")
        yield line


def count_numbers(head: Sequence[bytes]) -> int:
    """Tell how many numbers stand behind a word in most lines; 0 where none do. A line's first field is a word, be it a number, too."""
    return Counter(_count_numbers(line.split()) for line in head).most_common(1)[0][0]


def read_lines(lines: Iterable[bytes], size: int, found: Collector, *, first: int = 1, count: int | None = None) -> None:
    """Part each line into its word, which may contain spaces, and its last numbers.

    Args:
        lines: Empty ones are passed over.
        size: Numbers of each word.
        found: Takes the words.
        first: The number of the first line.
        count: How many words there are to be; None: however many there are.

    Raises:
        ValueError: If there are more or fewer than that.
    """
    met = 0
    for number, line in enumerate(lines, first):
        line = line.rstrip()  # noqa: PLW2901  # word2vec's own files have a space there
        if not line:
            continue
        met += 1
        if count is not None and met > count:
            raise ValueError(f"more than the {count} words of the first line")
        try:
            word, numbers = _part(line, size)
        except ValueError as error:
            found.skip(f"line {number}", str(error))
            continue
        found.meet(word, f"line {number}", partial(_parse, numbers, size))
    if count is not None and met < count:
        raise ValueError(f"the end after {met:,} of the {count:,} words of the first line")


def _part(line: bytes, size: int) -> tuple[bytes, bytes]:
    """Part a word from its numbers."""
    if line.count(b" ") == size:  # most lines: fast, as numbers are not looked at
        word, _, numbers = line.partition(b" ")
        if word:
            return word, numbers
    word, *fields = line.rsplit(None, size)
    if len(fields) != size:
        raise ValueError(f"{len(fields)} numbers in place of {size}")
    if _count_numbers(word.split()):
        raise ValueError(f"more than {size} numbers")
    return word, b" ".join(fields)


def _parse(numbers: bytes, size: int) -> Floats:
    with np.errstate(over="ignore"):  # infinite then, which is told of later
        vector = np.array(numbers.split(), np.float32)
    if len(vector) != size:
        raise ValueError(f"{len(vector)} numbers in place of {size}")
    return vector


def _count_numbers(fields: Sequence[bytes]) -> int:
    """Count the numbers at the end of a line, its first field left out."""
    for place, field in enumerate(reversed(fields[1:])):
        try:
            float(field)
        except ValueError:
            return place
    return max(0, len(fields) - 1)
