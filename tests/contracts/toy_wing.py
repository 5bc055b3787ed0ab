"""A kind of data that the corridors have never heard of: number sequences of any length, a text file each, a folder a class."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from toolkit.wing import Array, Encoded, Manifest, Plan, Run, run_here

KIND = "sequences"

# What checks ask of a kind that they measure.
IDENTITY, FITTED, LOOKALIKES = "numbers_hash", (), "never"


@dataclass(frozen=True)
class ToyOptions:
    scale: int = 1


def read(source: str | Path, options: ToyOptions) -> Manifest:
    source = Path(source)
    paths = sorted(source.glob("*/*.txt"))
    classes = tuple(sorted({path.parent.name for path in paths}))
    label = np.array([classes.index(path.parent.name) for path in paths], np.int64)
    names = sorted({path.stem.partition("_")[0] for path in paths})
    group = np.array([names.index(path.stem.partition("_")[0]) for path in paths], np.int64)
    origin = [str(path.relative_to(source)) for path in paths]
    return Manifest(KIND, str(source), origin, classes, label, group, tuple(names))


def plan(manifest: Manifest, options: ToyOptions, *, seed: int = 0, run: Run = run_here) -> Plan:
    lengths = [len((Path(manifest.root) / name).read_text().split()) for name in manifest.origin]
    train = np.array(lengths)[manifest.split == 0] if manifest.split is not None else np.empty(0)
    return Plan(
        arrays=(Array("values", "int32", (), ragged=True),),
        encode=ToyEncode(options.scale),
        pipeline=pipeline_of(options),
        lengths=np.array(lengths, np.int64),
        fitted={"longest": np.array(train.max(initial=0), np.int64)},
        summarise=add_up,
    )


def encoder(pipeline: dict) -> ToyEncode:
    return ToyEncode(pipeline["scale"])


def pipeline_of(options: ToyOptions) -> dict:
    return {"kind": KIND, "scale": options.scale}


def measure(rows: Manifest) -> Encoded:
    encoded = ToyEncode(1)(rows)
    lengths = np.array([len((Path(rows.root) / name).read_text().split()) for name in rows.origin], np.int64)
    return replace(measure_stored(encoded.arrays, lengths), failures=encoded.failures)


def measure_stored(arrays: dict, lengths: np.ndarray) -> Encoded:
    parts = np.split(arrays["values"], np.cumsum(lengths)[:-1]) if len(lengths) else []
    hashes = np.array([zlib.crc32(part.tobytes()) for part in parts], np.uint64)
    return Encoded({"numbers": lengths.astype(np.int32), "numbers_hash": hashes})


def find_lookalikes(manifest: Manifest, columns: dict, rows: np.ndarray, *, take=None) -> list:
    return []


def find_outliers(manifest: Manifest, columns: dict, rows: np.ndarray) -> list:
    return []


def add_up(stats: list) -> dict:
    return {"total": np.array(sum(block["total"] for block in stats), np.int64)}


@dataclass(frozen=True)
class ToyEncode:
    scale: int

    def __call__(self, rows: Manifest) -> Encoded:
        parts, failures = [], {}
        copies = rows.columns.get("copy", np.zeros(len(rows), np.int64))
        for number, name in enumerate(rows.origin):
            words = (Path(rows.root) / name).read_text().split()
            try:
                parts.append(np.array([int(word) * self.scale + copies[number] for word in words], np.int32))
            except ValueError:
                parts.append(np.zeros(len(words), np.int32))
                failures[number] = "not a number"
        values = np.concatenate([np.empty(0, np.int32), *parts])
        return Encoded({"values": values}, failures, {"total": int(values.sum())})


def write_source(folder: Path, *, num_files: int = 60, bad: tuple[int, ...] = ()) -> Path:
    """File i holds i % 7 copies of the number i; files in `bad` hold a word instead of their last number, and at least one word."""
    for number in range(num_files):
        path = folder / f"class{number % 3}" / f"group{number // 4:03}_{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        words = [str(number)] * (number % 7)
        path.write_text(" ".join([*words[:-1], "spam"] if number in bad else words))
    return folder
