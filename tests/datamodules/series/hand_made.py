"""Dataset files of series made by hand: what each series has in each split goes in, a file as the wing writes it comes out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.export import ExportOptions, export
from toolkit.wing import SPLITS, Array, Encoded, Manifest, Plan

HOUR = 3_600_000_000_000


@dataclass(frozen=True, eq=False)
class HandEncode:
    arrays: dict

    def __call__(self, rows):
        found = {name: np.concatenate([values[row] for row in rows.columns["row"]]) for name, values in self.arrays.items()}
        return Encoded(found, lengths=rows.columns["length"])


def write_series(
    path, parts, *, time=None, mask=None, label=None, classes=(), target=None, known=0, step="1h", zone="UTC", train_stats=None
):
    """Write a dataset file.

    parts: (series, split) → (T, F) values; time, mask, label: the same keys; known: how many of the last columns are of the calendar.
    """
    keys = sorted(parts, key=lambda key: SPLITS.index(key[1]))
    width = next(iter(parts.values())).shape[1]
    arrays, planned = {"x": [np.asarray(parts[key], np.float32) for key in keys]}, [Array("x", "float32", (width,), ragged=True)]
    if time is not None:
        arrays["time"] = [np.asarray(time[key], np.int64) for key in keys]
        planned.append(Array("time", "int64", (), ragged=True))
    if mask is not None:
        arrays["mask"] = [np.asarray(mask[key], np.uint8) for key in keys]
        planned.append(Array("mask", "uint8", (width,), ragged=True))
    lengths = np.array([len(values) for values in arrays["x"]], np.int64)
    rows = {"row": np.arange(len(keys)), "length": lengths}
    split = np.array([SPLITS.index(name) for _, name in keys], np.int8)
    y = None if label is None else np.array([label[key] for key in keys])
    y = y if y is None or y.dtype.kind == "i" else y.astype(np.float32)
    manifest = Manifest("series", str(Path(path).parent), [name for name, _ in keys], classes, y, split=split, columns=rows, files=())
    train = [values for values, (_, name) in zip(arrays["x"], keys, strict=True) if name == "train"] or arrays["x"]
    mean, std = train_stats or (np.nanmean(np.concatenate(train), 0, np.float64), np.nanstd(np.concatenate(train), 0, np.float64))
    fitted = {
        "features": [f"v{number}" for number in range(width)],
        "mean": np.asarray(mean, np.float64),
        "std": np.where(np.asarray(std) == 0, 1.0, std),
        "target": np.asarray(target if target is not None else [1] * (width - known) + [0] * known, np.int64),
        "known": np.array([0] * (width - known) + [1] * known, np.int64),
    }
    pipeline = {"kind": "series", "features": fitted["features"], "target": [], "calendar": [], "zone": zone, "step": step, "read": {}}
    plan = Plan(tuple(planned), HandEncode(arrays), pipeline, lengths, fitted)
    export(manifest, plan, path, options=ExportOptions(workers=0, overwrite=True))
    return path


def count_steps(lengths, *, width=1):
    """Values that tell where they come from: series s (from 1) at step t has 100·s + t in column 0, and 1000 more in each further one."""
    parts = {}
    for number, (name, splits) in enumerate(lengths.items(), 1):
        first = 0
        for split, length in splits.items():
            steps = 100 * number + np.arange(first, first + length)
            parts[name, split] = steps[:, None] + 1000.0 * np.arange(width)
            first += length
    return parts


def hours(parts, holes=()):
    """Stamps an hour apart, series by series; `holes` are the keys before which an hour is left out."""
    time, last = {}, {}
    for name, split in parts:
        first = last.get(name, 0) + (1 + ((name, split) in holes)) * HOUR
        time[name, split] = first + HOUR * np.arange(len(parts[name, split]))
        last[name] = int(time[name, split][-1]) if len(parts[name, split]) else last.get(name, 0)
    return time
