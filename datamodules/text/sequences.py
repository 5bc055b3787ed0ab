"""Rows of words, padded to one length: a ragged batch comes in, (N, T) numbers go out to networks that read in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from datamodules.dataset import Batch
from datamodules.padding import ALL, Keep, pad_rows
from toolkit.errors import check

__all__ = ["Sequences"]


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
        x = pad_rows(batch.x, lengths, max_items=self.max_words, keep=self.keep).long()
        return batch._replace(x=x, lengths=lengths.clamp(max=self.max_words or ALL))

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)


def _lengths(batch: Batch) -> Tensor:
    check(batch.lengths is not None, "Sequences", "batch", "of ragged rows, with lengths", "none")
    return batch.lengths  # type: ignore[return-value]  # just checked
