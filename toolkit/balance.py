"""Which training samples to copy or drop, so that no class drowns another: a split manifest comes in, a plan goes out.

Train alone is balanced, after the split, so no copy can reach a sample that selects or tests. `export` stores the plan's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, check, wording
from toolkit.wing import Manifest

__all__ = ["Balance", "BalanceOptions", "balance_manifest"]

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class BalanceOptions:
    """How classes of different sizes are brought together.

    Args:
        target: Samples that each class is to have: ``"max"`` or ``"median"`` of the classes that occur, or a number of at least 1.
        by: ``"copies"`` adds augmented copies to smaller classes, ``"drop"`` leaves out samples of larger ones, ``"both"`` does both.
    """

    target: Literal["max", "median"] | int = "median"
    by: Literal["copies", "drop", "both"] = "copies"

    def __post_init__(self) -> None:
        fit = self.target in ("max", "median") or (type(self.target) is int and self.target >= 1)
        check(fit, "BalanceOptions", "target", "max, median, or a whole number of at least 1", self.target)
        check(self.by in ("copies", "drop", "both"), "BalanceOptions", "by", "copies, drop or both", self.by)


@dataclass(frozen=True, eq=False)
class Balance:
    """The training split after balancing, a column each for every sample that is stored.

    Args:
        options: What it was planned by.
        wanted: Samples that each class was to have.
        num_dropped: Samples left out.
        rows: int64: its row in the manifest; originals first, in the manifest's order, then copies in the order of their originals.
        copy: int64: 0 for an original, else which copy of its original it is, from 1.
        parent: int64: −1 for an original, else the place of its original in `rows`.
    """

    options: BalanceOptions
    wanted: int
    num_dropped: int
    rows: Rows
    copy: Rows
    parent: Rows

    def __str__(self) -> str:
        return (
            f"Train is balanced to {self.wanted:,} a class: {(self.copy > 0).sum():,} copies added, {self.num_dropped:,} samples left out."
        )


def balance_manifest(manifest: Manifest, options: BalanceOptions, *, seed: int = 0) -> Balance:
    """Plan the training split.

    Args:
        manifest: Every row's `split` is decided.
        options: What to aim at, and by which means.
        seed: Draws which samples are copied once more than others, and which are dropped.

    Returns:
        The plan. A class's copies are shared out evenly over its samples; what is dropped, evenly over its groups.

    Raises:
        ArgumentError: If samples have no class each, or none of them trains.
    """
    train, label = np.flatnonzero(manifest.split == 0), manifest.label
    if label is None or label.ndim != 1 or not np.issubdtype(label.dtype, np.integer) or not len(train):
        raise ArgumentError(wording("balance", "train samples", "of one class each", "none such", at=manifest.root))
    rng = np.random.default_rng(seed)
    wanted = _wanted(np.bincount(label[train]), options.target)
    kept, places, numbers = np.ones(len(train), np.bool_), [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number in np.unique(label[train]):
        mine = np.flatnonzero(label[train] == number)
        group = None if manifest.group is None else manifest.group[train[mine]]
        if options.by != "copies" and len(mine) > wanted:
            kept[_spread(mine, group, rng)[wanted:]] = False
        if options.by != "drop" and len(mine) < wanted:
            times = np.arange(len(mine), wanted)
            places.append(rng.permutation(mine)[times % len(mine)])
            numbers.append(times // len(mine))
    place, number = np.concatenate(places), np.concatenate(numbers)
    order = np.lexsort((number, place))
    place, number, originals, moved = place[order], number[order], train[kept], np.cumsum(kept) - 1
    return Balance(
        options,
        wanted,
        num_dropped=int((~kept).sum()),
        rows=np.concatenate([originals, train[place]]),
        copy=np.concatenate([np.zeros_like(originals), number]),
        parent=np.concatenate([np.full_like(originals, -1), moved[place]]),
    )


def _wanted(counts: Rows, target: str | int) -> int:
    present = counts[counts > 0]
    if target == "max":
        return int(present.max())
    return round(float(np.median(present))) if target == "median" else int(target)


def _spread(rows: Rows, group: Rows | None, rng: np.random.Generator) -> Rows:
    """Order rows so that any first few of them take turns among the groups; within a group, and among groups, at random."""
    shuffled = rng.permutation(len(rows))
    if group is None:
        return rows[shuffled]
    owner = np.unique(group[shuffled], return_inverse=True)[1]
    by_owner = np.argsort(owner, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(owner))])
    turn = np.empty(len(rows), np.int64)
    turn[by_owner] = np.arange(len(rows)) - starts[owner[by_owner]]
    return rows[shuffled[np.argsort(turn, kind="stable")]]
