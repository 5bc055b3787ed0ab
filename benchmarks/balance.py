"""Copies that balance classes beside an albumentations loop: pictures come in, rates of making and of writing copies go out.

The loop is `bare_loop.py` with one `albumentations.Compose` of the same changes, as far, on the same pictures, by as many processes.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.bare_loop import compose_changes
from benchmarks.command import run_command
from benchmarks.measure import Case, Report, ratio, take_turns
from toolkit import open_dataset
from toolkit.export import ExportOptions, export
from toolkit.images import AugmentCopies, ImageOptions, plan, read
from toolkit.wing import Manifest

__all__ = ["measure"]

BARE = Path(__file__).with_name("bare_loop.py")
SIDE = 48
OURS, LOOP, SEEDED = "Foudre", "A.Compose loop", "A.Compose loop, seeded for each copy"


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Make copies of pictures in memory, then of files into a file, in turns with the loop.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for two arrays.
        workers: Processes that each side gets.
        repeats: Rounds that count.
        quick: Fewer pictures.
    """
    rows = _one_copy_each(source.absolute(), 64 if quick else 16_384)
    found = take_turns((*_making(rows, 64 if quick else 1024), *_writing(rows, scratch, workers)), repeats=repeats)
    ratios = (
        ratio("making copies: Foudre / A.Compose loop", found[_making_rate(OURS)], found[_making_rate(LOOP)], at_least=1),
        ratio("making copies: Foudre / A.Compose loop, seeded", found[_making_rate(OURS)], found[_making_rate(SEEDED)]),
        ratio("files to file: Foudre / A.Compose loop", found[_writing_rate(OURS)], found[_writing_rate(LOOP)], at_least=1),
    )
    notes = (
        f"{len(rows):,} copies of as many pictures, {SIDE}×{SIDE}×3 float16, by {workers} processes; made in memory: by one.",
        f"Mean difference between a copy and its original: {_difference(rows, scratch):.2g} of 1.",
    )
    return Report("Balanced export", tuple(found.values()), ratios, notes)


def _one_copy_each(source: Path, most: int) -> Manifest:
    """A manifest of nothing but copies: the first of each of some evenly spaced training pictures."""
    manifest = read(source)
    train = np.arange(len(manifest)) if manifest.split is None else np.flatnonzero(manifest.split < 1)
    rows = manifest.take(train[:: max(1, len(train) // most)][:most])
    first = np.ones(len(rows), np.int64)
    return replace(rows, split=np.zeros(len(rows), np.int8), columns={**rows.columns, "copy": first})


def _making(rows: Manifest, num_images: int) -> tuple[Case, ...]:
    """Cases that change decoded pictures, one after another."""
    few = rows.take(np.arange(min(num_images, len(rows))))
    images = plan(few, ImageOptions(size=(SIDE, SIDE), dtype="float32")).encode(few).arrays["x"]
    ours, compose = AugmentCopies(), compose_changes()

    def seeded(i: int) -> None:
        compose.set_random_state(np.random.default_rng(i), random.Random(i))  # noqa: S311 (what it asks for)
        compose(image=images[i])

    def rate(who: str, make: Callable[[int], object]) -> dict[str, float]:
        began = time.perf_counter()
        for i in range(len(images)):
            make(i)
        return {_making_rate(who): len(images) / (time.perf_counter() - began)}

    return (
        lambda: rate(OURS, lambda i: ours(images[i], seed=0, name=few.origin[i], copy=1)),
        lambda: rate(LOOP, lambda i: compose(image=images[i])),
        lambda: rate(SEEDED, seeded),
    )


def _writing(rows: Manifest, scratch: Path, workers: int) -> tuple[Case, ...]:
    """Cases that read files and write their copies into one array."""
    paths, array, file = scratch / "paths.txt", scratch / "loop.f16", scratch / "copies.h5"
    paths.write_text("\n".join(f"{rows.root}/{name}" for name in rows.origin))
    command = [sys.executable, str(BARE), str(paths), str(array), "--library", "albumentations", "--processes", str(workers)]

    def loop() -> dict[str, float]:
        inside = json.loads(run_command(command)[1])
        return {_writing_rate(LOOP): inside["images"] / inside["seconds"]}

    def ours() -> dict[str, float]:
        marks: list[tuple[int, float]] = []

        def watch(stage: str, done: int, _: int) -> None:
            if stage == "encoding":
                marks.append((done, time.perf_counter()))

        made = plan(rows, ImageOptions(size=(SIDE, SIDE), augment=AugmentCopies()))
        export(rows, made, file, options=ExportOptions(workers=workers, overwrite=True), progress=watch)
        return {_writing_rate(OURS): marks[-1][0] / (marks[-1][1] - marks[0][1])}

    return ours, loop


def _difference(rows: Manifest, scratch: Path) -> float:
    """Between the first written copies and their originals: proof that what was measured is copies."""
    few = rows.take(np.arange(min(64, len(rows))))
    plain = plan(few, ImageOptions(size=(SIDE, SIDE))).encode(few).arrays["x"]
    return float(np.abs(open_dataset(scratch / "copies.h5")["train"].x[: len(few)].astype(np.float32) - plain).mean())


def _making_rate(who: str) -> str:
    return f"{who}: copies made in memory, copies/s"


def _writing_rate(who: str) -> str:
    return f"{who}: files to copies in a file, copies/s"
