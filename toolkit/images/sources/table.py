"""A CSV file, row by row, whatever its delimiter and encoding; the readers of annotated sources use it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from toolkit.errors import DataError, printable
from toolkit.images.transforms import Box

__all__ = ["parse_box", "read_table"]


def read_table(path: Path) -> Iterator[list[str]]:
    """Yield a CSV's header, then its rows; blank lines are passed over.

    Args:
        path: The file. Commas, semicolons or tabs separate, whichever the first line has most of. Bytes that are no UTF-8 become
            surrogate escapes, as they do in the names that the file system gives.

    Raises:
        DataError: If it cannot be read, or breaks the rules of quoting.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            first = file.readline()
            file.seek(0)
            yield from filter(None, csv.reader(file, delimiter=max(",;\t", key=first.count), strict=True))
    except OSError as error:
        raise DataError(f"read: {printable(str(path))} must be a file that can be read, got: {error.strerror}.") from error
    except csv.Error as error:
        raise DataError(f"read: {printable(str(path))} must be a CSV file, got: {error}.") from error


def parse_box(x1: str, y1: str, x2: str, y2: str) -> Box:
    """Read a box in pixels, both corners inside it; fractions are widened to whole pixels.

    Raises:
        ValueError: If a side is no number, or one that no picture has.
    """
    return _pixel(x1, math.floor), _pixel(y1, math.floor), _pixel(x2, math.ceil), _pixel(y2, math.ceil)


def _pixel(text: str, widen: Callable[[float], int]) -> int:
    if text.isdecimal() and len(text) < 10:
        return int(text)
    value = float(text)
    if not abs(value) < 1 << 31:
        raise ValueError(text)
    return widen(value)
