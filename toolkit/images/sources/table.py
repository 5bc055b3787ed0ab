"""A CSV file, row by row, whatever its delimiter and encoding; the readers of annotated sources use it."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from toolkit.errors import DataError, printable
from toolkit.images.transforms import Box

__all__ = ["parse_box", "read_table"]


def read_table(path: str) -> Iterator[list[str]]:
    """Yield a CSV's header, then its rows; blank lines are passed over.

    Args:
        path: The file. Commas, semicolons or tabs separate, whichever the header has most of. Bytes that are no UTF-8 become surrogate
            escapes, as in the names that the file system returns.

    Raises:
        DataError: If it cannot be opened, is empty, or breaks the rules of quoting.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            header = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=header.count), strict=True)
            yield from (row for row in reader if row)
    except OSError as error:
        raise DataError(f"read: {printable(path)} must be a file that can be read: {error.strerror}.") from error
    except csv.Error as error:
        raise DataError(f"read: {printable(path)} must be a CSV file: {error} in line {reader.line_num}.") from error


def parse_box(fields: list[str]) -> Box:
    """Read x1, y1, x2, y2, in whole pixels (fractions are cut off).

    Raises:
        ValueError: If a field is no number, or a number that no picture has.
    """
    x1, y1, x2, y2 = (int(field) if field.isdigit() else int(float(field)) for field in fields)
    if not all(-(2**31) <= side < 2**31 for side in (x1, y1, x2, y2)):
        raise ValueError("out of range")
    return x1, y1, x2, y2
