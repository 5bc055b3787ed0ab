"""The network's table: its layers' calls come in, a row for each by the formulas and by torch goes out, as text and CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from recipes.look.formulas import expect, window_of
from recipes.look.trace import Call, layers_of

__all__ = ["Layer", "build_table", "format_table", "write_table"]


@dataclass(frozen=True)
class Layer:
    """One row of the table: torch's own figures, and the formulas' beside them.

    Args:
        name: The layer's name in the network.
        kind: Its class, e.g. ``"Conv2d"``.
        kernel: Window (height, width) of a convolution or pooling; None for other layers.
        stride: Step (vertical, horizontal); None for other layers.
        padding: Pixels added at each end (vertical, horizontal); None for other layers.
        output: Shape of what came out, without the batch; None if it did not run or gave no tensor.
        parameters: Numbers that it learns; those counted in an earlier row not again.
        formula_output: The output by the formula; None where none is known for this layer.
        formula_parameters: The parameters by the formula; None likewise.
        output_arithmetic: That formula with its numbers.
        parameters_arithmetic: That formula with its numbers.
    """

    name: str
    kind: str
    kernel: tuple[int, int] | None
    stride: tuple[int, int] | None
    padding: tuple[float, float] | None
    output: tuple[int, ...] | None
    parameters: int
    formula_output: tuple[int, ...] | None = None
    formula_parameters: int | None = None
    output_arithmetic: str = ""
    parameters_arithmetic: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether torch and the formulas say the same; None where no formula is known."""
        return None if self.formula_output is None else (self.output, self.parameters) == (self.formula_output, self.formula_parameters)


def build_table(network: nn.Module, calls: Sequence[Call]) -> tuple[Layer, ...]:
    """Make a row for each call of a layer, in order, then one for each layer that did not run.

    Args:
        network: The network.
        calls: What `trace` noted of it.
    """
    seen: set[int] = set()
    ran = {id(call.layer) for call in calls}
    idle = [Call(name, layer, None, None, follows=False) for name, layer in layers_of(network) if id(layer) not in ran]
    return tuple(_row(call, seen) for call in (*calls, *idle))


def _row(call: Call, seen: set[int]) -> Layer:
    own = list(call.layer.parameters(recurse=False))
    fresh = [parameter for parameter in own if id(parameter) not in seen]
    seen.update(map(id, own))
    window = window_of(call.layer)
    kernel, stride, padding = (window.kernel, window.stride, window.padding) if window else (None, None, None)
    output = None if call.output is None else tuple(call.output.shape[1:])
    counted = sum(parameter.numel() for parameter in fresh)
    expected = None if call.shape is None else expect(call.layer, call.shape[1:])
    row = Layer(call.name, type(call.layer).__name__, kernel, stride, padding, output, counted)
    if expected is None:
        return row
    formula: dict[str, Any] = {"formula_parameters": expected.parameters, "parameters_arithmetic": expected.parameters_arithmetic}
    if own and not fresh:
        formula = {"formula_parameters": 0, "parameters_arithmetic": "counted above"}
    return replace(row, formula_output=expected.output, output_arithmetic=expected.output_arithmetic, **formula)


def format_table(layers: Sequence[Layer]) -> str:
    """Lay the table out for people; a row in which torch and the formula differ says so."""
    head = ("layer", "kind", "kernel", "stride", "padding", "output", "parameters", "by the formula")
    rows = [head, *map(_cells, layers)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    right = {head.index("parameters")}
    lines = [
        [cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    ]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _cells(layer: Layer) -> tuple[str, ...]:
    sizes = tuple("" if size is None else _times(size) for size in (layer.kernel, layer.stride, layer.padding))
    output = "not run" if layer.output is None else "×".join(map(str, layer.output))
    notes = {
        None: "not known here",
        True: layer.parameters_arithmetic,
        False: f"{layer.formula_output}, {layer.formula_parameters}: differs",
    }
    return layer.name, layer.kind, *sizes, output, f"{layer.parameters:,}", notes[layer.agrees]


def _times(pair: tuple[float, float]) -> str:
    return f"{pair[0]:g}" if pair[0] == pair[1] else f"{pair[0]:g}×{pair[1]:g}"


def write_table(path: Path, layers: Sequence[Layer]) -> None:
    """Write the table as CSV: a column for each field of `Layer`, shapes joined by ×, empty where there is nothing."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Layer.__dataclass_fields__)
        writer.writerows([_plain(value) for value in asdict(layer).values()] for layer in layers)


def _plain(value: Any) -> Any:
    return "×".join(f"{part:g}" for part in value) if isinstance(value, tuple) else value
