"""Dataset files of schema 1: two that Foudre 0.1.0 wrote, kept as they were, and a writer that turns today's files into such.

`signs.h5` holds pictures of one colour each, (10 i, 100 class, 255) for the i-th of a class; `reviews.h5` the words of "a dull film
that I left" and "a fine film – bravo", shuffled, eight times each.
"""

from pathlib import Path

import h5py
import numpy as np

from toolkit.dataset_file.checksum import piece_crcs

SIGNS = Path(__file__).parent / "signs.h5"
REVIEWS = Path(__file__).parent / "reviews.h5"


def write_schema_1(path: Path, old: Path) -> Path:
    """Write a file of today's schema as Foudre 0.1.0 would have: behind a user block, all text marked UTF-8 and without a last zero."""
    options = {"libver": ("v110", "v110"), "userblock_size": 512, "alignment_threshold": 64, "alignment_interval": 64}
    with h5py.File(path) as new, h5py.File(old, "w", **options) as file:
        file.attrs.update({name: value for name, value in new.attrs.items() if isinstance(value, np.integer)} | {"foudre_schema": 1})
        for name, value in new.attrs.items():
            if isinstance(value, bytes):
                file.attrs.create(name, value, dtype=h5py.string_dtype("utf-8", max(1, len(value))))
        groups = [new[name] for name in ("train", "val", "test", "meta") if name in new]
        for dataset in sorted((d for group in groups for d in group.values()), key=lambda d: d.id.get_offset() or 0):
            _copy(file, dataset)
        for link in ("x_train", "y_train", "x_test", "y_test"):
            if link in new:
                file[link] = h5py.SoftLink(new.get(link, getlink=True).path)
    crc = piece_crcs(old, (512, old.stat().st_size))[0]
    with old.open("r+b") as file:
        file.write((b"foudre 1 crc32 %08x\n" % crc).ljust(512, b"\0"))
    return old


def _copy(file: h5py.File, dataset: h5py.Dataset) -> None:
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.CONTIGUOUS)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    properties.set_obj_track_times(False)
    text = dataset.dtype.kind == "S"
    dtype = h5py.string_dtype("utf-8", max(1, dataset.dtype.itemsize - 1)) if text else dataset.dtype
    group, space = file.require_group(dataset.parent.name), h5py.h5s.create_simple(dataset.shape)
    name = dataset.name.rpartition("/")[2].encode()
    copy = h5py.Dataset(h5py.h5d.create(group.id, name, h5py.h5t.py_create(dtype, logical=True), space, properties))
    if dataset.size:
        copy.id.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(dataset[()], f"S{dtype.itemsize}" if text else dtype), copy.id.get_type())
    for name, value in dataset.attrs.items():
        copy.attrs.create(name, value, dtype="<i8")
