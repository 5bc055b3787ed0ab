"""What float32 loses of values: the variables of a series come in, the coarse steps that theirs are kept in go out to `read`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import printable

__all__ = ["find_coarse", "tell_coarse"]

_SHARE = 0.01
"""Of a variable's own deviation, and of its changes from step to step: what may be lost. Losing more shows in every scaled window."""

_NOISE = 1e-12
"""Relative differences that only tell of earlier arithmetic in float64."""

_SHOWN = 5


def find_coarse(values: NDArray[np.float64]) -> dict[int, float]:
    """Find the variables that float32 cannot hold apart.

    Args:
        values: Shape (T, F), within the range of float32; nan where missing.

    Returns:
        Column → the distance of float32 around its largest value, where rounding moves a value by more than 1 % of the column's standard
        deviation, makes more than 1 % of the changes from step to step vanish, or leaves nothing but 0.
    """
    found = {}
    for place, column in enumerate(values.T):
        known = column[~np.isnan(column)]
        if len(known) and _is_coarse(known, stored := known.astype(np.float32)):
            found[place] = float(np.spacing(np.abs(stored).max()))
    return found


def _is_coarse(known: NDArray[np.float64], stored: NDArray[np.float32]) -> bool:
    lost, noise = np.abs(known - stored), _NOISE * np.abs(known).max()
    if not lost.any():
        return False
    deviation = known.std()
    changes = np.abs(np.diff(known)) > noise
    merged = changes & (np.diff(stored) == 0)
    moved = deviation > noise and lost.max() > _SHARE * deviation
    return bool(moved or merged.sum() > _SHARE * changes.sum() or not stored.any())


def tell_coarse(coarse: Mapping[str, float]) -> str:
    """Tell of variables that are kept in coarse steps, each with its step, and what to do; empty if there are none."""
    each = [f"{printable(name, 40)} keeps steps of {step:.2g} only" for name, step in coarse.items()]
    more = f" and {len(each) - _SHOWN} more" if len(each) > _SHOWN else ""
    fix = "subtract a constant from large values, multiply tiny ones, before reading"
    return f"Rounded to float32: {', '.join(each[:_SHOWN])}{more}; {fix}." if each else ""
