"""fastText's saved models (.bin) come in: dictionary and input matrix; each word's vector goes to a `Collector`, as fastText makes it.

A word's vector is the mean of its own row and the rows of its parts, character n-grams that are hashed into buckets.
Source: Bojanowski et al., Enriching word vectors with subword information, 2017; fastText 0.9.2, fasttext.cc, dictionary.cc, args.cc.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from recipes.word_vectors.collect import Collector
from recipes.word_vectors.vectors import Floats
from toolkit.errors import DataError, wording
from toolkit.text.vocabulary import SPECIALS

__all__ = ["MAGIC", "hash_parts", "read_fasttext"]

MAGIC = struct.pack("<i", 793712314)
"""How fastText's models begin."""

_SETTINGS, _COUNTS, _SHAPE = struct.Struct("<4xi12id"), struct.Struct("<3i2q"), struct.Struct("<?2q")
_VERSIONS, _SUPERVISED, _END = (11, 12), 3, b"</s>"


@dataclass(frozen=True, eq=False)
class _Model:
    """The input side of a model: rows of the dictionary's words first, rows of buckets behind them."""

    rows: Floats
    num_words: int
    buckets: int
    shortest: int
    longest: int

    def vector(self, word: bytes, *own: int) -> Floats:
        """Return the mean of a word's own row, if it has one, and its parts' rows; nan if there is neither."""
        parts = hash_parts(word, self.shortest, self.longest, self.buckets) if self.longest and word != _END else []
        rows = [*own, *(self.num_words + part for part in parts)]
        mean: Floats = self.rows[rows].sum(axis=0) * np.float32(1 / len(rows) if rows else np.nan)
        return mean


def read_fasttext(path: Path, found: Collector) -> int:
    """Read a model's words, and make vectors for words wanted that it lacks.

    Args:
        path: The file, not compressed: rows are read where they stand.
        found: Takes the words.

    Returns:
        Numbers of each word.

    Raises:
        DataError: If the model is compressed, quantised or of an unknown version.
        ValueError, struct.error: If it is cut off or damaged.
    """
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(MAGIC)] != MAGIC:
        fix = "Unpack it first, as `gunzip -k` does."
        raise DataError(wording("open", "a fastText model", "unpacked", "a compressed one", at=str(path), fix=fix))
    settings = _SETTINGS.unpack_from(data)
    version, size, *_, model, buckets, shortest, longest, _, _ = settings
    if version not in _VERSIONS:
        raise DataError(wording("open", "version", "11 or 12, as fastText's models have", version, at=str(path)))
    names, num_words, pruned, place = _read_dictionary(data, _SETTINGS.size)
    quantised, height, width = _SHAPE.unpack_from(data, place)
    if quantised or pruned > 0:
        fix = "Take the .bin model that it was made of, or have the vectors printed by `fasttext print-word-vectors`."
        raise DataError(wording("open", "a fastText model", "a full one (.bin)", "a quantised one (.ftz)", at=str(path), fix=fix))
    has_parts = longest > 0 and pruned < 0 and not (version == 11 and model == _SUPERVISED)
    if width != size or size < 1 or height < num_words + buckets * has_parts or buckets < has_parts:
        raise ValueError(f"a matrix of {height} × {width} for {num_words} words and {buckets} buckets of {size} numbers")
    rows = np.frombuffer(data, "<f4", height * width, place + _SHAPE.size).reshape(height, width)
    words = _Model(rows, num_words, buckets, shortest, longest if has_parts else 0)
    for row, name in enumerate(names):
        found.meet(name, f"word {row + 1}", partial(words.vector, name, row))
    _compose(words, found)
    return int(size)


def hash_parts(word: bytes, shortest: int, longest: int, buckets: int) -> list[int]:
    """Return the buckets of a word's parts, in fastText's order.

    Args:
        word: In UTF-8; it is looked at between < and >.
        shortest: Characters of a part, at least.
        longest: Characters of a part, at most.
        buckets: How many there are.

    Source:
        Dictionary::computeSubwords and Dictionary::hash: FNV-1a of 32 bits, its bytes taken as signed.
    """
    whole = f"<{word.decode()}>"
    characters = [[byte | 0xFFFFFF00 if byte > 127 else byte for byte in character.encode()] for character in whole]
    found = []
    for start in range(len(whole)):
        value = 2166136261
        for stop in range(start + 1, min(start + longest, len(whole)) + 1):
            for byte in characters[stop - 1]:
                value = (value ^ byte) * 16777619 & 0xFFFFFFFF
            length = stop - start
            if length >= shortest and not (length == 1 and (start == 0 or stop == len(whole))):
                found.append(value % buckets)
    return found


def _read_dictionary(data: mmap.mmap, place: int) -> tuple[list[bytes], int, int, int]:
    """Return the words, their number, how many parts were kept when it was pruned (−1: all), and where the matrix begins."""
    entries, num_words, num_labels, _, pruned = _COUNTS.unpack_from(data, place)
    if min(num_words, num_labels) < 0 or entries != num_words + num_labels:
        raise ValueError(f"a dictionary of {entries} entries, {num_words} words and {num_labels} labels")
    names, place = [], place + _COUNTS.size
    for entry in range(entries):
        end = data.find(b"\0", place)
        if end < 0 or end + 10 > len(data):
            raise ValueError(f"the end in entry {entry + 1:,} of the {entries:,} of the dictionary")
        if entry < num_words:
            names.append(data[place:end])
        place = end + 10  # behind the NUL stand a count of 8 bytes, and 1 for word or label
    return names, num_words, pruned, place + 8 * max(0, pruned)


def _compose(words: _Model, found: Collector) -> None:
    """Make vectors of their parts for words that the dictionary lacks."""
    for word in found.missing if words.longest else ():
        if word not in SPECIALS:
            found.compose(word, words.vector(word.encode()))
