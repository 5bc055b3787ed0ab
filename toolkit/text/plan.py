"""From a manifest and options to a Plan for export, and from a stored pipeline back to the encoder for prediction.

The source is read once to count words, so that the vocabulary and each text's length are known, and once more to encode; where
words are cut into pieces, these are counted in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, DataError, check, printable
from toolkit.text.encode import Counts, TextEncoder, count_block
from toolkit.text.subwords import learn_pieces
from toolkit.text.vocabulary import MAX_WORD_BYTES, SPECIALS, Vocabulary, is_short
from toolkit.text.words import WordOptions, Words
from toolkit.wing import SPLITS, Array, Manifest, Plan, Run, run_here

__all__ = ["TextOptions", "encoder", "pipeline_of", "plan"]

_BLOCK_ROWS = 1024


@dataclass(frozen=True)
class TextOptions(WordOptions):
    """What texts become: words as `WordOptions` has them, numbered by a vocabulary. Stop words that no text can have are refused.

    Args:
        min_count: Words that stand in the training texts less often are unknown, and so are those longer than 200 bytes; at least 1.
        max_vocabulary: Entries of the vocabulary at most; four stand for padding, unknown, start and end. Where words are cut into
            pieces, each piece has a number: neither this nor the least count matters then.
    """

    min_count: int = 2
    max_vocabulary: int = 50_000

    def __post_init__(self) -> None:
        super().__post_init__()
        for word in self.stop_words:
            words = Words(replace(self, stop_words=(), subwords=0))
            left = words.words_of(words.prepare(word))
            got = f"{word}, which becomes {' '.join(left) or 'nothing'}"
            check(left == [word], "text", "stop_words", "words as cutting and folding leave them", got)
        check(self.min_count >= 1, "text", "min_count", "at least 1", self.min_count)
        least = len(SPECIALS) + 1
        check(self.max_vocabulary >= least, "text", "max_vocabulary", f"at least {least}", self.max_vocabulary)


def plan(manifest: Manifest, options: TextOptions | None = None, *, seed: int = 0, run: Run = run_here) -> Plan:  # noqa: ARG001
    """Count words, fit the vocabulary on the training texts, and say what a text dataset file will hold.

    Args:
        manifest: Of kind ``"text"``.
        options: What texts become.
        seed: Not used: nothing is drawn.
        run: Counts blocks of texts.

    Returns:
        One array, ``tokens``, int32, ragged, and the encoder that fills it. Beside the vocabulary, `fitted` has ``num_words``, int64,
        shape (3,), and ``unknown_rate``, float64, shape (3,): of train, val and test; nan without words.
    """
    options = options or TextOptions()
    words, least, most = Words(options), options.min_count, options.max_vocabulary
    lengths, counts = _count(words, manifest, run)
    fit_on = counts[0].words
    if options.subwords:
        words = Words(options, tuple(learn_pieces(fit_on, options.subwords)))
        lengths, counts = _count(words, manifest, run)  # pieces, once more
        fit_on = Counter({piece: counts[0].words[piece] for piece in words.pieces_of_words})  # those that stand nowhere, too
        least, most = 0, options.subwords + len(SPECIALS)
    train = counts[0]
    vocabulary = Vocabulary.fit(fit_on, train.documents, num_documents=train.num_documents, min_count=least, max_size=most)
    fitted: dict[str, NDArray[Any] | Any] = {
        **vocabulary.to_meta(),
        "num_words": np.array([sum(part.words.values()) for part in counts], np.int64),
        "unknown_rate": np.array([1 - vocabulary.coverage(part.words) for part in counts], np.float64),
    }
    encode, note = TextEncoder(words, vocabulary), _tell(vocabulary, counts, _count_empty(manifest, lengths, counts))
    return Plan((Array("tokens", "int32", (), ragged=True),), encode, pipeline_of(options), lengths, fitted, note=note)


def _tell(vocabulary: Vocabulary, counts: Sequence[Counts], empty: Mapping[str, int]) -> str:
    """What a user might not expect: words that are too long for a number, a vocabulary without words, and texts without any."""
    long = sorted({word for part in counts for word in part.words if not is_short(word)})
    told = ["No word of train has a number: all are too rare, too long or left out."] if len(vocabulary) == len(SPECIALS) else []
    if long:
        told.append(f"Words longer than {MAX_WORD_BYTES} bytes have no number: {len(long):,}, the first is {printable(long[0], 40)}.")
    if empty:
        told.append(f"Texts without a word: {', '.join(f'{part} {count:,}' for part, count in empty.items())}.")
    return " ".join(told)


def _count_empty(manifest: Manifest, lengths: NDArray[np.int64], counts: Sequence[Counts]) -> dict[str, int]:
    """Count the texts of each split that can be read and have no word, where all rows have a split; splits without one are left out."""
    split = np.zeros(len(manifest), np.int8) if manifest.split is None else manifest.split
    if (split < 0).any():
        return {}
    filled = np.bincount(split[lengths > 0], minlength=len(SPLITS)).tolist()
    return {name: n for name, part, full in zip(SPLITS, counts, filled, strict=True) if (n := part.num_documents - full)}


def _count(words: Words, manifest: Manifest, run: Run) -> tuple[NDArray[np.int64], list[Counts]]:
    """Count the words of each text, and of each split."""
    lengths, counts = np.zeros(len(manifest), np.int64), [Counts() for _ in SPLITS]
    for start, found, by_split in run(count_block, words, _blocks(manifest), -(-len(manifest) // _BLOCK_ROWS)):
        lengths[start : start + len(found)] = found
        for split, part in by_split.items():
            counts[split].add(part)
    return lengths, counts


def pipeline_of(options: TextOptions | None = None) -> dict[str, Any]:
    """Return what `plan` will put into `Plan.pipeline`, which it knows before it reads a text."""
    return {"kind": "text", **(options or TextOptions()).to_json()}


def encoder(pipeline: Mapping[str, Any], vocabulary: Vocabulary) -> TextEncoder:
    """Rebuild the encoder from what a dataset file or a checkpoint keeps.

    Args:
        pipeline: What `plan` put into `Plan.pipeline`.
        vocabulary: The vocabulary that it fitted.

    Raises:
        DataError: If it is no pipeline for texts, or one that this version cannot follow.
    """
    try:
        check(pipeline.get("kind") == "text", "pipeline", "kind", "text", pipeline.get("kind"))
        options = WordOptions.from_json(pipeline)
        return TextEncoder(Words(options, vocabulary.words[len(SPECIALS) :] if options.subwords else ()), vocabulary)
    except (ArgumentError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"pipeline: the stored options must be readable, got this: {printable(str(error))}") from error


def _blocks(manifest: Manifest) -> Iterator[tuple[int, Manifest]]:
    for start in range(0, len(manifest), _BLOCK_ROWS):
        yield start, manifest.take(np.arange(start, min(start + _BLOCK_ROWS, len(manifest))))
