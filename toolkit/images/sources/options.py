"""How a source of images is to be read; the readers beside this file take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.errors import check

__all__ = ["COLUMNS", "LAYOUTS", "ReadOptions"]

LAYOUTS = ("auto", "folder", "gtsrb", "csv")
"""The layouts that can be asked for."""

COLUMNS = ("path", "label", "split", "group", "x1", "y1", "x2", "y2")
"""What a CSV's columns can mean; a column of that name has that meaning unless `ReadOptions.columns` says otherwise."""


@dataclass(frozen=True)
class ReadOptions:
    """How a source is read.

    Args:
        layout: ``"folder"``: a folder a class, also inside train/, val/, test/. ``"gtsrb"``: the benchmark's own folders. ``"csv"``: a
            file of paths and labels. ``"auto"``: whichever of these the source looks like.
        columns: For a CSV: what a column means → its name there, as a mapping or as ``"path=file,label=kind"``.
        group: ``"track"``: what the source itself says belongs together; of a CSV its column ``group``, else ``track``. ``"none"``:
            every image for itself. For a CSV also a column's name.
    """

    layout: str = "auto"
    columns: Mapping[str, str] | str = field(default_factory=dict)
    group: str = "track"

    def __post_init__(self) -> None:
        check(self.layout in LAYOUTS, "ReadOptions", "layout", f"one of {', '.join(LAYOUTS)}", self.layout)
        for meaning in self.column_names():
            check(meaning in COLUMNS, "ReadOptions", "columns", f"led by {', '.join(COLUMNS)}", meaning)

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them.

        Raises:
            ArgumentError: If columns, or a column as group, are asked for where there is no table.
        """
        if layout != "csv":
            check(self.group in ("track", "none"), "ReadOptions", "group", f"track or none for the layout {layout}", self.group)
            check(not self.columns, "ReadOptions", "columns", f"left out for the layout {layout}", self.columns)

    def column_names(self) -> dict[str, str]:
        """Return what `columns` asks for: meaning → the name in the file."""
        if not isinstance(self.columns, str):
            return dict(self.columns)
        pairs = [pair.partition("=") for pair in self.columns.split(",") if pair.strip()]
        for _meaning, equals, name in pairs:
            fix = "Write for example path=file,label=kind."
            check(bool(equals and name.strip()), "ReadOptions", "columns", "meaning=column pairs", self.columns, fix=fix)
        named = {meaning.strip(): name.strip() for meaning, _, name in pairs}
        check(len(named) == len(pairs), "ReadOptions", "columns", "pairs of one column for each meaning", self.columns)
        return named
