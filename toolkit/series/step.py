"""Where stamps stand on a step: stamps in order come in, the number of each goes out, and the stamps of all numbers; for `arrange`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.series.steps import add_steps, parse_step
from toolkit.series.zone import find_offsets

__all__ = ["lay_out_stamps", "number_stamps"]


def number_stamps(time: NDArray[np.int64], step: str, zone: str) -> NDArray[np.int64]:
    """Count the steps from the first stamp to each.

    Args:
        time: Nanoseconds since 1970 in UTC, shape (T,), ascending, at least one.
        step: As `parse_step` reads it.
        zone: The zone by whose clocks days, weeks, months and years are counted.

    Returns:
        int64, shape (T,), from 0 on; −1 for stamps that lie between steps.
    """
    by = parse_step(step)
    if by.months:
        months = (time + find_offsets(time, zone)).view("M8[ns]").astype("M8[M]").astype(np.int64)
        numbers = (months - months[0]) // by.months
    else:
        clock = time if by.unit in ("s", "min", "h") else time + find_offsets(time, zone)
        numbers = (clock - clock[0] + by.length // 2) // by.length  # the nearest: clocks may have skipped the time
    return np.where(add_steps(time, step, numbers - numbers[-1], zone) == time, numbers, -1)


def lay_out_stamps(time: NDArray[np.int64], step: str, zone: str, count: int) -> NDArray[np.int64]:
    """Return the stamps of all steps from the first of some stamps to the last, int64, shape (count,).

    Args:
        time: As `number_stamps` takes it.
        step: As `parse_step` reads it.
        zone: As above.
        count: How many steps there are.
    """
    return add_steps(time, step, np.arange(1 - count, 1), zone)
