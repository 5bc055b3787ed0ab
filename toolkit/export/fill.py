"""What workers do: read inputs for the source's digest, encode a block of rows and write it into its place.

Everything here is picklable and runs in any process; the same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import digest_file
from toolkit.dataset_file import Extent
from toolkit.errors import ExportError, wording
from toolkit.export.layout import Block, BlockKey, Layout
from toolkit.wing import Encode, Manifest

__all__ = ["FillJob", "FillTask", "Filled", "close_gaps", "digest_rows", "fill_block", "write_at"]


@dataclass(frozen=True, eq=False)
class FillJob:
    """What every task of an export shares: the wing's code, the file that grows, and whether each row is a file of its own."""

    encode: Encode
    data: str
    contents_by_row: bool


@dataclass(frozen=True, eq=False)
class FillTask:
    """One block to encode: its rows, and for each array the slice of the file that is its own."""

    block: Block
    rows: Manifest
    places: tuple[Extent, ...]

    @classmethod
    def of(cls, block: Block, layout: Layout, extents: Mapping[str, Extent]) -> FillTask:
        """Gather what a worker needs to know of a block."""
        places = []
        for piece in block.pieces:
            whole = extents[piece.path]
            places.append(replace(whole, shape=(piece.stop - piece.start, *whole.shape[1:]), offset=whole.row_bytes(piece.start, 0)[0]))
        rows, more = layout.manifest.take(block.rows), {"copy": block.copy} if block.copy.any() else {}
        if layout.plan.lengths is not None:
            more["length"] = layout.plan.lengths[block.rows]
        return cls(block, replace(rows, columns={**rows.columns, **more}) if more else rows, tuple(places))

    @property
    def paths(self) -> list[str]:
        """The rows' files, if rows are files."""
        return [self.rows.locate(name) for name in self.rows.origin]


@dataclass(frozen=True)
class Filled:
    """A finished block, as the journal keeps it.

    Args:
        split: Its split.
        number: Its number in the split.
        crcs: CRC-32 of what was written into each array.
        failures: Row, counted from the block's first, and reason of each that failed.
        contents: Digest of what the rows' files contained; of nothing if rows are no files.
        stats: What the wing measured; several where the rows were filled one by one.
    """

    split: str
    number: int
    crcs: list[int]
    failures: list[tuple[int, str]]
    contents: str
    stats: list[Mapping[str, Any]]

    @property
    def key(self) -> BlockKey:
        """What names the block among all."""
        return self.split, self.number


def fill_block(job: FillJob, task: FillTask) -> Filled:
    """Encode one block and write its arrays into the file."""
    encoded, crcs = job.encode(task.rows), []
    with open(job.data, "r+b", buffering=0) as file:
        for planned in task.places:
            name = planned.path.removeprefix(f"{task.block.split}/")
            array = np.ascontiguousarray(encoded.arrays[name])
            if array.shape != planned.shape or array.dtype != np.dtype(planned.dtype):
                raise ExportError(wording("encode", name, f"{planned.dtype} {planned.shape}", f"{array.dtype.str} {array.shape}"))
            crcs.append(zlib.crc32(write_at(file.fileno(), array, planned.offset)))
    if encoded.contents is None:
        _, contents = digest_rows(job.contents_by_row, (task.block.key, task.paths))
    else:
        contents = _join(encoded.contents if job.contents_by_row else [])
    return Filled(task.block.split, task.block.number, crcs, sorted(encoded.failures.items()), contents, [encoded.stats])


def write_at(descriptor: int, array: NDArray[Any], offset: int) -> memoryview:
    """Write an array's bytes at a place of an open file, and return them."""
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    done = 0
    while done < len(data):
        done += os.pwrite(descriptor, data[done:], offset + done)
    return data


def digest_rows(by_row: bool, task: tuple[BlockKey, Sequence[str]]) -> tuple[BlockKey, str]:
    """Return a block's key and, if each row is a file of its own, the digest of these files, as `Filled.contents` has it."""
    key, paths = task
    return key, _join([digest_file(path) for path in paths] if by_row else [])


def _join(digests: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(digests)).hexdigest()


def close_gaps(
    old: tuple[Layout, Path, Mapping[str, Extent]], new: tuple[Layout, Path, Mapping[str, Extent]]
) -> dict[tuple[str, int], list[int]]:
    """Copy the rows that are left into another file, each to its new place.

    Args:
        old: The layout that was filled, its file, and where its arrays lie.
        new: The layout without the failed rows, and likewise.

    Returns:
        The checksums of each new block's pieces, by split and block number.
    """
    crcs: dict[tuple[str, int], list[int]] = {}
    (was, source_path, source_extents), (now, sink_path, sink_extents) = old, new
    starts = {f"{part.name}/{array.name}": was.bounds(part, array) for part in was.parts for array in was.plan.arrays}
    places = {part.name: part.place for part in now.parts}
    with open(source_path, "rb", buffering=0) as source, open(sink_path, "r+b", buffering=0) as sink:
        for block in now.blocks():
            rows = places[block.split][block.start : block.start + len(block.rows)]
            runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
            for piece in block.pieces:
                edges = [(int(starts[piece.path][run[0]]), int(starts[piece.path][run[-1] + 1])) for run in runs]
                data = b"".join(_read_rows(source.fileno(), source_extents[piece.path], *edge) for edge in edges)
                write_at(sink.fileno(), np.frombuffer(data, np.uint8), sink_extents[piece.path].row_bytes(piece.start, 0)[0])
                crcs.setdefault((block.split, block.number), []).append(zlib.crc32(data))
    return crcs


def _read_rows(descriptor: int, extent: Extent, start: int, stop: int) -> bytes:
    first, end = extent.row_bytes(start, stop)
    data = os.pread(descriptor, end - first, first)
    if len(data) != end - first:
        raise ExportError(f"export: {extent.path} must hold {end - first} bytes from {first}, got {len(data)}.")
    return data
