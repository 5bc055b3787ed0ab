"""Networks that read a text as a bag of n-grams: flat ids and the number of each text come in, class scores go out."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from datamodules import FileDataModule, Ngrams
from recipes.models.network import Network
from toolkit.errors import DataError, check, wording

__all__ = ["AverageNet", "RatioNet", "count_ratios", "leave_out", "log_count_ratios"]


class RatioNet(Network):
    """A linear classifier of n-grams, each scaled by how much more often texts of a class hold it than the others.

    The ratios are fitted once, on the training texts, and stay; what is learned is one weight for each n-gram and class, which
    begins at `start`, so that training begins from naive Bayes and mends it. Training leaves out some of each text's n-grams.

    Args:
        num_classes: Scores that come out, at least 1.
        vocabulary_size: Ids that come in are below it.
        smoothing: Added to each count of a ratio, above 0.
        start: First value of the weights: small, so that the first scores are moderate.
        dropout: Share of a text's n-grams that training leaves out, in [0, 1).

    Example:
        >>> RatioNet(2, 100)(torch.tensor([5, 7, 5]), torch.tensor([2, 1])).shape
        torch.Size([2, 2])

    Source:
        Wang & Manning, Baselines and bigrams, 2012; trigrams as in Mesnil et al., 2014.
    """

    def __init__(
        self, num_classes: int, vocabulary_size: int, *, smoothing: float = 1.0, start: float = 0.01, dropout: float = 0.0
    ) -> None:
        super().__init__()
        check(num_classes >= 1, "RatioNet", "num_classes", "at least 1", num_classes)
        check(smoothing > 0, "RatioNet", "smoothing", "above 0", smoothing)
        check(0 <= dropout < 1, "RatioNet", "dropout", "in [0, 1)", dropout)
        self.settings: dict[str, Any] = {
            "num_classes": num_classes, "vocabulary_size": vocabulary_size, "smoothing": smoothing, "start": start, "dropout": dropout
        }  # fmt: skip
        self.smoothing, self.dropout = smoothing, dropout
        self.register_buffer("ratios", torch.zeros(vocabulary_size, num_classes))
        self.weights = nn.Parameter(torch.full((vocabulary_size, num_classes), start))
        self.bias = nn.Parameter(torch.zeros(num_classes))

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Take the ratios of the training texts.

        Raises:
            ArgumentError: If the data has no n-grams.
            DataError: If it has no classes.
        """
        self.ratios = count_ratios(data, smoothing=self.smoothing)
        return {"ngrams": len(self.ratios) - 1}

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Score texts.

        Args:
            ids: N-grams of all texts end to end, int64, shape (items,).
            lengths: N-grams of each text, int64, shape (N,).

        Returns:
            Logits, float32, shape (N, num_classes).
        """
        ids, lengths = leave_out(ids, lengths, self.dropout) if self.training and self.dropout else (ids, lengths)
        offsets = lengths.cumsum(0) - lengths
        scores = F.embedding_bag(ids, self.ratios * self.weights, offsets, mode="sum")
        return scores / (1 - self.dropout * self.training) + self.bias


class AverageNet(Network):
    """The mean of the embeddings of a text's n-grams, and a linear layer on top.

    Training leaves out some of each text's n-grams, and some numbers of the mean.

    Args:
        num_classes: Scores that come out, at least 1.
        vocabulary_size: Ids that come in are below it.
        width: Numbers in an embedding, at least 1.
        ngram_dropout: Share of a text's n-grams that training leaves out, in [0, 1).
        dropout: Share of the mean that training leaves out, in [0, 1).
        spread: Standard deviation of the first embeddings, above 0.

    Example:
        >>> AverageNet(2, 100)(torch.tensor([5, 7, 5]), torch.tensor([2, 1])).shape
        torch.Size([2, 2])

    Source:
        Joulin et al., Bag of tricks for efficient text classification, 2016.
    """

    def __init__(
        self,
        num_classes: int,
        vocabulary_size: int,
        *,
        width: int = 16,
        ngram_dropout: float = 0.5,
        dropout: float = 0.2,
        spread: float = 0.1,
    ) -> None:
        super().__init__()
        check(num_classes >= 1, "AverageNet", "num_classes", "at least 1", num_classes)
        check(width >= 1, "AverageNet", "width", "at least 1", width)
        check(spread > 0, "AverageNet", "spread", "above 0", spread)
        for name, value in (("ngram_dropout", ngram_dropout), ("dropout", dropout)):
            check(0 <= value < 1, "AverageNet", name, "in [0, 1)", value)
        self.settings: dict[str, Any] = {
            "num_classes": num_classes,
            "vocabulary_size": vocabulary_size,
            "width": width,
            "ngram_dropout": ngram_dropout,
            "dropout": dropout,
            "spread": spread,
        }
        self.ngram_dropout = ngram_dropout
        self.embeddings = nn.Parameter(torch.randn(vocabulary_size, width) * spread)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, num_classes))

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Refuse data that is no bag of n-grams; nothing is fitted.

        Raises:
            ArgumentError: If the data has no n-grams.
        """
        _view(data, "AverageNet")
        return {}

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Score texts.

        Args:
            ids: N-grams of all texts end to end, int64, shape (items,).
            lengths: N-grams of each text, int64, shape (N,).

        Returns:
            Logits, shape (N, num_classes).
        """
        ids, lengths = leave_out(ids, lengths, self.ngram_dropout) if self.training and self.ngram_dropout else (ids, lengths)
        scores: Tensor = self.head(F.embedding_bag(ids, self.embeddings, lengths.cumsum(0) - lengths, mode="mean"))
        return scores


def leave_out(ids: Tensor, lengths: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Leave items of ragged rows out by chance.

    Args:
        ids: The rows' items end to end, shape (items,).
        lengths: Items of each row, int64, shape (N,).
        share: Chance of each item to be left out, in [0, 1).

    Returns:
        The items that are left, and how many of them each row has.
    """
    kept = torch.rand(ids.shape, device=ids.device) >= share
    row = torch.repeat_interleave(torch.arange(len(lengths), device=ids.device), lengths)
    return ids[kept], row[kept].bincount(minlength=len(lengths))


def count_ratios(data: FileDataModule, *, smoothing: float = 1.0) -> Tensor:
    """Fit the log-count ratios of the training texts.

    Args:
        data: With n-grams as its view, and a class each text.
        smoothing: Added to each count, above 0.

    Returns:
        As `log_count_ratios` has them.

    Raises:
        ArgumentError: If the data has no n-grams.
        DataError: If it has no classes.
    """
    view = _view(data, "RatioNet")
    counts = torch.zeros(len(view), data.num_classes)
    for batch in view.finished(data.dataset("train")):
        if batch.y is None or batch.lengths is None:
            raise DataError(wording("RatioNet", "texts", "labelled", "none", at=str(data.path)))
        label = batch.y.repeat_interleave(batch.lengths)
        counts += (label * len(counts) + batch.x).bincount(minlength=counts.numel()).view(counts.shape[1], -1).T
    return log_count_ratios(counts, smoothing=smoothing)


def log_count_ratios(counts: Tensor, *, smoothing: float = 1.0) -> Tensor:
    """Compare how often texts of each class hold an n-gram with how often the other texts do.

    Args:
        counts: Texts of each class that hold each n-gram, shape (F, K), K at least 2; row 0 is padding.
        smoothing: Added to each count, above 0.

    Returns:
        float32, shape (F, K): log (p / |p|) / (q / |q|), where p is the class's smoothed counts, q that of all others, and |·| their
        sum over n-grams. Padding has 0.

    Source:
        Wang & Manning, Baselines and bigrams, 2012, equation 2.
    """
    inside = counts + smoothing
    outside = counts.sum(1, keepdim=True) - counts + smoothing
    ratios = torch.log(inside / inside[1:].sum(0)) - torch.log(outside / outside[1:].sum(0))
    ratios[0] = 0
    return ratios


def _view(data: FileDataModule, where: str) -> Ngrams:
    check(isinstance(data.view, Ngrams), where, "ngrams", "from 1 to 3", 0, at=data.path)
    return data.view  # type: ignore[return-value]  # just checked
