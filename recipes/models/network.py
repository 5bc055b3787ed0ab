"""What every network of a recipe offers: the settings that rebuild it from a checkpoint."""

from __future__ import annotations

from typing import Any

from torch import nn

from datamodules import FileDataModule

__all__ = ["Network"]


class Network(nn.Module):
    """A plain `nn.Module` that recipes can name in their YAML: batches of samples in, class scores (N, num_classes) out.

    A subclass leaves all its constructor's arguments in `settings`. A network for images takes `num_classes` and `num_channels`
    among them, one for texts `num_classes` and `vocabulary_size`; the datamodule tells them. Ragged samples come with their lengths.
    """

    settings: dict[str, Any]
    """The constructor's arguments in plain types: `foudre evaluate` and `foudre predict` rebuild the network from them."""

    def fit(self, data: FileDataModule) -> dict[str, Any]:  # noqa: ARG002  # most networks fit nothing
        """Take what is no matter of gradients, before the first step: what is counted on the training rows, or read from elsewhere.

        It must lie in the state that checkpoints keep.

        Args:
            data: What will be trained on.

        Returns:
            What the run's ledger is to tell of it; empty if nothing was done.
        """
        return {}
