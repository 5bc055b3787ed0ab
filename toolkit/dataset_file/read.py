"""Open a dataset file with suspicion, then hand out memory maps and small arrays: for datamodules, reports and notebooks.

HDF5 is read once, for the places of things; everything after that is plain file reading, so a `DatasetFile` pickles and forks freely.
"""

from __future__ import annotations

import html
import json
import os
import weakref
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file.checksum import USER_BLOCK_BYTES, piece_crcs, sealed_crc, whole_crc
from toolkit.dataset_file.layout import Extent, unescape_name
from toolkit.dataset_file.structure import read_structure
from toolkit.errors import DatasetFileError, check, printable
from toolkit.wing import SPLITS, Progress, Skipped, silent

__all__ = ["DatasetFile", "SplitData", "open_dataset"]

CORRIDOR_FIELDS = {"y", "group", "source", "parent", "offsets", "crc32"}
"""What the corridors store in every split, beside the wing's own arrays."""


def open_dataset(path: str | Path) -> DatasetFile:
    """Open a dataset file for reading.

    Args:
        path: A file written by `foudre preprocess`.

    Returns:
        The file, checked in its structure but not read: see `DatasetFile.verify` for its contents.

    Raises:
        DatasetFileError: If the file is missing, unfinished, truncated, of another schema, or not built as schema 1 says.
    """
    return DatasetFile(path)


class DatasetFile:
    """A complete dataset file: ``file["train"].x`` is a memory map, ``file.classes`` a tuple of names. Use `open_dataset`.

    Args:
        path: The file.
        digest: The checksum that it must bear; None takes what stands there. A file replaced meanwhile is refused.
    """

    def __init__(self, path: str | Path, digest: str | None = None) -> None:
        self.path = str(Path(path).absolute())
        self.digest = f"{sealed_crc(self.path):08x}"
        # Held open: what is read later comes from this very file, even if another takes its name meanwhile.
        self._descriptor = os.open(self.path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self._parts: weakref.WeakValueDictionary[str, SplitData] = weakref.WeakValueDictionary()  # no circle: closed when unused
        attributes, self.extents = read_structure(self.path)
        if digest not in (None, self.digest) or not os.path.samestat(os.fstat(self._descriptor), Path(self.path).stat()):
            raise DatasetFileError(f"open: {self.path} was replaced: its checksum must be {digest}, got {self.digest}.")
        self.schema = int(attributes["foudre_schema"])
        self.kind: str = attributes["kind"]
        self.seed = int(attributes["seed"])
        self.pipeline: dict[str, Any] = json.loads(attributes["pipeline"])
        self.source: dict[str, Any] = json.loads(attributes["source"])
        self.created_with: dict[str, str] = json.loads(attributes["created_with"])
        self.splits = tuple(name for name in SPLITS if any(path.startswith(f"{name}/") for path in self.extents))

    def __reduce__(self) -> tuple[type[DatasetFile], tuple[str, str]]:
        return DatasetFile, (self.path, self.digest)

    def __getitem__(self, split: str) -> SplitData:
        check(split in self.splits, "open", "split", f"one of {', '.join(self.splits)}", split, at=self.path)
        part = self._parts.get(split)
        if part is None:
            part = self._parts[split] = SplitData(self, split)
        return part

    def __iter__(self) -> Iterator[str]:
        return iter(self.splits)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their ids; empty if the file is unlabelled."""
        return tuple(self._texts("meta/classes")) if "meta/classes" in self.extents else ()

    @cached_property
    def meta(self) -> Mapping[str, NDArray[Any]]:
        """What was fitted on train, by name: ``channel_mean``, ``counts``, …."""
        return {path.removeprefix("meta/"): self.read(path) for path in self.extents if path.startswith("meta/")}

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """The inputs that became no sample when the file was written, and why."""
        if "meta/skipped_path" not in self.extents:
            return ()
        pairs = zip(self._texts("meta/skipped_path"), self._texts("meta/skipped_reason"), strict=True)
        return tuple(Skipped(path, reason) for path, reason in pairs)

    def read(self, path: str) -> NDArray[Any]:
        """Read one array whole, e.g. ``"train/y"``; big ones are better mapped: see `map`."""
        extent = self.extents[path]
        with open(os.dup(self._descriptor), "rb") as file:
            data = os.pread(file.fileno(), extent.size_bytes, extent.offset)
        return np.frombuffer(data, extent.dtype).reshape(extent.shape)

    def map(self, path: str) -> NDArray[Any]:
        """Map one array read-only; an empty one comes as an empty array."""
        extent = self.extents[path]
        if not extent.size_bytes:
            return np.empty(extent.shape, extent.dtype)
        with open(os.dup(self._descriptor), "rb") as file:
            return np.memmap(file, extent.dtype, mode="r", offset=extent.offset, shape=extent.shape)

    def _texts(self, path: str) -> list[str]:
        """Read an array of names."""
        column = self.read(path)
        try:
            return [unescape_name(name.decode()) for name in column]
        except (ValueError, AttributeError) as error:
            raise DatasetFileError(f"open: {path} must hold text in UTF-8, got {printable(str(error))} in {self.path}.") from error

    def verify(self, *, workers: int = 2, progress: Progress = silent) -> list[str]:
        """Read every byte and compare all checksums.

        Args:
            workers: Threads that read.
            progress: Told the bytes done.

        Returns:
            One line for each damaged block of rows, or for what is damaged outside of them; empty if the file is as written.
        """
        blocks = [block for name in self.splits for block in self[name].blocks()]
        cuts = sorted({USER_BLOCK_BYTES, Path(self.path).stat().st_size, *(edge for piece, _, _ in blocks for edge in piece)})
        crcs = piece_crcs(self.path, cuts, workers=workers, progress=progress)
        found = dict(zip(cuts[:-1], crcs, strict=True))
        damaged = [name for (start, _), name, crc in blocks if found[start] != crc]
        if not damaged and f"{whole_crc(crcs, cuts):08x}" != self.digest:
            damaged = ["outside the blocks of rows: labels, names, checksums or the file's own structure"]
        return damaged

    def summary(self) -> dict[str, dict[str, int]]:
        """Samples, groups and classes of each split."""
        return {name: self[name].summary() for name in self.splits}

    def __str__(self) -> str:
        lines = [f"{printable(self.path)}: {self.kind}, schema {self.schema}, {len(self.classes)} classes"]
        for name in self.splits:
            arrays = ", ".join(f"{a} {'×'.join(map(str, e.shape))} {e.dtype}" for a, e in self[name].arrays.items())
            counts = ", ".join(f"{count} {what}" for what, count in self[name].summary().items())
            lines.append(f"  {name:5} {counts}: {arrays}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = {name: "".join(f"<td>{count}</td>" for count in self[name].summary().values()) for name in self.splits}
        rows = "".join(f"<tr><th>{name}</th>{counts}</tr>" for name, counts in cells.items())
        head = "".join(f"<th>{what}</th>" for what in ("", "samples", "groups", "classes"))
        caption = f"<caption>{html.escape(printable(self.path))}: {html.escape(self.kind)}</caption>"
        return f"<table>{caption}<tr>{head}</tr>{rows}</table>"


class SplitData:
    """One split of a dataset file; ``x``, ``y``, ``group``, ``source``, ``parent`` as schema 1 has them.

    Args:
        file: The file it belongs to.
        name: ``"train"``, ``"val"`` or ``"test"``.
    """

    def __init__(self, file: DatasetFile, name: str) -> None:
        self.file, self.name = file, name
        fields = {path.removeprefix(f"{name}/"): extent for path, extent in file.extents.items() if path.startswith(f"{name}/")}
        self.arrays: dict[str, Extent] = {key: e for key, e in fields.items() if key not in CORRIDOR_FIELDS}
        self._fields = fields
        self._maps: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return self._fields["source"].shape[0]

    def array(self, name: str = "x") -> NDArray[Any]:
        """Map one of the split's arrays, read-only: ``x`` has shape (N, …), ragged ones (items, …) with `offsets` beside."""
        check(name in self.arrays, "open", "array", f"one of {', '.join(self.arrays)}", name, at=f"{self.file.path}, {self.name}")
        if name not in self._maps:
            self._maps[name] = self.file.map(f"{self.name}/{name}")
        return self._maps[name]

    @property
    def x(self) -> NDArray[Any]:
        """The array ``x``, mapped."""
        return self.array("x")

    @cached_property
    def y(self) -> NDArray[Any] | None:
        """int64 (N,) class ids, or multi-labels or targets; None if unlabelled."""
        values = self._optional("y")
        if values is not None and values.dtype == np.int64 and values.ndim == 1:
            self._within("y", values, 0, len(self.file.classes))
        return values

    @cached_property
    def group(self) -> NDArray[np.int64] | None:
        """int64 (N,): equal where samples belong together; None if they do not."""
        return self._optional("group")

    @cached_property
    def parent(self) -> NDArray[np.int64] | None:
        """int64 (N,): the row that a copy was made from, −1 for originals; None outside train."""
        values = self._optional("parent")
        return values if values is None else self._within("parent", values, -1, len(self))

    @cached_property
    def offsets(self) -> NDArray[np.int64] | None:
        """int64 (N + 1,): where each row's items start in ragged arrays; None without such arrays."""
        bounds = self._optional("offsets")
        if bounds is not None:
            items = next(iter(self.arrays.values())).shape[0]
            if bounds[0] != 0 or bounds[-1] != items or (np.diff(bounds) < 0).any():
                raise DatasetFileError(f"open: offsets of {self.name} must rise from 0 to {items} in {self.file.path}.")
        return bounds

    @cached_property
    def source(self) -> list[str]:
        """The path or row that each sample came from."""
        return self.file._texts(f"{self.name}/source")  # noqa: SLF001 (a file and its parts are one)

    def take(self, rows: NDArray[np.int64], name: str = "x") -> tuple[NDArray[Any], NDArray[np.int64] | None]:
        """Gather rows.

        Args:
            rows: int64, shape (M,), each in [0, N).
            name: Which array.

        Returns:
            Items, and None where each row is one item; for a ragged array the rows' items end to end, and int64 (M,) lengths.
        """
        places, lengths = self.places(rows)
        return np.take(self.array(name), places, axis=0), lengths

    def places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """Say where the rows' items lie in the stored arrays, and how many each row has if that varies; as `take` gathers them."""
        if self.offsets is None:
            return rows, None
        first, lengths = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        return np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum()), lengths

    def summary(self) -> dict[str, int]:
        """Number of samples, groups (0 if none are known) and classes that occur."""
        labels = self.y if self.y is not None and self.y.dtype == np.int64 and self.y.ndim == 1 else np.empty(0)
        groups = self.group if self.group is not None else np.empty(0)
        return {"samples": len(self), "groups": len(np.unique(groups)), "classes": len(np.unique(labels))}

    def blocks(self) -> Iterator[tuple[tuple[int, int], str, int]]:
        """First byte of each block of rows of each array and the byte behind it, its name for people, its stored CRC-32."""
        bounds = self.offsets if self.offsets is not None else np.arange(len(self) + 1)
        crcs = self.file.read(f"{self.name}/crc32").reshape(-1, len(self.arrays))
        edges = [*range(0, len(self), self._fields["crc32"].attributes["block_rows"]), len(self)]
        for start, stop, row in zip(edges[:-1], edges[1:], crcs, strict=True):
            for (name, extent), crc in zip(self.arrays.items(), row, strict=True):
                piece = extent.row_bytes(int(bounds[start]), int(bounds[stop]))
                if piece[0] < piece[1]:
                    yield piece, f"{self.name}/{name}, rows {start} to {stop - 1}", int(crc)

    def _optional(self, name: str) -> NDArray[Any] | None:
        return self.file.read(f"{self.name}/{name}") if name in self._fields else None

    def _within(self, name: str, values: NDArray[Any], low: int, high: int) -> NDArray[Any]:
        wrong = values[(values < low) | (values >= high)]
        if wrong.size:
            raise DatasetFileError(f"open: {name} of {self.name} must be in [{low}, {high}), got {wrong[0]} in {self.file.path}.")
        return values
