"""A run's curves and its confusion matrix as plots of the page: records come in, markup in the page's colours goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recipes.confusion import most_confused
from recipes.run_report.records import Curve
from toolkit.errors import printable
from toolkit.report.plots import FEW_TO_MANY, HEIGHT, INK, SPLIT_COLOURS, WIDTH, Plot, draw_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MAX_CLASSES", "Figure", "plot_confusion", "plot_curves"]

MAX_CLASSES = 60
"""Classes of a matrix that is drawn whole."""

WITH_COUNTS, WITH_MARKS, LOG_SPAN = 16, 40, 20
"""Classes whose cells have their counts written in, epochs that are marked, and how often the least goes into the most on a log scale."""

ON_BINS = "#101418", "#ffffff"


class Figure(NamedTuple):
    """How a figure is drawn.

    Args:
        label: What it is called.
        colour: Of which split, as `toolkit.report.plots.SPLIT_COLOURS` names them.
    """

    label: str
    colour: str


def plot_curves(
    runs: Sequence[Mapping[str, Curve]], figures: Mapping[str, Figure], caption: str, *, label: str, best: int | None = None
) -> Plot:
    """Draw figures over the epochs, a line a run; losses that span a decade and more on a logarithmic scale.

    Args:
        runs: Each run's curves by name, at least one of them drawn.
        figures: Those to draw, by name; a run that lacks one has no line for it.
        caption: What is to be seen.
        label: Of the vertical axis.
        best: The epoch to mark.
    """
    lines = [(name, run[name]) for name in figures for run in runs if name in run]
    shown = [figures[name].label for name in dict.fromkeys(name for name, _ in lines)]

    def draw(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        for place, (name, curve) in enumerate(lines):
            first, width = place == 0 or lines[place - 1][0] != name, 1.6 if len(runs) == 1 else 1.0
            named = figures[name].label if first else None
            marker = "." if len(curve.epoch) <= WITH_MARKS else ""
            axes.plot(curve.epoch, curve.value, color=SPLIT_COLOURS[figures[name].colour], linewidth=width, marker=marker, label=named)
        if best is not None:
            axes.axvline(best, color=INK, linewidth=0.8, linestyle=":", label=f"epoch {best}")
        values = np.concatenate([curve.value[np.isfinite(curve.value)] for _, curve in lines])
        if label == "loss" and values.min(initial=np.inf) > 0 and values.max(initial=0) > LOG_SPAN * values.min():
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlim(0, None)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)

    size = WIDTH, HEIGHT if best is not None or label == "loss" else 0.7 * HEIGHT
    return draw_plot(draw, caption, name=f"curves {label}", size=size, splits=shown if best is None else [*shown, f"epoch {best}"])


def plot_confusion(matrix: NDArray[np.int64], classes: Sequence[str]) -> Plot:
    """Draw who was taken for whom, as shares of the true class; of many classes, those most confused.

    Args:
        matrix: int64, shape (K, K), rows true, columns predicted, at least one class.
        classes: K names.
    """
    chosen = most_confused(matrix, MAX_CLASSES)
    counts = matrix[np.ix_(chosen, chosen)]
    share = counts / np.maximum(matrix.sum(1, keepdims=True)[chosen], 1)
    names = [printable(classes[i], 24) or "(no name)" for i in chosen.tolist()]
    small: dict[str, Any] = {"fontsize": 8, "parse_math": False}

    def draw(axes: Axes) -> None:
        from matplotlib.colors import LinearSegmentedColormap, LogNorm

        colours = LinearSegmentedColormap.from_list("few to many", FEW_TO_MANY)
        shown, norm = np.ma.masked_equal(share, 0), LogNorm(min(0.1, share[share > 0].min(initial=1)), 1)
        image = axes.imshow(shown, cmap=colours, norm=norm, interpolation="none", aspect="auto")
        axes.set_xticks(range(len(names)), names, rotation=90, **small)
        axes.set_yticks(range(len(names)), names, **small)
        axes.set_xticks(np.arange(len(names)) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(names)) - 0.5, minor=True)
        axes.tick_params(length=0, which="both")
        axes.grid(visible=False)
        axes.grid(visible=True, which="minor", linewidth=0.4)
        axes.set(xlabel="taken for", ylabel="true class")
        bar = axes.figure.colorbar(
            image, ax=axes, label="share of the true class", shrink=0.6, pad=0.02, format=lambda value, _: f"{value:.3g}"
        )
        bar.outline.set_visible(False)
        if len(names) <= WITH_COUNTS:
            for row, column in np.argwhere(counts):
                dark = int(norm(share[row, column]) > 0.5)
                axes.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", fontsize=8, color=ON_BINS[dark])

    part = f" (the {MAX_CLASSES} most confused of {len(matrix):,} classes)" if len(chosen) < len(matrix) else ""
    total, right = int(matrix.sum()), int(np.diag(matrix).sum())
    caption = f"{total - right:,} of {total:,} samples taken for another class; colours are logarithmic{part}."
    return draw_plot(draw, caption, name="confusion", size=(2.1 * WIDTH, 1.6 + 0.2 * len(names)))
