"""Which number format a run computes in: by hardware for training, in full float32 for what is measured or shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["full_float32", "native_precision"]


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


def _cpu_has_bfloat16() -> bool:
    # older torch can only be asked privately, or not at all: then the slow mistake is the one to avoid
    known: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
