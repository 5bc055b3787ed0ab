"""The samples of a dataset file as a table: an open file comes in, the manifest that statistics and checks work on goes out."""

from __future__ import annotations

import numpy as np

from toolkit.dataset_file.read import DatasetFile
from toolkit.wing import SPLITS, Manifest

__all__ = ["list_samples"]


def list_samples(file: DatasetFile) -> Manifest:
    """List all samples of a file, split by split.

    Args:
        file: An open dataset file.

    Returns:
        A manifest whose root is the file; origins are what the samples came from, `split` is filled. Its columns are ``row``, int64:
        the row of its split, and ``parent``, int64: −1, or the place in this manifest of the sample that a copy was made from.
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
    return Manifest(file.kind, file.path, origin, file.classes, label, group, split=split, columns=columns, skipped=file.skipped)
