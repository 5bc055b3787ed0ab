"""Words and their vectors: files in word2vec's text and binary formats come in and go out, neighbours and analogies are asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, check, printable, wording

__all__ = ["WordVectors", "read_vectors", "write_vectors"]

Floats = NDArray[np.float32]

_MAX_LINE_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and what a network knows of them.

    Args:
        words: Each once, those in frequent use first.
        vectors: float32, shape (V, D): the vector of each.

    Example:
        >>> grid = WordVectors(("king", "queen", "man", "woman"), np.array([[1, 1], [1, -1], [0.1, 1], [0.1, -1]], np.float32))
        >>> grid.analogy("man", "king", "woman")[0][0]
        'queen'
    """

    words: tuple[str, ...]
    vectors: Floats

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


def write_vectors(path: str | Path, vectors: WordVectors) -> list[str]:
    """Write a file that word2vec and gensim read.

    Args:
        path: Where to; ``.bin`` makes the binary format, any other name the text format, nine digits a number.
        vectors: What to write.

    Returns:
        The words that were left out: the formats part a word from its numbers by a space, so none with white space can stand in them.
    """
    path = Path(path)
    rows = [row for row, word in enumerate(vectors.words) if word and not any(map(str.isspace, word))]
    binary = path.suffix == ".bin"
    with open(path, "wb") as file:
        file.write(f"{len(rows)} {vectors.vectors.shape[1]}\n".encode())
        for row in rows:
            values = vectors.vectors[row]
            numbers = values.astype("<f4").tobytes() if binary else " ".join(map("{:.9g}".format, values.tolist())).encode()
            file.write(vectors.words[row].encode() + b" " + numbers + b"\n")
    kept = set(rows)
    return [word for row, word in enumerate(vectors.words) if row not in kept]


def read_vectors(path: str | Path) -> WordVectors:
    """Read a file in one of word2vec's formats.

    Args:
        path: ``.bin`` is read as binary, any other as text, in UTF-8.

    Returns:
        The vectors. Of a word that comes twice the first counts: published files have such words.

    Raises:
        DataError: If the file is missing, is not what its first line says, or holds a number that is not finite.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            count, size = _read_header(file, path)
            read = _read_binary if path.suffix == ".bin" else _read_text
            words, vectors = read(file, count, size)
    except OSError as error:
        raise DataError(f"open: vectors must be readable, got this from {printable(str(path))}: {error.strerror}.") from error
    except ValueError as error:
        reason = printable(" ".join(str(error).split()))
        raise DataError(f"open: vectors must be as word2vec writes them, got this from {printable(str(path))}: {reason}.") from error
    _check_finite(words, vectors, path)
    first = {word: row for row, word in reversed(list(enumerate(words)))}
    rows = sorted(first.values())
    return WordVectors(tuple(words[row] for row in rows), vectors if len(rows) == count else vectors[rows])


def _read_header(file: BinaryIO, path: Path) -> tuple[int, int]:
    fields = file.readline(_MAX_LINE_BYTES).split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        got = b" ".join(fields[:4])[:40].decode(errors="replace")
        raise DataError(wording("open", "first line", "two numbers, of words and of their size", got, at=str(path)))
    count, size = map(int, fields)
    least = count * (2 * size + 1)  # a letter or a digit, and a space, for each
    if size < 1 or least > path.stat().st_size:
        rule = f"at least {least:,} bytes for {count:,} words of {size} numbers"
        raise DataError(wording("open", "file", rule, f"{path.stat().st_size:,}", at=str(path)))
    return count, size


def _check_finite(words: list[str], vectors: Floats, path: Path) -> None:
    with np.errstate(invalid="ignore"):  # infinities that cancel out: what is told of below
        finite = np.isfinite(vectors.sum(1, dtype=np.float64))  # of doubles, no sum of finite floats is infinite
    if not finite.all():
        row = int(finite.argmin())
        got = float(vectors[row][~np.isfinite(vectors[row])][0])
        raise DataError(wording("open", f"the vector of {printable(words[row])}", "of finite numbers", got, at=str(path)))


def _read_text(file: BinaryIO, count: int, size: int) -> tuple[list[str], Floats]:
    words, vectors = [], np.empty((count, size), np.float32)
    for row in range(count):
        word, *numbers = file.readline(_MAX_LINE_BYTES).rstrip().split(b" ")
        if len(numbers) != size:
            raise ValueError(f"{len(numbers)} numbers in place of {size} in line {row + 2}")
        with np.errstate(over="ignore"):  # infinite then, which is told of later
            vectors[row] = np.array(numbers, np.float32)
        words.append(word.decode())
    if file.readline(_MAX_LINE_BYTES).strip():
        raise ValueError(f"more than the {count} words of the first line")
    return words, vectors


def _read_binary(file: BinaryIO, count: int, size: int) -> tuple[list[str], Floats]:
    data, place = file.read(), 0
    words, vectors = [], np.empty((count, size), np.float32)
    for row in range(count):
        space = data.index(b" ", place)
        vectors[row] = np.frombuffer(data, "<f4", size, space + 1)
        words.append(data[place:space].lstrip(b"\n").decode())  # word2vec ends each vector with a line break, some writers do not
        place = space + 1 + 4 * size
    if data[place:].strip():
        raise ValueError(f"more than the {count} words of the first line")
    return words, vectors
