"""What all checks ask of a statistics table: which rows are usable, which part and class each has; and how findings list rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.options import option_words, split_typed
from toolkit.shell import join_words
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS

__all__ = [
    "LIMIT",
    "Rows",
    "class_ids",
    "command",
    "complete_command",
    "count_samples",
    "counted",
    "figures",
    "first_rows",
    "first_sets",
    "group_ids",
    "part_names",
    "parts",
    "usable",
]

LIMIT = 300
"""Most rows that a finding lists; its count tells how many there are."""

Rows = NDArray[np.int64]


def usable(table: Statistics) -> Rows:
    """Rows that could be measured and are no copies, as those of a balanced file repeat their parents on purpose; int64, rising."""
    parent, rows = table.manifest.columns.get("parent"), table.measured
    return rows if parent is None else rows[parent[rows] < 0]


def figures(table: Statistics) -> list[str]:
    """Names of the columns that measure something; whole numbers of 64 bits without a sign are hashes, which do not."""
    return [name for name, values in table.columns.items() if values.dtype != np.uint64]


def parts(table: Statistics) -> NDArray[np.int8]:
    """Index into `SPLITS` of each row; rows that no source fixed count as train, which `foudre preprocess` will cut."""
    split = table.manifest.split
    return np.zeros(len(table), np.int8) if split is None else np.maximum(split, 0)


def group_ids(table: Statistics) -> Rows:
    """The group of each row, int64; each row its own where there are none."""
    group = table.manifest.group
    return np.arange(len(table)) if group is None else group


def class_ids(table: Statistics) -> Rows | None:
    """The class of each row, int64; None where samples have no class, several, or a number to predict."""
    label = table.manifest.label
    return None if label is None or label.ndim != 1 or not np.issubdtype(label.dtype, np.integer) else label


def count_samples(table: Statistics) -> dict[str, dict[str, int]]:
    """Count what can be used: ``splits`` and ``classes``, samples of each by name; samples with several classes are in none."""
    rows, label = table.measured, class_ids(table)
    split = np.full(len(rows), -1) if table.manifest.split is None else table.manifest.split[rows]
    counts = {"splits": {name: int((split == number).sum()) for number, name in [*enumerate(SPLITS), (-1, "not split")]}, "classes": {}}
    counts["splits"] = {name: count for name, count in counts["splits"].items() if count}
    if label is not None:
        sizes = np.bincount(label[rows][label[rows] >= 0], minlength=len(table.manifest.classes))
        counts["classes"] = dict(zip(table.manifest.classes, sizes.tolist(), strict=False))
    return counts


def counted(count: int, thing: str) -> str:
    """Say how many: ``"1 sample"``, ``"1,200 samples"``, ``"2 classes"``."""
    return f"{count:,} {thing}" + ("" if count == 1 else "es" if thing.endswith("s") else "s")


def first_rows(rows: Iterable[int]) -> tuple[int, ...]:
    """The first `LIMIT` rows, as findings list them."""
    return tuple(int(row) for row, _ in zip(rows, range(LIMIT), strict=False))


def first_sets(sets: Sequence[Rows]) -> tuple[tuple[int, ...], ...]:
    """The largest sets, as many as have `LIMIT` rows together; a larger one is cut short."""
    largest = sorted(sets, key=len, reverse=True)
    room = LIMIT - np.cumsum([0, *map(len, largest[:LIMIT])])
    return tuple(tuple(rows[:left].tolist()) for rows, left in zip(largest, room.tolist(), strict=False) if left > 1)


def command(table: Statistics, options: str = "") -> str:
    """The command that makes the dataset file, to be typed with other options; SRC and OUT.h5 stand for the user's own paths."""
    return " ".join(filter(None, (f"`foudre preprocess {table.manifest.kind} SRC OUT.h5", options, "--overwrite`")))


def complete_command(text: str, *, source: str, out: str, typed: str) -> str:
    """Put the user's own paths and options into the commands that `command` made.

    Args:
        text: A finding's sentence.
        source: What stands for SRC.
        out: What stands for OUT.h5.
        typed: The options that the user gave before; those of the command win, but its steps follow the user's own, and a seed that was
            the user's own already becomes the next one.
    """

    def complete(found: re.Match[str]) -> str:
        own, asked = split_typed(typed), split_typed(found[2])
        options = own | asked
        if "--steps" in asked and own.get("--steps"):
            options["--steps"] = f"{own['--steps']}, {asked['--steps']}"
        if "--seed" in asked and own.get("--seed") == asked["--seed"]:
            options["--seed"] = str(int(asked["--seed"]) + 1)
        words = [word for option, value in options.items() for word in (option_words(option, value) if value else [option])]
        return f"{found[1]} {join_words([source, out, *words])}`"

    return re.sub(r"(`foudre preprocess \w+) SRC OUT\.h5 ?([^`]*)`", complete, text)


def part_names(numbers: Iterable[int]) -> str:
    """Name some parts: ``"train, val and test"``."""
    names = [SPLITS[number] for number in sorted(numbers)]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
