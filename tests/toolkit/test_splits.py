"""Splits keep groups whole, spread classes evenly, respect what the source imposes, and refuse what they cannot promise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from toolkit.errors import ArgumentError, SplitError
from toolkit.splits import SplitOptions, k_folds, parse_fractions, split_manifest
from toolkit.wing import Manifest, Understood

TRAIN, VAL, TEST = 0, 1, 2


def rows(num=None, **columns):
    """A manifest of `num` rows with the given columns."""
    columns = {name: np.asarray(column) for name, column in columns.items() if name != "group_names"} | {
        "group_names": columns.get("group_names", ())
    }
    num = num if num is not None else max(len(column) for column in columns.values())
    return Manifest(kind="toy", root="/toy", origin=[f"{i}.txt" for i in range(num)], **columns)


def tracks(lengths, classes):
    """One group for each length, all its rows of one class."""
    group = np.repeat(np.arange(len(lengths)), lengths)
    return rows(group=group, label=np.asarray(classes)[group])


def sizes(split):
    return np.bincount(split, minlength=3).tolist()


def parts_of_groups(manifest):
    return [len(set(manifest.split[manifest.group == g].tolist())) for g in np.unique(manifest.group)]


@st.composite
def grouped(draw):
    """Groups of one to nine rows and at least three of them, with one class or a mixture each."""
    lengths = draw(st.lists(st.integers(1, 9), min_size=3, max_size=40))
    group = np.repeat(np.arange(len(lengths)), lengths)
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    classes = rng.integers(0, draw(st.integers(1, 5)), len(lengths))[group]
    mixed = rng.integers(0, 3, len(group))
    return rows(group=group, label=draw(st.sampled_from([classes, mixed])))


@given(grouped(), st.sampled_from([(0.7, 0.15, 0.15), (0.8, 0.2), (0.6, 0.0, 0.4), (0.34, 0.33, 0.33)]), st.integers(0, 99))
def test_every_row_gets_a_part_and_no_group_is_cut(manifest, fractions, seed):
    split = split_manifest(manifest, SplitOptions(fractions=fractions, seed=seed))
    assert set(split.split.tolist()) == {part for part, share in enumerate(fractions) if share > 0}
    assert set(parts_of_groups(split)) == {1}


@given(grouped(), st.integers(0, 99))
def test_without_classes_sizes_are_within_the_largest_group_of_their_fractions(manifest, seed):
    split = split_manifest(replace(manifest, label=None), SplitOptions(seed=seed)).split
    largest = np.bincount(manifest.group).max()
    quota = np.array([0.7, 0.15, 0.15]) * len(manifest)
    num_groups = len(np.unique(manifest.group))
    assert (np.abs(sizes(split) - quota) <= largest * (3 if num_groups < 7 else 2)).all()


@given(st.lists(st.integers(0, 4), min_size=3, max_size=300), st.integers(0, 99))
def test_classes_of_single_rows_come_close_to_their_fractions(labels, seed):
    assume(max(map(labels.count, labels)) >= 3)  # else the parts can only be filled at some class's cost
    manifest = rows(label=np.array(labels))
    split = split_manifest(manifest, SplitOptions(seed=seed)).split
    for label in set(labels):
        num = labels.count(label)
        got = np.array(sizes(split[manifest.label == label]))
        quota = num * np.array([0.7, 0.15, 0.15])
        if num >= 7:
            assert (np.abs(got - quota) <= 2).all()
        elif num >= 3:
            assert (got >= 1).all()
        else:
            assert got[TRAIN] >= 1


@given(grouped(), st.integers(0, 99))
def test_classes_of_whole_groups_reach_every_part_when_they_have_as_many_groups(manifest, seed):
    pure = np.array([manifest.label[manifest.group == g][0] for g in range(manifest.group.max() + 1)])
    assume(np.bincount(pure).max() >= 3)
    manifest = replace(manifest, label=pure[manifest.group])
    split = split_manifest(manifest, SplitOptions(seed=seed)).split
    for label in set(pure.tolist()):
        reached = set(split[manifest.label == label].tolist())
        assert reached == {TRAIN, VAL, TEST} if (pure == label).sum() >= 3 else TRAIN in reached


@given(grouped(), st.integers(0, 99))
def test_the_order_of_grouped_rows_does_not_matter(manifest, seed):
    shuffled = np.random.default_rng(seed).permutation(len(manifest))
    split = split_manifest(manifest, SplitOptions(seed=seed)).split
    assert split_manifest(manifest.take(shuffled), SplitOptions(seed=seed)).split.tolist() == split[shuffled].tolist()


def test_same_seed_same_split_and_another_seed_another():
    manifest = rows(label=np.arange(1000) % 7)
    first, again, other = (split_manifest(manifest, SplitOptions(seed=seed)).split for seed in (3, 3, 4))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_fractions_of_plain_rows_are_exact():
    assert sizes(split_manifest(rows(1000)).split) == [700, 150, 150]
    assert sizes(split_manifest(rows(1000), SplitOptions(fractions=(0.8, 0.2))).split) == [800, 200, 0]


def test_all_classes_share_alike_when_stratified():
    manifest = rows(label=[0] * 100 + [1] * 20)
    split = split_manifest(manifest, SplitOptions(fractions=(0.8, 0.1, 0.1))).split
    assert sizes(split[:100]) == [80, 10, 10]
    assert sizes(split[100:]) == [16, 2, 2]


def test_many_small_classes_do_not_add_up_to_a_wrong_fraction():
    # 6.3, 1.35 and 1.35 rows a class: rounding each class by itself would always give 6 and at least 1
    split = split_manifest(rows(label=np.repeat(np.arange(1000), 9))).split
    assert np.abs(np.array(sizes(split)) / 9000 - [0.7, 0.15, 0.15]).max() < 0.01


def test_multi_label_rows_spread_every_label():
    label = (np.random.default_rng(0).random((3000, 6)) < [0.5, 0.3, 0.1, 0.05, 0.02, 0.01]).astype(np.int64)
    split = split_manifest(rows(label=label)).split
    shares = np.array([label[split == part].sum(axis=0) for part in range(3)]) / label.sum(axis=0)
    assert np.abs(shares - [[0.7], [0.15], [0.15]]).max() < 0.02


def test_numeric_targets_are_not_stratified():
    manifest = rows(label=np.linspace(0, 1, 100, dtype=np.float32))
    assert sizes(split_manifest(manifest).split) == [70, 15, 15]


def test_folds_are_as_even_as_scikit_learns():
    def unevenness(folds, label):
        shares = [np.bincount(label[folds == k], minlength=4) / np.bincount(label) for k in range(5)]
        return np.std(shares, axis=0).max()

    ours, theirs = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(200), rng.integers(1, 60, 200))
        label = (rng.random(len(group)) < rng.random(200)[group]) + 2 * (group % 3 == 0)
        reference = np.empty(len(group), int)
        cuts = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(np.zeros(len(group)), label, group)
        for k, (_, held_out) in enumerate(cuts):
            reference[held_out] = k
        theirs.append(unevenness(reference, label))
        ours.append(unevenness(k_folds(group, 5, label=label, seed=seed), label))
    assert np.median(ours) <= np.median(theirs)


@given(grouped(), st.integers(2, 3), st.integers(0, 99))
def test_no_fold_cuts_a_group_or_stays_empty(manifest, k, seed):
    folds = k_folds(manifest.group, k, label=manifest.label, seed=seed)
    assert set(folds.tolist()) == set(range(k))
    assert all(len(set(folds[manifest.group == group].tolist())) == 1 for group in np.unique(manifest.group))


def test_more_folds_than_groups_are_refused():
    with pytest.raises(SplitError, match="groups must be at least as many as the 5 folds, got 4"):
        k_folds(np.repeat(np.arange(4), 3), 5)
    with pytest.raises(SplitError, match="samples must be at least as many as the 5 folds, got 4"):
        k_folds(np.arange(4), 5)


def test_a_test_part_from_the_source_stays_and_the_rest_is_cut_by_the_other_fractions():
    given_split = np.array([TRAIN] * 100 + [TEST] * 40)
    split = split_manifest(rows(split=given_split), SplitOptions(fractions=(0.6, 0.2, 0.2)))
    assert sizes(split.split) == [75, 25, 40]
    assert (split.split[100:] == TEST).all()
    assert "own split is kept: test (40 samples)" in split.note
    assert "train 0.75, val 0.25" in split.note


def test_train_val_and_test_from_the_source_are_kept():
    given_split = np.array([TRAIN, VAL, TEST, TEST, VAL, TRAIN, TRAIN])
    split = split_manifest(rows(split=given_split))
    assert split.split.tolist() == given_split.tolist()
    assert "train (3 samples), val (2 samples), test (2 samples)" in split.note


def test_a_lone_train_part_is_cut_like_any_rows():
    assert sizes(split_manifest(rows(split=np.zeros(20, np.int8)), SplitOptions(fractions=(0.5, 0.25, 0.25))).split) == [10, 5, 5]


def test_rows_marked_train_stay_where_free_rows_can_be_cut_into_the_test_part():
    given_split = np.array([TRAIN] * 40 + [-1] * 20)
    split = split_manifest(rows(split=given_split), SplitOptions(fractions=(0.5, 0.25, 0.25)))
    assert (split.split[:40] == TRAIN).all()
    assert sizes(split.split[40:]) == [10, 5, 5]
    assert "own split is kept: train (40 samples)" in split.note
    assert "marks train" not in split.note


def test_rows_marked_train_that_are_cut_into_other_parts_are_told():
    options = SplitOptions(fractions=(0.5, 0.25, 0.25))
    note = split_manifest(rows(split=np.zeros(20, np.int8)), options).note
    assert "Of the 20 rows that the source marks train, 5 were cut into val and 5 into test." in note
    given_split = np.array([TRAIN] * 30 + [-1] * 30 + [TEST] * 5)
    split = split_manifest(rows(split=given_split), SplitOptions(fractions=(0.8, 0.2, 0)))
    assert (split.split[60:] == TEST).all()
    assert "Of the 30 rows that the source marks train, " in split.note
    assert " were cut into val." in split.note


def test_train_and_val_from_the_source_get_no_test_part():
    assert sizes(split_manifest(rows(split=np.array([TRAIN] * 7 + [VAL] * 3))).split) == [7, 3, 0]


def test_a_free_row_joins_the_imposed_part_of_its_group():
    split = split_manifest(rows(split=[TEST, -1, -1, -1, -1], group=[8, 8, 5, 6, 7]), SplitOptions(fractions=(0.5, 0.5))).split
    assert split[:2].tolist() == [TEST, TEST]
    assert TEST not in split[2:]


def test_a_group_that_the_source_cuts_is_kept_and_named():
    manifest = rows(split=[TRAIN, TEST, TRAIN, VAL], group=[0, 0, 1, 2], group_names=("7/00003", "7/00004", "7/00005"))
    split = split_manifest(manifest)
    assert split.split.tolist() == [TRAIN, TEST, TRAIN, VAL]
    assert "The source itself cuts 1 group: 7/00003." in split.note


def test_a_group_of_nearly_all_rows_is_told():
    note = split_manifest(tracks([90, 2, 2, 2, 2, 2], [0] * 6)).note
    assert "train" in note
    assert "instead of 70.0%" in note


def test_time_puts_train_before_val_before_test():
    time = np.random.default_rng(0).permutation(100)
    split = split_manifest(rows(time=time), SplitOptions(by="time")).split
    assert sorted(time[split == TRAIN].tolist()) == list(range(70))
    assert sorted(time[split == VAL].tolist()) == list(range(70, 85))
    assert sorted(time[split == TEST].tolist()) == list(range(85, 100))


def test_equal_times_stay_together():
    split = split_manifest(rows(time=[0, 1, 2, 2, 2, 3, 4, 5, 6, 7]), SplitOptions(fractions=(0.4, 0.6), by="time")).split
    assert split.tolist() == [TRAIN] * 5 + [VAL] * 5


def test_a_group_across_a_cut_in_time_is_refused_by_name():
    manifest = rows(time=[0, 1, 2, 3, 4, 5], group=[0, 0, 1, 1, 1, 2], group_names=("ann", "bob", "cy"))
    with pytest.raises(SplitError, match=r"each group must be whole in one part, got 1 cut: bob in /toy\. Choose"):
        split_manifest(manifest, SplitOptions(fractions=(0.5, 0.5), by="time"))


def test_a_source_split_against_time_is_told():
    manifest = rows(time=[5, 6, 0, 1], split=[TRAIN, TRAIN, TEST, TEST])
    note = split_manifest(manifest, SplitOptions(fractions=(0.5, 0.5), by="time")).note
    assert "not in order of time" in note


def test_time_needs_times():
    with pytest.raises(ArgumentError, match="by must be random where samples have no time, got time in /toy"):
        split_manifest(rows(10), SplitOptions(by="time"))


@pytest.mark.parametrize(
    ("manifest", "part"),
    [
        (rows(2), "val|test"),
        (rows(0), "train"),
        (tracks([5, 5], [0, 1]), "val|test"),
        (rows(split=[TEST, TRAIN]), "val"),
    ],
)
def test_a_part_that_would_stay_empty_is_refused(manifest, part):
    with pytest.raises(SplitError, match=f"split: ({part}) must be at least 1 sample, got 0 in /toy"):
        split_manifest(manifest)


def test_a_source_of_test_samples_alone_is_kept_as_it_is():
    done = split_manifest(rows(split=[TEST, TEST]))
    assert done.split.tolist() == [TEST, TEST]
    assert "The source's own split is kept: test (2 samples)." in done.note


@pytest.mark.parametrize("fractions", [(0.5, 0.4), (1.2, -0.2), (0.0, 1.0), (1.0,), (0.4, 0.3, 0.2, 0.1), (float("nan"), 0.5)])
def test_fractions_that_make_no_split_are_refused(fractions):
    with pytest.raises(ArgumentError, match=r"fractions must be two or three numbers .* got"):
        SplitOptions(fractions=fractions)


def test_unknown_order_and_negative_seed_are_refused():
    with pytest.raises(ArgumentError, match="by must be random or time, got size"):
        SplitOptions(by="size")
    with pytest.raises(ArgumentError, match="seed must be from 0 to 2³² − 1, got -1"):
        SplitOptions(seed=-1)


def test_fractions_are_read_as_typed():
    assert parse_fractions("0.7,0.15, 0.15") == (0.7, 0.15, 0.15)
    with pytest.raises(ArgumentError, match="got 70/30"):
        parse_fractions("70/30")


def test_notes_call_rows_as_the_kind_does():
    called = Understood(rows=("series", "series"))
    manifest = replace(rows(split=[TEST, -1, -1, -1]), understood=called)
    assert "The source's own split is kept: test (1 series)." in split_manifest(manifest, SplitOptions((0.5, 0.5, 0))).note
