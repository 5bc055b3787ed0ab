"""Run by test_ddp in a process of its own, and by Lightning once more for the second rank: fit and test, noting each rank's rows.

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


class Noting(Classifier):
    """Writes down which rows and which augmented pictures each rank saw."""

    def __init__(self, network):
        super().__init__(network, schedule="constant")
        self.seen = []

    def on_after_batch_transfer(self, batch, dataloader_idx):
        raise AssertionError("the datamodule's hook is meant to be called")

    def training_step(self, batch):
        self._note("train", batch)
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
        self.seen += [[stage, self.current_epoch, row, round(value, 2)] for row, value in zip(batch.index.tolist(), sums, strict=True)]


def main(file, out, devices):
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    data = ImageDataModule(file, batch_size=4, augment=Augment(), seed=5)
    options = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    strategy = "ddp" if devices > 1 else "auto"
    trainer = Trainer(accelerator="cpu", devices=devices, strategy=strategy, max_epochs=2, **options)
    task = Noting(SignsNet(3, widths=(4, 4, 4), hidden=4))
    trainer.fit(task, datamodule=data)
    metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
    trainer.test(task, datamodule=data, verbose=False)
    answer = {"seen": task.seen, "metrics": metrics, "confusion": int(task.confusion.sum())}
    Path(out, f"rank{trainer.global_rank}.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
