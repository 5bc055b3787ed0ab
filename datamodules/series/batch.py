"""Windows of series as networks take them."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

__all__ = ["SeriesBatch"]


class SeriesBatch(NamedTuple):
    """Windows, scaled.

    Args:
        past: Shape (N, L, F).
        future: Shape (N, H, F).
        missing: bool, shape (N, L + H, F), or None.
        index: int64, shape (N,).
    """

    past: Tensor
    future: Tensor
    missing: Tensor | None
    index: Tensor  # type: ignore[assignment]
