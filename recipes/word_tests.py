"""How good word vectors are: files of analogies and judged pairs come in, shares and correlations go out to callbacks and benchmarks."""

from __future__ import annotations

import csv
import re
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
_DELIMITERS = ("\t", ";", ",")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}[.,]?[0-9]*|[.,][0-9]+)")
_NAME = re.compile(r"(?!(?:nan|inf|na|n/a|none|null)$)\D*[^\W\d_]\D*")  # other than a number that is damaged or missing
_FIRST_WORD = re.compile(r"(?:word|w)[ _]?1")
_SCORES = frozenset({"simlex999", "human (mean)", "score", "similarity", "rating", "mean"})
_PARTS_OF_SPEECH = frozenset("anvr")
_TAG = re.compile(r"[^-]-[njv]$")
_FORMS = "Write a pair a line: love, a tab, sex, a tab, 6.77; or take a file as SimLex-999, WordSim-353 or MEN are published."


def read_analogies(path: str | Path) -> list[tuple[str, str, str, str]]:
    """Read a file in the format of questions-words.txt: four words a line, as they are written; lines that begin with a colon part them.

    Args:
        path: UTF-8.

    Raises:
        DataError: If it cannot be read, or a line has other than four words.
    """
    found: list[tuple[str, str, str, str]] = []
    for number, line in _lines(path, fold=False):
        words = line.split()
        if len(words) != 4 or _number(words[3]) is not None:
            raise DataError(wording("words", f"line {number}", "four words", line, at=str(path)))
        found.append((words[0], words[1], words[2], words[3]))
    return found


def read_pairs(path: str | Path) -> list[Pair]:
    """Read a file of judged pairs as they are published: two words and a number a line, in small letters here.

    Args:
        path: UTF-8, its columns parted by tabs, semicolons, commas or spaces; lines that begin with # or a colon are passed over. The
            score is the column that the first line calls so (SimLex999, Human (mean), score, similarity, rating, mean), else the third
            (WordSim-353, MEN, RG-65, Rare Words), or the fourth behind a part of speech (SimVerb-3500). ``3,94`` is a number where
            commas part no columns. MEN's tags, ``sun-n sunlight-n``, are taken off where every word has one.

    Raises:
        DataError: If it cannot be read, a line is no such pair, or it cannot be told which number is the score.
    """
    lines = _lines(path)
    if not lines:
        raise DataError(wording("words", "tests", "pairs of words", "none", at=str(path)))
    delimiter = next((mark for mark in _DELIMITERS if len(_fields(lines[0][1], mark)) > 2), None)
    rows = [(number, line, _fields(line, delimiter)) for number, line in lines]
    first, score, names = 0, _find_score(rows[0][2]), []
    if score is None:
        names = rows[0][2]
        first, score = _find_named(rows, path)
        rows = rows[1:]
    if not rows:
        raise DataError(wording("words", "tests", "pairs of words", "names of columns alone", at=str(path)))
    found: list[Pair] = []
    for number, line, fields in rows:
        value = _number(fields[score]) if len(fields) > score else None
        if value is None or not fields[first] or not fields[first + 1]:
            raise DataError(wording("words", f"line {number}", "two words and a number", line, at=str(path), fix=_FORMS))
        if delimiter == "," and len(fields) == 4 != len(names) and fields[2].isdigit() and fields[3].isdigit():  # 6, or 6.77?
            fix = "Part columns by tabs or semicolons where numbers have a comma, or put these in quotes."
            raise DataError(wording("words", f"line {number}", "two words and a number that is clear", line, at=str(path), fix=fix))
        found.append((fields[first], fields[first + 1], value))
    tagged = all(_TAG.search(word) for *words, _ in found for word in words)
    return [(one[:-2], other[:-2], value) for one, other, value in found] if tagged else found


def _fields(line: str, delimiter: str | None) -> list[str]:
    """Cut a line into fields, at white space where there is no delimiter; quotes round a field go."""
    if delimiter is None:
        return line.split()
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a field of 128 KiB
        return [line]


def _number(field: str) -> float | None:
    """Read a number, with a point or a comma."""
    return float(field.replace(",", ".")) if _NUMBER.fullmatch(field) else None


def _find_score(fields: Sequence[str]) -> int | None:
    """Say in which column a line of a file without names has its score; None if it has none."""
    numbers = [_number(field) is not None for field in fields]
    if numbers[2:3] == [True]:
        return 2
    return 3 if numbers[3:4] == [True] and fields[2] in _PARTS_OF_SPEECH else None


def _find_named(rows: Sequence[tuple[int, str, Sequence[str]]], path: str | Path) -> tuple[int, int]:
    """Say by a line of names where the first word stands, and the score: what is called so, or else the only numbers behind the words."""
    (number, line, names), *others = rows
    first = next((column for column, name in enumerate(names) if _FIRST_WORD.fullmatch(name)), 0)
    behind = range(first + 2, len(names))
    named = [column for column in behind if names[column] in _SCORES]
    found = named or [c for c in behind if others and all(len(row) > c and _number(row[c]) is not None for *_, row in others)]
    if len(found) != 1 or not (named or _NAME.fullmatch(names[found[0]])):
        rule = "two words and a number, or names of columns, one of them that of the score"
        raise DataError(wording("words", f"line {number}", rule, line, at=str(path), fix=_FORMS))
    return first, found[0]


def score_analogies(vectors: WordVectors, questions: Sequence[tuple[str, str, str, str]]) -> tuple[float, int]:
    """Ask what is to c as b is to a, in all vectors.

    Args:
        vectors: Of words.
        questions: a, b, c and the answer, each taken in small letters where it is no word as it is written.

    Returns:
        The share that is answered right, in [0, 1], nan without questions; and how many could be asked: all four words have vectors.

    Source:
        Mikolov, Yih & Zweig, 2013; 3CosAdd.
    """
    found = ([vectors.ids.get(word, vectors.ids.get(word.lower(), -1)) for word in question] for question in questions)
    known = [ids for ids in found if min(ids) >= 0]
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


def _lines(path: str | Path, *, fold: bool = True) -> list[tuple[int, str]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"words: tests must be readable, got this from {printable(str(path))}: {printable(str(error))}.") from error
    text = text.lower() if fold else text
    numbered = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in numbered if line and line[0] not in ":#"]
