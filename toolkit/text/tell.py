"""What a report tells of texts alone: rows and figures of a source come in, topics go out: lengths, the vocabulary, what classes say.

Words are read once more, into a temporary file where the source is raw. What a dataset file does not keep is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.text.laws import count_words, spread
from toolkit.text.running import Running, number_rows
from toolkit.text.tell_classes import tell_classes
from toolkit.text.tell_vocabulary import tell_vocabulary
from toolkit.wing import SPLITS, Curve, Lines, Manifest, Topic

__all__ = ["tell"]

Rows = NDArray[np.int64]


class _File(Protocol):
    """What is asked of an open dataset file."""

    @property
    def splits(self) -> Sequence[str]:
        """Names of its splits."""
        ...

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The entries."""
        ...

    @property
    def meta(self) -> Mapping[str, NDArray[Any]]:
        """What was fitted on train."""
        ...

    def __getitem__(self, name: str) -> Any:
        """A split, with `tokens` and `offsets`."""
        ...


def tell(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows, *, file: _File | None = None) -> list[Topic]:
    """Tell of texts what no other kind of data has.

    Args:
        manifest: Of kind ``"text"``.
        columns: What was measured of it.
        rows: Those that count, int64.
        file: The dataset file whose samples these are; None reads the raw texts.

    Returns:
        How long texts are; which words they have and how often; and, where there are classes, what is typical of each. The last two
        are of training texts, and of those that have no split yet.
    """
    split = np.full(len(manifest), -1) if manifest.split is None else manifest.split
    parts = {name: rows[split[rows] == number] for number, name in [*enumerate(SPLITS), (-1, "not split")]}
    parts = {name: part for name, part in parts.items() if len(part)}
    train = rows[split[rows] <= 0]
    topics = [_tell_lengths(columns["words"], parts)] if parts else []
    if not len(train):
        return topics
    if file is None:
        running, place = number_rows(manifest), np.arange(len(manifest))
    else:
        running, place = Running(file["train"].tokens, file["train"].offsets, file.vocabulary), manifest.columns["row"]
    order = np.random.default_rng(0).permutation(train)  # classes often stand one after another
    counts, first = count_words(running.blocks(place[order]), len(running.words))
    if file is None:
        unknown = {name: _unknown_rate(running, part, counts) for name, part in parts.items() if name in SPLITS[1:]}
    else:
        unknown = {name: float(rate) for name, rate in zip(SPLITS, file.meta["unknown_rate"], strict=True) if name in parts}
    topics.append(tell_vocabulary(counts, first, unknown, raw=file is None))
    return topics + tell_classes(running, place, train, manifest)


def _tell_lengths(words: NDArray[Any], parts: Mapping[str, Rows]) -> Topic:
    """Which share of texts is longer than a given length."""
    lengths = {name: np.sort(words[rows]).astype(np.int64) for name, rows in parts.items()}
    everything = np.concatenate(list(lengths.values()))
    limits = 1 << np.arange(4, max(5, int(everything.max()).bit_length() + 1))
    cut = {name: _share_longer(found, limits).tolist() for name, found in lengths.items()}
    lost = [_share_lost(everything, limit) for limit in limits.tolist()]
    places = spread(max(1, int(everything.max())))
    curves: dict[str, Curve] = {name: (places, _share_longer(found, places)) for name, found in lengths.items()}
    losses: dict[str, Curve] = {"all": (places, np.array([_share_lost(everything, limit) for limit in places.tolist()]))}
    plots = (
        Lines("texts cut", "Texts that are longer than a limit.", ("limit, words", "share of texts"), curves, {}, (True, False)),
        Lines("words lost", "Words of all texts beyond a limit.", ("limit, words", "share of words"), losses, {}, (True, False)),
    )
    head = ("words kept of a text", *(f"{name}: texts cut" for name in cut), "all: words lost")
    table = "Texts cut off at a limit", head, list(zip([f"{limit:,}" for limit in limits.tolist()], *cut.values(), lost, strict=True))
    figures = {"limits": limits.tolist(), "cut": cut, "lost": lost}
    return Topic("lengths", "Lengths, and what a limit cuts off", plots=plots, tables=(table,), figures=figures)


def _share_longer(lengths: NDArray[np.int64], limits: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray((len(lengths) - np.searchsorted(lengths, limits, "right")) / len(lengths), np.float64)


def _share_lost(lengths: NDArray[np.int64], limit: int) -> float:
    return float(np.maximum(lengths - limit, 0).sum() / max(1, lengths.sum()))


def _unknown_rate(running: Running, rows: Rows, known: NDArray[np.int64]) -> float:
    """Words that no training text has, as a share of those of some rows; nan without words."""
    unknown = total = 0
    for tokens, _ in running.blocks(rows):
        unknown, total = unknown + int((known[tokens] == 0).sum()), total + len(tokens)
    return unknown / total if total else float("nan")
