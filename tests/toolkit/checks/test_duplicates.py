"""Equal samples go into three tables by the worst that they do; a balanced file's copies are no duplicates."""

import numpy as np
import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import find_duplicates, same_content, tabulate_sets
from toolkit.checks.rows import LIMIT


def rows_of(sets):
    return sorted(tuple(rows.tolist()) for rows in sets)


def test_equal_files_are_found_and_what_was_not_taken_down_is_equal_to_nothing():
    assert rows_of(same_content(table(content=[1, 2, 1, 0, 0, 2, 1, 3]))) == [(0, 2, 6), (1, 5)]
    assert same_content(table()) == []


def test_what_the_wing_calls_equal_is_equal_whatever_the_files_are():
    samples = table(content=[1, 2, 2, 0], columns={"pixels": np.array([5, 5, 6, 6], np.uint64)})
    assert rows_of(same_content(samples, "pixels")) == [(0, 1), (2, 3)]


def test_where_there_is_nothing_to_compare_nothing_is_equal():
    samples = table(content=[1, 1, 2, 2], columns={"pixels": np.array([0, 0, 5, 5], np.uint64)})
    assert rows_of(same_content(samples, "pixels")) == [(2, 3)]


def test_what_cannot_be_used_is_no_copy_and_has_no_wrong_label():
    samples = table(content=[1, 1, 2, 3], columns={"pixels": np.array([0, 0, 7, 7], np.uint64)}, failures={0: "bad", 1: "bad"})
    assert rows_of(same_content(samples, "pixels")) == [(2, 3)]
    assert rows_of(same_content(table(content=[1, 1], failures={0: "bad", 1: "bad"}))) == []


def test_each_set_stands_in_the_table_of_the_worst_that_it_does():
    #                       within     across groups  across splits
    samples = table(content=[1, 1, 2, 2, 3, 3, 3], group=[0, 0, 1, 2, 3, 3, 4], split=[0, 0, 0, 0, 0, 0, 2])
    found = {finding.check: finding for finding in find_duplicates(samples, same_content(samples))}
    assert {name: (f.severity, f.count, f.sets) for name, f in found.items()} == {
        "duplicates_within_groups": ("info", 2, ((0, 1),)),
        "duplicates_across_groups": ("warning", 2, ((2, 3),)),
        "duplicates_across_splits": ("error", 3, ((4, 6, 5),)),  # one of each split first
    }
    assert found["duplicates_across_splits"].title == "3 samples in 1 set of exact copies across splits"
    assert "`foudre preprocess toys SRC OUT.h5 --overwrite`" in found["duplicates_across_splits"].fix


@pytest.mark.parametrize(
    ("group", "brought", "keep", "grouping"),
    [(None, (), "one of each set", True), (None, ("test",), "one of each set", False), ([0, 1], (), "those of one group", False)],
)
def test_a_group_is_offered_only_where_it_would_mend(group, brought, keep, grouping):
    samples = table(content=[1, 1], group=group, split=[0, 2])
    (found,) = find_duplicates(samples, same_content(samples), brought=brought)
    assert found.fix.startswith(f"Keep {keep} and remove the others, then `foudre preprocess toys")
    assert ("--group COLUMN" in found.fix) == grouping


def test_a_test_part_that_the_source_brings_stays_whole():
    samples = table(content=[1, 1, 2, 2, 3, 3], group=[0, 1, 2, 3, 4, 5], split=[-1, -1, 2, 2, 0, 0])
    found = {finding.check: finding for finding in find_duplicates(samples, same_content(samples), brought=["test"])}
    assert {check: finding.samples for check, finding in found.items()} == {
        "duplicates_within_groups": (2, 3),
        "duplicates_across_groups": (0, 1, 4, 5),
    }
    assert found["duplicates_within_groups"].title.endswith("exact copies within groups, or within test, which stays whole")
    (own,) = find_duplicates(samples, same_content(samples))
    assert own.samples == (0, 1, 2, 3, 4, 5)


def test_what_is_only_alike_is_no_error():
    samples = table(content=[1, 2], split=[0, 2])
    sets = [np.array([0, 1])]
    severities = [
        tabulate_sets(samples, sets, name="near", what="near copies", threshold="", certain=certain)[0].severity
        for certain in (True, False)
    ]
    assert severities == ["error", "warning"]


def test_rows_that_no_source_fixed_are_trains_and_without_groups_each_is_its_own():
    samples = table(content=[1, 1, 2, 2], split=[-1, 0, -1, 2])
    found = [(f.check, f.samples) for f in find_duplicates(samples, same_content(samples))]
    assert found == [("duplicates_across_groups", (0, 1)), ("duplicates_across_splits", (2, 3))]


def test_copies_that_balancing_made_are_left_out():
    samples = table(content=[1, 1, 1, 2], parent=[-1, 0, -1, -1])
    assert rows_of(same_content(samples)) == [(0, 2)]


def test_long_lists_are_cut_and_their_count_is_not():
    sets = [np.arange(1000), np.arange(1000, 1002)]
    (found,) = tabulate_sets(table(content=[1] * 1002), sets, name="near", what="near copies", threshold="")
    assert found.count == 1002
    assert len(found.samples) == LIMIT == len(found.sets[0])
    many = [np.array([2 * i, 2 * i + 1]) for i in range(500)]
    (found,) = tabulate_sets(table(content=[1] * 1000), many, name="near", what="near copies", threshold="")
    assert found.samples == tuple(range(LIMIT))
    assert len(found.sets) == LIMIT // 2
