"""What a report shows of series: rows of a manifest come in, small curves as data addresses and a line on each go out."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.series.analysis.course import envelope
from toolkit.series.stretch import show_stamp, walk_stretches, without_filled
from toolkit.wing import Manifest

__all__ = ["Show", "curve_address"]

_COLOUR = "#5b8fd0"  # stands out from white paper and from black
_RATIO = 3


@dataclass(frozen=True)
class Show:
    """Shows series; what reports ask of this wing.

    Args:
        take: From rows to what a dataset file stores of each, ``x`` and perhaps ``time`` and ``mask``; None reads the spool.
        variable: Number of the variable that is drawn.
        zone: The time zone of stamps.
        width: Of a curve, in pixels, at least 8.
    """

    take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None
    variable: int = 0
    zone: str = ""
    width: int = 90

    meanings: ClassVar[Mapping[str, str]] = {
        "steps": "length in steps",
        "missing": "missing values as a share of all, 0 … 1",
        "mean": "mean of all values",
        "deviation": "standard deviation of all values",
        "constant": "variables of one value only",
        "stuck": "steps of the longest run of equal values",
        "gap": "steps of the longest gap",
    }
    """The measured columns that are summed up, and what each of them is."""

    histograms: ClassVar[tuple[str, ...]] = ()
    """Columns whose distribution is drawn by split: none, as the topics draw more."""

    pairs: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Columns whose joint distribution is drawn, and their ratio: none."""

    def __post_init__(self) -> None:
        check(self.width >= 8, "Show", "width", "at least 8", self.width)

    @classmethod
    def stored(
        cls, take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]], _: Sequence[str], pipeline: Mapping[str, Any]
    ) -> Self:
        """Show what a dataset file holds: the first of its targets."""
        targets = [i for i, name in enumerate(pipeline["features"]) if name in pipeline["target"]]
        return cls(take, targets[0] if targets else 0, pipeline["zone"])

    def pictures(self, rows: Manifest) -> list[str]:
        """Draw a variable of each row; an empty address where nothing is known."""
        return [curve_address(values[:, self._number(rows)], width=self.width) for values, _ in self._read(rows)]

    def average(self, rows: Manifest) -> str:  # noqa: ARG002
        """Return an empty address: the mean of a class is a topic of its own."""
        return ""

    def excerpts(self, rows: Manifest) -> list[str]:
        """Say of each row how long it is, and from when to when."""
        zone = self.zone if self.take else rows.reading["zone"]
        told = []
        for values, time in self._read(rows):
            when = f", {' to '.join(show_stamp(int(stamp), zone) for stamp in time[[0, -1]])}" if time is not None and len(time) else ""
            told.append(f"{len(values):,} step{'s' * (len(values) != 1)}{when}")
        return told

    def _number(self, rows: Manifest) -> int:
        """Raw rows know their own targets."""
        return self.variable if self.take else rows.reading["features"].index(rows.reading["target"][0])

    def _read(self, rows: Manifest) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64] | None]]:
        if self.take is None:
            yield from ((stretch.values, stretch.time) for stretch in walk_stretches(rows, np.arange(len(rows))))
        else:
            yield from ((without_filled(stored["x"], stored.get("mask")), stored.get("time")) for stored in self.take(rows))


def curve_address(values: NDArray[np.floating], *, width: int = 90) -> str:
    """Draw a curve as a ``data:image/svg+xml`` address.

    Args:
        values: Shape (T,); nan leaves a hole.
        width: In pixels; a third of it is the height.

    Returns:
        Empty where no value is known.
    """
    places, shown = envelope(values, 2 * width)
    known = np.isfinite(shown)
    if not known.any():
        return ""
    low, high = shown[known].min(), shown[known].max()
    height = width // _RATIO
    x = places / max(1, len(values) - 1) * (width - 2) + 1
    y = height - 2 - (shown - low) / ((high - low) or 1.0) * (height - 4)
    path, pen = [], "M"
    for i, good in enumerate(known.tolist()):
        if good:
            path.append(f"{pen}{x[i]:.1f} {y[i]:.1f}")
        pen = "L" if good else "M"
    line = f'<path d="{"".join(path)}" fill="none" stroke="{_COLOUR}" stroke-width="1.4" stroke-linecap="round"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{line}</svg>'
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
