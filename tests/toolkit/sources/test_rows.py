"""Groups and classes by patterns, and the groups of rows that are of one thing."""

from pathlib import Path

import pytest

from toolkit.errors import ArgumentError
from toolkit.sources import SampleRows


def rows(*names, group=()):
    return SampleRows(origin=list(names), split=[-1] * len(names), group=list(group))


def test_a_pattern_finds_groups_by_its_brackets_or_by_all_that_it_finds():
    found = rows("a/p1_x.png", "b/p1_y.png", "b/p2_x.png")
    found.group_by(r"(p\d)_")
    assert found.group == ["p1", "p1", "p2"]
    found.group_by(r"p\d")
    assert found.group == ["p1", "p1", "p2"]
    found.group_by(r"^(\w)/(p\d)")
    assert found.group == ["a/p1", "b/p1", "b/p2"]


def test_a_path_without_a_group_is_a_group_of_its_own_and_told():
    found = rows("p1_x.png", "p1_y.png", "other.png")
    found.group_by(r"(p\d)_")
    assert found.group == ["p1", "p1", "other.png"]
    assert found.note == "Paths in which the pattern of groups finds nothing, each a group of its own: 1."


@pytest.mark.parametrize(("pattern", "rule"), [("zzz", "a pattern that some path has, got regex:zzz"), ("(", "a regular expression, got")])
def test_a_pattern_that_finds_nothing_is_refused(pattern, rule):
    with pytest.raises(ArgumentError, match=f"read: group must be {rule}"):
        rows("a.png").group_by(pattern)


def test_a_pattern_finds_classes_and_paths_without_one_are_skipped():
    found = rows("cat.1.jpg", "dog.1.jpg", "readme.jpg")
    found.label_by(r"^(cat|dog)\.")
    assert (found.origin, found.label) == (["cat.1.jpg", "dog.1.jpg"], ["cat", "dog"])
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("readme.jpg", "the pattern of classes finds nothing in its path")]


def test_rows_of_one_picture_join_their_groups_through_any_chain():
    names = ["1.png", "1.png", "2.png", "2.png", "3.png"]
    found = rows(*names, group=["A", "B", "B", "C", "D"])
    found.join_groups(names, "picture")
    assert found.group == ["A", "A", "A", "A", "D"]
    assert found.note == "2 rows name a picture again: the rows of a picture stay in one split, which joined 4 groups to 2."


def test_rows_of_one_picture_are_a_group_where_there_are_none():
    names = ["1.png", "1.png", "2.png"]
    found = rows(*names)
    found.join_groups(names, "picture")
    assert found.group == ["1.png", "1.png", "2.png"]


def test_groups_of_a_table_that_are_one_number_are_one_and_told():
    found = rows("a", "b", "c", group=["1", "1.0", "2"])
    found.labels = "auto"
    manifest = found.as_manifest("text", Path())
    assert (manifest.group_names, manifest.group.tolist()) == (("1", "2"), [0, 0, 1])
    assert manifest.note == "Spellings of groups that are one: '1.0' as 1 (1)."


def test_classes_bear_the_names_that_are_known():
    found = SampleRows(origin=["1", "2"], split=[-1, -1], label=["7", "3"], class_names={"7": "seven"})
    manifest = found.as_manifest("toys", Path("/toys"))
    assert (manifest.classes, manifest.class_names, manifest.titles) == (("3", "7"), ("", "seven"), ("3", "7 seven"))
