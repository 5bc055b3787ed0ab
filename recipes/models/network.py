"""What every network of a recipe offers: the settings that rebuild it from a checkpoint."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["Network"]


class Network(nn.Module):
    """A plain `nn.Module` that recipes can name in their YAML: batches of samples in, class scores (N, num_classes) out.

    A subclass leaves all its constructor's arguments in `settings`. A network for images takes `num_classes` and `num_channels`
    among them; the datamodule tells both.
    """

    settings: dict[str, Any]
    """The constructor's arguments in plain types: `foudre evaluate` and `foudre predict` rebuild the network from them."""
