"""What is typical of each class as a topic of the report: numbered words and labels come in, words and pairs with their scores go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.text.running import Running
from toolkit.text.typical import PRIOR, Runs, count_runs, log_odds
from toolkit.text.vocabulary import UNKNOWN
from toolkit.wing import Manifest, Topic

__all__ = ["tell_classes"]

Rows = NDArray[np.int64]

_MAX_CLASSES, _SHOWN, _LEAST_SCORE = 8, 15, 3.0
_RUNS = {"words": 1, "pairs": 2}


def tell_classes(running: Running, place: Rows, rows: Rows, manifest: Manifest) -> list[Topic]:
    """Find the words and pairs of words that are typical of each of the largest classes.

    Args:
        running: The texts.
        place: int64: where among them each row of the manifest stands.
        rows: Those that count, int64.
        manifest: Knows their labels.

    Returns:
        One topic; none without two classes to compare.
    """
    members = _members(manifest, rows)
    if len(members) < 2:
        return []
    largest = sorted(members, key=lambda name: -len(members[name]))[:_MAX_CLASSES]
    figures: dict[str, dict[str, Any]] = {name: {} for name in members if name in largest}
    lost = 0
    for what, n in _RUNS.items():
        everywhere = count_runs(running.blocks(place[rows]), n, len(running.words))
        for name, told in figures.items():
            own = count_runs(running.blocks(place[members[name]]), n, len(running.words))
            told[what], lost = _choose(own, everywhere, running.words, n), max(lost, own.lost, everywhere.lost)
    how = (
        f"By the logarithm of the odds in the class against the other texts, in standard deviations, from {_LEAST_SCORE:g} up; prior: the "
        f"counts of all texts, times {PRIOR:g} (Monroe, Colaresi & Quinn, Fightin' words, 2008). A name, or a remnant of where the texts "
        "come from, is learned like any word: look for what would tell the class in these texts alone."
    )
    notes = [how]
    notes += [f"The {_MAX_CLASSES} largest of {len(members)} classes."] * (len(members) > _MAX_CLASSES)
    notes += [f"Rare pairs were forgotten while pairs were counted: counts may be low by up to {lost}."] * bool(lost)
    tables = tuple((f"Typical {what}", ("rank", *figures), _rows([told[what] for told in figures.values()])) for what in _RUNS)
    return [Topic("typical", "What is typical of each class", tuple(notes), (), tables, {"classes": figures, "lost": lost})]


def _members(manifest: Manifest, rows: Rows) -> dict[str, Rows]:
    """Some rows by class, in the order of the classes' ids; none for targets or without labels."""
    label = manifest.label
    if label is None or not np.issubdtype(label.dtype, np.integer):
        return {}
    own = [rows[label[rows] == i if label.ndim == 1 else label[rows, i] > 0] for i in range(len(manifest.classes))]
    return {name: found for name, found in zip(manifest.classes, own, strict=True) if len(found)}


def _choose(own: Runs, everywhere: Runs, words: Sequence[str], n: int) -> list[dict[str, Any]]:
    scores = log_odds(own, everywhere)
    scores[own.ids == UNKNOWN] = 0  # what has no number says nothing; no pair holds it
    best = [i for i in np.argsort(-scores, kind="stable")[:_SHOWN] if scores[i] >= _LEAST_SCORE]
    return [{"run": _spell(words, int(own.ids[i]), n), "score": float(scores[i]), "times": int(own.counts[i])} for i in best]


def _spell(words: Sequence[str], number: int, n: int) -> str:
    """The words of a run: `ngrams` numbers it by them as by digits."""
    return " ".join(words[number // len(words) ** place % len(words)] for place in reversed(range(n)))


def _rows(lists: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[str | float | None]]:
    """A row for each rank, a column for each class."""
    told = [[f"{run['run']} ({run['score']:.1f})" for run in runs] for runs in lists]
    return [[i + 1, *(runs[i] if i < len(runs) else None for runs in told)] for i in range(max(map(len, told)))]
