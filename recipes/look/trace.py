"""What happens in a network: an input comes in, every layer's call with its output goes out, to the table and the feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Call", "layers_of", "trace"]


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a layer.

    Args:
        name: The layer's name in the network, e.g. ``"features.0"``.
        layer: The layer.
        shape: Of its input, the batch included, of a recurrent layer without its state; None if the input is no single tensor.
        output: A copy of its output, of a recurrent layer without its state; None if that is no tensor.
        follows: Whether its input is the very output of the call before.
    """

    name: str
    layer: nn.Module
    shape: tuple[int, ...] | None
    output: Tensor | None
    follows: bool


def layers_of(network: nn.Module) -> list[tuple[str, nn.Module]]:
    """List the modules that compute something: those without modules inside, and those with parameters of their own."""
    found = []
    for name, layer in network.named_modules():
        if not any(layer.children()) or any(True for _ in layer.parameters(recurse=False)):
            found.append((name or type(layer).__name__, layer))
    return found


@torch.inference_mode()
def trace(network: nn.Module, *inputs: Tensor) -> list[Call]:
    """Run a network once and note each layer's call, in order. Containers are not listed, functions outside layers are not seen.

    Args:
        network: In evaluation mode.
        *inputs: What it takes, e.g. pictures, normalised, shape (N, C, H, W).
    """
    calls: list[Call] = []
    latest: list[Any] = [None]

    def note(name: str, layer: nn.Module, taken: tuple[Any, ...], output: Any) -> None:
        recurrent = isinstance(layer, nn.RNNBase)
        shape = tuple(taken[0].shape) if (len(taken) == 1 or recurrent) and isinstance(taken[0], Tensor) else None
        output = output[0] if recurrent else output
        # a layer that works in place overwrites its input: what is kept must be a copy
        kept = output.clone() if isinstance(output, Tensor) else None
        calls.append(Call(name, layer, shape, kept, shape is not None and taken[0] is latest[0]))
        latest[0] = output

    handles = [layer.register_forward_hook(partial(note, name)) for name, layer in layers_of(network)]
    try:
        network(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    return calls
