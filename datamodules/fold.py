"""Which rows of train and val teach and which are held out: a dataset file comes in, two sets of row numbers go out, to the datamodules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file import DatasetFile
from toolkit.errors import check
from toolkit.splits import k_folds

__all__ = ["Fold"]


@dataclass(frozen=True)
class Fold:
    """One fold of a cross-validation over all rows of train and val; test stays out.

    Args:
        number: The fold that is held out, in [0, of).
        of: How many folds there are, in [2, 100].
        grouped: Keep groups whole, as the file's own splits do. False cuts them, to show what a leaking split would claim.
        seed: Draws the folds, at least 0.
    """

    number: int
    of: int = 5
    grouped: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        check(2 <= self.of <= 100, "Fold", "of", "from 2 to 100", self.of)
        check(0 <= self.number < self.of, "Fold", "number", f"in [0, {self.of})", self.number)
        check(self.seed >= 0, "Fold", "seed", "at least 0", self.seed)

    def cut(self, file: DatasetFile) -> tuple[str, NDArray[np.int64], NDArray[np.int64]]:
        """Deal the rows of a file: copies go with the sample that they were made from, and are never held out themselves.

        Args:
            file: With a train split, labelled or not.

        Returns:
            The splits that are dealt, as the file joins them, e.g. ``"train+val"``; then in rows of these, int64 and rising: those
            that train, and those that are held out.

        Raises:
            SplitError: If there are fewer groups, or rows where none are kept together, than folds.
        """
        joined = "+".join(name for name in file.splits if name != "test")
        pool = file[joined]
        parent = np.full(len(pool), -1) if pool.parent is None else pool.parent
        origin = np.where(parent < 0, np.arange(len(pool)), parent)
        originals = np.flatnonzero(parent < 0)
        unit = pool.group if self.grouped and pool.group is not None else origin
        fold = np.empty(len(pool), np.int8)
        fold[originals] = k_folds(unit[originals], self.of, label=_take(pool.y, originals), seed=self.seed)
        held_out = fold[origin] == self.number
        return joined, np.flatnonzero(~held_out), np.flatnonzero(held_out & (parent < 0))


def _take(values: NDArray[Any] | None, rows: NDArray[np.int64]) -> NDArray[Any] | None:
    return None if values is None else values[rows]
