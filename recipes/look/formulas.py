"""Output sizes and parameters of layers by their formulas: a layer and its input's shape come in, both and their arithmetic go out.

The table sets them beside what torch itself says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

__all__ = ["KEEPS_SHAPE", "NORMS", "Expected", "Window", "expect", "output_side", "window_of"]

Shape = tuple[int, ...]

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.GroupNorm, nn.LayerNorm)
KEEPS_SHAPE = (
    *(nn.Identity, nn.Dropout, nn.Dropout2d, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Mish),
    *(nn.Sigmoid, nn.Tanh, nn.Hardswish, nn.Hardsigmoid, nn.Softmax, nn.LogSoftmax),
)
"""Layers that change neither shape nor have parameters."""


@dataclass(frozen=True)
class Window:
    """What slides over a picture, each as (vertical, horizontal), in pixels.

    Args:
        kernel: Its size.
        stride: Its step.
        padding: Added at each end; half a pixel more or less where torch's ``"same"`` pads one end more.
        dilation: Distance of the pixels that it looks at.
    """

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[float, float]
    dilation: tuple[int, int]


@dataclass(frozen=True)
class Expected:
    """What the formulas say of a layer.

    Args:
        output: Its output's shape, without the batch.
        parameters: How many numbers it learns.
        output_arithmetic: The formula with its numbers; empty if the shape stays or is given.
        parameters_arithmetic: The formula with its numbers; empty if there are none.
    """

    output: Shape
    parameters: int = 0
    output_arithmetic: str = ""
    parameters_arithmetic: str = ""


def expect(layer: nn.Module, shape: Shape) -> Expected | None:
    """Compute what comes out of a layer and what it learns, without asking torch.

    Args:
        layer: Any module.
        shape: Of its input, without the batch: (C, H, W), (T, F) or (F,).

    Returns:
        None for a layer whose formula is not known here.
    """
    return next((formula(layer, shape) for kinds, formula in FORMULAS if isinstance(layer, kinds)), None)


def output_side(side: int, kernel: int, stride: int = 1, padding: float = 0, dilation: int = 1) -> int:
    """Compute how often a window fits: floor((n + 2p − d(k − 1) − 1) / s) + 1.

    Args:
        side: The input's height or width n, in pixels.
        kernel: The window's size k.
        stride: Its step s.
        padding: Pixels p added at each end.
        dilation: Distance d of the pixels that it looks at.

    Source:
        Dumoulin & Visin, A guide to convolution arithmetic for deep learning, 2016, relationship 15.
    """
    return math.floor((side + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


def window_of(layer: nn.Module) -> Window | None:
    """Return the window of a convolution or pooling; None for other layers, and for pooling to a given size."""
    if not isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return None
    kernel, stride = _pair(layer.kernel_size), _pair(layer.stride)
    dilation = (1, 1) if isinstance(layer, nn.AvgPool2d) else _pair(layer.dilation)
    if layer.padding == "valid":
        return Window(kernel, stride, (0, 0), dilation)
    if layer.padding == "same":
        vertical, horizontal = (_whole(d * (k - 1) / 2) for d, k in zip(dilation, kernel, strict=True))
        return Window(kernel, stride, (vertical, horizontal), dilation)
    return Window(kernel, stride, _pair(layer.padding), dilation)


def _convolution(layer: nn.Conv2d, shape: Shape) -> Expected | None:
    sides = _slide(layer, shape)
    if sides is None:
        return None
    (high, wide), into, out, groups = _pair(layer.kernel_size), layer.in_channels, layer.out_channels, layer.groups
    weights = f"{high}·{wide}·{into}·{out}" + (f"/{groups}" if groups > 1 else "")
    bias = out if layer.bias is not None else 0
    parameters = high * wide * into * out // groups + bias
    return Expected((out, *sides[0]), parameters, sides[1], f"{weights} + {out}" if bias else weights)


def _pooling(layer: nn.MaxPool2d | nn.AvgPool2d, shape: Shape) -> Expected | None:
    sides = None if layer.ceil_mode else _slide(layer, shape)  # rounding up has exceptions that are no formula
    return None if sides is None else Expected((*shape[:-2], *sides[0]), output_arithmetic=sides[1])


def _pooling_to_size(layer: nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d, shape: Shape) -> Expected:
    sides = layer.output_size if isinstance(layer.output_size, tuple) else (layer.output_size,) * 2
    return Expected((*shape[:-2], *(before if side is None else side for side, before in zip(sides, shape[-2:], strict=True))))


def _norm(layer: nn.Module, shape: Shape) -> Expected:
    sizes = [str(parameter.shape.numel()) for parameter in (layer.weight, layer.bias) if parameter is not None]  # type: ignore[operator]
    if isinstance(layer, nn.LayerNorm):
        count = math.prod(layer.normalized_shape)
    else:
        count = layer.num_channels if isinstance(layer, nn.GroupNorm) else layer.num_features  # type: ignore[assignment]
    return Expected(shape, len(sizes) * count, "", f"{len(sizes)}·{count}" if sizes else "")


def _linear(layer: nn.Linear, shape: Shape) -> Expected:
    into, out = layer.in_features, layer.out_features
    bias = out if layer.bias is not None else 0
    return Expected((*shape[:-1], out), into * out + bias, "", f"{into}·{out} + {out}" if bias else f"{into}·{out}")


def _embedding(layer: nn.Embedding, shape: Shape) -> Expected:
    words, width = layer.num_embeddings, layer.embedding_dim
    return Expected((*shape, width), words * width, "", f"{words}·{width}")


def _recurrent(layer: nn.RNNBase, shape: Shape) -> Expected | None:
    """Each gate has a matrix for its input and one for its state, and a bias each: g·((n + h)·h + 2h), in each layer and direction."""
    if len(shape) != 2 or layer.proj_size:
        return None
    gates, hidden = {"LSTM": 4, "GRU": 3}.get(layer.mode, 1), layer.hidden_size
    ways = 2 if layer.bidirectional else 1
    parameters, told = 0, []
    for number in range(layer.num_layers):
        into = layer.input_size if number == 0 else ways * hidden
        parameters += ways * gates * ((into + hidden) * hidden + 2 * hidden * bool(layer.bias))
        told.append(f"{f'{ways}·' * (ways > 1)}{gates}·(({into} + {hidden})·{hidden}{f' + 2·{hidden}' * bool(layer.bias)})")
    return Expected((shape[0], ways * hidden), parameters, "", " + ".join(told))


def _flatten(layer: nn.Flatten, shape: Shape) -> Expected | None:
    whole = layer.start_dim == 1 and layer.end_dim == -1
    return Expected((math.prod(shape),), output_arithmetic="·".join(map(str, shape))) if whole else None


def _keep(layer: nn.Module, shape: Shape) -> Expected:  # noqa: ARG001  # a formula's signature
    return Expected(shape)


FORMULAS: tuple[tuple[type | tuple[type, ...], Callable[..., Expected | None]], ...] = (
    (nn.Conv2d, _convolution),
    ((nn.MaxPool2d, nn.AvgPool2d), _pooling),
    ((nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d), _pooling_to_size),
    (NORMS, _norm),
    (nn.Linear, _linear),
    (nn.Embedding, _embedding),
    (nn.RNNBase, _recurrent),
    (nn.Flatten, _flatten),
    (KEEPS_SHAPE, _keep),
)


def _slide(layer: nn.Module, shape: Shape) -> tuple[Shape, str] | None:
    """Both output sides and their arithmetic, which is told once where both axes are alike."""
    window = window_of(layer)
    if window is None:
        return None
    axes = list(zip(shape[-2:], window.kernel, window.stride, window.padding, window.dilation, strict=True))
    sides = tuple(output_side(*axis) for axis in axes)
    told = [f"⌊({n} + 2·{p:g} − {d}·({k} − 1) − 1)/{s}⌋ + 1 = {side}" for (n, k, s, p, d), side in zip(axes, sides, strict=True)]
    return sides, "; ".join(dict.fromkeys(told))


def _pair(value: int | tuple[int, ...] | str) -> tuple[int, int]:
    vertical, horizontal = (int(value),) * 2 if isinstance(value, int | str) else value
    return vertical, horizontal


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value
