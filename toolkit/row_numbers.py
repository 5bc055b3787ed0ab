"""What an index asks for: whatever numpy takes along one axis comes in, row numbers go out, to all that read rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import wording

__all__ = ["row_numbers"]


def row_numbers(index: Any, num_rows: int, *, where: str, at: str = "") -> NDArray[np.int64]:
    """Say which rows an index means, as numpy does along the first axis.

    Args:
        index: An integer, a slice, a sequence or array of integers (negative ones count from the end), or a Boolean mask with one entry
            a row; anything that numpy makes an array of, tensors in host memory among them.
        num_rows: N, rows that there are.
        where: Who asks, for the message.
        at: The file and split, for the message.

    Returns:
        int64, each in [0, N): shape () of a single integer, else (M,).

    Raises:
        IndexError: If a row is out of range, a mask has another length, or the index is none along one axis.
    """
    if type(index) is np.ndarray and index.dtype == np.int64 and index.ndim == 1 and index.size and index.flags.c_contiguous:
        if index.view(np.uint64).max() < num_rows:  # what samplers give: one look tells that none is negative and none too large
            return index.copy()
    elif isinstance(index, slice):
        return np.arange(*index.indices(num_rows))
    rows = np.asarray(index)
    if rows.dtype == bool and rows.shape == (num_rows,):
        return np.flatnonzero(rows)
    if isinstance(index, tuple) or rows.ndim > 1 or (rows.dtype.kind not in "iu" and (rows.size or rows.dtype.kind != "f")):
        rule = f"integers, a slice, or a mask of {num_rows} Booleans, one a row"
        got = f"{type(index).__name__} of {rows.dtype}, shape {rows.shape}"
        raise IndexError(wording(where, "rows", rule, got, at=at))
    if not rows.size:
        return np.empty(0, np.int64)
    low, high = rows.min(), rows.max()
    if low < -num_rows or high >= num_rows:
        raise IndexError(wording(where, "rows", f"in [{-num_rows}, {num_rows})", int(low if low < -num_rows else high), at=at))
    numbers = rows.astype(np.int64, order="C")  # torch takes no negative strides and no read-only arrays
    return np.where(numbers < 0, numbers + num_rows, numbers) if low < 0 else numbers
