"""Pictures that are no files of their own: pixels or encoded bytes come in one by one, slices of a spool go out in a Manifest.

Pixels are spooled as a binary PGM or PPM each, so that decoding, digests and statistics see files like any others.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, printable
from toolkit.images.decode import plain_header
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import FileTree, SpoolFile, Tree
from toolkit.wing import Manifest

__all__ = ["SpooledRows"]


@dataclass
class SpooledRows(Rows):
    """Pictures that a reader has unpacked so far."""

    _spool: SpoolFile = field(default_factory=SpoolFile)
    _start: array[int] = field(default_factory=lambda: array("q"))
    _stop: array[int] = field(default_factory=lambda: array("q"))

    def spool(self, *data: bytes | memoryview) -> int:
        """Write bytes behind all others, and return where the first lies."""
        return self._spool.fill(data)[0]

    def add_place(self, origin: str, place: tuple[int, int], *, label: str | None = None, split: int = -1) -> None:
        """Append one picture whose file was spooled: where that begins, and the place behind it; see `add`."""
        self.add(origin, label=label, split=split)
        self._start.append(place[0])
        self._stop.append(place[1])

    def add_pixels(self, origin: str, pixels: NDArray[np.uint8], *, label: str | None = None, split: int = -1) -> None:
        """Append one picture of shape (H, W) or (H, W, 3), in 0 … 255; see `add`."""
        height, width = pixels.shape[:2]
        header = plain_header(height, width, 1 if pixels.ndim == 2 else 3)
        start = self.spool(header, pixels.tobytes())
        self.add_place(origin, (start, start + len(header) + pixels.size), label=label, split=split)

    def close(self, tree: Tree, options: ReadOptions, files: Sequence[str]) -> Manifest:
        """Return the rows as a manifest.

        Args:
            tree: The source.
            options: How it is read.
            files: What of it was read.

        Raises:
            DataError: If there is none.
        """
        self._spool.close()
        if not self.origin:
            first = f" The first: {printable(self.skipped[0].path)}, {self.skipped[0].reason}." if self.skipped else ""
            raise DataError(f"read: {printable(str(tree.root))} must hold pictures, got none and {len(self.skipped)} to skip.{first}")
        columns = {"start": np.array(self._start, np.int64), "stop": np.array(self._stop, np.int64)}
        file = tree.only if isinstance(tree, FileTree) else ""
        return self.finish(tree, options, columns=columns, files=tuple(files), file=file, spool=self._spool)
