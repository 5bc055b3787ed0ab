"""Words cut into pieces: counts of the training words come in, pieces that make up any word go out, and cut words of any text.

Pieces are of UTF-8, and each byte is one: no word is unknown. A piece is named by its characters, and by Braille patterns, of which Unicode
has one a byte, for bytes that are no whole character.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise

from toolkit.errors import check
from toolkit.text.vocabulary import is_short

__all__ = ["MARK", "MIN_PIECES", "Pieces", "join_pieces", "learn_pieces"]

MARK = "##"
"""What a piece begins with that goes on with a word; no other piece begins so."""

MIN_PIECES = 512
"""Each byte, to begin a word and to go on with one."""

LEAST = 2
"""Pairs that stand together less often are not joined."""

Pair = tuple[bytes, bytes]
_ON = MARK.encode()
_BRAILLE = 0x2800
_NAMELESS = re.compile("[\udc80-\udcff\u2800-\u28ff]")  # bytes that are no character; and Braille, which would be read as bytes


class Pieces:
    """Cuts a word into the longest pieces, from its beginning to its end.

    Args:
        pieces: Those that begin a word, and with `MARK` those that go on with one.

    Source:
        Schuster & Nakajima, Japanese and Korean voice search, 2012 (WordPiece); longest match first as in Devlin et al., BERT, 2019.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._names = {_read(name): name for name in pieces}
        self._longest = max(map(len, self._names), default=0)

    def __call__(self, word: str) -> list[str]:
        """Return a word's pieces; the word itself where a byte is in none, which no pieces leave out that were learned."""
        data, found, start = word.encode(), [], 0
        while start < len(data):
            mark = _ON if start else b""
            for stop in range(min(len(data), start + self._longest), start, -1):
                piece = mark + data[start:stop]
                if piece in self._names and (start or not piece.startswith(_ON)):
                    break
            else:
                return [word]
            found.append(self._names[piece])
            start = stop
        return found


def learn_pieces(counts: Mapping[str, int], size: int) -> list[str]:
    """Choose pieces: all bytes, then what stands together most often in words, joined step by step.

    Args:
        counts: Word → how often it stands in the training texts.
        size: Pieces at most, at least `MIN_PIECES`.

    Returns:
        The pieces, in the order in which they were found, whatever the order of `counts`: of equal pairs the first by its bytes is
        joined, where Hugging Face's tokenizers (0.23) leave it to chance as soon as pieces bear a mark.

    Raises:
        ArgumentError: If `size` is too small.

    Source:
        Sennrich, Haddow & Birch, Neural machine translation of rare words with subword units, 2016; of bytes, as in Radford et al.,
        Language models are unsupervised multitask learners, 2019.
    """
    check(size >= MIN_PIECES, "text", "subwords", f"at least {MIN_PIECES}", size)
    known = sorted(word for word in counts if is_short(word))
    words = [[_ON * (place > 0) + bytes([byte]) for place, byte in enumerate(word.encode())] for word in known]
    pieces = dict.fromkeys(mark + bytes([byte]) for mark in (b"", _ON) for byte in range(256))
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
        piece = pair[0] + pair[1].removeprefix(_ON)
        if -negative != pairs[pair] or not is_short(_spell(piece)):
            continue  # its count has changed since, and was put there anew; or no vocabulary takes it
        if -negative < LEAST:
            break
        pieces[piece] = None
        changed: set[Pair] = set()
        for number in places.pop(pair):
            if len(joined := _join(words[number], pair)) < len(words[number]):  # or another join has parted the pair
                changed |= add(number, -1)
                words[number] = joined
                changed |= add(number, 1)
        for other in changed - {pair}:
            heappush(heap, (-pairs[other], other))
    return list(map(_spell, pieces))


def _join(word: list[bytes], pair: Pair) -> list[bytes]:
    joined: list[bytes] = []
    for piece in word:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece.removeprefix(_ON)
        else:
            joined.append(piece)
    return joined


def join_pieces(words: Iterable[str]) -> list[str]:
    """Put pieces together to the words that they were cut from; bytes that make up no character become U+FFFD.

    Example:
        >>> join_pieces(["read", "##er", "##s", "wait"])
        ['readers', 'wait']
    """
    joined: list[bytes] = []
    for word in map(_read, words):
        if word.startswith(_ON) and joined:
            joined[-1] += word.removeprefix(_ON)
        else:
            joined.append(word.removeprefix(_ON))
    return [word.decode(errors="replace") for word in joined]


def _spell(piece: bytes) -> str:
    """Name a piece; `_read` undoes it."""
    text = piece.decode(errors="surrogateescape")
    return _NAMELESS.sub(lambda found: "".join(chr(_BRAILLE + byte) for byte in found[0].encode(errors="surrogateescape")), text)


def _read(name: str) -> bytes:
    return b"".join(bytes([ord(c) - _BRAILLE]) if 0 <= ord(c) - _BRAILLE < 256 else c.encode() for c in name)
