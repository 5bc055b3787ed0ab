"""Cells as numbers: a column comes in, float64 goes out, nan where it has nothing; marks of decimals and of thousands are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Numbers", "read_numbers"]

_WORDS = ("", "NA", "NaN", "null", "None", "?")
_PLAIN = r"^[+-]?([0-9]+\{0}?[0-9]*|\{0}[0-9]+)([eE][+-]?[0-9]+)?$"
_GROUPED = r"^[+-]?[1-9][0-9]{{0,2}}(\{0}[0-9]{{3}})+(\{1}[0-9]*)?$"
_SPACED = r"^[+-]?[1-9][0-9]{0,2}([ '’\x{00A0}\x{202F}][0-9]{3})+([.,][0-9]*)?$"


@dataclass(frozen=True, eq=False)
class Numbers:
    """What a column says.

    Args:
        values: float64, shape (T,): nan where it has nothing, or what is no number.
        bad: bool, shape (T,): what is no number, or none that is finite.
        decimal: The mark before its decimals as far as it shows one: ``"point"``, ``"comma"``, or empty.
        doubtful: Whether its commas may stand before decimals or mark thousands.
    """

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]
    decimal: str = ""
    doubtful: bool = False

    @property
    def num_bad(self) -> int:
        """How many cells are no numbers."""
        return int(self.bad.sum())

    @property
    def num_good(self) -> int:
        """How many cells are numbers."""
        return int((~np.isnan(self.values)).sum())


def read_numbers(column: Any, *, decimal: str = "auto", missing: Sequence[str] = ()) -> Numbers:
    """Read a column.

    Args:
        column: A chunked array of pyarrow: text, or of any type.
        decimal: ``"point"``, ``"comma"``, or ``"auto"``, which tells them apart.
        missing: Further words for a missing value; those that are numbers count as numbers.

    Returns:
        The numbers. Of a column of another type than text and numbers, all that is there is bad.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        numbers = _read_text(column, decimal, missing)
    elif pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind) or _is_number(kind):
        integer = column.cast(pa.int8()) if pa.types.is_boolean(kind) else column
        numbers = Numbers(_as_floats(integer.cast(pa.float64(), safe=False)), np.zeros(len(column), bool))
    else:
        there = column.is_valid().to_numpy()
        return Numbers(np.full(len(column), np.nan), there)
    values = numbers.values
    for word in missing:
        try:
            values = np.where(values == float(word), np.nan, values)
        except ValueError:
            continue
    endless = np.isinf(values)
    return replace(numbers, values=np.where(endless, np.nan, values) if endless.any() else values, bad=numbers.bad | endless)


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _as_floats(column: Any) -> NDArray[np.float64]:
    """Return a column of float64 whose nothings are nan."""
    return np.asarray(column.to_numpy(), np.float64)


def _read_text(column: Any, decimal: str, missing: Sequence[str]) -> Numbers:
    """Read cells as pyarrow does, if it can: as they stand, or without missing words, spaces around them and between thousands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if decimal != "comma" and (found := _read_pointed(column)):
        return found
    words = {form for word in _WORDS for form in (word, word.lower(), word.upper(), word.title())} | set(missing)
    column = pc.utf8_trim_whitespace(column)
    column = pc.if_else(pc.is_in(column, pa.array(sorted(words))), pa.scalar(None, pa.string()), column)
    if decimal != "comma" and (found := _read_pointed(column)):
        return found
    spaced = pc.match_substring_regex(column, _SPACED)
    column = pc.if_else(spaced, pc.replace_substring_regex(column, r"[ '’\x{00A0}\x{202F}]", ""), column)
    return (_read_pointed(column) if decimal != "comma" else None) or _read_marked(column, decimal)


def _read_pointed(column: Any) -> Numbers | None:
    """Read numbers with points before decimals; None if some cell is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        values = _as_floats(column.cast(pa.float64()))
    except pa.ArrowInvalid:
        return None
    return Numbers(values, np.zeros(len(column), bool), "point" if pc.any(pc.match_substring(column, ".")).as_py() else "")


def _read_marked(column: Any, decimal: str) -> Numbers:
    """Read cells whose marks are to be told apart; what neither way reads is bad by the one that reads more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    good = {name: _match(column, point, group) for name, point, group in (("point", ".", ","), ("comma", ",", "."))}
    counts = {name: pc.sum(each).as_py() or 0 for name, each in good.items()}
    pointed, comma = (pc.any(pc.match_substring(column, mark)).as_py() for mark in ".,")
    both = decimal == "auto" and comma and counts["point"] == counts["comma"] == len(column)
    long = not pointed and pc.any(pc.match_substring_regex(column, r"^[+-]?[0-9]{4,}$")).as_py()  # thousands have no marks here
    found = decimal if decimal != "auto" else "comma" if both and long else max(counts, key=lambda name: counts[name])
    point, group = (".", ",") if found == "point" else (",", ".")
    plain = pc.replace_substring(pc.replace_substring(column, group, ""), point, ".")
    values = pc.if_else(good[found], plain, pa.scalar(None, pa.string())).cast(pa.float64())
    return Numbers(_as_floats(values), pc.invert(good[found]).to_numpy(), found if pointed or comma else "", bool(both and not long))


def _match(column: Any, point: str, group: str) -> Any:
    """Tell which cells are numbers with some mark before decimals, and perhaps another between thousands; missing ones are."""
    import pyarrow.compute as pc

    plain = pc.match_substring_regex(column, _PLAIN.format(point))
    return pc.or_(plain, pc.match_substring_regex(column, _GROUPED.format(group, point))).fill_null(fill_value=True)
