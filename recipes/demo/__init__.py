"""The verb `demo`: nothing comes in; drawn data, a dataset file, trained networks, their figures and pictures go out.

Every step says the command that does the same, so that the demo's end is the user's beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from recipes.demo.folder import MARK, Demo
from recipes.demo.images import demo_images
from recipes.demo.text import demo_text
from toolkit.errors import check
from toolkit.wing import Progress, silent

__all__ = ["MARK", "Demo", "demo", "demo_images", "demo_text"]

DEMOS: dict[str, Callable[..., Demo]] = {"images": demo_images, "text": demo_text}


def demo(
    folder: str | Path, kind: Literal["images", "text"] = "images", *, say: Callable[[str], None], progress: Progress = silent
) -> Demo:
    """Draw data of a kind, preprocess, train, evaluate and predict; the other arguments are those of `demo_images` and `demo_text`.

    Raises:
        ArgumentError: If there is no demo of this kind, or the folder holds what no earlier one of its kind left.
    """
    check(kind in DEMOS, "demo", "kind", f"one of {', '.join(DEMOS)}", kind)
    return DEMOS[kind](folder, say=say, progress=progress)
