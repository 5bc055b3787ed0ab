"""Texts to a dataset file beside a plain loop of NLTK's Treebank tokenizer: reviews come in, rates, seconds, memory and ratios go out.

The loop does what tutorials do: read, tokenize, count; then read again, tokenize, look up. One process, as ours is where they compare.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import numpy as np
from nltk.tokenize.treebank import TreebankWordTokenizer

from benchmarks.command import FOUDRE, peak_memory, run_command
from benchmarks.measure import Figure, Ratio, Report, ratio, take_turns
from toolkit.samples.texts import ReviewOptions, write_reviews
from toolkit.text import TextOptions, plan, read
from toolkit.wing import Manifest

__all__ = ["measure"]

TIMES = 10
OURS, LOOP, CUT_ONLY = (
    "Foudre: counting and encoding, texts/s",
    "NLTK's Treebank: the same, texts/s",
    "NLTK's Treebank: cutting once, texts/s",
)
MOST_TEXTS = 4096
LEAST_TEXTS = 16_000
"""Of the smaller set that memory is measured on: with fewer, workers do not hold a full block each."""


def measure(source: Path | None, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Measure the two passes over texts, the command by numbers of workers, and its memory.

    Args:
        source: A folder of reviews in the layout of the Large Movie Review Dataset; None writes some for the purpose.
        scratch: An empty folder.
        workers: The most processes that the command gets.
        repeats: Rounds that count.
        quick: Few texts.
    """
    if source is None:
        written = ReviewOptions(num_films=8 if quick else 400, sentences=12 if quick else 40)
        source = write_reviews(scratch / "reviews", written).root
    texts = read(source)
    some = texts.take(np.arange(0, len(texts), max(1, len(texts) // (64 if quick else MOST_TEXTS))))
    counts = sorted({1, workers})
    found = take_turns(
        (lambda: _ours(some), lambda: _loop(some), *(lambda n=n: _command(source, scratch, n) for n in counts)), repeats=repeats
    )
    memory = _memory(texts, scratch, workers, least=1 if quick else LEAST_TEXTS)
    ratios = (
        ratio("counting and encoding on one core: Foudre / NLTK's Treebank", found[OURS], found[LOOP], at_least=3),
        ratio("Foudre's counting and encoding / NLTK's cutting alone, once", found[OURS], found[CUT_ONLY]),
        *([ratio(f"whole command: {workers} workers / 1, s", found[_whole(workers)], found[_whole(1)])] if workers > 1 else []),
        Ratio(f"growth a text when texts are {TIMES} times as many / 1 kB", (memory[2].values[0] / 1000,), at_most=1),
    )
    what = (
        f"{len(some):,} of {len(texts):,} texts where one core is measured; words as `foudre preprocess text` cuts them unless told "
        "otherwise, which is finer than Treebank does. Both sides read every text twice, from memory of the system."
    )
    how = "Memory: without pages of files; each process at its own peak, added up. Each set is the texts again and again."
    return Report("Texts", (*found.values(), *memory), ratios, (what, how))


def _ours(texts: Manifest) -> dict[str, float]:
    """The wing's two passes: the plan counts, its encoder encodes, block by block."""
    began = time.perf_counter()
    planned = plan(texts, TextOptions())
    for start in range(0, len(texts), 1024):
        planned.encode(texts.take(np.arange(start, min(start + 1024, len(texts)))))
    return {OURS: len(texts) / (time.perf_counter() - began)}


def _loop(texts: Manifest) -> dict[str, float]:
    """The same by plain Python."""
    cut, paths = TreebankWordTokenizer().tokenize, [Path(texts.locate(name)) for name in texts.origin]
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    for path in paths:
        counts.update(cut(path.read_text(encoding="utf-8")))
    once = time.perf_counter() - began
    ids = {word: i for i, (word, count) in enumerate(counts.most_common(50_000)) if count >= 2}
    for path in paths:
        np.array([ids.get(word, 1) for word in cut(path.read_text(encoding="utf-8"))], np.int32)
    return {LOOP: len(paths) / (time.perf_counter() - began), CUT_ONLY: len(paths) / once}


def _command(source: Path, scratch: Path, workers: int) -> dict[str, float]:
    """The command from its start to its end; with one worker then once more, when there is nothing to do."""
    out = scratch / "out.h5"
    out.unlink(missing_ok=True)
    command = [*FOUDRE, "preprocess", "text", str(source.absolute()), str(out), "--workers", str(workers)]
    first = {_whole(workers): run_command(command)[0]}
    return first if workers > 1 else first | {"Foudre: the same command again, s": run_command(command)[0]}


def _memory(texts: Manifest, scratch: Path, workers: int, *, least: int) -> tuple[Figure, Figure, Figure]:
    """The peaks of all processes on the texts as lines of one file, and on ten times as many; and the difference a text, in bytes."""
    lines = [" ".join(Path(texts.locate(name)).read_text(encoding="utf-8").split()) + "\n" for name in texts.origin]
    lines *= -(-least // len(lines))
    peaks = []
    for times in (1, TIMES):
        corpus = scratch / f"times{times}.txt"
        with corpus.open("w", encoding="utf-8") as file:
            for _ in range(times):
                file.writelines(lines)
        out = scratch / f"times{times}.h5"
        peaks.append(peak_memory([*FOUDRE, "preprocess", "text", str(corpus), str(out), "--workers", str(workers)]))
    growth = (peaks[1] - peaks[0]) / ((TIMES - 1) * len(lines))
    named = [Figure(f"peak of all processes, {n * len(lines):,} texts, MB", (p / 1e6,)) for n, p in zip((1, TIMES), peaks, strict=True)]
    return named[0], named[1], Figure("growth a text, bytes", (growth,))


def _whole(workers: int) -> str:
    return f"Foudre: whole process, {workers} worker{'s' * (workers > 1)}, s"
