"""What networks make of texts that are stored as numbers: one-hot, multi-hot, counts, tf-idf, n-grams; all from flat tokens and lengths.

Nothing as wide as the vocabulary is stored: a `Bag` keeps what stands in each text, and `dense` spreads a small batch when it is asked to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.text.vocabulary import SPECIALS, UNKNOWN, Vocabulary

__all__ = ["Bag", "count_tokens", "multi_hot", "ngrams", "number_runs", "one_hot", "tf_idf"]

Ints = NDArray[np.integer[Any]]


class _Flat(Protocol):
    """What runs are numbered with: numpy's arrays have it, and torch's tensors, on any device."""

    def __len__(self) -> int: ...
    def __getitem__(self, key: Any, /) -> Any: ...


_F = TypeVar("_F", bound=_Flat)


@dataclass(frozen=True, eq=False)
class Bag:
    """What stands in each of some texts, in compressed sparse rows: text i has the places from ``bounds[i]`` to ``bounds[i + 1]``.

    Args:
        bounds: int64, shape (B + 1,).
        tokens: int64, shape (entries,): rising within a text, none twice.
        values: float32, shape (entries,).
        size: V: tokens are in [0, V).
    """

    bounds: NDArray[np.int64]
    tokens: NDArray[np.int64]
    values: NDArray[np.float32]
    size: int

    @property
    def rows(self) -> NDArray[np.int64]:
        """The text of each entry, int64, shape (entries,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def dense(self) -> NDArray[np.float32]:
        """Spread the texts out: float32, shape (B, V); for a batch, not for a data set."""
        spread = np.zeros((len(self.bounds) - 1, self.size), np.float32)
        spread[self.rows, self.tokens] = self.values
        return spread


def one_hot(tokens: Ints, size: int) -> NDArray[np.float32]:
    """Spread tokens out.

    Args:
        tokens: Each in [0, V), shape (N,).
        size: V.

    Returns:
        Float32, shape (N, V): 1 at each token, 0 elsewhere.

    Raises:
        ArgumentError: If a token is out of range.
    """
    _check_tokens(tokens, size)
    spread = np.zeros((len(tokens), size), np.float32)
    spread[np.arange(len(tokens)), tokens] = 1
    return spread


def multi_hot(tokens: Ints, lengths: Ints, size: int) -> NDArray[np.float32]:
    """Say which tokens stand in each text: the logical OR of its tokens' one-hots.

    Args:
        tokens: Those of all texts end to end, each in [0, V).
        lengths: Number of each text's tokens, shape (B,).
        size: V.

    Returns:
        Float32, shape (B, V), 0 or 1; of a text without tokens all 0.

    Raises:
        ArgumentError: If a token is out of range, or the lengths do not add up.
    """
    _check_lengths(tokens, lengths, size)
    spread = np.zeros((len(lengths), size), np.float32)
    spread[np.repeat(np.arange(len(lengths)), lengths), tokens] = 1
    return spread


def count_tokens(tokens: Ints, lengths: Ints, size: int) -> Bag:
    """Count how often each token stands in each text; the arguments are those of `multi_hot`."""
    _check_lengths(tokens, lengths, size)
    keys = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths) * size + tokens
    found, counts = np.unique(keys, return_counts=True)
    bounds = np.searchsorted(found, np.arange(len(lengths) + 1, dtype=np.int64) * size)
    return Bag(bounds.astype(np.int64), found % size, counts.astype(np.float32), size)


def tf_idf(tokens: Ints, lengths: Ints, vocabulary: Vocabulary) -> Bag:
    """Weigh the words of each text by how rare they are among the training texts; the specials, unknown words too, weigh nothing.

    Args:
        tokens: Those of all texts end to end.
        lengths: Number of each text's tokens, shape (B,).
        vocabulary: Knows in how many training texts each word stands.

    Returns:
        Counts times ln((1 + n) / (1 + d)) + 1, for n training texts of which d hold the word, each text brought to length 1.

    Source:
        Spärck Jones, A statistical interpretation of term specificity, 1972; smoothed and normalised as in scikit-learn.
    """
    bag = count_tokens(tokens, lengths, len(vocabulary))
    weight = np.log((1 + vocabulary.num_documents) / (1 + vocabulary.documents)) + 1
    weight[: len(SPECIALS)] = 0
    values = bag.values * weight[bag.tokens]
    length = np.sqrt(np.bincount(bag.rows, values**2, len(lengths)))[bag.rows]
    return Bag(bag.bounds, bag.tokens, (values / np.where(length > 0, length, 1)).astype(np.float32), bag.size)


def ngrams(tokens: Ints, lengths: Ints, n: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the runs of n tokens of each text: views of the tokens, made when features are, never stored.

    Args:
        tokens: Those of all texts end to end, each in [0, V).
        lengths: Number of each text's tokens, shape (B,).
        n: Tokens of a run, at least 1. With all of 1 … n a text has its n-grams up to that order.
        size: V; Vⁿ must be below 2⁶³.

    Returns:
        int64, shape (runs,): t₁ Vⁿ⁻¹ + … + tₙ, equal where the runs are; none reaches over a text's end, none holds an unknown word if
        n > 1. And int64, shape (B,): the number of each text's runs.

    Raises:
        ArgumentError: If a token is out of range, the lengths do not add up, or the numbers would not fit.
    """
    _check_lengths(tokens, lengths, size)
    check(n >= 1 and size**n < 1 << 63, "ngrams", "n", f"at least 1, and {size}ⁿ below 2⁶³", n)
    flat, text = np.asarray(tokens, np.int64), np.repeat(np.arange(len(lengths)), lengths)
    unknown = flat == UNKNOWN
    stretch = text + 2 * np.cumsum(unknown) - unknown  # each unknown word stands alone
    runs, inside = number_runs(flat, stretch, n, size)
    return runs[inside], np.bincount(text[: len(runs)][inside], minlength=len(lengths)).astype(np.int64)


def number_runs(tokens: _F, stretches: _F, n: int, base: int) -> tuple[_F, _F]:
    """Number all runs of n tokens, and say which lie within one stretch.

    Args:
        tokens: int64, shape (N,), each in [0, base).
        stretches: Rising, shape (N,): equal where tokens belong to one stretch, such as a text.
        n: Tokens of a run, at least 1.
        base: baseⁿ must be at most 2⁶³.

    Returns:
        int64, shape (max(0, N − n + 1),): t₁ baseⁿ⁻¹ + … + tₙ; and bool, whether each is of one stretch. Both as the arguments are:
        arrays, or tensors on their device.
    """
    count = max(0, len(tokens) - n + 1)
    runs = tokens[:count]
    for place in range(1, n):
        runs = runs * base + tokens[place : place + count]
    return runs, stretches[:count] == stretches[len(stretches) - count :]


def _check_tokens(tokens: Ints, size: int) -> None:
    bad = [] if not len(tokens) or (tokens.min() >= 0 and tokens.max() < size) else tokens[(tokens < 0) | (tokens >= size)][:1].tolist()
    check(not bad, "text", "tokens", f"in [0, {size})", *bad or [None])


def _check_lengths(tokens: Ints, lengths: Ints, size: int) -> None:
    total = int(lengths.sum()) if len(lengths) else 0
    check(total == len(tokens), "text", "lengths", f"{len(tokens)} tokens together", total)
    _check_tokens(tokens, size)
