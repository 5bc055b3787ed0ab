"""Groups in two splits are found; the certificate says what was compared and what came of it."""

from tests.toolkit.checks.tables import table
from toolkit.checks import certify, find_cut_groups, find_duplicates, same_content


def test_a_group_in_two_splits_is_an_error_unless_the_source_wants_it_so():
    samples = table(group=[0, 0, 1, 1, 2], split=[0, 1, 0, 0, 2])
    (found,) = find_cut_groups(samples, imposed=False)
    assert (found.check, found.severity, found.count, found.samples) == ("groups_across_splits", "error", 1, (0, 1))
    (found,) = find_cut_groups(samples, imposed=True)
    assert found.severity == "info"


def test_whole_groups_and_rows_without_a_part_are_no_finding():
    assert find_cut_groups(table(group=[0, 0, 1], split=[0, 0, 2]), imposed=False) == []
    assert find_cut_groups(table(group=[0, 0, 1], split=[-1, 0, 2]), imposed=False) == []
    assert find_cut_groups(table(group=[0, 0]), imposed=False) == []
    assert find_cut_groups(table(split=[0, 1]), imposed=False) == []


def test_the_certificate_adds_up_the_leaks():
    samples = table(content=[1, 1, 2, 3], group=[0, 1, 2, 2], split=[0, 2, 0, 1])
    found = find_cut_groups(samples, imposed=False) + find_duplicates(samples, same_content(samples))
    told = certify(samples, found)
    assert told.title == "Leaks were found between train, val and test"
    assert told.count == 3
    assert told.why == "Checked between them: groups in two splits: 1, exact copies: 2, near copies: 0."


def test_the_certificate_of_a_clean_set_and_of_one_split():
    assert certify(table(split=[0, 2]), []).title == "No leak was found between train and test"
    alone = certify(table(split=[-1, -1]), [])
    assert "not checked" in alone.title
    assert alone.count == 0
