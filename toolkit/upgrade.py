"""The verb `upgrade`: a sound dataset file of an older schema in, a file of today's schema with the same contents out.

What stands in the arrays and attributes is copied, not made again: raw files are not needed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit.dataset_file import DatasetFile, Extent, Field, Inspection, inspect_dataset, open_dataset, require_dataset_path
from toolkit.dataset_file.checksum import piece_crcs
from toolkit.dataset_file.layout import as_json
from toolkit.dataset_file.seal import SCHEMA, find_part, seal
from toolkit.errors import DatasetFileError, ExportError, check, printable, wording
from toolkit.export.fill import write_at
from toolkit.export.workspace import Workspace
from toolkit.wing import Progress, silent

__all__ = ["upgrade_dataset"]


def upgrade_dataset(old: str | Path, new: str | Path, *, progress: Progress = silent) -> Inspection:
    """Write a dataset file of schema 1 again in schema 2, which more readers of HDF5 open.

    Every array and attribute keeps its values, bit for bit; texts get a byte of room. A kill leaves nothing under the new name.

    Args:
        old: A dataset file of schema 1. It is read and kept: runs that were trained on it know it by its checksum, and go on with it alone.
        new: The file to write, where nothing stands yet.
        progress: Told of "verifying", the old file and then the new one.

    Returns:
        What the new file holds, verified.

    Raises:
        ArgumentError: If something stands at `new`, or it does not end in .h5 or .hdf5.
        DatasetFileError: If `old` is damaged, or of schema 2 already.
        ExportError: If the new file cannot be written.

    Example:
        >>> upgrade_dataset("signs.h5", "signs-2.h5")  # doctest: +SKIP
    """
    require_dataset_path(new, where="upgrade")
    file, target = open_dataset(old), Path(new).absolute()
    if file.schema == SCHEMA:
        fix = "It is up to date: nothing is to be done."
        raise DatasetFileError(wording("upgrade", "schema", "1", file.schema, at=file.path, fix=fix))
    if damage := file.verify(progress=progress):
        fix = "Take a sound copy, or make it again with `foudre preprocess`."
        raise DatasetFileError(wording("upgrade", "every byte", "as it was written", f"damage: {damage[0]}", at=file.path, fix=fix))
    with Workspace(target, "upgrade") as space:
        check(not os.path.lexists(target), "upgrade", "path", "free", "a file", at=str(target), fix="Name another file to write.")
        try:
            _write(file, space)
            if open_dataset(space.data).verify(progress=progress) or not _equal(file, open_dataset(space.data)):
                raise ExportError(f"upgrade: {printable(str(target))} changed while it was written. Run the same command again.")
            space.publish(space.data)
        finally:
            space.clear()  # no later run goes on from it
    return replace(inspect_dataset(target), damage=())


def _write(file: DatasetFile, space: Workspace) -> None:
    """Lay out a new file, copy everything into its place, and seal it."""
    texts = {path: _with_room(file, extent) for path, extent in file.extents.items() if np.dtype(extent.dtype).kind == "S"}
    fields = [
        Field.of(e.path, texts[e.path], e.attributes) if e.path in texts else Field(e.path, e.dtype, e.shape, e.attributes)
        for e in file.extents.values()
    ]
    parts = {name: as_json(getattr(file, name)) for name in ("pipeline", "source", "created_with")}
    attributes: dict[str, str | int] = {"foudre_schema": SCHEMA, "kind": file.kind, "seed": file.seed, "complete": 1, **parts}
    extents = space.create(space.data, fields, attributes)
    with open(space.data, "r+b", buffering=0) as sink:
        for path, extent in extents.items():
            write_at(sink.fileno(), texts[path] if path in texts else file.map(path), extent.offset)
    part = find_part(space.data)
    seal(space.data, piece_crcs(space.data, (part.start, part.stop))[0])


def _with_room(file: DatasetFile, extent: Extent) -> NDArray[np.bytes_]:
    """Read a column of text, with a zero behind its longest."""
    return file.read(extent.path).astype(f"S{np.dtype(extent.dtype).itemsize + 1}")


def _equal(old: DatasetFile, new: DatasetFile) -> bool:
    """Whether all arrays but those in blocks, whose checksums tell, hold the same."""
    big = {extent.path for name in old for extent in old[name].arrays.values()}
    small = old.extents.keys() - big
    return all(old.read(path).astype(new.extents[path].dtype).tobytes() == new.read(path).tobytes() for path in small)
