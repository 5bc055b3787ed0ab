"""Which row lies where: a plan's manifest laid out in splits and blocks of rows, before and after failed rows are closed up.

What comes out are the fields of a skeleton, the blocks for the workers, and the small arrays that are written last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.balance import Balance
from toolkit.dataset_file import Field
from toolkit.dataset_file.layout import fixed_strings
from toolkit.errors import ArgumentError, wording
from toolkit.wing import SPLITS, Array, Manifest, Plan, Skipped

__all__ = ["Block", "BlockKey", "Layout", "Part", "Piece"]

_BLOCK_BYTES = 4 << 20
_MAX_BLOCK_ROWS = 4096


BlockKey = tuple[str, int]
"""What names a block among all: its split and its number there."""


@dataclass(frozen=True)
class Piece:
    """The slice [start, stop) of one array of one split, in items, that a block fills."""

    path: str
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive rows of one split: `start` is the first one's number, `rows` and `copy` are as in `Part`."""

    split: str
    number: int
    start: int
    rows: NDArray[np.int64]
    copy: NDArray[np.int64]
    pieces: tuple[Piece, ...]

    @property
    def key(self) -> BlockKey:
        """What names the block among all."""
        return self.split, self.number


@dataclass(frozen=True, eq=False)
class Part:
    """One split, a column each for every stored row.

    Args:
        name: The split.
        rows: Its row in the manifest.
        copy: 0 for an original, else which copy of it this is.
        parent: The stored row of its original if it is a copy, else −1.
        place: The row that it has in the file as it was filled; it moves up when rows before it failed.
    """

    name: str
    rows: NDArray[np.int64]
    copy: NDArray[np.int64]
    parent: NDArray[np.int64]
    place: NDArray[np.int64]

    @classmethod
    def of(cls, name: str, rows: NDArray[np.int64]) -> Part:
        """Store rows as they are, none of them a copy."""
        return cls(name, rows, np.zeros_like(rows), np.full_like(rows, -1), np.arange(len(rows)))

    def keep(self, good: NDArray[np.bool_]) -> Part:
        """Return the part without the rows that are not good; a copy leaves with its original."""
        good = good & np.where(self.copy > 0, good[self.parent], True)
        parent = np.where(self.copy > 0, (np.cumsum(good) - 1)[self.parent], -1)
        return Part(self.name, self.rows[good], self.copy[good], parent[good], self.place[good])


@dataclass(frozen=True, eq=False)
class Layout:
    """A manifest and its plan, laid out.

    Args:
        manifest: Every row's `split` is decided.
        plan: What the wing wants stored.
        parts: The splits that exist.
        skipped: Inputs that became no sample.
        written_rows: Rows of a block in a file that was written before; None decides by the plan.
    """

    manifest: Manifest
    plan: Plan
    parts: tuple[Part, ...]
    skipped: tuple[Skipped, ...]
    written_rows: int | None = None

    @classmethod
    def of(cls, manifest: Manifest, plan: Plan, balance: Balance | None = None) -> Layout:
        """Lay out all rows, in the manifest's order within each split; the training split as balanced, if it is."""
        if manifest.split is None or (manifest.split < 0).any():
            raise ArgumentError(wording("export", "split", "decided for every row", "rows without", fix="Call split_manifest first."))
        parts = [Part.of(name, np.flatnonzero(manifest.split == number)) for number, name in enumerate(SPLITS)]
        if balance:
            parts[0] = Part("train", balance.rows, balance.copy, balance.parent, np.arange(len(balance.rows)))
        return cls(manifest, plan, tuple(part for part in parts if len(part.rows)), manifest.skipped)

    def without(self, failures: Mapping[tuple[str, int], str]) -> Layout:
        """Return the layout with failed rows closed up; `failures` gives the reason by split and stored row."""
        parts, skipped = [], []
        for part in self.parts:
            failed = {row: reason for (split, row), reason in failures.items() if split == part.name}
            good = np.ones(len(part.rows), np.bool_)
            good[list(failed)] = False
            parts.append(part.keep(good))
            for row, reason in failed.items():
                if part.parent[row] not in failed:  # a copy that fails with its original is no input of its own
                    path, number = self.manifest.origin[part.rows[row]], part.copy[row]
                    skipped.append(Skipped(path, f"copy {number}: {reason}" if number else reason))
        skipped.sort(key=lambda skip: skip.path)
        return replace(self, parts=tuple(part for part in parts if len(part.rows)), skipped=(*self.manifest.skipped, *skipped))

    @cached_property
    def block_rows(self) -> int:
        """Rows of a block: about 4 MiB of data, whatever the number of workers."""
        if self.written_rows is not None:
            return self.written_rows
        lengths = self.plan.lengths
        items = 1.0 if lengths is None else float(lengths.mean()) if len(lengths) else 1.0
        row_bytes = sum(np.dtype(a.dtype).itemsize * float(np.prod(a.item_shape)) * (items if a.ragged else 1) for a in self.plan.arrays)
        return int(min(_MAX_BLOCK_ROWS, max(1, _BLOCK_BYTES // max(1, row_bytes))))

    def bounds(self, part: Part, array: Array) -> NDArray[np.int64]:
        """int64 (rows + 1,): the item of the array at which each row of the part starts, and the end."""
        if not array.ragged or self.plan.lengths is None:
            return np.arange(len(part.rows) + 1)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.plan.lengths[part.rows], dtype=np.int64)])

    def blocks(self) -> Iterator[Block]:
        """Yield all blocks, split by split, numbered from 0 in each."""
        for part in self.parts:
            bounds = [self.bounds(part, array) for array in self.plan.arrays]
            for number, start in enumerate(range(0, len(part.rows), self.block_rows)):
                rows = part.rows[start : start + self.block_rows]
                stop = start + len(rows)
                yield Block(part.name, number, start, rows, part.copy[start:stop], self._pieces(part, bounds, start, stop))

    def single_rows(self, block: Block) -> Iterator[Block]:
        """Yield the rows of a block, each as a block of its own."""
        part = next(part for part in self.parts if part.name == block.split)
        bounds = [self.bounds(part, array) for array in self.plan.arrays]
        for i, row in enumerate(range(block.start, block.start + len(block.rows))):
            pieces = self._pieces(part, bounds, row, row + 1)
            yield Block(block.split, i, row, block.rows[i : i + 1], block.copy[i : i + 1], pieces)

    def _pieces(self, part: Part, bounds: Sequence[NDArray[np.int64]], start: int, stop: int) -> tuple[Piece, ...]:
        pairs = zip(self.plan.arrays, bounds, strict=True)
        pieces = (Piece(f"{part.name}/{array.name}", int(b[start]), int(b[stop])) for array, b in pairs)
        return tuple(sorted(pieces, key=lambda piece: piece.path))  # as HDF5 lists them: readers find checksums by that order

    def small_arrays(
        self, stats: Sequence[Mapping[str, Any]], crcs: Mapping[BlockKey, Sequence[int]], contents: bytes
    ) -> dict[str, NDArray[Any]]:
        """Everything but the wing's arrays, by path: what each row is, the blocks' checksums, and /meta.

        Args:
            stats: Of the train blocks, in row order; empty before they are known, when only shapes count.
            crcs: Of each block's pieces, by split and block number; empty likewise.
            contents: Digest of the inputs' contents, 32 bytes.
        """
        small: dict[str, NDArray[Any]] = {}
        for part in self.parts:
            m, name = self.manifest, part.name
            rows = {"y": m.label, "group": m.group}
            small |= {f"{name}/{key}": column[part.rows] for key, column in rows.items() if column is not None}
            small[f"{name}/source"] = fixed_strings([m.origin[i] for i in part.rows])
            if name == "train":
                small[f"{name}/parent"] = part.parent
            for array in self.plan.arrays:
                if array.ragged:
                    small[f"{name}/offsets"] = self.bounds(part, array)
            blocks = range(-(-len(part.rows) // self.block_rows))
            table = [crcs.get((name, number), [0] * len(self.plan.arrays)) for number in blocks]
            small[f"{name}/crc32"] = np.array(table, np.uint32).squeeze(1) if len(self.plan.arrays) == 1 else np.array(table, np.uint32)
        small["meta/contents"] = np.frombuffer(contents, np.uint8)
        return small | {f"meta/{name}": value for name, value in self._meta(stats).items()}

    def _meta(self, stats: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
        """Class names and counts, what the wing fitted and summed up, and the inputs that were skipped."""
        fitted = {name: value if isinstance(value, np.ndarray) else fixed_strings(value) for name, value in self.plan.fitted.items()}
        meta = fitted | dict(self.plan.summarise(list(stats)) if self.plan.summarise else {})
        label, train = self.manifest.label, [part.rows for part in self.parts if part.name == "train"]
        if self.manifest.classes:
            meta["classes"] = fixed_strings(self.manifest.classes)
        if self.manifest.class_names:
            meta["class_names"] = fixed_strings(self.manifest.class_names)
        if self.manifest.classes and label is not None and label.ndim == 1:
            rows = train[0] if train else np.empty(0, np.int64)
            meta["counts"] = np.bincount(label[rows], minlength=len(self.manifest.classes)).astype(np.int64)
        if self.skipped:
            meta["skipped_path"] = fixed_strings([skip.path for skip in self.skipped])
            meta["skipped_reason"] = fixed_strings([skip.reason for skip in self.skipped])
        return meta

    def fields(self, small: Mapping[str, NDArray[Any]]) -> list[Field]:
        """The skeleton: the wing's arrays at their full sizes, then the small ones."""
        big = [
            Field(f"{part.name}/{array.name}", np.dtype(array.dtype).str, (int(self.bounds(part, array)[-1]), *array.item_shape))
            for part in self.parts
            for array in self.plan.arrays
        ]
        return big + [
            Field.of(path, value, {"block_rows": self.block_rows} if path.endswith("/crc32") else {}) for path, value in small.items()
        ]
