"""How stored batches become a network's input: a `View` finishes them on their device, and travels in the checkpoint to prediction."""

from __future__ import annotations

from typing import Any, Protocol

from datamodules.dataset import Batch

__all__ = ["AsStored", "View"]


class View(Protocol):
    """What a datamodule does to every batch, in training as in evaluation and prediction."""

    def finish(self, batch: Batch) -> Any:
        """Finish a batch where it now is: what comes out, a `Batch` of finished values or another tuple of tensors, reaches the module.

        Args:
            batch: As a dataset gathers it from the file.
        """
        ...

    def to_state(self) -> dict[str, Any]:
        """Return plain types and tensors that rebuild the view from a checkpoint."""
        ...


class AsStored:
    """Leaves batches as they are."""

    def finish(self, batch: Batch) -> Batch:
        """Return the batch itself."""
        return batch

    def to_state(self) -> dict[str, Any]:
        """Nothing is to be kept."""
        return {}
