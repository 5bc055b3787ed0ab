"""The options that say how a raw source is read: `preprocess`, `check`, `report` and `predict` take the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from verbs.answer import default

__all__ = ["Reading", "TextReading"]


@Parameter(name="*")
@dataclass(frozen=True)
class Reading:
    r"""How a raw source is read.

    Args:
        layout: What the source is; auto recognises it and tells. --layout list shows all. Of texts, pieces cuts one long text at white
            space, and class-files takes each file for a class with a text a line.
        classes: Of folders inside class folders: top: the outer ones are the classes; leaf: each that holds samples is one.
            regex:PATTERN: what the pattern finds in a sample's path.
        parts: The folder or file of each part where names do not tell: train=seg_train/seg_train,test=seg_test, or
            train=a.tsv,test=b.tsv of texts. Only these are read.
        group: What no split may cut: auto: what the source knows (tracks, films, scenes); none; regex:PATTERN: what the pattern finds in a
            sample's path, such as "regex:(person\d+)_"; or a column of a table.
        columns: A table's own column names, or numbers from 1: path=file,label=kind.
        header: A table's first line names its columns; --no-header: it is a row, and columns are numbers.
        delimiter: What separates a table's cells: a character, or tab; found unless given.
        quoting: How a table quotes: double, backslash, none, or spaced, which has spaces before quotes; found unless given.
        labels: What a table's labels are: one class a row; several, such as cat|dog (several:; names what stands between them); or a number
            to predict (number:point, number:comma: what stands before its decimals). Unless given, one is told from several, and you are
            asked where they may be numbers.
        root: The folder that the paths of a table, or of a JSON file of annotations, start from; found unless given.
        names: A file with the classes' names, a line each.
        encoding: Of tables and texts, such as latin-1 or cp1252; UTF-8, or what a byte order mark says, unless given.
    """

    layout: Annotated[str | None, default("layout")] = None
    classes: Annotated[str | None, default("classes")] = None
    parts: str | None = None
    group: Annotated[str | None, default("group")] = None
    columns: str | None = None
    header: Annotated[bool | None, Parameter(negative="--no-header"), default("header")] = None
    delimiter: str | None = None
    quoting: str | None = None
    labels: Annotated[str | None, default("labels")] = None
    root: str | None = None
    names: str | None = None
    encoding: str | None = None


@Parameter(name="*")
@dataclass(frozen=True)
class TextReading(Reading):
    """How a raw source is read, with what only texts have.

    Args:
        text: The texts' column of a table; text unless given.
        label: The labels' column of a table of texts; none: no labels, and texts that have none are read too.
    """

    text: str | None = None
    label: Annotated[str | None, default("label", "text")] = None
