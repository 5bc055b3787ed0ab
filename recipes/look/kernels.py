"""Learned filters against the classic edge kernels: weights come in, for each filter the kernel it is most like goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["KERNELS", "Filters", "Likeness", "chance_likeness", "compare_filters"]

KERNELS: Mapping[str, NDArray[np.float64]] = {
    "horizontal": np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]),
    "vertical": np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    "Laplacian": np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]),
}
"""Sobel's kernels for horizontal and for vertical edges, and the Laplacian of four neighbours; as torch applies them, unflipped."""

NUM_DRAWN = 10_000


@dataclass(frozen=True)
class Likeness:
    """What a filter is most like.

    Args:
        filter: Its number, from 0.
        kernel: The name of that classic kernel.
        cosine: Cosine of both, in [−1, 1]; negative for the same edge from bright to dark. 0 for a filter of zeros.
    """

    filter: int
    kernel: str
    cosine: float


@dataclass(frozen=True)
class Filters:
    """The filters of one convolution.

    Args:
        layer: The convolution's name in the network.
        chance: The |cosine| that half of all filters of noise reach.
        likeness: One for each filter, in order.
    """

    layer: str
    chance: float
    likeness: tuple[Likeness, ...]


def compare_filters(layer: str, weights: NDArray[np.floating]) -> Filters | None:
    """Find the classic kernel that each filter is most like, whichever way round.

    A filter is compared by what it does to a grey picture: its sum over the channels. The kernel is set into the middle of zeros:
    a larger filter that does exactly what the 3×3 kernel does has the cosine 1, and what it does around the middle counts against it.

    Args:
        layer: The convolution's name.
        weights: Floating point, shape (N, C, H, W).

    Returns:
        None if the filters are smaller than 3×3.
    """
    if min(weights.shape[2:]) < 3:
        return None
    names, cosines = list(KERNELS), _cosines(weights.astype(np.float64).sum(1))
    best = np.abs(cosines).argmax(1)
    likeness = tuple(Likeness(i, names[k], float(cosines[i, k])) for i, k in enumerate(best))
    return Filters(layer, chance_likeness(*weights.shape[2:]), likeness)


def chance_likeness(height: int, width: int) -> float:
    """Tell how like its nearest kernel a filter of this size is by chance alone: the median |cosine| of filters of Gaussian noise.

    Args:
        height: The filter's, at least 3.
        width: The filter's, at least 3.
    """
    noise = np.random.default_rng(0).standard_normal((NUM_DRAWN, height, width))
    return float(np.median(np.abs(_cosines(noise)).max(1)))


def _cosines(grey: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosines of N filters of shape (N, H, W) with each kernel: shape (N, K)."""
    height, width = grey.shape[1:]
    padded = np.zeros((len(KERNELS), height, width))
    top, left = (height - 3) // 2, (width - 3) // 2
    padded[:, top : top + 3, left : left + 3] = list(KERNELS.values())
    kernels = padded.reshape(len(KERNELS), -1)
    products = grey.reshape(len(grey), -1) @ kernels.T
    lengths = np.linalg.norm(grey, axis=(1, 2))[:, None] * np.linalg.norm(kernels, axis=1)
    return products / np.where(lengths > 0, lengths, 1)
