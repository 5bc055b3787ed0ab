"""What all checks ask of a statistics table: which rows are usable, which part and class each has; and how findings list rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.options import option_words, split_typed
from toolkit.shell import join_words
from toolkit.statistics import Statistics
from toolkit.wing import SPLITS

__all__ = [
    "LIMIT",
    "UNSPLIT",
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

UNSPLIT = "UNSPLIT_SRC"
"""Stands in commands for a source that is to say nothing of splits any more."""

Rows = NDArray[np.int64]

_Options = Mapping[str, str]

_ANYWAY = {"--overwrite": ""}
_COMMAND = re.compile(rf"(`foudre preprocess \w+) (SRC|{UNSPLIT}) OUT\.h5 ?([^`]*)`")
_BETWEEN_STEPS = re.compile(r",\s*(?![^(]*\))")


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


def command(table: Statistics, options: str = "", *, source: str = "SRC") -> str:
    """Write the command that makes the dataset file; `complete_command` puts in what the user typed.

    Args:
        table: The samples.
        options: What is to be typed otherwise.
        source: ``"SRC"`` stands for the user's own source, `UNSPLIT` for the same once it says nothing of splits.
    """
    return " ".join(filter(None, (f"`foudre preprocess {table.manifest.kind} {source} OUT.h5", options, "--overwrite`")))


def complete_command(text: str, *, source: str, out: str, typed: str) -> str:
    """Put the user's own paths and options into the commands that `command` made.

    Args:
        text: A finding's sentences. One that asks only for what the user typed already would change nothing, and is left out.
        source: What stands for SRC.
        out: What stands for OUT.h5.
        typed: The options that the user gave before; those of the command win, but its steps follow the user's own, as far as they are
            not among these, and a seed that was the user's own already becomes the next one.
    """
    own = split_typed(typed)

    def complete(found: re.Match[str]) -> str:
        options = _join_options(_without_splits(own) if found[2] == UNSPLIT else own, split_typed(found[3]))
        words = [word for option, value in options.items() for word in (option_words(option, value) if value else [option])]
        return f"{found[1]} {join_words([source, out, *words])}`"

    sentences = re.split(r"(?<=\.) ", text)
    return " ".join(_COMMAND.sub(complete, sentence) for sentence in sentences if not _changes_nothing(sentence, own))


def _join_options(own: _Options, asked: _Options) -> dict[str, str]:
    options = {**own, **asked}
    if "--steps" in asked and own.get("--steps"):
        options["--steps"] = _add_steps(own["--steps"], asked["--steps"])
    if "--seed" in asked and own.get("--seed") == asked["--seed"]:
        options["--seed"] = str(int(asked["--seed"]) + 1)
    return options


def _add_steps(own: str, asked: str) -> str:
    """Let steps follow others, but for those that are among them already, whatever their arguments."""
    there, new = ({step.partition("(")[0].strip(): step for step in _BETWEEN_STEPS.split(steps)} for steps in (own, asked))
    return ", ".join([own, *(step for name, step in new.items() if name not in there)])


def _without_splits(own: _Options) -> dict[str, str]:
    """What was typed, but for the column that holds the splits, which is there no more."""
    columns = own.get("--columns", "").split(",")
    left = ",".join(pair for pair in columns if pair.partition("=")[0].strip() != "split")
    return {option: value for option, value in own.items() if option != "--columns"} | ({"--columns": left} if left else {})


def _changes_nothing(sentence: str, own: _Options) -> bool:
    """Whether a sentence has a command that asks for options, and all of these were typed already."""
    asked = [split_typed(found[3]) for found in _COMMAND.finditer(sentence)]
    return any(set(each) > set(_ANYWAY) and _join_options(own, each) == {**own, **_ANYWAY} for each in asked)


def part_names(numbers: Iterable[int]) -> str:
    """Name some parts: ``"train, val and test"``."""
    names = [SPLITS[number] for number in sorted(numbers)]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
