"""Texts that something is wrong with: rows and what was measured of them come in, findings and sets of near copies go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.text.documents import load_texts
from toolkit.text.measure import number_words
from toolkit.text.sketch import BANDS, common_share, runs_of_words
from toolkit.wing import Finding, Manifest

__all__ = ["FITTED", "IDENTITY", "LOOKALIKES", "MIN_COMMON", "MIN_WORDS", "find_lookalikes", "find_outliers"]

FITTED = ("unknown",)
"""Columns that train alone has decided, so that other splits differ in them by right."""

IDENTITY = "text_hash"
"""The column that is equal where texts are."""

MIN_COMMON = 0.8
"""Share of their runs of three words that near copies have in common at least."""

MIN_WORDS = 10
"""Shorter texts are alike by chance."""

LOOKALIKES = f"at least {MIN_COMMON:g} of their runs of 3 words in common, of at least {MIN_WORDS} words"
"""When two texts are near copies, as people read it."""

_LIMIT = 300

Rows = NDArray[np.int64]
Take = Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]]

_ODD = (
    (
        "damaged_text",
        "damage",
        "what looks like a wrong encoding",
        "warning",
        "What stands there is no word that any other text has.",
        "Look at them. If most are so, name the encoding that they were written in with --encoding; else mend these at their source.",
    ),
    (
        "control_characters",
        "controls",
        "control characters",
        "info",
        "They show nothing, yet make other words of those that they stand in.",
        "Look at where these texts come from; remove the characters if they mean nothing.",
    ),
    (
        "mixed_scripts",
        "mixed_scripts",
        "Latin letters beside Greek or Cyrillic ones in a word",
        "info",
        "Letters that look alike make different words; spam is written so.",
        "Look at them; replace the letters where they stand for Latin ones.",
    ),
)


def find_outliers(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows) -> list[Finding]:  # noqa: ARG001
    """Find texts without words, and those that hold what a text should not.

    Args:
        manifest: Of kind ``"text"``.
        columns: What was measured of it, raw or stored.
        rows: Those to judge, int64.

    Returns:
        A finding for each thing that some text has.
    """
    found = []
    empty = rows[columns["words"][rows] == 0]
    if len(empty):
        why = "A network learns their label by chance, and averages over no word are not defined."
        fix = "Remove them, then `foudre preprocess text SRC OUT.h5 --overwrite`."
        title = f"{_counted(empty)} without a word"
        found.append(Finding("empty_texts", "warning", title, len(empty), tuple(empty[:_LIMIT].tolist()), "0 words", why, fix))
    for check, column, what, severity, why, fix in _ODD:
        values = columns[column][rows] if column in columns else np.zeros(len(rows))
        bad = rows[np.argsort(-values, kind="stable")][: int((values > 0).sum())]
        if len(bad):
            title, shown = f"{_counted(bad)} with {what}", tuple(bad[:_LIMIT].tolist())
            found.append(Finding(check, severity, title, len(bad), shown, "at least 1 such place", why, fix))  # type: ignore[arg-type]
    return found


def find_lookalikes(manifest: Manifest, columns: Mapping[str, NDArray[Any]], rows: Rows, *, take: Take | None = None) -> list[Rows]:
    """Find texts that are near copies of each other, but not equal: one word changed, a line added.

    Args:
        manifest: Of kind ``"text"``.
        columns: What was measured of it.
        rows: Those to compare, int64.
        take: From rows to what a dataset file stores of each; None reads the raw texts.

    Returns:
        Sets of at least 2 rows each, int64, rising. Equal texts are in one set only beside one that is not.
    """
    rows = rows[columns["words"][rows] >= MIN_WORDS]
    first = _first_of_equal(columns[IDENTITY], rows)
    pairs = _candidates(columns, first)
    runs = dict(_load_runs(manifest, np.unique(pairs), take))
    alike = [pair for pair in pairs.tolist() if set(pair) <= runs.keys() and common_share(*(runs[row] for row in pair)) >= MIN_COMMON]
    return [np.array(rows, np.int64) for rows in _join(alike)]


def _counted(rows: Rows) -> str:
    return f"{len(rows):,} text{'s' * (len(rows) != 1)}"


def _first_of_equal(hashes: NDArray[np.uint64], rows: Rows) -> Rows:
    return rows[np.sort(np.unique(hashes[rows], return_index=True)[1])]


def _candidates(columns: Mapping[str, NDArray[Any]], rows: Rows) -> Rows:
    """Pairs that share a hash, int64, shape (P, 2): of those that share one, each with the next."""
    pairs = [np.empty((0, 2), np.int64)]
    for band in range(BANDS):
        values = columns[f"sketch_{band}"][rows]
        order = np.argsort(values, kind="stable")
        same = np.flatnonzero(values[order[1:]] == values[order[:-1]])
        pairs.append(np.stack([rows[order[same]], rows[order[same + 1]]], axis=1))
    return np.unique(np.concatenate(pairs), axis=0)


def _load_runs(manifest: Manifest, rows: Rows, take: Take | None) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    part = manifest.take(rows)
    if take is not None:
        yield from ((int(row), runs_of_words(stored["tokens"])) for row, stored in zip(rows, take(part), strict=True))
        return
    for i, text in load_texts(part, failures={}, contents=[UNREAD] * len(part)):
        yield int(rows[i]), runs_of_words(number_words(text))


def _join(pairs: list[list[int]]) -> list[list[int]]:
    """Join pairs that share a row into sets."""
    sets: dict[int, set[int]] = {}
    for first, second in pairs:
        joined = sets.get(first, {first}) | sets.get(second, {second})
        sets |= dict.fromkeys(joined, joined)
    return sorted(map(sorted, {id(members): members for members in sets.values()}.values()))
