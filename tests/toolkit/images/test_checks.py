"""What stands out among its peers is found on the right side of each threshold, and what all its class is does not stand out."""

import numpy as np
import pytest

from toolkit.images import find_outliers
from toolkit.images.checks import FAR, MIN_PEERS, score
from toolkit.wing import Manifest

PLAIN = {"height": 48, "width": 48, "brightness": 0.4, "contrast": 0.1, "sharpness": 0.1}


def found_in(*odd, count=100, label=None):
    """Findings by name among `count` plain pictures and some odd ones, which come last."""
    rows = [PLAIN] * count + [PLAIN | changes for changes in odd]
    columns = {name: np.array([row[name] for row in rows], np.float32) for name in PLAIN}
    manifest = Manifest("images", "/", [str(i) for i in range(len(rows))], label=None if label is None else np.array(label))
    return {f.check: f for f in find_outliers(manifest, columns, np.arange(len(rows)))}


def test_scores_are_robust_deviations_by_hand():
    # Median 3, absolute distances 2 1 0 1 97: their median is 1.
    values, peers = np.array([1.0, 2, 3, 4, 100]), np.zeros(5, np.int64)
    np.testing.assert_allclose(score(values, peers, least=0.1), np.array([-2, -1, 0, 1, 97]) / 1.4826)
    np.testing.assert_allclose(score(values, peers, least=4), np.array([-2, -1, 0, 1, 97]) / 4)
    np.testing.assert_allclose(score(values, np.array([0, 1, 1, 1, 2]), least=1), [0, -1 / 1.4826, 0, 1 / 1.4826, 0])


def test_pictures_all_alike_are_no_finding():
    assert found_in() == {}
    assert found_in(count=0) == {}


@pytest.mark.parametrize(
    ("check", "inside", "outside"),
    [
        ("dark", {"brightness": 0.4 - FAR * 0.0199}, {"brightness": 0.4 - FAR * 0.0201}),
        ("bright", {"brightness": 0.4 + FAR * 0.0199}, {"brightness": 0.4 + FAR * 0.0201}),
        ("blurred", {"sharpness": 0.1 * np.exp(-FAR * 0.099)}, {"sharpness": 0.1 * np.exp(-FAR * 0.101)}),
        ("odd_size", {"height": 78, "width": 78}, {"height": 80, "width": 80}),  # e^0.5 = 1.65 times 48 is 79.1
        ("odd_shape", {"height": 48, "width": 58}, {"height": 48, "width": 59}),  # e^0.2 = 1.22 times 48 is 58.6
        ("flat", {"contrast": 2.01 / 255}, {"contrast": 1.99 / 255}),
    ],
)
def test_each_threshold_has_two_sides(check, inside, outside):
    assert check not in found_in(inside)
    found = found_in(outside, inside)[check]
    assert (found.severity, found.count, found.samples) == ("warning" if check == "flat" else "info", 1, (100,))
    assert found.title.startswith("1 picture ")


def test_the_worst_comes_first():
    assert found_in({"brightness": 0.25}, {"brightness": 0.05}, {"brightness": 0.15})["dark"].samples == (101, 102, 100)


def test_a_class_of_night_scenes_is_not_dark():
    night = [{"brightness": 0.05}] * MIN_PEERS
    assert "dark" not in found_in(*night, label=[0] * 100 + [1] * MIN_PEERS)
    assert found_in(*night)["dark"].count == MIN_PEERS


def test_what_is_all_but_black_or_white_stands_out_also_where_peers_scatter():
    scattered = [{"brightness": 0.1 + 0.7 * (i % 50) / 50} for i in range(400)]
    black, white = {"brightness": 0.05, "contrast": 0.02}, {"brightness": 0.95, "contrast": 0.02}
    found = found_in(*scattered, black, white, {"brightness": 0.05, "contrast": 0.03}, count=0)
    assert (found["dark"].samples, found["bright"].samples) == ((400,), (401,))


def test_a_picture_of_little_contrast_is_not_blurred_for_that():
    assert "blurred" not in found_in({"contrast": 0.02, "sharpness": 0.02})
    assert found_in({"contrast": 0.1, "sharpness": 0.02})["blurred"].samples == (100,)


def test_a_small_picture_is_dark_only_if_it_is_so_beside_all_of_its_class():
    small = [{"height": 12, "width": 12, "brightness": 0.8}] * MIN_PEERS
    assert "dark" not in found_in(*small, {"height": 12, "width": 12})  # darker than small ones, light as all others
    assert found_in(*small, {"height": 12, "width": 12, "brightness": 0.05})["dark"].samples == (100 + MIN_PEERS,)


def test_blur_is_told_among_pictures_of_like_size():
    small = [{"height": 12, "width": 12, "sharpness": 0.02}] * MIN_PEERS
    assert "blurred" not in found_in(*small)
    assert found_in(*small, {"sharpness": 0.02})["blurred"].samples == (100 + MIN_PEERS,)


def test_a_small_class_that_is_all_alike_does_not_stand_out_from_others():
    few = [PLAIN | {"brightness": 0.4}] * 75 + [PLAIN | {"brightness": 0.2}] * 15
    assert "dark" not in found_in(*few, count=0, label=[i // 15 for i in range(90)])


def test_a_handful_of_pictures_is_not_judged():
    assert found_in(*[PLAIN] * 5, PLAIN | {"height": 400, "width": 400}, count=0, label=[0] * 6) == {}


def test_classes_of_few_are_judged_together():
    few = [PLAIN | {"brightness": 0.4}] * 30
    assert found_in(*few, {"brightness": 0.05}, label=[0] * 100 + [i // 5 + 1 for i in range(30)] + [9])["dark"].samples == (130,)
