"""A wing's own topic becomes a section: sentences, curves in the page's colours, tables, and figures for the JSON file."""

import numpy as np

from toolkit.report.sections import Note, Plots, Table
from toolkit.report.topics import lay_out_topic, plot_lines
from toolkit.wing import Lines, Topic

X = np.array([1, 10, 100])
LINES = Lines("rise", "It rises.", ("steps", "height"), {"train": (X, X), "other": (X, 2 * X)}, {"law": (X, 3 * X)}, (True, False))


def test_a_topic_becomes_a_section_in_a_fixed_order():
    topic = Topic("rise", "How it rises", ("It does.",), (LINES,), (("Heights", ("step", "height"), [[1, 2.5]]),), {"height": 2.5})
    section = lay_out_topic(topic)
    assert [type(part) for part in section.parts] == [Note, Plots, Table]
    assert (section.name, section.title, section.figures) == ("rise", "How it rises", {"height": 2.5})
    assert lay_out_topic(Topic("none", "Nothing")).parts == []


def test_curves_of_splits_have_their_colour_and_guides_are_dotted():
    plot = plot_lines(LINES)
    assert all(text in plot.svg for text in ("steps", "height", "train", "other", "law", "stroke-dasharray", "var(--series-1)"))
    assert plot.caption == "It rises."
