"""Runs programs and watches them: a command line comes in; its seconds, its output and the memory of its processes go out."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["FOUDRE", "peak_memory", "run_command"]

ROOT = Path(__file__).parents[1]
FOUDRE = [sys.executable, "-m", "foudre"]
"""The command, from this very checkout."""


def run_command(command: list[str]) -> tuple[float, str]:
    """Run a program to its end and return its seconds and its standard output."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds, done.stdout


def peak_memory(command: list[str], *, every_s: float = 0.02) -> int:
    """Run a program and return the bytes that its processes held at their peaks, each its own, added up.

    The sum is never below what was held at once. Pages of files, which the kernel can drop at any time, are not counted.
    """
    peaks: dict[int, int] = {}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            for pid in _family(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), _anonymous_bytes(pid))
            time.sleep(every_s)
        errors = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {errors[-2000:]!r}")
    return sum(peaks.values())


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        with suppress(OSError):  # it may end meanwhile
            for thread in Path(f"/proc/{parent}/task").iterdir():
                todo += map(int, (thread / "children").read_text().split())
    return found


def _anonymous_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
