"""The verb `demo`: nothing comes in; drawn data, a dataset file, trained networks, their figures and pictures go out.

Every step says the command that does the same, so that the demo's end is the user's beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import check

if TYPE_CHECKING:
    from recipes.demo.folder import Demo
    from toolkit.wing import Progress

__all__ = ["DEMOS", "demo"]

DEMOS = {
    "images": "Images are traffic signs, and a network learns to tell them apart.",
    "text": "Texts are sentences, of which word vectors learn what a capital is, and film reviews, good or bad.",
    "series": "Series are a station's weather, foretold a day ahead in °C, and gestures, of which a network reads the class.",
}
"""Kinds of data that are drawn, and what of: that of KIND is `demo_KIND` in the module of that name beside this one."""


def demo(folder: str | Path, kind: str = "images", *, say: Callable[[str], None], progress: Progress | None = None) -> Demo:
    """Draw data of a kind, preprocess, train, evaluate and predict.

    Args:
        folder: Holds all that is made; an earlier demo of the kind is replaced.
        kind: A name in `DEMOS`.
        say: Told each step, and the command that does the same.
        progress: Told how far the work is.

    Raises:
        ArgumentError: If there is no demo of this kind, or the folder holds what no earlier one of its kind left.
    """
    check(kind in DEMOS, "demo", "kind", f"one of {', '.join(DEMOS)}", kind)
    named = {} if progress is None else {"progress": progress}
    made: Demo = getattr(import_module(f"recipes.demo.{kind}"), f"demo_{kind}")(folder, say=say, **named)
    return made
