"""A recurrent network that reads whole series: padded rows of steps come in, class scores go out, to `recipes.tasks.Classifier`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recipes.models.cells import Cell, build_layers
from recipes.models.network import Network
from recipes.models.reader import flip_rows
from toolkit.errors import check

__all__ = ["SeriesReaderNet"]


class SeriesReaderNet(Network):
    """Series to class: readers go over the steps; the largest and the mean of what they say is scored.

    What stands behind a series' end changes nothing: it is masked, and the backward reader begins at the last step.

    Args:
        num_classes: Scores that come out, at least 1.
        num_features: Values of a step, at least 1.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        width: Numbers in a layer's state, at least 1.
        depth: Recurrent layers of each reader, at least 1.
        dropout: Share of the states and of the scores' inputs that training leaves out, in [0, 1).
        bidirectional: Whether a second reader goes over the steps backwards: the series is known to its end.

    Example:
        >>> SeriesReaderNet(num_classes=4, num_features=3)(torch.zeros(2, 7, 3), torch.tensor([7, 2])).shape
        torch.Size([2, 4])
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        cell: Cell = "gru",
        width: int = 64,
        depth: int = 1,
        dropout: float = 0.2,
        bidirectional: bool = True,
    ) -> None:
        super().__init__()
        for name, value in (("num_classes", num_classes), ("num_features", num_features)):
            check(value >= 1, "SeriesReaderNet", name, "at least 1", value)
        own: dict[str, Any] = {"width": width, "depth": depth, "dropout": dropout}
        sizes = {"num_classes": num_classes, "num_features": num_features}
        self.settings = {**sizes, "cell": cell, **own, "bidirectional": bidirectional}
        # a reader each, not torch's two directions: these would begin in the padding
        self.readers = nn.ModuleList(build_layers("SeriesReaderNet", cell, num_features, **own) for _ in range(1 + bidirectional))
        self.drop = nn.Dropout(dropout)
        self.scores = nn.Linear(2 * width * len(self.readers), num_classes)

    def forward(self, steps: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Score series.

        Args:
            steps: Scaled, float32, shape (N, T, num_features), padded behind.
            lengths: Steps of each series, int64, shape (N,); None if all have T.

        Returns:
            Logits, shape (N, num_classes).
        """
        num_steps = torch.full_like(steps[:, 0, 0], steps.shape[1], dtype=torch.int64) if lengths is None else lengths.clamp(min=1)
        outside = (torch.arange(steps.shape[1], device=steps.device) >= num_steps[:, None])[..., None]
        parts = []
        for reader, order in zip(self.readers, (steps, flip_rows(steps, num_steps)), strict=False):
            states, _ = reader(order)
            parts.append(states.masked_fill(outside, float("-inf")).amax(1))
            parts.append(states.masked_fill(outside, 0).sum(1) / num_steps[:, None])
        scores: Tensor = self.scores(self.drop(torch.cat(parts, dim=1)))
        return scores
