"""What a split of a dataset file holds, in figures and in words: a split comes in, counts go out; its kind may add some of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.dataset_file.split_data import SplitData
from toolkit.wings import WINGS

__all__ = ["describe_pipeline", "has_own_words", "outline_split", "tell_outline"]


def has_own_words(kind: str) -> bool:
    """Tell whether a kind says itself what its rows are; of classes and groups that it has not, nothing is told."""
    return hasattr(WINGS.get(kind), "ROWS")


def outline_split(part: SplitData, kind: str, pipeline: Mapping[str, Any]) -> dict[str, int | str]:
    """Return the number of samples, groups and classes of a split, and what its kind's `outline_stored` adds, if it has one."""
    add = getattr(WINGS.get(kind), "outline_stored", None)
    return {**part.summary(), **(add({name: part.array(name) for name in part.arrays}, part.offsets, pipeline) if add else {})}


def tell_outline(counts: Mapping[str, int | str], kind: str, form: str = "") -> str:
    """Say what `outline_split` counted, such as ``"1 series, 8,640 steps from 2016-07-01 to 2017-06-25"``.

    Args:
        counts: By name, texts behind them.
        kind: Says what a row is called; then groups and classes are left out where there are none.
        form: How Python is to write a number, unless the kind has words of its own.
    """
    one, several = getattr(WINGS.get(kind), "ROWS", ("samples", "samples"))
    own = has_own_words(kind)
    form = "," if own else form
    named = {one if what == "samples" and n == 1 else several if what == "samples" else what: n for what, n in counts.items()}
    numbers = ", ".join(f"{n:{form}} {what}" for what, n in named.items() if not isinstance(n, str) and (n or not own))
    return numbers + "".join(f" {what} {text}" for what, text in named.items() if isinstance(text, str))


def describe_pipeline(pipeline: Mapping[str, Any], kind: str, *, labelled: bool) -> Mapping[str, str]:
    """Return what was done to the raw data, a line each by a word; empty where the kind has no words of its own for it."""
    describe = getattr(WINGS.get(kind), "describe", None)
    found: Mapping[str, str] = describe(pipeline, labelled=labelled) if describe else {}
    return found
