"""What an older answer knew is left out, or told apart from what is new and what is gone."""

import json
from dataclasses import replace

import pytest

from tests.toolkit.checks.tables import table
from tests.toolkit.checks.test_result import FLAT, LEAK, PAIRS, SAMPLES, answer
from tests.toolkit.report.tables import Slides
from toolkit.checks import CheckResult, compare, load_baseline, only_new
from toolkit.checks.rows import LIMIT
from toolkit.errors import ArgumentError
from toolkit.report import write_report
from toolkit.wing import Finding

DRIFT = Finding("drift_of_light_in_test", "warning", "test differs", 10)


def baseline(tmp_path, *findings):
    path = tmp_path / "old.json"
    path.write_text(json.dumps(answer(*findings).to_json()))
    return load_baseline(path)


def test_a_baseline_leaves_out_what_it_knew(tmp_path):
    assert only_new([LEAK, PAIRS, FLAT, DRIFT], baseline(tmp_path, LEAK, PAIRS, FLAT, DRIFT), SAMPLES) == [LEAK]
    assert only_new([LEAK, PAIRS, FLAT], baseline(tmp_path, LEAK, FLAT), SAMPLES) == [LEAK, PAIRS]


def test_new_samples_of_a_known_check_are_told_alone(tmp_path):
    older = Finding(PAIRS.check, "error", "2 samples", 2, (0, 1), sets=((0, 1),))
    (found,) = only_new([PAIRS], baseline(tmp_path, older), SAMPLES)
    assert (found.count, found.samples, found.sets) == (2, (2, 3), ((2, 3),))
    assert found.title.startswith("new since the baseline")
    noted = Finding("label_issues", "warning", "2 labels", 2, (1, 2), notes=("like a", "like b"))
    (found,) = only_new([noted], baseline(tmp_path, replace(noted, count=1, samples=(1,), notes=("like a",))), SAMPLES)
    assert (found.samples, found.notes) == ((2,), ("like b",))
    old_groups = Finding("groups", "error", "1 group", 1, (0, 1), num_samples=2)
    (found,) = only_new([replace(old_groups, count=2, samples=(0, 1, 2), num_samples=3)], baseline(tmp_path, old_groups), SAMPLES)
    assert (found.samples, found.num_showing) == ((2,), 1)


def test_findings_without_a_whole_list_of_samples_are_new_if_they_grew(tmp_path):
    grown = Finding(DRIFT.check, "warning", "test differs", 12)
    assert [f.count for f in only_new([grown], baseline(tmp_path, DRIFT), SAMPLES)] == [2]
    many = table(label=range(LIMIT + 2))
    full, later = (Finding("flat", "warning", "many", LIMIT + 1, tuple(range(start, start + LIMIT))) for start in (0, 2))
    path = tmp_path / "full.json"
    path.write_text(json.dumps(CheckResult("toys", many, (full,)).to_json()))
    assert only_new([later], load_baseline(path), many) == []
    grown = replace(later, count=LIMIT + 3)
    assert [(found.count, found.num_showing) for found in only_new([grown], load_baseline(path), many)] == [(2, LIMIT + 3)]


def test_what_is_more_severe_than_before_is_new(tmp_path):
    older = Finding("imbalance", "info", "2.1 times", 1)
    worse = Finding("imbalance", "warning", "21 times", 1)
    assert only_new([worse], baseline(tmp_path, older), SAMPLES) == [worse]
    assert [each["change"] for each in compare([worse], baseline(tmp_path, older), SAMPLES)["findings"]] == ["worse"]
    assert only_new([older], baseline(tmp_path, worse), SAMPLES) == []


def test_other_classes_and_inputs_are_new_and_a_larger_figure_is_worse(tmp_path):
    old = Finding("empty_classes", "warning", "1 class", 1, about=("a",))
    (found,) = only_new([replace(old, count=1, about=("b",))], baseline(tmp_path, old), SAMPLES)
    assert (found.count, found.about) == (1, ("b",))
    assert only_new([old], baseline(tmp_path, old), SAMPLES) == []
    ratio = Finding("imbalance", "warning", "12 times", 1, extent=12)
    assert only_new([replace(ratio, extent=13)], baseline(tmp_path, ratio), SAMPLES) == []
    assert only_new([replace(ratio, extent=400)], baseline(tmp_path, ratio), SAMPLES) == [replace(ratio, extent=400)]


def test_an_answer_of_before_that_tells_no_names_still_counts(tmp_path):
    path = tmp_path / "old.json"
    path.write_text('{"findings": [{"check": "empty_classes", "severity": "warning", "title": "1 class", "count": 1, "samples": []}]}')
    assert only_new([Finding("empty_classes", "warning", "1 class", 1, about=("b",))], load_baseline(path), SAMPLES) == []


def test_sets_that_were_not_listed_whole_are_not_taken_for_new_ones(tmp_path):
    many = table(label=range(13 * 100 + 1))
    sets = tuple(tuple(range(start, start + 13)) for start in range(0, 299, 13))
    full = Finding(PAIRS.check, "error", "many", 1300, tuple(range(299)), sets=sets)
    path = tmp_path / "full.json"
    path.write_text(json.dumps(CheckResult("toys", many, (full,)).to_json()))
    grown = replace(full, count=1301, samples=tuple(range(1, 300)))
    assert [found.count for found in only_new([grown], load_baseline(path), many)] == [1]


COUNTED = '{"findings": [{"check": "flat", "title": "flat", "count": %s, "samples": []}]}'


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"findings": [{"check": "flat"}]}', "[" * 100_000, COUNTED % "Infinity", COUNTED % "NaN", COUNTED % "1e999"],
    ids=lambda text: text[-40:],
)
def test_what_is_no_baseline_is_refused(text, tmp_path):
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(ArgumentError, match="baseline must be an answer of foudre check --json, got"):
        load_baseline(tmp_path / "old.json")


def test_changes_are_new_gone_grown_shrunk_or_none(tmp_path):
    older = [
        LEAK,
        replace(PAIRS, title="2 samples", count=2, samples=(0, 1), sets=((0, 1),)),
        replace(FLAT, count=3, samples=(2, 3, 4)),
        replace(DRIFT, check="drift_of_size_in_val", title="val differs"),
        Finding("imbalance", "info", "much", 1),
    ]
    told = compare([LEAK, PAIRS, FLAT, DRIFT, older[-1]], baseline(tmp_path, *older), SAMPLES)
    assert [(each["check"], each["change"], each["before"], each["after"]) for each in told["findings"]] == [
        ("drift_of_light_in_test", "new", None, 10),
        ("duplicates_across_splits", "2 new", 2, 4),
        ("flat", "2 fewer", 3, 1),
        ("drift_of_size_in_val", "gone", 10, None),
        ("imbalance", "same", 1, 1),
    ]
    assert told["findings"][3]["title"] == "val differs"


def test_samples_are_counted_before_and_after(tmp_path):
    older, today = (table(label=label, split=split, classes="abc") for label, split in (([0, 1, 1], [0, 0, 0]), ([0, 1, 2], [0, 0, 2])))
    (tmp_path / "old.json").write_text(json.dumps(CheckResult("toys", older, ()).to_json()))
    told = compare([], load_baseline(tmp_path / "old.json"), today)
    assert told["splits"] == [{"name": "train", "before": 3, "after": 2}, {"name": "test", "before": None, "after": 1}]
    assert told["classes"] == [{"name": "b", "before": 2, "after": 1}, {"name": "c", "before": 0, "after": 1}]


def test_a_reports_json_is_a_baseline_as_good(tmp_path):
    named = table(label=[0, 1, 1], split=[0, 0, 2], classes="ab", columns={"size": [1.0, 2, 3], "light": [1.0, 2, 3]})
    named.manifest.origin[:] = ["50%", "caf\udce9", "plain"]
    found = [replace(FLAT, samples=(0, 1), count=2)]
    report = write_report(named, found, tmp_path / "page.html", show=Slides())
    (tmp_path / "check.json").write_text(json.dumps(CheckResult("toys", named, found).to_json()))
    assert load_baseline(report.json_path) == load_baseline(tmp_path / "check.json")
    assert only_new(found, load_baseline(report.json_path), named) == []
