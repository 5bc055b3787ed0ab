"""What the demos share: a folder comes in and is emptied with care; what a demo left goes out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from toolkit.errors import ArgumentError, wording

__all__ = ["MARK", "Demo", "clear"]

MARK = ".foudre-demo"
"""A file in a demo's folder: it names the kind."""


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


def clear(folder: str | Path, kind: str) -> Path:
    """Make the folder and mark it as that of a kind's demo; what an earlier one left is removed first.

    Raises:
        ArgumentError: If it holds something else.
    """
    folder = Path(folder)
    mark = folder / MARK
    if mark.is_file() and mark.read_bytes() in (kind.encode(), b""):  # the first demos' marks were empty
        shutil.rmtree(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        rule = f"new, empty, or what an earlier demo of {kind} left"
        raise ArgumentError(wording("demo", "folder", rule, str(folder), fix="Name another with --to."))
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(kind, encoding="utf-8")
    return folder
