"""A recurrent language model: rows of words come in, scores of the word behind each go out, to training and to `recipes.generate`."""

from __future__ import annotations

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from datamodules import FileDataModule
from recipes.models.network import Network
from recipes.models.word_embedding import WordEmbedding
from toolkit.errors import check

__all__ = ["LanguageNet"]


class LanguageNet(Network):
    """An LSTM or GRU whose state is compared with the vectors of all words: those that come in and those that go out are the same.

    Args:
        vocabulary_size: Words that have a number.
        width: Numbers in a word's vector and in the state, at least 1.
        layers: Recurrent layers, at least 1.
        cell: ``"lstm"`` or ``"gru"``.
        dropout: Share of vectors and states that training leaves out, in [0, 1).
        word_vectors: A file of word2vec, GloVe or fastText to begin from, as `read_vectors` takes it.
        frozen: Whether its vectors stay as they are.

    Example:
        >>> LanguageNet(100)(torch.tensor([[2, 5, 7]])).shape
        torch.Size([1, 3, 100])

    Source:
        Press & Wolf, Using the output embedding to improve language models, 2017.
    """

    def __init__(
        self,
        vocabulary_size: int,
        *,
        width: int = 128,
        layers: int = 1,
        cell: Literal["lstm", "gru"] = "lstm",
        dropout: float = 0.2,
        word_vectors: str | None = None,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        check(layers >= 1, "LanguageNet", "layers", "at least 1", layers)
        check(cell in ("lstm", "gru"), "LanguageNet", "cell", "lstm or gru", cell)
        check(0 <= dropout < 1, "LanguageNet", "dropout", "in [0, 1)", dropout)
        self.settings: dict[str, Any] = {
            "vocabulary_size": vocabulary_size,
            "width": width,
            "layers": layers,
            "cell": cell,
            "dropout": dropout,
            "word_vectors": word_vectors,
            "frozen": frozen,
        }
        self.words = WordEmbedding(vocabulary_size, width, word_vectors=word_vectors, frozen=frozen)
        kind = nn.LSTM if cell == "lstm" else nn.GRU
        self.reader = kind(width, width, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.drop = nn.Dropout(dropout)
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Take vectors from the file, if there is one."""
        return self.words.fit(data)

    def forward(self, words: Tensor) -> Tensor:
        """Score each next word.

        Args:
            words: int64, shape (N, T).

        Returns:
            Logits, shape (N, T, vocabulary_size).
        """
        return self.read(words)[0]

    def read(self, words: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Read on from a state.

        Args:
            words: int64, shape (N, T).
            state: What an earlier call returned; None at a text's start.

        Returns:
            Logits, shape (N, T, vocabulary_size), and the state behind the last word.
        """
        states, state = self.reader(self.drop(self.words(words)), state)
        return F.linear(self.drop(states), self.words.weight, self.bias), state
