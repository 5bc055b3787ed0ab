"""Run by test_ddp in a process of its own, and by Lightning once more for each other rank: fit and test, noting each rank's samples.

Usage: ddp_run.py FILE OUT DEVICES
"""

import json
import sys
import warnings
from pathlib import Path

import torch
from lightning.pytorch import Trainer

from datamodules import Augment, ImageDataModule
from recipes.models import SignsNet
from recipes.tasks import Classifier
from toolkit import BalanceOptions

OPTIONS = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}


class Noting(Classifier):
    """Writes down which samples and which augmented pictures each rank saw."""

    def __init__(self, training="train"):
        super().__init__(SignsNet(3, widths=(4, 4, 4), hidden=4), schedule="constant")
        self.training_name, self.seen = training, []

    def on_after_batch_transfer(self, batch, dataloader_idx):
        raise AssertionError("the datamodule's hook is meant to be called")

    def training_step(self, batch):
        self._note(self.training_name, batch)
        return super().training_step(batch)

    def validation_step(self, batch):
        if not self.trainer.sanity_checking:
            self._note("val", batch)
        super().validation_step(batch)

    def test_step(self, batch):
        self._note("test", batch)
        super().test_step(batch)

    def _note(self, stage, batch):
        sums = batch.x.double().abs().sum((1, 2, 3)).tolist()
        columns = batch.index.tolist(), batch.y.tolist(), sums
        self.seen += [[stage, self.current_epoch, row, label, round(value, 2)] for row, label, value in zip(*columns, strict=True)]


def main(file, out, devices):
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shared = {"accelerator": "cpu", "devices": devices, "strategy": "ddp" if devices > 1 else "auto", "max_epochs": 2, **OPTIONS}
    trainer, task = Trainer(**shared), Noting()
    data = ImageDataModule(file, batch_size=4, augment=Augment(), seed=5)
    trainer.fit(task, datamodule=data)
    metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
    trainer.test(task, datamodule=data, verbose=False)
    seen = task.seen
    for by in ("weights", "copies"):
        balanced = ImageDataModule(file, batch_size=4, augment=Augment(), seed=5, balance=BalanceOptions(30, by))
        noting = Noting(by)
        Trainer(**shared, limit_val_batches=0).fit(noting, datamodule=balanced)
        seen += noting.seen
    answer = {"seen": seen, "metrics": metrics, "confusion": int(task.confusion.sum())}
    Path(out, f"rank{trainer.global_rank}.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
