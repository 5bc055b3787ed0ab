"""What stands in a .ts file: its header and its lines come in, what each series consists of goes out to `ts`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from toolkit.errors import DataError, wording
from toolkit.series.sources.lines import Tag, TextFile, data_lines, plain_name, read_tags

__all__ = ["Case", "TsHeader", "iterate_cases", "read_header", "take_cells"]

_BETWEEN_PAIRS = re.compile(rb"\)\s*,\s*\(")
_BEHIND_DIMENSION = re.compile(rb"\)\s*:")


@dataclass(frozen=True)
class TsHeader:
    """What a header says.

    Args:
        num_dimensions: Of each series, at least 1.
        stamped: Whether each value has its time beside it.
        labels: What stands in the last field: ``"class"``, ``"target"``, or nothing.
        classes: Those that it lists; empty if it lists none.
        equal: Whether it says that all series are of one length.
        plain: Whether the file is UCR's plain form: a label, tabs, values.
    """

    num_dimensions: int = 0
    stamped: bool = False
    labels: str = ""
    classes: tuple[str, ...] = ()
    equal: bool = False
    plain: bool = False


class Case(NamedTuple):
    """A series as its line has it: pairs in parentheses where it is stamped."""

    line: int
    dimensions: list[bytes]
    label: str


def read_header(text: TextFile, encoding: str) -> TsHeader:
    """Read a header; where it does not say how many dimensions there are, the first series does.

    Raises:
        DataError: If it breaks the format, does not say whether there are labels, or no series follows.
    """
    if plain_name(text.name).endswith(".tsv"):
        return TsHeader(1, labels="class", plain=True)
    tags = {tag.name: tag for tag in read_tags(text, encoding)}
    if "classlabel" not in tags and "targetlabel" not in tags:
        fix = "Add @classLabel false if series have no label, or true and the classes."
        raise DataError(wording("read", "header", "one with @classLabel or @targetLabel", "neither", at=text.name, fix=fix))
    classes = tags["classlabel"].value.split()[1:] if "classlabel" in tags else []
    has_classes = _is_true(tags, "classlabel", text)
    header = TsHeader(
        stamped=_is_true(tags, "timestamps", text),
        labels="target" if _is_true(tags, "targetlabel", text) else "class" if has_classes else "",
        classes=tuple(classes) if has_classes else (),
        equal=_is_true(tags, "equallength", text),
    )
    first = next(iterate_cases(text, header, encoding), None)
    if first is None:
        raise DataError(wording("read", "@data", "followed by a line a series", "none", at=text.name))
    return replace(header, num_dimensions=_count_dimensions(tags, text) or len(first.dimensions))


def iterate_cases(text: TextFile, header: TsHeader, encoding: str) -> Iterator[Case]:
    """Yield the series of a file; their values are not read yet.

    Raises:
        DataError: If a line has another number of fields than the header says, or no label.
    """
    lines = ((number, line) for number, line in text.lines() if line) if header.plain else data_lines(text)
    for number, line in lines:
        fields = _split(line, header)
        label = text.decode(fields.pop(0 if header.plain else -1), number, encoding) if header.labels else ""
        expected = header.num_dimensions or len(fields)
        if len(fields) != expected or not fields:
            count = f"{expected} dimensions" if expected > 1 else "1 dimension"
            pairs = " of pairs (time,value)" if header.stamped else ""
            rule = f"{count}{pairs}{', then a label' if header.labels and not header.plain else ''}"
            raise DataError(wording("read", "series", rule, len(fields), at=text.at(number)))
        if header.labels and label in ("", "?"):
            raise DataError(wording("read", "label", "a class or a number", label or "an empty one", at=text.at(number)))
        yield Case(number, fields, label)


def take_cells(case: Case, text: TextFile, header: TsHeader) -> tuple[bytes, list[str]]:
    """Take a series apart.

    Returns:
        Its values as written, dimension by dimension, with commas between them; and its stamps as written, none if it has none.

    Raises:
        DataError: If dimensions differ in length or in stamps.
    """
    dimensions, stamps = case.dimensions, list[str]()
    if header.stamped:
        pairs = [_take_pairs(cells, text, case.line) for cells in dimensions]
        dimensions, stamps = [cells for cells, _ in pairs], pairs[0][1]
        if any(others != stamps for _, others in pairs):
            raise DataError(wording("read", "stamps", "the same in every dimension", "different ones", at=text.at(case.line)))
    if len(dimensions) > 1 and len(lengths := {cells.count(b",") for cells in dimensions}) > 1:
        got = " and ".join(f"{length + 1:,}" for length in sorted(lengths))
        raise DataError(wording("read", "dimensions", "of one length in a series", got, at=text.at(case.line)))
    return b",".join(dimensions), stamps


def _split(line: bytes, header: TsHeader) -> list[bytes]:
    """Return a line's dimensions and its label, in the order in which they stand there."""
    if header.plain:
        label, _, values = line.partition(b"\t")
        return [label, values.replace(b"\t", b",")]
    if not header.stamped:
        return line.split(b":")
    *closed, last = _BEHIND_DIMENSION.split(line)  # a colon may stand in stamps, too
    return [*(cells + b")" for cells in closed), last]


def _take_pairs(cells: bytes, text: TextFile, line: int) -> tuple[bytes, list[str]]:
    """Return the values of pairs, with commas between them, and the stamps."""
    cells = cells.strip()
    pairs = [pair.rpartition(b",") for pair in _BETWEEN_PAIRS.split(cells[1:-1])]
    if not (cells.startswith(b"(") and cells.endswith(b")")) or not all(comma for _, comma, _ in pairs):
        rule = "pairs such as (2007-01-01 00:00:00,1.5), with commas between them"
        raise DataError(wording("read", "dimension", rule, cells[:60].decode("utf-8", "replace"), at=text.at(line)))
    return b",".join(value for _, _, value in pairs), [text.decode(stamp, line, "ascii") for stamp, _, _ in pairs]


def _is_true(tags: dict[str, Tag], name: str, text: TextFile) -> bool:
    if name not in tags:
        return False
    word = tags[name].value.partition(" ")[0].lower()
    if word not in ("true", "false"):
        raise DataError(wording("read", f"@{name}", "true or false", word or "nothing", at=text.at(tags[name].line)))
    return word == "true"


def _count_dimensions(tags: dict[str, Tag], text: TextFile) -> int:
    """Return what the header says; 0 if it says nothing."""
    tag = tags.get("dimensions", tags.get("dimension"))
    if tag is None:
        return int(_is_true(tags, "univariate", text))
    if not tag.value.isdecimal() or int(tag.value) < 1:
        raise DataError(wording("read", f"@{tag.name}", "a number, at least 1", tag.value or "nothing", at=text.at(tag.line)))
    return int(tag.value)
