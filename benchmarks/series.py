"""Windows of series beside a bare gather and a Dataset that slices: generated series come in, windows a second and ratios go out.

All sides deliver each window of the same series once, shuffled: 336 steps of past and 96 of future of 7 variables, in batches of 256.
The series has as many steps as ETTh1, and ten times as many. The references hold it in memory; ours maps the file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from benchmarks.measure import Figure, Ratio, Report, ratio, take_turns
from datamodules import SeriesDataModule
from datamodules.series import SeriesWindows
from toolkit.export import ExportOptions, export
from toolkit.wing import Array, Encoded, Manifest, Plan

__all__ = ["measure"]

WINDOW, HORIZON, WIDTH, BATCH = 336, 96, 7, 256
STEPS = 17_420
"""Of ETTh1."""

OURS, SCALED, GATHER = "Foudre", "Foudre, scaled", "numpy gather"
SLICES, PAPERS = "Dataset of two slices + DataLoader", "the papers' Dataset + DataLoader"
LABEL, MARKS = 48, 4
"""What the papers' code adds: steps of the past that are given once more with the future, and columns of the calendar."""
EACH_WINDOW = 8
"""Bytes that the order of an epoch takes of each window."""

Epoch = Callable[[], Iterator[Tensor]]
Values = NDArray[np.float32]


def measure(source: Path | None, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Go through both series in every way, in turns.

    Args:
        source: Not used: pictures.
        scratch: An empty folder.
        workers: Not used: all sides read in this process.
        repeats: Rounds that count.
        quick: Series of a tenth of the length.
    """
    del source, workers
    sizes = [STEPS // 10 if quick else STEPS, STEPS if quick else 10 * STEPS]
    ways: dict[str, Epoch] = {}
    stores = [_Store(scratch / f"{steps}.h5", steps) for steps in sizes]
    for store in stores:
        ways |= {f"{who}: {store.steps:,} steps, windows/s": epoch for who, epoch in store.ways().items()}
    found = take_turns([partial(_rate, name, epoch) for name, epoch in ways.items()], repeats=repeats)
    ratios: list[Ratio] = []
    for steps in sizes:
        figures = {who: found[f"{who}: {steps:,} steps, windows/s"] for who in (OURS, SCALED, GATHER, SLICES, PAPERS)}
        ratios.append(ratio(f"{steps:,} steps: {OURS} / {GATHER}", figures[OURS], figures[GATHER], at_least=0.7))
        ratios.append(ratio(f"{steps:,} steps: {OURS} / {PAPERS}", figures[OURS], figures[PAPERS], at_least=10))
        ratios.append(ratio(f"{steps:,} steps: {OURS} / {SLICES}", figures[OURS], figures[SLICES], at_least=10))
        ratios.append(ratio(f"{steps:,} steps: {SCALED} / {SLICES}", figures[SCALED], figures[SLICES]))
    held = [Figure(f"held for the windows of {store.steps:,} steps, bytes", (float(store.held_bytes),)) for store in stores]
    ratios.append(ratio("held for ten times the windows", held[1], held[0], at_most=1))
    notes = (
        f"{WINDOW} → {HORIZON} steps, {WIDTH} variables, shuffled, batches of {BATCH}; torch uses {torch.get_num_threads()} threads.",
        f"Beside what is held, an epoch's order takes {EACH_WINDOW} bytes a window.",
    )
    return Report("Windows of series", (*found.values(), *held), tuple(ratios), notes)


class _Slices(Dataset[tuple[Values, Values]]):
    """The least that a Dataset can do: past and future are slices of an array."""

    def __init__(self, values: Values) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values) - WINDOW - HORIZON + 1

    def __getitem__(self, first: int) -> tuple[Values, Values]:
        return self.values[first : first + WINDOW], self.values[first + WINDOW : first + WINDOW + HORIZON]


class _Papers(Dataset[tuple[NDArray[np.float64], ...]]):
    """As the code beside papers on forecasting does it: float64, the past's end once more with the future, and the calendar of both."""

    def __init__(self, values: Values) -> None:
        self.values, self.marks = values.astype(np.float64), np.zeros((len(values), MARKS))

    def __len__(self) -> int:
        return len(self.values) - WINDOW - HORIZON + 1

    def __getitem__(self, first: int) -> tuple[NDArray[np.float64], ...]:
        past, future = slice(first, first + WINDOW), slice(first + WINDOW - LABEL, first + WINDOW + HORIZON)
        return self.values[past], self.values[future], self.marks[past], self.marks[future]


class _Store:
    """A dataset file of one series, and the same series in memory for the references."""

    def __init__(self, path: Path, steps: int) -> None:
        self.steps = steps
        self.values = np.random.default_rng(0).standard_normal((steps, WIDTH), np.float32)
        rows = Manifest("series", str(path.parent), ["drawn"], split=np.zeros(1, np.int8), files=())
        columns, even = [f"v{number}" for number in range(WIDTH)], np.ones(WIDTH)
        meta = {"features": columns, "mean": 0 * even, "std": even, "target": even.astype(np.int64), "known": np.zeros(WIDTH, np.int64)}
        arrays = (Array("x", "float32", (WIDTH,), ragged=True),)
        plan = Plan(arrays, lambda _: Encoded({"x": self.values}), {"kind": "series"}, np.array([steps]), meta)
        export(rows, plan, path, options=ExportOptions(workers=0))
        self.data = SeriesDataModule(path, window=WINDOW, horizon=HORIZON, batch_size=BATCH)

    def ways(self) -> dict[str, Epoch]:
        """Each way to go through all windows once."""
        return {OURS: self.ours, SCALED: self.scaled, GATHER: self.gather, SLICES: self.slices, PAPERS: self.papers}

    def ours(self) -> Iterator[Tensor]:
        """As stored: what leaves the loader."""
        return (batch.x for batch in self.data.train_dataloader())

    def scaled(self) -> Iterator[Tensor]:
        """As the module gets them."""
        return (self.data.on_after_batch_transfer(batch).past for batch in self.data.train_dataloader())

    def gather(self) -> Iterator[Tensor]:
        """No loader: one `np.take` a batch into the same memory."""
        order = np.random.default_rng(0).permutation(self.steps - WINDOW - HORIZON + 1)
        steps, out = np.arange(WINDOW + HORIZON), np.empty((BATCH, WINDOW + HORIZON, WIDTH), np.float32)
        for first in range(0, len(order), BATCH):
            starts = order[first : first + BATCH]
            yield torch.from_numpy(np.take(self.values, starts[:, None] + steps, axis=0, out=out[: len(starts)], mode="clip"))

    def slices(self) -> Iterator[Tensor]:
        """Torch's own way, a window at a time."""
        return (past for past, _ in DataLoader(_Slices(self.values), batch_size=BATCH, shuffle=True))

    def papers(self) -> Iterator[Tensor]:
        """The papers' way, which makes float32 of each batch in the loop."""
        for batch in DataLoader(_Papers(self.values), batch_size=BATCH, shuffle=True):
            yield next(part.float() for part in batch)

    @property
    def held_bytes(self) -> int:
        """What the dataset of windows holds in arrays of its own."""
        return held_bytes(self.data.dataset("train"))


def held_bytes(dataset: SeriesWindows) -> int:
    """Bytes of the arrays that a dataset of windows holds, but for what is mapped."""
    held = [*vars(dataset).values(), *vars(dataset._runs).values()]  # noqa: SLF001  # nobody else needs to know
    return sum(value.nbytes for value in held if isinstance(value, np.ndarray))


def _rate(name: str, epoch: Epoch) -> dict[str, float]:
    """Windows a second over one epoch."""
    began = time.perf_counter()
    num_windows = sum(len(batch) for batch in epoch())
    return {name: num_windows / (time.perf_counter() - began)}
