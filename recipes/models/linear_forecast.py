"""The simplest forecasts, which every other must beat: the last value, the same time a season ago, and linear maps of the window."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from datamodules import FileDataModule
from recipes.forecast.season import find_season
from recipes.models.forecast_net import ForecastNet
from toolkit.errors import check

__all__ = ["DLinear", "LastValue", "Linear", "NLinear", "SeasonalNaive", "repeat_season"]


class LastValue(ForecastNet):
    """Persistence: each step of the horizon is as the last one of the window. Nothing is learned.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.

    Example:
        >>> net = LastValue(window=3, horizon=2, num_features=1, target=[0])
        >>> net(torch.tensor([[[1.0], [2.0], [3.0]]])).flatten().tolist()
        [3.0, 3.0]
    """

    carries: ClassVar[bool] = True

    def __init__(self, window: int, horizon: int, num_features: int, target: list[int], known: list[int] | None = None) -> None:
        super().__init__(window, horizon, num_features, target, known)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:  # noqa: ARG002  # as every forecasting network
        """Repeat the last step: (N, window, F) → (N, horizon, targets)."""
        return past[:, -1:, self.target].expand(-1, self.horizon, -1)


class SeasonalNaive(ForecastNet):
    """Each step of the horizon is as the one a season before it, of the last season that the window holds. Nothing is learned.

    Args:
        window: Steps of the past, at least a season.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.
        period: Steps of a season, at least 1; None finds them from the file's step: a day of hours, a week of days, a year of months.

    Example:
        >>> net = SeasonalNaive(window=3, horizon=3, num_features=1, target=[0], period=2)
        >>> net(torch.tensor([[[1.0], [2.0], [3.0]]])).flatten().tolist()
        [2.0, 3.0, 2.0]
    """

    carries: ClassVar[bool] = True

    def __init__(
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        period: int | None = None,
    ) -> None:
        super().__init__(window, horizon, num_features, target, known, period=period)
        if period is not None:
            self._take(period)

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Find the season from the file's step, unless it was given.

        Raises:
            ArgumentError: If the step is unknown, or the window is shorter than a season.
        """
        if self.settings["period"] is not None:
            return {}
        period, step = find_season(data.file.pipeline), data.file.pipeline.get("step", "")
        fix = "Pass --network.period, in steps."
        check(period is not None, "SeasonalNaive", "period", f"given, as the step {step or 'is unknown and'} has no season", None, fix=fix)
        self._take(int(period or 1))
        return {"period": period}

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:  # noqa: ARG002  # as every forecasting network
        """Repeat the last season: (N, window, F) → (N, horizon, targets)."""
        return repeat_season(past[:, :, self.target], self.horizon, int(self.settings["period"]))

    def _take(self, period: int) -> None:
        fix = "Pass a longer --data.window, or --network.period."
        check(1 <= period <= self.window, "SeasonalNaive", "period", f"from 1 to the window, {self.window}", period, fix=fix)
        self.settings["period"] = period


def repeat_season(past: Tensor, horizon: int, period: int) -> Tensor:
    """Let the last `period` steps come again and again: (N, L, T) → (N, horizon, T)."""
    step = torch.arange(horizon, device=past.device) % period
    return past[:, past.shape[1] - period + step]


class _ThroughTime(nn.Module):
    """A linear map from the steps of a window to those of a horizon: one for all variables, or one for each."""

    def __init__(self, window: int, horizon: int, *, maps: int) -> None:
        super().__init__()
        bound = window**-0.5
        self.weight = nn.Parameter(torch.empty(maps, horizon, window).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(maps, horizon).uniform_(-bound, bound))

    def forward(self, past: Tensor) -> Tensor:
        """(N, window, T) → (N, horizon, T)."""
        if len(self.weight) == 1:
            return F.linear(past.transpose(1, 2), self.weight[0], self.bias[0]).transpose(1, 2)
        return torch.einsum("nlt,thl->nht", past, self.weight) + self.bias.T


class Linear(ForecastNet):
    """One linear map from the steps of the window to those of the horizon; a column is foretold from itself alone.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.
        individual: Whether each column has a map of its own; else all share one.

    Source:
        Zeng et al., Are transformers effective for time series forecasting?, 2023.
    """

    def __init__(
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        individual: bool = False,
    ) -> None:
        super().__init__(window, horizon, num_features, target, known, individual=individual)
        self.through_time = self._map()

    def _map(self) -> _ThroughTime:
        return _ThroughTime(self.window, self.horizon, maps=self.num_targets if self.settings["individual"] else 1)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:  # noqa: ARG002  # as every forecasting network
        """Map the window: (N, window, F) → (N, horizon, targets)."""
        return self.foretell(past[:, :, self.target])

    def foretell(self, past: Tensor) -> Tensor:
        """Foretell the targets from their own past: (N, window, T) → (N, horizon, T)."""
        foretold: Tensor = self.through_time(past)
        return foretold


class NLinear(Linear):
    """`Linear` of what the window adds to its last value, which is taken off before and added again behind.

    Its arguments are those of `Linear`.
    """

    def foretell(self, past: Tensor) -> Tensor:
        """Foretell the targets from their own past: (N, window, T) → (N, horizon, T)."""
        last = past[:, -1:]
        return super().foretell(past - last) + last


class DLinear(Linear):
    """Two linear maps: of the trend, which is a moving mean over the window, and of what remains.

    Args:
        window: Steps of the past, at least 1.
        horizon: Steps that are foretold, at least 1.
        num_features: Columns of the past.
        target: Numbers of the columns that are foretold.
        known: Numbers of the columns that are known ahead; not looked at.
        individual: Whether each column has maps of its own; else all share them.
        mean_over: Steps that the moving mean is taken over, odd; beyond the window's ends their values stay as they are.

    Source:
        Zeng et al., Are transformers effective for time series forecasting?, 2023.
    """

    def __init__(
        self,
        window: int,
        horizon: int,
        num_features: int,
        target: list[int],
        known: list[int] | None = None,
        *,
        individual: bool = False,
        mean_over: int = 25,
    ) -> None:
        check(mean_over >= 1 and mean_over % 2 == 1, "DLinear", "mean_over", "odd and at least 1", mean_over)
        super().__init__(window, horizon, num_features, target, known, individual=individual)
        self.settings["mean_over"] = mean_over
        self.trend = self._map()

    def foretell(self, past: Tensor) -> Tensor:
        """Foretell the targets from their own past: (N, window, T) → (N, horizon, T)."""
        width = self.settings["mean_over"]
        padded = F.pad(past.transpose(1, 2), (width // 2, width // 2), mode="replicate")
        trend = F.avg_pool1d(padded, width, stride=1).transpose(1, 2)
        foretold: Tensor = self.trend(trend) + super().foretell(past - trend)
        return foretold
