"""A pipeline's steps become pictures, histograms and a sentence on precision; without them the reason stands there."""

import numpy as np

from tests.toolkit.report.tables import PIXEL
from toolkit.report.sections import Note, Pictures, Plots
from toolkit.report.stages import lay_out_stages
from toolkit.wing import Stage

STAGES = [Stage(name, ("a", "<b>"), (PIXEL, ""), np.full(4, 0.25)) for name in ("as read", "grayscale", "clahe")]


def test_each_step_has_its_pictures_and_its_histogram_beside_the_one_before():
    section = lay_out_stages(STAGES, fitted={})
    assert [part.title for part in section.parts if isinstance(part, Pictures)] == ["As read", "1. `grayscale`", "2. `clahe`"]
    (plots,) = (part.plots for part in section.parts if isinstance(part, Plots))
    assert [plot.caption for plot in plots] == ["Before and after grayscale.", "Before and after clahe."]
    assert "before" in plots[0].svg
    assert "luminance" in plots[0].svg


def test_what_storing_lost_is_told_in_levels():
    (note,) = lay_out_stages([], fitted={"precision_max_error": np.array(0.002), "precision_rmse": np.array(0.0004)}).parts
    assert "0.002 of the full range at most, 0.51 of 255 levels; by 0.0004 as root mean square" in note.text


def test_without_stages_the_reason_stands_there_and_without_either_nothing():
    (note,) = lay_out_stages([], fitted={}, reason="a.png is gone").parts
    assert note == Note("Not shown: a.png is gone")
    assert lay_out_stages([], fitted={}).parts == []


def test_programs_get_steps_parameters_and_figures_without_pictures():
    clahe = Stage("clahe", ("a",), (PIXEL,), np.array([0.25, 0.75]), {"name": "clahe", "clip_limit": 2.0})
    section = lay_out_stages([Stage("as read", ("a",), (PIXEL,), np.array([0.5, 0.5])), clahe], fitted={})
    assert section.figures == {
        "samples": ["a"],
        "stages": [
            {"step": "as read", "name": "as read", "parameters": {}, "luminance_histogram": [0.5, 0.5]},
            {"step": "clahe", "name": "clahe", "parameters": {"clip_limit": 2.0}, "luminance_histogram": [0.25, 0.75]},
        ],
    }


def test_programs_get_what_storing_lost_and_why_there_are_no_steps():
    fitted = {"precision_max_error": np.array(0.25), "precision_rmse": np.array(0.125)}
    section = lay_out_stages([], fitted=fitted, reason="a.png is gone")
    assert section.figures == {"not_shown": "a.png is gone", "precision": {"max_error": 0.25, "rmse": 0.125}}
    assert lay_out_stages([], fitted={}).figures == {}
