"""word2vec's binary format comes in, a word, a space and its numbers one behind the other; each word goes to a `Collector`."""

from __future__ import annotations

from functools import partial
from io import BufferedReader

import numpy as np

from recipes.word_vectors.collect import Collector
from recipes.word_vectors.vectors import Floats

__all__ = ["read_binary"]

_CHUNK_BYTES = 1 << 20
_MAX_WORD_BYTES = 1 << 16


def read_binary(file: BufferedReader, count: int, size: int, found: Collector) -> None:
    """Read the words behind the first line, a chunk at a time.

    Args:
        file: Open, behind its first line.
        count: Words that the first line promises.
        size: Numbers of each.
        found: Takes the words.

    Raises:
        ValueError: If there are more or fewer words.
    """
    data, place, width = b"", 0, 4 * size
    for row in range(count):
        while (space := data.find(b" ", place)) < 0 or len(data) < space + 1 + width:
            more = file.read(_CHUNK_BYTES)
            if not more or (space < 0 and len(data) - place > _MAX_WORD_BYTES):
                raise ValueError(f"the end in word {row + 1:,} of the {count:,} of the first line")
            data, place = data[place:] + more, 0
        # word2vec ends each vector with a line break, some writers do not
        word = data[place:space].lstrip(b"\n")
        found.meet(word, f"word {row + 1}", partial(_parse, data, size, space + 1))
        place = space + 1 + width
    if (data[place:] + file.read(_CHUNK_BYTES)).strip():
        raise ValueError(f"more than the {count} words of the first line")


def _parse(data: bytes, size: int, start: int) -> Floats:
    return np.frombuffer(data, "<f4", size, start).astype(np.float32)
