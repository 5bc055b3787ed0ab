"""Statistics beside a bare decode, and the page after them: pictures come in, rates, seconds and ratios go out."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

from benchmarks.command import FOUDRE, run_command
from benchmarks.measure import Ratio, Report, ratio, take_turns
from toolkit.images import measure as measure_pictures
from toolkit.images import read
from toolkit.statistics import gather_statistics

__all__ = ["measure"]

BARE = Path(__file__).with_name("bare_loop.py")
OURS, WHOLE, BARE_RATE, SCALED_RATE, PAGE = (
    "Foudre: statistics, images/s once its processes run",
    "Foudre: statistics with the start of its processes, images/s",
    "bare OpenCV: decoding alone, images/s",
    "bare OpenCV: decoding and scaling to 48×48, images/s",
    "the report after statistics, whole process, s",
)
AT_MOST_S = 60


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:  # noqa: ARG001  # small data are quick
    """Measure statistics of a raw source, the decode of the same files, and the report that takes the statistics up again.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder.
        workers: Processes of each side.
        repeats: Rounds that count.
        quick: Nothing changes.
    """
    manifest = read(source)
    paths = scratch / "paths.txt"
    paths.write_text("\n".join(manifest.locate(name) for name in manifest.origin))

    def statistics() -> dict[str, float]:
        times, done = [time.perf_counter()], [0]

        def take_time(stage: str, count: int, total: int) -> None:  # noqa: ARG001  # as `gather_statistics` tells
            times.append(time.perf_counter())
            done.append(count)

        gather_statistics(manifest, measure_pictures, workers=workers, progress=take_time)
        first = next(i for i, count in enumerate(done) if count >= len(manifest) / 10)  # by then each process has begun
        return {OURS: (done[-1] - done[first]) / (times[-1] - times[first]), WHOLE: done[-1] / (times[-1] - times[0])}

    def bare(name: str, library: str) -> dict[str, float]:
        command = [sys.executable, str(BARE), str(paths), str(scratch / "nothing"), "--library", library, "--side", "1"]
        inside = json.loads(run_command([*command, "--processes", str(workers)])[1])
        return {name: inside["images"] / inside["seconds"]}

    page = scratch / "report.html"
    command = [*FOUDRE, "report", str(source.absolute()), "--out", str(page), "--workers", str(workers)]
    with patch.dict(os.environ, {"XDG_CACHE_HOME": str(scratch / "cache")}):
        run_command(command)  # keeps the statistics
        found = take_turns(
            (
                statistics,
                lambda: bare(BARE_RATE, "decode"),
                lambda: bare(SCALED_RATE, "scale"),
                lambda: {PAGE: run_command(command)[0]},
            ),
            repeats=repeats,
        )
    ratios = (
        ratio("statistics / decoding alone", found[OURS], found[BARE_RATE], at_least=0.5),
        ratio("statistics / decoding and scaling to 48×48", found[OURS], found[SCALED_RATE]),
        ratio("statistics with the start of its processes / decoding alone", found[WHOLE], found[BARE_RATE]),
        Ratio(f"the report after statistics / {AT_MOST_S} s", tuple(s / AT_MOST_S for s in found[PAGE].values), at_most=1),
    )
    notes = (
        f"{len(manifest):,} pictures, by {workers} processes on each side, whose start and imports the bare side leaves out, too.",
        f"The report reads every file again to see that nothing changed, and checks all; its page has {page.stat().st_size / 1e6:.2f} MB.",
    )
    return Report("Statistics and report", tuple(found.values()), ratios, notes)
