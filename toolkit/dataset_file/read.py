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

from toolkit.dataset_file.checksum import piece_crcs, whole_crc
from toolkit.dataset_file.layout import unescape_name
from toolkit.dataset_file.outline import has_own_words, outline_split, tell_outline
from toolkit.dataset_file.seal import read_seal
from toolkit.dataset_file.split_data import JoinedData, SplitData
from toolkit.dataset_file.structure import read_structure
from toolkit.errors import DatasetFileError, check, printable
from toolkit.wing import SPLITS, Progress, Skipped, silent, title_classes

__all__ = ["DatasetFile", "is_dataset_path", "open_dataset", "require_dataset_path"]


def is_dataset_path(path: str | Path) -> bool:
    """Tell by its name whether a path is a dataset file's, not a raw source's."""
    return Path(path).suffix.lower() in (".h5", ".hdf5")


def require_dataset_path(path: str | Path, *, where: str) -> None:
    """Refuse to write a dataset file where no verb would take it for one.

    Raises:
        ArgumentError: If its name ends in something else.
    """
    check(is_dataset_path(path), where, "path", "a file's that ends in .h5 or .hdf5", str(path))


def open_dataset(path: str | Path) -> DatasetFile:
    """Open a dataset file for reading.

    Args:
        path: A file written by `foudre preprocess`.

    Returns:
        The file, checked in its structure but not read: see `DatasetFile.verify` for its contents.

    Raises:
        DatasetFileError: If the file is missing, unfinished, truncated, written again by another tool, of another schema, or not built as
            its schema says.
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
        crc, self._part = read_seal(self.path)
        self.digest = f"{crc:08x}"
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
        names = split.split("+")
        known = names == [name for name in self.splits if name in names]
        check(known, "open", "split", f"one of {', '.join(self.splits)}, or some joined by + in this order", split, at=self.path)
        part = self._parts.get(split)
        if part is None:
            part = self._parts[split] = SplitData(self, split) if len(names) == 1 else JoinedData(self, [self[name] for name in names])
        return part

    def __iter__(self) -> Iterator[str]:
        return iter(self.splits)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their ids; empty if the file is unlabelled."""
        return tuple(self.texts("meta/classes")) if "meta/classes" in self.extents else ()

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """What people call each class, empty where they have no other name; or nothing at all."""
        return tuple(self.texts("meta/class_names")) if "meta/class_names" in self.extents else ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What pages call each class."""
        return title_classes(self.classes, self.class_names)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Words in the order of their numbers, specials first; empty if the file holds none. `toolkit.Vocabulary.load` takes it up."""
        return tuple(self.texts("meta/vocabulary")) if "meta/vocabulary" in self.extents else ()

    @cached_property
    def meta(self) -> Mapping[str, NDArray[Any]]:
        """What was fitted on train, by name: ``channel_mean``, ``counts``, …."""
        return {path.removeprefix("meta/"): self.read(path) for path in self.extents if path.startswith("meta/")}

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """The inputs that became no sample when the file was written, and why."""
        if "meta/skipped_path" not in self.extents:
            return ()
        pairs = zip(self.texts("meta/skipped_path"), self.texts("meta/skipped_reason"), strict=True)
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

    def texts(self, path: str) -> list[str]:
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
        cuts = sorted({self._part.start, self._part.stop, *(edge for piece, _, _ in blocks for edge in piece)})
        crcs = piece_crcs(self.path, cuts, workers=workers, progress=progress)
        found = dict(zip(cuts[:-1], crcs, strict=True))
        damaged = [name for (start, _), name, crc in blocks if found[start] != crc]
        if not damaged and f"{whole_crc(crcs, cuts):08x}" != self.digest:
            damaged = ["outside the blocks of rows: labels, names, checksums or the file's own structure"]
        return damaged

    def summary(self) -> dict[str, dict[str, int | str]]:
        """Samples, groups and classes of each split, and what the kind counts beside."""
        return {name: outline_split(self[name], self.kind, self.pipeline) for name in self.splits}

    @property
    def unknown_rate(self) -> dict[str, float]:
        """Share of words without a number in each split that has words, in [0, 1]; empty for a kind without a vocabulary."""
        if not self.vocabulary or "unknown_rate" not in self.meta:
            return {}
        rates = zip(SPLITS, self.meta["unknown_rate"].tolist(), strict=False)
        return {name: rate for name, rate in rates if name in self.splits and not np.isnan(rate)}

    def __str__(self) -> str:
        classes = f", {len(self.classes)} classes" if self.classes or not has_own_words(self.kind) else ""
        lines = [f"{printable(self.path)}: {self.kind}, schema {self.schema}{classes}"]
        for name, counts in self.summary().items():
            arrays = ", ".join(f"{a} {'×'.join(map(str, e.shape))} {e.dtype}" for a, e in self[name].arrays.items())
            lines.append(f"  {name:5} {tell_outline(counts, self.kind)}: {arrays}")
        if self.unknown_rate:
            rates = ", ".join(f"{rate:.2%} of {name}" for name, rate in self.unknown_rate.items())
            lines.append(f"  vocabulary {len(self.vocabulary):,} entries; unknown words: {rates}")
        if balance := self.source.get("balance"):
            lines.append(f"  train balanced: {balance['target']} a class, by {balance['by']}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        counts = self.summary()
        cells = {name: "".join(f"<td>{html.escape(str(count))}</td>" for count in part.values()) for name, part in counts.items()}
        rows = "".join(f"<tr><th>{name}</th>{part}</tr>" for name, part in cells.items())
        head = "".join(f"<th>{what}</th>" for what in ("", *next(iter(counts.values()), ())))
        caption = f"<caption>{html.escape(printable(self.path))}: {html.escape(self.kind)}</caption>"
        return f"<table>{caption}<tr>{head}</tr>{rows}</table>"
