"""Which samples train, select and test: a manifest comes in, the same rows with every row's `split` filled go out.

No group is cut. `toolkit.preprocess` calls this straight after a wing's `read`; what is fitted later sees the train rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from toolkit.dealing import cut_by_time, deal_units
from toolkit.declaration import UNTYPED, Typed
from toolkit.errors import ArgumentError, SplitError, check, wording
from toolkit.wing import SPLITS, Manifest

__all__ = ["SplitOptions", "k_folds", "parse_fractions", "split_manifest"]

Rows = NDArray[np.int64]
FREE, TRAIN, VAL, TEST = -1, 0, 1, 2
NUM_NAMES_SHOWN = 5
NOTABLE_DEVIATION = 0.05


def parse_fractions(text: str) -> tuple[float, ...]:
    """Read fractions as the command takes them: ``"0.7,0.15,0.15"`` → ``(0.7, 0.15, 0.15)``.

    Raises:
        ArgumentError: If a part of the text is no number; `SplitOptions` checks the numbers themselves.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ArgumentError(wording("split", "fractions", "numbers with commas between them", text)) from error


@dataclass(frozen=True)
class SplitOptions:
    """How a manifest is cut into train, val and test.

    Args:
        fractions: Shares of train,val,test or of train,val that add up to 1; a share of 0 asks for no such part. A test part that the
            source brings stays the test part.
        stratify: Whether each class is spread over the parts in the same shares. Numeric targets are never stratified.
        by: ``"random"``, or ``"time"``: train before val before test, by `Manifest.time`.
        seed: Draws which samples or groups go where, and how copies differ; at least 0.
    """

    fractions: Annotated[tuple[float, ...], Typed("split", parse_fractions)] = (0.7, 0.15, 0.15)
    stratify: bool = True
    by: Annotated[Literal["random", "time"], UNTYPED] = "random"
    seed: int = 0

    def __post_init__(self) -> None:
        shares = self.fractions
        fit = len(shares) in (2, 3) and all(share >= 0 for share in shares) and shares[0] > 0 and abs(sum(shares) - 1) < 1e-6
        rule = "two or three numbers of at least 0 that add up to 1, train's above 0"
        check(fit, "SplitOptions", "fractions", rule, shares, fix="Give train,val,test such as 0.7,0.15,0.15, or train,val.")
        check(self.by in ("random", "time"), "SplitOptions", "by", "random or time", self.by)
        check(0 <= self.seed < 1 << 32, "SplitOptions", "seed", "from 0 to 2³² − 1", self.seed)


def split_manifest(manifest: Manifest, options: SplitOptions | None = None) -> Manifest:
    """Give every row its part.

    What the source imposes stays: its val and test rows always; its train rows if it brings a val part, or if it brings no test part
    and has free rows that test can be cut from. A free row joins its group's imposed part. All other rows are cut into the parts that
    the source does not bring, by the fractions renormalised.

    Args:
        manifest: At least one row; `split` may be None, partly (−1 elsewhere) or wholly filled.
        options: None means `SplitOptions()`.

    Returns:
        The same rows with `split` int8, shape (N,), in {0, 1, 2}; `note` says what the source imposed, which groups it cut
        itself, and where whole groups keep a part far from its fraction.

    Raises:
        SplitError: If a part would stay empty, or a cut by time would cut a group; the groups are named.
        ArgumentError: If `by` is ``"time"`` and the samples have no time.
    """
    options = options or SplitOptions()
    given = np.full(len(manifest), FREE, np.int8) if manifest.split is None else manifest.split
    split = _imposed(given, manifest.group, options.fractions)
    pool = np.flatnonzero(split == FREE)
    brought = {int(part) for part in np.unique(split[split != FREE])}
    shares = _shares_left(options.fractions, brought)
    own = _brought_note(split, brought, shares if len(pool) else {}, manifest.understood.rows)
    if len(pool):
        split[pool] = _cut(manifest, pool, shares, options)
    cut_by_source = _cut_groups(given, manifest.group, rows=given != FREE)
    _check_promises(manifest, split, parts=shares if len(pool) or not len(manifest) else (), cut_by_source=cut_by_source)
    notes = [manifest.note, own, _moved_note(given, split), _fraction_note(split[pool], shares, manifest.understood.rows[1])]
    if len(cut_by_source):
        groups = f"{len(cut_by_source)} group{'s' * (len(cut_by_source) != 1)}"
        notes.append(f"The source itself cuts {groups}: {_names(manifest, cut_by_source)}.")
    if options.by == "time" and not _in_order_of_time(manifest.time, split):
        notes.append("The source's own parts are not in order of time.")
    return replace(manifest, split=split, note=" ".join(note for note in notes if note))


def k_folds(group: Rows, k: int, *, label: NDArray[Any] | None = None, seed: int = 0) -> NDArray[np.int8]:
    """Deal rows into k folds of like size and like classes; no group is cut.

    Args:
        group: int64, shape (N,): equal where rows must stay in one fold; all different if none must.
        k: Number of folds, in [2, 100], at most the number of groups.
        label: Class ids (N,) or multi-labels (N, L) to spread evenly over the folds; None, or numeric targets: only sizes matter.
        seed: Draws which groups go where, at least 0.

    Returns:
        int8, shape (N,): the fold of each row, in [0, k).

    Raises:
        SplitError: If there are fewer groups than folds.
    """
    check(2 <= k <= 100, "k_folds", "k", "from 2 to 100", k)
    ids, units = np.unique(group, return_inverse=True)
    if len(ids) < k:
        fix, units_named = "Ask for fewer folds.", "groups" if len(ids) < len(group) else "samples"
        raise SplitError(wording("k_folds", units_named, f"at least as many as the {k} folds", len(ids), fix=fix))
    strata = label if label is not None and np.issubdtype(label.dtype, np.integer) else None
    return deal_units(units, strata, np.full(k, 1 / k), seed=seed, first_is_train=False).astype(np.int8)


def _imposed(given: NDArray[np.int8], group: Rows | None, fractions: Sequence[float]) -> NDArray[np.int8]:
    """Keep what the source imposes; −1 where the fractions decide, of train rows too if val, or test, can be cut from them alone."""
    split = given.copy()
    cuts_test = sum(fractions[TEST:]) > 0 and not (given == TEST).any()
    if not (given == VAL).any() and not (cuts_test and (given == FREE).any()):
        split[given == TRAIN] = FREE
    if group is not None and (split != FREE).any():
        _, units = np.unique(group, return_inverse=True)
        part = np.full(units.max() + 1, len(SPLITS), np.int8)
        np.minimum.at(part, units[split != FREE], split[split != FREE])
        joins = (given == FREE) & (part[units] < len(SPLITS))
        split[joins] = part[units[joins]]
    return split


def _shares_left(fractions: tuple[float, ...], brought: set[int]) -> dict[int, float]:
    """The parts that free rows are cut into, with their shares; train is always among them."""
    left = {part: share for part, share in enumerate(fractions) if share > 0 and (part == TRAIN or part not in brought)}
    return {part: share / sum(left.values()) for part, share in left.items()}


def _cut(manifest: Manifest, pool: Rows, shares: Mapping[int, float], options: SplitOptions) -> NDArray[np.int8]:
    """The part of each pool row."""
    fractions = np.array(list(shares.values()))
    if options.by == "time":
        if manifest.time is None:
            raise ArgumentError(wording("split", "by", "random where samples have no time", options.by, at=manifest.place))
        drawn = cut_by_time(manifest.time[pool], fractions)
    else:
        units, strata = _units(manifest, pool), _strata(manifest, pool, options.stratify)
        drawn = deal_units(units, strata, fractions, seed=options.seed, first_is_train=True)
        _check_fractions(drawn, units, strata, fractions)
    return np.array(list(shares), np.int8)[drawn]


def _units(manifest: Manifest, pool: Rows) -> Rows:
    """What stays together, numbered from 0: groups, or else single rows."""
    if manifest.group is None:
        return np.arange(len(pool))
    return np.unique(manifest.group[pool], return_inverse=True)[1].astype(np.int64)


def _strata(manifest: Manifest, pool: Rows, stratify: bool) -> NDArray[Any] | None:
    """The labels to spread evenly; None if there are none, if they are numeric targets, or if it was not asked for."""
    label = manifest.label
    return label[pool] if stratify and label is not None and np.issubdtype(label.dtype, np.integer) else None


def _check_fractions(drawn: Rows, units: Rows, strata: NDArray[Any] | None, fractions: NDArray[np.float64]) -> None:
    """Refuse parts whose sizes are further from their fractions than one largest unit a part and class explains."""
    sizes = np.bincount(drawn, minlength=len(fractions))
    num_strata = 0 if strata is None else len(np.unique(strata)) if strata.ndim == 1 else strata.shape[1]
    slack = len(fractions) * (1 + num_strata) * int(np.bincount(units).max())
    if (np.abs(sizes - fractions * len(drawn)) > slack).any():
        raise SplitError(wording("split", "part sizes", f"within {slack} samples of the fractions", sizes.tolist()))


def _cut_groups(split: NDArray[np.int8], group: Rows | None, *, rows: NDArray[np.bool_]) -> Rows:
    """Ids of the groups that have rows in more than one part, among the given rows."""
    if group is None:
        return np.empty(0, np.int64)
    ids, units = np.unique(group[rows], return_inverse=True)
    present = np.zeros((len(ids), len(SPLITS)), bool)
    present[units, split[rows]] = True
    return cast(Rows, ids[present.sum(axis=1) > 1])


def _check_promises(manifest: Manifest, split: NDArray[np.int8], *, parts: Iterable[int], cut_by_source: Rows) -> None:
    """Refuse a split that leaves a row out, a part empty, or that cuts a group the source had left whole."""
    unassigned = np.flatnonzero((split < 0) | (split >= len(SPLITS)))
    if len(unassigned):
        row = unassigned[0]
        raise SplitError(wording("split", "split", "from 0 to 2 in every row", int(split[row]), at=manifest.origin[row]))
    for part in parts:
        if not (split == part).any():
            fix = f"Give more {manifest.understood.rows[1]} or groups, another time or other fractions, or a fraction of 0 for the part."
            fix = " ".join(filter(None, (manifest.understood.suggestion, fix)))
            raise SplitError(wording("split", SPLITS[part], f"at least 1 {manifest.understood.rows[0]}", 0, at=manifest.place, fix=fix))
    cut = np.setdiff1d(_cut_groups(split, manifest.group, rows=split >= 0), cut_by_source)
    if len(cut):
        fix = "Choose other fractions, or --group none if samples of one group may stand in two parts."
        got = f"{len(cut)} cut: {_names(manifest, cut)}"
        raise SplitError(wording("split", "each group", "whole in one part", got, at=manifest.place, fix=fix))


def _names(manifest: Manifest, groups: Rows) -> str:
    """The first few of these groups by name, and how many more there are."""
    known = manifest.group_names
    names = [known[i] if i < len(known) else str(i) for i in groups[:NUM_NAMES_SHOWN].tolist()]
    more = len(groups) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _brought_note(split: NDArray[np.int8], brought: set[int], shares: Mapping[int, float], called: tuple[str, str]) -> str:
    """What the source imposed and how the rest was cut; empty if it imposed nothing."""
    if not brought:
        return ""
    sizes = {part: int((split == part).sum()) for part in sorted(brought)}
    own = ", ".join(f"{SPLITS[part]} ({size} {called[size != 1]})" for part, size in sizes.items())
    rest = ", ".join(f"{SPLITS[part]} {share:.3g}" for part, share in shares.items())
    return f"The source's own split is kept: {own}." + (f" The rest was cut into {rest}." if rest else "")


def _moved_note(given: NDArray[np.int8], split: NDArray[np.int8]) -> str:
    """How many rows that the source marks as train are in other parts; empty if none is."""
    counts = {SPLITS[part]: int(((given == TRAIN) & (split == part)).sum()) for part in (VAL, TEST)}
    counts = {name: count for name, count in counts.items() if count}
    moved = " and ".join(f"{count:,} {'were cut ' * (i == 0)}into {name}" for i, (name, count) in enumerate(counts.items()))
    return f"Of the {(given == TRAIN).sum():,} rows that the source marks train, {moved}." if moved else ""


def _fraction_note(drawn: NDArray[np.int8], shares: Mapping[int, float], called: str) -> str:
    """Where the cut came out far from its fractions; empty if it did not."""
    got = {part: float((drawn == part).mean()) for part in shares} if len(drawn) else {}
    far = [part for part in got if abs(got[part] - shares[part]) > NOTABLE_DEVIATION]
    told = ", ".join(f"{SPLITS[part]} {got[part]:.1%} instead of {shares[part]:.1%}" for part in far)
    return f"Whole groups, few {called} or equal times allow no closer cut: {told}." if far else ""


def _in_order_of_time(time: Rows | None, split: NDArray[np.int8]) -> bool:
    """Whether every part ends before the next begins."""
    spans = [time[split == part] for part in range(len(SPLITS)) if (split == part).any()] if time is not None else []
    return all(earlier.max() < later.min() for earlier, later in pairwise(spans))
