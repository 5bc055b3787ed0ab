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
    import pyarrow as pa
    import pyarrow.compute as pc

    words = {form for word in _WORDS for form in (word, word.lower(), word.upper(), word.title())} | set(missing)
    none = pc.is_in(column, pa.array(sorted(words)))
    if decimal != "comma":
        try:
            values = _cast(column, none)
            return Numbers(values, np.zeros(len(column), bool), "point" if pc.any(pc.match_substring(column, ".")).as_py() else "")
        except pa.ArrowInvalid:
            pass
    column = pc.utf8_trim_whitespace(column)
    none = pc.is_in(column, pa.array(sorted(words)))
    spaced = pc.match_substring_regex(column, _SPACED)
    if pc.any(spaced).as_py():
        column = pc.if_else(spaced, pc.replace_substring_regex(column, r"[ '’\x{00A0}\x{202F}]", ""), column)
    return _read_marked(column, none, decimal)


def _read_marked(column: Any, none: Any, decimal: str) -> Numbers:
    """Read cells whose marks are to be told apart; what neither way reads is bad by the one that reads more."""
    import pyarrow.compute as pc

    good = {name: pc.or_(none, _match(column, point, group)) for name, point, group in (("point", ".", ","), ("comma", ",", "."))}
    fits = {name: bool(pc.all(each).as_py()) for name, each in good.items()}
    counts = {name: pc.sum(each).as_py() or 0 for name, each in good.items()}
    found = decimal if decimal != "auto" else max(counts, key=lambda name: counts[name])
    marked = {name: pc.any(pc.match_substring(column, mark)).as_py() for name, mark in (("point", "."), ("comma", ","))}
    long = pc.any(pc.match_substring_regex(column, r"^[+-]?[0-9]{4,}$")).as_py()
    if decimal == "auto" and fits["point"] and fits["comma"] and marked["comma"] and long and not marked["point"]:
        found = "comma"  # thousands have no marks here
    doubtful = decimal == "auto" and fits["point"] and fits["comma"] and any(marked.values()) and not (found == "comma" and long)
    point, group = (".", ",") if found == "point" else (",", ".")
    plain = pc.replace_substring(pc.replace_substring(column, group, ""), point, ".")
    bad = pc.invert(good[found])
    shown = found if any(marked.values()) else ""
    return Numbers(_cast(plain, pc.or_(none, bad)), bad.to_numpy(), shown, doubtful)


def _cast(column: Any, none: Any) -> NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    return _as_floats(pc.if_else(none, pa.scalar(None, pa.string()), column).cast(pa.float64()))


def _match(column: Any, point: str, group: str) -> Any:
    import pyarrow.compute as pc

    plain = pc.match_substring_regex(column, _PLAIN.format(point))
    return pc.or_(plain, pc.match_substring_regex(column, _GROUPED.format(group, point)))
