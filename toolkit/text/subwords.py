"""Words cut into pieces: counts of the training words come in, pieces that make up any of them go out, and cut words of any text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise

from toolkit.errors import check
from toolkit.text.vocabulary import is_short

__all__ = ["MARK", "Pieces", "join_pieces", "learn_pieces"]

MARK = "##"
"""What a piece begins with that goes on with a word; no other piece begins so."""

Pair = tuple[str, str]
LEAST = 2
"""Pairs that stand together less often are not joined."""


class Pieces:
    """Cuts a word into the longest pieces, from its beginning to its end.

    Args:
        pieces: Those that begin a word, and with `MARK` those that go on with one.

    Source:
        Schuster & Nakajima, Japanese and Korean voice search, 2012 (WordPiece); longest match first as in Devlin et al., BERT, 2019.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self.pieces = frozenset(pieces)
        self._longest = max(map(len, self.pieces), default=0)

    def __call__(self, word: str) -> list[str]:
        """Return a word's pieces; the word itself, which is then unknown, where a character is in none."""
        found, start = [], 0
        while start < len(word):
            mark = MARK if start else ""
            for stop in range(min(len(word), start + self._longest), start, -1):
                piece = mark + word[start:stop]
                if piece in self.pieces and (start or not piece.startswith(MARK)):
                    break
            else:
                return [word]
            found.append(piece)
            start = stop
        return found


def learn_pieces(counts: Mapping[str, int], size: int) -> list[str]:
    """Choose pieces: all characters of the words, then what stands together most often, joined step by step.

    Args:
        counts: Word → how often it stands in the training texts.
        size: Pieces at most.

    Returns:
        The pieces, in the order in which they were found, whatever the order of `counts`: of equal pairs the first by its characters is
        joined, where Hugging Face's tokenizers (0.23) leave it to chance.

    Raises:
        ArgumentError: If the characters alone are more than `size`.

    Source:
        Sennrich, Haddow & Birch, Neural machine translation of rare words with subword units, 2016.
    """
    known = sorted(word for word in counts if is_short(word))
    words = [[MARK * (place > 0) + character for place, character in enumerate(word)] for word in known]
    pieces = dict.fromkeys(sorted({piece for word in words for piece in word}))
    check(len(pieces) <= size, "text", "subwords", f"at least {len(pieces)}, the characters of the training texts", size)
    pairs: Counter[Pair] = Counter()
    places: dict[Pair, set[int]] = defaultdict(set)

    def add(number: int, sign: int) -> set[Pair]:
        for pair in pairwise(words[number]):
            pairs[pair] += sign * counts[known[number]]
            places[pair].add(number)
        return set(pairwise(words[number]))

    for number in range(len(words)):
        add(number, 1)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapify(heap)
    while heap and len(pieces) < size:
        negative, pair = heappop(heap)
        if -negative != pairs[pair]:
            continue  # its count has changed since, and was put there anew
        if -negative < LEAST:
            break
        pieces[pair[0] + pair[1].removeprefix(MARK)] = None
        changed: set[Pair] = set()
        for number in places.pop(pair):
            changed |= add(number, -1)
            words[number] = _join(words[number], pair)
            changed |= add(number, 1)
        for other in changed - {pair}:
            heappush(heap, (-pairs[other], other))
    return list(pieces)


def _join(word: list[str], pair: Pair) -> list[str]:
    joined: list[str] = []
    for piece in word:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece.removeprefix(MARK)
        else:
            joined.append(piece)
    return joined


def join_pieces(words: Iterable[str]) -> list[str]:
    """Put pieces together to the words that they were cut from.

    Example:
        >>> join_pieces(["read", "##er", "##s", "wait"])
        ['readers', 'wait']
    """
    joined: list[str] = []
    for word in words:
        if word.startswith(MARK) and joined:
            joined[-1] += word.removeprefix(MARK)
        else:
            joined.append(word)
    return joined
