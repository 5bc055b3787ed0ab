"""Inputs that could not be read and those that were never a sample are told together."""

from tests.toolkit.checks.tables import table
from toolkit.checks import find_gaps, find_unreadable
from toolkit.checks.rows import complete_command
from toolkit.report.content import judge
from toolkit.sources import EMPTY_CLASS
from toolkit.wing import Skipped


def test_what_failed_and_what_was_skipped_is_counted():
    (found,) = find_unreadable(table(content=[1, 2, 3], failures={1: "cut short"}, skipped=[Skipped("gone", "missing")]))
    assert (found.severity, found.count, found.samples) == ("warning", 2, (1,))
    assert find_unreadable(table(content=[1, 2, 3])) == []
    assert find_unreadable(table(content=[1], skipped=[Skipped("nobody", EMPTY_CLASS)])) == []  # a class, and told as such


def test_where_nothing_can_be_used_that_is_an_error():
    (found,) = find_unreadable(table(content=[1, 2], failures={0: "empty", 1: "empty"}))
    assert (found.severity, found.title) == ("error", "2 inputs that cannot be used, and no other")


def test_a_source_without_training_samples_or_labels_is_told():
    assert find_gaps(table(content=[1, 2], label=[0, 1], split=[-1, 2])) == []
    (found,) = find_gaps(table(content=[1, 2, 3], label=[0, 1, 0], split=[1, 2, 0], failures={2: "empty"}))
    assert (found.check, found.severity, found.count) == ("no_training_samples", "error", 2)
    assert judge([found])["status"] == "error"  # a count of 0 would say that nothing was found
    fix = complete_command(found.fix, source="list.csv", out="a.h5", typed="--columns split=part")
    assert [part for part in fix.split("`") if part.startswith("foudre")] == [
        "foudre preprocess toys list.csv a.h5 --columns split=part --overwrite",
        "foudre preprocess toys list.csv a.h5 --overwrite",
    ]
    (found,) = find_gaps(table(content=[1, 2]))
    assert (found.check, found.severity, found.count) == ("unlabelled", "info", 2)
    assert find_gaps(table(content=[1], failures={0: "empty"})) == []
