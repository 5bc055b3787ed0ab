"""Each change does what its name says, by hand-made pictures; a sample's changes do not depend on its batch."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from datamodules import Augment
from datamodules.images.augment import blur_images, jitter_affine, jitter_tone
from toolkit import ArgumentError

ONE, ZERO = torch.ones(1), torch.zeros(1)
NONE = dict.fromkeys(Augment.__dataclass_fields__, 0.0)


def dot(row, column, size=9):
    image = torch.zeros(1, 1, size, size)
    image[0, 0, row, column] = 1
    return image


def place(image):
    return divmod(int(image.flatten().argmax()), image.shape[-1])


def affine(image, rotation=ZERO, shear=ZERO, scale=(1, 1), shift=(0, 0)):
    return jitter_affine(image, rotation, shear, scale=torch.tensor(scale).float().view(2, 1), shift=torch.tensor(shift).float().view(2, 1))


def batch(count=12, side=16):
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0)), torch.arange(100, 100 + count)


@pytest.mark.parametrize("channels_last", [False, True])
def test_a_samples_changes_do_not_depend_on_its_batch(channels_last):
    images, index = batch()
    if channels_last:
        images = images.contiguous(memory_format=torch.channels_last)
    whole = Augment()(images, index, seed=3, epoch=4)
    some = Augment()(images[[7, 2]], index[[7, 2]], seed=3, epoch=4)
    torch.testing.assert_close(some, whole[[7, 2]], rtol=0, atol=1e-6)


@pytest.mark.parametrize("change", list(NONE))
def test_every_field_alone_changes_pictures_within_range_and_leaves_the_input(change):
    images, index = batch()
    before = images.clone()
    changed = Augment(**{**NONE, change: 0.5 if change.endswith(("fraction", "brightness")) else 20.0})(images, index, seed=0, epoch=0)
    assert torch.equal(images, before)
    assert changed.shape == images.shape
    assert not torch.allclose(changed, images, atol=1e-3)
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_zeros_change_nothing():
    images, index = batch()
    assert torch.equal(Augment(**NONE)(images, index, seed=0, epoch=0), images)


def test_epochs_differ():
    images, index = batch()
    assert not torch.allclose(Augment()(images, index, seed=0, epoch=0), Augment()(images, index, seed=0, epoch=1), atol=1e-2)


def test_a_quarter_turn_takes_the_top_to_the_left():
    assert place(affine(dot(1, 4), rotation=ONE * torch.pi / 2)) == (4, 1)


def test_a_shift_goes_right_and_down():
    assert place(affine(dot(4, 4), shift=(2 / 9, 1 / 9))) == (5, 6)


def test_a_scale_of_two_doubles_distances_from_the_centre():
    assert place(affine(dot(4, 6), scale=(2, 1))) == (4, 8)
    assert place(affine(dot(6, 4), scale=(1, 2))) == (8, 4)


def test_a_shear_moves_the_top_to_the_left_and_the_bottom_to_the_right():
    sheared = torch.maximum(affine(dot(2, 4), shear=ONE * torch.pi / 4), affine(dot(6, 4), shear=ONE * torch.pi / 4))
    assert sheared[0, 0, 2, 2] == pytest.approx(1)
    assert sheared[0, 0, 6, 6] == pytest.approx(1)


def test_rotation_keeps_distances_on_a_wide_picture():
    image = torch.zeros(1, 1, 9, 17)
    image[0, 0, 4, 11] = 1  # three to the right of the centre
    assert place(affine(image, rotation=ONE * torch.pi / 2)) == (1, 8)


def test_rotation_agrees_with_scipy():
    image = torch.rand(1, 1, 21, 21, generator=torch.Generator().manual_seed(0))
    expected = ndimage.rotate(image[0, 0].numpy(), 20, reshape=False, order=1, mode="nearest")
    np.testing.assert_allclose(affine(image, rotation=torch.tensor([np.deg2rad(20)]).float())[0, 0], expected, atol=1e-4)


def test_contrast_spreads_around_the_mean_and_brightness_adds():
    image = torch.tensor([0.4, 0.6]).view(1, 1, 1, 2)
    assert jitter_tone(image, gain=ONE * 2, bias=ZERO, gamma=ONE).flatten().tolist() == pytest.approx([0.3, 0.7])
    assert jitter_tone(image, gain=ONE, bias=ONE * 0.1, gamma=ONE).flatten().tolist() == pytest.approx([0.5, 0.7])


def test_gamma_is_a_power_and_the_range_is_kept():
    image = torch.tensor([0.5, 1.0]).view(1, 1, 1, 2)
    assert jitter_tone(image, gain=ONE, bias=ZERO, gamma=ONE * 2).flatten().tolist() == pytest.approx([0.25, 1.0])
    assert jitter_tone(image, gain=ONE, bias=ONE * 0.6, gamma=ONE).flatten().tolist() == [1.0, 1.0]
    assert jitter_tone(image, gain=ONE, bias=-ONE, gamma=ONE * 2).flatten().tolist() == [0.0, 0.0]


def test_half_a_blur_is_the_binomial_filter():
    blurred = blur_images(dot(2, 2, size=5), ONE / 2)[0, 0, 1:4, 1:4]
    np.testing.assert_allclose(blurred, np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16)


def test_a_blur_keeps_at_the_edge_what_would_fall_over():
    blurred = blur_images(dot(0, 0, size=5), ONE / 2)[0, 0, :3, :3]
    np.testing.assert_allclose(blurred, np.array([[9, 3, 0], [3, 1, 0], [0, 0, 0]]) / 16)


def test_blurs_agree_with_scipy():
    image = torch.rand(1, 1, 7, 9, generator=torch.Generator().manual_seed(0))
    expected = image[0, 0].numpy()
    for axis in (0, 1):
        expected = ndimage.convolve1d(expected, [0.1, 0.8, 0.1], axis=axis, mode="nearest")
    np.testing.assert_allclose(blur_images(image, ONE * 0.2)[0, 0], expected, atol=1e-6)


def test_a_flat_picture_is_blurred_into_itself():
    torch.testing.assert_close(blur_images(torch.full((1, 3, 4, 5), 0.3), ONE), torch.full((1, 3, 4, 5), 0.3))


@pytest.mark.parametrize(
    ("field", "value"), [("rotation_degrees", 181), ("blur_fraction", -0.1), ("scale_fraction", 1.0), ("brightness", 2)]
)
def test_values_out_of_range_are_refused(field, value):
    with pytest.raises(ArgumentError, match=f"Augment: {field} must be in .*, got {value}"):
        Augment(**{field: value})
