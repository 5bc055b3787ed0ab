"""A recurrent network that reads a text in both directions: padded rows of words come in, class scores go out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from datamodules import FileDataModule, Ngrams
from recipes.models.network import Network
from recipes.models.word_embedding import WordEmbedding
from toolkit.errors import check
from toolkit.text.vocabulary import UNKNOWN

__all__ = ["ReaderNet", "flip_rows"]


class ReaderNet(Network):
    """An LSTM over the words of a text, and over the same words backwards; the largest and the mean of what they say are scored.

    What stands behind a text's end changes nothing: it is masked, and the backward reader begins at the last word.

    Args:
        num_classes: Scores that come out, at least 1.
        vocabulary_size: Words that have a number.
        width: Numbers in a word's vector, at least 1.
        hidden: Numbers in each reader's state, at least 1.
        bidirectional: Whether the text is read backwards, too.
        dropout: Share of vectors and scores' inputs that training leaves out, in [0, 1).
        word_dropout: Share of words that training makes unknown, in [0, 1).
        word_vectors: A file of word2vec, GloVe or fastText to begin from, as `read_vectors` takes it.
        frozen: Whether its vectors stay as they are.

    Example:
        >>> ReaderNet(2, 100)(torch.tensor([[5, 7, 8], [5, 0, 0]]), torch.tensor([3, 1])).shape
        torch.Size([2, 2])
    """

    def __init__(  # noqa: PLR0913  # each is a word of a recipe's file
        self,
        num_classes: int,
        vocabulary_size: int,
        *,
        width: int = 64,
        hidden: int = 64,
        bidirectional: bool = True,
        dropout: float = 0.3,
        word_dropout: float = 0.2,
        word_vectors: str | None = None,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        check(num_classes >= 1, "ReaderNet", "num_classes", "at least 1", num_classes)
        check(hidden >= 1, "ReaderNet", "hidden", "at least 1", hidden)
        for name, value in (("dropout", dropout), ("word_dropout", word_dropout)):
            check(0 <= value < 1, "ReaderNet", name, "in [0, 1)", value)
        self.settings: dict[str, Any] = {
            "num_classes": num_classes,
            "vocabulary_size": vocabulary_size,
            "width": width,
            "hidden": hidden,
            "bidirectional": bidirectional,
            "dropout": dropout,
            "word_dropout": word_dropout,
            "word_vectors": word_vectors,
            "frozen": frozen,
        }
        self.word_dropout = word_dropout
        self.words = WordEmbedding(vocabulary_size, width, word_vectors=word_vectors, frozen=frozen)
        self.readers = nn.ModuleList(nn.LSTM(width, hidden, batch_first=True) for _ in range(1 + bidirectional))
        self.drop = nn.Dropout(dropout)
        self.scores = nn.Linear(2 * hidden * len(self.readers), num_classes)

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Take vectors from the file, if there is one.

        Raises:
            ArgumentError: If the data has n-grams in place of words in their order.
        """
        longest = data.view.max_n if isinstance(data.view, Ngrams) else 0
        check(longest == 0, "ReaderNet", "ngrams", "0, as words are read in their order", longest, at=data.path)
        return self.words.fit(data)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Score texts.

        Args:
            words: Numbers of words, int64, shape (N, T), padded behind.
            lengths: Words of each text, int64, shape (N,); an empty text is read as one padding.

        Returns:
            Logits, shape (N, num_classes).
        """
        lengths = lengths.clamp(min=1)
        if self.training and self.word_dropout:
            words = words.masked_fill(torch.rand(words.shape, device=words.device) < self.word_dropout, UNKNOWN)
        outside = (torch.arange(words.shape[1], device=words.device) >= lengths[:, None])[..., None]
        parts = []
        for reader, order in zip(self.readers, (words, flip_rows(words, lengths)), strict=False):
            states, _ = reader(self.drop(self.words(order)))
            parts.append(states.masked_fill(outside, float("-inf")).amax(1))
            parts.append(states.masked_fill(outside, 0).sum(1) / lengths[:, None])
        scores: Tensor = self.scores(self.drop(torch.cat(parts, dim=1)))
        return scores


def flip_rows(items: Tensor, lengths: Tensor) -> Tensor:
    """Turn each row round, its padding left behind.

    Args:
        items: Shape (N, T, …).
        lengths: Items of each row, int64, shape (N,).

    Example:
        >>> flip_rows(torch.tensor([[1, 2, 3], [4, 5, 0]]), torch.tensor([3, 2])).tolist()
        [[3, 2, 1], [5, 4, 0]]
    """
    place = torch.arange(items.shape[1], device=items.device)
    back = lengths[:, None] - 1 - place
    order = torch.where(back < 0, place, back)
    return items.take_along_dim(order.view(*order.shape, *[1] * (items.ndim - 2)), dim=1)
