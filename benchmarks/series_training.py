"""Training an LSTM forecaster beside a bare PyTorch loop, darts and neuralforecast: one drawn series comes in, windows a second go out.

Foudre flushes denormal numbers, which vanishing gradients are full of; the other sides do not, as they come.
All sides train an LSTM of the same width on windows of 336 steps that foretell 96, in batches of as many windows, in float32, with
AdamW or Adam. darts' `BlockRNNModel` is the very network: an LSTM whose last state foretells all steps by one linear layer.
neuralforecast's `LSTM` has the same encoder and foretells each step by a small decoder; it is univariate, so it is compared on one
variable. A step is all from one batch's end to the next one's; the first steps of each turn warm up.
"""

from __future__ import annotations

import logging
import math
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
import torch.nn.functional as F
from lightning.pytorch import Callback

from benchmarks.measure import Ratio, Report, ratio, take_turns
from recipes.cli import RecipeCLI
from recipes.precision import flushed_denormals
from recipes.quiet import quiet_lightning
from recipes.train import recipe_path
from toolkit.preprocess import preprocess_series
from toolkit.series import SeriesReadOptions, SeriesSplitOptions

__all__ = ["measure"]

WINDOW, HORIZON, WIDTH, WARM_UP = 336, 96, 64, 5
VARIABLES = (7, 1)
OURS, BARE, FLUSHED, DARTS, NEURAL = "Foudre", "bare loop", "bare loop that flushes", "darts", "neuralforecast"


def measure(source: Path | None, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Train for some steps in every way, in turns.

    Args:
        source: Not used: pictures.
        scratch: An empty folder.
        workers: Not used: all sides read in this process.
        repeats: Rounds that count.
        quick: One step only, and small batches.
    """
    del source, workers
    batch_size, num_steps = (8, WARM_UP + 1) if quick else (64, WARM_UP + 40)
    ways: dict[str, Callable[[], float]] = {}
    for number in VARIABLES:
        training = _Training(scratch / f"{number}.h5", number, batch_size=batch_size, num_steps=num_steps)
        ways |= {f"{who}: {number} variables, windows/s": way for who, way in training.ways().items()}
    with quiet_lightning():
        found = take_turns([partial(lambda name, way: {name: way()}, name, way) for name, way in ways.items()], repeats=repeats)
    ratios: list[Ratio] = []
    for number in VARIABLES:
        of = {who: found.get(f"{who}: {number} variables, windows/s") for who in (OURS, BARE, FLUSHED, DARTS, NEURAL)}
        ours, wanted = of[OURS], {BARE: 0.95, FLUSHED: 0.95, DARTS: 2.0, NEURAL: 2.0}
        named = {who: figure for who, figure in of.items() if who in wanted and figure}
        ratios += [ratio(f"{number} variables: {OURS} / {who}", ours, each, at_least=wanted[who]) for who, each in named.items() if ours]
    missing = [who for who in (DARTS, NEURAL) if not find_spec(who)]
    note = f"LSTM {WIDTH} wide, {WINDOW} → {HORIZON}, batches of {batch_size}, float32, {torch.get_num_threads()} threads."
    notes = (note, *(f"{who} is not installed: pip install -e .[peers]" for who in missing))
    return Report("Training an LSTM forecaster", tuple(found.values()), tuple(ratios), notes)


class _Training:
    """Trains on one drawn series in every way, and says how many windows a second each goes through."""

    def __init__(self, path: Path, num_variables: int, *, batch_size: int, num_steps: int) -> None:
        self.path, self.batch_size, self.num_steps, self.num_variables = path, batch_size, num_steps, num_variables
        hours = np.arange(14_400)
        noise = np.random.default_rng(0).standard_normal((len(hours), num_variables))
        self.values = (np.sin(2 * math.pi * hours / 24)[:, None] + 0.3 * noise).astype(np.float32)
        names = [f"v{number}" for number in range(num_variables)]
        self.stamps = np.datetime64("2020-01-01T00", "ns") + hours * np.timedelta64(1, "h")
        table = path.with_suffix(".csv")
        lines = [f"{stamp},{','.join(map(str, row))}" for stamp, row in zip(self.stamps.astype("M8[s]"), self.values, strict=True)]
        table.write_text("\n".join([",".join(["time", *names]), *lines]) + "\n")
        preprocess_series(table, path, read=SeriesReadOptions(time="time"), split=SeriesSplitOptions("0.9,0.1"))

    def ways(self) -> dict[str, Callable[[], float]]:
        """Each way that can be tried here."""
        peers = {DARTS: self.by_darts} | ({NEURAL: self.by_neuralforecast} if self.num_variables == 1 else {})
        loops = {BARE: self.by_hand, FLUSHED: partial(self.by_hand, flush=True)}
        return {OURS: self.by_recipe, **loops} | {who: way for who, way in peers.items() if find_spec(who)}

    def by_recipe(self) -> float:
        """What `foudre train forecast_lstm` does."""
        cli, watch = self._set_up(), _Watch()
        cli.trainer.callbacks.append(watch)  # type: ignore[attr-defined]  # as Lightning's own annotation lacks it
        with flushed_denormals():
            cli.trainer.fit(cli.model, datamodule=cli.datamodule)
        return self._rate(watch.marks)

    def by_hand(self, *, flush: bool = False) -> float:
        """A loop as one writes it for this one network, on an array in memory."""
        with patch.dict(os.environ):
            os.environ.pop("PYTORCH_NVML_BASED_CUDA_CHECK", None)  # Lightning's own: without a GPU it slows each step of an optimizer
            cli = self._set_up()
            torch.set_flush_denormal(flush)
            network, task = cli.model.network.train(), cli.model
            optimizer = torch.optim.AdamW(network.parameters(), lr=task.learning_rate, weight_decay=task.weight_decay, fused=True)
            values = torch.from_numpy((self.values - self.values.mean(0)) / self.values.std(0))
            reach = torch.arange(WINDOW + HORIZON)
            marks = []
            for starts in torch.randperm(len(values) - len(reach) + 1).split(self.batch_size)[: self.num_steps]:
                windows = values[starts[:, None] + reach]
                loss = F.mse_loss(network(windows[:, :WINDOW]), windows[:, WINDOW:])
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                marks.append(time.perf_counter())
        return self._rate(marks)

    def by_darts(self) -> float:
        """Darts' `BlockRNNModel`."""
        from darts import TimeSeries
        from darts.models import BlockRNNModel

        logging.getLogger("darts").setLevel(logging.ERROR)
        torch.set_flush_denormal(False)
        series, watch = TimeSeries.from_values(self.values), _Watch()
        model = BlockRNNModel(
            WINDOW, HORIZON, model="LSTM", hidden_dim=WIDTH, n_rnn_layers=1, dropout=0.0, batch_size=self.batch_size, n_epochs=1,
            optimizer_kwargs={"lr": 2e-3}, pl_trainer_kwargs=self._trainer(watch), random_state=0,
        )  # fmt: skip
        model.fit(series, verbose=False)
        return self._rate(watch.marks)

    def by_neuralforecast(self) -> float:
        """Neuralforecast's `LSTM`, which draws as many windows of the series for each step."""
        import pandas as pd
        from neuralforecast import NeuralForecast
        from neuralforecast.models import LSTM

        torch.set_flush_denormal(False)
        watch = _Watch()
        own = self._trainer(watch) | {"max_steps": self.num_steps}
        model = LSTM(
            h=HORIZON, input_size=WINDOW, encoder_n_layers=1, encoder_hidden_size=WIDTH, decoder_layers=1, decoder_hidden_size=WIDTH,
            batch_size=1, windows_batch_size=self.batch_size, learning_rate=2e-3, **own,
        )  # fmt: skip
        frame = pd.DataFrame({"unique_id": "drawn", "ds": self.stamps, "y": self.values[:, 0]})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            NeuralForecast([model], freq="h").fit(frame)
        return self._rate(watch.marks)

    def _trainer(self, watch: Callback) -> dict[str, Any]:
        quiet = {"enable_progress_bar": False, "enable_model_summary": False, "enable_checkpointing": False, "logger": False}
        return {"accelerator": "cpu", "callbacks": [watch], "gradient_clip_val": 1.0, "limit_train_batches": self.num_steps, **quiet}

    def _set_up(self) -> RecipeCLI:
        length = ("--trainer.max_epochs", "1", "--trainer.limit_train_batches", str(self.num_steps), "--trainer.limit_val_batches", "1")
        network = ("--network.width", str(WIDTH), "--network.dropout", "0", "--data.window", str(WINDOW), "--data.horizon", str(HORIZON))
        fixed = ("--data.batch_size", str(self.batch_size), "--trainer.accelerator", "cpu")
        args = ["--config", str(recipe_path("forecast_lstm")), "--data.path", str(self.path), *length, *network, *fixed]
        return RecipeCLI(args, run=None, root=self.path.with_name("runs"))

    def _rate(self, marks: list[float]) -> float:
        """Windows a second, steps that warm up left out."""
        return self.batch_size * (len(marks) - WARM_UP) / (marks[-1] - marks[WARM_UP - 1])


class _Watch(Callback):
    """Notes when each step ends; both of Lightning's names are known to the peers."""

    def __init__(self) -> None:
        self.marks: list[float] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> _Watch:
        return self  # neuralforecast trains copies of models

    def on_train_batch_end(self, *_: Any) -> None:
        self.marks.append(time.perf_counter())
