"""How a source of texts is to be read; the readers beside this file take it."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.errors import check

__all__ = ["COLUMNS", "LAYOUTS", "TextReadOptions"]

LAYOUTS = ("auto", "folder", "imdb", "csv", "jsonl", "lines", "paragraphs")
"""The layouts that can be asked for."""

COLUMNS = ("text", "label", "group", "split")
"""What a table's columns can mean; a column of that name has that meaning unless `TextReadOptions.columns` says otherwise."""

_TABLES = ("csv", "jsonl")


@dataclass(frozen=True)
class TextReadOptions:
    """How a source is read.

    Args:
        layout: ``"folder"``: .txt files, a folder a class, also inside train/, val/, test/. ``"imdb"``: the Large Movie Review Dataset as
            distributed. ``"csv"`` and ``"jsonl"``: a table, a row a text. ``"lines"`` and ``"paragraphs"``: one file, a text a line or
            what stands between blank lines. ``"auto"``: whichever of these the source looks like; a .txt file is read line by line.
        columns: For a table: what a column means → its name there, as a mapping or as ``"text=review,split=fold"``.
        text: For a table: the name of the texts' column; empty leaves it to `columns`.
        label: ``"auto"``: the label that the source has. ``"none"``: none, and texts without one are read too. For a table also a
            column's name.
        group: ``"film"``: what the source itself says belongs together. ``"none"``: every text for itself. For a table also a column's
            name.
        encoding: Of every file, a name that Python knows; a byte order mark is passed over.
    """

    layout: str = "auto"
    columns: Mapping[str, str] | str = field(default_factory=dict)
    text: str = ""
    label: str = "auto"
    group: str = "film"
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        check(self.layout in LAYOUTS, "TextReadOptions", "layout", f"one of {', '.join(LAYOUTS)}", self.layout)
        for meaning in self.column_names():
            check(meaning in COLUMNS, "TextReadOptions", "columns", f"led by {', '.join(COLUMNS)}", meaning)
        check(_is_text_encoding(self.encoding), "TextReadOptions", "encoding", "a text encoding that Python knows", self.encoding)

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them."""
        if layout not in _TABLES:
            check(not self.columns, "TextReadOptions", "columns", f"empty for the layout {layout}", self.columns)
            check(not self.text, "TextReadOptions", "text", f"empty for the layout {layout}", self.text)
            check(self.label in ("auto", "none"), "TextReadOptions", "label", f"auto or none for the layout {layout}", self.label)
            check(self.group in ("film", "none"), "TextReadOptions", "group", f"film or none for the layout {layout}", self.group)

    def column_names(self) -> dict[str, str]:
        """Return what a column means → its name in the source, as far as one is asked for."""
        named = dict(self.columns) if isinstance(self.columns, Mapping) else {}
        if isinstance(self.columns, str):
            pairs = [part.partition("=") for part in self.columns.split(",") if part]
            named = {meaning.strip(): name.strip() for meaning, _, name in pairs}
            check(len(named) == len(pairs), "TextReadOptions", "columns", "pairs of one column for each meaning", self.columns)
        own = {"text": (self.text, ("",)), "label": (self.label, ("auto", "none")), "group": (self.group, ("film", "none"))}
        return named | {meaning: name for meaning, (name, others) in own.items() if name not in others}


def _is_text_encoding(name: str) -> bool:
    try:
        line = "\n".encode(name)
        # what str.encode itself asks; and that what is no text can be told
        return codecs.lookup(name)._is_text_encoding and line.decode(name, "surrogateescape") == "\n"  # noqa: SLF001
    except (LookupError, UnicodeError, ValueError):
        return False
