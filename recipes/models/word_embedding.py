"""Vectors of words, learned or begun from a file: numbers of words come in, vectors go out to networks that read in order."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from datamodules import FileDataModule, TextDataModule, WindowDataModule
from recipes.word_vectors import read_vectors
from toolkit.errors import DataError, check, wording
from toolkit.text.vocabulary import SPECIALS

__all__ = ["WordEmbedding"]


class WordEmbedding(nn.Embedding):
    """An embedding of words, whose padding stays 0.

    Args:
        vocabulary_size: Words that have a number, at least 1.
        width: Numbers in a vector, at least 1.
        word_vectors: A file of word2vec, GloVe or fastText to begin from, as `read_vectors` takes it; None begins by chance.
        frozen: Whether vectors of that file stay as they are; words that it lacks then stay as they began, too.
    """

    def __init__(self, vocabulary_size: int, width: int, *, word_vectors: str | None = None, frozen: bool = False) -> None:
        check(vocabulary_size >= 1, "WordEmbedding", "vocabulary_size", "at least 1", vocabulary_size)
        check(width >= 1, "WordEmbedding", "width", "at least 1", width)
        check(word_vectors is not None or not frozen, "WordEmbedding", "frozen", "left out without word_vectors", frozen)
        super().__init__(vocabulary_size, width, padding_idx=0)
        self.word_vectors = word_vectors
        self.weight.data.mul_(0.1)
        self.weight.requires_grad_(not frozen)

    def fit(self, data: FileDataModule) -> dict[str, Any]:
        """Take the vectors of the file for the words of the data.

        Returns:
            The share of the vocabulary that the file has vectors for, ``vectors_coverage``, and what the file was found to hold,
            ``vectors_file``; empty without a file.

        Raises:
            DataError: If the file cannot be read, its vectors have another size, or it has none for any word of the data.
        """
        if self.word_vectors is None or not isinstance(data, TextDataModule | WindowDataModule):
            return {}
        read = read_vectors(self.word_vectors, data.vocabulary.words)
        vectors, known = read.select(data.vocabulary.words)
        if vectors.shape[1] != self.embedding_dim:
            fix = "Set the network's width to that of the file."
            raise DataError(
                wording("WordEmbedding", "width", f"{vectors.shape[1]}, as in {self.word_vectors}", self.embedding_dim, fix=fix)
            )
        if not known[len(SPECIALS) :].any():
            got, fix = f"none of its {len(known) - len(SPECIALS):,}", "Preprocess as the vectors' words were cut and cased, or take others."
            raise DataError(wording("WordEmbedding", "word_vectors", "of words in the vocabulary", got, at=self.word_vectors, fix=fix))
        known[:1] = False  # padding
        with torch.no_grad():
            self.weight[torch.from_numpy(known)] = torch.from_numpy(vectors[known])
        told = {} if read.file is None else {"vectors_file": str(read.file)}
        return {"word_vectors": self.word_vectors, **told, "vectors_coverage": round(float(known.mean()), 4)}
