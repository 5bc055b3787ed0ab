"""What a run's page must know of networks for series: a checkpoint comes in, the least that its network takes goes out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from datamodules import FileDataModule
from recipes.checkpoint import Restored
from recipes.look.trace import Call
from recipes.models import ForecastNet

__all__ = ["blank", "see"]


def blank(restored: Restored) -> tuple[str, tuple[Tensor, ...]]:
    """Say and return the least that a network of series takes."""
    network = restored.task.network
    if isinstance(network, ForecastNet):
        known = torch.zeros(1, network.window + network.horizon, network.num_known)
        return "a window of zeros", (torch.zeros(1, network.window, network.num_features), known)
    return "a series of one step", (torch.zeros(1, 1, len(restored.data["pipeline"]["features"])), torch.ones(1, dtype=torch.int64))


def see(restored: Restored, calls: Sequence[Call], data: FileDataModule | None) -> None:  # noqa: ARG001  # as every kind's
    """Return None: all that is to be seen of them is in their tables and pictures.

    Args:
        restored: The checkpoint.
        calls: What `trace` noted of its network.
        data: The file.
    """
