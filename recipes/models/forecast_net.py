"""What every forecasting network shares: a window of the past comes in, the steps behind it go out, to `recipes.tasks.Forecaster`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from recipes.models.network import Network
from toolkit.errors import check

__all__ = ["ForecastNet"]


class ForecastNet(Network):
    """A network that foretells some columns of a series; a subclass hands its own options on, which `settings` keeps, too.

    Args:
        window: Steps of the past that it sees, at least 1.
        horizon: Steps that it foretells, at least 1.
        num_features: Columns of the past, those known ahead included, at least 1.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead, such as the calendar's; None if there are none.
        own: Options of the subclass by name.
    """

    carries: ClassVar[bool] = False
    """Whether a missing value of the past is given as the last one known; else as 0, the mean."""

    def __init__(
        self, window: int, horizon: int, num_features: int, target: Sequence[int], known: Sequence[int] | None, **own: Any
    ) -> None:
        super().__init__()
        where, known = type(self).__name__, known or ()
        for name, value in (("window", window), ("horizon", horizon), ("num_features", num_features)):
            check(value >= 1, where, name, "at least 1", value)
        for name, columns in (("target", target), ("known", known)):
            rule = f"numbers of columns, from 0 to {num_features - 1}, each once"
            fits = len(set(columns)) == len(columns) and all(0 <= column < num_features for column in columns)
            check(fits, where, name, rule, list(columns))
        check(len(target) > 0, where, "target", "at least one column", list(target))
        self.window, self.horizon, self.num_features, self.num_known = window, horizon, num_features, len(known)
        sizes = {"window": window, "horizon": horizon, "num_features": num_features}
        self.settings: dict[str, Any] = {**sizes, "target": list(target), "known": list(known), **own}
        self.register_buffer("target", torch.tensor(list(target)), persistent=False)
        self.register_buffer("known", torch.tensor(list(known), dtype=torch.int64), persistent=False)
        self.target: Tensor
        self.known: Tensor

    @property
    def num_targets(self) -> int:
        """How many columns are foretold."""
        return len(self.target)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:
        """Foretell.

        Args:
            past: Scaled, float32, shape (N, window, num_features); 0 where nothing is known.
            known: The columns known ahead, over window and horizon, shape (N, window + horizon, K); may be left out if K is 0.

        Returns:
            Scaled, shape (N, horizon, targets).
        """
        raise NotImplementedError

    def teach(self, past: Tensor, future: Tensor, known: Tensor) -> Tensor:  # noqa: ARG002  # most learn from what they foretell
        """Foretell in training, where the truth is at hand.

        Args:
            past: As `forward` has it.
            future: What is to be foretold, scaled, shape (N, horizon, targets).
            known: As `forward` has it.

        Returns:
            Shape (N, S, targets): what is foretold of the last S steps of window and horizon; S is the horizon unless a network
            learns from steps of the window, too.
        """
        foretold: Tensor = self(past, known)
        return foretold

    def ahead(self, past: Tensor, known: Tensor | None) -> Tensor:
        """Return the columns known ahead, shape (N, window + horizon, K), where there are none with K = 0."""
        if known is None:
            check(self.num_known == 0, type(self).__name__, "known", f"given, as {self.num_known} columns are known ahead", None)
            return past.new_zeros(len(past), self.window + self.horizon, 0)
        return known
