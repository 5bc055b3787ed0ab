"""Training goes on from a checkpoint whatever memory order it was written in; steps are seeded as torch does it; settings are plain."""

import datetime as dt
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from lightning.pytorch import Trainer

from datamodules import Fold, ImageDataModule
from recipes.callbacks import SeedSteps
from recipes.checkpoint import load_checkpoint
from recipes.models import SignsNet
from recipes.quiet import quiet_lightning
from recipes.tasks import Classifier
from toolkit import ArgumentError


def fitted(memory_format):
    """A task with its optimizer after two steps by gradients of no meaning, its weights in a memory order."""
    torch.manual_seed(0)
    task = Classifier(SignsNet(3, widths=(4, 4, 4), hidden=4, dropout=0.0), schedule="constant").to(memory_format=memory_format)
    task.trainer = Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False, enable_model_summary=False, enable_progress_bar=False
    )
    optimizer = task.configure_optimizers()
    step(task, optimizer)
    step(task, optimizer)
    return task, optimizer


def step(task, optimizer):
    for weight in task.parameters():
        weight.grad = torch.empty_like(weight).copy_(torch.linspace(-1, 1, weight.numel()).view(weight.shape))
    optimizer.step()


def test_moments_in_another_memory_order_are_taken_for_the_same_weights():
    (there, moments), (here, optimizer) = fitted(torch.contiguous_format), fitted(torch.channels_last)
    here.load_state_dict(there.state_dict())
    optimizer.load_state_dict(deepcopy(moments.state_dict()))
    step(there, moments)
    step(here, optimizer)
    for name, weight in there.state_dict().items():
        torch.testing.assert_close(here.state_dict()[name], weight)


def test_weights_lie_as_batches_do_and_state_takes_any_order():
    network = SignsNet(3, widths=(4, 8, 8), hidden=4)
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    network.load_state_dict(state)
    assert network.features[3].weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("kind", ["cpu", "meta"])
def test_a_step_draws_what_torch_draws_from_its_seed(kind):
    trainer = SimpleNamespace(current_epoch=2, global_rank=0)
    SeedSteps(7).on_train_batch_start(trainer, SimpleNamespace(device=torch.device(kind)), None, 5)
    drawn = torch.rand(3)
    torch.manual_seed(hash((7, 2, 5, 0)) % 2**63)
    assert torch.equal(drawn, torch.rand(3))


def test_losses_are_logged_as_often_as_they_are_written_down():
    logged = []
    task = fitted(torch.channels_last)[0]
    task.trainer = SimpleNamespace(global_step=0, log_every_n_steps=4, max_steps=11, is_last_batch=False, progress_bar_callback=None)
    task.log = lambda *_, **__: logged.append(task.trainer.global_step + 1)
    for task.trainer.global_step in range(12):
        task.trainer.is_last_batch = task.trainer.global_step == 6
        task.log_step("train/loss", torch.zeros(()))
    assert logged == [1, 4, 7, 8, 11, 12]


def test_clipped_gradients_come_with_an_optimizer_that_lightning_clips_for():
    task = fitted(torch.channels_last)[0]
    assert task.configure_optimizers().defaults["fused"]
    task.trainer.gradient_clip_val = 1.0
    assert not task.configure_optimizers().defaults["fused"]


class Dated(Classifier):
    def __init__(self, network, *, begun):
        super().__init__(network)
        self.settings = {"begun": begun}


def fit_by_hand(task, file, folder, **data):
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = Trainer(max_epochs=1, accelerator="cpu", default_root_dir=folder, **quiet)
    with quiet_lightning():
        trainer.fit(task, datamodule=ImageDataModule(file, **data))
    trainer.save_checkpoint(folder / "a.ckpt")
    return folder / "a.ckpt"


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine", "constant"])
def test_numbers_of_numpy_in_settings_make_checkpoints_that_are_read_again(file, tmp_path, schedule):
    network = SignsNet(np.int64(3), np.array(3), widths=np.array([8, 8, 8]), hidden=np.int32(8), dropout=np.float32(0.25))
    task = Classifier(
        network, learning_rate=np.float64(0.01), weight_decay=np.array(0.125), schedule=schedule, label_smoothing=np.float16(0.5)
    )
    fold = Fold(np.int64(1), np.int64(3), seed=np.int64(2))
    path = fit_by_hand(task, file, tmp_path, batch_size=np.int64(16), seed=np.int64(5), fold=fold)
    restored = load_checkpoint(path)
    assert restored.task.settings == {"learning_rate": 0.01, "weight_decay": 0.125, "schedule": schedule, "label_smoothing": 0.5}
    assert restored.task.network.settings == {
        "num_classes": 3, "num_channels": 3, "widths": [8, 8, 8], "hidden": 8, "dropout": 0.25, "stem_size": 5, "stem_stride": 2
    }  # fmt: skip
    assert restored.data["fold"] == {"number": 1, "of": 3, "grouped": True, "seed": 2}
    content = torch.load(path, weights_only=True)
    assert type(content["optimizer_states"][0]["param_groups"][0]["lr"]) is float


def test_settings_that_no_checkpoint_can_hold_are_refused_before_training(file, tmp_path):
    task = Dated(SignsNet(3, widths=(8, 8, 8), hidden=8), begun=dt.date(2026, 1, 2))
    with pytest.raises(ArgumentError, match=r"Dated.begun must be .*, got date 2026-01-02. Hand in a number or a text"):
        fit_by_hand(task, file, tmp_path)
    assert not (tmp_path / "a.ckpt").exists()
    assert load_checkpoint(fit_by_hand(Dated(task.network, begun=Path("2026")), file, tmp_path)).task.settings == {"begun": "2026"}
