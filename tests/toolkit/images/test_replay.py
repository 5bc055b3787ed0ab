"""A stored pipeline is sent over the originals again: every step is seen, what comes out is what is stored, or it is said why not."""

from pathlib import Path

import numpy as np
import pytest

from tests.toolkit.images.test_show import decode
from toolkit import ImageOptions, open_dataset, preprocess_images
from toolkit.dataset_file import TakeSamples, list_samples
from toolkit.errors import DataError
from toolkit.images import find_originals, parse_steps, read, replay
from toolkit.samples import SignOptions, draw_signs
from toolkit.wing import Manifest


@pytest.fixture
def signs(tmp_path):
    drawn = draw_signs(tmp_path / "signs", options=SignOptions(num_classes=3, tracks=4, frames=3, test_tracks=2))
    return drawn.folder


@pytest.fixture(params=["float16", "uint8"])
def file(request, signs, tmp_path):
    steps = parse_steps("crop_box(margin=0.1), grayscale, stretch(low=0.02)")
    preprocess_images(signs, tmp_path / "signs.h5", images=ImageOptions(size=(24, 24), dtype=request.param, steps=steps))
    return open_dataset(tmp_path / "signs.h5")


def test_what_comes_out_is_what_is_stored_and_each_step_is_shown(file):
    rows = list_samples(file).take(np.arange(10))
    originals = find_originals(file.pipeline, file.source["root"], rows)
    assert originals.columns["box"].shape == (10, 4)
    stages = replay(file.pipeline, originals, TakeSamples(file)(rows))
    assert [stage.name for stage in stages] == [
        "as read",
        "crop_box(margin=0.1)",
        "resize(height=24, width=24)",
        "grayscale",
        "stretch(low=0.02)",
    ]
    assert all(len(stage.pictures) == len(stage.names) == 8 for stage in stages)
    for stage in stages:
        assert stage.histogram.sum() == pytest.approx(1)
    assert decode(stages[2].pictures[0]).shape == (24, 24, 3)
    last = decode(stages[-1].pictures[0]).astype(np.float32)
    assert np.abs(last - last[..., :1]).max() < 12  # gray
    # stretching empties the middle towards the ends: the share of the two outer bins grows
    assert stages[-1].histogram[[0, -1]].sum() > stages[-2].histogram[[0, -1]].sum()


def test_the_histogram_counts_shares_of_pixels(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "half.png"), np.repeat(np.array([[0, 0, 255, 255]], np.uint8)[..., None], 3, axis=2))
    pipeline = {"kind": "images", "size": [1, 4], "channels": 3, "dtype": "uint8"}
    pipeline["steps"] = [{"name": "resize", "height": 1, "width": 4, "fit": "stretch"}]
    for stage in replay(pipeline, Manifest("images", str(tmp_path), ["half.png"])):
        assert (stage.histogram[0], stage.histogram[-1], stage.histogram[1:-1].sum()) == (0.5, 0.5, 0)


def test_raw_pictures_can_be_tried_without_a_file(signs):
    from toolkit.images import plan

    rows = read(signs).take(np.arange(2))
    stages = replay(plan(rows, ImageOptions(size=(16, 16), steps=parse_steps("crop_box"))).pipeline, rows)
    assert [stage.name for stage in stages] == ["as read", "crop_box", "resize(height=16, width=16)"]
    assert stages[0].names == tuple(rows.origin)


def test_originals_that_changed_or_are_gone_are_told(file):
    rows = list_samples(file).take(np.arange(4))
    originals = find_originals(file.pipeline, file.source["root"], rows)
    first, second = (Path(originals.locate(originals.origin[i])) for i in (0, 3))
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    with pytest.raises(DataError, match="originals must be what the file was made of, got another picture in Final"):
        replay(file.pipeline, originals, TakeSamples(file)(rows))
    first.write_bytes(data)
    second.unlink()
    with pytest.raises(DataError, match="originals must be readable, got cannot be read: No such file"):
        replay(file.pipeline, originals, TakeSamples(file)(rows))


def test_boxes_that_cannot_be_found_again_are_told(file, tmp_path):
    rows = list_samples(file).take(np.arange(2))
    with pytest.raises(DataError, match="boxes must be where they were when the file was made, got none in"):
        find_originals(file.pipeline, str(tmp_path / "moved"), rows)
    (tmp_path / "other" / "a").mkdir(parents=True)
    (tmp_path / "other" / "a" / "x.ppm").write_bytes(Path(f"{file.source['root']}/{rows.origin[0]}").read_bytes())
    with pytest.raises(DataError, match="boxes must be where they were when the file was made, got none in"):
        find_originals(file.pipeline, str(tmp_path / "other"), rows)
