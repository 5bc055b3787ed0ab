"""Memory beside the number of pictures: a source comes in, how much a picture costs when there are ten times as many goes out."""

from __future__ import annotations

from pathlib import Path

from benchmarks.command import FOUDRE, peak_memory
from benchmarks.corpus import multiply
from benchmarks.measure import Figure, Ratio, Report, take_turns
from toolkit import open_dataset

__all__ = ["measure"]

TIMES = 10


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Run the command on a source's training pictures and on ten times as many, and compare the peaks of all processes.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for eleven arrays.
        workers: Processes.
        repeats: Rounds that count.
        quick: Store 8×8 pictures instead of 48×48.
    """
    sets = {times: multiply(source, scratch / f"times{times}", times) for times in (1, TIMES)}
    sizes: dict[int, int] = {}

    def peak(times: int) -> dict[str, float]:
        out = scratch / "out.h5"
        out.unlink(missing_ok=True)
        size = "8" if quick else "48"
        bytes_held = peak_memory([*FOUDRE, "preprocess", "images", str(sets[times]), str(out), "--size", size, "--workers", str(workers)])
        file = open_dataset(out)
        sizes[times] = sum(len(file[split]) for split in file.splits)
        out.unlink()
        return {f"peak of all processes, {sizes[times]:,} pictures, MB": bytes_held / 1e6}

    found = take_turns((lambda: peak(1), lambda: peak(TIMES)), repeats=repeats)
    small, large = found.values()
    added = sizes[TIMES] - sizes[1]
    growth = Figure("growth a picture, bytes", tuple((b - a) * 1e6 / added for a, b in zip(small.values, large.values, strict=True)))
    kept = Ratio("growth a picture / 1 kB", tuple(value / 1000 for value in growth.values), at_most=1)
    notes = ("Without pages of files; each process at its own peak, added up. The larger set is the smaller one, linked ten times.",)
    return Report("Memory of preprocessing", (small, large, growth), (kept,), notes)
