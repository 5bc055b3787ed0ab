"""What an evaluation of forecasts leaves: a task, its data and a split come in; tables and pictures go into the run folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from datamodules import SeriesDataModule, SeriesWindows
from recipes.forecast.pictures import Window, draw_errors, draw_windows
from recipes.forecast.tables import group_origins, write_errors, write_origins
from recipes.tasks.forecaster import Forecaster

__all__ = ["write_forecasts"]

MAX_WINDOWS, MAX_VARIABLES = 3, 3
"""How many are drawn."""


def write_forecasts(folder: Path, name: str, task: Forecaster, data: SeriesDataModule, split: str) -> None:
    """Write ``<name>_errors.csv``, ``<name>_errors_by_origin.csv``, ``<name>_errors.png`` and ``<name>_forecasts.png``.

    Args:
        folder: Where to; made if it is missing.
        name: What the files' names begin with: the split, and the checkpoint if it is not the best one.
        task: Just evaluated on the split.
        data: What it was evaluated on.
        split: Which split.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dataset, errors = data.dataset(split), task.errors
    variables = [data.features[column] for column in data.target]
    write_errors(folder / f"{name}_errors.csv", errors, variables, data.view.std.numpy()[data.target])
    numbers = errors.windows[:, 0].astype(np.int64)
    times = dataset.times(numbers) if len(numbers) else None
    groups = group_origins(len(numbers), None if times is None else times[:, data.window])
    write_origins(folder / f"{name}_errors_by_origin.csv", errors, groups)
    draw_errors(folder / f"{name}_errors.png", errors)
    chosen = np.unique(np.linspace(0, len(dataset) - 1, MAX_WINDOWS).astype(np.int64))
    drawn = [_window(task, data, dataset, int(number)) for number in chosen]
    draw_windows(folder / f"{name}_forecasts.png", drawn, variables[:MAX_VARIABLES])


@torch.inference_mode()
def _window(task: Forecaster, data: SeriesDataModule, dataset: SeriesWindows, number: int) -> Window:
    batch = data.view.finish(dataset[[number]])
    shown = task.predict_step(batch._replace(past=batch.past.to(task.device), future=batch.future.to(task.device)))[0].cpu()
    past, future, foretold = (
        data.view.unscale(steps, data.target).double().numpy()
        for steps in (batch.past[0][:, data.target], batch.future[0][:, data.target], shown)
    )
    if batch.missing is not None:
        missing = batch.missing[0][:, data.target].numpy()
        past[missing[: data.window]], future[missing[data.window :]] = np.nan, np.nan
    times = dataset.times([number])
    begins = f"window {number:,}" if times is None else str(times[0, data.window].astype("datetime64[ns]").astype("datetime64[m]"))
    return Window(f"{dataset.names([number])[0]} {begins}", past, future, foretold)
