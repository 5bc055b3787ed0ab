"""How far forecasts were off: sums over all windows come in, from `recipes.tasks.Forecaster`; metrics go out, and means by step ahead."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["METHODS", "Errors", "mean_errors"]

METHODS = ("", "persistence", "seasonal")
"""Whose errors are counted: the network's own, and those of repeating the last value or the last season."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of an evaluation, in scaled units: of the network, then of the naive forecasts on the very same windows.

    Args:
        count: float64, shape (horizon, targets): values that were there to compare with.
        squared: float64, shape (M, horizon, targets): sums of squared errors, of the first M of `METHODS`.
        absolute: float64, as many: sums of absolute errors.
        windows: float64, shape (N, 2 + 2 · M): of each window its number, its values, its M squared and its M absolute sums, by number;
            empty where they were not kept.
    """

    count: NDArray[np.float64]
    squared: NDArray[np.float64]
    absolute: NDArray[np.float64]
    windows: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 1)))

    @property
    def methods(self) -> tuple[str, ...]:
        """Whose errors these are."""
        return METHODS[: len(self.squared)]

    @property
    def metrics(self) -> dict[str, float]:
        """Means over everything by name: ``mse``, ``mae``, ``persistence_mse``, …; nan where nothing could be compared."""
        return mean_errors(self.count, self.squared, self.absolute)


def mean_errors(count: NDArray[np.float64], squared: NDArray[np.float64], absolute: NDArray[np.float64]) -> dict[str, float]:
    """Divide sums of errors by the number of values.

    Args:
        count: Any shape.
        squared: With an axis before, of the methods.
        absolute: As `squared`.

    Returns:
        By name, ``mse`` and ``mae``, those of the naive forecasts with theirs before.
    """
    total = float(count.sum()) or float("nan")
    found: dict[str, float] = {}
    for i, method in enumerate(METHODS[: len(squared)]):
        before = f"{method}_" if method else ""
        found |= {f"{before}mse": float(squared[i].sum()) / total, f"{before}mae": float(absolute[i].sum()) / total}
    return found
