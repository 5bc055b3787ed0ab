"""Thumbnails of raw and of stored pictures, and the mean of some, as a browser reads them."""

import base64

import cv2
import numpy as np
import pytest

from toolkit import ImageOptions, open_dataset, preprocess_images
from toolkit.dataset_file import TakeSamples, list_samples
from toolkit.errors import ArgumentError
from toolkit.images.show import Show
from toolkit.wing import Manifest


def decode(address):
    """RGB pixels of a data address, uint8."""
    head, _, data = address.partition(",")
    assert head == "data:image/webp;base64"
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


@pytest.fixture
def raw(tmp_path):
    """A red and a blue picture, in a folder a class, and one that is none."""
    for name, colour, size in (("red", (0, 0, 200), (160, 80)), ("blue", (200, 0, 0), (20, 30))):
        (tmp_path / name).mkdir()
        for i in range(4):
            cv2.imwrite(str(tmp_path / name / f"{i}.png"), np.full((*size, 3), colour, np.uint8))
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def test_thumbnails_fit_their_square_and_small_pictures_stay(raw):
    shown = Show().pictures(Manifest("images", str(raw), ["red/0.png", "torn.png", "missing.png", "blue/0.png"]))
    red, blue = decode(shown[0]), decode(shown[3])
    assert shown[1:3] == ["", ""]
    assert (red.shape, blue.shape) == ((64, 32, 3), (20, 30, 3))
    assert np.abs(red.mean((0, 1)) - (200, 0, 0)).max() < 12
    assert np.abs(blue.mean((0, 1)) - (0, 0, 200)).max() < 12


def test_the_mean_of_red_and_blue_is_purple_whatever_their_sizes(raw):
    mean = decode(Show(side=16).average(Manifest("images", str(raw), ["red/0.png", "blue/0.png", "torn.png"])))
    assert mean.shape == (16, 16, 3)
    assert np.abs(mean.mean((0, 1)) - (100, 0, 100)).max() < 12
    assert Show().average(Manifest("images", str(raw), ["torn.png"])) == ""


@pytest.mark.parametrize(("dtype", "steps"), [("float16", ""), ("uint8", "grayscale")])
def test_stored_pictures_are_shown_in_the_order_asked_for(raw, tmp_path, dtype, steps):
    from toolkit.images import parse_steps
    from toolkit.splits import SplitOptions

    (raw / "torn.png").unlink()
    options = ImageOptions(size=(24, 24), dtype=dtype, steps=parse_steps(steps) if steps else ())
    preprocess_images(raw, tmp_path / "out.h5", images=options, split=SplitOptions((0.5, 0.5)))
    file = open_dataset(tmp_path / "out.h5")
    rows = list_samples(file)
    order = np.random.default_rng(1).permutation(len(rows))
    shown = Show(TakeSamples(file)).pictures(rows.take(order))
    reds = [decode(picture)[..., 0].mean() > (30 if steps else 100) for picture in shown]
    assert reds == [rows.origin[row].startswith("red") for row in order]


def test_a_side_too_small_is_refused():
    with pytest.raises(ArgumentError, match="Show: side must be at least 8, got 4"):
        Show(side=4)
