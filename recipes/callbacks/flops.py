"""What a run costs: one training step is watched, its FLOPs, which compare across machines, are scaled to all samples; and the time."""

from __future__ import annotations

import time
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from torch.utils.flop_counter import FlopCounterMode

from datamodules import Batch

__all__ = ["FlopCounter"]


class FlopCounter(Callback):
    """Counts floating-point operations of training by the formulas of torch.utils.flop_counter.

    Matrix products and convolutions of the forward and the backward pass are counted. Element-wise work, which is also all that
    the optimizer does, and evaluation are not.

    Attributes:
        flops: Operations so far, over all processes; 0 before the first step.
        seconds: Wall-clock time of training and validation so far, up to the last checkpoint where a run was stopped.
    """

    def __init__(self) -> None:
        self._mode: FlopCounterMode | None = None
        self._per_sample = 0.0
        self._samples = 0
        self._earlier_s, self._began = 0.0, time.monotonic()

    @property
    def flops(self) -> int:
        """Operations so far, over all processes."""
        return round(self._per_sample * self._samples)

    @property
    def seconds(self) -> float:
        """Wall-clock time so far, that before a resume included."""
        return self._earlier_s + time.monotonic() - self._began

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Batch, batch_idx: int) -> None:
        """Watch the first step."""
        if not self._per_sample:
            self._mode = FlopCounterMode(display=False)
            self._mode.__enter__()  # type: ignore[no-untyped-call]

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Batch, batch_idx: int) -> None:
        """Count the step's samples; processes differ by one at most."""
        if self._mode is not None:
            self._mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]
            self._per_sample = self._mode.get_total_flops() / len(batch.index)
            self._mode = None
        self._samples += len(batch.index) * trainer.world_size

    def state_dict(self) -> dict[str, Any]:
        """Remember the count in checkpoints, so that a resumed run goes on counting."""
        return {"per_sample": self._per_sample, "samples": self._samples, "seconds": self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the count up again."""
        self._per_sample, self._samples, self._earlier_s = (state_dict[name] for name in ("per_sample", "samples", "seconds"))
