"""Statistics of pictures: values by hand, or by scikit-image and scipy; sizes, light and mirrors change the hash as they should."""

import sys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import correlate
from skimage.measure import shannon_entropy

from toolkit.images import measure as measure_raw
from toolkit.images import read_unlabelled
from toolkit.images.measure import COLUMNS, measure_pixels, measure_stored
from toolkit.images.store import store, unstore

measuring = sys.modules[measure_pixels.__module__]  # the package's own name of it is the function's


def measure(*images):
    return measure_pixels([store(np.asarray(image, np.float32), "uint8") for image in images])


def scene(height=48, width=40, seed=3):
    noise = np.random.default_rng(seed).random((6, 5, 3)).astype(np.float32)
    return np.clip(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def distance(one, other):
    hashes = measure(one, other)["difference_hash"]
    return int(hashes[0] ^ hashes[1]).bit_count()


def test_columns_are_those_promised():
    for found in (measure(scene(), scene(8, 9)), measure()):
        assert {name: column.dtype.name for name, column in found.items()} == COLUMNS
    assert measure().keys() == COLUMNS.keys()
    assert [len(column) for column in measure(scene(), scene()).values()] == [2] * len(COLUMNS)


def test_a_picture_half_black_half_white_by_hand():
    image = np.zeros((10, 20, 3))
    image[:, 10:] = 1
    (found,) = zip(*measure(image).values(), strict=True)
    row = dict(zip(COLUMNS, found, strict=True))
    assert (row["height"], row["width"], row["gray"]) == (10, 20, True)
    assert (row["brightness"], row["contrast"], row["entropy"]) == (0.5, 0.5, 1)
    assert (row["clipped_dark"], row["clipped_bright"]) == (0.5, 0.5)


def test_a_flat_picture_has_no_contrast_sharpness_or_entropy():
    found = measure(np.full((7, 5, 3), 0.5))
    assert [found[name][0] for name in ("contrast", "sharpness", "entropy", "clipped_dark", "clipped_bright")] == [0] * 5
    assert found["brightness"][0] == pytest.approx(128 / 255)


def test_colour_is_seen_and_luminance_is_weighted():
    green = np.zeros((4, 4, 3))
    green[..., 1] = 1
    assert measure(green)["brightness"][0] == pytest.approx(150 / 255)  # 0.587, at 8 bits
    late = np.full((4, 4, 3), 0.2)
    late[3, 3, 0] = 0.9
    assert measure(green, late, np.full((4, 4, 1), 0.2), np.full((4, 4, 3), 0.2))["gray"].tolist() == [False, False, True, True]


def test_entropy_is_scikit_images():
    image = scene()
    luma = cv2.cvtColor(np.rint(image * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    assert measure(image)["entropy"][0] == pytest.approx(shannon_entropy(luma), rel=1e-5)


def test_sharpness_is_the_deviation_of_the_laplacian():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 1))
    kernel = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    expected = correlate(pixels[..., 0].astype(float), kernel, mode="mirror")[1:-1, 1:-1].std() / 255
    twice = np.kron(pixels, np.ones((2, 2, 1)))  # so scaling to 32×32 gives these very pixels
    assert measure(twice / 255)["sharpness"][0] == pytest.approx(expected, rel=1e-5)


def test_sharpness_hardly_depends_on_a_pixel_more_or_less():
    rng = np.random.default_rng(0)
    large = [cv2.GaussianBlur(rng.random((256, 256, 3)), (0, 0), 3) for _ in range(20)]
    large = [(image - image.min()) / np.ptp(image) for image in large]
    for side in (32, 64, 128):
        less, exact, more = (
            np.median(measure(*[cv2.resize(image, (n, n), interpolation=cv2.INTER_AREA) for image in large])["sharpness"])
            for n in (side - 1, side, side + 1)
        )
        assert max(less, exact, more) < 1.4 * min(less, exact, more)


def test_strips_of_any_size_are_averaged_not_sampled():
    rng = np.random.default_rng(0)
    text = [np.repeat(rng.integers(0, 2, (1, 2000, 1)), 96, axis=0) * np.ones((1, 1, 3)) for _ in range(10)]
    small = [cv2.resize(image, (1000, 48), interpolation=cv2.INTER_AREA) for image in text]
    hashes = measure(*text)["difference_hash"] ^ measure(*small)["difference_hash"]
    assert np.median(np.bitwise_count(hashes)) == 0


def test_blur_lowers_sharpness_at_any_size():
    for size in ((32, 32), (96, 80)):
        image = scene(*size)
        found = measure(image, cv2.GaussianBlur(image, (0, 0), size[0] / 12))["sharpness"]
        assert found[1] < 0.6 * found[0]


def test_equal_pixels_have_equal_hashes_and_others_differ():
    image = scene()
    dot = image.copy()
    dot[5, 5, 1] = 1 - dot[5, 5, 1]
    first, again, other, turned = measure(image, image.copy(), dot, image.reshape(40, 48, 3))["pixel_hash"]
    assert first == again
    assert len({int(first), int(other), int(turned)}) == 3


def test_a_files_pixels_hash_alike_in_every_format(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    contents = {name: cv2.imencode(f".{name}", pixels[..., ::-1])[1].tobytes() for name in ("png", "ppm", "bmp")}
    contents |= {"commented.ppm": b"P6 # so\n7 5\n255\n" + pixels.tobytes(), "longer.ppm": contents["ppm"] + b"more"}
    for name, data in contents.items():
        (tmp_path / (name if "." in name else f"picture.{name}")).write_bytes(data)
    found = measure_raw(read_unlabelled([tmp_path])).arrays["pixel_hash"]
    assert found.tolist() == measure_pixels([pixels])["pixel_hash"].tolist() * len(contents)


def test_what_8_bits_do_not_hold_tells_pictures_apart_too(tmp_path):
    deep = np.full((4, 6), 30000, np.uint16)
    opaque = np.random.default_rng(0).integers(0, 256, (4, 6, 4), np.uint8)
    opaque[..., 3] = 255
    pictures = {"a": deep, "b": deep + 1, "c": deep.copy(), "d": opaque, "e": opaque[..., :3].copy()}
    for name, pixels in pictures.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
    a, b, c, d, e = measure_raw(read_unlabelled([tmp_path])).arrays["pixel_hash"].tolist()
    assert a == c != b
    assert d == e
    stored = np.array([[[[0.5]]], [[[0.5005]]], [[[0.5]]]])
    for dtype in ("float16", "float32"):
        first, second, third = measure_stored({"x": stored.astype(dtype)}).arrays["pixel_hash"].tolist()
        assert first == third != second
    whole = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8)
    assert (measure_stored({"x": whole}).arrays["pixel_hash"] == measure_stored({"x": unstore(whole)}).arrays["pixel_hash"]).all()


def test_a_picture_that_there_is_no_memory_for_fails_alone(tmp_path, monkeypatch):
    for number, side in enumerate((8, 64, 9)):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((side, side, 3), number, np.uint8))
    real = cv2.calcHist

    def short_of_memory(images, *arguments):
        if images[1].size > 4000:
            raise MemoryError
        return real(images, *arguments)

    monkeypatch.setattr(cv2, "calcHist", short_of_memory)
    monkeypatch.setattr(measuring, "BATCH", 1)
    found = measure_raw(read_unlabelled([tmp_path]))
    assert found.failures == {1: "too large for this machine's memory, or for OpenCV"}
    assert found.arrays["height"].tolist() == [8, 0, 9]
    assert [any(digest) for digest in found.contents] == [True, False, True]


def test_what_looks_alike_hashes_alike_and_a_mirrored_picture_does_not():
    image = scene()
    assert distance(image, scene(96, 80)) <= 4
    assert distance(image, np.clip(image * 0.7 + 0.1, 0, 1)) <= 4
    assert distance(image, image[:, ::-1]) > 20
    assert distance(image, scene(seed=4)) > 16


@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3])), elements=st.floats(0, 1, width=32)))
def test_every_figure_is_within_its_range(image):
    before = image.copy()
    found = {name: column[0] for name, column in measure_pixels([store(image, "uint8")]).items()}
    np.testing.assert_array_equal(image, before)
    assert 0 <= found["brightness"] <= 1
    assert 0 <= found["contrast"] <= 0.5 + 1e-6
    assert 0 <= found["entropy"] <= 8
    assert found["sharpness"] >= 0
    assert 0 <= found["clipped_dark"] + found["clipped_bright"] <= 1 + 1e-6
