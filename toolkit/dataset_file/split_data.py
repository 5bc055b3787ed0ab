"""One split of an open dataset file, or several as one: labels, groups and places of items go out, to datamodules and reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file.layout import Extent
from toolkit.errors import DatasetFileError, check
from toolkit.row_numbers import row_numbers

__all__ = ["JoinedData", "SplitData"]

CORRIDOR_FIELDS = {"y", "group", "source", "parent", "offsets", "crc32"}
"""What the corridors store in every split, beside the wing's own arrays."""


class _Store(Protocol):
    """What a split needs of the file that it lies in."""

    path: str
    extents: dict[str, Extent]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their ids."""
        ...

    def read(self, path: str) -> NDArray[Any]:
        """Read one array whole."""
        ...

    def map(self, path: str) -> NDArray[Any]:
        """Map one array read-only."""
        ...

    def texts(self, path: str) -> list[str]:
        """Read an array of names."""
        ...


class SplitData:
    """One split of a dataset file; ``x``, ``y``, ``group``, ``source``, ``parent`` as the file holds them.

    Args:
        file: The file it belongs to.
        name: ``"train"``, ``"val"`` or ``"test"``.
    """

    def __init__(self, file: _Store, name: str) -> None:
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

    def pieces(self, name: str) -> list[NDArray[Any]]:
        """Map what an array consists of: of one split, the array itself."""
        return [self.array(name)]

    @property
    def x(self) -> NDArray[Any]:
        """The array ``x``, mapped."""
        return self.array("x")

    @property
    def tokens(self) -> NDArray[Any]:
        """The array ``tokens``: int32, the numbers of all texts' words end to end; `offsets` bound each text. Mapped as `array` is."""
        return self.array("tokens")

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
        return self.file.texts(f"{self.name}/source")

    def take(self, rows: Any, name: str = "x") -> tuple[NDArray[Any], NDArray[np.int64] | None]:
        """Gather rows.

        Args:
            rows: What numpy takes along one axis, e.g. ``[3, -1]``, ``slice(10)`` or the mask ``part.y == 2``; an integer is a row alone.
            name: Which array.

        Returns:
            Items, and None where each row is one item; for a ragged array the rows' items end to end, and int64 (M,) lengths.

        Raises:
            IndexError: If a row is out of range, or a mask has another length than the split.
        """
        numbers = row_numbers(rows, len(self), where="take", at=f"{self.file.path}, {self.name}")
        places, lengths = self.places(np.atleast_1d(numbers))
        values = self._gather(places, name)
        return (values if numbers.ndim or lengths is not None else values[0]), lengths

    def _gather(self, places: NDArray[np.int64], name: str) -> NDArray[Any]:
        return np.take(self.array(name), places, axis=0)

    def places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """Say where the rows' items lie in the stored arrays, and how many each row has if that varies; as `take` gathers them.

        Args:
            rows: int64, shape (M,), each in [0, N), as `row_numbers` gives them.
        """
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


class JoinedData(SplitData):
    """Several splits as one, ``file["train+val"]``: rows are counted through, so that those of the first keep their numbers.

    Args:
        file: The file that they belong to.
        parts: Its splits, at least one, in the file's order.
    """

    def __init__(self, file: _Store, parts: Sequence[SplitData]) -> None:
        self.file, self.name, self.parts = file, "+".join(part.name for part in parts), parts
        self.arrays = parts[0].arrays

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def pieces(self, name: str) -> list[NDArray[Any]]:
        """Map one array of every split, one after another."""
        return [part.array(name) for part in self.parts]

    def array(self, name: str = "x") -> NDArray[Any]:
        """Read one array of all splits into memory, end to end."""
        return np.concatenate(self.pieces(name))

    def _gather(self, places: NDArray[np.int64], name: str) -> NDArray[Any]:
        pieces = self.pieces(name)
        values, first = np.empty((len(places), *pieces[0].shape[1:]), pieces[0].dtype), 0
        for piece in pieces:
            here = (places >= first) & (places < first + len(piece))
            values[here] = piece[places[here] - first]
            first += len(piece)
        return values

    @cached_property
    def offsets(self) -> NDArray[np.int64] | None:
        """int64 (N + 1,): where each row's items start in the pieces laid end to end; None without ragged arrays."""
        bounds = [part.offsets for part in self.parts]
        if any(bound is None for bound in bounds):
            return None
        return np.concatenate([[0], np.cumsum(np.concatenate([np.diff(bound) for bound in bounds if bound is not None]))])

    @cached_property
    def source(self) -> list[str]:
        """The path or row that each sample came from."""
        return [name for part in self.parts for name in part.source]

    def _optional(self, name: str) -> NDArray[Any] | None:
        values = [getattr(part, name) for part in self.parts]
        if name == "parent":  # copies stand in train alone, which comes first
            values = [np.full(len(part), -1) if value is None else value for part, value in zip(self.parts, values, strict=True)]
        return None if any(value is None for value in values) else np.concatenate(values)
