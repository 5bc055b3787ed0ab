"""Raw series go on: rows of a manifest and a checkpoint come in, times and values behind each one's end go out, to `recipes.predict`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules import ScaledWindows
from recipes.checkpoint import Restored
from recipes.models import ForecastNet
from recipes.tasks import Forecaster
from toolkit.errors import DataError, check, printable, wording
from toolkit.series import SeriesEncoder
from toolkit.series.time import add_steps, calendar_columns, format_times
from toolkit.wing import Manifest

__all__ = ["Onward", "tell_csv"]


@dataclass(frozen=True, eq=False)
class Onward:
    """Lets a forecasting checkpoint go on with raw series.

    Args:
        restored: The checkpoint, on its device.
        num_steps: How many steps are foretold of each series, at least 1; more than the horizon go on from what was foretold.
        only: Names of the targets that are told; empty tells all.
    """

    restored: Restored
    num_steps: int
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check(self.num_steps >= 1, "predict", "steps", "at least 1", self.num_steps)
        net, view = self.network, self.view
        rest = sorted(set(range(net.num_features)) - set(view.target) - set(view.known))
        names = printable(", ".join(view.features[column] for column in rest))
        rule = f"at most {net.horizon}, the horizon, as {names} would not be known further on"
        check(self.num_steps <= net.horizon or not rest, "predict", "steps", rule, self.num_steps)
        targets = [view.features[column] for column in view.target]
        lost = ", ".join(name for name in self.only if name not in targets)
        check(not lost, "predict", "target", f"of what the network foretells: {printable(', '.join(targets))}", lost)

    @property
    def task(self) -> Forecaster:
        """The task of the checkpoint."""
        task: Forecaster = self.restored.task  # type: ignore[assignment]  # `predict` looked
        return task

    @property
    def network(self) -> ForecastNet:
        """The network of the checkpoint."""
        return self.task.network

    @property
    def view(self) -> ScaledWindows:
        """The scale of training."""
        view: ScaledWindows = self.restored.view  # type: ignore[assignment]  # of a Forecaster
        return view

    def answer(self, rows: Manifest, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Foretell series one after another.

        Args:
            rows: As `toolkit.series.read` lists them.
            names: What each is called in its answer.

        Yields:
            ``{"input", "times", "values"}``: times as ISO 8601 has them, or where the source has no stamps or its step is unknown, the
            numbers of the steps ahead, from 1; values by variable, in its own units; ``"missing"``, how many values of the window the
            source lacks, where it lacks any, which are filled as in training. Or ``{"input", "error"}``.
        """
        encode, window = SeriesEncoder(self._variables, self._pipeline["calendar"], self._pipeline["zone"]), self.network.window
        for row, name in enumerate(names):
            series = rows.take(np.array([row]))
            start, stop = series.columns["start"], series.columns["stop"]
            try:
                length = int(stop[0] - start[0])
                own, step = self._pipeline["step"], series.reading["step"]
                if own and series.reading["has_time"] and step != own:
                    fix = f"Bring the rows to steps of {own}, or train on others."
                    raise DataError(wording("predict", "steps", f"{own} apart, as in the checkpoint", step or "no common step", fix=fix))
                if length < window:
                    raise DataError(wording("predict", "series", f"of at least {window:,} steps, the window", length))
                arrays = encode(replace(series, columns={**series.columns, "start": stop - window})).arrays
                yield {"input": name, **self._foretell(arrays, series.reading["zone"])}
            except DataError as error:
                yield {"input": name, "error": str(error)}

    @property
    def _pipeline(self) -> dict[str, Any]:
        return dict(self.restored.data["pipeline"])

    @property
    def _variables(self) -> list[str]:
        """The columns that a source has: the calendar's stand behind them."""
        return list(self.view.features[: len(self.view.features) - len(self.view.known)])

    def _foretell(self, arrays: Mapping[str, NDArray[Any]], zone: str) -> dict[str, Any]:
        """Foretell one series; times are shown as its own zone's clocks have them."""
        time, view = arrays.get("time"), self.view
        ahead = self._times(time)  # of whole horizons
        values = view.unscale(self._roll(arrays, self._known(ahead)), view.target).cpu().numpy()
        lacking = int(arrays["mask"][:, list(view.target)].sum()) if "mask" in arrays else 0
        names = [view.features[column] for column in view.target]
        return {
            "times": list(range(1, self.num_steps + 1)) if ahead is None else format_times(ahead[: self.num_steps], zone),
            "values": {name: _plain(values[:, i]) for i, name in enumerate(names) if name in (self.only or names)},
            **({"missing": lacking} if lacking else {}),
        }

    def _times(self, time: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
        step = self._pipeline["step"]
        return None if time is None or not step else add_steps(time, step, self._blocks * self.network.horizon, self._pipeline["zone"])

    @property
    def _blocks(self) -> int:
        """How often the network is asked."""
        return -(-self.num_steps // self.network.horizon)

    def _known(self, ahead: NDArray[np.int64] | None) -> Tensor:
        """What the calendar says of the steps ahead, scaled, (steps, F), of whole horizons."""
        steps = torch.zeros(self._blocks * self.network.horizon, self.network.num_features)
        if not self.view.known:
            return steps
        if ahead is None:
            raise DataError("predict: series must have stamps a known step apart, as the network looks at the calendar, got none.")
        columns = calendar_columns(ahead, self._pipeline["calendar"], self._pipeline["zone"])
        steps[:, list(self.view.known)] = torch.from_numpy(columns)
        return self.view.scale(steps)

    @torch.inference_mode()
    def _roll(self, arrays: Mapping[str, NDArray[Any]], known: Tensor) -> Tensor:
        """Foretell horizon after horizon, each put behind the window of the next: (steps, targets), scaled."""
        net, device = self.network, self.task.device
        past = self.view.scale(torch.from_numpy(arrays["x"])).nan_to_num(0.0)[None]
        past = self.task.fill(past, torch.from_numpy(arrays["mask"]).bool()[None] if "mask" in arrays else None).to(device)
        known, written = known[None].to(device), []
        for first in range(0, self.num_steps, net.horizon):
            future = known[:, first : first + net.horizon].clone()
            future[:, :, net.target] = self.task(past, torch.cat([past, future], dim=1)[:, :, net.known]).float()
            written.append(future[0][:, net.target])
            past = torch.cat([past, future], dim=1)[:, -net.window :]
        return torch.cat(written)[: self.num_steps]


def tell_csv(answer: dict[str, Any], *, head: bool) -> str:
    """Write what is foretold of one series as lines of CSV: series, time, and a column for each variable.

    Args:
        answer: Of `Onward.answer`.
        head: Whether the columns' names come before.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if head:
        writer.writerow(["series", "time", *answer["values"]])
    writer.writerows([answer["input"], time, *row] for time, *row in zip(answer["times"], *answer["values"].values(), strict=True))
    return text.getvalue().rstrip("\n")


def _plain(values: NDArray[np.float32]) -> list[float]:
    """Python's numbers, with as many digits as float32 has."""
    return [float(f"{value:.7g}") for value in values.tolist()]
