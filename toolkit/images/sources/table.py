"""What the readers of annotated pictures share of tables: a CSV's rows, and the boxes that cells of numbers mean."""

from __future__ import annotations

import math
from collections.abc import Callable

from toolkit.images.sources.annotations import mark_pixels
from toolkit.images.transforms import Box
from toolkit.sources import parse_number
from toolkit.sources import read_cells as read_table

__all__ = ["parse_box", "parse_edges", "parse_sides", "read_table"]


def parse_box(x1: str, y1: str, x2: str, y2: str) -> Box:
    """Read a box in pixels, both corners inside it; fractions are widened to whole pixels.

    Raises:
        ValueError: If a side is no number, or one that no picture has.
    """
    return _pixel(x1, math.floor), _pixel(y1, math.floor), _pixel(x2, math.ceil), _pixel(y2, math.ceil)


def parse_sides(x1: str, y1: str, width: str, height: str) -> Box:
    """Read a box of which the first corner and the size are known: of width 10 from 2 on, the last pixel is 11.

    Raises:
        ValueError: If one is no number, or a size is not above 0.
    """
    corner, size = (_number(x1), _number(y1)), (_number(width), _number(height))
    if min(size) <= 0:
        raise ValueError(f"{width}, {height}")
    last = [math.ceil(start + length) - 1 for start, length in zip(corner, size, strict=True)]
    return math.floor(corner[0]), math.floor(corner[1]), last[0], last[1]


def parse_edges(left: str, top: str, right: str, bottom: str) -> Box:
    """Read a box of which the edges are known, measured from the picture's corner: from 2 to 14, the pixels are 2 to 13.

    Raises:
        ValueError: If one is no number.
        DataError: If the box has no area or lies outside.
    """
    return mark_pixels((_number(left), _number(top), _number(right), _number(bottom)))


def _pixel(text: str, widen: Callable[[float], int]) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else widen(_number(text))


def _number(text: str) -> float:
    value = parse_number(text.strip())
    if value is None or not abs(value) < 1 << 31:
        raise ValueError(text)
    return value
