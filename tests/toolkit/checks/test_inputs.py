"""Inputs that could not be read and those that were never a sample are told together."""

from tests.toolkit.checks.tables import table
from toolkit.checks import find_unreadable
from toolkit.sources import EMPTY_CLASS
from toolkit.wing import Skipped


def test_what_failed_and_what_was_skipped_is_counted():
    (found,) = find_unreadable(table(content=[1, 2, 3], failures={1: "cut short"}, skipped=[Skipped("gone", "missing")]))
    assert (found.severity, found.count, found.samples) == ("warning", 2, (1,))
    assert find_unreadable(table(content=[1, 2, 3])) == []
    assert find_unreadable(table(content=[1], skipped=[Skipped("nobody", EMPTY_CLASS)])) == []  # a class, and told as such
