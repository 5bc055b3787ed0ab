"""What every image network of a recipe offers: the settings that rebuild it from a checkpoint."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["ImageNetwork"]


class ImageNetwork(nn.Module):
    """A plain `nn.Module` from images (N, C, H, W) to class scores (N, num_classes), which recipes can name in their YAML.

    A subclass takes `num_classes` and `num_channels` (the datamodule tells both), and leaves all its arguments in `settings`.
    """

    settings: dict[str, Any]
    """The constructor's arguments, in plain types: `foudre evaluate` and `foudre predict` rebuild the network from them."""
