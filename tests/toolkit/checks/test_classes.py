"""Empty, missing and tiny classes and imbalance, on both sides of each threshold."""

import numpy as np
import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import check_classes
from toolkit.sources import EMPTY_CLASS
from toolkit.wing import Skipped


def found_in(*sizes, split=None, group=None, parent=None, more=()):
    """Findings by name; class i has sizes[i] samples, each its own group unless told otherwise."""
    label = np.repeat(np.arange(len(sizes)), sizes)
    classes = [f"class{i}" for i in range(len(sizes))] + list(more)
    return {f.check: f for f in check_classes(table(label=label, split=split, group=group, parent=parent, classes=classes))}


def test_classes_of_like_size_are_no_finding():
    assert found_in(20, 20, 39) == {}


def test_a_single_class_teaches_nothing():
    found = found_in(40)["single_class"]
    assert (found.severity, found.title) == ("warning", "One class only: class0")
    assert "single_class" not in found_in(40, 20)


def test_a_class_without_samples_is_named():
    found = found_in(20, 20, more=["nobody"])["empty_classes"]
    assert (found.severity, found.count) == ("warning", 1)
    assert found.title == "1 class without any sample: nobody"
    skipped = [Skipped("train/empty", EMPTY_CLASS), Skipped("test/a", EMPTY_CLASS)]
    (found,) = check_classes(table(label=[0] * 20 + [1] * 20, classes="ab", skipped=skipped))
    assert (found.check, found.title) == ("empty_classes", "1 class without any sample: empty")


def test_what_cannot_be_used_does_not_count():
    label, bad = [0] * 30 + [1] * 30, dict.fromkeys(range(30, 60), "empty")
    found = {f.check: f.title for f in check_classes(table(label=label, classes="ab", failures=bad))}
    assert found == {"single_class": "One class only: a", "empty_classes": "1 class without any sample: b"}
    split, bad = [0, 2] * 30, dict.fromkeys(range(30, 60, 2), "empty")
    found = {f.check: f.title for f in check_classes(table(label=label, classes="ab", failures=bad, split=split))}
    assert found == {"missing_classes_in_train": "1 class missing from train: b"}
    bad = dict.fromkeys(range(34, 60), "empty")
    found = {f.check: f.title for f in check_classes(table(label=label, classes="ab", failures=bad))}
    assert found["imbalance"] == "The largest class has 7.5 times the samples of the smallest: a 30, b 4"
    assert "tiny_classes" in found


def test_a_part_that_the_source_brings_is_not_cut_anew():
    samples = table(label=[0, 1] * 20 + [0] * 20, split=[0] * 40 + [2] * 20, classes="ab")
    fixes = [{f.check: f.fix for f in check_classes(samples, brought=brought)}["missing_classes_in_test"] for brought in ((), ["test"])]
    assert ["--seed 1" in fix for fix in fixes] == [True, False]


@pytest.mark.parametrize(
    ("groups", "brought", "anew"),
    [
        ([7, 8, 9], (), True),
        ([7, 8, 8], (), False),  # two groups cannot be in three splits
        ([7, 8, 8], ("train", "test"), True),  # test stays as it is, and its train is cut into train and val
        ([8, 8, 8], ("train", "test"), False),
        ([7, 8, 9], ("test",), True),
        ([7, 8, 9], ("val",), False),
    ],
)
def test_only_what_can_be_in_each_split_is_cut_anew(groups, brought, anew):
    samples = table(label=[0] * 6 + [1] * 3, split=[0, 0, 1, 1, 2, 2, 0, 0, 0], group=[*range(6), *groups], classes="ab")
    fix = {f.check: f.fix for f in check_classes(samples, brought=brought)}["missing_classes_in_val"]
    seed = "or cut anew: `foudre preprocess toys SRC OUT.h5 --seed 1" if anew else "then `foudre preprocess toys SRC OUT.h5"
    assert fix == f"Add samples or groups of these classes, {seed} --overwrite`."


def test_copies_put_a_class_in_no_further_split():
    samples = table(label=[0, 0, 1, 1, 1], split=[0, 1, 0, 0, 0], parent=[-1, -1, -1, 2, 2], classes="ab")
    assert "--seed" not in {f.check: f.fix for f in check_classes(samples)}["missing_classes_in_val"]


def test_classes_that_training_weighs_need_not_be_of_one_size():
    samples = table(label=[0] * 60 + [1] * 20, classes="ab")
    assert [[f.check for f in check_classes(samples, weighted=weighted)] for weighted in (False, True)] == [["imbalance"], []]


@pytest.mark.parametrize(("absent", "severity"), [(0, "error"), (2, "warning")])
def test_a_class_that_train_lacks_is_worse_than_one_that_test_lacks(absent, severity):
    split = [0, 2] * 20 + [2 - absent] * 40
    found = found_in(40, 40, split=split)
    name = f"missing_classes_in_{'train' if absent == 0 else 'test'}"
    assert (found[name].severity, found[name].count) == (severity, 1)
    assert "class1" in found[name].title
    assert found[name].samples[0] == 40
    assert found[name].num_showing == 40


def test_under_ten_samples_are_tiny():
    assert "tiny_classes" not in found_in(10, 10)
    found = found_in(10, 9)["tiny_classes"]
    assert found.title.endswith("in train: class1")
    assert found.samples == tuple(range(10, 19))
    assert found.num_showing == 9


def test_under_three_groups_are_tiny_as_long_as_the_splits_are_to_be_cut():
    group = [0, 1, 2] * 4 + [3, 4] * 6
    assert found_in(12, 12, group=group)["tiny_classes"].title.endswith(": class1")
    assert "tiny_classes" not in found_in(12, 12, group=group, split=[0] * 24)
    assert "tiny_classes" in found_in(12, 12, group=group, split=[-1] * 24)


@pytest.mark.parametrize(("largest", "severity"), [(39, None), (40, "info"), (199, "info"), (200, "warning")])
def test_imbalance_is_told_from_twice_and_is_a_warning_from_ten_times(largest, severity):
    found = found_in(20, largest).get("imbalance")
    assert (found and found.severity) == severity
    if found:
        assert f"class1 {largest}, class0 20" in found.title
        assert found.count == 1


def test_imbalance_counts_copies_and_train_only():
    assert "imbalance" not in found_in(20, 40, split=[0] * 20 + [0] * 20 + [2] * 20, parent=[-1] * 60)
    assert "imbalance" not in found_in(40, 40, parent=[-1] * 15 + [0] * 25 + [-1] * 40)


def test_numbers_several_labels_and_no_labels_have_no_classes():
    for label in ([0.5, 1.5], [[0, 1], [1, 0]], None):
        assert check_classes(table(content=[1, 2], label=label, classes="ab")) == []
