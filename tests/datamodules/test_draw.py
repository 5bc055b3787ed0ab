"""A sample's random numbers depend on seed, epoch and id, on nothing else."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from datamodules.draw import draw_uniform
from toolkit import ArgumentError


def lowbias32(value):
    """The published mixer, in Python's own integers."""
    value ^= value >> 16
    value = value * 0x7FEB352D % 2**32
    value ^= value >> 15
    value = value * 0x846CA68B % 2**32
    return value ^ value >> 16


@given(st.integers(0, 2**32 - 1), st.integers(0, 1000), st.integers(0, 2**40))
def test_numbers_are_those_of_the_published_mixer(seed, epoch, sample):
    mix = lowbias32
    state = mix(mix(mix(mix(seed) + epoch & 0xFFFFFFFF)) ^ sample & 0xFFFFFFFF)
    expected = [(mix((state + number * 0x9E3779B9) % 2**32) >> 8) / 2**23 - 1 for number in (1, 2, 3)]
    assert draw_uniform(torch.tensor([sample]), 3, seed=seed, epoch=epoch)[:, 0].tolist() == expected


def test_a_sample_draws_the_same_in_any_batch():
    whole = draw_uniform(torch.arange(100), 8, seed=1, epoch=2)
    assert torch.equal(draw_uniform(torch.tensor([70, 3]), 8, seed=1, epoch=2), whole[:, [70, 3]])


@pytest.mark.parametrize("other", [{"seed": 2, "epoch": 2}, {"seed": 1, "epoch": 3}])
def test_seed_and_epoch_change_the_numbers(other):
    index = torch.arange(1000)
    first, second = draw_uniform(index, 1, seed=1, epoch=2)[0], draw_uniform(index, 1, **other)[0]
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


def test_numbers_are_uniform_and_uncorrelated():
    numbers = draw_uniform(torch.arange(40_000), 8, seed=0, epoch=0).numpy()
    assert numbers.min() >= -1
    assert numbers.max() < 1
    counts = np.histogram(numbers, bins=20, range=(-1, 1))[0] / numbers.size
    np.testing.assert_allclose(counts, 1 / 20, atol=0.002)
    np.testing.assert_allclose(np.corrcoef(numbers), np.eye(8), atol=0.03)
    np.testing.assert_allclose(np.corrcoef(numbers[:, :-1], numbers[:, 1:]), np.eye(16), atol=0.03)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_that_would_draw_the_same_as_others_are_refused(seed):
    with pytest.raises(ArgumentError, match=r"seed must be in \[0, 2³²\), got"):
        draw_uniform(torch.arange(3), 1, seed=seed, epoch=0)
