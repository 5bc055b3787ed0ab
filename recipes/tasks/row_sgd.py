"""Gradient descent on the rows that a batch touches: what pairs of words say of rows comes in, those rows of a matrix change, no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from toolkit.errors import check

__all__ = ["RowSGD"]


class RowSGD(torch.optim.Optimizer):
    """Takes the steps that word2vec takes pair after pair for all pairs of a batch at once, on the rows that they are about.

    What the pairs say of a row adds up. Each was asked without the others' steps, so many would overshoot: beyond `most_pairs` a row
    goes as far as that many would take it, in the direction of their mean. Nothing is kept of a row from one step to the next.
    Several processes add up what all of them say, and take the same step.

    Args:
        weights: Matrices, shape (V, D).
        lr: Length of a pair's step, above 0.
        most_pairs: At least 1.
        total_steps: Steps of the run; checkpoints keep it, so that none is gone on with in a run of another length.
    """

    def __init__(self, weights: Iterable[nn.Parameter], *, lr: float, most_pairs: float = 16.0, total_steps: int = 0) -> None:
        check(lr > 0, "RowSGD", "lr", "above 0", lr)
        check(most_pairs >= 1, "RowSGD", "most_pairs", "at least 1", most_pairs)
        super().__init__(weights, {"lr": lr, "most_pairs": most_pairs, "total_steps": total_steps})
        self._waiting: list[tuple[nn.Parameter, Tensor, Tensor, Tensor]] = []

    def add(self, weight: nn.Parameter, rows: Tensor, gradients: Tensor, pairs: Tensor) -> None:
        """Say what the next step is to do to a matrix.

        Args:
            weight: The matrix, shape (V, D).
            rows: int64, shape (M,), each in [0, V); a row may come often.
            gradients: Each a sum over pairs, shape (M, D).
            pairs: Of how many, shape (M,).
        """
        self._waiting.append((weight, rows, gradients, pairs))

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Do what was said since the last step."""
        loss = None if closure is None else closure()
        group = self.param_groups[0]
        for weight, *said in self._waiting:
            rows, gradients, pairs = _of_all_processes(said)
            if len(rows):
                _step_rows(weight, rows, gradients, pairs, group["lr"], group["most_pairs"])
        self._waiting.clear()
        return loss


def _of_all_processes(said: Sequence[Tensor]) -> Sequence[Tensor]:
    """Join what each process says, in their order; lengths differ, so the shorter are filled up on the way."""
    if not dist.is_initialized() or dist.get_world_size() == 1:
        return said
    sizes = [torch.empty(1, dtype=torch.int64, device=said[0].device) for _ in range(dist.get_world_size())]
    dist.all_gather(sizes, torch.full_like(sizes[0], len(said[0])))
    lengths = torch.cat(sizes).tolist()
    joined = []
    for values in said:
        filled = values.new_zeros(max(lengths), *values.shape[1:])
        filled[: len(values)] = values
        each = [torch.empty_like(filled) for _ in lengths]
        dist.all_gather(each, filled)
        joined.append(torch.cat([one[:length] for one, length in zip(each, lengths, strict=True)]))
    return joined


def _step_rows(weight: Tensor, rows: Tensor, gradients: Tensor, pairs: Tensor, lr: float, most_pairs: float) -> None:
    ordered, order = torch.sort(rows, stable=True)  # sums in the same order in every process
    distinct, counts = torch.unique_consecutive(ordered, return_counts=True)
    first = counts.cumsum(0) - counts
    total, number = (F.embedding_bag(order, values, first, mode="sum") for values in (gradients.float(), pairs.float()[:, None]))
    total *= lr * (most_pairs / number.clamp(min=most_pairs))
    weight.index_copy_(0, distinct, weight.index_select(0, distinct).sub_(total))
