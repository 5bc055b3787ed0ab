"""The benchmarks' command: names of groups come in, tables and JSON go out. `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.corpus import draw_corpus
from benchmarks.measure import describe_machine

GROUPS = ("start", "preprocess", "memory", "faults", "loader", "balance", "report", "sources", "step", "text", "series")

LONG = ("choices", "embeddings", "series_training")
"""Train for long: measured when named only."""

TEXTS = {"embeddings", "series", "series_training", "text"}
"""Read no pictures."""


def main(arguments: list[str] | None = None) -> None:
    """Measure what was asked for, and print as soon as a group is done."""
    options = _parse(arguments)
    machine = describe_machine()
    print("\n".join(f"{name}: {value}" for name, value in machine.items()), "\n", sep="\n", flush=True)
    if options.quick:
        print("Small data, one cold round: these figures say that it runs, not how fast.\n", flush=True)
    reports = []
    with tempfile.TemporaryDirectory(prefix="foudre-bench-", dir=options.scratch) as scratch:
        source = options.source
        if source is None and set(options.groups) - TEXTS:
            source = draw_corpus(Path(scratch) / "signs", quick=options.quick)
        for group in options.groups:
            place = Path(scratch) / group
            place.mkdir()
            # Imported when its turn comes: the loader's references bring torch, which takes seconds.
            measure = import_module(f"benchmarks.{group}").measure
            texts = {"corpus": options.corpus, "words": options.words} if group == "embeddings" else {}
            given = None if group in TEXTS and set(options.groups) - TEXTS else source  # it is pictures then
            report = measure(given, place, workers=options.workers, repeats=options.repeats, quick=options.quick, **texts)
            print(report, flush=True)
            reports.append(report)
    if options.json:
        answer = {"machine": machine, "arguments": sys.argv[1:], "reports": [report.to_json() for report in reports]}
        options.json.write_text(json.dumps(answer, indent=1))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Foudre beside its references, measured on this machine.")
    add = parser.add_argument
    add("groups", nargs="*", metavar="GROUP", help=f"what to measure, of {', '.join(GROUPS)} (default: all of these), {', '.join(LONG)}")
    add(
        "--source", type=Path, help="a folder in GTSRB's layout, or, where text alone is named, of reviews (default: drawn for the purpose)"
    )
    add("--corpus", type=Path, metavar="FILE", help="a dataset file of texts, for embeddings (default: sentences drawn for the purpose)")
    add(
        "--words",
        type=Path,
        metavar="DIR",
        help="a folder with questions-words.txt and wordsim353.tsv, for embeddings (default: not asked)",
    )
    add("--quick", action="store_true", help="small data and one cold round: does it run, not how fast is it")
    add("--repeats", type=int, help="rounds that count, after one that warms up (default: 5)")
    add("--workers", type=int, default=len(os.sched_getaffinity(0)), help="processes of each side (default: one a processor)")
    add("--scratch", type=Path, help="a folder on a disk with room for the arrays (default: the system's temporary folder)")
    add("--json", type=Path, metavar="FILE", help="write every value there as well")
    options = parser.parse_args(arguments)
    if unknown := set(options.groups) - {*GROUPS, *LONG}:
        parser.error(f"GROUP must be one of {', '.join((*GROUPS, *LONG))}, got {', '.join(sorted(unknown))}")
    options.groups = options.groups or GROUPS
    options.repeats = options.repeats or (1 if options.quick else 5)
    return options


if __name__ == "__main__":
    main()
