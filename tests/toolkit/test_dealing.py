"""Units are dealt whole, in the parts' shares, each class for itself; cuts in time fall between different times."""

import numpy as np
import pytest

from toolkit.dealing import cut_by_time, deal_units


def deal(units, label, shares, *, seed=0, first_is_train=True):
    label = None if label is None else np.asarray(label)
    return deal_units(np.asarray(units), label, np.array(shares), seed=seed, first_is_train=first_is_train)


@pytest.mark.parametrize("seed", range(5))
def test_alike_units_are_dealt_by_the_largest_remainders(seed):
    # 10 units: 7, 1.5 and 1.5; the odd one goes to either of the small parts
    sizes = np.bincount(deal(range(10), None, [0.7, 0.15, 0.15], seed=seed)).tolist()
    assert sizes in ([7, 2, 1], [7, 1, 2])


def test_a_giant_does_not_starve_the_rest():
    parts = deal([0] * 60 + list(range(1, 41)), None, [0.7, 0.15, 0.15])
    assert np.bincount(parts).tolist() == [70, 15, 15]


def test_large_units_are_found_in_every_part():
    sizes = np.repeat([50, 1], [60, 300])
    units = np.repeat(np.arange(360), sizes)
    parts = deal(units, None, [0.6, 0.2, 0.2])
    large_per_part = np.bincount(parts[: 60 * 50]) / 50
    assert large_per_part.tolist() == [36, 12, 12]


def test_three_units_of_a_class_reach_three_parts():
    label = [0] * 100 + [1] * 3
    assert sorted(deal(range(103), label, [0.9, 0.05, 0.05])[100:].tolist()) == [0, 1, 2]


def test_a_lone_unit_of_a_class_is_trained_on_even_where_train_is_small():
    label = [0] * 100 + [1]
    assert deal(range(101), label, [0.1, 0.9])[100] == 0


def test_folds_have_no_favourite_for_lone_units():
    label = [0] * 50 + list(range(1, 11))  # ten classes of one unit
    folds = deal(range(60), label, [0.2] * 5, first_is_train=False)
    assert np.bincount(folds).tolist() == [12] * 5


def test_mixed_units_balance_every_class():
    # Units of (a, b) rows: two of (3, 1) and two of (1, 3); each half must get one of each
    units = np.repeat(np.arange(4), 4)
    label = [0, 0, 0, 1] * 2 + [0, 1, 1, 1] * 2
    parts = deal(units, label, [0.5, 0.5])
    assert sorted(parts[[0, 4]].tolist()) == [0, 1]
    assert sorted(parts[[8, 12]].tolist()) == [0, 1]


def test_seeds_draw_other_units():
    assert {tuple(deal(range(20), None, [0.5, 0.5], seed=seed).tolist()) for seed in range(20)} != {
        tuple(deal(range(20), None, [0.5, 0.5]).tolist())
    }


def test_a_cut_in_time_takes_the_nearest_change_of_time():
    assert cut_by_time(np.array([3, 1, 1, 1, 2, 9]), np.array([0.5, 0.5])).tolist() == [1, 0, 0, 0, 1, 1]
    assert cut_by_time(np.array([0, 1, 1, 1, 1, 1]), np.array([0.5, 0.5])).tolist() == [0, 1, 1, 1, 1, 1]


def test_one_moment_fills_one_part():
    assert len(set(cut_by_time(np.zeros(5, np.int64), np.array([0.6, 0.4])).tolist())) == 1
