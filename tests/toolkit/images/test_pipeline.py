"""Steps as users write them, and chains of steps."""

import contextlib
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import ArgumentError
from toolkit.images import Pipeline, parse_steps
from toolkit.images.transforms import Clahe, CropBox, Equalize, Exposure, Grayscale, Resize, StretchHistogram, Transform

STEPS = "crop_box(margin=0.1), grayscale, stretch(low=0.02), clahe"
CHAIN = (CropBox(margin=0.1), Grayscale(), StretchHistogram(low=0.02), Clahe())


@pytest.mark.parametrize("text", [STEPS, " crop_box( margin = 0.1 ),grayscale(),\n stretch(low=2e-2), clahe,"])
def test_steps_are_read(text):
    assert parse_steps(text) == CHAIN


@pytest.mark.parametrize("text", ["", "  \n"])
def test_blank_text_is_no_step(text):
    assert parse_steps(text) == ()


def test_pipeline_prints_as_it_was_written():
    assert str(Pipeline(CHAIN)) == STEPS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("blur", "steps: a step must be one of clahe, crop_box, equalize, exposure, grayscale, resize, stretch, got blur."),
        ("stretch(lo=0.1)", "steps: an argument of stretch must be one of low, high, per_channel, got lo."),
        ("equalize(bins=3)", "steps: an argument of equalize must be left out, got bins."),
        ("clahe(2.0)", "steps: a step must be a name, with name=value arguments in parentheses where it has any, got clahe(2.0)."),
        ("clahe(**{})", "steps: a step must be a name, with name=value arguments in parentheses where it has any, got clahe(**{})."),
        (
            "clahe(tiles=1, tiles=2)",
            "steps: a step must be a name, with name=value arguments in parentheses where it has any, got clahe(tiles=1, tiles=2).",
        ),
        (
            "clahe] + [clahe",
            "steps: a step must be a name, with name=value arguments in parentheses where it has any, got [clahe] + [clahe].",
        ),
        ("3", "steps: a step must be a name, with name=value arguments in parentheses where it has any, got 3."),
        ("os.getcwd()", "steps: a step must be a name, with name=value arguments in parentheses where it has any, got os.getcwd()."),
        ("clahe(tiles=x)", 'steps: tiles must be a number, True, False, None or "text" in quotes, got x in clahe(tiles=x).'),
        ("exposure(gain=-1)", "Exposure: gain must be above 0, got -1."),
        ("exposure(gain='a')", "steps: exposure must be given gain, gamma, target_mean of the right types, got {'gain': 'a'}."),
        ("resize(height=3)", "steps: resize must be given height, width, fit of the right types, got {'height': 3}."),
    ],
)
def test_wrong_steps_are_told(text, message):
    with pytest.raises(ArgumentError) as error:
        parse_steps(text)
    assert str(error.value) == message


@pytest.mark.parametrize("text", ["clahe(", "clahe clahe", "(" * 1000, "\0", "a=1"])
def test_unreadable_text_is_told(text):
    with pytest.raises(ArgumentError, match="steps: text must be names with arguments in parentheses, separated by commas, got"):
        parse_steps(text)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ArgumentError):
        assert all(isinstance(step, Transform) for step in parse_steps(text))


numbers = st.floats(0.125, 0.875)
steps = st.one_of(
    st.builds(Clahe, clip_limit=st.floats(1, 40), tiles=st.integers(1, 9), counts=st.sampled_from(["exact", "whole"])),
    st.builds(Exposure, gain=numbers, gamma=numbers),
    st.builds(Exposure, target_mean=numbers),
    st.builds(Grayscale, keep_channels=st.booleans()),
    st.builds(Resize, height=st.integers(1, 99), width=st.integers(1, 99), fit=st.sampled_from(["stretch", "pad"])),
    st.builds(StretchHistogram, low=st.floats(0, 0.1), high=numbers.map(lambda x: max(x, 0.2)), per_channel=st.booleans()),
    st.just(Equalize()),
)


@given(st.lists(steps).map(tuple))
def test_any_pipeline_comes_back_from_text_json_and_pickle(chain):
    pipeline = Pipeline((CropBox(), *chain))
    assert Pipeline(parse_steps(str(pipeline))) == pipeline
    assert Pipeline.from_json(json.loads(json.dumps(pipeline.to_json()))) == pipeline
    assert pickle.loads(pickle.dumps(pipeline)) == pipeline
    assert len({pipeline, pickle.loads(pickle.dumps(pipeline))}) == 1


def test_steps_are_applied_in_order():
    image = np.array([[[0.2], [0.4]]], np.float32)
    brighter_first = Pipeline((Exposure(gain=2), Exposure(gamma=2)))
    np.testing.assert_allclose(brighter_first(image).ravel(), [0.16, 0.64], atol=1e-6)
    np.testing.assert_allclose(Pipeline(brighter_first.steps[::-1])(image).ravel(), [0.08, 0.32], atol=1e-6)


def test_the_box_reaches_the_crop():
    image = np.arange(12, dtype=np.float32).reshape(3, 4, 1) / 12
    assert np.array_equal(Pipeline((CropBox(),))(image, (1, 0, 2, 1)), image[:2, 1:3])


def test_no_steps_change_nothing():
    image = np.full((2, 2, 3), 0.5, np.float32)
    assert np.array_equal(Pipeline()(image), image)


def test_crop_after_resize_is_refused():
    with pytest.raises(
        ArgumentError, match=r"Pipeline: steps must be ordered with crop_box before resize, got resize\(height=4, width=4\), crop_box\."
    ):
        Pipeline((Resize(4, 4), CropBox()))


def test_second_crop_is_refused():
    with pytest.raises(ArgumentError, match=r"Pipeline: steps must be free of a second crop_box, got crop_box, crop_box\."):
        Pipeline((CropBox(), CropBox()))


def test_a_clahe_stored_before_it_told_how_it_counts_is_replayed_as_it_was():
    stored = Pipeline.from_json([{"name": "clahe", "clip_limit": 2.0, "tiles": 4}])
    assert str(stored) == "clahe(counts='whole')"
    flat = np.full((48, 48, 3), 0.5, np.float32)
    np.testing.assert_allclose(stored(flat), 0.9, atol=1e-6)
    assert Pipeline(parse_steps("clahe")).to_json() == [{"name": "clahe", "clip_limit": 2.0, "tiles": 4, "counts": "exact"}]


@pytest.mark.parametrize("stored", [[{}], [{"name": "blur"}], [{"name": "clahe", "size": 3}], [{"name": ["x"]}]])
def test_foreign_json_is_refused(stored):
    with pytest.raises(ArgumentError, match="steps: a"):
        Pipeline.from_json(stored)
