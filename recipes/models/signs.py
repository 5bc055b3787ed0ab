"""A small convolutional network for signs and other small pictures: normalised NCHW batches come in, class scores go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from recipes.models.network import Network
from toolkit.errors import check

__all__ = ["SignsNet"]

POOLED_SIDE = 3


class SignsNet(Network):
    """Convolutions with batch norm, halving the picture three times, then two dense layers with dropout.

    The stem looks at 5×5 pixels in steps of two, which costs a quarter of a full-size first layer; `signs_large` looks at 3×3
    in steps of one instead. Each block then widens, pools and looks again: two 3×3 convolutions with a 2×2 max pooling between,
    one block for every two further widths. What is left is averaged to 3×3, so pictures of other sizes, 16 pixels a side or more,
    go in too.

    Args:
        num_classes: Scores that come out, at least 1.
        num_channels: Channels that come in.
        widths: Channels of the stem and of each 3×3 convolution; an odd number of them, at least 3.
        hidden: Width of the dense layer before the scores, at least 1.
        dropout: Share of the dense layers' inputs that training leaves out, in [0, 1).
        stem_size: Side of the first layer's kernel in pixels, odd.
        stem_stride: Steps in which it moves, at least 1.

    Example:
        >>> SignsNet(num_classes=43)(torch.zeros(2, 3, 48, 48)).shape
        torch.Size([2, 43])
    """

    def __init__(
        self,
        num_classes: int,
        num_channels: int = 3,
        *,
        widths: Sequence[int] = (24, 48, 48, 96, 96),
        hidden: int = 160,
        dropout: float = 0.3,
        stem_size: int = 5,
        stem_stride: int = 2,
    ) -> None:
        super().__init__()
        check(num_classes >= 1, "SignsNet", "num_classes", "at least 1", num_classes)
        check(len(widths) >= 3 and len(widths) % 2 == 1, "SignsNet", "widths", "an odd number of widths, at least 3", widths)
        check(0 <= dropout < 1, "SignsNet", "dropout", "in [0, 1)", dropout)
        check(stem_size >= 1 and stem_size % 2 == 1, "SignsNet", "stem_size", "an odd number, at least 1", stem_size)
        check(stem_stride >= 1, "SignsNet", "stem_stride", "at least 1", stem_stride)
        self.settings: dict[str, Any] = {
            "num_classes": num_classes,
            "num_channels": num_channels,
            "widths": list(widths),
            "hidden": hidden,
            "dropout": dropout,
            "stem_size": stem_size,
            "stem_stride": stem_stride,
        }
        stem = _convolve(num_channels, widths[0], size=stem_size, stride=stem_stride)
        blocks = [
            layer
            for before, first, second in zip(widths[:-2:2], widths[1::2], widths[2::2], strict=True)
            for layer in (*_convolve(before, first), nn.MaxPool2d(2), *_convolve(first, second))
        ]
        self.features = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(POOLED_SIDE), nn.Flatten())
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(widths[-1] * POOLED_SIDE**2, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, num_classes),
        )
        self.to(memory_format=torch.channels_last)  # as the batches come: a quarter off a step in bfloat16

    def forward(self, images: Tensor) -> Tensor:
        """Score images.

        Args:
            images: Normalised, floating point, shape (N, C, H, W), sides of at least 16.

        Returns:
            Logits, shape (N, num_classes).
        """
        scores: Tensor = self.head(self.features(images))
        return scores


def _convolve(before: int, after: int, *, size: int = 3, stride: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, after, size, stride, padding=size // 2, bias=False)  # batch norm brings the bias
    return convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True)
