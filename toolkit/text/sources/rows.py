"""The rows that every reader of texts fills, and the Manifest that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources import SampleRows, SourceOptions, Tree, row_slices
from toolkit.wing import Manifest

__all__ = ["TextRows"]


@dataclass
class TextRows(SampleRows):
    """Texts that a reader has found so far.

    Args:
        place: For texts that share a file: the first byte of each, and the byte behind its last.
    """

    place: list[tuple[int, int]] = field(default_factory=list)

    def add(
        self, origin: str, *, label: str | None = None, group: str | None = None, split: int = -1, place: tuple[int, int] | None = None
    ) -> None:
        """Append one text; what is None has no column here, and must be None for every row."""
        self.append(origin, label, group, split)
        if place is not None:
            self.place.append(place)

    def check_any(self, path: Path) -> None:
        """Refuse a source without a text.

        Raises:
            DataError: It names the first input that was skipped.
        """
        if not self.origin:
            first = f" The first: {printable(self.skipped[0].path)}, {self.skipped[0].reason}." if self.skipped else ""
            got = f"none and {len(self.skipped)} inputs to skip" if self.skipped else "none"
            if path.is_file() and not path.stat().st_size:
                got = "an empty file"
            raise DataError(f"read: {printable(str(path))} must hold texts, got {got}.{first}")

    def finish(self, place: Tree | Path, options: SourceOptions, reading: Mapping[str, Any] | None = None, *, file: str = "") -> Manifest:
        """Group as the user asked, and return the rows as a manifest of kind ``text``.

        Args:
            place: The tree whose names the origins are, or the folder that the file lies in.
            options: How the source is read.
            reading: What `toolkit.text.documents` has to know of the source; by default that texts are whole files.
            file: The file that all texts share; empty if each has its own.
        """
        if options.group_pattern:
            self.group_by(options.group_pattern)
        columns = row_slices(self.place) if file else {}
        known = {"format": "files", "encoding": options.encoding, **(reading or {}), **({"files": [file]} if file else {})}
        more: dict[str, Any] = {"columns": columns, "files": (file,) if file else None, "file": file, "reading": known}
        if isinstance(place, Path):
            return self.as_manifest("text", place, **more)
        return place.place(self.as_manifest("text", place.root, **more))
