"""What a run costs: one training step is watched, its FLOPs, which compare across machines, are scaled to all steps; and the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch.utils.flop_counter import FlopCounterMode

from datamodules import Batch

__all__ = ["FlopCounter"]

Shape = tuple[int, ...]


def _recurrent(words: Shape, weights: Sequence[Shape]) -> int:
    """Operations of an LSTM or GRU: at each word, a product with each matrix."""
    return 2 * prod(words[:2]) * sum(prod(shape) for shape in weights if len(shape) == 2)


def _bag(rows: Shape, places: Shape) -> int:
    """Operations of sums of rows: those of a product with the matrix that says which rows are added up."""
    return 2 * places[0] * rows[1]


_FORMULAS: dict[str, Callable[..., int]] = {
    "mkldnn_rnn_layer": lambda x, *rest, **_: _recurrent(x, rest[:2]),
    "mkldnn_rnn_layer_backward": lambda x, *rest, **_: 2 * _recurrent(x, rest[:2]),
    "_cudnn_rnn": lambda x, weights, *_, **__: _recurrent(x, weights),
    "_cudnn_rnn_backward": lambda x, weights, *_, **__: 2 * _recurrent(x, weights),
    "_embedding_bag": lambda table, places, *_, **__: _bag(table, places),
    "_embedding_bag_backward": lambda sums, places, *_, **__: _bag(sums, places),
}
FORMULAS = {getattr(torch.ops.aten, name): formula for name, formula in _FORMULAS.items()}
"""What torch has no formula for: shapes in, operations out. Backward, an LSTM makes each product twice, for weights and for inputs."""


class FlopCounter(Callback):
    """Counts floating-point operations of training by the formulas of torch.utils.flop_counter, and `FORMULAS`.

    Matrix products, convolutions, recurrent layers and sums of embeddings of the forward and the backward pass are counted.
    Element-wise work, which is also all that the optimizer does, and evaluation are not.

    Attributes:
        flops: Operations so far, over all processes; 0 before the first step.
        seconds: Wall-clock time of training and validation so far, up to the last checkpoint where a run was stopped.
    """

    def __init__(self) -> None:
        self._mode: FlopCounterMode | None = None
        self._per_item = 0.0
        self._items = 0
        self._earlier_s, self._began = 0.0, time.monotonic()

    @property
    def flops(self) -> int:
        """Operations so far, over all processes."""
        return round(self._per_item * self._items)

    @property
    def seconds(self) -> float:
        """Wall-clock time so far, that before a resume included."""
        return self._earlier_s + time.monotonic() - self._began

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Batch, batch_idx: int) -> None:
        """Watch the first step."""
        if not self._per_item:
            self._mode = FlopCounterMode(display=False, custom_mapping=FORMULAS)
            self._mode.__enter__()  # type: ignore[no-untyped-call]

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Batch, batch_idx: int) -> None:
        """Count the step's items; processes differ by one sample at most."""
        size = _size(batch)
        if self._mode is not None:
            self._mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]
            self._per_item = self._mode.get_total_flops() / size if size else 0.0  # of empty texts alone: the next step is watched
            self._mode = None
        self._items += size * trainer.world_size

    def state_dict(self) -> dict[str, Any]:
        """Remember the count in checkpoints, so that a resumed run goes on counting."""
        return {"per_item": self._per_item, "items": self._items, "seconds": self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the count up again."""
        self._per_item, self._items, self._earlier_s = (state_dict[name] for name in ("per_item", "items", "seconds"))


def _size(batch: Batch) -> int:
    """Samples of a batch, or all items, padding among them, where samples have any number of these."""
    return len(batch.index) if getattr(batch, "lengths", None) is None else batch[0].numel()
