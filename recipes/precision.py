"""Which number format a run computes in: by hardware for training, in full float32 for what is measured or shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

import torch
from lightning.pytorch import Trainer
from torch import nn

from toolkit.errors import check

__all__ = ["can_train", "flushed_denormals", "full_float32", "native_precision", "refuse_recurrent"]

HALVES = {"16": torch.float16, "bf16": torch.bfloat16}
"""By what the names of Lightning's precisions begin with."""


@contextmanager
def full_float32() -> Iterator[None]:
    """Switch off TF32, which GPUs round the factors of matrix products and convolutions to where it is allowed."""
    products, convolutions = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions


@contextmanager
def flushed_denormals() -> Iterator[None]:
    """Take denormal numbers for 0, which gradients become that vanish over hundreds of steps: processors compute 50 times slower with them.

    Only inside: what numpy computes in this thread is concerned, too. Threads that torch starts meanwhile keep to it.
    """
    before = torch.tensor(1e-40).mul(0.5).item() == 0  # torch tells only by computing
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def native_precision(accelerator: str = "auto") -> str:
    """Choose bfloat16 only where the hardware computes it: elsewhere it is emulated, up to ten times slower than float32.

    Args:
        accelerator: Lightning's name: ``"auto"``, ``"cpu"``, ``"gpu"``, ``"cuda"``, ….

    Returns:
        ``"bf16-mixed"`` on GPUs from Ampere on and on processors with AMX or AVX512-BF16, ``"32-true"`` elsewhere.
    """
    if accelerator in ("auto", "gpu", "cuda") and torch.cuda.is_available():
        native = torch.cuda.get_device_capability()[0] >= 8
    elif accelerator == "cpu" or (accelerator == "auto" and not torch.backends.mps.is_available()):
        native = _cpu_has_bfloat16()
    else:
        native = False
    return "bf16-mixed" if native else "32-true"


def refuse_recurrent(module: nn.Module, trainer: Trainer) -> None:
    """Refuse half precision where the hardware has no recurrent layers of it: torch says so only within the first step.

    Args:
        module: What is to be trained.
        trainer: Whose precision and device it will have.

    Raises:
        ArgumentError: If a recurrent layer cannot be trained so.
    """
    number, _, how = str(trainer.precision).partition("-")
    if number not in HALVES:
        return
    for layer in module.modules():
        if isinstance(layer, nn.RNNBase):
            fits = can_train(layer, HALVES[number], trainer.strategy.root_device, mixed=how == "mixed")
            rule = f"32-true, as {type(layer).__name__} cannot be trained in half precision on this {trainer.strategy.root_device.type}"
            check(fits, "train", "--trainer.precision", rule, trainer.precision)
            return


def can_train(layer: nn.RNNBase, dtype: torch.dtype, device: torch.device, *, mixed: bool) -> bool:
    """Try a step of a recurrent layer: forward and backward, on two rows of three zeros.

    Args:
        layer: Left as it is.
        dtype: What is computed in.
        device: Where.
        mixed: Whether weights stay in float32.
    """
    tried = deepcopy(layer).to(device, torch.float32 if mixed else dtype).train()
    rows = torch.zeros(2, 3, layer.input_size, device=device, dtype=torch.float32 if mixed else dtype)
    try:
        with torch.enable_grad(), torch.autocast(device.type, dtype, enabled=mixed):
            tried(rows)[0].float().sum().backward()
    except RuntimeError:
        return False
    return True


def _cpu_has_bfloat16() -> bool:
    # older torch can only be asked privately, or not at all: then the slow mistake is the one to avoid
    known: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
