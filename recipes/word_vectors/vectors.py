"""Words and their vectors: a matrix comes in, from training or from `read_vectors`; neighbours, analogies and a map go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recipes.word_vectors.told import VectorFile
from toolkit.errors import check

__all__ = ["Floats", "WordVectors"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and what a network knows of them.

    Args:
        words: Each once, those in frequent use first.
        vectors: float32, shape (V, D): the vector of each.
        file: What the file that they were read from was found to hold; None where they come from none.

    Example:
        >>> grid = WordVectors(("king", "queen", "man", "woman"), np.array([[1, 1], [1, -1], [0.1, 1], [0.1, -1]], np.float32))
        >>> grid.analogy("man", "king", "woman")[0][0]
        'queen'
    """

    words: tuple[str, ...]
    vectors: Floats
    file: VectorFile | None = None

    def __post_init__(self) -> None:
        good = self.vectors.ndim == 2 and len(self.vectors) == len(self.words)
        check(good, "WordVectors", "vectors' shape", f"({len(self.words)}, D), a row a word", self.vectors.shape)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Word → its row."""
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def directions(self) -> Floats:
        """The vectors at length 1, float32, shape (V, D); one of zeros stays so."""
        lengths = np.linalg.norm(self.vectors, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        found: Floats = self.vectors / lengths
        return found

    def select(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the vectors of words.

        Returns:
            float32, shape (N, D), zeros where a word has none; and bool, shape (N,): whether it has one. Their mean is the coverage.
        """
        rows = np.array([self.ids.get(word, -1) for word in words], np.int64)
        known = rows >= 0
        found = np.zeros((len(rows), self.vectors.shape[1]), np.float32)
        found[known] = self.vectors[rows[known]]
        return found, known

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine between two words, in [−1, 1].

        Raises:
            ArgumentError: If one has no vector.
        """
        first, second = self.directions[self._rows([one, other])]
        return float(first @ second)

    def neighbours(self, word: str, count: int = 10) -> list[tuple[str, float]]:
        """Return the words nearest to a word, and their cosines with it, the nearest first; itself left out.

        Args:
            word: One that has a vector.
            count: How many, at least 1.

        Raises:
            ArgumentError: If the word has no vector, or the count is below 1.
        """
        rows = self._rows([word])
        return self._nearest(self.directions[rows[0]], rows, count)

    def analogy(self, a: str, b: str, c: str, count: int = 1) -> list[tuple[str, float]]:
        """Return what is to `c` as `b` is to `a`: the words nearest to b − a + c, each at length 1, the three themselves left out.

        Args:
            a: E.g. ``"france"``.
            b: ``"paris"``.
            c: ``"sénégal"``: the answer should be dakar.
            count: How many answers, at least 1.

        Returns:
            Words and their cosines, the best first.

        Raises:
            ArgumentError: If a word has no vector, or the count is below 1.

        Source:
            Mikolov, Yih & Zweig, Linguistic regularities in continuous space word representations, 2013; 3CosAdd.
        """
        rows = self._rows([a, b, c])
        first, second, third = self.directions[rows]
        return self._nearest(second - first + third, rows, count)

    def plane(self, words: Sequence[str]) -> Floats:
        """Lay words out on a plane: their vectors' two main directions, as deviations from the words' mean.

        Args:
            words: At least one; each has a vector.

        Returns:
            float32, shape (N, 2), the direction in which the words differ most first, 0 where there is none; the first word lies to the
            right of, and above, the mean.

        Raises:
            ArgumentError: If a word has no vector, or there is none to lay out.

        Source:
            Pearson, On lines and planes of closest fit to systems of points in space, 1901.
        """
        check(len(words) > 0, "WordVectors", "words", "at least one", len(words))
        vectors = self.vectors[self._rows(words)].astype(np.float64)
        left, size, _ = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
        found = np.zeros((len(words), 2), np.float32)
        found[:, : len(size)] = (left * size)[:, :2]
        return found * np.where(found[:1] < 0, np.float32(-1), np.float32(1))  # whichever way round they were found

    def _nearest(self, direction: Floats, left_out: NDArray[np.int64], count: int) -> list[tuple[str, float]]:
        check(count >= 1, "WordVectors", "count", "at least 1", count)
        scores = self.directions @ (direction / max(float(np.linalg.norm(direction)), 1e-12))
        scores[left_out] = -np.inf
        best = np.argsort(-scores, kind="stable")[: max(0, min(count, len(self) - len(set(left_out.tolist()))))]
        return [(self.words[row], float(scores[row])) for row in best]

    def _rows(self, words: Sequence[str]) -> NDArray[np.int64]:
        missing = [word for word in words if word not in self.ids]
        check(not missing, "WordVectors", "words", f"among the {len(self):,} that have a vector", ", ".join(missing))
        return np.array([self.ids[word] for word in words], np.int64)
