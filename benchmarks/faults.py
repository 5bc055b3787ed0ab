"""What faults cost: a source comes in, exports are killed and bits are flipped, and what was lost or overlooked goes out.

Counts, not times: the same on any machine, up to the moments drawn.
"""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import numpy as np

from benchmarks.command import FOUDRE, ROOT, run_command
from benchmarks.measure import Figure, Ratio, Report
from toolkit import DatasetFileError, inspect_dataset, open_dataset

__all__ = ["measure"]

NUM_KILLS = 20
NUM_FLIPS = 100


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:  # noqa: ARG001 (every group is asked alike)
    """Kill the command at random moments and resume it; flip random bits of its result and verify.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for three arrays.
        workers: Processes that each export gets.
        repeats: Not used: counts need no rounds.
        quick: Fewer kills and flips.
    """
    kills, flips = (3, 10) if quick else (NUM_KILLS, NUM_FLIPS)
    rng = np.random.default_rng(0)
    whole, file = scratch / "whole.h5", scratch / "killed.h5"
    seconds, _ = run_command(_command(source, whole, workers))
    kept = [_kill_and_resume(_command(source, file, workers), file, whole, rng.uniform(0, seconds)) for _ in range(kills)]
    found = [_is_found(whole, int(bit)) for bit in rng.integers(0, whole.stat().st_size * 8, flips)]
    ratios = (
        Ratio("kills after which nothing stood under the name and the resumed file was identical", (np.mean(kept),), at_least=1),
        Ratio("flipped bits that verify finds", (np.mean(found),), at_least=1),
    )
    notes = ("SIGKILL at a moment drawn evenly from the command's run; then the same command again. One bit of the whole file at a time.",)
    return Report("Faults", (Figure("kills", (kills,)), Figure("flipped bits", (flips,))), ratios, notes)


def _command(source: Path, out: Path, workers: int) -> list[str]:
    return [*FOUDRE, "preprocess", "images", str(source.absolute()), str(out), "--workers", str(workers)]


def _kill_and_resume(command: list[str], file: Path, whole: Path, after_s: float) -> bool:
    """Whether a kill left nothing under the name, or all of it, and the same command then makes the identical file."""
    file.unlink(missing_ok=True)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
    clean = not file.exists() or not open_dataset(file).verify()
    run_command(command)
    return clean and _same(file, whole) and not list(file.parent.glob(".*"))


def _same(first: Path, second: Path) -> bool:
    if first.stat().st_size != second.stat().st_size:
        return False
    size = 1 << 20
    with first.open("rb") as a, second.open("rb") as b:
        return all(a.read(size) == b.read(size) for _ in range(0, first.stat().st_size, size))


def _is_found(file: Path, bit: int) -> bool:
    """Flip one bit, verify, and flip it back."""
    _flip(file, bit)
    try:
        return inspect_dataset(file, verify=True).verified is False
    except DatasetFileError:
        return True
    finally:
        _flip(file, bit)


def _flip(file: Path, bit: int) -> None:
    with file.open("r+b") as stream:
        stream.seek(bit // 8)
        byte = stream.read(1)[0] ^ (1 << bit % 8)
        stream.seek(bit // 8)
        stream.write(bytes([byte]))
