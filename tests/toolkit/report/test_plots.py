"""Plots are inline SVG of flat size that takes its colours from the page and says its names as text."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from toolkit.report.plots import COLOURS, plot_classes, plot_histogram, plot_pair, plot_ratio


def parse(svg):
    return ET.fromstring(svg.replace("xlink:href", "href"))  # HTML knows the prefix by itself


def histogram(num_rows):
    rows = np.arange(num_rows)
    values = np.random.default_rng(0).normal(size=num_rows)
    return plot_histogram("light", "how bright", values, {"train": rows[::2], "val": rows[1::2]})


def pair(num_rows):
    x, y = np.random.default_rng(0).uniform(1, 99, (2, num_rows))
    return plot_pair(("width", "height"), x, y)


def classes(*names, count=3):
    return [{"name": name, "samples": {"train": count + i, "test": 1}, "groups": {}} for i, name in enumerate(names)]


@pytest.mark.parametrize("plot", [histogram(50), pair(50), plot_classes(classes("a", "b"))], ids=["histogram", "pair", "classes"])
def test_a_plot_is_well_formed_and_has_nothing_of_its_own_for_the_page(plot):
    root = parse(plot.svg)
    assert root.get("aria-label") == plot.caption
    assert {element.tag for element in root.iter()}.isdisjoint({"style", "metadata", "script"})
    assert "http" not in plot.svg
    assert not any(stand_in in plot.svg for stand_in in COLOURS)
    assert "currentColor" in plot.svg
    ids = {element.get("id") for element in root.iter()} - {None}
    uses = {element.get("href") for element in root.iter("use")}
    assert uses <= {f"#{name}" for name in ids}


@pytest.mark.parametrize("draw", [histogram, pair])
def test_ten_times_the_samples_take_no_more_room(draw):
    assert len(draw(200_000).svg) < 1.3 * len(draw(20_000).svg) + 2000


def test_the_same_figures_draw_the_same_bytes():
    assert pair(80) == pair(80)


def test_names_are_text_whatever_they_hold():
    names = ["$\\frac{1}{2}$", "<b>&amp;\"'", "a\x00b\u202ec", "标志", 'id="a" #010101', "font: 9px x;", ""]
    root = parse(plot_classes(classes(*names)).svg)
    texts = {"".join(element.itertext()) for element in root.iter("text")}
    assert {"$\\frac{1}{2}$", "<b>&amp;\"'", "a\\x00b\\u202ec", "标志", 'id="a" #010101', "font: 9px x;", "(no name)"} <= texts


def test_of_many_classes_the_largest_and_the_smallest_have_bars():
    plot = plot_classes(classes(*(f"class {i}" for i in range(500))))
    assert plot.caption == "Samples of each class: 503 of the largest, 4 of the smallest (the 30 largest and smallest of 500)."
    texts = {"".join(element.itertext()) for element in parse(plot.svg).iter("text")}
    assert {"class 499", "class 470", "class 29", "class 0"} <= texts
    assert not {"class 469", "class 30"} & texts


def test_one_value_and_a_zero_are_drawn():
    rows = np.arange(3)
    assert "<svg" in plot_histogram("flat", "one value", np.ones(3), {"train": rows}).svg
    assert "<svg" in plot_ratio(("width", "height"), np.ones(3), np.zeros(3)).svg
