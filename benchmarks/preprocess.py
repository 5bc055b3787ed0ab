"""Preprocessing beside a bare OpenCV loop, Pillow and scikit-image: pictures come in, rates, times and ratios go out.

The references are `bare_loop.py`: the same pictures in the same order, by as many processes, into one float16 array.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.command import FOUDRE, run_command
from benchmarks.measure import Report, ratio, take_turns
from toolkit import open_dataset
from toolkit.export import ExportOptions
from toolkit.preprocess import preprocess_images

__all__ = ["measure"]

BARE = Path(__file__).with_name("bare_loop.py")
SIDE = 48
LIBRARIES = {"opencv": "bare OpenCV", "opencv8": "bare OpenCV, 8 bits", "pillow": "Pillow", "skimage": "scikit-image"}


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Measure the export stage, the whole command and the references in turns.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for four arrays.
        workers: Processes that each side gets.
        repeats: Rounds that count.
        quick: Give the slow references fewer pictures still.
    """
    bench = _Bench(source.absolute(), scratch, workers)
    num_images = bench.list_paths()
    subset = 64 if quick else 2048
    cases = (
        bench.export_stage,
        lambda: bench.bare("opencv"),
        lambda: bench.bare("opencv8"),
        bench.whole,
        lambda: bench.bare("pillow", subset),
        lambda: bench.bare("skimage", subset),
    )
    found = take_turns(cases, repeats=repeats)
    ours, whole = found[_rate("Foudre")], found[_time("Foudre")]
    rates, times = ({library: found[name(who)] for library, who in LIBRARIES.items()} for name in (_rate, _time))
    ratios = (
        ratio("decoding to file: Foudre / bare OpenCV", ours, rates["opencv"], at_least=0.7),
        ratio("decoding to file: Foudre / bare OpenCV, 8 bits", ours, rates["opencv8"]),
        ratio("whole process's time: Foudre / bare OpenCV", whole, times["opencv"], at_most=2),
        ratio("whole process's time: Foudre / bare OpenCV, 8 bits", whole, times["opencv8"]),
        ratio("decoding to file: Foudre / Pillow", ours, rates["pillow"]),
        ratio("decoding to file: Foudre / scikit-image", ours, rates["skimage"], at_least=30),
    )
    shown = [figure for name, figure in found.items() if name not in (_time(LIBRARIES["pillow"]), _time(LIBRARIES["skimage"]))]
    same = {library: bench.largest_difference(library) for library in ("opencv", "opencv8")}
    notes = (
        f"{num_images:,} pictures to {SIDE}×{SIDE}×3 float16 by {workers} processes each; Pillow and scikit-image: the first {subset:,}.",
        *(f"Largest difference between our array and {LIBRARIES[library]}'s: {worst:.2g} of 1." for library, worst in same.items()),
    )
    return Report("Preprocessing", tuple(shown), ratios, notes)


@dataclass(frozen=True)
class _Bench:
    """The pictures, the place for results, and the processes that each side gets."""

    source: Path
    scratch: Path
    workers: int

    @property
    def file(self) -> Path:
        return self.scratch / "ours.h5"

    @property
    def paths(self) -> Path:
        return self.scratch / "paths.txt"

    def export_stage(self) -> dict[str, float]:
        """From the first block handed out to the last one written: without reading the source, and without verifying."""
        self.file.unlink(missing_ok=True)
        marks: list[tuple[int, float]] = []

        def watch(stage: str, done: int, _: int) -> None:
            if stage == "encoding":
                marks.append((done, time.perf_counter()))

        preprocess_images(self.source, self.file, write=ExportOptions(workers=self.workers), progress=watch)
        return {_rate("Foudre"): marks[-1][0] / (marks[-1][1] - marks[0][1])}

    def whole(self) -> dict[str, float]:
        """The command from its start to its end; then once more, when there is nothing to do."""
        self.file.unlink(missing_ok=True)
        command = [*FOUDRE, "preprocess", "images", str(self.source), str(self.file), "--workers", str(self.workers)]
        first, again = run_command(command)[0], run_command(command)[0]
        return {_time("Foudre"): first, "Foudre: the same command again, s": again}

    def bare(self, library: str, num_images: int | None = None) -> dict[str, float]:
        """The bare program on the first pictures: from its start to its end, and what it measured inside."""
        part, out = self.scratch / f"{library}.txt", self.array(library)
        part.write_text("\n".join(self.paths.read_text().splitlines()[:num_images]))
        out.unlink(missing_ok=True)
        command = [sys.executable, str(BARE), str(part), str(out), "--library", library, "--processes", str(self.workers)]
        seconds, answer = run_command(command)
        inside = json.loads(answer)
        return {_rate(LIBRARIES[library]): inside["images"] / inside["seconds"], _time(LIBRARIES[library]): seconds}

    def array(self, library: str) -> Path:
        return self.scratch / f"{library}.f16"

    def list_paths(self) -> int:
        """Write down the stored pictures' paths in the order of our file, for the references; return their number."""
        self.export_stage()
        file = open_dataset(self.file)
        paths = [f"{file.source['root']}/{name}" for split in file.splits for name in file[split].source]
        self.paths.write_text("\n".join(paths))
        return len(paths)

    def largest_difference(self, library: str) -> float:
        """Between our array and a reference's, in shares of the full range; 0 means that every byte is the same."""
        file, start, worst = open_dataset(self.file), 0, 0.0
        reference = np.memmap(self.array(library), np.float16, "r").reshape(-1, SIDE, SIDE, 3)
        for split in file.splits:
            for block in np.array_split(file[split].x, max(1, len(file[split]) // 1024)):
                other = reference[start : start + len(block)]
                start += len(block)
                if block.tobytes() != other.tobytes():
                    worst = max(worst, float(np.abs(block.astype(np.float32) - other).max()))
        return worst


def _rate(who: str) -> str:
    return f"{who}: decoding to file, images/s"


def _time(who: str) -> str:
    return f"{who}: whole process, s"
