"""Recurrent networks that write a horizon step by step: from one vector, or from what an encoder made of the window."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recipes.models.cells import Cell, State, build_layers
from recipes.models.forecast_net import ForecastNet
from toolkit.errors import check

__all__ = ["Decoder", "EncoderDecoderNet", "OnwardNet"]


class Decoder(nn.Module):
    """Writes a series: each step is foretold from a state and the step before, which is the network's own or, in training, the true one.

    Args:
        layers: Recurrent layers that take `num_targets` values and what is known ahead of a step.
        num_targets: Values that are foretold a step.
        dropout: Share of the states that training leaves out, in [0, 1).
        residual: Whether the change from step to step is foretold instead of the value.
    """

    def __init__(self, layers: nn.RNNBase, num_targets: int, *, dropout: float, residual: bool) -> None:
        super().__init__()
        self.layers, self.residual = layers, residual
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(layers.hidden_size, num_targets)

    def forward(self, first: Tensor, state: State | None, known: Tensor, truth: Tensor | None = None, *, forced: float = 0.0) -> Tensor:
        """Write as many steps as `known` has.

        Args:
            first: The step before, shape (N, 1, T).
            state: What the layers begin from.
            known: What is known ahead, shape (N, H, K).
            truth: The true steps, shape (N, H, T).
            forced: Share of the steps that go on from the true one before, drawn for each series and step.

        Returns:
            Shape (N, H, T).
        """
        if truth is not None and forced == 1:
            return self._write(torch.cat([first, truth[:, :-1]], dim=1), known, state)[0]
        written: list[Tensor] = []
        for step in range(known.shape[1]):
            before = written[-1] if written else first
            if truth is not None and written and forced:
                taken = torch.rand(len(before), 1, 1, device=before.device) < forced
                before = torch.where(taken, truth[:, step - 1 : step], before)
            after, state = self._write(before, known[:, step : step + 1], state)
            written.append(after)
        return torch.cat(written, dim=1)

    def _write(self, before: Tensor, known: Tensor, state: State | None) -> tuple[Tensor, State]:
        states, state = self.layers(torch.cat([before, known], dim=2), state)
        change = self.head(self.drop(states))
        return (before + change if self.residual else change), state


class _WritingNet(ForecastNet):
    """What both networks share: a decoder that begins at the window's last step, from a state that a subclass makes."""

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        cell: Cell = "gru",
        width: int = 64,
        depth: int = 1,
        dropout: float = 0.0,
        residual: bool = True,
        teacher_forcing: float = 0.5,
    ) -> None:
        own = {"cell": cell, "width": width, "depth": depth, "dropout": dropout, "residual": residual, "teacher_forcing": teacher_forcing}
        super().__init__(window, horizon, num_features, target, known, **own)
        where = type(self).__name__
        check(0 <= teacher_forcing <= 1, where, "teacher_forcing", "in [0, 1]", teacher_forcing)
        layers = build_layers(where, cell, self.num_targets + self.num_known, width=width, depth=depth, dropout=dropout)
        self.decoder = Decoder(layers, self.num_targets, dropout=dropout, residual=residual)
        self.encoder = self.build_encoder()

    def build_encoder(self) -> nn.Module:
        """Make what `start` reads the window with."""
        raise NotImplementedError

    def start(self, past: Tensor) -> State:
        """Make the decoder's first state of a window, shape (N, window, F)."""
        raise NotImplementedError

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:
        """Write the horizon: (N, window, F) → (N, horizon, targets)."""
        ahead = self.ahead(past, known)[:, self.window :]
        written: Tensor = self.decoder(past[:, -1:, self.target], self.start(past), ahead)
        return written

    def teach(self, past: Tensor, future: Tensor, known: Tensor) -> Tensor:
        """Write the horizon, a share of its steps from the true ones before."""
        first, forced = past[:, -1:, self.target], self.settings["teacher_forcing"]
        written: Tensor = self.decoder(first, self.start(past), known[:, self.window :], future, forced=forced)
        return written


class OnwardNet(_WritingNet):
    """Vector to series: the window's last step alone becomes the first state, and the horizon is written from there.

    Args:
        window: Steps of the past, at least 1; but the last are not looked at.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        width: Numbers in a layer's state, at least 1.
        depth: Recurrent layers, at least 1.
        dropout: Share of the states that training leaves out, in [0, 1).
        residual: Whether the change from step to step is foretold instead of the value.
        teacher_forcing: Share of the steps that training goes on from the true one before, in [0, 1].
    """

    def build_encoder(self) -> nn.Module:
        """A linear map of one step."""
        return nn.Linear(self.num_features, self.settings["depth"] * self.settings["width"])

    def start(self, past: Tensor) -> State:
        """Make the decoder's first state of the last step; the long-term memory of an LSTM begins empty."""
        layers = self.decoder.layers
        flat = self.encoder(past[:, -1]).tanh()
        state = flat.view(len(past), layers.num_layers, layers.hidden_size).transpose(0, 1).contiguous()
        return (state, torch.zeros_like(state)) if isinstance(layers, nn.LSTM) else state


class EncoderDecoderNet(_WritingNet):
    """Series to series of another length: an encoder reads the window, and its state is what the decoder writes the horizon from.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past, all of which the encoder reads.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``, of both.
        width: Numbers in a layer's state, at least 1.
        depth: Recurrent layers of each, at least 1.
        dropout: Share of the states that training leaves out, in [0, 1).
        residual: Whether the change from step to step is foretold instead of the value.
        teacher_forcing: Share of the steps that training goes on from the true one before, in [0, 1].

    Example:
        >>> EncoderDecoderNet(window=5, horizon=2, num_features=3, target=[0, 1])(torch.zeros(4, 5, 3)).shape
        torch.Size([4, 2, 2])

    Source:
        Sutskever et al., Sequence to sequence learning with neural networks, 2014; Bengio et al., Scheduled sampling, 2015.
    """

    def build_encoder(self) -> nn.Module:
        """Layers like the decoder's, which read all columns."""
        shape = {name: self.settings[name] for name in ("width", "depth", "dropout")}
        return build_layers("EncoderDecoderNet", self.settings["cell"], self.num_features, **shape)

    def start(self, past: Tensor) -> State:
        """Make the decoder's first state of the window."""
        state: State = self.encoder(past)[1]
        return state
