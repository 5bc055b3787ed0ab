"""Out-of-fold predictions: what `foudre crossval` left comes in, checked against the samples; doubts of labels and of splits rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.checks.rows import Rows, class_ids, group_ids
from toolkit.errors import ArgumentError, check, wording
from toolkit.statistics import Statistics

__all__ = ["Predictions", "compare_claims", "load_predictions"]

FILE = "out_of_fold.npz"
_FIX_NAN = "Train again with `foudre crossval` and a lower learning rate."
_FIX = "Give the folder, or the out_of_fold.npz, that `foudre crossval` left for this dataset file."


@dataclass(frozen=True, eq=False)
class Predictions:
    """Samples predicted by networks that have not seen them.

    Args:
        rows: int64, shape (M,): rows of the statistics table.
        probability: Float, shape (M, classes); a network that diverged leaves NaN.
        fold: int64, shape (M,): the fold that each was held out with.
        cut_groups: Whether some group is in several folds: its samples were predicted by networks that know their like.
        accuracy: Of each fold, in [0, 1]; a prediction that is no number is wrong.
    """

    rows: Rows
    probability: NDArray[np.floating]
    fold: Rows
    cut_groups: bool
    accuracy: tuple[float, ...]

    def __str__(self) -> str:
        """The folds' mean accuracy and, of several, its standard deviation, in percent."""
        spread = f" ± {100 * np.std(self.accuracy, ddof=1):.2f}" if len(self.accuracy) > 1 else ""
        return f"{100 * np.mean(self.accuracy):.2f}{spread} %"


def load_predictions(path: str | Path, table: Statistics) -> Predictions:
    """Read what crossval left; its rows are those of train, or of train and val, which a dataset file's table begins with.

    Args:
        path: Its folder, or the file in it.
        table: The samples of the dataset file that was trained on.

    Raises:
        ArgumentError: If it is something else, or belongs to another file.
    """
    path = Path(path) / FILE if Path(path).is_dir() else Path(path)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as kept:
            rows, label, fold = (_column(kept[name], "iu", 1) for name in ("row", "label", "fold"))
            probability = _column(kept["probability"], "f", 2)
    except Exception as error:  # foreign files make numpy and zipfile raise anything
        got = error.strerror if isinstance(error, OSError) and error.strerror else "something else"
        raise ArgumentError(wording("check", "predictions", "rows and probabilities", got, at=str(path), fix=_FIX)) from error
    known = class_ids(table)
    fits = "row" in table.manifest.columns and known is not None and 0 < len(rows) == len(fold)
    fits = fits and int(rows.min()) >= 0 and int(rows.max()) < len(table) and np.array_equal(np.asarray(known)[rows], label)
    fits = fits and probability.shape == (len(rows), len(table.manifest.classes))
    check(fits, "check", "predictions", "of this very dataset file", str(path), fix=_FIX)
    finite = np.isfinite(probability).all(axis=1)
    check(finite.any(), "check", "predictions", "numbers", "NaN or infinity for every sample", at=str(path), fix=_FIX_NAN)
    right = (probability.argmax(axis=1) == label) & finite
    pairs = np.unique(np.stack([group_ids(table)[rows], fold]), axis=1)
    accuracy = tuple(float(right[fold == number].mean()) for number in np.unique(fold))
    return Predictions(rows, probability, fold, len(np.unique(pairs[0])) < pairs.shape[1], accuracy)


def _column(kept: Any, kinds: str, num_axes: int) -> NDArray[Any]:
    if not isinstance(kept, np.ndarray) or kept.ndim != num_axes or kept.dtype.kind not in kinds:
        raise TypeError(f"no array of a kind in {kinds} with as many axes as {num_axes}")
    return kept


def compare_claims(predictions: Sequence[Predictions]) -> str:
    """Say how much more accuracy folds that cut groups claim than whole ones do; empty unless both kinds are there.

    Args:
        predictions: Of the same recipe, which nobody can tell from them.
    """
    kinds = [[each for each in predictions if each.cut_groups is cut] for cut in (True, False)]
    if not all(kinds):
        return ""
    cut, whole = (found[0] for found in kinds)
    gap = 100 * float(np.mean(cut.accuracy) - np.mean(whole.accuracy))
    return f"A split that cuts groups would claim an accuracy of {cut}; with whole groups it is {whole}: {gap:+.2f} points."
