"""The samples of a dataset file as a table: an open file comes in, the manifest that statistics and checks work on goes out.

`TakeSamples` then takes what is stored of its rows, for those who look at them one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file.read import DatasetFile
from toolkit.wing import SPLITS, Manifest

__all__ = ["TakeSamples", "list_samples"]


def list_samples(file: DatasetFile) -> Manifest:
    """List all samples of a file, split by split.

    Args:
        file: An open dataset file.

    Returns:
        A manifest whose root is the file, and which names no others; origins are what the samples came from, `split` is filled. Its
        columns are ``row``, int64: the row of its split, and ``parent``, int64: −1, or the place in this manifest of the sample that a
        copy was made from.
    """
    parts = [file[name] for name in file.splits]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    row = np.concatenate([np.arange(len(part)) for part in parts])
    split = np.repeat([SPLITS.index(name) for name in file.splits], [len(part) for part in parts]).astype(np.int8)
    parent = np.full(len(row), -1)
    for start, part in zip(starts, parts, strict=False):
        if part.parent is not None:
            parent[start : start + len(part)] = np.where(part.parent < 0, -1, part.parent + start)
    label, group = (
        None if any(values is None for values in columns) else np.concatenate([values for values in columns if values is not None])
        for columns in ([part.y for part in parts], [part.group for part in parts])
    )
    origin = [name for part in parts for name in part.source]
    columns = {"row": row, "parent": parent}
    return Manifest(
        file.kind, file.path, origin, file.classes, label, group,
        split=split, columns=columns, skipped=file.skipped, files=(), class_names=file.class_names,
    )  # fmt: skip


@dataclass(frozen=True)
class TakeSamples:
    """Takes samples out of a file, one at a time.

    Args:
        file: An open dataset file.
    """

    file: DatasetFile

    def __call__(self, rows: Manifest) -> Iterator[dict[str, NDArray[Any]]]:
        """Yield for each row of `list_samples` its items of every stored array, by name: shape (1, …), of a ragged one (length, …)."""
        split = np.empty(0, np.int8) if rows.split is None else rows.split
        for number, row in zip(split.tolist(), rows.columns["row"], strict=True):
            part = self.file[SPLITS[number]]
            yield {name: part.take(row[None], name)[0] for name in part.arrays}
