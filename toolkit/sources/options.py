"""How a source is to be read, as far as all kinds of data have it in common; each wing's own options begin with these."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from toolkit.errors import check
from toolkit.sources.labels import check_labels
from toolkit.sources.parts import SPLIT_NAMES
from toolkit.wing import SPLITS

__all__ = ["SourceOptions", "check_writing", "parse_pairs"]

_REGEX = "regex:"


@dataclass(frozen=True)
class SourceOptions:
    r"""How a source is read.

    Args:
        layout: What the source is; ``"auto"`` recognises it and tells. ``--layout list`` shows all. Of texts, ``"pieces"`` cuts one long
            text at white space, and ``"class-files"`` takes each file for a class with a text a line.
        classes: Of folders inside class folders: ``"top"``: the outer ones are the classes; ``"leaf"``: each that holds samples is one;
            ``"regex:PATTERN"``: what the pattern finds in a sample's path; ``"auto"``: as ``"top"``, refused where folders of classes have
            folders of samples inside.
        parts: The folder or file of each part, where names do not tell, as a mapping or as ``"train=seg_train/seg_train,test=seg_test"``,
            or ``"train=a.tsv,test=b.tsv"`` of texts. Only these are read.
        group: What no split may cut. ``"auto"``: what the source itself says belongs together (tracks, films, scenes). ``"none"``: every
            sample for itself. ``"regex:PATTERN"``: what the pattern finds in a sample's path, its bracketed groups if it has some, such as
            ``"regex:(person\d+)_"``. Of a table also a column's name or number. What finds no group is refused.
        columns: Of a table: what a column means, and its name or number there, as a mapping or as ``"path=file,label=kind"``.
        header: Whether a table's first line names its columns; without, it is a row, and columns are numbers from 1 on.
        delimiter: What separates a table's cells: one character, or ``"tab"``; ``"auto"`` finds it.
        quoting: How a table quotes: ``"double"``: cells in double quotes, a quote inside written twice; ``"backslash"``: with a backslash
            before it; ``"none"``: quotes are text; ``"spaced"``: as ``"double"``, spaces before cells left out; ``"auto"`` finds it.
        labels: What a table's labels are: ``"one"``: each cell is a class; ``"several"``: a sample has several, with ``|``, ``;`` or ``,``
            between them, or what ``"several:SEPARATOR"`` names; ``"number"``: they are numbers to predict, ``"number:point"`` and
            ``"number:comma"`` name the mark before decimals; ``"auto"`` tells one from several, and asks where they may be numbers.
        root: The folder that the paths of a table, or of a file of annotations, start from, absolute or relative to the file's own;
            empty finds it.
        names: A file with the classes' names: a line for each, in order, or lines of class and name; a YAML file's ``names``.
        encoding: Of every table and text, such as ``"latin-1"`` or ``"cp1252"``; ``"auto"`` is UTF-8, or what a byte order mark says.
    """

    LAYOUTS: ClassVar[tuple[str, ...]] = ("auto",)
    COLUMNS: ClassVar[tuple[str, ...]] = ()
    TABLES: ClassVar[tuple[str, ...]] = ()
    ROOTED: ClassVar[tuple[str, ...]] = ()
    COLUMNED: ClassVar[tuple[str, ...]] = ()
    FOLDERS: ClassVar[tuple[str, ...]] = ("folder",)

    layout: str = "auto"
    classes: str = "auto"
    parts: Mapping[str, str] | str = field(default_factory=dict)
    group: str = "auto"
    columns: Mapping[str, str] | str = field(default_factory=dict)
    header: bool = True
    delimiter: str = "auto"
    quoting: str = "auto"
    labels: str = "auto"
    root: str = ""
    names: str = ""
    encoding: str = "auto"

    def __post_init__(self) -> None:
        where = type(self).__name__
        check(self.layout in self.LAYOUTS, where, "layout", f"one of {', '.join(self.LAYOUTS)}", self.layout)
        known = self.classes in ("auto", "leaf", "top") or self.classes.startswith(_REGEX)
        check(known, where, "classes", "auto, leaf, top or regex:PATTERN", self.classes)
        for meaning in self.column_names():
            check(meaning in self.COLUMNS, where, "columns", f"led by {', '.join(self.COLUMNS)}", meaning)
        for name in parse_pairs(self.parts, where, "parts", "train=FOLDER,test=FOLDER"):
            check(name in SPLIT_NAMES, where, "parts", f"led by {', '.join(SPLITS)}", name)
        check_writing(self.delimiter, self.encoding, where)
        check(
            self.quoting in ("auto", "double", "backslash", "none", "spaced"),
            where,
            "quoting",
            "auto, double, backslash, none or spaced",
            self.quoting,
        )
        check_labels(self.labels, where)

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them.

        Raises:
            ArgumentError: If options of tables are given for a layout that is none, or those of folders for one that has none.
        """
        where, plain = type(self).__name__, type(self)()
        if layout not in self.TABLES:
            tables = (*(["columns"] if layout not in self.COLUMNED else []), *(["root"] if layout not in self.ROOTED else []))
            for name in (*tables, "header", "delimiter", "quoting", "labels"):
                value = getattr(self, name)
                check(value == getattr(plain, name), where, name, f"left out for the layout {layout}", value)
            rule = f"auto, none or regex:PATTERN for the layout {layout}"
            check(self.group in ("auto", "none", *self.known_groups(layout)) or self.group_pattern != "", where, "group", rule, self.group)
        if layout not in self.FOLDERS:
            check(self.classes == "auto", where, "classes", f"auto for the layout {layout}", self.classes)
            check(not self.parts, where, "parts", f"left out for the layout {layout}", self.parts)

    def known_groups(self, layout: str) -> tuple[str, ...]:  # noqa: ARG002
        """Names of groups that a layout itself knows, such as ``track``, for `group` to ask for."""
        return ()

    @property
    def group_pattern(self) -> str:
        """The pattern that finds groups in paths; empty if none was given."""
        return self.group.removeprefix(_REGEX) if self.group.startswith(_REGEX) else ""

    @property
    def class_pattern(self) -> str:
        """The pattern that finds classes in paths; empty if none was given."""
        return self.classes.removeprefix(_REGEX) if self.classes.startswith(_REGEX) else ""

    @property
    def group_column(self) -> str:
        """The column of a table that `group` names; empty if it names none."""
        return "" if self.group in ("auto", "none") or self.group_pattern else self.group

    def column_names(self) -> dict[str, str]:
        """Return what `columns` and `group` ask for: meaning → the name in the file, or the number."""
        where, example = type(self).__name__, "text=review,label=kind" if "text" in self.COLUMNS else "path=file,label=kind"
        columns = parse_pairs(self.columns, where, "columns", example)
        group = self.group_column and columns.setdefault("group", self.group_column)
        check(group == self.group_column, where, "group", f"that of columns, {group}", self.group_column, fix="Give one of the two.")
        return columns

    def part_folders(self) -> dict[str, int]:
        """Return what `parts` names, each with its split; several folders may be of one."""
        pairs = parse_pairs(self.parts, type(self).__name__, "parts", "train=FOLDER,test=FOLDER")
        found = [(place.strip("/"), SPLIT_NAMES[name]) for name, places in pairs.items() for place in places.split("+")]
        check(len(dict(found)) == len(found), type(self).__name__, "parts", "of different folders or files", self.parts)
        return dict(found)


def check_writing(delimiter: str, encoding: str, where: str) -> None:
    """Check how a table of text is said to be written.

    Args:
        delimiter: What separates its cells.
        encoding: Of its text.
        where: Who asks, for the message.

    Raises:
        ArgumentError: If one of them is none.
    """
    one = len(delimiter) == 1 and delimiter not in '"\\\r\n'
    rule = "one character, no quote, backslash or line end; tab; or auto"
    check(one or delimiter in ("tab", "auto"), where, "delimiter", rule, delimiter)
    text = encoding == "auto" or _is_text_encoding(encoding)
    check(text, where, "encoding", "auto, or a text encoding that Python knows", encoding)


def parse_pairs(pairs: Mapping[str, str] | str, where: str, name: str, example: str) -> dict[str, str]:
    """Read ``"path=file,label=kind"``; a mapping is returned as it is.

    Args:
        pairs: What was given.
        where: Who asks, for the message.
        name: The option's name.
        example: What it may look like.

    Raises:
        ArgumentError: If it is no list of pairs, or names one twice.
    """
    if not isinstance(pairs, str):
        return dict(pairs)
    parts = [pair.partition("=") for pair in pairs.split(",") if pair.strip()]
    for _key, equals, value in parts:
        check(bool(equals and value.strip()), where, name, "NAME=VALUE pairs", pairs, fix=f"Write for example {example}.")
    named = {key.strip(): value.strip() for key, _, value in parts}
    check(len(named) == len(parts), where, name, "pairs with each name once", pairs)
    return named


def _is_text_encoding(name: str) -> bool:
    try:
        line = "\n".encode(name)
        # what str.encode itself asks; and that what is no text can be told
        return codecs.lookup(name)._is_text_encoding and line.decode(name, "surrogateescape") == "\n"  # noqa: SLF001
    except (LookupError, UnicodeError, ValueError):
        return False
