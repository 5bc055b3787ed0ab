"""How good word vectors are: files of analogies and judged pairs come in, shares and correlations go out to callbacks and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipes.word_vectors import WordVectors
from toolkit.errors import DataError, printable, wording

__all__ = ["read_analogies", "read_pairs", "score_analogies", "score_pairs"]

Pair = tuple[str, str, float]

_BLOCK = 512


def read_analogies(path: str | Path) -> list[tuple[str, str, str, str]]:
    """Read a file in the format of questions-words.txt: four words a line, in small letters here; lines that begin with a colon part them.

    Args:
        path: UTF-8.

    Raises:
        DataError: If it cannot be read, or a line has other than four words.
    """
    found: list[tuple[str, str, str, str]] = []
    for number, line in _lines(path):
        words = line.split()
        if len(words) != 4:
            raise DataError(wording("words", f"line {number}", "four words", line, at=str(path)))
        found.append((words[0], words[1], words[2], words[3]))
    return found


def read_pairs(path: str | Path) -> list[Pair]:
    """Read a file of judged pairs, as WordSim-353's: two words and a number, parted by tabs, commas or semicolons; small letters here.

    Args:
        path: UTF-8. A first line without a number, and lines that begin with # or a colon, are passed over.

    Raises:
        DataError: If it cannot be read, or another line is no such pair.
    """
    found: list[Pair] = []
    for number, line in _lines(path):
        fields = line.replace(",", "\t").replace(";", "\t").split("\t")
        try:
            found.append((fields[0].strip(), fields[1].strip(), float(fields[2])))
        except (IndexError, ValueError) as error:
            if number > 1:
                raise DataError(wording("words", f"line {number}", "two words and a number", line, at=str(path))) from error
    return found


def score_analogies(vectors: WordVectors, questions: Sequence[tuple[str, str, str, str]]) -> tuple[float, int]:
    """Ask what is to c as b is to a, in all vectors.

    Args:
        vectors: Of words in small letters.
        questions: a, b, c and the answer.

    Returns:
        The share that is answered right, in [0, 1], nan without questions; and how many could be asked: all four words have vectors.

    Source:
        Mikolov, Yih & Zweig, 2013; 3CosAdd.
    """
    known = [[vectors.ids[word] for word in question] for question in questions if all(word in vectors.ids for word in question)]
    rows, directions, right = np.array(known, np.int64).reshape(-1, 4), vectors.directions, 0
    for start in range(0, len(rows), _BLOCK):
        asked, answer = rows[start : start + _BLOCK, :3], rows[start : start + _BLOCK, 3]
        first, second, third = (directions[column] for column in asked.T)
        scores = (second - first + third) @ directions.T
        np.put_along_axis(scores, asked, -np.inf, axis=1)
        right += int((scores.argmax(1) == answer).sum())
    return (right / len(rows) if len(rows) else float("nan")), len(rows)


def score_pairs(vectors: WordVectors, pairs: Sequence[Pair]) -> tuple[float, int]:
    """Compare cosines with how alike people judge words to be.

    Args:
        vectors: Of words in small letters.
        pairs: Two words, and the judgement.

    Returns:
        Spearman's rank correlation, in [−1, 1], nan where there is nothing to rank; and how many pairs have vectors.
    """
    known = [pair for pair in pairs if pair[0] in vectors.ids and pair[1] in vectors.ids]
    one, other = ([vectors.ids[word] for word in words] for words in ([pair[0] for pair in known], [pair[1] for pair in known]))
    products = (vectors.directions[one] * vectors.directions[other]).sum(1)
    cosines, judged = _ranks(products), _ranks(np.array([value for *_, value in known]))
    if len(known) < 2 or min(np.ptp(cosines), np.ptp(judged)) == 0:
        return float("nan"), len(known)
    return float(np.corrcoef(cosines, judged)[0, 1]), len(known)


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Rank values from 1; equal ones share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _lines(path: str | Path) -> list[tuple[int, str]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"words: tests must be readable, got this from {printable(str(path))}: {printable(str(error))}.") from error
    numbered = ((number, line.strip().lower()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in numbered if line and line[0] not in ":#"]
