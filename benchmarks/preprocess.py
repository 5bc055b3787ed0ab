"""Preprocessing beside a bare OpenCV loop, Pillow and scikit-image: pictures come in, rates, times and ratios go out.

The references are `bare_loop.py`: the same pictures in the same order, by as many processes, into one float16 array.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.command import FOUDRE, run_command
from benchmarks.measure import Ratio, Report, ratio, take_turns
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
        lambda: bench.loop("pillow", subset, processes=workers),
        *(partial(bench.loop, "skimage", subset, processes=processes) for processes in sorted({1, workers})),
    )
    found = take_turns(cases, repeats=repeats)

    def rate(above: str, below: str, *, at_least: float | None = None) -> Ratio:
        return ratio(f"decoding to file: {above} / {below}", found[_rate(above)], found[_rate(below)], at_least=at_least)

    def whole(above: str, below: str, *, at_most: float | None = None) -> Ratio:
        return ratio(f"whole process's time: {above} / {below}", found[_time(above)], found[_time(below)], at_most=at_most)

    ratios = (
        rate("Foudre", "bare OpenCV", at_least=0.7),
        rate("Foudre", "bare OpenCV, 8 bits"),
        whole("Foudre", "bare OpenCV", at_most=2),
        whole("Foudre", "bare OpenCV, 8 bits"),
        rate("Foudre", f"Pillow{_by(workers)}"),
        rate("Foudre", f"scikit-image{_by(1)}", at_least=30),
        *([rate("Foudre", f"scikit-image{_by(workers)}")] if workers > 1 else []),
    )
    same = {library: bench.largest_difference(library) for library in ("opencv", "opencv8")}
    notes = (
        f"{num_images:,} pictures to {SIDE}×{SIDE}×3 float16, by {workers} processes where no other number is given.",
        f"Pillow and scikit-image have {min(subset, num_images):,} of them, evenly spaced. The tutorials run scikit-image in one process.",
        *(f"Largest difference between our array and {LIBRARIES[library]}'s: {worst:.2g} of 1." for library, worst in same.items()),
    )
    return Report("Preprocessing", tuple(found.values()), ratios, notes)


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

    def bare(self, library: str) -> dict[str, float]:
        """The bare program on all pictures: from its start to its end, and what it measured inside."""
        seconds, rate = self._run_bare(library, self.paths, self.workers)
        return {_rate(LIBRARIES[library]): rate, _time(LIBRARIES[library]): seconds}

    def loop(self, library: str, num_images: int, *, processes: int) -> dict[str, float]:
        """A slow reference on evenly spaced pictures: its rate inside."""
        part, lines = self.scratch / "part.txt", self.paths.read_text().splitlines()
        part.write_text("\n".join(lines[:: max(1, len(lines) // num_images)][:num_images]))
        return {_rate(f"{LIBRARIES[library]}{_by(processes)}"): self._run_bare(library, part, processes)[1]}

    def _run_bare(self, library: str, paths: Path, processes: int) -> tuple[float, float]:
        """Seconds of the whole process, and images a second inside it."""
        out = self.array(library)
        out.unlink(missing_ok=True)
        command = [sys.executable, str(BARE), str(paths), str(out), "--library", library, "--processes", str(processes)]
        seconds, answer = run_command(command)
        inside = json.loads(answer)
        return seconds, inside["images"] / inside["seconds"]

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


def _by(processes: int) -> str:
    return f" ({processes} process{'es' * (processes > 1)})"


def _rate(who: str) -> str:
    return f"{who}: decoding to file, images/s"


def _time(who: str) -> str:
    return f"{who}: whole process, s"
