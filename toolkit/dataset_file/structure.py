"""What a foreign file must prove before any of its bytes are used: links, layouts, types and bounds, as its schema says.

`read_structure` opens it with HDF5 once; it hands on where each array lies and closes the file again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from toolkit.dataset_file.layout import ALIGNMENT_BYTES, SOFT_LINKS, Extent
from toolkit.dataset_file.seal import SCHEMA, Part, find_part, rewritten
from toolkit.errors import DatasetFileError, printable
from toolkit.wing import SPLITS

__all__ = ["read_structure"]

_ATTRIBUTES = {"foudre_schema": int, "kind": str, "pipeline": dict, "source": dict, "created_with": dict, "seed": int, "complete": int}
_GROUPS = (*SPLITS, "meta")
_LINKS = {1: {name: SOFT_LINKS[name] for name in ("x_train", "y_train", "x_test", "y_test")}, SCHEMA: SOFT_LINKS}
_COLUMNS = {  # of a split: dtypes and numbers of axes that its rows may have
    "source": (("S",), (1,)),
    "y": (("<i8", "<f4"), (1, 2)),
    "group": (("<i8",), (1,)),
    "parent": (("<i8",), (1,)),
    "offsets": (("<i8",), (1,)),
    "crc32": (("<u4",), (1, 2)),
}


def read_structure(path: str | Path) -> tuple[dict[str, Any], dict[str, Extent]]:
    """Check a dataset file's structure.

    Args:
        path: The file.

    Returns:
        The root's attributes (JSON as text), and the extents of all datasets by path.

    Raises:
        DatasetFileError: If HDF5 cannot read it, or anything in it is not as its schema says.
    """
    part = find_part(path)
    try:
        with h5py.File(path, "r") as file:
            attributes = {name: _attribute(path, file.attrs, name, kind) for name, kind in _ATTRIBUTES.items()}
            extents = {extent.path: extent for extent in _walk(path, file, part)}
    except DatasetFileError:
        raise
    except Exception as error:  # hostile files make h5py raise anything
        raise DatasetFileError(f"open: {path} is not readable as HDF5: truncated or damaged ({printable(str(error))}).") from error
    _require(path, "attribute foudre_schema", attributes["foudre_schema"] == part.schema, str(part.schema), attributes["foudre_schema"])
    _require(path, "complete", attributes["complete"] == 1, "1", attributes["complete"])
    _check_apart(path, extents.values())
    for split in SPLITS:
        _check_split(path, split, {name.removeprefix(f"{split}/"): e for name, e in extents.items() if name.startswith(f"{split}/")})
    if any(e.offset % ALIGNMENT_BYTES for e in extents.values() if e.size_bytes >= ALIGNMENT_BYTES):
        raise rewritten(path, f"its arrays do not lie at multiples of {ALIGNMENT_BYTES} bytes")
    return attributes, extents


def _attribute(path: str | Path, attributes: h5py.AttributeManager, name: str, kind: type) -> Any:
    """Return one attribute of the root: an integer, text, or the text of a JSON object; each of fixed length."""
    _require(path, f"attribute {name}", name in attributes, "present", "none")
    dtype, shape = attributes.get_id(name).dtype, attributes.get_id(name).shape
    rule = "an integer" if kind is int else "text of fixed length"
    _require(path, f"attribute {name}", shape == () and dtype.kind == ("i" if kind is int else "S"), rule, f"{dtype} of shape {shape}")
    if kind is int:
        return int(attributes[name])
    text = bytes(attributes[name]).decode(errors="replace")
    if kind is dict:
        try:
            _require(path, f"attribute {name}", isinstance(json.loads(text), dict), "a JSON object", text)
        except ValueError as error:
            raise DatasetFileError(f"open: attribute {name} must be JSON, got {printable(text)} in {path}.") from error
    return text


def _walk(path: str | Path, file: h5py.File, part: Part) -> Iterator[Extent]:
    """Yield all datasets of the root's groups: hard links only, but for the soft links that the schema names."""
    for name in file:
        link = file.get(name, getlink=True)
        if isinstance(link, h5py.SoftLink):
            target = _LINKS[part.schema].get(name)
            _require(path, f"soft link {name}", target == link.path, target or "absent", link.path)
            continue
        _require_hard(path, name, link)
        _require(path, "a group", name in _GROUPS, f"one of {', '.join(_GROUPS)}", name)
        group = file[name]
        _require(path, name, isinstance(group, h5py.Group), "a group", "a dataset")
        for key in group:
            _require_hard(path, f"{name}/{key}", group.get(key, getlink=True))
            yield _extent(path, f"{name}/{key}", group[key], part)


def _require_hard(path: str | Path, name: str, link: object) -> None:
    _require(path, f"link {name}", isinstance(link, h5py.HardLink), "a hard link", type(link).__name__)


def _extent(path: str | Path, name: str, dataset: Any, part: Part) -> Extent:
    """Check one dataset and return where it lies in the file's HDF5 part."""
    _require(path, name, isinstance(dataset, h5py.Dataset), "a dataset", type(dataset).__name__)
    layout = dataset.id.get_create_plist()
    plain = layout.get_layout() == h5py.h5d.CONTIGUOUS and layout.get_external_count() == 0 and not dataset.is_virtual
    _require(path, name, plain, "contiguous, inside the file", "another storage layout, or external or virtual storage")
    dtype = dataset.dtype
    _require(path, name, dtype.kind in "iufS" and dtype.byteorder != ">", "little-endian numbers or text of fixed length", dtype)
    attributes = {key: int(dataset.attrs[key]) for key in dataset.attrs if dataset.attrs.get_id(key).dtype.kind == "i"}
    offset = (dataset.id.get_offset() or 0) if dataset.size else 0
    encoding = getattr(h5py.check_string_dtype(dtype), "encoding", "ascii")
    extent = Extent(name, dtype.str, dataset.shape, attributes, encoding, offset)
    end = offset + extent.size_bytes
    inside = not extent.size_bytes or part.start <= offset <= end <= part.stop
    _require(path, name, inside, f"within the file's bytes {part.start} to {part.stop}", f"bytes {offset} to {end}")
    return extent


def _check_apart(path: str | Path, extents: Iterable[Extent]) -> None:
    """Refuse arrays that share bytes."""
    taken = sorted((e.offset, e.offset + e.size_bytes, e.path) for e in extents if e.size_bytes)
    for (_, end, first), (start, _, second) in pairwise(taken):
        _require(path, second, start >= end, f"apart from {first}", f"bytes in common from {start}")


def _check_split(path: str | Path, split: str, fields: dict[str, Extent]) -> None:
    """Check that a split's datasets agree with each other in length and have the types that the schema names."""
    if not fields:
        return
    for name in ("source", "crc32"):
        _require(path, f"{split}/{name}", name in fields, "present", "none")
    _require(path, f"{split}/parent", split == "train" or "parent" not in fields, "in train alone", f"in {split}")
    samples = fields["source"].shape[0] if fields["source"].shape else -1
    for name, (dtypes, axes) in _COLUMNS.items():
        if name in fields:
            dtype, shape = fields[name].dtype, fields[name].shape
            kind = dtype if np.dtype(dtype).kind != "S" else "S"
            long = name == "crc32" or shape[:1] == (samples + (name == "offsets"),)
            rule = f"{samples} rows of {' or '.join(dtypes)} with {' or '.join(map(str, axes))} axes"
            _require(path, f"{split}/{name}", kind in dtypes and len(shape) in axes and long, rule, f"{dtype} {shape}")
    arrays = {name: e for name, e in fields.items() if name not in _COLUMNS}
    rows = {e.shape[0] if e.shape else -1 for e in arrays.values()}
    agree = len(rows) == 1 if "offsets" in fields else rows == {samples}
    _require(path, f"the arrays of {split}", agree, f"as long as its {samples} sources, or bounded by offsets", sorted(rows))
    block_rows = fields["crc32"].attributes.get("block_rows", 0)
    blocks = -(-samples // block_rows) if block_rows > 0 else -1
    crcs = fields["crc32"]
    good = crcs.shape[:1] == (blocks,) and math.prod(crcs.shape) == blocks * len(arrays)
    _require(path, f"{split}/crc32", good, f"uint32 for each {block_rows} rows of each array", f"{crcs.dtype} {crcs.shape}")


def _require(path: str | Path, name: str, good: object, rule: str, got: object) -> None:
    if not good:
        raise DatasetFileError(f"open: {name} must be {rule}, got {printable(str(got))} in {path}.")
