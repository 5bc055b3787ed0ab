"""A figure that gives the class away is found; one that only knows groups, or nothing, is not."""

import numpy as np
import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import find_shortcuts
from toolkit.checks.shortcut import predict_from_figure


def test_a_histogram_predicts_the_other_fold():
    label = np.array([0, 0, 1, 1] * 10)
    fold = np.array([0, 1, 0, 1] * 10, np.int8)
    assert predict_from_figure(label * 5.0, label, fold) == 1
    assert predict_from_figure(np.zeros(40), np.array([0, 0, 0, 1] * 10), fold) == 0.75


def share_told(share, *, seed=0):
    """A figure that gives away the class of a share of 2,000 samples of 2 classes and says nothing of the others."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, 2000)
    known = rng.random(2000) < share
    figures = {"size": np.where(known, label, rng.integers(0, 2, 2000)).astype(float), "noise": rng.random(2000)}
    return find_shortcuts(table(label=label, classes="ab", columns=figures))


@pytest.mark.parametrize(("share", "names"), [(0.15, []), (0.35, ["shortcut_by_size"])])
def test_a_quarter_of_the_way_to_perfect_is_a_shortcut(share, names):
    assert [finding.check for finding in share_told(share)] == names


def test_few_groups_must_tell_more_than_chance_makes_them():
    # Right for three of four samples. Of 40 groups the limit is 0.5 + 4 · √(0.25 / 40) = 0.82; of 200 it is 0.64.
    row = np.arange(200)
    label, light = row % 2, (row % 2 ^ (row % 8 >= 6)) * 0.5
    for group, count in ((row % 40, 0), (row, 1)):
        assert len(find_shortcuts(table(label=label, group=group, classes="ab", columns={"light": light}))) == count


def test_a_figure_that_only_knows_the_group_is_none():
    # Each group has a value of its own that no other has: on groups held out it tells nothing.
    group = np.repeat(np.arange(40), 25)
    label = np.random.default_rng(1).permutation(np.repeat([0, 1], 20))[group]
    figures = {"light": np.random.default_rng(2).permutation(40)[group].astype(float)}
    assert find_shortcuts(table(label=label, group=group, classes="ab", columns=figures)) == []


def test_test_samples_copies_failures_and_sets_of_one_class_or_group_are_left_out():
    label, light = [0, 1] * 20, [0.0, 1.0] * 20  # 40 groups: the limit is 0.82
    assert len(find_shortcuts(table(label=label, classes="ab", columns={"light": light}))) == 1
    assert find_shortcuts(table(label=label, classes="ab", columns={"light": light}, split=[2] * 40)) == []
    assert find_shortcuts(table(label=label, classes="ab", columns={"light": light}, parent=[0] * 40)) == []
    assert find_shortcuts(table(label=label, classes="ab", columns={"light": light}, failures=dict.fromkeys(range(40), "bad"))) == []
    assert find_shortcuts(table(label=[0] * 40, classes="ab", columns={"light": light})) == []
    assert find_shortcuts(table(label=label, classes="ab", columns={"light": light}, group=[0] * 40)) == []
