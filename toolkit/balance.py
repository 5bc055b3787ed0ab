"""How often each training sample counts, so that no class drowns another: labels come in; rows, copies or weights go out.

Train alone is balanced, after the split, so no copy can reach a sample that selects or tests. `export` stores what is planned
once for all epochs; the samplers in `datamodules` draw by the same law anew for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.declaration import Typed
from toolkit.errors import ArgumentError, check, wording
from toolkit.wing import Manifest

__all__ = ["Balance", "BalanceOptions", "balance_manifest", "balanced_counts", "draw_balanced", "parse_target", "sample_weights"]

Rows = NDArray[np.int64]


def parse_target(text: str) -> Any:
    """Read a number as a number, and leave names to `BalanceOptions`."""
    return int(text) if text.isdecimal() else text


@dataclass(frozen=True)
class BalanceOptions:
    """How classes of different sizes are brought together.

    Args:
        target: Samples that each training class is to have: ``"max"`` or ``"median"`` of the classes that occur, or a number of at least 1.
            A command balances nothing unless this is given.
        by: How: ``"copies"`` adds copies to smaller classes, of pictures augmented ones; ``"drop"`` leaves out samples of larger ones;
            ``"both"`` does both; ``"weights"`` leaves the samples as they are, and training draws each with such a chance that the target
            is what is expected of its class in an epoch.
    """

    target: Annotated[Literal["max", "median"] | int, Typed("balance", parse_target, opens=True)] = "median"
    by: Annotated[Literal["copies", "drop", "both", "weights"], Typed("balance_by")] = "copies"

    def __post_init__(self) -> None:
        fit = self.target in ("max", "median") or (type(self.target) is int and self.target >= 1)
        check(fit, "BalanceOptions", "target", "max, median, or a whole number of at least 1", self.target)
        check(self.by in ("copies", "drop", "both", "weights"), "BalanceOptions", "by", "copies, drop, both or weights", self.by)


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
        if self.options.by == "weights":
            return f"Train is stored as it is: an epoch of training is to draw {self.wanted:,} samples a class, on average."
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
        The plan. A class's copies are shared out evenly over its samples; what is dropped, evenly over its groups. By weights, all
        samples as they are.

    Raises:
        ArgumentError: If samples have no class each, or none of them trains.
    """
    train, label = np.flatnonzero(manifest.split == 0), manifest.label
    if label is None or not _is_class(label) or not len(train):
        raise ArgumentError(wording("balance", "train samples", "of one class each", "none such", at=manifest.place))
    if options.by == "weights":
        row, copy = np.arange(len(train)), np.zeros(len(train), np.int64)
    else:
        group = None if manifest.group is None else manifest.group[train]
        row, copy = draw_balanced(label[train], options, np.random.default_rng(seed), group=group)
    order = np.lexsort((copy, row, copy > 0))
    row, copy = row[order], copy[order]
    originals = row[copy == 0]
    return Balance(
        options,
        _target(np.bincount(label[train]), options.target),
        num_dropped=len(train) - len(originals),
        rows=train[row],
        copy=copy,
        parent=np.where(copy > 0, np.searchsorted(originals, row), -1),
    )


def balanced_counts(label: Rows, options: BalanceOptions) -> Rows:
    """Say how many samples each class is to have.

    Args:
        label: Class ids, int64, shape (N,), at least 0.
        options: What to aim at, and by which means.

    Returns:
        int64, shape (C,), C one more than the largest id: 0 for a class that does not occur; copies never take away and drop never
        adds.

    Raises:
        ArgumentError: If samples have no class each.

    Example:
        >>> balanced_counts(np.array([0, 0, 0, 2]), BalanceOptions(2, by="both")).tolist()
        [2, 0, 2]
    """
    check(_is_class(label), "balance", "labels", "one class id a sample", f"{label.dtype} {label.shape}")
    counts = np.bincount(label)
    if not len(label):
        return counts
    wanted = np.full_like(counts, _target(counts, options.target))
    if options.by in ("copies", "drop"):
        wanted = (np.maximum if options.by == "copies" else np.minimum)(counts, wanted)
    return np.where(counts > 0, wanted, 0)


def sample_weights(label: Rows, options: BalanceOptions) -> NDArray[np.float64]:
    """Say how often each sample is to come in an epoch: within a class all alike, over a class what `balanced_counts` says.

    Args:
        label: Class ids, int64, shape (N,), at least 0.
        options: What to aim at, and by which means.

    Returns:
        float64, shape (N,), above 0. They add up to the samples of an epoch.

    Raises:
        ArgumentError: If samples have no class each.

    Example:
        >>> sample_weights(np.array([0, 0, 0, 0, 1]), BalanceOptions(2, by="weights")).tolist()
        [0.5, 0.5, 0.5, 0.5, 2.0]
    """
    wanted = balanced_counts(label, options)
    return wanted[label] / np.bincount(label)[label]


def draw_balanced(label: Rows, options: BalanceOptions, rng: np.random.Generator, *, group: Rows | None = None) -> tuple[Rows, Rows]:
    """Choose samples so that each class has exactly what `balanced_counts` says.

    Args:
        label: Class ids, int64, shape (N,), at least 0.
        options: What to aim at, and by which means; by weights, as by both.
        rng: Draws which samples come once more than others, and which do not come.
        group: int64, shape (N,): what belongs together; None if nothing does.

    Returns:
        Rows, int64, shape (M,), class by class, and which copy of its row each is, from 0 for the row itself. A class too small
        repeats all its rows equally often or once more; of one too large come some rows, once, from all its groups evenly.

    Raises:
        ArgumentError: If samples have no class each.
    """
    wanted = balanced_counts(label, options)
    by_class = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label)))
    rows, copies = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size, mine in zip(wanted, by_class[:-1], strict=True):
        order = mine
        if size < len(mine):
            order = _spread(mine, None if group is None else group[mine], rng)
        elif size > len(mine):
            order = rng.permutation(mine)
        turn = np.arange(size)
        rows.append(order[turn % max(1, len(mine))])
        copies.append(turn // max(1, len(mine)))
    return np.concatenate(rows), np.concatenate(copies)


def _is_class(label: NDArray[Any]) -> bool:
    return label.ndim == 1 and np.issubdtype(label.dtype, np.integer)


def _target(counts: Rows, target: str | int) -> int:
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
