"""What a look found: the table, the filters' likeness and the mistakes, as one JSON-able object and as text for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from recipes.look.kernels import Filters
from recipes.look.mistakes import Mistakes
from recipes.look.table import Layer, format_table
from toolkit.errors import printable

__all__ = ["LookResult"]


@dataclass(frozen=True)
class LookResult:
    """What was seen in a network.

    Args:
        checkpoint: The checkpoint looked into.
        folder: Where tables and pictures lie.
        files: Their names.
        input: Shape of what the network takes: (C, H, W).
        layers: The network's table.
        parameters: How many numbers torch counts in the whole network.
        filters: What the first convolution's filters are most like; None if there is none, or none of 3×3 or more.
        mistakes: On the split of the file given; None without a file.
    """

    checkpoint: str
    folder: str
    files: tuple[str, ...]
    input: tuple[int, ...]
    layers: tuple[Layer, ...]
    parameters: int
    filters: Filters | None = None
    mistakes: Mistakes | None = None

    @property
    def agrees(self) -> bool:
        """Whether each known formula gives torch's own output size and parameters, and the rows add up to torch's total."""
        return all(layer.agrees is not False for layer in self.layers) and sum(layer.parameters for layer in self.layers) == self.parameters

    def to_json(self) -> dict[str, Any]:
        """Return the fields and `agrees` as one JSON-able object."""
        return {**asdict(self), "agrees": self.agrees}

    def __str__(self) -> str:
        shape, verdict = "×".join(map(str, self.input)), "equal torch's own" if self.agrees else "do NOT all equal torch's own"
        lines = [f"{printable(self.checkpoint)}, input {shape}", format_table(self.layers)]
        lines.append("output side = floor((n + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1")
        lines.append(f"{self.parameters:,} parameters; sizes and parameters by the formulas {verdict}")
        lines += [_describe_filters(self.filters)] if self.filters else []
        lines += [_describe_mistakes(self.mistakes)] if self.mistakes else []
        return "\n".join([*lines, f"in {printable(self.folder)}: {', '.join(self.files)}"])


def _describe_filters(filters: Filters) -> str:
    nearest = Counter(like.kernel for like in filters.likeness).most_common()
    best = max(filters.likeness, key=lambda like: abs(like.cosine))
    told = f"filters of {printable(filters.layer)}: most like {', '.join(f'{kernel} {count}' for kernel, count in nearest)}"
    return f"{told}; number {best.filter} the most, by a cosine of {best.cosine:+.2f}; half of all noise reaches {filters.chance:.2f}"


def _describe_mistakes(mistakes: Mistakes) -> str:
    if not mistakes.worst_first:
        return f"no mistakes on {mistakes.samples:,} samples of {mistakes.split}"
    worst = mistakes.worst_first[0]
    told = (
        f"{len(mistakes.worst_first):,} mistakes on {mistakes.samples:,} samples of {mistakes.split}; the worst: {printable(worst.source)}"
    )
    return f"{told}, {printable(worst.true)} taken for {printable(worst.predicted)} at {worst.probability:.3f}"
