"""What the demos share: a folder comes in and is emptied with care; what a demo left, and its words, go out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from toolkit.errors import ArgumentError, wording

__all__ = ["MARK", "Demo", "clear", "indented"]

MARK = ".foudre-demo"


@dataclass(frozen=True)
class Demo:
    """What a demo left.

    Args:
        folder: Holds all of the following.
        dataset: The dataset file that the classifier was trained on.
        checkpoint: Its best checkpoint.
        accuracy: Its accuracy on the test part, in [0, 1].
        pictures: PNG files to look at.
    """

    folder: Path
    dataset: Path
    checkpoint: Path
    accuracy: float
    pictures: tuple[Path, ...]

    def conclude(self, say: Callable[[str], None], seconds: float) -> Self:
        """Say how long it took, and what there is to look at."""
        say(f"\nDone in {seconds:.0f} s. To look at:\n" + "\n".join(f"   {picture}" for picture in self.pictures))
        return self


def clear(folder: str | Path) -> Path:
    """Make the folder and mark it as a demo's; an earlier demo's is emptied first.

    Raises:
        ArgumentError: If it holds something that no demo left there.
    """
    folder = Path(folder)
    if (folder / MARK).exists():
        shutil.rmtree(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArgumentError(wording("demo", "folder", "new, empty, or an earlier demo's", str(folder), fix="Name another with --to."))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def indented(text: object) -> str:
    """Move lines to the right, below what led to them."""
    return "\n".join(f"   {line}" for line in str(text).splitlines())
