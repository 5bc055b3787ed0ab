"""What a section of a page can hold, whatever the page is about: the parts come in from its author, `page` lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from toolkit.report.gallery import Shown
from toolkit.report.plots import Plot

__all__ = ["Fold", "Note", "Part", "Pictures", "Plots", "Section", "Table"]


@dataclass(frozen=True)
class Note:
    """A sentence; what stands between backticks is set to be copied.

    Args:
        text: The sentence.
    """

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Plots:
    """Plots side by side.

    Args:
        plots: In their order.
        wide: Whether each takes the whole width.
    """

    kind: ClassVar[str] = "plots"
    plots: Sequence[Plot]
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """A table that scrolls by itself where it is wide or long.

    Args:
        label: What it lists, for those who do not see it.
        head: Names of the columns; the first one names the rows.
        rows: Cells: whole numbers, other numbers, text, or None for nothing.
    """

    kind: ClassVar[str] = "table"
    label: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side, each with its name and caption below.

    Args:
        pictures: In their order.
        title: What they have in common; empty for nothing.
        mark: Data address of a picture beside the title; empty for none.
        magnified: Whether single pixels are to be seen.
    """

    kind: ClassVar[str] = "pictures"
    pictures: Sequence[Shown]
    title: str = ""
    mark: str = ""
    magnified: bool = False


@dataclass(frozen=True)
class Fold:
    """Text that is shown when it is asked for, as it is.

    Args:
        summary: What it is.
        text: Any number of lines.
    """

    kind: ClassVar[str] = "fold"
    summary: str
    text: str


Part = Note | Plots | Table | Pictures | Fold


@dataclass(frozen=True)
class Section:
    """A section of a page, linked from its head.

    Args:
        name: Its address in the page, a plain word.
        title: Its heading.
        parts: In their order; without any the section is left out.
        figures: JSON-able: what goes under that name into the file beside the page.
    """

    name: str
    title: str
    parts: Sequence[Part]
    figures: Mapping[str, Any] = field(default_factory=dict)
