"""The best checkpoint, the latest one, and early stopping: what Lightning has, taught what becomes of it when a run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint, EarlyStopping, ModelCheckpoint

from toolkit.errors import DataError, printable

__all__ = ["LAST", "Latest", "Selection", "Stopping"]

LAST = "last.ckpt"
"""The latest checkpoint's name, beside the best one."""


class Selection(ModelCheckpoint):
    """Keeps the best checkpoint. A run resumed in its own folder keeps its best; elsewhere selection begins anew."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the best score up again where its checkpoint lies.

        Raises:
            DataError: If the run folder was moved since: its best checkpoint would be kept beside another best one.
        """
        if state_dict["dirpath"] == self.dirpath:
            super().load_state_dict(state_dict)
        elif Path(str(self.dirpath), LAST).exists():
            fix = f"Go on from its {LAST} in a new run, with --ckpt_path."
            places = f"{printable(str(state_dict['dirpath']))}, where the run began, got {printable(str(self.dirpath))}"
            raise DataError(f"train: checkpoints to resume from must lie in {places}. {fix}")


class Latest(Checkpoint):
    """Writes a checkpoint at the end of every epoch: Lightning's own last one is only as new as the best.

    Add it behind `Selection`, so that it knows this epoch's choice.

    Args:
        path: Where to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write it, by all processes together."""
        if not trainer.fast_dev_run:  # type: ignore[attr-defined]  # set in a helper of its constructor
            trainer.save_checkpoint(self.path)


class Stopping(EarlyStopping):
    """Stops a run that gets no better; one that was stopped so stays stopped when it is resumed."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop before the first step if patience had already run out."""
        trainer.should_stop = trainer.should_stop or self.wait_count >= max(1, self.patience)
