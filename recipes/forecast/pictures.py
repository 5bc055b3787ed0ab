"""Forecasts drawn: errors by step ahead, and a few windows with their past; both go into the run folder."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recipes.forecast.errors import Errors
from toolkit.errors import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Window", "draw_errors", "draw_windows"]

NAMES = {"": "network", "persistence": "last value", "seasonal": "last season"}
STYLES = ("-", "--", ":")


@dataclass(frozen=True, eq=False)
class Window:
    """One window in the variables' own units; nan where nothing is known.

    Args:
        title: Which it is: its series, and when its future begins.
        past: float64, shape (L, T).
        future: float64, shape (H, T): what came.
        foretold: float64, shape (H, T).
    """

    title: str
    past: NDArray[np.float64]
    future: NDArray[np.float64]
    foretold: NDArray[np.float64]


def draw_errors(path: Path, errors: Errors) -> None:
    """Draw the mean squared and absolute error of each step ahead, over all variables, beside those of the naive forecasts.

    Args:
        path: The picture.
        errors: Of an evaluation.
    """
    from matplotlib.figure import Figure  # 0.3 s that only a finished run pays

    figure = Figure(figsize=(10, 4), layout="constrained")
    count = np.where(errors.count.sum(1) > 0, errors.count.sum(1), np.nan)
    step = np.arange(1, len(count) + 1)
    for axes, (name, sums) in zip(figure.subplots(1, 2), {"MSE": errors.squared, "MAE": errors.absolute}.items(), strict=True):
        for method, style, values in zip(errors.methods, STYLES, sums.sum(2) / count, strict=False):
            axes.plot(step, values, style, label=NAMES[method], marker="." if len(step) < 30 else "")
        axes.set(xlabel="step ahead", ylabel=f"{name}, scaled units", ylim=(0, None))
        axes.grid(alpha=0.3)
    axes.legend()
    _save(figure, path)


def draw_windows(path: Path, windows: Sequence[Window], variables: Sequence[str]) -> None:
    """Draw windows: what was, what came, and what was foretold; a path in the plane where there are two variables that are called x and y.

    Args:
        path: The picture.
        windows: A row each.
        variables: Names of the variables, T of them, a column each.
    """
    from matplotlib.figure import Figure

    plane = [name.lower() for name in variables] == ["x", "y"]
    columns = 1 if plane else len(variables)
    figure = Figure(figsize=(max(6, 4.5 * columns), 2.6 * len(windows)))
    grid = figure.subplots(len(windows), columns, squeeze=False)
    figure.subplots_adjust(0.07, 0.07, 0.98, 0.95, hspace=0.5)  # to find room by what is written takes longer than all the rest
    for row, window in zip(grid, windows, strict=True):
        for number, axes in enumerate(row):
            for values, begin, colour, label in _lines(window):
                if plane:
                    axes.plot(values[:, 0], values[:, 1], color=colour, label=label)
                else:
                    axes.plot(np.arange(begin, begin + len(values)), values[:, number], color=colour, label=label)
            axes.set_title(printable(window.title if plane else f"{variables[number]}, {window.title}", 70), fontsize=8, parse_math=False)
            axes.set_xlabel("x" if plane else "step ahead", fontsize=8)
    grid[0, 0].legend(fontsize=8)
    _save(figure, path)


def _lines(window: Window) -> list[tuple[NDArray[np.float64], int, str, str]]:
    """What is drawn of a window: values, the first one's step ahead, colour, name. The future's lines begin at the past's last value."""
    shown, last = window.past[-max(24, 2 * len(window.future)) :], window.past[-1:]
    came, foretold = (np.concatenate([last, values]) for values in (window.future, window.foretold))
    return [(shown, 1 - len(shown), "0.5", "past"), (came, 0, "0.1", "what came"), (foretold, 0, "tab:orange", "foretold")]


def _save(figure: Figure, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script that the font lacks is drawn as boxes
        figure.savefig(path, dpi=110)
