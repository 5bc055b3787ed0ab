"""What a report says: counts by split, class and group, the verdict, and what cannot be used."""

import json

import numpy as np
import pytest

from tests.toolkit.report.tables import Slides, make_table
from toolkit.checks import find_unreadable
from toolkit.report.content import describe, label_pairs, split_rows
from toolkit.sources import EMPTY_CLASS
from toolkit.wing import Finding, Skipped


def describe_table(table, findings=()):
    return describe(table, findings, meanings=Slides.meanings, fitted={})


def test_samples_and_groups_are_counted_by_split_and_class():
    said = describe_table(make_table(12, failures={0: "torn"}))
    # rows 1…5 are train, 6…8 val, 9…11 in no split; groups are pairs of rows
    assert said["splits"] == [
        {"name": "train", "samples": 5, "groups": 3, "classes": 2},
        {"name": "val", "samples": 3, "groups": 2, "classes": 2},
        {"name": "not split", "samples": 3, "groups": 2, "classes": 2},
    ]
    cat = said["classes"][0]
    assert cat == {
        "name": "cat",
        "title": "cat",
        "samples": {"train": 2, "val": 2, "not split": 1},
        "groups": {"train": 2, "val": 2, "not split": 1},
    }
    assert said["unusable"] == {"count": 1, "inputs": [{"source": "0.txt", "reason": "torn"}]}


def test_a_class_folder_without_samples_is_counted_by_no_part_of_the_report():
    table = make_table(12, failures={0: "torn"}, skipped=(Skipped("gone", "missing"), Skipped("nobody", EMPTY_CLASS)))
    said = describe_table(table, find_unreadable(table))
    (found,) = said["findings"]
    assert said["unusable"]["count"] == found["count"] == found["num_samples"] == 2
    assert [each["source"] for each in said["unusable"]["inputs"]] == ["0.txt", "gone"]


def test_columns_are_summed_up_over_what_was_measured():
    said = describe_table(make_table(12, failures={0: "torn"}))
    size = next(column for column in said["columns"] if column["name"] == "size")
    assert size["all"]["mean"] == sum(range(2, 13)) / 11
    assert size["splits"]["val"]["q50"] == 8


@pytest.mark.parametrize(
    ("severities", "status"),
    [(None, "unchecked"), ((), "good"), (("info",), "good"), (("info", "warning"), "warning"), (("warning", "error"), "error")],
)
def test_the_verdict_is_that_of_the_worst_finding(severities, status):
    findings = None if severities is None else [Finding("x", severity, "found", 2, (1,)) for severity in severities]
    assert describe_table(make_table(), findings)["verdict"]["status"] == status


def test_a_check_that_found_nothing_does_not_count_against_the_data():
    said = describe_table(make_table(), [Finding("leaks", "error", "No leaks", 0)])
    assert said["verdict"]["status"] == "good"
    assert [found["title"] for found in said["findings"]] == ["No leaks"]


def test_findings_name_their_samples_and_keep_their_order():
    findings = [Finding("a", "info", "first", 1, (3,)), Finding("b", "error", "second", 2, sets=((1, 2),))]
    said = describe_table(make_table(), findings)["findings"]
    assert [found["check"] for found in said] == ["a", "b"]
    assert said[0]["samples"] == [{"row": 3, "source": "3.txt"}]
    assert said[1]["sets"] == [[{"row": 1, "source": "1.txt"}, {"row": 2, "source": "2.txt"}]]


def test_several_labels_a_sample_count_for_each_of_their_classes():
    table = make_table(4, label=np.array([[1, 1], [0, 1], [0, 0], [1, 0]]), split=None, group=None)
    place, number = label_pairs(table.manifest, np.arange(4))
    assert list(zip(place.tolist(), number.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 1), (3, 0)]
    assert [entry["samples"] for entry in describe_table(table)["classes"]] == [{"not split": 2}, {"not split": 2}]


def test_targets_and_unlabelled_samples_have_no_classes():
    assert describe_table(make_table(4, classes=(), label=np.array([0.5, 1, 2, 3])))["classes"] == []
    assert describe_table(make_table(4, classes=()))["classes"] == []


def test_nothing_measured_is_still_a_report():
    table = make_table(3, failures={0: "a", 1: "b", 2: "c"})
    said = describe_table(table)
    assert said["columns"] == []
    assert split_rows(table) == {}
    json.dumps(said, allow_nan=False)
