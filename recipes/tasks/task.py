"""What every task shares: a network and how it is optimised; `recipes.train` fits it, checkpoints say how to rebuild it."""

from __future__ import annotations

from typing import Any, Literal

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from datamodules import make_plain
from recipes.models import Network
from toolkit.errors import ArgumentError, check, wording

__all__ = ["Schedule", "Task"]

Schedule = Literal["one_cycle", "cosine", "constant"]


class Task(LightningModule):
    """A network under AdamW with a learning rate that follows a schedule; a subclass adds its steps and metrics.

    A subclass takes the network first, and leaves its further arguments in `settings`: checkpoints rebuild it from both.

    Args:
        network: What is trained.
        learning_rate: The highest learning rate, above 0.
        weight_decay: AdamW's, at least 0.
        schedule: ``"one_cycle"`` rises over the first third and falls to nothing, ``"cosine"`` only falls, ``"constant"`` stays.

    Attributes:
        settings: The constructor's arguments beside the network; numbers of numpy and paths become plain before training, and what
            cannot be kept in a checkpoint is refused.
    """

    def __init__(
        self, network: Network, *, learning_rate: float = 5e-3, weight_decay: float = 0.05, schedule: Schedule = "one_cycle"
    ) -> None:
        super().__init__()
        where = type(self).__name__
        check(learning_rate > 0, where, "learning_rate", "above 0", learning_rate)
        check(weight_decay >= 0, where, "weight_decay", "at least 0", weight_decay)
        check(schedule in ("one_cycle", "cosine", "constant"), where, "schedule", "one_cycle, cosine or constant", schedule)
        self.network, self.schedule = network, schedule
        self.learning_rate, self.weight_decay = float(learning_rate), float(weight_decay)
        self.settings: dict[str, Any] = {"learning_rate": learning_rate, "weight_decay": weight_decay, "schedule": schedule}

    def setup(self, stage: str) -> None:  # noqa: ARG002  # Lightning's signature
        """Make the settings of task and network plain, which checkpoints keep.

        Raises:
            ArgumentError: If one cannot be read again from a checkpoint, such as a date.
        """
        self.settings = make_plain(self.settings, type(self).__name__)
        self.network.settings = make_plain(self.network.settings, type(self.network).__name__)
        make_plain(self.hparams, "hyperparameters")  # those that a subclass may save, refused before they are learned with

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Build AdamW and, unless the rate is constant, its schedule over all steps of the run."""
        # one kernel for all weights; Lightning refuses to clip gradients for it
        fused = self.device.type in ("cpu", "cuda") and not self.trainer.gradient_clip_val
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay, fused=fused)
        optimizer.register_load_state_dict_post_hook(_match_memory)
        if self.schedule == "constant":
            return optimizer
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler: torch.optim.lr_scheduler.LRScheduler
        if self.schedule == "one_cycle":
            scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, total_steps=steps)
        else:
            scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def on_train_start(self) -> None:
        """Refuse to go on with a schedule that was made for a run of another length.

        Raises:
            ArgumentError: If a restored schedule has other total steps than this run.
        """
        for config in self.trainer.lr_scheduler_configs:
            steps = self.trainer.estimated_stepping_batches
            planned = config.scheduler.state_dict().get("total_steps" if self.schedule == "one_cycle" else "T_max")
            if config.interval == "step" and planned not in (None, steps):
                fix = "Resume with the same epochs and batch size, or begin a new run."
                rule = f"{planned}, as the checkpoint's {self.schedule} schedule has"
                raise ArgumentError(wording(type(self).__name__, "total steps", rule, steps, fix=fix))

    def log_step(self, name: str, value: Tensor) -> None:
        """Log a figure of a training step if it is one that is written down; Lightning's bookkeeping of all others costs more than a loop.

        Args:
            name: What it is called in the logs, e.g. ``"train/loss"``.
            value: One number, on any device.
        """
        trainer, step = self.trainer, self.trainer.global_step + 1
        every: int = trainer.log_every_n_steps  # type: ignore[attr-defined]  # set in a helper of its constructor
        if trainer.is_last_batch or step in (1, trainer.max_steps) or (every and step % every == 0):
            # each step reads what a bar would show, which makes a GPU wait
            self.log(name, value, prog_bar=trainer.progress_bar_callback is not None)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the classes of task and network, and both settings; all is made plain, so that ``weights_only=True`` loads it."""
        task, network = make_plain(self.settings, type(self).__name__), make_plain(self.network.settings, type(self.network).__name__)
        for name in checkpoint.keys() - {"state_dict"}:  # an optimizer's rate, a callback's limit, a fold's number
            checkpoint[name] = make_plain(checkpoint[name], name, strict=name == "hyper_parameters")
        classes = {"task": _class_path(self), "network": _class_path(self.network)}
        checkpoint["foudre"] = {**classes, "task_settings": task, "settings": network}


def _match_memory(optimizer: torch.optim.Optimizer) -> None:
    """Lay restored moments out as the weights are: fused steps pair the numbers as they stand in memory, whatever the strides say."""
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if value.shape == weight.shape:
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def _class_path(instance: object) -> str:
    return f"{type(instance).__module__}.{type(instance).__qualname__}"
