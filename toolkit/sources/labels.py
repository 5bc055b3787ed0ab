"""What the cells of a table's label column mean: their texts come in, classes and ids, or targets, go out to the Manifest."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, printable

__all__ = [
    "LIST_SEPARATOR",
    "Labels",
    "check_labels",
    "decimal_mark",
    "fold_names",
    "number_names",
    "parse_number",
    "read_labels",
    "sort_naturally",
]

LIST_SEPARATOR = "\x1f"
"""Stands between several labels of a sample that a source itself lists."""

_SEPARATORS = "|;,"
_SEVERAL = "several:"
_GOOD_SHARE = 0.1
_MANY_NUMBERS = 20
_SHOWN = 5
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?", re.ASCII),
}
"""What stands before decimals → numbers whose thousands are parted by the other mark."""
_OTHER = {".": ",", ",": "."}
_DECIMALS = {"number": "", "number:point": ".", "number:comma": ","}
_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)


@dataclass(frozen=True)
class Labels:
    """What samples are labelled with.

    Args:
        classes: Names by id; empty for numbers to predict.
        values: int64 ids, shape (N,); int64, shape (N, L), 1 where a sample has a label; or float32 targets, shape (N,).
        told: Sentences on how they were read.
    """

    classes: tuple[str, ...]
    values: NDArray[Any]
    told: list[str] = field(default_factory=list)


def check_labels(asked: str, where: str) -> None:
    """Refuse what `SourceOptions.labels` cannot be.

    Raises:
        ArgumentError: It tells the rule.
    """
    separator = asked.removeprefix(_SEVERAL) if asked.startswith(_SEVERAL) else ""
    known = asked in ("auto", "one", "several", *_DECIMALS) or len(separator) == 1
    rule = "auto, one, several, several:SEPARATOR, number, number:point or number:comma"
    check(known, where, "labels", rule, asked)


def decimal_mark(asked: str) -> str | None:
    """Return the mark before decimals that `SourceOptions.labels` names, empty if it is to be found; None if labels are no numbers."""
    return _DECIMALS.get(asked)


def read_labels(cells: Sequence[str], asked: str, place: str) -> Labels:
    """Read labels of which none is empty.

    Args:
        cells: One a sample, as the table has them.
        asked: ``"auto"``, ``"one"``, ``"several"``, ``"several:SEPARATOR"``, ``"number"``, ``"number:point"`` or ``"number:comma"``, as
            `SourceOptions.labels` has it.
        place: Where they stand, for messages.

    Returns:
        Classes whose spellings are the same number, the same Boolean, or the same but for spaces around them are one, and told.

    Raises:
        DataError: If so many numbers are labels that they may be meant to be predicted, their commas may be decimal points or part
            thousands, or `asked` finds no separator.
    """
    decimal = decimal_mark(asked)
    if decimal is not None:
        return _read_numbers([cell.strip() for cell in cells], decimal, place)
    counts = Counter(cells)
    separator, told = _find_separator(counts, asked, place)
    if separator:
        return _read_several(cells, separator, told)
    names, folded = fold_names(counts)
    if asked == "auto":
        _ask_whether_numbers(Counter(names[cell] for cell in cells) if folded else counts, place)
    classes, ids = number_names([names[cell] for cell in cells] if folded else cells)
    return Labels(classes, ids, told + folded + _tell_cases(classes))


def _read_numbers(cells: Sequence[str], decimal: str, place: str) -> Labels:
    decimal = decimal or _find_decimal(cells, place)
    values = np.array([parse_number(cell, decimal) for cell in cells], np.float32)
    told = []
    for mark, name in ((",", "Commas"), (".", "Points")):
        count = sum(mark in cell for cell in cells)
        if count and mark == "," and decimal != ".":
            told.append(f"Commas in numbers are read as decimal points: {count:,}.")
        elif count and decimal not in ("", mark):
            told.append(f"{name} in numbers part thousands: {count:,}.")
    return Labels((), values, told)


def _find_decimal(cells: Sequence[str], place: str) -> str:
    """Return the mark before decimals by which all are numbers; empty if both are before decimals only.

    Raises:
        DataError: If both readings are possible, as of 1,234, or neither is.
    """
    fit = [mark for mark in ".," if all(parse_number(cell, mark) is not None for cell in cells)]
    doubtful = [cell for cell in cells if any(pattern.fullmatch(cell) for pattern in _GROUPED.values())]
    if len(fit) == 1 or (fit and not any("," in cell for cell in cells)):
        return fit[0]
    if not doubtful:
        return ""
    got = next((cell for cell in doubtful if "," in cell), doubtful[0])
    fix = "Type --labels number:point where commas part thousands, --labels number:comma where they stand before decimals."
    raise DataError(f"read: labels must be numbers that can be read in one way, got {got} in {printable(place)}. {fix}")


def _read_several(cells: Sequence[str], separator: str, told: list[str]) -> Labels:
    rows = [[part.strip() for part in cell.split(separator) if part.strip()] for cell in cells]
    names, folded = fold_names(Counter(part for parts in rows for part in parts))
    classes = sort_naturally(names.values())
    place = {name: i for i, name in enumerate(classes)}
    values = np.zeros((len(rows), len(classes)), np.int64)
    for row, parts in zip(values, rows, strict=True):
        row[[place[names[part]] for part in parts]] = 1
    return Labels(classes, values, told + folded + _tell_cases(classes))


def _find_separator(counts: Mapping[str, int], asked: str, place: str) -> tuple[str, list[str]]:
    """Return what stands between several labels of a sample, empty if each has one; and what is to be told of it."""
    if asked == "one":
        return "", []
    total = sum(counts.values())
    if asked == "auto" and all(_NUMBER.fullmatch(cell.strip()) for cell in counts):
        return "", []  # a comma is that of a number
    if asked.startswith(_SEVERAL):
        separator = asked.removeprefix(_SEVERAL)
    elif any(LIST_SEPARATOR in cell for cell in counts):
        separator = LIST_SEPARATOR
    else:
        rows = {mark: sum(count for cell, count in counts.items() if mark in cell) for mark in _SEPARATORS}
        separator = max(rows, key=lambda mark: rows[mark])
        if asked == "auto" and rows[separator] < _GOOD_SHARE * total:
            return "", []
    cut = sum(count for cell, count in counts.items() if separator in cell)
    if not cut:
        raise DataError(f"read: labels must be several a row, with {separator} between them, got none such in {printable(place)}.")
    if asked == "auto" and separator != LIST_SEPARATOR and not _recombine(counts, separator):
        told = f"Labels with {separator} in them are classes of their own: {cut:,}; --labels several takes them apart."
        return "", [told] if separator == "|" else []
    shown = "" if separator == LIST_SEPARATOR else f", {separator} between them"
    return separator, [f"Samples with several labels{shown}: {cut:,} of {total:,}; --labels one takes each cell for a class."]


def _recombine(counts: Iterable[str], separator: str) -> bool:
    """Tell whether labels are made of parts that stand in other ones too, now more, now fewer of them, or now first, now later.

    Of a mark that names often have inside, there must also be fewer parts than labels.
    """
    cut = [[part.strip() for part in cell.split(separator)] for cell in counts]
    places = {(part, place) for parts in cut for place, part in enumerate(parts)}
    different = {part for part, _ in places}
    recur = len(different) < (len(cut) if separator != "|" else sum(map(len, cut)))
    return "" not in different and recur and (len({len(parts) for parts in cut}) > 1 or len(places) > len(different))


def fold_names(counts: Mapping[str, int], what: str = "labels that are one class") -> tuple[dict[str, str], list[str]]:
    """Find what is one name spelled in several ways: numbers, Booleans, with spaces around it, or composed as Unicode has it.

    Args:
        counts: Spelling → how many samples have it.
        what: What the spellings are of, for the sentence.

    Returns:
        Spelling → name, and sentences on the spellings that are no names, with how many samples have them.
    """
    names = {cell: cell.strip() for cell in counts}
    composed = {name: unicodedata.normalize("NFC", name) for name in {*names.values()}}
    twins = Counter(composed.values())
    names = {cell: composed[name] if twins[composed[name]] > 1 else name for cell, name in names.items()}
    numbers = {name for name in names.values() if parse_number(name) is not None}
    ids: dict[int, set[str]] = {}
    if all(_WHOLE.fullmatch(name) for name in numbers):
        for name in numbers:
            ids.setdefault(int(float(name)) if "." in name else int(name), set()).add(name)
    folded = {name: str(value) for value, same in ids.items() if len(same) > 1 or any("." in name for name in same) for name in same}
    truths = {name for name in names.values() if name.lower() in ("true", "false")}
    if truths and len({name.lower() for name in truths}) < len(truths):
        folded |= {name: name.lower() for name in truths}
    if truths and numbers and set(names.values()) == truths | numbers and set(ids) <= {0, 1}:
        folded |= {name: str(int(name.lower() == "true")) for name in truths}
    names = {cell: folded.get(name, name) for cell, name in names.items()}
    spelled = Counter({(cell, name): counts[cell] for cell, name in names.items() if cell != name})
    shown = ", ".join(f"{_spell(cell)} as {printable(name, 40)} ({count:,})" for (cell, name), count in spelled.most_common(_SHOWN))
    more = f" and {len(spelled) - _SHOWN:,} more" if len(spelled) > _SHOWN else ""
    return names, [f"Spellings of {what}: {shown}{more}."] if spelled else []


def _spell(cell: str) -> str:
    """Show a text, its combining characters by their numbers."""
    return repr(cell) if unicodedata.is_normalized("NFC", cell) else ascii(cell)


def _tell_cases(classes: Sequence[str]) -> list[str]:
    """Say which classes' names differ by nothing but their case."""
    alike: dict[str, list[str]] = {}
    for name in classes:
        alike.setdefault(name.casefold(), []).append(name)
    shown = "; ".join(printable(", ".join(names), 80) for names in alike.values() if len(names) > 1)
    return [f"Classes whose names differ by case alone stay apart: {shown}."] if shown else []


def _ask_whether_numbers(counts: Mapping[str, int], place: str) -> None:
    """Refuse numbers that are too many, or too fine, to be classes.

    Raises:
        DataError: It asks whether they are to be predicted, and says what to type.
    """
    values = [parse_number(name) for name in counts]
    if len(counts) < _MANY_NUMBERS or None in values or any(re.match(r"[+-]?0\d", name) for name in counts):
        return
    fractions = sum(value is not None and not value.is_integer() for value in values)
    total = sum(counts.values())
    if fractions or len(counts) > total * _GOOD_SHARE:
        got = f"{len(counts):,} different numbers in {total:,} rows"
        fix = "Is it a regression? --labels number keeps numbers to predict, --labels one takes each for a class."
        raise DataError(f"read: labels must be classes, or numbers to predict, got {got} of {printable(place)}. {fix}")


def sort_naturally(names: Iterable[str]) -> tuple[str, ...]:
    """Sort names without repeats: as numbers if all are digits (2 before 10), as text otherwise."""
    unique = set(names)
    digits = all(name.isascii() and name.isdigit() for name in unique)
    return tuple(sorted(unique, key=lambda name: (int(name) if digits else 0, name)))


def number_names(names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Give names ids in their natural order.

    Args:
        names: One a row.

    Returns:
        The different names by id, and int64, shape (N,): the id of each row.
    """
    order = sort_naturally(names)
    place = {name: i for i, name in enumerate(order)}
    return order, np.fromiter((place[name] for name in names), np.int64, len(names))


def parse_number(text: str, decimal: str = "") -> float | None:
    """Read a number.

    Args:
        text: Digits, with a sign, decimals, thousands parted, or an exponent.
        decimal: The mark before decimals, the other one parts thousands; empty: a lone mark is before decimals, whichever it is.

    Returns:
        None if it is none, or has none that is finite.
    """
    other = _OTHER.get(decimal)
    if _NUMBER.fullmatch(text) and (other is None or other not in text):
        value = float(text.replace(",", "."))
    else:
        mark = next((mark for mark, pattern in _GROUPED.items() if decimal in ("", mark) and pattern.fullmatch(text)), "")
        value = float(text.replace(_OTHER[mark], "").replace(",", ".")) if mark else math.inf
    return value if math.isfinite(value) else None
