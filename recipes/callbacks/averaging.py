"""Averaged weights: the network after each training step comes in, a smoothed copy goes into validation and checkpoints."""

from __future__ import annotations

from lightning.pytorch.callbacks import WeightAveraging
from torch.optim.swa_utils import get_ema_multi_avg_fn

from toolkit.errors import check

__all__ = ["Averaging"]


class Averaging(WeightAveraging):
    """Exponential moving average of weights and batch-norm statistics; it is what is validated, chosen and kept.

    After each step: average ← decay · average + (1 − decay) · weights. A resumed run goes on with both.

    Args:
        decay: Weight of the past, in [0, 1); 0 takes the latest weights alone, and recipes then leave the averaging out.

    Source:
        Polyak & Juditsky, Acceleration of stochastic approximation by averaging, 1992; exponential as in Tarvainen & Valpola, 2017.
    """

    def __init__(self, decay: float = 0.0) -> None:
        check(0 <= decay < 1, "Averaging", "decay", "in [0, 1)", decay)
        super().__init__(multi_avg_fn=get_ema_multi_avg_fn(decay))  # type: ignore[no-untyped-call]
        self.decay = decay
