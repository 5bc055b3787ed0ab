"""Plots as SVG that takes its colours from the page: figures of a report come in, markup goes out, each drawn by matplotlib.

What has a mark a sample is binned, so that a plot of any number of samples takes the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from toolkit.errors import printable
from toolkit.report.content import UNSPLIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "FEW_TO_MANY",
    "HEIGHT",
    "INK",
    "LINE",
    "SPLIT_COLOURS",
    "WIDTH",
    "Plot",
    "draw_plot",
    "plot_classes",
    "plot_histogram",
    "plot_pair",
    "plot_ratio",
]

COLOURS = {"#010101": "currentColor", "#020202": "var(--line)"} | {f"#0{i}0{i}0{i}": f"var(--series-{i - 2})" for i in range(3, 7)}
"""Stand-ins that matplotlib writes, and what the page puts in their place: its own colours, light or dark."""

INK, LINE = list(COLOURS)[:2]
SPLIT_COLOURS = dict(zip(("train", "val", "test", UNSPLIT), list(COLOURS)[2:], strict=True))
WIDTH, HEIGHT = 4.4, 2.8
FEW_TO_MANY = "#a9d0ea", "#5b8fd0", "#6a4bb0"
"""Colours of bins: each stands out from white paper and from black."""

BARS, BINS, MAX_BARS = 32, 48, 60
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "legend.frameon": False,
    "axes.edgecolor": LINE,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), LINE),
}


@dataclass(frozen=True)
class Plot:
    """A plot on the page.

    Args:
        svg: Markup to put inline.
        caption: One line that says what is to be seen.
    """

    svg: Markup
    caption: str


def plot_classes(classes: Sequence[Mapping[str, Any]]) -> Plot:
    """Draw samples of each class as bars, stacked by split; of many classes, the largest and the smallest.

    Args:
        classes: As `toolkit.report.content.describe` counts them, at least one.
    """
    ordered = sorted(classes, key=lambda entry: -sum(entry["samples"].values()))
    shown = ordered if len(ordered) <= MAX_BARS else [*ordered[: MAX_BARS // 2], *ordered[-MAX_BARS // 2 :]]
    places = -np.arange(len(shown))

    def draw(axes: Axes) -> None:
        start = np.zeros(len(shown))
        for split in shown[0]["samples"]:
            lengths = np.array([entry["samples"][split] for entry in shown])
            axes.barh(places, lengths, left=start, height=0.75, color=SPLIT_COLOURS[split], label=split)
            start += lengths
        axes.set_yticks(places, [printable(entry["name"], 24) or "(no name)" for entry in shown], parse_math=False)
        axes.set_ylim(-len(shown) + 0.4, 0.6)
        axes.tick_params("y", length=0)
        axes.grid(visible=False, axis="y")
        axes.locator_params("x", integer=True)
        axes.set_xlabel("samples")

    most, least = (sum(entry["samples"].values()) for entry in (ordered[0], ordered[-1]))
    caption = f"Samples of each class: {most:,} of the largest, {least:,} of the smallest"
    part = f" (the {MAX_BARS // 2} largest and smallest of {len(ordered):,})" if len(ordered) > MAX_BARS else ""
    size = 1.27 * WIDTH, 0.9 + 0.17 * len(shown)
    return draw_plot(draw, f"{caption}{part}.", name="classes", size=size, splits=list(shown[0]["samples"]))


def plot_histogram(name: str, meaning: str, values: NDArray[Any], parts: Mapping[str, NDArray[np.int64]]) -> Plot:
    """Draw a column's distribution in each split, each adding up to 1, so that splits of any size compare.

    Args:
        name: The column.
        meaning: What it is.
        values: Shape (N,).
        parts: int64: rows of each split, at least one in all.
    """
    used = np.concatenate([values[rows] for rows in parts.values()]).astype(np.float64)
    edges = np.histogram_bin_edges(used, BARS)

    def draw(axes: Axes) -> None:
        for split, rows in parts.items():
            height = np.histogram(values[rows], edges)[0] / len(rows)
            axes.stairs(height, edges, color=SPLIT_COLOURS[split], linewidth=1.6, label=split)
        axes.set_xlabel(meaning)
        axes.set_ylabel("share of samples")
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(0, None)

    return draw_plot(draw, f"{_title(name)} by split.", name=name, splits=list(parts))


def plot_pair(names: tuple[str, str], x: NDArray[Any], y: NDArray[Any]) -> Plot:
    """Draw how many samples have which two figures, in bins; colours are logarithmic."""
    return _plot_bins(x, y, labels=names, caption=f"{_title(names[0])} and {names[1]}: each square counts samples.", diagonal=True)


def plot_ratio(names: tuple[str, str], x: NDArray[Any], y: NDArray[Any]) -> Plot:
    """Draw how the ratio of two positive columns goes with their geometric mean, in bins."""
    ratio, size = x / np.maximum(y, 1e-9), np.sqrt(x.astype(np.float64) * y)
    labels = f"√({names[0]} × {names[1]})", f"{names[0]} ÷ {names[1]}"
    return _plot_bins(size, ratio, labels=labels, caption=f"Shape by size: {names[0]} ÷ {names[1]} is 1 for a square.")


def _plot_bins(x: NDArray[Any], y: NDArray[Any], *, labels: tuple[str, str], caption: str, diagonal: bool = False) -> Plot:
    counts, x_edges, y_edges = np.histogram2d(x, y, BINS)

    def draw(axes: Axes) -> None:
        from matplotlib.colors import LinearSegmentedColormap, LogNorm

        extent = (x_edges[0], x_edges[-1], y_edges[0], y_edges[-1])
        shown = np.ma.masked_equal(counts.T, 0)
        norm = LogNorm(1, max(2, counts.max()))
        colours = LinearSegmentedColormap.from_list("few to many", FEW_TO_MANY)
        image = axes.imshow(shown, origin="lower", extent=extent, aspect="auto", interpolation="none", cmap=colours, norm=norm)
        axes.grid(visible=False)
        bar = axes.figure.colorbar(image, ax=axes, label="samples", pad=0.02, format=lambda value, _: f"{value:,.0f}")
        bar.outline.set_visible(False)
        if diagonal:
            axes.axline((0, 0), slope=1, color=INK, linewidth=0.7, linestyle=":")
            axes.set_xlim(*extent[:2])
            axes.set_ylim(*extent[2:])
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])

    return draw_plot(draw, caption, name=" ".join(labels))


def draw_plot(
    draw: Callable[[Axes], None], caption: str, *, name: str, size: tuple[float, float] = (WIDTH, HEIGHT), splits: Sequence[str] = ()
) -> Plot:
    """Make a plot in the page's manner.

    Args:
        draw: Draws it, in colours of `COLOURS`, which become the page's.
        caption: One line that says what is to be seen.
        name: Told apart by it from the page's other plots.
        size: Width and height in inches.
        splits: Names of what was drawn that are listed above it.
    """
    import matplotlib as mpl  # 0.3 s that only who draws pays
    from matplotlib.figure import Figure

    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # only measured: the reader's own fonts draw the text
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        if splits:
            figure.legend(loc="outside upper left", ncols=len(splits), handlelength=1)
        return Plot(_inline(figure, caption, name), caption)


def _inline(figure: Figure, caption: str, name: str) -> Markup:
    """Write a figure as an element of the page: no addresses, no rules for the rest of the page, ids of its own."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = file.getvalue()
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', svg)
    svg = f'<svg {box[0] if box else ""} role="img" aria-label="{escape(caption)}">{svg[svg.index(">") + 1 :]}'
    prefix = re.sub(r"\W+", "-", name)
    svg = re.sub(r"<[^>]*>", lambda tag: _adapt_tag(tag[0], prefix), svg)  # what stands between tags is text of ours or of a user
    return Markup(svg)  # noqa: S704  # matplotlib escapes its text; the rest is ours


def _adapt_tag(tag: str, prefix: str) -> str:
    """Give an element the page's font and colours, and an id that no other plot has."""
    tag = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", tag)
    tag = re.sub(r'(\bid="|href="#|url\(#)', lambda start: f"{start[1]}{prefix}-", tag)
    for stand_in, colour in COLOURS.items():
        tag = tag.replace(stand_in, colour)
    return tag


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
