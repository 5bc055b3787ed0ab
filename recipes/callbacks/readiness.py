"""What shows only when data, network and trainer meet is refused before the first step; a run cut short is validated once more."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.trainer.states import RunningStage
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.data import DataLoader

from datamodules import EpochBatches, FileDataModule
from recipes.precision import refuse_recurrent
from toolkit.errors import check

__all__ = ["Readiness"]


class Readiness(Callback):
    """Refuses limits that leave no batch, batches that batch norm cannot take, and a monitored figure that nothing logs.

    Where `max_steps` ends a run within an epoch, what was reached is validated, so that a checkpoint can be chosen.

    Args:
        waits: Whether a figure that the sanity check does not log may come in the first validation, from a callback of the user's.
    """

    def __init__(self, *, waits: bool = False) -> None:
        self.waits = waits

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Refuse what the numbers of batches do not allow.

        Raises:
            ArgumentError: If there is such an option.
        """
        data = trainer.datamodule  # type: ignore[attr-defined]  # set when it is attached
        if stage != "fit" or not isinstance(data, FileDataModule):
            return
        refuse_recurrent(pl_module, trainer)
        loader, val = data.train_dataloader(), data.val_dataloader()
        batches = _limited(trainer, "train", len(loader))
        if isinstance(val, DataLoader):
            _limited(trainer, "val", len(val))
        _check_interval(trainer, batches)
        normalises = any(isinstance(layer, _BatchNorm) for layer in pl_module.modules())
        smallest = _smallest_batch(loader, batches)
        fix = "Take 4 or more." if data.batch_size < 4 else "Take one more or one less."
        rule = "such that no batch is a single sample, as the network normalises over batches"
        check(not normalises or smallest > 1, "train", "--data.batch_size", rule, data.batch_size, fix=fix)

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Stop at the last step allowed, as Lightning validates before it stops."""
        if 0 < trainer.max_steps <= trainer.global_step:
            trainer.should_stop = True

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse to choose or to stop by what is not logged.

        Raises:
            ArgumentError: If a figure is monitored that val does not have.
        """
        if trainer.state.stage == RunningStage.SANITY_CHECKING and self.waits:
            return
        known = sorted(name for name in trainer.callback_metrics if name.startswith("val/"))
        for section, kind in (("checkpoint", ModelCheckpoint), ("early_stopping", EarlyStopping)):
            for callback in trainer.callbacks:  # type: ignore[attr-defined]
                if isinstance(callback, kind) and str(callback.monitor).startswith("val/") and getattr(callback, "strict", True):
                    fits = not known or callback.monitor in known
                    check(fits, "train", f"--{section}.monitor", f"one of {', '.join(known)}", callback.monitor)


def _limited(trainer: Trainer, split: str, batches: int) -> int:
    """Batches of an epoch once they are limited; a share of them is rounded down."""
    name = "overfit_batches" if trainer.overfit_batches else f"limit_{split}_batches"  # type: ignore[attr-defined]  # of a helper
    limit = getattr(trainer, name)
    left = min(limit, batches) if isinstance(limit, int) else int(limit * batches)
    off = split == "val" and limit == 0
    rule = f"at least {1 / max(1, batches):.3g}, as {split} has {batches} batch{'' if batches == 1 else 'es'}"
    check(off or left >= 1 or not batches, "train", f"--trainer.{name}", rule, limit, fix="A whole number counts batches.")
    return left


def _check_interval(trainer: Trainer, batches: int) -> None:
    """Refuse what would never validate."""
    interval, every = trainer.val_check_interval, trainer.check_val_every_n_epoch
    if every is None and isinstance(interval, int) and trainer.max_steps == -1 and trainer.max_epochs:
        last = batches * trainer.max_epochs
        check(interval <= last, "train", "--trainer.val_check_interval", f"at most {last}, the batches of all epochs", interval)
    elif every is not None and isinstance(interval, int):
        fix = "To count on from epoch to epoch, add --trainer.check_val_every_n_epoch null."
        check(
            interval <= batches, "train", "--trainer.val_check_interval", f"at most {batches}, the batches of an epoch", interval, fix=fix
        )
    epochs = -(-trainer.max_steps * trainer.accumulate_grad_batches // max(1, batches))
    fits = trainer.max_steps == -1 or every is None or every <= max(1, epochs)
    check(fits, "train", "--trainer.check_val_every_n_epoch", f"at most {epochs}, as --trainer.max_steps ends the run then", every)


def _smallest_batch(loader: DataLoader[Any], batches: int) -> int:
    sampler, size = loader.sampler, loader.batch_size
    if isinstance(sampler, EpochBatches):
        return len(sampler.draw) // sampler.num_replicas // max(1, len(sampler))
    rest = len(loader.dataset) % (size or 1)  # type: ignore[arg-type]  # ours have a length
    return rest if rest and batches == len(loader) else size or 1
