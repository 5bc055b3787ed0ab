"""What a network sees, against numpy; the same for uint8 and float pictures, and the input is left alone."""

import numpy as np
import pytest
import torch

from datamodules import Normalize
from toolkit import ArgumentError

MEAN, STD = (0.2, 0.4, 0.6), (0.1, 0.2, 0.3)
MODES = [Normalize("image"), Normalize("channel", MEAN, STD), Normalize("none")]


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (4, 5, 6, 3), np.uint8)


def expected(normalize, pixels):
    unit = pixels.astype(np.float64).transpose(0, 3, 1, 2) / 255
    if normalize.mode == "none":
        return unit
    if normalize.mode == "channel":
        return (unit - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))
    axes = {"axis": (1, 2, 3), "keepdims": True}
    return (unit - unit.mean(**axes)) / (unit.std(**axes) + 0.05)


@pytest.mark.parametrize("normalize", MODES, ids=lambda n: n.mode)
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [("uint8", 1e-5), ("float32", 1e-5), ("float16", 1e-2)])
def test_pictures_come_out_as_numpy_computes_them(normalize, dtype, tolerance, channels_last, pixels):
    stored = pixels if dtype == "uint8" else (pixels / 255).astype(dtype)
    images = torch.from_numpy(stored).permute(0, 3, 1, 2)
    images = images if channels_last else images.contiguous()
    before = images.clone()
    result = normalize(images)
    assert result.dtype == torch.float32
    assert result.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(images, before)
    np.testing.assert_allclose(result, expected(normalize, pixels), atol=tolerance)


def test_a_flat_picture_becomes_zeros():
    assert Normalize()(torch.full((1, 3, 4, 4), 200, dtype=torch.uint8)).abs().max() == 0


@pytest.mark.parametrize("normalize", MODES, ids=lambda n: n.mode)
def test_an_empty_batch_stays_empty(normalize):
    assert normalize(torch.empty(0, 3, 4, 4)).shape == (0, 3, 4, 4)


def test_channel_statistics_must_be_there():
    with pytest.raises(ArgumentError, match="mean and std must be given for each channel"):
        Normalize("channel")
    with pytest.raises(ArgumentError, match="mode must be image, channel or none, got batch"):
        Normalize("batch")
