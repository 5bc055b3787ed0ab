"""The verb `demo`: nothing comes in, a drawn data set and a network trained on it go out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from verbs.answer import DONE, progress_bars, say

__all__ = ["demo"]


def demo(kind: Literal["images"] = "images", *, to: Path = Path("data/demo")) -> int:  # noqa: ARG001 - the only kind so far
    """Draw data, preprocess, train, evaluate, predict: in 3 minutes.

    Nothing is downloaded. Each step says the command that you would type for it.

    Args:
        kind: The kind of data to draw.
        to: Folder for the drawn signs, the dataset file, the run and the pictures.
    """
    with progress_bars() as progress:
        from recipes.demo import demo as work

        work(to, progress=progress, say=say)
    return DONE
