"""The skeleton of a dataset file: every dataset in its place, contiguous and allocated, none of them filled.

Export writes it once and then fills it by plain file writes at the offsets returned, so HDF5 is never open while data flows.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file.seal import SEAL_BYTES
from toolkit.errors import DataError
from toolkit.wing import SPLITS

__all__ = [
    "ALIGNMENT_BYTES",
    "SOFT_LINKS",
    "Extent",
    "Field",
    "as_json",
    "escape_name",
    "fixed_strings",
    "unescape_name",
    "write_skeleton",
]

SOFT_LINKS = {f"{array}_{split}": f"/{split}/{array}" for split in SPLITS for array in ("x", "tokens", "offsets", "y")}
"""From the root to the arrays, for notebooks and readers that look there alone."""
ALIGNMENT_BYTES = 64
_ATTRIBUTE_BYTES = 60_000


@dataclass(frozen=True)
class Field:
    """One dataset of a file.

    Args:
        path: Its name in the file.
        dtype: Numpy's name of its type; ``S12`` for text of 12 bytes.
        shape: Its shape.
        attributes: Integers that stand beside it.
        encoding: What text is marked as, ``ascii`` if all of it is, else ``utf-8``: some readers take nothing but the first.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]
    attributes: Mapping[str, int] = field(default_factory=dict)
    encoding: str = "ascii"

    @classmethod
    def of(cls, path: str, array: NDArray[Any], attributes: Mapping[str, int] | None = None) -> Field:
        """Return the field that an array fits into."""
        text = array.dtype.kind == "S"
        return cls(path, array.dtype.str, array.shape, attributes or {}, _encoding(array.tobytes()) if text else "ascii")

    @property
    def size_bytes(self) -> int:
        """Bytes that it takes in the file."""
        return np.dtype(self.dtype).itemsize * math.prod(self.shape)


@dataclass(frozen=True)
class Extent(Field):
    """A field and the byte of the file at which it starts (0 if it is empty and lies nowhere)."""

    offset: int = 0

    def row_bytes(self, start: int, stop: int) -> tuple[int, int]:
        """First byte of rows [start, stop) in the file, and the byte behind them."""
        row = self.size_bytes // self.shape[0] if self.shape[0] else 0
        return self.offset + start * row, self.offset + stop * row


def write_skeleton(path: str | Path, fields: Sequence[Field], attributes: Mapping[str, str | int]) -> dict[str, Extent]:
    """Create an HDF5 file with all datasets and attributes, contents and seal left open, and return where each dataset lies.

    Args:
        path: A file to create or replace.
        fields: The datasets; parents are created.
        attributes: Of the root group: text or integers.

    Returns:
        Extents by path. The same arguments give the same bytes.

    Raises:
        DataError: If an attribute's text is over 60 kB, more than an HDF5 object header holds.
    """
    for name, value in attributes.items():
        if isinstance(value, str) and len(value.encode()) > _ATTRIBUTE_BYTES:
            raise DataError(f"export: {name} must be at most {_ATTRIBUTE_BYTES} bytes as JSON, got {len(value.encode())} in {path}.")
    options: Any = {"alignment_threshold": ALIGNMENT_BYTES, "alignment_interval": ALIGNMENT_BYTES}
    with h5py.File(path, "w", libver=("v110", "v110"), **options) as file:
        _set_attributes(file, attributes)
        extents = {field.path: _allocate(file, field) for field in fields}
        for link, target in SOFT_LINKS.items():
            if target.lstrip("/") in extents:
                file[link] = h5py.SoftLink(target)
    os.truncate(path, Path(path).stat().st_size + SEAL_BYTES)
    return extents


def _allocate(file: h5py.File, field: Field) -> Extent:
    """Create one dataset: contiguous, space taken at once, never pre-filled."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.CONTIGUOUS)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    properties.set_obj_track_times(False)
    dtype = np.dtype(field.dtype)
    stored = _text_type(field.encoding, dtype.itemsize) if dtype.kind == "S" else h5py.h5t.py_create(dtype.newbyteorder("<"))
    group, _, name = field.path.rpartition("/")
    space = h5py.h5s.create_simple(field.shape)
    created = h5py.h5d.create(file.require_group(group).id, name.encode(), stored, space, properties)
    _set_attributes(h5py.Dataset(created), field.attributes)
    offset = created.get_offset() if field.size_bytes else 0
    return Extent(field.path, field.dtype, field.shape, field.attributes, field.encoding, offset)


def _set_attributes(target: h5py.File | h5py.Dataset, attributes: Mapping[str, str | int]) -> None:
    """Attach integers and text."""
    for name, value in attributes.items():
        if isinstance(value, str):
            text = value.encode() + b"\0"
            stored = _text_type(_encoding(text), len(text))
            created = h5py.h5a.create(target.id, name.encode(), stored, h5py.h5s.create(h5py.h5s.SCALAR))
            created.write(np.array(text, f"S{len(text)}"), stored)
        else:
            target.attrs.create(name, value, dtype=np.dtype("<i8"))


def _text_type(encoding: str, size: int) -> h5py.h5t.TypeStringID:
    """Text of fixed length that a zero ends, as in C: HDF5's variable-length strings lie in a heap without checksums."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(size)
    kind.set_cset(h5py.h5t.CSET_ASCII if encoding == "ascii" else h5py.h5t.CSET_UTF8)
    return kind


def _encoding(text: bytes) -> str:
    return "ascii" if text.isascii() else "utf-8"


def as_json(value: Any) -> str:
    """Return JSON with sorted keys: the same value, the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def escape_name(text: str) -> str:
    """Make a path or class name storable: percent-escape ``%``, NUL, and bytes that are no UTF-8; `unescape_name` undoes it."""
    if text.isascii() and "%" not in text and "\0" not in text:
        return text
    return "".join("".join(f"%{b:02X}" for b in os.fsencode(c)) if c in "%\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def unescape_name(text: str) -> str:
    """Undo `escape_name`."""
    first, *rest = text.split("%")
    raw = os.fsencode(first) + b"".join(bytes([int(part[:2], 16)]) + os.fsencode(part[2:]) for part in rest)
    return os.fsdecode(raw)


def fixed_strings(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.bytes_]]:
    """Return texts as fixed-length UTF-8, escaped, zero-padded: dtype ``S``, shape (N,). One zero at least ends each, for C's readers."""
    encoded = [escape_name(text).encode() for text in texts]
    return np.array(encoded, dtype=f"S{max(map(len, encoded), default=0) + 1}")
