"""The verb `demo`: nothing comes in, a drawn data set and a network trained on it go out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from recipes.demo import DEMOS
from verbs.answer import DONE, progress_bars, say

__all__ = ["demo"]

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(DEMOS)]


def demo(
    kind: Kind = "images",
    *,
    to: Annotated[Path | None, Parameter(show_default=lambda _: "data/demo, of other kinds data/demo-KIND")] = None,
) -> int:
    """Draw data, preprocess, train, evaluate, predict: in 3 minutes.

    Nothing is downloaded. Each step says the command that you would type for it.
    DEMOS A demo replaces what an earlier one of its kind left.

    For example:

        foudre demo
        foudre demo text
        foudre demo text --to words

    Args:
        kind: The kind of data to draw.
        to: Folder for the drawn data, the dataset files, the runs and the pictures.
    """
    with progress_bars() as progress:
        from recipes.demo import demo as work

        work(to or Path("data", "demo" if kind == "images" else f"demo-{kind}"), kind, progress=progress, say=say)
    return DONE


demo.__doc__ = (demo.__doc__ or "").replace("DEMOS", " ".join(DEMOS.values()))
