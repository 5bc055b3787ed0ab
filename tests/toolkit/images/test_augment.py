"""Augmented copies: what they are drawn from, how far they go, and that only copies are changed when rows are encoded."""

import dataclasses
import hashlib
import json
import pickle
import random
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.toolkit.images.pictures import PIXELS, ppm
from toolkit.errors import ArgumentError
from toolkit.images import AugmentCopies, ImageOptions, encoder, plan, read
from toolkit.images.augment import blur_image, change_light, warp_image

REPOSITORY = Path(__file__).resolve().parents[3]
PHOTO = (PIXELS / 255).astype(np.float32)
NOTHING = AugmentCopies(0, 0, 0, 0, 0, 0, 0, 0)
EXTREME = AugmentCopies(180, 0.9, 60, 1, 100, 1, 1, 1, "vertical")

some_of_each = pytest.mark.parametrize("augment", [AugmentCopies(), EXTREME, NOTHING], ids=["default", "extreme", "nothing"])


def only(**changes):
    return dataclasses.replace(NOTHING, **changes)


def copies(augment, image, count=200):
    return [augment(image, seed=0, name="a.ppm", copy=number) for number in range(1, count + 1)]


def gray(rows):
    return np.array(rows, np.float32)[..., None]


def warp(image, *, rotation_degrees=0.0, scale=(1.0, 1.0), shear_degrees=0.0, shift=(0.0, 0.0)):
    return warp_image(image, rotation_degrees=rotation_degrees, scale=scale, shear_degrees=shear_degrees, shift=shift)


class TestOneCopy:
    @some_of_each
    @pytest.mark.parametrize("shape", [(24, 20, 3), (24, 20, 1), (1, 1, 3), (3, 40, 1), (2, 2, 3)])
    def test_keeps_shape_dtype_and_range_and_leaves_its_input_alone(self, augment, shape):
        for image in (np.random.default_rng(0).random(shape, np.float32), np.zeros(shape, np.float32), np.ones(shape, np.float32)):
            before = image.copy()
            image.flags.writeable = False
            for copy in copies(augment, image, 8):
                assert copy.shape == shape
                assert copy.dtype == np.float32
                assert copy.min() >= 0
                assert copy.max() <= 1
            assert np.array_equal(image, before)

    def test_is_drawn_from_seed_name_and_number_alone(self):
        augment = AugmentCopies()
        made = {
            (seed, name, copy): augment(PHOTO, seed=seed, name=name, copy=copy).tobytes()
            for seed in (0, 1, -1, 10)
            for name in ("a/1.ppm", "a/2.ppm", "\udcff\n.ppm")
            for copy in (1, 2, 11)
        }
        assert len(set(made.values())) == len(made)
        for (seed, name, copy), data in reversed(made.items()):
            assert augment(PHOTO, seed=seed, name=name, copy=copy).tobytes() == data

    def test_has_the_same_bytes_in_another_process_and_brings_no_torch(self):
        code = """
import hashlib, sys
import numpy as np
from toolkit.images import AugmentCopies
image = (np.arange(37 * 29 * 3, dtype=np.float32) % 97 / 97).reshape(37, 29, 3)
data = AugmentCopies()(image, seed=3, name="x.png", copy=2).tobytes()
assert not {"albumentations", "torch"} & sys.modules.keys()
print(hashlib.sha256(data).hexdigest())
"""
        command = [sys.executable, "-W", "error", "-c", code]
        done = subprocess.run(command, cwd=REPOSITORY, env={"PYTHONHASHSEED": "7"}, check=False, capture_output=True, text=True)
        image = (np.arange(37 * 29 * 3, dtype=np.float32) % 97 / 97).reshape(37, 29, 3)
        here = AugmentCopies()(image, seed=3, name="x.png", copy=2)
        assert done.stderr == ""
        assert done.stdout.strip() == hashlib.sha256(here.tobytes()).hexdigest()

    def test_touches_no_generator_of_the_process(self):
        def draw(between):
            random.seed(1)
            np.random.seed(1)  # noqa: NPY002 - the global generator is what must stay untouched
            cv2.setRNGSeed(1)
            between()
            return random.random(), np.random.random(), cv2.randu(np.zeros(4), 0, 1).tolist()  # noqa: NPY002

        assert draw(lambda: AugmentCopies()(PHOTO, seed=0, name="a", copy=1)) == draw(lambda: None)

    def test_of_nothing_but_zeros_is_the_image(self):
        assert np.array_equal(NOTHING(PHOTO, seed=0, name="a", copy=1), PHOTO)

    def test_one_change_left_out_leaves_the_others_as_they_were(self):
        flat = np.full((8, 8, 3), 0.5, np.float32)
        turned = only(brightness_fraction=0.2, rotation_degrees=20, blur_pixels=2)  # neither shows on a flat image
        for plain, also in zip(copies(only(brightness_fraction=0.2), flat, 9), copies(turned, flat, 9), strict=True):
            np.testing.assert_allclose(also, plain, atol=1e-6)


class TestHowFarCopiesGo:
    def test_brightness_uses_its_whole_range_and_no_more(self):
        values = [float(copy.mean()) for copy in copies(only(brightness_fraction=0.2), np.full((2, 2, 3), 0.5, np.float32))]
        assert 0.4 <= min(values) < 0.41
        assert 0.59 < max(values) <= 0.6

    def test_contrast_keeps_the_mean(self):
        image = gray([[0.4, 0.6]])
        made = copies(only(contrast_fraction=0.5), image)
        np.testing.assert_allclose([copy.mean() for copy in made], 0.5, atol=1e-6)
        spreads = [float(copy[0, 1, 0] - copy[0, 0, 0]) for copy in made]
        assert 0.1 - 1e-6 <= min(spreads) < 0.11
        assert 0.29 < max(spreads) <= 0.3 + 1e-6

    def test_noise_has_at_most_its_deviation_and_is_another_in_each_channel(self):
        made = copies(only(noise_std=0.05), np.full((50, 50, 3), 0.5, np.float32), 60)
        deviations = [float(copy.std()) for copy in made]
        assert min(deviations) < 0.01
        assert 0.045 < max(deviations) < 0.053
        noisiest = made[int(np.argmax(deviations))].reshape(-1, 3) - 0.5
        assert abs(noisiest.mean()) < 0.003
        assert np.abs(np.corrcoef(noisiest.T) - np.eye(3)).max() < 0.1

    def test_shift_reaches_its_share_of_each_side(self):
        spot = np.zeros((41, 81, 1), np.float32)
        spot[20, 40] = 1
        places = np.array([center_of(copy) for copy in copies(only(shift_fraction=0.1), spot)]) - (20, 40)
        assert (np.abs(places).max(axis=0) <= (4.1 + 1e-3, 8.1 + 1e-3)).all()
        assert (np.abs(places).max(axis=0) > (3.9, 7.8)).all()

    def test_turns_go_both_ways_up_to_the_limit(self):
        bar = np.zeros((41, 41, 1), np.float32)
        bar[20, 36] = 1
        places = np.array([center_of(copy) for copy in copies(only(rotation_degrees=10), bar)]) - 20
        angles = np.degrees(np.arctan2(-places[:, 0], places[:, 1]))
        assert -10.1 < angles.min() < -9.5
        assert 9.5 < angles.max() < 10.1

    def test_nothing_is_mirrored_unless_asked(self):
        arrow = np.tile(np.linspace(0, 1, 32, dtype=np.float32)[None, :, None], (32, 1, 1))
        assert all(copy[:, -8:].mean() > copy[:, :8].mean() + 0.3 for copy in copies(AugmentCopies(), arrow, 100))

    @pytest.mark.parametrize(("flip", "mirrored"), [("horizontal", PHOTO[:, ::-1]), ("vertical", PHOTO[::-1])])
    def test_flips_mirror_half_of_the_copies(self, flip, mirrored):
        made = copies(only(flip=flip), PHOTO)
        turned = sum(np.array_equal(copy, mirrored) for copy in made)
        assert turned + sum(np.array_equal(copy, PHOTO) for copy in made) == 200
        assert 70 < turned < 130


def center_of(image):
    rows, columns = np.indices(image.shape[:2])
    weight = image[..., 0] / image.sum()
    return (rows * weight).sum(), (columns * weight).sum()


class TestKernels:
    def test_quarter_turn_goes_counter_clockwise(self):
        square = PHOTO[:29, :29]
        np.testing.assert_allclose(warp(square, rotation_degrees=90), np.rot90(square), atol=1e-5)

    def test_shift_is_in_shares_of_the_side_and_mirrors_at_the_edge(self):
        image = gray([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
        np.testing.assert_allclose(warp(image, shift=(0.25, 0)), gray([[0.2, 0.1, 0.2, 0.3], [0.6, 0.5, 0.6, 0.7]]), atol=1e-6)
        np.testing.assert_allclose(warp(image, shift=(0, -0.5)), gray([[0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.4]]), atol=1e-6)

    def test_stretch_is_about_the_centre(self):
        np.testing.assert_allclose(warp(gray([[0.0, 0.2, 0.4, 0.6]]), scale=(2, 1)), gray([[0.15, 0.25, 0.35, 0.45]]), atol=1e-6)

    def test_shear_leans_verticals_to_the_left(self):
        upright = gray([[0, 0, 1, 0, 0]] * 3)
        leaning = gray([[0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]])
        np.testing.assert_allclose(warp(upright, shear_degrees=45), leaning, atol=1e-5)

    def test_blur_agrees_with_scipy(self):
        expected = gaussian_filter(PHOTO.astype(np.float64), 2, axes=(0, 1), mode="mirror", truncate=4)
        np.testing.assert_allclose(blur_image(PHOTO, 2), expected, atol=1e-6)

    def test_no_blur_changes_nothing(self):
        assert blur_image(PHOTO, 0) is PHOTO

    def test_light_multiplies_after_contrast_spreads(self):
        changed = change_light(gray([[0.2, 0.4]]), gain=0.5, contrast=3)  # mean 0.3: 0.0 and 0.6 before the gain
        np.testing.assert_allclose(changed, gray([[0, 0.3]]), atol=1e-6)


class TestParameters:
    @some_of_each
    def test_survive_json_and_pickle(self, augment):
        assert AugmentCopies.from_json(json.loads(json.dumps(augment.to_json()))) == augment
        assert pickle.loads(pickle.dumps(augment)) == augment
        assert hash(pickle.loads(pickle.dumps(augment))) == hash(augment)

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"rotation_degrees": -1}, "AugmentCopies: rotation_degrees must be in [0, 180], got -1."),
            ({"scale_fraction": 1.0}, "AugmentCopies: scale_fraction must be in [0, 0.9], got 1.0."),
            ({"shear_degrees": 90}, "AugmentCopies: shear_degrees must be in [0, 60], got 90."),
            ({"noise_std": float("nan")}, "AugmentCopies: noise_std must be in [0, 1], got nan."),
            ({"blur_pixels": "2"}, "AugmentCopies: blur_pixels must be in [0, 100], got 2."),
            ({"flip": "both"}, "AugmentCopies: flip must be one of none, horizontal, vertical, got both."),
        ],
    )
    def test_out_of_range_are_told(self, parameters, message):
        with pytest.raises(ArgumentError) as error:
            AugmentCopies(**parameters)
        assert str(error.value) == message

    def test_unknown_ones_are_told(self):
        with pytest.raises(ArgumentError, match=r"AugmentCopies: a parameter must be one of rotation_degrees, .+, flip, got hue\."):
            AugmentCopies.from_json({"hue": 1})


class TestEncoding:
    @pytest.fixture
    def rows(self, tmp_path):
        """A picture, two copies of it, another picture, a copy of that, and a copy of one that cannot be read."""
        for name, level in {"a/1.ppm": 60, "b/2.ppm": 180}.items():
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).write_bytes(ppm(9, 7, level))
        (tmp_path / "b/3.ppm").write_bytes(b"P6 broken")
        rows = read(tmp_path).take(np.array([0, 0, 0, 1, 1, 2]))
        rows.columns["copy"] = np.array([0, 1, 2, 0, 1, 1])
        return rows

    OPTIONS = ImageOptions(size=(8, 8), dtype="float32", augment=only(brightness_fraction=0.5))

    def test_copies_are_changed_and_originals_are_not(self, rows):
        x = plan(rows, self.OPTIONS).encode(rows).arrays["x"]
        plain = plan(rows, ImageOptions(size=(8, 8), dtype="float32")).encode(rows).arrays["x"]
        assert np.array_equal(x[[0, 3]], plain[[0, 3]])
        factors = (x[:5] / plain[:5]).mean((1, 2, 3))
        assert len(set(factors.round(4).tolist())) == 4
        assert (np.abs(factors - 1) <= 0.5).all()

    def test_without_augment_copies_are_repetitions(self, rows):
        x = plan(rows, ImageOptions(size=(8, 8))).encode(rows).arrays["x"]
        assert np.array_equal(x[0], x[2])
        assert np.array_equal(x[3], x[4])

    def test_copies_are_the_same_in_any_company_and_other_with_another_seed(self, rows):
        options = ImageOptions(size=(8, 8), augment=AugmentCopies())
        whole = plan(rows, options, seed=5).encode(rows).arrays["x"]
        alone = pickle.loads(pickle.dumps(plan(rows, options, seed=5).encode))(rows.take(np.array([4, 2]))).arrays["x"]
        assert np.array_equal(alone, whole[[4, 2]])
        assert not np.array_equal(plan(rows, options, seed=6).encode(rows).arrays["x"][4], whole[4])

    def test_a_copy_of_what_cannot_be_read_fails_like_it(self, rows):
        encoded = plan(rows, self.OPTIONS).encode(rows)
        assert list(encoded.failures) == [5]
        assert not encoded.arrays["x"][5].any()

    def test_the_pipeline_tells_of_copies_only_where_they_are_augmented(self, rows):
        assert "augment" not in plan(rows).pipeline
        stored = json.loads(json.dumps(plan(rows, self.OPTIONS).pipeline))
        assert AugmentCopies.from_json(stored["augment"]) == self.OPTIONS.augment

    def test_prediction_makes_no_copies(self, rows):
        assert encoder(plan(rows, self.OPTIONS).pipeline) == encoder(plan(rows, ImageOptions(size=(8, 8), dtype="float32")).pipeline)
