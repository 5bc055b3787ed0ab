"""Errors of forecasts as tables: sums come in from `recipes.tasks.Forecaster`; CSV files by variable and step, and by time, go out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipes.forecast.errors import Errors, mean_errors

__all__ = ["group_origins", "write_errors", "write_origins"]

MIN_GROUPS, BLOCKS = 3, 12
"""A table by time has at least so many rows, where the split is long enough for them; without stamps, exactly so many blocks."""


def write_errors(path: Path, errors: Errors, variables: Sequence[str], std: NDArray[np.float64]) -> None:
    """Write a row for each variable and step ahead.

    Args:
        path: The CSV file; ``mse`` and ``mae`` are in scaled units, ``rmse_real`` and ``mae_real`` in the variable's own, and those of the
            naive forecasts begin with ``persistence_`` and ``seasonal_``. What could not be compared is empty.
        errors: Of an evaluation.
        variables: Names of the targets, T of them.
        std: float64, shape (T,): what a scaled unit is in the variable's own.
    """
    names = ("mse", "mae", "rmse_real", "mae_real")
    head = [f"{method}_{name}" if method else name for method in errors.methods for name in names]
    _write(path, ["variable", "step", "values", *head], _error_rows(errors, variables, std))


def _error_rows(errors: Errors, variables: Sequence[str], std: NDArray[np.float64]) -> Iterator[list[Any]]:
    count = np.where(errors.count > 0, errors.count, np.nan)
    mse, mae = errors.squared / count, errors.absolute / count
    table = np.stack([mse, mae, np.sqrt(mse) * std, mae * std], axis=1)  # (methods, 4, horizon, T)
    for number, variable in enumerate(variables):
        for step in range(len(count)):
            yield [variable, step + 1, int(errors.count[step, number]), *map(_digits, table[:, :, step, number].ravel().tolist())]


def write_origins(path: Path, errors: Errors, groups: Sequence[str]) -> None:
    """Write a row for each stretch of time that forecasts begin in, as a backtest with a moving origin has them.

    Args:
        path: The CSV file, in scaled units.
        errors: Of an evaluation that kept its windows, N of them.
        groups: N names, from `group_origins`.
    """
    width, labels, rows = len(errors.methods), np.array(groups), []
    for name in dict.fromkeys(groups):
        inside = errors.windows[labels == name, 1:]
        means = mean_errors(inside[:, 0], inside[:, 1 : 1 + width].T, inside[:, 1 + width :].T)
        rows.append([name, len(inside), *map(_digits, means.values())])
    _write(path, ["origin", "windows", *errors.metrics], rows)


def group_origins(num_windows: int, times: NDArray[np.int64] | None) -> list[str]:
    """Name the stretch of time that each forecast begins in.

    Args:
        num_windows: N.
        times: int64, shape (N,): when the first step foretold is, nanoseconds since 1970 in UTC; None where there are no stamps.

    Returns:
        N names: months, ``2017-10``; days or hours of a split that does not have three of them; or, without stamps, twelve blocks of
        windows, ``0-99``.
    """
    if times is None:
        edges = np.linspace(0, num_windows, min(BLOCKS, num_windows) + 1).astype(np.int64)
        return [f"{first}-{last - 1}" for first, last in pairwise(edges) for _ in range(last - first)]
    stamps = times.view("datetime64[ns]")
    units = [stamps.astype(f"datetime64[{unit}]") for unit in "MDh"]
    found = next((unit for unit in units if len(np.unique(unit)) >= MIN_GROUPS), units[0])
    return [str(name) for name in np.datetime_as_string(found)]


def _digits(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        csv.writer(file).writerows([head, *rows])
