"""The verb: a manifest with its splits and a plan in, a complete dataset file out, or nothing under its name.

Every step can be killed: the workspace keeps finished blocks, and the same call goes on from them.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py

from toolkit.balance import Balance
from toolkit.contents import digest_manifest
from toolkit.dataset_file import Extent, open_dataset
from toolkit.dataset_file.checksum import piece_crcs, whole_crc
from toolkit.dataset_file.layout import as_json, escape_name, unescape_name
from toolkit.dataset_file.seal import SCHEMA, find_part, seal
from toolkit.errors import DataError, DatasetFileError, ExportError, check, printable, wording
from toolkit.export.fill import Filled, FillJob, FillTask, close_gaps, digest_rows, fill_block, write_at
from toolkit.export.layout import Block, BlockKey, Layout
from toolkit.export.summary import ExportOptions, FailedInputsError, Summary
from toolkit.export.workspace import Workspace, refuse_folder
from toolkit.wing import Encoded, Manifest, Plan, Progress, silent
from toolkit.workers import Crash, WorkerPool

__all__ = ["export", "find_standing"]

_SMALL_JOB_ROWS = 256  # below this, starting processes takes longer than the work


def export(
    manifest: Manifest,
    plan: Plan,
    path: str | Path,
    *,
    balance: Balance | None = None,
    seed: int = 0,
    options: ExportOptions | None = None,
    progress: Progress = silent,
    pool: WorkerPool | None = None,
) -> Summary:
    """Write a dataset file.

    Args:
        manifest: The samples, each with its split.
        plan: What the wing wants stored, and how it is encoded.
        path: The file to write; its folder is created.
        balance: The training split with copies or without some samples; None stores it as it is.
        seed: Recorded in the file.
        options: How to write it.
        progress: Told of "reading" (what an earlier run used, to see whether it changed), "encoding" and "verifying".
        pool: Workers that stand ready; None starts them when there is enough for them to do.

    Returns:
        What was written, or what stood there already.

    Raises:
        ExportError: If the path is taken, locked by another export, or the disk is too full.
        FailedInputsError: If inputs failed and `options.on_error` is ``"fail"``.
        DataError: If no sample is left to write.
    """
    options, target, began = options or ExportOptions(), Path(path).absolute(), time.monotonic()
    _spare_inputs(manifest, target)
    layout = _check_any_left(Layout.of(manifest, plan, balance))
    if options.workers is None and len(manifest) < _SMALL_JOB_ROWS:
        pool = WorkerPool(0)
    attributes, note = _attributes(layout, balance, seed), " ".join(filter(None, (manifest.note, plan.note)))
    with nullcontext(pool) if pool else WorkerPool(options.num_workers()) as pool:

        def stands() -> bool:
            return not options.overwrite and _stands_already(target, layout, attributes, pool, progress)

        up_to_date = stands()  # asked before there is a workspace: the folder may be closed to us
        if not up_to_date:
            with Workspace(target) as space:
                up_to_date = stands()  # another export may have ended meanwhile
                if not up_to_date:
                    space.publish(_write(layout, space, attributes, options, pool, progress))
                space.remove()
    return _summarise(target, options, began, up_to_date=up_to_date, note=note)


def find_standing(
    manifest: Manifest,
    pipeline: Mapping[str, Any],
    path: str | Path,
    *,
    balance: Balance | None = None,
    seed: int = 0,
    options: ExportOptions | None = None,
    progress: Progress = silent,
    pool: WorkerPool,
) -> Summary | None:
    """Tell before anything is planned whether `export` would find its result there; the arguments are as there.

    Args:
        manifest: The samples, each with its split.
        pipeline: What the plan would have as its pipeline.
        path: The file to look at.
        balance: The training split with copies or without some samples.
        seed: Recorded in the file.
        options: How to write it.
        progress: Told of "reading".
        pool: Workers that stand ready.

    Returns:
        What stands there; None if nothing does, or if it is to be overwritten.

    Raises:
        ExportError: If something else stands there.
        FailedInputsError: If inputs failed and `options.on_error` is ``"fail"``.
    """
    options, target, began = options or ExportOptions(), Path(path).absolute(), time.monotonic()
    if options.overwrite or not os.path.lexists(target):
        return None
    layout = _check_any_left(Layout.of(manifest, Plan((), _encode_nothing, pipeline), balance))
    _stands_already(target, layout, _attributes(layout, balance, seed), pool, progress)
    return _summarise(target, options, began, up_to_date=True, note=manifest.note)


def _spare_inputs(manifest: Manifest, target: Path) -> None:
    """Refuse to write over what is read."""
    if os.path.lexists(target):
        itself, root = os.path.realpath(target), os.path.realpath(manifest.root)
        inputs = {os.path.realpath(manifest.place), *(manifest.origin if manifest.files is None else manifest.files)}
        spared = {itself, os.path.relpath(itself, root)}.isdisjoint(inputs)
        check(spared, "export", "path", "none of the inputs", str(target), fix="Name another file to write.")


def _encode_nothing(rows: Manifest) -> Encoded:  # noqa: ARG001
    return Encoded({})


def _summarise(target: Path, options: ExportOptions, began: float, *, up_to_date: bool, note: str) -> Summary:
    file = open_dataset(target)
    if options.on_error == "fail" and file.skipped:
        raise FailedInputsError(file.skipped, target)
    size, seconds = target.stat().st_size, time.monotonic() - began
    return Summary(file.path, file.kind, file.summary(), file.skipped, size, seconds, up_to_date, note, file.unknown_rate)


def _write(
    layout: Layout, space: Workspace, attributes: dict[str, str | int], options: ExportOptions, pool: WorkerPool, progress: Progress
) -> Path:
    """Fill a file in the workspace, close the gaps of failed rows, verify and seal it; return its path."""
    extents, filled = _fill(layout, space, attributes, pool, progress)
    crcs = {key: block.crcs for key, block in filled.items()}
    stats = [part for block in layout.blocks() if block.split == "train" for part in filled[block.key].stats]
    contents = _joined(layout, {key: block.contents for key, block in filled.items()})
    kept = _without_failures(layout, filled)
    if options.on_error == "fail" and kept.skipped:
        space.remove()
        raise FailedInputsError(kept.skipped, space.target)
    data = space.data
    if kept is not layout:
        data = space.folder / "closed.h5"
        reserved, extents = extents, space.create(data, kept.fields(kept.small_arrays([], {}, contents)), attributes)
        crcs = close_gaps((layout, space.data, reserved), (kept, data, extents))
    with open(data, "r+b", buffering=0) as file:
        for path, array in kept.small_arrays(stats, crcs, contents).items():
            if array.nbytes != extents[path].size_bytes:
                raise ExportError(wording("export", f"{path}'s size", f"{extents[path].size_bytes} bytes, as it was planned", array.nbytes))
            write_at(file.fileno(), array, extents[path].offset)
    _verify_and_seal(kept, data, extents, crcs, progress)
    return data


def _fill(
    layout: Layout, space: Workspace, attributes: dict[str, str | int], pool: WorkerPool, progress: Progress
) -> tuple[Mapping[str, Extent], dict[BlockKey, Filled]]:
    """Have every block encoded and written, but those that an earlier run of the same job left whole."""
    small = layout.small_arrays([], {}, bytes(32))
    fields = layout.fields(small)
    key = hashlib.sha256(as_json([attributes, [(f.path, f.dtype, f.shape) for f in fields]]).encode())
    for array in small.values():
        key.update(array.tobytes())
    resumed = space.resume(key.hexdigest())
    extents, journal = resumed or (space.begin(key.hexdigest(), fields, attributes), [])
    blocks = {block.key: block for block in layout.blocks()}
    filled = {block.key: block for block in (Filled(**line) for line in journal)}
    unchanged = _contents(layout, [blocks[key] for key in filled], pool, progress)
    filled = {key: b for key, b in filled.items() if b.contents == unchanged[key] and _is_whole(space.data, blocks[key], extents, b)}
    job = FillJob(layout.plan.encode, str(space.data), layout.manifest.files is None)
    tasks = (FillTask.of(block, layout, extents) for block in blocks.values() if block.key not in filled)
    total, done = sum(len(block.rows) for block in blocks.values()), sum(len(blocks[key].rows) for key in filled)
    progress("encoding", done, total)
    for answer in pool.map(fill_block, job, tasks):
        result = _fill_singly(layout, job, answer.task, extents, pool) if isinstance(answer, Crash) else answer
        space.record(asdict(result))
        filled[result.key] = result
        done += len(blocks[result.key].rows)
        progress("encoding", done, total)
    return extents, filled


def _fill_singly(layout: Layout, job: FillJob, task: FillTask, extents: Mapping[str, Extent], pool: WorkerPool) -> Filled:
    """Fill a block in which a worker crashed row by row: those at which one crashes again fail, the others go on."""
    failures: list[tuple[int, str]] = []
    stats: list[Mapping[str, Any]] = []
    for row, single in enumerate(layout.single_rows(task.block)):
        for result in pool.map(fill_block, job, [FillTask.of(single, layout, extents)]):
            if isinstance(result, Crash):
                failures.append((row, f"a worker process crashed at it (status {result.status})"))
            else:
                failures += [(row, reason) for _, reason in result.failures]
                stats += result.stats
    pieces = (extents[piece.path].row_bytes(piece.start, piece.stop) for piece in task.block.pieces)
    contents = _contents(layout, [task.block], pool, silent)[task.block.key]
    return Filled(*task.block.key, [piece_crcs(job.data, piece)[0] for piece in pieces], failures, contents, stats)


def _is_whole(data: Path, block: Block, extents: Mapping[str, Extent], journalled: Filled) -> bool:
    """Whether a journalled block's bytes are still what was written."""
    pieces = [extents[piece.path].row_bytes(piece.start, piece.stop) for piece in block.pieces]
    return all(piece_crcs(data, piece) == [crc] for piece, crc in zip(pieces, journalled.crcs, strict=True))


def _without_failures(layout: Layout, filled: Mapping[BlockKey, Filled]) -> Layout:
    """Return the layout itself if every row was encoded, otherwise one without those that were not."""
    failures = {(b.split, b.start + row): reason for b in layout.blocks() for row, reason in filled[b.key].failures}
    return _check_any_left(layout.without(failures)) if failures else layout


def _verify_and_seal(
    layout: Layout, data: Path, extents: Mapping[str, Extent], crcs: Mapping[BlockKey, list[int]], progress: Progress
) -> None:
    """Read the whole file once, compare every block with what its worker wrote, and state the checksum of all."""
    pieces = {
        extents[piece.path].row_bytes(piece.start, piece.stop): crc
        for block in layout.blocks()
        for piece, crc in zip(block.pieces, crcs[block.key], strict=True)
        if piece.start < piece.stop
    }
    part = find_part(data)
    cuts = sorted({part.start, part.stop, *(edge for piece in pieces for edge in piece)})
    with ThreadPoolExecutor(1) as disk, open(data, "rb") as file:
        disk.submit(os.fsync, file.fileno())  # the disk writes while the processors read
        found = piece_crcs(data, cuts, workers=2, progress=progress)
    written = {start: crc for (start, _), crc in pieces.items()}
    for start, crc in zip(cuts[:-1], found, strict=True):
        if written.get(start, crc) != crc:
            raise ExportError(f"export: {printable(str(data))} changed at byte {start} while it was written. Run the same command again.")
    seal(data, whole_crc(found, cuts))
    open_dataset(data)  # the structure too is as it was laid out


def _attributes(layout: Layout, balance: Balance | None, seed: int) -> dict[str, str | int]:
    """The root's attributes: what the file is, where it comes from, and what made it."""
    manifest = layout.manifest
    source = {
        "root": escape_name(manifest.root),
        "samples": len(manifest),
        "skipped": len(manifest.skipped),
        "digest": digest_manifest(manifest),
    }
    source |= {"balance": asdict(balance.options)} if balance else {}
    source |= {"note": manifest.note} if manifest.note else {}
    versions = {name: version(name) for name in ("foudre", "numpy", "h5py")} | {"hdf5": h5py.version.hdf5_version}
    parts = {"pipeline": layout.plan.pipeline, "source": source, "created_with": {**versions, **manifest.made_by}}
    texts = {name: as_json(value) for name, value in parts.items()}
    return {"foudre_schema": SCHEMA, "kind": manifest.kind, "seed": seed, "complete": 1, **texts}


def _contents(layout: Layout, blocks: Sequence[Block], pool: WorkerPool, progress: Progress) -> dict[BlockKey, str]:
    """Read the files of some blocks' rows again, and return the digests of what they contain."""
    origin, locate = layout.manifest.origin, layout.manifest.locate
    tasks = ((block.key, [locate(origin[row]) for row in block.rows]) for block in blocks)
    found: dict[BlockKey, str] = {}
    for answer in pool.map(digest_rows, layout.manifest.files is None, tasks):
        if isinstance(answer, Crash):
            raise ExportError(f"export: a worker process ended with status {answer.status} while it read the source.")
        found[answer[0]] = answer[1]
        progress("reading", len(found), len(blocks))
    return found


def _joined(layout: Layout, contents: Mapping[BlockKey, str]) -> bytes:
    """One digest for all blocks, 32 bytes."""
    return hashlib.sha256("".join(contents[block.key] for block in layout.blocks()).encode()).digest()


def _stands_already(target: Path, layout: Layout, attributes: Mapping[str, str | int], pool: WorkerPool, progress: Progress) -> bool:
    """Whether the target is the result of this very job on these very contents.

    Raises:
        ExportError: If something else stands there.
    """
    refuse_folder(target)
    if not os.path.lexists(target):
        return False
    try:
        file = open_dataset(target)
        there = {"kind": file.kind, "pipeline": as_json(file.pipeline), "source": _placed(file.source), "seed": file.seed}
        asked = {**attributes, "source": _placed(json.loads(str(attributes["source"])))}
        other = ", ".join(f"its {name} differs" for name, value in there.items() if value != asked[name])
        if not other:
            layout = replace(layout, written_rows=int(file.extents[f"{file.splits[0]}/crc32"].attributes["block_rows"]))
            if file.meta["contents"].tobytes() != _joined(layout, _contents(layout, [*layout.blocks()], pool, progress)):
                other = "the inputs' contents differ"
    except DatasetFileError as error:
        other = str(error)
    if other:
        rule, got = "free, or hold the result of the same command on the same input", f"another file ({other})"
        raise ExportError(wording("export", "path", rule, got, at=str(target), fix="Pass --overwrite to replace it."))
    return True


def _placed(source: Mapping[str, Any]) -> dict[str, Any]:
    """A file's source with its root where it really lies, however it was typed."""
    return {**source, "root": os.path.realpath(unescape_name(source["root"]))}


def _check_any_left(layout: Layout) -> Layout:
    if not layout.parts:
        first = f", the first is {printable(layout.skipped[0].path)}: {layout.skipped[0].reason}" if layout.skipped else ""
        root, skipped = printable(layout.manifest.place), len(layout.skipped)
        raise DataError(f"export: samples must be at least 1, got 0 in {root}; skipped {skipped} of the inputs{first}.")
    return layout
