"""From the rows of a manifest to one block of a dataset file: slices of the spool come in, arrays with the calendar behind go to export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.errors import DataError, printable
from toolkit.series.spool import walk_steps
from toolkit.series.time import calendar_columns
from toolkit.wing import Array, Encoded, Manifest

__all__ = ["SeriesEncoder"]


@dataclass(frozen=True)
class SeriesEncoder:
    """Gives series the arrays of a dataset file.

    Args:
        features: The variables, as sources have them.
        calendar: What stands behind them, as `toolkit.series.time.calendar` makes it.
        zone: The time zone of the calendar.
    """

    features: Sequence[str]
    calendar: Sequence[str] = ()
    zone: str = ""

    def arrays(self, reading: Mapping[str, Any]) -> tuple[Array, ...]:
        """Return what `__call__` makes of rows whose manifest has this `reading`."""
        width = len(self.features) + 2 * len(self.calendar)
        x = Array("x", "float32", (width,), ragged=True)
        time, mask = Array("time", "int64", (), ragged=True), Array("mask", "uint8", (width,), ragged=True)
        return (x, *[time] * reading["has_time"], *[mask] * reading["has_mask"])

    def __call__(self, rows: Manifest) -> Encoded:
        """Encode some rows, those of all series end to end.

        Returns:
            ``x``, float32 (steps, F), unscaled, nan where nothing is known; ``time``, int64 (steps,), ns since 1970 in UTC, if
            the source has stamps; ``mask``, uint8 (steps, F), 1 where the source has no value, if it lacks any.

        Raises:
            DataError: If the rows are of other variables, or have no stamps to find in a calendar.
        """
        if tuple(rows.reading["features"]) != tuple(self.features):
            got, rule = (printable(", ".join(names)) for names in (rows.reading["features"], self.features))
            raise DataError(f"encode: variables must be {rule}, got {got} in {printable(rows.place)}.")
        if self.calendar and not rows.reading["has_time"]:
            raise DataError(f"encode: {printable(rows.place)} must have stamps for {', '.join(self.calendar)}, got none.")
        lengths = rows.columns["stop"] - rows.columns["start"]
        total, num_features = int(lengths.sum()), len(self.features)
        arrays = {a.name: np.zeros((total, *a.item_shape), a.dtype) for a in self.arrays(rows.reading)}
        at = 0
        for some in walk_steps(rows):
            here = slice(at, at + len(some))
            arrays["x"][here, :num_features] = some["x"]
            if self.calendar:
                arrays["x"][here, num_features:] = calendar_columns(some["time"], self.calendar, self.zone)
            if "time" in arrays:
                arrays["time"][here] = some["time"]
            if "mask" in arrays:
                arrays["mask"][here, :num_features] = some["missing"]
            at = here.stop
        return Encoded(arrays, lengths=lengths)
