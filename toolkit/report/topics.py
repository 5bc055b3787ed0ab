"""What a wing tells of a data set in its own words: its topics come in, sections of the page go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.report.plots import SPLIT_COLOURS, Plot, draw_plot
from toolkit.report.sections import Note, Part, Plots, Section, Table
from toolkit.wing import Lines, Topic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["lay_out_topic", "plot_lines"]


def lay_out_topic(topic: Topic) -> Section:
    """Put a topic's sentences first, then what is drawn, then its tables."""
    parts: list[Part] = [Note(text) for text in topic.notes]
    parts += [Plots([plot_lines(lines) for lines in topic.plots])] if topic.plots else []
    parts += [Table(*table) for table in topic.tables]
    return Section(topic.name, topic.title, parts, topic.figures)


def plot_lines(lines: Lines) -> Plot:
    """Draw curves, those of a split in its colour, and guides dotted."""
    free = iter([colour for name, colour in SPLIT_COLOURS.items() if name not in lines.curves] * len(lines.curves))
    colours = {name: SPLIT_COLOURS.get(name) or next(free) for name in (*lines.curves, *lines.guides)}

    def draw(axes: Axes) -> None:
        for name, (x, y) in lines.curves.items():
            axes.plot(x, y, color=colours[name], linewidth=1.6, label=name)
        for name, (x, y) in lines.guides.items():
            axes.plot(x, y, color=colours[name], linewidth=1.2, linestyle=":", label=name)
        axes.set_xscale("log" if lines.logarithmic[0] else "linear")
        axes.set_yscale("log" if lines.logarithmic[1] else "linear")
        axes.set_xlabel(lines.axes[0])
        axes.set_ylabel(lines.axes[1])

    return draw_plot(draw, lines.caption, name=lines.name, splits=list(colours))
