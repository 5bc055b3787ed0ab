"""What a forecasting module gets: windows of the past, the futures that followed, and what was missing in either."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

__all__ = ["SeriesBatch"]


class SeriesBatch(NamedTuple):
    """Windows of one split, scaled, on the module's device.

    Args:
        past: float32, shape (N, L, F), each variable standardised as training has it; 0, its mean, where nothing is known.
        future: float32, shape (N, H, F), likewise: the steps that follow. Only its columns of targets are to be foretold.
        missing: bool, shape (N, L + H, F): where the source had no value, filled ones included; None where the file misses none.
        index: int64, shape (N,): the windows' numbers in their split.
    """

    past: Tensor
    future: Tensor
    missing: Tensor | None
    index: Tensor  # type: ignore[assignment]  # a batch is not searched: tuple.index gives way

    def __repr__(self) -> str:
        shapes = (f"{name}={None if part is None else tuple(part.shape)}" for name, part in self._asdict().items())
        return f"{type(self).__name__}({', '.join(shapes)})"
