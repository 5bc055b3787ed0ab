"""Recurrent layers of one family: the name of a cell and its sizes come in, a torch layer goes out, to the networks for series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor, nn

from toolkit.errors import check

__all__ = ["Cell", "State", "build_layers"]

Cell = Literal["rnn", "lstm", "gru"]

State = Tensor | tuple[Tensor, Tensor]
"""What a recurrent layer carries on: of an LSTM its short-term and its long-term memory."""

CELLS: dict[str, type[nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def build_layers(where: str, cell: Cell, inputs: int, *, width: int, depth: int, dropout: float, bidirectional: bool = False) -> nn.RNNBase:
    """Build recurrent layers, batch first.

    Args:
        where: Who asks, for messages.
        cell: ``"rnn"``, Elman's with tanh; ``"lstm"``; or ``"gru"``.
        inputs: Numbers that come in at a step.
        width: Numbers in a layer's state, at least 1.
        depth: Layers, at least 1.
        dropout: Share of the states that training leaves out between layers, in [0, 1).
        bidirectional: Whether a second reader begins at the end.

    Raises:
        ArgumentError: If one of these is out of range.
    """
    check(cell in CELLS, where, "cell", f"one of {', '.join(CELLS)}", cell)
    for name, value in (("width", width), ("depth", depth)):
        check(value >= 1, where, name, "at least 1", value)
    check(0 <= dropout < 1, where, "dropout", "in [0, 1)", dropout)
    between = dropout if depth > 1 else 0.0  # torch warns of a dropout that has no place
    layers: Callable[..., nn.RNNBase] = CELLS[cell]  # of the base class, the first argument is another
    return layers(inputs, width, depth, batch_first=True, dropout=between, bidirectional=bidirectional)
