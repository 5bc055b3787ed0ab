"""Rows of any lengths laid out side by side: items end to end come in, a padded tensor goes out, to the views of texts and series."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

__all__ = ["ALL", "Keep", "pad_rows"]

ALL = 1 << 62
"""More items than any row has."""

Keep = Literal["start", "end"]
"""Which end of a row is kept that is too long."""


def pad_rows(items: Tensor, lengths: Tensor, *, max_items: int | None = None, keep: Keep = "start") -> Tensor:
    """Lay rows out side by side, each from the left, padded with zeros.

    Args:
        items: The rows' items end to end, shape (items, …).
        lengths: Items of each row, int64, shape (N,).
        max_items: Longer rows are cut to this; None cuts none.
        keep: Which end of a longer row is kept.

    Returns:
        Of the items' dtype, shape (N, T, …): T is the longest row that is left, at least 1.

    Example:
        >>> pad_rows(torch.tensor([5, 6, 7, 8]), torch.tensor([3, 0, 1]), max_items=2, keep="end").tolist()
        [[6, 7], [0, 0], [8, 0]]
    """
    kept = lengths.clamp(max=max_items or ALL)
    first = lengths.cumsum(0) - lengths + (lengths - kept if keep == "end" else 0)
    column = torch.arange(max(1, int(kept.max()) if len(kept) else 1), device=items.device)
    inside = column < kept[:, None]
    padded = items.new_zeros(*inside.shape, *items.shape[1:])
    padded[inside] = items[(first[:, None] + column)[inside]]
    return padded
