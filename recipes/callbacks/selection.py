"""Lightning's choice of the best checkpoint and its early stopping, taught what becomes of them when a run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from toolkit.errors import DataError, printable

__all__ = ["Selection", "Stopping"]


class Selection(ModelCheckpoint):
    """Keeps the best checkpoint and the last one. A run resumed in its own folder keeps its best; elsewhere selection begins anew."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the best score up again where its checkpoint lies.

        Raises:
            DataError: If the run folder was moved since: its best checkpoint would be kept beside another best one.
        """
        if state_dict["dirpath"] == self.dirpath:
            super().load_state_dict(state_dict)
        elif Path(str(self.dirpath), f"{self.CHECKPOINT_NAME_LAST}{self.FILE_EXTENSION}").exists():
            fix = "Go on from its last.ckpt in a new run, with --ckpt_path."
            places = f"{printable(str(state_dict['dirpath']))}, where the run began, got {printable(str(self.dirpath))}"
            raise DataError(f"train: checkpoints to resume from must lie in {places}. {fix}")


class Stopping(EarlyStopping):
    """Stops a run that gets no better; one that was stopped so stays stopped when it is resumed."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop before the first step if patience had already run out."""
        trainer.should_stop = trainer.should_stop or self.wait_count >= max(1, self.patience)
