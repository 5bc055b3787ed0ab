"""The pictures that are measured on: the user's own GTSRB folder, or a set drawn for the purpose; also a tenfold copy of either."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from toolkit.samples import SignOptions, draw_signs

__all__ = ["draw_corpus", "multiply"]

TRAIN = "Final_Training/Images"
FULL = SignOptions(num_classes=18, tracks=30, frames=30, test_tracks=60)
QUICK = SignOptions(num_classes=3, tracks=6, frames=6, test_tracks=6)


def draw_corpus(folder: Path, *, quick: bool) -> Path:
    """Draw traffic signs in the benchmark's layout: 17,280 pictures, or 126 for a quick look."""
    return draw_signs(folder, options=QUICK if quick else FULL).folder


def multiply(source: Path, folder: Path, times: int) -> Path:
    """Make a set of `times` as many training pictures by links: each track again and again under further numbers.

    Args:
        source: A folder in GTSRB's layout.
        folder: Where to; created.
        times: How many copies, at least 1.

    Returns:
        `folder`.
    """
    for table in sorted((source / TRAIN).glob("*/GT-*.csv")):
        with table.open(newline="") as file:
            header, *rows = csv.reader(file, delimiter=";")
        tracks = 1 + max(int(row[0].partition("_")[0]) for row in rows)
        target = folder / TRAIN / table.parent.name
        target.mkdir(parents=True)
        lines = [header]
        for copy in range(times):
            for name, *rest in rows:
                track, _, frame = name.partition("_")
                renamed = f"{int(track) + copy * tracks:05d}_{frame}"
                _link(table.with_name(name), target / renamed)
                lines.append([renamed, *rest])
        with (target / table.name).open("w", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(lines)
    return folder


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or too many links
        shutil.copyfile(source, target)
