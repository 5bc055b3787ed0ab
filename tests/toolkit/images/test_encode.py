"""Blocks of stored images, their figures, and the plan that describes them."""

import json
import pickle

import numpy as np
import pytest
from PIL import Image

from tests.toolkit.images.pictures import PIXELS, ppm, save
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ImageOptions, encoder, parse_steps, plan, read, read_unlabelled
from toolkit.images.store import store, summarise, unstore
from toolkit.wing import Array, Manifest

SOURCE = Image.fromarray(PIXELS)


@pytest.fixture
def source(tmp_path):
    """A folder a class with three readable pictures, one truncated, one empty, one gone after it was listed."""
    for name, data in {
        "a/gray.ppm": ppm(6, 4, 51),
        "a/noise.png": save(SOURCE, "PNG"),
        "b/cut.jpg": save(SOURCE, "JPEG")[:-9],
        "b/empty.png": b"",
        "b/gone.png": b"",
        "b/white.bmp": save(Image.new("RGB", (1, 1), (255, 255, 255)), "BMP"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    manifest = read(tmp_path)
    (tmp_path / "b/gone.png").unlink()
    return manifest


def test_good_rows_are_filled_and_bad_rows_told(source):
    encoded = plan(source, ImageOptions(size=(5, 7))).encode(source)
    x = encoded.arrays["x"]
    assert x.shape == (6, 5, 7, 3)
    assert x.dtype == np.float16
    np.testing.assert_allclose(x[0], 0.2, atol=1e-4)
    assert (x[5] == 1).all()
    assert not x[2:5].any()
    assert encoded.failures == {2: "JPEG file is cut short", 3: "file is empty", 4: "cannot be read: No such file or directory"}


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_same_rows_give_the_same_bytes_in_any_company(source, dtype):
    encode = plan(source, ImageOptions(size=(8, 8), dtype=dtype)).encode
    whole = encode(source)
    again = pickle.loads(pickle.dumps(encode))(source.take(np.array([5, 1])))
    assert np.array_equal(again.arrays["x"], whole.arrays["x"][[5, 1]])
    assert encode(source).stats == whole.stats


def test_stored_values_are_rounded_once(source):
    pixels = [
        plan(source, ImageOptions(size=(37, 29), dtype=d)).encode(source.take(np.array([1]))).arrays["x"][0]
        for d in ("uint8", "float32", "float16")
    ]
    assert np.array_equal(pixels[0], PIXELS)
    np.testing.assert_allclose(pixels[1], PIXELS / 255, atol=1e-7)
    assert np.array_equal(pixels[2], pixels[1].astype(np.float16))


def test_halves_are_rounded_to_even_in_float16():
    between = np.float32(0.5) + np.arange(5, dtype=np.float32) * np.float32(2**-12)
    assert np.array_equal(store(between.reshape(1, 5), "float16"), between.reshape(1, 5).astype(np.float16))
    random = np.random.default_rng(0).random((3, 1000), np.float32) ** 8
    assert np.array_equal(store(random, "float16"), random.astype(np.float16))


def test_every_float16_comes_back_exactly():
    every = np.arange(0x3C01, dtype=np.uint16).view(np.float16)  # 0 to 1, the smallest included
    assert np.array_equal(unstore(every), every.astype(np.float32))


def test_figures_are_those_of_the_images_before_rounding(source):
    for dtype, top, rounding in (("float32", 1, 1e-6), ("float16", 1, 2**-12), ("uint8", 255, 0.5 / 255)):
        made = plan(source, ImageOptions(size=(6, 6), dtype=dtype))
        blocks = [made.encode(source.take(np.array(rows))) for rows in ([0, 1, 2], [3, 4], [5])]
        meta = made.summarise([json.loads(json.dumps(block.stats)) for block in blocks])
        kept = np.concatenate([block.arrays["x"] for block in blocks])[[0, 1, 5]].astype(np.float64) / top
        np.testing.assert_allclose(meta["channel_mean"], kept.mean((0, 1, 2)), atol=rounding)
        np.testing.assert_allclose(meta["channel_std"], kept.std((0, 1, 2)), atol=rounding)
        assert meta["channel_mean"].dtype == np.float64


@pytest.mark.parametrize(("dtype", "worst"), [("float32", 0), ("float16", 2**-12), ("uint8", 0.5 / 255)])
def test_precision_record_is_what_rounding_loses(source, dtype, worst):
    made = plan(source, ImageOptions(size=(20, 20), dtype=dtype))
    meta = made.summarise([made.encode(source.take(np.array([1]))).stats])
    assert 0.8 * worst <= meta["precision_max_error"] <= worst * 1.0001
    assert meta["precision_rmse"] <= meta["precision_max_error"]
    assert (meta["precision_rmse"] > 0) == (worst > 0)


def test_figures_of_nothing_have_the_same_names_and_shapes(source):
    made = plan(source, ImageOptions(steps=parse_steps("grayscale")))
    filled, empty = made.summarise([made.encode(source).stats]), made.summarise([])
    assert {name: (a.shape, a.dtype) for name, a in filled.items()} == {name: (a.shape, a.dtype) for name, a in empty.items()}
    failed = made.encode(source.take(np.array([2, 3])))
    assert all(not figure.any() for figure in summarise([failed.stats], channels=1).values())


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_no_rows_are_an_empty_block(source, dtype):
    encoded = plan(source, ImageOptions(dtype=dtype)).encode(source.take(np.array([], np.int64)))
    assert encoded.arrays["x"].shape == (0, 48, 48, 3)
    assert encoded.arrays["x"].dtype == dtype


def boxed(tmp_path, boxes):
    for i in range(len(boxes)):
        (tmp_path / f"{i}.ppm").write_bytes(b"P5 4 2 255 " + bytes([0, 255, 255, 0, 0, 255, 255, 0]))
    origin = [f"{i}.ppm" for i in range(len(boxes))]
    return Manifest(kind="images", root=str(tmp_path), origin=origin, columns={"box": np.array(boxes, np.int32)})


def test_boxes_are_cut_before_the_resize_and_missing_ones_told(tmp_path):
    manifest = boxed(tmp_path, [(1, 0, 2, 1), (-1, -1, -1, -1), (4, 0, 9, 1)])
    encoded = plan(manifest, ImageOptions(size=(2, 2), steps=parse_steps("grayscale, crop_box"))).encode(manifest)
    assert encoded.arrays["x"].shape == (3, 2, 2, 1)
    assert (encoded.arrays["x"][0] == 1).all()
    assert encoded.failures == {
        1: "CropBox: box must be given, got None. Take a source with boxes, or leave crop_box out.",
        2: "CropBox: box must be at least partly inside the image of 4 × 2 pixels (x1, y1, x2, y2), got (4, 0, 9, 1).",
    }


def test_cropping_without_boxes_is_refused_at_once(source):
    with pytest.raises(DataError, match="plan: crop_box must have boxes, got none in "):
        plan(source, ImageOptions(steps=parse_steps("crop_box")))


def test_pipeline_tells_what_was_done(source):
    made = plan(source, ImageOptions(size=(20, 30), steps=parse_steps("grayscale, exposure(gain=2.0)"), dtype="uint8", fit="pad"))
    assert made.arrays == (Array("x", "uint8", (20, 30, 1)),)
    assert made.pipeline == {
        "kind": "images",
        "size": [20, 30],
        "channels": 1,
        "dtype": "uint8",
        "steps": [
            {"name": "resize", "height": 20, "width": 30, "fit": "pad"},
            {"name": "grayscale", "keep_channels": False},
            {"name": "exposure", "gain": 2.0, "gamma": 1.0, "target_mean": None},
        ],
    }


def test_a_resize_among_the_steps_stands_where_it_was_put(source):
    made = plan(source, ImageOptions(steps=parse_steps("equalize, resize(height=9, width=8), clahe")))
    assert [step["name"] for step in made.pipeline["steps"]] == ["equalize", "resize", "clahe"]
    assert made.arrays[0].item_shape == (9, 8, 3)


def test_stored_pipeline_treats_raw_input_alike(source):
    made = plan(source, ImageOptions(size=(9, 9), steps=parse_steps("stretch, equalize")))
    again = encoder(json.loads(json.dumps(made.pipeline)))
    files = read_unlabelled([f"{source.root}/{source.origin[1]}"])
    assert np.array_equal(again(files).arrays["x"][0], made.encode(source).arrays["x"][1])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "text"},
        {"size": [1, 1]},
        {"channels": 1},
        {"dtype": "int4"},
        {"steps": [{"name": "blur"}]},
        {"steps": None},
        {"steps": ["x"]},
    ],
)
def test_foreign_pipelines_are_refused(source, change):
    with pytest.raises(DataError, match="pipeline: the stored steps must be readable, got this: "):
        encoder({**plan(source).pipeline, **change})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (0, 5)}, "Resize: height must be a whole number of at least 1, got 0."),
        ({"size": (5, 5, 3)}, "ImageOptions: size must be (height, width), got (5, 5, 3)."),
        ({"size": 48}, "ImageOptions: size must be (height, width), got 48."),
        ({"dtype": "float64"}, "ImageOptions: dtype must be one of float16, uint8, float32, got float64."),
        ({"fit": "crop"}, "Resize: fit must be one of stretch, pad, got crop."),
    ],
)
def test_wrong_options_are_told(options, message):
    with pytest.raises(ArgumentError) as error:
        ImageOptions(**options)
    assert str(error.value) == message


def test_a_picture_too_large_for_memory_fails_alone(tmp_path, monkeypatch):
    (tmp_path / "a.ppm").write_bytes(b"large")
    (tmp_path / "b.ppm").write_bytes(ppm())

    def detect_format(data):
        if data == b"large":
            raise MemoryError
        return "Netpbm"

    monkeypatch.setattr("toolkit.images.decode.detect_format", detect_format)
    rows = Manifest("images", str(tmp_path), ["a.ppm", "b.ppm"])
    encoded = plan(rows, ImageOptions(size=(4, 4), dtype="float32")).encode(rows)
    assert encoded.failures == {0: "too large for this machine's memory, or for OpenCV"}
    assert encoded.arrays["x"][1].min() == np.float32(128 / 255)


def test_tiles_that_no_picture_can_have_are_refused():
    with pytest.raises(ArgumentError, match=r"tiles must be a whole number in \[1, 256\], got 100000"):
        parse_steps("clahe(tiles=100000)")
