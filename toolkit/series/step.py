"""What lies between the steps of a series: stamps in order come in, its step and the place of each stamp on it go out to `read`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.series.calendar import wall_time
from toolkit.series.time import add_steps, parse_step

__all__ = ["place_stamps"]


def place_stamps(time: NDArray[np.int64], step: str, zone: str) -> NDArray[np.int64]:
    """Count the steps from the first stamp to each.

    Args:
        time: Nanoseconds since 1970 in UTC, shape (T,), ascending, at least one.
        step: Such as ``"1h"`` or ``"1mo"``.
        zone: The zone whose months and years count.

    Returns:
        int64, shape (T,), from 0 on; −1 for stamps that lie between steps.
    """
    number, unit = parse_step(step)
    if unit in ("mo", "y"):
        months = wall_time(time, zone).astype("M8[M]").astype(np.int64)
        places = (months - months[0]) // (number * (12 if unit == "y" else 1))
    else:
        one = int(add_steps(0, step, np.ones(1, np.int64))[0])
        places = (time - time[0]) // one
    return np.where(add_steps(int(time[0]), step, places, zone) == time, places, -1)
