"""Distributions are compared as scipy does; drift is told where it is large and sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from tests.toolkit.checks.tables import table
from toolkit.checks import find_drift
from toolkit.checks.drift import compare_distributions

samples = st.lists(st.integers(0, 9), min_size=1, max_size=30).map(np.array)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of scipy's p-value, which is not looked at
@given(samples, samples)
def test_the_distance_is_scipys(one, other):
    np.testing.assert_allclose(compare_distributions(one, other), ks_2samp(one, other).statistic, atol=1e-12)


def drift(shift, *, count=1000, group=None):
    """Train is 0, 0.001, …; test the same, shifted: the distance is the shift."""
    values = np.arange(count) / count
    figures = {"light": np.concatenate([values, values + shift]).astype(np.float32), "hash": np.arange(2 * count, dtype=np.uint64)}
    return find_drift(table(split=np.repeat([0, 2], count), group=group, columns=figures))


def test_a_distance_of_a_fifth_is_told_by_figure_and_split():
    assert drift(0.19) == []
    (found,) = drift(0.21)
    assert (found.check, found.severity, found.count) == ("drift_of_light_in_test", "warning", 1000)
    assert "distance 0.21" in found.title


def test_a_part_that_the_source_brings_is_not_cut_anew():
    figures = {"light": np.repeat([0.0, 1.0, 2.0], 50)}
    found = find_drift(table(split=np.repeat([0, 1, 2], 50), columns=figures), brought=["train", "test"])
    assert {each.check: each.fix for each in found} == {
        "drift_of_light_in_val": "Collect training samples of the other kind, "
        "or cut anew: `foudre preprocess toys SRC OUT.h5 --seed 1 --overwrite`.",
        "drift_of_light_in_test": "Collect training samples of the other kind.",
    }


def test_few_groups_must_differ_more_than_chance_makes_them():
    # 10 groups on either side: 1.95 · √(20 / 100) = 0.87
    group = np.arange(2000) // 100
    assert drift(0.8, group=group) == []
    assert len(drift(0.9, group=group)) == 1


def test_what_train_alone_has_decided_does_not_drift():
    figures = table(split=np.repeat([0, 2], 50), columns={"unknown": np.repeat([0.0, 1.0], 50)})
    assert [f.check for f in find_drift(figures)] == ["drift_of_unknown_in_test"]
    assert find_drift(figures, leave_out=("unknown",)) == []


def test_one_split_drifts_from_nothing():
    assert find_drift(table(split=[0, 0], columns={"light": [0.0, 1.0]})) == []
