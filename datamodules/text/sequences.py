"""Rows of words, padded to one length: a ragged batch comes in, (N, T) numbers go out to networks that read in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from datamodules.dataset import Batch
from toolkit.errors import check

__all__ = ["Keep", "Sequences", "pad_rows"]

ALL = 1 << 62
"""More words than any text has."""

Keep = Literal["start", "end"]


@dataclass(frozen=True)
class Sequences:
    """Texts as rows of word numbers, cut to a length and padded with 0.

    Args:
        max_words: Words that are kept of a text, at least 1; None keeps all.
        keep: Which end of a longer text is kept: reviews say what they think at their end.
    """

    max_words: int | None = None
    keep: Keep = "start"

    def __post_init__(self) -> None:
        check(self.max_words is None or self.max_words >= 1, "Sequences", "max_words", "at least 1", self.max_words)
        check(self.keep in ("start", "end"), "Sequences", "keep", "start or end", self.keep)

    def finish(self, batch: Batch) -> Batch:
        """Cut and pad a batch.

        Args:
            batch: Ragged: `x` of shape (words,) and `lengths`.

        Returns:
            The batch with `x` int64, shape (N, T), T at least 1, and the `lengths` that are left.
        """
        lengths = _lengths(batch)
        x = pad_rows(batch.x, lengths, max_items=self.max_words, keep=self.keep)
        return batch._replace(x=x, lengths=lengths.clamp(max=self.max_words or ALL))

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)


def pad_rows(items: Tensor, lengths: Tensor, *, max_items: int | None = None, keep: Keep = "start") -> Tensor:
    """Lay rows out side by side, each from the left, padded with 0.

    Args:
        items: The rows' items end to end, integers, shape (items,).
        lengths: Items of each row, int64, shape (N,).
        max_items: Longer rows are cut to this; None cuts none.
        keep: Which end of a longer row is kept.

    Returns:
        int64, shape (N, T): T is the longest row that is left, at least 1.

    Example:
        >>> pad_rows(torch.tensor([5, 6, 7, 8]), torch.tensor([3, 0, 1]), max_items=2, keep="end").tolist()
        [[6, 7], [0, 0], [8, 0]]
    """
    kept = lengths.clamp(max=max_items or ALL)
    first = lengths.cumsum(0) - lengths + (lengths - kept if keep == "end" else 0)
    column = torch.arange(max(1, int(kept.max()) if len(kept) else 1), device=items.device)
    inside = column < kept[:, None]
    padded = torch.zeros(inside.shape, dtype=torch.int64, device=items.device)
    padded[inside] = items[(first[:, None] + column)[inside]].long()
    return padded


def _lengths(batch: Batch) -> Tensor:
    check(batch.lengths is not None, "Sequences", "batch", "of ragged rows, with lengths", "none")
    return batch.lengths  # type: ignore[return-value]  # just checked
