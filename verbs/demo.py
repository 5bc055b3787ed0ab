"""The verb `demo`: nothing comes in, a drawn data set and a network trained on it go out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from recipes.demo import DEMOS
from verbs.answer import DONE, progress_bars, say
from verbs.command import as_command

__all__ = ["app"]


def _demo(
    kind: str = "images",
    *,
    to: Annotated[Path | None, Parameter(show_default=lambda _: "data/demo, of other kinds data/demo-KIND")] = None,
) -> int:
    """Draw data, preprocess, train, evaluate, predict: in 3 minutes.

    Nothing is downloaded. Each step says the command that you would type for it.
    DRAWN A demo replaces what an earlier one of its kind left.

    For example:

        foudre demo
        foudre demo text
        foudre demo text --to words
        foudre demo series

    Args:
        kind: The kind of data to draw: KINDS.
        to: Folder for the drawn data, the dataset files, the runs and the pictures.
    """
    with progress_bars() as progress:
        from recipes.demo import demo as work

        work(to or Path("data", "demo" if kind == "images" else f"demo-{kind}"), kind, progress=progress, say=say)
    return DONE


def _describe() -> str:
    return (_demo.__doc__ or "").replace("DRAWN", " ".join(DEMOS.values())).replace("KINDS", " or ".join(DEMOS))


app = as_command(_demo, describe=_describe, name="demo")
