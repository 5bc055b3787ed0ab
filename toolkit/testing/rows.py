"""Rows of what a wing encodes, cut apart so that they can be compared however they were encoded; the contract beside this asks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.wing import Encoded, Manifest, Plan

__all__ = ["EncodedRow", "cut_rows", "encode_all", "encode_in_blocks", "same_manifest", "with_lengths"]


@dataclass(frozen=True)
class EncodedRow:
    """One row, encoded.

    Args:
        data: The bytes of its items in each planned array.
        reason: Why it failed; empty if it did not.
    """

    data: tuple[bytes, ...]
    reason: str


def same_manifest(one: Manifest, other: Manifest) -> bool:
    """Tell whether two manifests list the same rows in the same order."""
    if (one.kind, one.classes, list(one.origin)) != (other.kind, other.classes, list(other.origin)):
        return False
    ours, theirs = dict(one.row_columns()), dict(other.row_columns())
    return [*ours] == [*theirs] and all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)


def with_lengths(plan: Plan, manifest: Manifest, rows: NDArray[np.int64], lengths: NDArray[np.int64] | None = None) -> Manifest:
    """Take rows as export hands them to `encode`: with the lengths that were planned for them, if any were.

    Args:
        plan: Of all rows, unless `lengths` are given.
        manifest: All rows.
        rows: Those to take.
        lengths: int64, shape (N,): of all rows.
    """
    lengths = plan.lengths if lengths is None else lengths
    taken = manifest.take(rows)
    return taken if lengths is None else replace(taken, columns={**taken.columns, "length": lengths[rows]})


def encode_all(plan: Plan, manifest: Manifest) -> Encoded:
    """Encode all rows in one block."""
    return plan.encode(with_lengths(plan, manifest, np.arange(len(manifest))))


def encode_in_blocks(
    plan: Plan, manifest: Manifest, rows: NDArray[np.int64], size: int, lengths: NDArray[np.int64] | None = None
) -> list[EncodedRow]:
    """Encode rows in the order given, so many a block.

    Args:
        plan: Its encoder is asked.
        manifest: All rows.
        rows: Those to encode.
        size: Rows of a block.
        lengths: As `with_lengths` takes them.
    """
    lengths, found = plan.lengths if lengths is None else lengths, []
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        encoded = plan.encode(with_lengths(plan, manifest, block, lengths))
        found += cut_rows(plan, encoded, None if lengths is None else lengths[block])
    return found


def cut_rows(plan: Plan, encoded: Encoded, lengths: NDArray[np.int64] | None) -> list[EncodedRow]:
    """Cut a block into its rows.

    Args:
        plan: Says which arrays are ragged.
        encoded: The block.
        lengths: int64, shape (M,): items of each row in ragged arrays; None without such arrays.
    """
    count = len(next(iter(encoded.arrays.values()))) if lengths is None else len(lengths)
    ends = np.cumsum(lengths) if lengths is not None else np.empty(0)
    columns = []
    for array in plan.arrays:
        values = encoded.arrays[array.name]
        pieces = np.split(values, ends[:-1]) if array.ragged else np.split(values, count)
        columns.append([piece.tobytes() for piece in pieces])
    return [EncodedRow(data, encoded.failures.get(i, "")) for i, data in enumerate(zip(*columns, strict=True))]
