"""Recurrent networks that read a window: one that foretells after every step, and one that foretells the horizon at the end."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recipes.models.cells import Cell, build_layers
from recipes.models.forecast_net import ForecastNet
from toolkit.errors import check

__all__ = ["DirectNet", "EachStepNet"]


class EachStepNet(ForecastNet):
    """Series to series: after each step it foretells the next one, and learns from all steps of window and horizon at once.

    Beyond the window it reads on what it foretold itself. So it sees the targets and what is known ahead, no other column.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        width: Numbers in a layer's state, at least 1.
        depth: Recurrent layers, at least 1.
        dropout: Share of the states that training leaves out, in [0, 1).
        bidirectional: Refused: what reads backwards has read the step that is to be foretold.
        residual: Whether the change from step to step is foretold instead of the value.

    Example:
        >>> EachStepNet(window=5, horizon=2, num_features=3, target=[0, 1])(torch.zeros(4, 5, 3)).shape
        torch.Size([4, 2, 2])
    """

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        cell: Cell = "lstm",
        width: int = 64,
        depth: int = 1,
        dropout: float = 0.0,
        bidirectional: bool = False,
        residual: bool = False,
    ) -> None:
        own = {"cell": cell, "width": width, "depth": depth, "dropout": dropout, "bidirectional": bidirectional, "residual": residual}
        super().__init__(window, horizon, num_features, target, known, **own)
        rule = "false: a reader that begins at the end would read the very steps that are to be foretold"
        check(not bidirectional, "EachStepNet", "bidirectional", rule, bidirectional)
        self.layers = build_layers(
            "EachStepNet", cell, self.num_targets + self.num_known, width=width, depth=depth, dropout=dropout
        )  # fmt: skip
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(width, self.num_targets)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:
        """Read the window, then go on: (N, window, F) → (N, horizon, targets)."""
        known = self.ahead(past, known)
        steps, state = past[:, :, self.target], None
        foretold: list[Tensor] = []
        for step in range(self.window, self.window + self.horizon):
            after, state = self._read(steps, known[:, step - steps.shape[1] + 1 : step + 1], state)
            steps = after[:, -1:]
            foretold.append(steps)
        return torch.cat(foretold, dim=1)

    def teach(self, past: Tensor, future: Tensor, known: Tensor) -> Tensor:
        """Foretell every step but the first from the true ones before it: shape (N, window + horizon − 1, targets)."""
        steps = torch.cat([past[:, :, self.target], future], dim=1)
        return self._read(steps[:, :-1], known[:, 1:])[0]

    def _read(self, steps: Tensor, known: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Foretell what comes after each of some steps; `known` is of the steps foretold."""
        states, state = self.layers(torch.cat([steps, known], dim=2), state)
        change = self.head(self.drop(states))
        return (steps + change if self.settings["residual"] else change), state


class DirectNet(ForecastNet):
    """Series to vector: it reads the window, and what its state is then foretells all steps of the horizon at once.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past, all of which are read.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        width: Numbers in a layer's state, at least 1.
        depth: Recurrent layers, at least 1.
        dropout: Share of the states that training leaves out, in [0, 1).
        bidirectional: Whether the window is read backwards, too: it lies in the past as a whole.
        subtract_last: Whether each column's last value is taken off before, and that of the targets added again behind.

    Example:
        >>> DirectNet(window=5, horizon=2, num_features=3, target=[0, 1])(torch.zeros(4, 5, 3)).shape
        torch.Size([4, 2, 2])
    """

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        cell: Cell = "lstm",
        width: int = 64,
        depth: int = 1,
        dropout: float = 0.0,
        bidirectional: bool = False,
        subtract_last: bool = False,
    ) -> None:
        own = {"cell": cell, "width": width, "depth": depth, "dropout": dropout}
        own |= {"bidirectional": bidirectional, "subtract_last": subtract_last}
        super().__init__(window, horizon, num_features, target, known, **own)
        self.layers = build_layers(
            "DirectNet", cell, num_features, width=width, depth=depth, dropout=dropout, bidirectional=bidirectional
        )  # fmt: skip
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(width * (1 + bidirectional) + horizon * self.num_known, horizon * self.num_targets)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:
        """Read the window: (N, window, F) → (N, horizon, targets)."""
        ahead = self.ahead(past, known)[:, self.window :]
        last = past[:, -1:].index_fill(2, self.known, 0) if self.settings["subtract_last"] else torch.zeros_like(past[:, -1:])
        short = self.layers(past - last)[1]
        short = short[0] if isinstance(short, tuple) else short
        ends = torch.cat([*short[-1 - self.layers.bidirectional :]], dim=1)  # the last layer's, of one direction or of both
        foretold = self.head(torch.cat([self.drop(ends), ahead.flatten(1)], dim=1))
        values: Tensor = foretold.view(len(past), self.horizon, self.num_targets) + last[:, :, self.target]
        return values
