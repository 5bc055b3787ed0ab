"""An answer's JSON and its lines, and what a baseline leaves out."""

import json
from dataclasses import replace

import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import CheckResult, load_baseline
from toolkit.checks.result import CERTIFICATE, only_new
from toolkit.checks.rows import LIMIT
from toolkit.errors import ArgumentError
from toolkit.wing import Finding, Skipped

SAMPLES = table(content=[1, 1, 2, 2, 3], failures={4: "cut short"}, skipped=[Skipped("gone", "missing")])
LEAK = Finding("leak_certificate", "info", "No leak was found", 0, why="Checked.")
PAIRS = Finding("duplicates_across_splits", "error", "4 samples", 4, (0, 1, 2, 3), "equal", "Bad.", "Mend.", ((0, 1), (2, 3)))
FLAT = Finding("flat", "warning", "1 picture", 1, (2,), "low", "Bad.", "Look.")
DRIFT = Finding("drift_of_light_in_test", "warning", "test differs", 10)


def answer(*findings, **options):
    return CheckResult("toys", SAMPLES, findings, **options)


def baseline(tmp_path, *findings):
    path = tmp_path / "old.json"
    path.write_text(json.dumps(answer(*findings).to_json()))
    return load_baseline(path)


def test_json_tells_samples_by_their_origins():
    told = answer(LEAK, PAIRS, unchecked=("labels: none",)).to_json()
    assert list(told) == ["source", "kind", "samples", "findings", "unchecked", "skipped"]
    assert told["samples"] == 5
    assert told["findings"][1]["samples"] == ["toy0", "toy1", "toy2", "toy3"]
    assert told["findings"][1]["sets"] == [["toy0", "toy1"], ["toy2", "toy3"]]
    assert told["skipped"] == [{"path": "toy4", "reason": "cut short"}, {"path": "gone", "reason": "missing"}]
    assert set(told["findings"][0]) == {"check", "severity", "title", "count", "threshold", "why", "fix", "samples", "sets"}


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((LEAK,), "toys: good to train on. 5 samples, 0 errors, 0 warnings, 0 notes"),
        ((LEAK, FLAT), "toys: usable, with care. 5 samples, 0 errors, 1 warning, 0 notes"),
        ((LEAK, PAIRS, FLAT), "toys: mend the errors first. 5 samples, 1 error, 1 warning, 0 notes"),
    ],
)
def test_the_verdict_stands_first(findings, verdict):
    assert str(answer(*findings)).splitlines()[0] == verdict


def test_people_read_threshold_reason_and_fix_and_what_was_not_checked():
    lines = str(answer(PAIRS, unchecked=("labels: none",))).splitlines()[1:]
    assert lines == [
        "  error: duplicates_across_splits: 4 samples",
        "    threshold: equal",
        "    why: Bad.",
        "    fix: Mend.",
        "    toy0 = toy1",
        "    toy2 = toy3",
        "  not checked: labels: none",
    ]


def test_inputs_that_cannot_be_used_are_told_with_their_reasons():
    shown = str(answer(Finding("unreadable_inputs", "warning", "2 inputs", 2, (4,))))
    assert "    toy4: cut short\n    gone: missing" in shown


def test_control_characters_of_names_are_escaped():
    samples = table(content=[1])
    samples.manifest.origin[0] = "a\x1b[31m\u202e"
    shown = str(CheckResult("b\n", samples, (Finding("flat", "warning", "1 picture", 1, (0,)),)))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.startswith("b\\n: ")


def test_a_result_fails_at_the_severity_asked_for():
    assert [answer(LEAK, FLAT).fails(severity) for severity in ("warning", "error")] == [True, False]
    assert [answer(PAIRS).fails(severity) for severity in ("warning", "error")] == [True, True]
    assert not answer(LEAK).fails("warning")
    assert not answer(replace(LEAK, severity="error")).fails("error")  # a baseline knew the leaks that it repeats


def test_a_baseline_leaves_out_what_it_knew(tmp_path):
    assert only_new([LEAK, PAIRS, FLAT, DRIFT], baseline(tmp_path, LEAK, PAIRS, FLAT, DRIFT), SAMPLES) == [LEAK]
    assert only_new([LEAK, PAIRS, FLAT], baseline(tmp_path, LEAK, FLAT), SAMPLES) == [LEAK, PAIRS]


def test_new_samples_of_a_known_check_are_told_alone(tmp_path):
    older = Finding(PAIRS.check, "error", "2 samples", 2, (0, 1), sets=((0, 1),))
    (found,) = only_new([PAIRS], baseline(tmp_path, older), SAMPLES)
    assert (found.count, found.samples, found.sets) == (2, (2, 3), ((2, 3),))
    assert found.title.startswith("new since the baseline")


def test_findings_without_a_whole_list_of_samples_are_new_if_they_grew(tmp_path):
    grown = Finding(DRIFT.check, "warning", "test differs", 12)
    assert [f.count for f in only_new([grown], baseline(tmp_path, DRIFT), SAMPLES)] == [2]
    many = table(label=range(LIMIT + 2))
    full, later = (Finding("flat", "warning", "many", LIMIT + 1, tuple(range(start, start + LIMIT))) for start in (0, 2))
    path = tmp_path / "full.json"
    path.write_text(json.dumps(CheckResult("toys", many, (full,)).to_json()))
    assert only_new([later], load_baseline(path), many) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{"check": "flat"}]}'])
def test_what_is_no_baseline_is_refused(text, tmp_path):
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(ArgumentError, match="baseline must be an answer of foudre check --json, got"):
        load_baseline(tmp_path / "old.json")


def test_the_certificate_has_one_name():
    assert LEAK.check == CERTIFICATE


def test_with_a_baseline_the_verdict_compares():
    assert str(answer(LEAK, baseline=True)).startswith("toys: no worse than the baseline.")
    assert str(answer(LEAK, FLAT, baseline=True)).startswith("toys: worse than the baseline.")
