"""How a source of texts is to be read; the readers beside this file take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.errors import check
from toolkit.sources import SourceOptions

__all__ = ["COLUMNS", "LAYOUTS", "TextReadOptions"]

LAYOUTS = (
    "auto", "folder", "imdb", "class-files", "csv", "jsonl", "parquet", "lines", "paragraphs", "pieces", "fasttext",
)  # fmt: skip
"""The layouts that can be asked for."""

COLUMNS = ("text", "label", "group", "split")
"""What a table's columns can mean; a column of that name has that meaning unless `TextReadOptions.columns` says otherwise."""


@dataclass(frozen=True)
class TextReadOptions(SourceOptions):
    """How a source of texts is read; all but the last two fields are those of `toolkit.sources.SourceOptions`.

    Layouts are ``"folder"``: .txt files, a folder a class, also inside train/, val/, test/. ``"imdb"``: the Large Movie Review Dataset as
    distributed. ``"class-files"``: a file a class, a text a line. ``"csv"``, ``"jsonl"`` and ``"parquet"``: a table, a row a text.
    ``"lines"`` and ``"paragraphs"``: a text a line, or what stands between blank lines. ``"pieces"``: one text of any length, cut at white
    space. ``"fasttext"``: a text a line, its classes before it as ``__label__x``. The last seven are layouts of one file, or of a folder
    of files that are parts, as train.csv and test.csv are. ``"auto"``: whichever of these the source looks like; a .txt file is read line
    by line. For ``"imdb"``, `group` can be ``"film"``.

    Args:
        text: The texts' column of a table, its name or number; text, or what `columns` says, unless given.
        label: The labels' column of a table, its name or number; ``"auto"``: the label that the source has; ``"none"``: none, and texts
            that have none are read too.
    """

    LAYOUTS: ClassVar[tuple[str, ...]] = LAYOUTS
    COLUMNS: ClassVar[tuple[str, ...]] = COLUMNS
    TABLES: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "parquet")
    FOLDERS: ClassVar[tuple[str, ...]] = LAYOUTS  # files can be parts, too

    text: str = ""
    label: str = "auto"

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them."""
        super().check_layout(layout)
        if layout == "class-files":
            known = self.classes == "auto" or self.class_pattern != ""
            check(known, "TextReadOptions", "classes", "auto or regex:PATTERN for the layout class-files", self.classes)
            check(not self.parts, "TextReadOptions", "parts", "left out for the layout class-files", self.parts)
        elif layout not in ("folder", "imdb"):
            check(self.classes == "auto", "TextReadOptions", "classes", f"auto for the layout {layout}", self.classes)
        if layout not in self.TABLES:
            check(not self.text, "TextReadOptions", "text", f"empty for the layout {layout}", self.text)
            check(self.label in ("auto", "none"), "TextReadOptions", "label", f"auto or none for the layout {layout}", self.label)

    def known_groups(self, layout: str) -> tuple[str, ...]:
        """Names of groups that a layout itself knows."""
        return ("film",) if layout == "imdb" else ()

    def column_names(self) -> dict[str, str]:
        """Return what a column means → its name in the source, as far as one is asked for."""
        own = {"text": self.text, "label": "" if self.label in ("auto", "none") else self.label}
        columns = super().column_names()
        for meaning, name in own.items():
            asked = columns.setdefault(meaning, name) if name else ""
            check(asked in ("", name), "TextReadOptions", meaning, f"that of columns, {asked}", name, fix="Give one of the two.")
        return columns
