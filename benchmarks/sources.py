"""Archives and Parquet files beside the folder of the same pictures: one source comes in, times of the whole command and ratios go out."""

from __future__ import annotations

import resource
import tarfile
import time
import zipfile
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.command import FOUDRE, run_command
from benchmarks.measure import Report, ratio, take_turns
from toolkit.images import ReadOptions, read
from toolkit.images.sources import recognise_layout
from toolkit.sources import FolderTree, OpenRows, describe_source, list_files

__all__ = ["measure"]

FOLDER = "a folder"
ARCHIVES = {"a ZIP, stored": "stored.zip", "a ZIP, deflated": "deflated.zip", "a TAR": "plain.tar", "a TAR, gzip": "packed.tar.gz"}
PARQUET = "Parquet"
TARGETS = {"a ZIP, stored": 0.8, "a ZIP, deflated": 0.8, "a TAR": 0.8, PARQUET: 0.9}
RECOGNISING = "recognising, s"
ROW_GROUP = 1000


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:  # noqa: ARG001 - one form for all groups
    """Pack a folder in every way, and preprocess each in turn.

    Args:
        source: A folder of pictures in a layout that is recognised.
        scratch: An empty folder on a disk with room for the archives, and twice for what is unpacked.
        workers: Processes that each run gets.
        repeats: Rounds that count.
        quick: Means nothing here.
    """
    bench = _Bench(scratch, workers)
    places = {FOLDER: source.absolute()} | {what: scratch / name for what, name in ARCHIVES.items()}
    _pack(source.absolute(), places)
    if find_spec("pyarrow"):
        places[PARQUET] = scratch / "pictures.parquet"
        count = _write_parquet(source.absolute(), places[PARQUET])
    else:
        count = len(read(source))
    cases = [partial(bench.whole, what, place) for what, place in places.items()]
    found = take_turns([*cases, partial(_recognise, source.absolute())], repeats=repeats)
    others = [what for what in places if what != FOLDER]
    rate = "pictures a second: {} / a folder"
    ratios = [ratio(rate.format(what), found[_time(FOLDER)], found[_time(what)], at_least=TARGETS.get(what)) for what in others]
    rate = "pictures a processor's second: {} / a folder"
    ratios += [ratio(rate.format(what), found[_processor(FOLDER)], found[_processor(what)]) for what in others]
    ratios.append(ratio("recognising / the whole command on a folder", found[RECOGNISING], found[_time(FOLDER)], at_most=0.03))
    notes = (
        "Recognising: every layout is looked for, and the source described; its folders are listed before, as reading needs that.",
        f"{count:,} pictures to 48×48×3 float16 by {workers} processes, the whole command.",
        "Seconds of processors count all processes: other work on the machine moves them less than it moves the clock.",
    )
    return Report("Sources that are no folders", tuple(found.values()), tuple(ratios), notes)


@dataclass(frozen=True)
class _Bench:
    """The place for results, and the processes that each run gets."""

    scratch: Path
    workers: int

    def whole(self, what: str, place: Path) -> dict[str, float]:
        """The command from its start to its end."""
        file = self.scratch / "out.h5"
        file.unlink(missing_ok=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds, _ = run_command([*FOUDRE, "preprocess", "images", str(place), str(file), "--workers", str(self.workers)])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {_time(what): seconds, _processor(what): after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def _recognise(source: Path) -> dict[str, float]:
    """Tell the layout of a folder that is listed already, and describe what was read of it."""
    tree, manifest = FolderTree(source), read(source)
    for _ in list_files(tree, ""):
        pass
    begun = time.perf_counter()
    recognise_layout(tree, ReadOptions())
    describe_source(manifest)
    return {RECOGNISING: time.perf_counter() - begun}


def _pack(source: Path, places: dict[str, Path]) -> None:
    """Write the archives as Python's own modules do, with the folder itself on top."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for what, method in (("a ZIP, stored", zipfile.ZIP_STORED), ("a ZIP, deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(places[what], "w", method) as archive:
            for path in files:
                archive.write(path, path.relative_to(source.parent))
    for what in ("a TAR", "a TAR, gzip"):
        with tarfile.open(places[what], "w:gz" if places[what].suffix == ".gz" else "w") as archive:
            archive.add(source, source.name)


def _write_parquet(source: Path, path: Path) -> int:
    """Write the pictures' bytes as Hugging Face has them; return their number."""
    import pyarrow as pa
    from pyarrow import parquet

    manifest = read(source)
    labels = [0] * len(manifest) if manifest.label is None else manifest.label.tolist()
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", picture), ("label", pa.int64())])
    with OpenRows(manifest) as rows, parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, len(manifest), ROW_GROUP):
            some = range(start, min(start + ROW_GROUP, len(manifest)))
            pictures = [{"bytes": rows.read(i), "path": manifest.origin[i]} for i in some]
            writer.write_table(pa.table({"image": pictures, "label": [labels[i] for i in some]}, schema))
    return len(manifest)


def _time(what: str) -> str:
    return f"{what}: whole process, s"


def _processor(what: str) -> str:
    return f"{what}: processors, s"
