"""What each convolution sees in a picture: the network's calls come in, activated maps go out, to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from recipes.look.formulas import KEEPS_SHAPE, NORMS
from recipes.look.trace import Call

__all__ = ["FeatureMaps", "activated_maps"]


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What one convolution makes of one picture.

    Args:
        name: The convolution's name in the network.
        through: Kinds of the layers that it went through, e.g. ``("Conv2d", "BatchNorm2d", "ReLU")``.
        maps: float32, shape (C, H, W).
    """

    name: str
    through: tuple[str, ...]
    maps: NDArray[np.float32]


def activated_maps(calls: Sequence[Call]) -> list[FeatureMaps]:
    """Follow each convolution's output through the norms, activations and dropout that take it on directly.

    Args:
        calls: What `trace` noted of one picture.
    """
    found = []
    for i, call in enumerate(calls):
        if isinstance(call.layer, nn.Conv2d):
            stop = i + 1
            while stop < len(calls) and calls[stop].follows and isinstance(calls[stop].layer, (*NORMS, *KEEPS_SHAPE)):
                stop += 1
            output = calls[stop - 1].output
            if output is not None:
                found.append(FeatureMaps(call.name, tuple(type(step.layer).__name__ for step in calls[i:stop]), output[0].float().numpy()))
    return found
