"""What a wing tells of a data set in its own words: its topics come in, sections of the page go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.report.plots import HEIGHT, SPLIT_COLOURS, WIDTH, Plot, draw_plot
from toolkit.report.sections import Note, Part, Plots, Section, Table
from toolkit.wing import Lines, Topic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["lay_out_topic", "plot_lines"]

_WIDE, _FLAT = 2.4, 0.8


def lay_out_topic(topic: Topic) -> Section:
    """Put a topic's sentences first, then what is drawn, wide plots before others, then its tables."""
    parts: list[Part] = [Note(text) for text in topic.notes]
    for wide in (True, False):
        plots = [plot_lines(lines) for lines in topic.plots if lines.wide is wide]
        parts += [Plots(plots, wide)] if plots else []
    parts += [Table(*table) for table in topic.tables]
    return Section(topic.name, topic.title, parts, topic.figures)


def plot_lines(lines: Lines) -> Plot:
    """Draw curves, those of a split in its colour, and guides dotted."""
    times = any(np.issubdtype(x.dtype, np.datetime64) for x, _ in lines.curves.values())
    free = iter([colour for name, colour in SPLIT_COLOURS.items() if name not in lines.curves] * len(lines.curves))
    colours = {name: SPLIT_COLOURS.get(name) or next(free) for name in (*lines.curves, *lines.guides)}

    def draw(axes: Axes) -> None:
        for name, (x, y) in lines.curves.items():
            axes.plot(x, y, color=colours[name], linewidth=0.9 if lines.wide else 1.6, label=name)
        for name, (x, y) in lines.guides.items():
            axes.plot(x, y, color=colours[name], linewidth=1.2, linestyle=":", label=name)
        if not times:
            axes.set_xscale("log" if lines.logarithmic[0] else "linear")
        axes.set_yscale("log" if lines.logarithmic[1] else "linear")
        if times:
            from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

            locator: Any = AutoDateLocator(minticks=3, maxticks=12 if lines.wide else 6)  # type: ignore[no-untyped-call]
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.set_xlabel(lines.axes[0])
        axes.set_ylabel(lines.axes[1])

    size = (_WIDE * WIDTH, _FLAT * HEIGHT) if lines.wide else (WIDTH, HEIGHT)
    return draw_plot(draw, lines.caption, name=lines.name, size=size, splits=list(colours))
