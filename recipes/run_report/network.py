"""What is to be seen in a run's network: its checkpoint comes in, and perhaps the dataset file; layers, mistakes, the kind's own go out.

Whatever the kind of data, there are layers and what is made of val; `pictures` and `words` look for what only their kind has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from recipes.checkpoint import load_checkpoint
from recipes.look.table import Layer, build_table
from recipes.look.trace import trace
from recipes.precision import full_float32
from recipes.run_folder import find_checkpoint
from recipes.run_report import pictures, series, words
from recipes.run_report.on_val import OnVal, open_val, see_val
from recipes.run_report.records import Record
from recipes.tasks import Classifier
from toolkit.report.sections import Section

__all__ = ["KINDS", "Own", "SeenNetwork", "see_network"]

KINDS: dict[str, ModuleType] = {"images": pictures, "series": series, "text": words}
"""Each has ``blank(restored)``, the least that its networks take, and ``see(restored, calls, data)``, what they have of their own."""


class Own(Protocol):
    """What networks of one kind alone have."""

    def show(self) -> tuple[list[Section], dict[str, Any]]:
        """Return sections of the page, and the same as plain data."""
        ...


@dataclass(frozen=True, eq=False)
class SeenNetwork:
    """What was seen.

    Args:
        layers: The network's table.
        parameters: How many numbers torch counts in it.
        traced: Of what input the table tells the output.
        own: What only networks of its kind have; None where there is nothing of that.
        on_val: None where no file was read.
        classifies: Whether it tells classes apart, as far as is known.
        unread: One line for each thing that could not be read, and why.
    """

    layers: Sequence[Layer] = ()
    parameters: int = 0
    traced: str = ""
    own: Own | None = None
    on_val: OnVal | None = None
    classifies: bool = True
    unread: list[str] = field(default_factory=list)


def see_network(record: Record, path: str | Path | None, *, num_shown: int) -> SeenNetwork:
    """Look into the network that a run left, on the CPU, in full float32; the ledger notes that val was read.

    Args:
        record: The run.
        path: A dataset file that fits it; None takes the one that it was trained on, if that is still the same.
        num_shown: Mistakes that are shown themselves, at most.

    Raises:
        DataError: If the checkpoint cannot be used, or the file given does not fit it.
    """
    checkpoint = find_checkpoint(record.folder)
    if checkpoint == record.folder:
        return SeenNetwork(unread=["the network: its folder holds no checkpoint"])
    restored = load_checkpoint(checkpoint)
    network, kind, classifies = restored.task.network, KINDS[restored.kind], isinstance(restored.task, Classifier)
    data, reason = open_val(record, restored, path) if classifies else (None, "")
    with full_float32():
        traced, inputs = kind.blank(restored)
        calls = trace(network, *inputs)
        own = kind.see(restored, calls, data)
        on_val = None if data is None else see_val(restored, data, num_shown=num_shown)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    unread = [f"mistakes and what is seen on val: {reason}"] if reason else []
    return SeenNetwork(build_table(network, calls), parameters, traced, own, on_val, classifies, unread)
