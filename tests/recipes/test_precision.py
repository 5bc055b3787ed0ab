"""bfloat16 only where the hardware computes it."""

from unittest.mock import patch

import pytest
import torch
from lightning.pytorch import Callback

from recipes.precision import native_precision
from recipes.train import train


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"avx512_bf16": True}, "bf16-mixed"),
        ({"amx_bf16": True, "avx512_bf16": False}, "bf16-mixed"),
        ({"avx2": True}, "32-true"),
        ({}, "32-true"),
    ],
)
def test_processors(monkeypatch, known, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known, raising=False)
    assert native_precision("cpu") == expected


def test_a_torch_that_cannot_tell_means_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert native_precision("cpu") == "32-true"


@pytest.mark.parametrize(("capability", "expected"), [((7, 5), "32-true"), ((8, 0), "bf16-mixed"), ((9, 0), "bf16-mixed")])
def test_gpus_by_generation(monkeypatch, capability, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    assert native_precision("auto") == native_precision("cuda") == expected


def test_other_accelerators_stay_with_float32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert native_precision("mps") == "32-true"


@pytest.mark.skipif(not torch.set_flush_denormal(False), reason="this processor cannot flush denormal numbers")
def test_training_flushes_denormal_numbers_and_nothing_after_it(file, tmp_path):
    seen = []

    class Look(Callback):
        def on_train_batch_end(self, *args):
            seen.append(half(1e-40))

    def half(value):
        return torch.tensor([value]).mul(0.5).item()

    with patch("recipes.cli.EpochMeans", Look):
        train(
            "signs", file, "--trainer.max_epochs", "1", "--trainer.accelerator", "cpu", "--network.widths", "[8,8,8]", run=tmp_path / "run"
        )
    assert set(seen) == {0}
    assert half(1e-40) > 0
