"""Values of each transform, by hand or from another library; what holds for all of them is in tests/contracts/test_transforms.py."""

import cv2
import numpy as np
import pytest
from skimage import data as skimage_data
from skimage.exposure import equalize_adapthist

from toolkit.errors import ArgumentError, DataError
from toolkit.images.transforms import (
    Clahe,
    CropBox,
    Equalize,
    Exposure,
    Grayscale,
    Resize,
    StretchHistogram,
    change_exposure,
    convert_to_gray,
    crop_box,
    equalize_histogram,
    equalize_locally,
    resize_image,
    stretch_histogram,
)


def gray(rows):
    return np.array(rows, np.float32)[..., None]


def color(*pixels):
    return np.array([pixels], np.float32)


def photo(height=40, width=30, channels=3, seed=0):
    smooth = cv2.resize(np.random.default_rng(seed).random((6, 5, channels), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth.reshape(height, width, channels), 0, 1)


class TestResize:
    def test_shrinking_averages_areas(self):
        image = gray([[0, 1, 0.5, 0.5], [1, 0, 0.5, 0.1]])
        np.testing.assert_allclose(resize_image(image, height=1, width=2), gray([[0.5, 0.4]]), atol=1e-6)

    def test_shrinking_by_a_fraction_weighs_partly_covered_pixels(self):
        np.testing.assert_allclose(resize_image(gray([[0.0, 0.6, 0.9]]), height=1, width=2), gray([[0.2, 0.8]]), atol=1e-6)

    def test_growing_interpolates_between_pixel_centres(self):
        np.testing.assert_allclose(resize_image(gray([[0, 1]]), height=1, width=4), gray([[0, 0.25, 0.75, 1]]), atol=1e-6)

    def test_one_axis_shrinks_while_the_other_grows(self):
        image = gray([[0, 1], [1, 1], [0, 0.5], [0, 0.5]])
        np.testing.assert_allclose(
            resize_image(image, height=2, width=4), gray([[0.5, 0.625, 0.875, 1], [0, 0.125, 0.375, 0.5]]), atol=1e-6
        )

    def test_same_size_is_unchanged(self):
        assert np.array_equal(resize_image(photo(), height=40, width=30), photo())

    def test_padding_keeps_the_aspect_ratio_and_centres(self):
        padded = resize_image(np.ones((2, 4, 3), np.float32), height=4, width=4, fit="pad")
        assert padded[:, :, 0].tolist() == [[0] * 4, [1] * 4, [1] * 4, [0] * 4]

    def test_padding_never_loses_a_thin_image(self):
        assert resize_image(np.ones((1, 1000, 3), np.float32), height=8, width=8, fit="pad").sum() == 3 * 8

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1, 1), (1, 300, 3), (300, 1, 1)])
    def test_smallest_images_keep_their_constant(self, shape):
        resized = resize_image(np.full(shape, 0.25, np.float32), height=5, width=7)
        assert resized.shape == (5, 7, shape[2])
        np.testing.assert_allclose(resized, 0.25, atol=1e-6)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"height": 0, "width": 1}, "Resize: height must be a whole number of at least 1, got 0."),
            ({"height": 1, "width": 2.5}, "Resize: width must be a whole number of at least 1, got 2.5."),
            ({"height": 1, "width": 1, "fit": "crop"}, "Resize: fit must be one of stretch, pad, got crop."),
        ],
    )
    def test_wrong_parameters_are_told(self, arguments, message):
        with pytest.raises(ArgumentError) as error:
            Resize(**arguments)
        assert str(error.value) == message


class TestGrayscale:
    def test_weights_are_those_of_bt_601(self):
        np.testing.assert_allclose(convert_to_gray(color((1, 0, 0), (0, 1, 0), (0, 0, 1)))[0, :, 0], [0.299, 0.587, 0.114], atol=1e-6)

    def test_channels_can_be_kept(self):
        kept = Grayscale(keep_channels=True)(photo())
        assert kept.shape == (40, 30, 3)
        assert np.array_equal(kept[..., 0], kept[..., 2])

    def test_one_channel_is_unchanged(self):
        assert np.array_equal(convert_to_gray(photo(channels=1)), photo(channels=1))


class TestExposure:
    def test_gain_multiplies_and_clips(self):
        np.testing.assert_allclose(change_exposure(gray([[0.2, 0.8]]), gain=2), gray([[0.4, 1.0]]), atol=1e-6)

    def test_gamma_is_an_exponent(self):
        np.testing.assert_allclose(change_exposure(gray([[0.25, 1.0]]), gamma=0.5), gray([[0.5, 1.0]]), atol=1e-6)

    def test_target_mean_scales_to_it(self):
        np.testing.assert_allclose(change_exposure(gray([[0.1, 0.3]]), target_mean=0.4), gray([[0.2, 0.6]]), atol=1e-6)

    def test_target_mean_is_of_luminance(self):
        np.testing.assert_allclose(change_exposure(color((0.2, 0, 0)), target_mean=0.1196), color((0.4, 0, 0)), atol=1e-6)

    def test_black_stays_black(self):
        assert not change_exposure(np.zeros((3, 3, 3), np.float32), target_mean=0.5).any()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"gain": 0}, "Exposure: gain must be above 0, got 0."),
            ({"gamma": float("nan")}, "Exposure: gamma must be above 0, got nan."),
            ({"target_mean": 1}, "Exposure: target_mean must be in (0, 1), got 1."),
            ({"target_mean": 0.5, "gain": 2}, "Exposure: gain must be 1 where target_mean is given, got 2."),
        ],
    )
    def test_wrong_parameters_are_told(self, arguments, message):
        with pytest.raises(ArgumentError) as error:
            Exposure(**arguments)
        assert str(error.value) == message


class TestStretchHistogram:
    def test_darkest_and_brightest_reach_the_ends(self):
        np.testing.assert_allclose(stretch_histogram(gray([[0.2, 0.3, 0.6]]), low=0, high=1), gray([[0, 0.25, 1]]), atol=1e-6)

    def test_quantiles_are_clipped(self):
        stretched = stretch_histogram(gray([[0.0, 0.2, 0.4, 0.6, 0.8]]), low=0.25, high=0.75)
        np.testing.assert_allclose(stretched, gray([[0, 0, 0.5, 1, 1]]), atol=1e-6)

    def test_per_channel_takes_a_cast_away(self):
        image = color((0.2, 0.4, 0.6), (0.4, 0.8, 0.7))
        np.testing.assert_allclose(stretch_histogram(image, low=0, high=1, per_channel=True), color((0, 0, 0), (1, 1, 1)), atol=1e-6)

    def test_on_luminance_all_channels_are_treated_alike(self):
        stretched = stretch_histogram(color((0.2, 0.3, 0.2), (0.6, 0.6, 0.6)), low=0, high=1)  # luminance 0.2587 and 0.6
        expected = color((0, (0.3 - 0.2587) / 0.3413, 0), (1, 1, 1))
        np.testing.assert_allclose(stretched, expected, atol=1e-5)

    def test_constant_image_is_unchanged(self):
        assert (StretchHistogram()(np.full((4, 4, 3), 0.3, np.float32)) == np.float32(0.3)).all()

    def test_constant_channel_is_unchanged(self):
        image = color((0.2, 0.5, 0.1), (0.4, 0.5, 0.3))
        np.testing.assert_allclose(stretch_histogram(image, low=0, high=1, per_channel=True), color((0, 0.5, 0), (1, 0.5, 1)), atol=1e-6)

    @pytest.mark.parametrize(("low", "high", "name"), [(0.5, 0.5, "high"), (-0.1, 0.5, "low"), (0.1, 1.5, "high")])
    def test_quantiles_out_of_order_are_told(self, low, high, name):
        with pytest.raises(ArgumentError, match=f"StretchHistogram: {name} must be "):
            StretchHistogram(low=low, high=high)


class TestEqualize:
    def test_levels_become_shares_of_darker_pixels(self):
        np.testing.assert_allclose(equalize_histogram(gray([[0.2, 0.4, 0.4, 0.6, 1.0]])), gray([[0, 0.5, 0.5, 0.75, 1]]), atol=1e-6)

    def test_agrees_with_opencv_on_8_bits(self):
        levels = np.random.default_rng(1).integers(30, 200, (20, 20), np.uint8)
        ours = equalize_histogram((levels / np.float32(255))[..., None])[..., 0]
        np.testing.assert_allclose(ours * 255, cv2.equalizeHist(levels), atol=0.51)

    def test_colour_differences_are_kept(self):
        image = color((0.3, 0.32, 0.34), (0.5, 0.5, 0.5))
        changed = equalize_histogram(image)
        np.testing.assert_allclose(changed[0, 1], 1, atol=1e-6)
        np.testing.assert_allclose(changed[0, 0], [0, 0, 0.02], atol=0.02)

    def test_constant_image_is_unchanged(self):
        assert (Equalize()(np.full((4, 4, 3), 0.3, np.float32)) == np.float32(0.3)).all()


class TestClahe:
    @pytest.mark.parametrize("level", [0, 51, 128, 204, 255])
    @pytest.mark.parametrize("tiles", [1, 4, 8, 48])
    def test_flat_image_moves_by_three_levels_at_most(self, level, tiles):
        image = np.full((48, 48, 3), level / 255, np.float32)
        np.testing.assert_allclose(equalize_locally(image, tiles=tiles), image, atol=3.01 / 255)

    def test_clipped_pixels_are_spread_over_all_levels(self):
        # 3 of 4 pixels at level 51 and 1 at 204: clipped at 2/256 each, 252/256 are spread, 63/64 of 1/256 for each level.
        # Up to 51 there are 52 × 63/64/256 + 2/256 of all, up to 204 there are 205 × 63/64/256 + 4/256.
        image = gray([[0.2, 0.2], [0.2, 0.8]])
        expected = [(52 * 63 / 64 + 2) / 256, (205 * 63 / 64 + 4) / 256]
        np.testing.assert_allclose(equalize_locally(image, tiles=1)[..., 0], [[expected[0]] * 2, expected], atol=1e-6)

    def test_tiles_are_interpolated_between_their_centres(self):
        # Two tiles of two pixels: the left one black, the right one white; unclipped, black becomes 1 on the left, and 0 on the right.
        image = gray([[0, 0, 1, 1]])
        changed = equalize_locally(np.repeat(image, 2, axis=0), clip_limit=256, tiles=2)
        np.testing.assert_allclose(changed[0, :, 0], [1, 0.75, 1, 1], atol=1e-6)  # a quarter of the way to the right tile's centre

    @pytest.mark.parametrize("name", ["camera", "coins", "moon", "astronaut", "coffee"])
    def test_large_tiles_agree_with_opencv_and_come_near_scikit_image(self, name):
        picture = getattr(skimage_data, name)()
        levels = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        ours = equalize_locally((levels / np.float32(255))[..., None])[..., 0]
        np.testing.assert_allclose(ours, cv2.createCLAHE(2.0, (4, 4)).apply(levels) / 255, atol=0.025)
        tile = tuple(-(-length // 4) for length in levels.shape)
        assert np.abs(ours - equalize_adapthist(levels, tile, clip_limit=2 / 256)).mean() < 0.02

    def test_whole_counts_are_those_of_opencv(self):
        levels = np.rint(photo(channels=1)[..., 0] * 255).astype(np.uint8)
        expected = cv2.createCLAHE(3.0, (2, 2)).apply(levels)
        ours = equalize_locally((levels / np.float32(255))[..., None], clip_limit=3.0, tiles=2, counts="whole")
        np.testing.assert_allclose(ours[..., 0] * 255, expected, atol=1e-3)

    def test_flat_contrast_is_raised(self):
        dull = 0.4 + 0.1 * photo(48, 48)
        assert Clahe()(dull).std() > 1.5 * dull.std()

    def test_differences_below_8_bits_survive(self):
        image = gray([[0.5, 0.5001], [0.5, 0.5001]])
        changed = equalize_locally(image, tiles=1)
        np.testing.assert_allclose(changed[:, 1] - changed[:, 0], 0.0001, atol=1e-6)

    @pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 1), (5, 64, 3)])
    def test_images_smaller_than_the_tiles_pass(self, shape):
        assert Clahe(tiles=8)(np.full(shape, 0.5, np.float32)).shape == shape

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"clip_limit": 0.5}, "Clahe: clip_limit must be at least 1, got 0.5."),
            ({"counts": "half"}, "Clahe: counts must be one of exact, whole, got half."),
            ({"tiles": 0}, "Clahe: tiles must be a whole number in [1, 256], got 0."),
        ],
    )
    def test_wrong_parameters_are_told(self, arguments, message):
        with pytest.raises(ArgumentError) as error:
            Clahe(**arguments)
        assert str(error.value) == message


class TestCropBox:
    IMAGE = np.arange(8 * 10, dtype=np.float32).reshape(8, 10, 1) / 80

    def test_both_corners_are_inside(self):
        assert np.array_equal(crop_box(self.IMAGE, (2, 1, 4, 6)), self.IMAGE[1:7, 2:5])

    def test_margin_is_a_share_of_the_box(self):
        assert np.array_equal(crop_box(self.IMAGE, (4, 3, 5, 4), margin=0.5), self.IMAGE[2:6, 3:7])

    def test_what_reaches_over_the_edge_is_clipped(self):
        assert np.array_equal(crop_box(self.IMAGE, (-5, -5, 3, 2), margin=0.3), self.IMAGE[:5, :7])
        assert np.array_equal(crop_box(self.IMAGE, (8, 6, 50, 50)), self.IMAGE[6:, 8:])

    def test_whole_picture_is_a_box(self):
        assert np.array_equal(crop_box(self.IMAGE, (0, 0, 9, 7), margin=10), self.IMAGE)

    @pytest.mark.parametrize("box", [(10, 0, 12, 5), (0, 8, 5, 9), (-4, -4, -1, -1), (5, 5, 4, 6), (2, 6, 4, 1)])
    def test_box_outside_the_image_is_told(self, box):
        with pytest.raises(DataError) as error:
            crop_box(self.IMAGE, box)
        rule = "box must be at least partly inside the image of 10 × 8 pixels (x1, y1, x2, y2)"
        assert str(error.value) == f"CropBox: {rule}, got {box}."

    def test_missing_box_is_told(self):
        with pytest.raises(DataError, match="CropBox: box must be given, got None"):
            CropBox()(self.IMAGE)

    def test_negative_margin_is_told(self):
        with pytest.raises(ArgumentError, match=r"CropBox: margin must be at least 0, got -0.1\."):
            CropBox(margin=-0.1)
