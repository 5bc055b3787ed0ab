"""The vocabulary as a topic of the report: counts of words, and when each was met first, come in; growth, ranks and coverage go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.text.laws import Law, fit_heaps, fit_zipf, spread
from toolkit.text.vocabulary import SPECIALS, UNKNOWN
from toolkit.wing import Curve, Lines, Topic

__all__ = ["tell_vocabulary"]

_MIN_COUNTS = 1, 2, 3, 5, 10
_SIZES = 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000


def tell_vocabulary(counts: NDArray[np.int64], first: NDArray[np.int64], unknown: Mapping[str, float], *, raw: bool) -> Topic:
    """Tell how many words there are, how often they stand there, and how many of them a vocabulary of some size knows.

    Args:
        counts: int64, shape (V,), of each number, the specials' first; unknown words are those that a file does not tell apart.
        first: int64, rising: among all words read, the place of each different one's first time.
        unknown: Share of words that the training texts, or the file's vocabulary, do not have, by split.
        raw: Whether these are raw texts.
    """
    total, unnamed = int(counts.sum()), int(counts[UNKNOWN])
    falling = -np.sort(-counts[len(SPECIALS) :])
    falling = falling[falling > 0]
    covered = np.cumsum(falling) / max(1, total)
    read = spread(0 if unnamed else total)
    growth = np.searchsorted(first, read)
    heaps, zipf = fit_heaps(read, growth), fit_zipf(falling)
    sizes = [size for size in _SIZES if size < len(falling)] + [len(falling)] * bool(len(falling))
    least = [] if unnamed or not total else [(count, int((falling >= count).sum())) for count in _MIN_COUNTS]
    figures: dict[str, Any] = {
        "words": total,
        "different": len(falling),
        "unnamed": unnamed,
        "hapaxes": None if unnamed else int((falling == 1).sum()),
        "heaps": heaps and asdict(heaps),
        "zipf": zipf and asdict(zipf),
        "coverage": [[size, float(covered[size - 1])] for size in sizes],
        "min_count": [[count, size, float(covered[size - 1]) if size else 0.0] for count, size in least],
        "unknown_rate": dict(unknown),
    }
    tables = (
        (
            "Running words covered",
            ("entries, the most frequent words", "share of running words"),
            [(f"{size:,}", share) for size, share in figures["coverage"]],
        ),
        ("Words kept by how often they stand there", ("--min-count", "entries", "share of running words"), figures["min_count"]),
        ("Unknown words", ("split", "unknown words, as a share"), list(unknown.items())),
    )
    plots = _draw(read, growth, falling, covered, heaps, zipf) if len(falling) else ()
    shown = tuple(table for table in tables if table[2])
    return Topic("vocabulary", "Vocabulary", tuple(_say(figures, heaps, zipf, raw=raw)), tuple(plots), shown, figures)


def _draw(
    read: NDArray[np.int64],
    growth: NDArray[np.int64],
    falling: NDArray[np.int64],
    covered: NDArray[np.float64],
    heaps: Law | None,
    zipf: Law | None,
) -> Iterator[Lines]:
    ranks = spread(len(falling))
    if len(read):
        axes = "words read", "different words"
        curves = {"train": (read, growth)}
        yield Lines("growth", "Vocabulary growth, texts in random order.", axes, curves, _line("Heaps' law", heaps), (True, True))
    curves = {"train": (ranks, falling[ranks - 1])}
    yield Lines("ranks", "How often words stand there, by rank.", ("rank", "times"), curves, _line("Zipf's law", zipf), (True, True))
    axes, cover = ("entries", "share of running words"), {"train": (ranks, covered[ranks - 1])}
    yield Lines("coverage", "What a vocabulary of the most frequent words covers.", axes, cover, {}, (True, False))


def _line(name: str, law: Law | None) -> dict[str, Curve]:
    if law is None:
        return {}
    ends = np.array([law.start, law.stop])
    return {name: (ends, law(ends))}


def _say(figures: Mapping[str, Any], heaps: Law | None, zipf: Law | None, *, raw: bool) -> Iterator[str]:
    how = "runs of letters and digits or of other signs, in lower case" if raw else "as the file has them"
    yield f"{figures['words']:,} words of the training texts, {figures['different']:,} different ones; {how}."
    if figures["unnamed"]:
        yield (
            f"{figures['unnamed']:,} of them ({figures['unnamed'] / figures['words']:.2%}) have no number, and the file does not say which "
            "they are: how the vocabulary grows, and how many words stand there once, is seen on the raw source alone: "
            "`foudre report text SRC`."
        )
    elif figures["different"]:
        share = figures["hapaxes"] / figures["different"]
        yield f"Hapaxes: {figures['hapaxes']:,} words, {share:.1%} of the different ones, stand there once; nothing can be learned of them."
    if heaps:
        yield (
            f"Heaps' law: different words = {heaps.factor:.3g} · words^{heaps.power:.3f}, fitted from {heaps.start:,} to {heaps.stop:,} "
            f"words; twice as many texts would bring {2**heaps.power - 1:.0%} more different ones."
        )
    if zipf:
        yield f"Zipf's law: words are as frequent as rank^{zipf.power:.3f}, fitted over ranks {zipf.start:,} to {zipf.stop:,}."
    if raw and figures["unknown_rate"]:
        yield "Unknown words of val and test are those that no training text of the source has; limits of a vocabulary add to them."
