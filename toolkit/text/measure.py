"""What texts are like, in numbers: texts come in, columns of statistics go out, to reports and checks."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.text.documents import load_texts
from toolkit.text.sketch import BANDS, sketch
from toolkit.text.tokenize import split_sentences
from toolkit.text.vocabulary import UNKNOWN
from toolkit.text.words import Numbering, WordOptions, Words
from toolkit.wing import Encoded, Manifest

__all__ = ["COLUMNS", "STORED_COLUMNS", "measure", "measure_stored", "number_words"]

_SKETCH = {f"sketch_{band}": "uint64" for band in range(BANDS)}

COLUMNS = {
    "characters": "int32",
    "words": "int32",
    "sentences": "int32",
    "distinct": "float32",
    "capitals": "float32",
    "controls": "int32",
    "mixed_scripts": "int32",
    "damage": "int32",
    "text_hash": "uint64",
    **_SKETCH,
}
"""What `measure` finds, and the dtype of each column."""

STORED_COLUMNS = {"words": "int32", "distinct": "float32", "unknown": "float32", "text_hash": "uint64", **_SKETCH}
"""What `measure_stored` finds."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# UTF-8 that was read as Latin-1 or Windows-1252, and what decoders leave where they gave up.
_DAMAGE = re.compile("Ã[\x80-\xbf\u0152-\u02dc\u2013-\u2122]|â€|Â[\xa0-\xbf]|ï»¿|\ufffd")
_MIXED = re.compile("[a-zA-ZÀ-ɏ][Ͱ-ϿЀ-ӿ]|[Ͱ-ϿЀ-ӿ][a-zA-ZÀ-ɏ]")  # one script's letters inside a word of another


def measure(rows: Manifest) -> Encoded:
    """Measure raw texts; the wing's `measure` for `toolkit.statistics`.

    Args:
        rows: Of kind ``"text"``.

    Returns:
        Arrays of shape (N,) for each of `COLUMNS`, zeros in rows that failed:

        - characters, words, sentences: how many; words are runs of letters and digits, or of other signs.
        - distinct: different words, as a share of all; capitals: of all letters. Both in [0, 1].
        - controls: characters that steer and show nothing; mixed_scripts: places where Latin letters touch Greek or Cyrillic ones;
          damage: places that look like text read in a wrong encoding.
        - text_hash: 64 bits of a digest: equal where texts are; 0 for a text without a word.
        - sketch_0, …: equal somewhere for texts with most runs of words in common, as `toolkit.text.sketch` has them.
    """
    failures: dict[int, str] = {}
    contents = [UNREAD] * len(rows)
    columns = {name: np.zeros(len(rows), dtype) for name, dtype in COLUMNS.items()}
    for i, text in load_texts(rows, failures=failures, contents=contents):
        for name, value in _measure(text).items():
            columns[name][i] = value
    return Encoded(columns, failures, contents=None if "start" in rows.columns else contents)


def measure_stored(arrays: Mapping[str, NDArray[Any]], lengths: NDArray[np.int64] | None = None) -> Encoded:
    """Measure texts as a dataset file holds them; the wing's `measure_stored` for `toolkit.statistics`.

    Args:
        arrays: ``tokens``, int32: those of all texts end to end.
        lengths: int64, shape (N,): number of each text's tokens.

    Returns:
        Arrays of shape (N,) for each of `STORED_COLUMNS`; unknown is the share of words that have no number, in [0, 1].
    """
    ends = np.cumsum(lengths) if lengths is not None else np.empty(0, np.int64)
    columns = {name: np.zeros(len(ends), dtype) for name, dtype in STORED_COLUMNS.items()}
    for i, tokens in enumerate(np.split(arrays["tokens"], ends[:-1]) if len(ends) else ()):
        found = _tell(tokens, tokens.tobytes())
        for name, value in (found | {"unknown": float((tokens == UNKNOWN).mean()) if len(tokens) else 0}).items():
            columns[name][i] = value
    return Encoded(columns)


def number_words(text: str) -> NDArray[np.int32]:
    """Return a number for each word of a text, equal where words are but for capitals."""
    return _numbering().of(text)


@lru_cache(maxsize=1)
def _numbering() -> Numbering:
    return Numbering(Words(WordOptions(lower=True)), lambda word: zlib.crc32(word.encode()) & 0x7FFFFFFF)


def _measure(text: str) -> dict[str, float]:
    letters = sum(map(str.isalpha, text))
    found: dict[str, float] = {
        "characters": len(text),
        "sentences": len(split_sentences(text)),
        "capitals": sum(map(str.isupper, text)) / max(1, letters),
        "controls": len(_CONTROLS.findall(text)),
    }
    if not text.isascii():
        found |= {"mixed_scripts": len(_MIXED.findall(text)), "damage": len(_DAMAGE.findall(text))}
    return found | _tell(number_words(text), text.encode())


def _tell(numbers: NDArray[np.int32], data: bytes) -> dict[str, float]:
    """What the numbers of a text's words tell, and the hash of the text."""
    if not len(numbers):
        return {"words": 0}
    digest = int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
    bands = {f"sketch_{band}": value for band, value in enumerate(sketch(numbers).tolist())}
    return {"words": len(numbers), "distinct": len(np.unique(numbers)) / len(numbers), "text_hash": max(1, digest), **bands}
