"""The recipe `forecast`: a GRU reads the window in segments, and all segments of the horizon are foretold at once from its last state."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recipes.models.forecast_net import ForecastNet
from toolkit.errors import check

__all__ = ["SegmentNet"]


class SegmentNet(ForecastNet):
    """A GRU over a few long segments, instead of over many single steps; every variable is foretold from itself alone, by shared weights.

    The window's mean is taken off and its deviation divided out before, as far as asked; behind, the level that a step is foretold from
    goes over from the last value to the mean, the farther the step. A segment of the horizon begins with the state behind the window and
    is told which segment of which variable it is: one step of the same GRU, with no error carried on from one segment to the next.
    A constant added to the window is thus added to the forecast.

    Args:
        window: Steps of the past, at least a segment; where it is no multiple of one, its oldest steps are not read.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.
        segment: Steps in a segment, at least 1: one season or two.
        width: Numbers in a segment's code and in the state, even, at least 2.
        dropout: Share of the horizon's states that training leaves out, in [0, 1).
        hold: Steps after which the last value counts 1/e of the level, and the window's mean the rest; above 0.
        rescale: Whether the window's deviation is divided out, too: helps where swings grow and shrink by seasons.

    Example:
        >>> net = SegmentNet(window=96, horizon=60, num_features=3, target=[0, 2], segment=24, width=8)
        >>> net(torch.zeros(5, 96, 3)).shape
        torch.Size([5, 60, 2])

    Source:
        Lin et al., SegRNN: segment recurrent neural network for long-term time series forecasting, 2023, with parallel decoding;
        it takes off the last value, and a ReLU follows each segment's code. Dividing by the deviation: Kim et al., Reversible instance
        normalization, 2022.
    """

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        segment: int = 48,
        width: int = 128,
        dropout: float = 0.5,
        hold: float = 168.0,
        rescale: bool = False,
    ) -> None:
        own = {"segment": segment, "width": width, "dropout": dropout, "hold": hold, "rescale": rescale}
        super().__init__(window, horizon, num_features, target, known, **own)
        where = "SegmentNet"
        fix = "Pass a longer --data.window, or --network.segment."
        check(1 <= segment <= window, where, "segment", f"from 1 to the window, {window}", segment, fix=fix)
        check(width >= 2 and width % 2 == 0, where, "width", "even and at least 2", width)
        check(0 <= dropout < 1, where, "dropout", "in [0, 1)", dropout)
        check(hold > 0, where, "hold", "above 0", hold)
        self.segment, self.rescale = segment, rescale
        self.code = nn.Linear(segment, width)
        self.reader = nn.GRU(width, width, batch_first=True)
        self.places = nn.Parameter(torch.randn(-(-horizon // segment), width // 2))
        self.variables = nn.Parameter(torch.randn(self.num_targets, width // 2))
        self.drop = nn.Dropout(dropout)
        self.steps = nn.Linear(width, segment)
        held = torch.exp(-torch.arange(1, horizon + 1) / hold)
        self.register_buffer("held", held, persistent=False)
        self.held: Tensor

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:  # noqa: ARG002  # as every forecasting network
        """Foretell: (N, window, F) → (N, horizon, targets)."""
        steps = self.window - self.window % self.segment
        past = past[:, -steps:, self.target].transpose(1, 2)
        mean, last = past.mean(-1, keepdim=True), past[..., -1:]
        swing = past.std(-1, correction=0, keepdim=True) + 0.1 if self.rescale else past.new_ones(())
        state = self._read((past - mean) / swing)
        ahead = self._foretell(state) * swing
        return (ahead + mean + (last - mean) * self.held).transpose(1, 2)

    def _read(self, past: Tensor) -> Tensor:
        """Read all segments of each variable: (N, T, steps) → the last state, (N, T, width)."""
        codes = self.code(past.reshape(-1, past.shape[-1] // self.segment, self.segment))
        state: Tensor = self.reader(codes)[1][0]
        return state.view(*past.shape[:2], -1)

    def _foretell(self, state: Tensor) -> Tensor:
        """Step once from the last state to each segment ahead: (N, T, width) → (N, T, horizon).

        What tells a segment is the same for all windows, and so is the state for all segments: both halves of the gates are computed once.
        """
        sizes = (len(self.variables), len(self.places), -1)
        told = torch.cat([self.places.expand(sizes), self.variables[:, None].expand(sizes)], dim=2)
        before = state[:, :, None]
        into, onward, into_bias, onward_bias = self.reader.all_weights[0]
        reset, update, new = F.linear(told, into, into_bias).chunk(3, dim=-1)
        kept_reset, kept_update, kept_new = F.linear(before, onward, onward_bias).chunk(3, dim=-1)
        candidate = torch.tanh(new + torch.sigmoid(reset + kept_reset) * kept_new)
        states = candidate + torch.sigmoid(update + kept_update) * (before - candidate)
        ahead: Tensor = self.steps(self.drop(states)).flatten(2)
        return ahead[..., : self.horizon]
