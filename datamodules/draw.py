"""Random numbers that depend on (seed, epoch, sample id) alone: ids come in on any device, uniform numbers go out to `augment`."""

from __future__ import annotations

import torch
from torch import Tensor

from toolkit.errors import check

__all__ = ["MAX_SEED", "draw_uniform"]

LOW_32_BITS = 0xFFFFFFFF

MAX_SEED = LOW_32_BITS
"""The largest seed: beyond it two seeds would draw the same."""


def draw_uniform(index: Tensor, count: int, *, seed: int, epoch: int) -> Tensor:
    """Draw numbers for samples, the same for a sample whatever batch, worker, rank or device it is on.

    Args:
        index: Sample ids, int64, shape (N,), told apart by their lowest 32 bits.
        count: How many numbers each sample gets.
        seed: In [0, 2³²).
        epoch: The epoch, at least 0.

    Returns:
        float32, shape (count, N), uniform in [−1, 1).

    Source:
        The mixer is lowbias32 of C. Wellons, "Prospecting for hash functions" (2018), run on a counter.
    """
    check(0 <= seed <= MAX_SEED, "draw", "seed", "in [0, 2³²)", seed)
    key = _mix(_mix(torch.tensor(seed)) + epoch)
    sample = _mix(_mix(key).to(index.device) ^ index)
    number = torch.arange(1, count + 1, device=index.device)[:, None] * 0x9E3779B9  # golden ratio steps keep the counters apart
    return (_mix(sample + number) >> 8).float() * 2.0**-23 - 1


def _mix(value: Tensor) -> Tensor:
    """Scramble int64 numbers into [0, 2³²), one to one on that range; int64 holds the products' low 32 bits on every device."""
    value = value & LOW_32_BITS
    value = ((value ^ (value >> 16)) * 0x7FEB352D) & LOW_32_BITS
    value = ((value ^ (value >> 15)) * 0x846CA68B) & LOW_32_BITS
    return value ^ (value >> 16)
