"""The samples of a dataset file for those who show them: rows of `list_samples` come in, what is stored of each goes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file import DatasetFile
from toolkit.wing import SPLITS, Manifest

__all__ = ["TakeSamples"]


@dataclass(frozen=True)
class TakeSamples:
    """Takes samples out of a file, one at a time.

    Args:
        file: An open dataset file.
    """

    file: DatasetFile

    def __call__(self, rows: Manifest) -> Iterator[dict[str, NDArray[Any]]]:
        """Yield for each row its items of every stored array, by name: shape (1, …), of a ragged one (length, …)."""
        parts = {name: self.file[name] for name in self.file.splits}
        split = np.empty(0, np.int8) if rows.split is None else rows.split
        for number, row in zip(split.tolist(), rows.columns["row"], strict=True):
            part = parts[SPLITS[number]]
            yield {name: part.take(np.array([row]), name)[0] for name in part.arrays}
