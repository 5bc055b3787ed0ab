"""Two vectors for each word, one as itself and one as what its neighbours foretell: numbers of words come in, vectors go out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recipes.models.network import Network
from toolkit.errors import check

__all__ = ["Embeddings"]


class Embeddings(Network):
    """The matrices of word2vec; the first is what is kept of them, the second is what it is trained with.

    Args:
        vocabulary_size: Words that have a number, at least 1.
        size: Numbers in a vector, at least 1.

    Attributes:
        inputs: Vectors of words, shape (V, size), at first uniform in ±0.5 / size.
        outputs: Vectors of words as foretold, shape (V, size), at first 0.
    """

    def __init__(self, vocabulary_size: int, *, size: int = 100) -> None:
        super().__init__()
        for name, value in (("vocabulary_size", vocabulary_size), ("size", size)):
            check(value >= 1, "Embeddings", name, "at least 1", value)
        self.settings: dict[str, Any] = {"vocabulary_size": vocabulary_size, "size": size}
        self.inputs = nn.Parameter((torch.rand(vocabulary_size, size) - 0.5) / size)
        self.outputs = nn.Parameter(torch.zeros(vocabulary_size, size))

    def forward(self, words: Tensor) -> Tensor:
        """Look words up: int64, shape (…) → shape (…, size)."""
        return self.inputs[words]
