"""Balancing: the training split alone, evenly over samples and groups, every copy with its parent; weights change no sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import toy_wing
from tests.contracts.toy_wing import ToyOptions, write_source
from toolkit.balance import BalanceOptions, balance_manifest, balanced_counts, draw_balanced, sample_weights
from toolkit.dataset_file import open_dataset
from toolkit.errors import ArgumentError, ExportError
from toolkit.export import ExportOptions
from toolkit.preprocess import preprocess
from toolkit.wing import Manifest


def manifest(counts: tuple[int, ...], *, group_size: int = 0) -> Manifest:
    label = np.repeat(np.arange(len(counts)), counts)
    names = tuple(f"class{i}" for i in range(len(counts)))
    group = np.arange(len(label)) // group_size if group_size else None
    split = np.zeros(len(label), np.int8)
    return Manifest("toy", "root", [f"{i}" for i in range(len(label))], names, label, group, split=split)


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        (BalanceOptions("max"), [12, 12, 12]),
        (BalanceOptions("median"), [12, 7, 7]),
        (BalanceOptions("median", by="drop"), [7, 7, 3]),
        (BalanceOptions("median", by="both"), [7, 7, 7]),
        (BalanceOptions(5, by="both"), [5, 5, 5]),
        (BalanceOptions(30), [30, 30, 30]),
    ],
)
def test_classes_reach_the_target_by_the_means_allowed(options: BalanceOptions, sizes: list[int]) -> None:
    source = manifest((12, 7, 3))
    assert np.bincount(source.label[balance_manifest(source, options).rows]).tolist() == sizes
    assert balanced_counts(source.label, options).tolist() == sizes


def test_weights_leave_the_samples_as_they_are() -> None:
    plan = balance_manifest(manifest((12, 7, 3)), BalanceOptions("median", by="weights"))
    assert plan.rows.tolist() == list(range(22))
    assert set(plan.copy.tolist()) == {0}
    assert set(plan.parent.tolist()) == {-1}
    assert str(plan) == "Train is stored as it is: an epoch of training is to draw 7 samples a class, on average."


def test_weights_are_the_share_of_the_target_that_falls_to_each_sample() -> None:
    label = np.array([0, 0, 0, 0, 2, 2, 3])
    assert balanced_counts(label, BalanceOptions("median", by="weights")).tolist() == [2, 0, 2, 2]
    assert sample_weights(label, BalanceOptions("median", by="weights")).tolist() == [0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 2.0]
    assert sample_weights(label, BalanceOptions("median", by="copies")).tolist() == [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0]


def test_no_samples_have_no_counts_and_no_weights() -> None:
    none = np.empty(0, np.int64)
    assert (balanced_counts(none, BalanceOptions()).tolist(), sample_weights(none, BalanceOptions()).tolist()) == ([], [])
    assert [part.tolist() for part in draw_balanced(none, BalanceOptions(), np.random.default_rng(0))] == [[], []]


def test_the_plan_tells_what_it_did() -> None:
    assert str(balance_manifest(manifest((12, 7, 3)), BalanceOptions(7, by="both"))) == (
        "Train is balanced to 7 a class: 4 copies added, 5 samples left out."
    )


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(1, 40), st.sampled_from(["copies", "drop", "both"]), st.integers(0, 9)
)
def test_copies_are_shared_evenly_and_know_their_parents(counts: list[int], target: int, by: str, seed: int) -> None:
    if not sum(counts):
        counts[0] = 1
    plan = balance_manifest(manifest(tuple(counts)), BalanceOptions(target, by=by), seed=seed)
    copies = plan.copy > 0
    assert (plan.rows[plan.parent[copies]] == plan.rows[copies]).all()
    assert (plan.copy[plan.parent[copies]] == 0).all()
    assert (plan.parent[~copies] == -1).all()
    assert len({(row, copy) for row, copy in zip(plan.rows.tolist(), plan.copy.tolist(), strict=True)}) == len(plan.rows)
    label = manifest(tuple(counts)).label[plan.rows]
    for number in np.unique(label):
        times = np.unique(plan.rows[label == number], return_counts=True)[1]
        assert times.max() - times.min() <= 1


def test_what_is_dropped_is_taken_evenly_from_the_groups() -> None:
    source = manifest((30, 6), group_size=6)
    plan = balance_manifest(source, BalanceOptions(10, by="drop"))
    kept = source.group[plan.rows[source.label[plan.rows] == 0]]
    assert np.bincount(kept, minlength=5)[:5].tolist() == [2, 2, 2, 2, 2]


def test_the_seed_decides_and_nothing_else() -> None:
    draws = [balance_manifest(manifest((30, 7)), BalanceOptions("max"), seed=seed).rows.tolist() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_samples_without_a_class_are_refused() -> None:
    with pytest.raises(ArgumentError, match="train samples must be of one class each, got none such in root"):
        balance_manifest(Manifest("toy", "root", ["a"], split=np.zeros(1, np.int8)), BalanceOptions())


@pytest.mark.parametrize("target", ["none", 0, 2.5, True])
def test_a_target_that_means_nothing_is_told(target: object) -> None:
    with pytest.raises(ArgumentError, match="target must be max, median, or a whole number of at least 1, got"):
        BalanceOptions(target)


def test_a_means_that_there_is_not_is_told() -> None:
    with pytest.raises(ArgumentError, match="BalanceOptions: by must be copies, drop, both or weights, got weight"):
        BalanceOptions(by="weight")


def test_a_file_balanced_by_weights_says_so_and_holds_what_an_unbalanced_one_does(tmp_path: Path) -> None:
    source, options = write_source(tmp_path / "raw", num_files=40), (ToyOptions(), ToyOptions())
    for name, balance in (("plain", None), ("weights", BalanceOptions("max", by="weights"))):
        preprocess(toy_wing, source, tmp_path / f"{name}.h5", options=options, balance=balance)
    plain, weighted = (open_dataset(tmp_path / f"{name}.h5") for name in ("plain", "weights"))
    assert weighted.source["balance"] == {"target": "max", "by": "weights"}
    assert weighted.pipeline == plain.pipeline
    assert weighted["train"].source == plain["train"].source
    assert set(weighted["train"].parent.tolist()) == {-1}


@pytest.mark.parametrize("workers", [0, 2])
def test_copies_lie_in_the_file_with_their_parents(tmp_path: Path, workers: int) -> None:
    source = write_source(tmp_path / "raw", num_files=60, bad=(3, 8))
    for path in sorted((source / "class1").glob("*.txt"))[5:]:
        path.unlink()
    options = {"options": (ToyOptions(), ToyOptions()), "balance": BalanceOptions("max")}
    summary = preprocess(toy_wing, source, tmp_path / "toy.h5", write=ExportOptions(workers=workers), **options)
    file = open_dataset(tmp_path / "toy.h5")
    train, val = file["train"], file["val"]
    assert val.parent is None
    assert "Train is balanced to" in summary.note
    assert file.source["balance"] == {"target": "max", "by": "copies"}
    copies = np.flatnonzero(train.parent >= 0)
    assert len(copies) > 0
    for row in copies:
        assert train.source[row] == train.source[train.parent[row]]
        (own, _), (parents, _) = (train.take(np.array([i]), "values") for i in (row, train.parent[row]))
        assert set((own - parents).tolist()) <= {1, 2, 3, 4, 5, 6, 7, 8, 9}
    assert "0003.txt" not in " ".join(train.source)
    assert file.verify() == []
    assert preprocess(toy_wing, source, tmp_path / "toy.h5", **options).up_to_date
    with pytest.raises(ExportError, match="its source differs"):
        preprocess(toy_wing, source, tmp_path / "toy.h5", options=options["options"])
