"""The recipe `forecast`: a linear map and a GRU over segments read a window together, and foretell all steps of the horizon at once."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recipes.models.forecast_net import ForecastNet
from toolkit.errors import check

__all__ = ["SegmentNet"]


class SegmentNet(ForecastNet):
    """What a linear map of the window foretells, and what a GRU over its segments adds; a variable is foretold from itself alone.

    The last value is taken off before and added again behind, so that a constant added to the window is added to the forecast. The GRU
    reads a few long segments instead of many single steps. Each segment of the horizon begins with the state behind the window and is
    told which segment of which variable it is: one step of the same GRU, with no error carried on from one to the next. What the GRU
    adds begins at nothing. All weights but those that tell variables apart are shared by them.

    Args:
        window: Steps of the past, at least a segment; where it is no multiple of one, the GRU does not read its oldest steps.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.
        segment: Steps in a segment, from 1 to the window: one season or two.
        width: Numbers in a segment's code and in the state, even, at least 2.
        dropout: Share of the horizon's states that training leaves out, in [0, 1).
        linear: Whether the linear map is there; without it, the GRU foretells alone.

    Example:
        >>> net = SegmentNet(window=96, horizon=60, num_features=3, target=[0, 2], segment=24, width=8)
        >>> net(torch.zeros(5, 96, 3)).shape
        torch.Size([5, 60, 2])

    Source:
        Lin et al., SegRNN: segment recurrent neural network for long-term time series forecasting, 2023, with parallel decoding, but
        without a ReLU behind the codes. The linear map is NLinear's: Zeng et al., Are transformers effective for time series
        forecasting?, 2023.
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
        width: int = 64,
        dropout: float = 0.5,
        linear: bool = True,
    ) -> None:
        super().__init__(window, horizon, num_features, target, known, segment=segment, width=width, dropout=dropout, linear=linear)
        where, fix = "SegmentNet", "Pass a longer --data.window, or a shorter --network.segment."
        check(1 <= segment <= window, where, "segment", f"from 1 to the window, {window}", segment, fix=fix)
        check(width >= 2 and width % 2 == 0, where, "width", "even and at least 2", width)
        check(0 <= dropout < 1, where, "dropout", "in [0, 1)", dropout)
        self.segment = segment
        self.through_time = nn.Linear(window, horizon) if linear else None
        self.code = nn.Linear(segment, width)
        self.reader = nn.GRU(width, width, batch_first=True)
        self.places = nn.Parameter(torch.randn(-(-horizon // segment), width // 2))
        self.variables = nn.Parameter(torch.randn(self.num_targets, width // 2))
        self.drop = nn.Dropout(dropout)
        self.steps = nn.Linear(width, segment)
        if self.through_time is not None:  # it begins with the window's mean
            nn.init.constant_(self.through_time.weight, 1 / window)
            nn.init.zeros_(self.through_time.bias)
            nn.init.zeros_(self.steps.weight)
            nn.init.zeros_(self.steps.bias)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:  # noqa: ARG002  # as every forecasting network
        """Foretell: (N, window, F) → (N, horizon, targets)."""
        past = past[:, :, self.target].transpose(1, 2)
        last = past[..., -1:]
        past = past - last
        ahead = self._foretell(self._read(past)) + last
        if self.through_time is not None:
            ahead = ahead + self.through_time(past)
        return ahead.transpose(1, 2)

    def _read(self, past: Tensor) -> Tensor:
        """Read all whole segments of each variable: (N, T, window) → the last state, (N, T, width)."""
        segments = past[..., self.window % self.segment :].reshape(-1, self.window // self.segment, self.segment)
        state: Tensor = self.reader(self.code(segments))[1][0]
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
