"""Parquet files of pictures, as Hugging Face keeps them: come in in a tree, go out as a Manifest.

A column is a structure of bytes and path, or bytes; labels are text, or numbers whose names the file's schema has. Source: Hugging Face
datasets, `Features` in a schema's metadata under ``huggingface``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.part_files import find_files, named_files, pass_over, say_parts, split_files
from toolkit.images.sources.spooled import SpooledRows
from toolkit.sources import Tree
from toolkit.wing import Manifest, Understood

__all__ = ["find_parquet", "read_parquet"]

_SHARD = re.compile(r"-\d+-of-\d+(-[0-9a-f]+)?$")
_LABELS = ("label", "labels", "class", "fine_label", "category", "target")
_LABEL_TYPES = ("string", "large_string", "bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
_BYTES = ("binary", "large_binary", "binary_view")
_BATCH = 256


@dataclass(frozen=True)
class _Columns:
    """The column of pictures, whether it is a structure, that of labels, and the labels' names by number."""

    image: str
    structure: bool
    label: str
    names: Sequence[str] = field(default_factory=tuple)


def find_parquet(tree: Tree) -> tuple[str, ...] | None:
    """Find Parquet files by their ending; None if there are none."""
    return find_files(tree, _is_parquet) or None


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(".parquet")


def _stem(name: str) -> str:
    """A shard's name without its number and ending."""
    return _SHARD.sub("", name.rpartition(".")[0])


def read_parquet(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures of Parquet files.

    Args:
        tree: The folder of the files, or one of them in its folder.
        options: `columns` names the columns of pictures (``path``) and labels, where their types and names do not tell; `parts` the files
            or folders of each part.

    Returns:
        A manifest; rows are numbered from 0 in each file. Names of shards, or of their folders, make the splits. Rows without a picture,
        and those whose label is −1 or missing, are among the skipped.

    Raises:
        DataError: If pyarrow is not installed, a file is damaged, or columns have to be named.
    """
    named = named_files(tree, options, _is_parquet)
    files = tuple(named) or find_parquet(tree) or ()
    if not files:
        raise DataError(f"read: {printable(str(tree.root))} must hold Parquet files, got none.")
    splits = named or split_files(tree, "parquet", files, _stem, shards=True)
    rows, columns = SpooledRows(), None
    for name in files:
        if name not in splits:
            rows.skip(name, "a file beside those of train, val and test")
            continue
        for batch in _read_ahead(_read_batches(tree, name, options)):
            columns = batch.columns
            _add_rows(rows, name, batch, split=splits[name])
    label = columns.label if columns else ""
    if not label:
        rows.tell("No column is one of labels by its type or name, so the pictures are unlabelled: --columns label=COLUMN names one.")
    if columns and columns.names:
        rows.class_names = {str(number): name for number, name in enumerate(columns.names) if name != str(number)}
    places = say_parts(splits, lambda name: f"shards {_stem(name)}") if len(files) > 1 else {"": files[0]}
    passed_over = pass_over(tree, _is_parquet, files)
    rows.understood = Understood("Parquet files of pictures", places, label and f"the column {printable(label)}", passed_over=passed_over)
    return rows.close(tree, options, files)


class _Batch(NamedTuple):
    """A few rows: the first one's number, their files end to end, the bounds of each in these, and labels."""

    columns: _Columns
    start: int
    data: memoryview
    bounds: Sequence[int]
    labels: Sequence[Any]


def _read_ahead(batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """Have each batch decoded while the one before it is written."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = pool.submit(next, batches, None)
            yield batch


def _read_batches(tree: Tree, name: str, options: ReadOptions) -> Iterator[_Batch]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        fix = "Install it: pip install 'foudre[parquet]'."
        raise DataError(f"read: {printable(str(tree.root))} must be read by the library pyarrow, got none. {fix}") from None
    start = 0
    try:
        with ParquetFile(tree.local(name), memory_map=True, pre_buffer=False) as file:  # twice as fast as reading
            columns = _find_columns(tree, name, file.schema_arrow, options)
            wanted = [f"{columns.image}.bytes" if columns.structure else columns.image, *([columns.label] if columns.label else [])]
            for batch in file.iter_batches(_BATCH, columns=wanted):
                found = batch.column(columns.image)
                data, bounds = _join(found.field("bytes") if columns.structure else found)
                yield _Batch(columns, start, data, bounds, batch.column(columns.label).to_pylist() if columns.label else [])
                start += len(found)
    except (ArrowException, OSError) as error:
        got = f"one that cannot be read after {start:,} rows: {' '.join(str(error).split())}"
        raise DataError(wording("read", name, "a whole Parquet file", got, at=str(tree.root))) from error


def _join(column: Any) -> tuple[memoryview, Sequence[int]]:
    """Return what a column holds, end to end as it lies in memory, and the bounds of each row there; one that is missing is empty."""
    whole = column.fill_null(b"").cast("large_binary")
    _, offsets, data = whole.buffers()
    bounds = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1]
    return memoryview(data or b"")[bounds[0] : bounds[-1]], (bounds - bounds[0]).tolist()


def _add_rows(rows: SpooledRows, name: str, batch: _Batch, *, split: int) -> None:
    names, first = batch.columns.names, rows.spool(batch.data)
    for i, (start, stop) in enumerate(pairwise(batch.bounds)):
        origin, label = f"{name} {batch.start + i}", batch.labels[i] if batch.columns.label else None
        if start == stop:
            rows.skip(origin, "no bytes in its row: the picture lies elsewhere, or is missing")
        elif batch.columns.label and (label is None or label == "" or (names and not 0 <= label < len(names))):
            rows.skip(origin, f"label must be one of the schema's, got {label}" if label is not None else "label is missing")
        else:
            rows.add_place(origin, (first + start, first + stop), label=None if label is None else str(label), split=split)


def _find_columns(tree: Tree, name: str, schema: Any, options: ReadOptions) -> _Columns:
    asked, features = options.column_names(), _load_features(schema)
    types = {field.name: str(field.type) for field in schema}
    images = {field.name: _holds_bytes(field.type) for field in schema if _holds_bytes(field.type) is not None}
    named = [name for name, feature in features.items() if feature.get("_type") == "ClassLabel" and name in types]
    labels = named or [name for name in types if name.lower() in _LABELS and types[name] in _LABEL_TYPES]
    for meaning, there in (("path", images), ("label", types)):
        if meaning in asked and asked[meaning] not in there:
            rule, fix = f"one of {', '.join(there) or 'none that are there'}", f"Name it with --columns {meaning}=COLUMN."
            raise DataError(wording("read", f"the column for {meaning}", rule, asked[meaning], at=name, fix=fix))
    image = _choose(tree, "path", asked, [*images], f"must have a column of pictures, got {', '.join(types)}")
    label = _choose(tree, "label", asked, labels, "")
    return _Columns(image, bool(images[image]), label, tuple(features.get(label, {}).get("names") or ()))


def _choose(tree: Tree, meaning: str, asked: Mapping[str, str], found: Sequence[str], lacking: str) -> str:
    """The column of a meaning: that asked for, or the only one; empty if there may be none."""
    if meaning in asked:
        return asked[meaning]
    if len(found) > 1:
        got, fix = ", ".join(found), f"Say which: --columns {meaning}={found[0]}."
        raise DataError(wording("read", f"the column for {meaning}", "one", got, at=str(tree.root), fix=fix))
    if not found and lacking:
        raise DataError(f"read: {printable(str(tree.root))} {lacking}.")
    return found[0] if found else ""


def _holds_bytes(kind: Any) -> bool | None:
    """Whether a column of this type holds pictures in structures; None if it holds none."""
    if str(kind) in _BYTES:
        return False
    fields = {kind.field(i).name: str(kind.field(i).type) for i in range(kind.num_fields)}
    return True if fields.get("bytes") in _BYTES else None


def _load_features(schema: Any) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {name: feature for name, feature in found.items() if isinstance(feature, dict)} if isinstance(found, dict) else {}
