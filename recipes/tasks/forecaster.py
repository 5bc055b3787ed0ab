"""Forecasting: windows of scaled series come in; losses go out, and errors by step ahead and variable beside those of naive forecasts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from lightning.pytorch.trainer.states import TrainerFn
from torch import Tensor

from datamodules import SeriesBatch
from recipes.forecast.errors import Errors
from recipes.forecast.season import find_season
from recipes.models.forecast_net import ForecastNet
from recipes.models.linear_forecast import repeat_season
from recipes.tasks.task import Schedule, Task
from toolkit.errors import check

__all__ = ["Forecaster", "carry_forward"]

Loss = Literal["mse", "mae", "huber"]

LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "huber": F.smooth_l1_loss}


class Forecaster(Task):
    """Values ahead. Logs ``train/loss`` in training; ``val/…`` and ``test/…`` mse and mae an evaluation, in scaled units.

    These are sums over all windows, steps ahead and targets, divided by their number; what is missing is left out. Beside them stand
    persistence_mse and …_mae, of repeating the last value known, and seasonal_mse and …_mae, of repeating the last season, on the very
    same windows; the latter only where a season is known and no longer than the window.

    Args:
        network: Gives values of shape (N, horizon, targets).
        learning_rate: The highest learning rate, above 0.
        weight_decay: AdamW's, at least 0.
        schedule: ``"one_cycle"``, ``"cosine"`` or ``"constant"``.
        loss: ``"mse"``; ``"mae"``; or ``"huber"``, which is squared below 1 and linear above.
        period: Steps of the season that the naive forecast repeats; None finds it from the file's step: a day of hours, a week of days.

    Attributes:
        errors: Of the latest evaluation; of each window, too, unless it was one within training, or one of several processes.
    """

    network: ForecastNet

    def __init__(
        self,
        network: ForecastNet,
        *,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.0,
        schedule: Schedule = "one_cycle",
        loss: Loss = "mse",
        period: int | None = None,
    ) -> None:
        super().__init__(network, learning_rate=learning_rate, weight_decay=weight_decay, schedule=schedule)
        check(isinstance(network, ForecastNet), "Forecaster", "network", "one that forecasts", type(network).__name__)
        check(loss in LOSSES, "Forecaster", "loss", f"one of {', '.join(LOSSES)}", loss)
        check(period is None or period >= 1, "Forecaster", "period", "at least 1", period)
        self.settings |= {"loss": loss, "period": period}
        self.period = period
        none = np.zeros((1, network.horizon, network.num_targets))
        self.errors = Errors(none[0], none, none)
        self._sums = torch.zeros(0)
        self._windows: list[Tensor] = []

    def setup(self, stage: str) -> None:
        """Find the season of the file that is attached."""
        super().setup(stage)
        data = getattr(self.trainer, "datamodule", None)
        if self.settings["period"] is None and data is not None:
            self.period = find_season(data.file.pipeline)

    def forward(self, past: Tensor, known: Tensor | None = None) -> Tensor:
        """Foretell: (N, window, F) → (N, horizon, targets)."""
        foretold: Tensor = self.network(past, known)
        return foretold

    def training_step(self, batch: SeriesBatch) -> Tensor:
        """Return the mean loss of a batch's steps, those that are missing left out."""
        past, future, known = self._parts(batch)
        foretold = self.network.teach(past, future, known).float()
        wanted = torch.cat([past[:, :, self.network.target], future], dim=1)[:, -foretold.shape[1] :]
        there = torch.ones_like(wanted) if batch.missing is None else ~batch.missing[:, -foretold.shape[1] :, self.network.target]
        losses = LOSSES[self.settings["loss"]](foretold, wanted, reduction="none")
        loss: Tensor = (losses * there).sum() / there.sum().clamp(min=1)
        self.log_step("train/loss", loss)
        return loss

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self._begin()

    def on_test_epoch_start(self) -> None:
        """Begin to count."""
        self._begin()

    def validation_step(self, batch: SeriesBatch) -> None:
        """Count a batch of the validation split."""
        self._count(batch)

    def test_step(self, batch: SeriesBatch) -> None:
        """Count a batch of the test split."""
        self._count(batch)

    def predict_step(self, batch: SeriesBatch) -> Tensor:
        """Return what is foretold, scaled, float32, shape (N, horizon, targets)."""
        past, _, known = self._parts(batch)
        foretold: Tensor = self(past, known)
        return foretold.float()

    def on_validation_epoch_end(self) -> None:
        """Log the validation split's metrics."""
        self._conclude("val")

    def on_test_epoch_end(self) -> None:
        """Log the test split's metrics."""
        self._conclude("test")

    def fill(self, past: Tensor, missing: Tensor | None) -> Tensor:
        """Return a past as the network takes it: with the last values known where some are missing, if it says so.

        Args:
            past: Scaled, shape (N, window, F).
            missing: bool, shape (N, at least window, F); None where nothing is missing.
        """
        return carry_forward(past, missing[:, : past.shape[1]]) if missing is not None and self.network.carries else past

    @property
    def _num_methods(self) -> int:
        return 3 if self.period is not None and self.period <= self.network.window else 2

    def _parts(self, batch: SeriesBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Past, what is to be foretold, and what is known ahead over both."""
        known, target = self.network.known, self.network.target
        return (
            self.fill(batch.past, batch.missing),
            batch.future[:, :, target],
            torch.cat([batch.past[:, :, known], batch.future[:, :, known]], dim=1),
        )

    def _begin(self) -> None:
        exact = torch.float32 if self.device.type == "mps" else torch.float64
        size = (1 + 2 * self._num_methods, self.network.horizon, self.network.num_targets)
        self._sums, self._windows = torch.zeros(size, dtype=exact, device=self.device), []

    def _count(self, batch: SeriesBatch) -> None:
        if not len(batch.past):
            return  # a rank that was left without windows
        past, future, known = self._parts(batch)
        window, target = self.network.window, self.network.target
        there = torch.ones_like(future) if batch.missing is None else (~batch.missing[:, window:, target]).float()
        seen = past[:, :, target] if batch.missing is None else carry_forward(past[:, :, target], batch.missing[:, :window, target])
        foretold = [self(past, known).float(), seen[:, -1:]]
        if self._num_methods > 2:
            foretold.append(repeat_season(seen, self.network.horizon, self.period or 1))
        off = [(one - future) * there for one in foretold]
        errors = [there, *(error.square() for error in off), *(error.abs() for error in off)]
        self._sums += torch.stack([error.sum(0, dtype=self._sums.dtype) for error in errors])
        if self.trainer.state.fn != TrainerFn.FITTING and self.trainer.world_size == 1:
            of_each = [error.sum((1, 2), dtype=self._sums.dtype) for error in errors]
            self._windows.append(torch.stack([batch.index.to(self._sums), *of_each], dim=1).cpu())

    def _conclude(self, split: str) -> None:
        # summed over all processes: each then logs the same figures, which `sync_dist` leaves as they are
        sums = self.trainer.strategy.reduce(self._sums, reduce_op="sum")
        count, squared, absolute = np.split(sums.double().cpu().numpy(), [1, 1 + self._num_methods])
        windows = torch.cat(self._windows).double().numpy() if self._windows else np.zeros((0, 1))
        self.errors = Errors(count[0], squared, absolute, windows)
        metrics = {f"{split}/{name}": torch.tensor(value, dtype=torch.float32) for name, value in self.errors.metrics.items()}
        self.log_dict(metrics, prog_bar=True, sync_dist=True)


def carry_forward(past: Tensor, missing: Tensor) -> Tensor:
    """Put the last value known in the place of those that are missing; where none is known before, they stay.

    Args:
        past: Shape (N, L, T).
        missing: bool, as large.

    Example:
        >>> carry_forward(torch.tensor([[[5.0], [0.0], [7.0]]]), torch.tensor([[[False], [True], [False]]])).flatten().tolist()
        [5.0, 5.0, 7.0]
    """
    step = torch.arange(past.shape[1], device=past.device)[:, None].expand_as(past)
    return past.gather(1, step.masked_fill(missing, 0).cummax(dim=1).values)
