"""An answer's JSON and its lines."""

import re
from dataclasses import replace

import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import CERTIFICATE, CheckResult, find_unreadable
from toolkit.sources import EMPTY_CLASS
from toolkit.wing import Finding, Skipped

SAMPLES = table(content=[1, 1, 2, 2, 3], failures={4: "cut short"}, skipped=[Skipped("gone", "missing")])
LEAK = Finding("leak_certificate", "info", "No leak was found", 0, why="Checked.")
PAIRS = Finding("duplicates_across_splits", "error", "4 samples", 4, (0, 1, 2, 3), "equal", "Bad.", "Mend.", ((0, 1), (2, 3)))
FLAT = Finding("flat", "warning", "1 picture", 1, (2,), "low", "Bad.", "Look.")


def answer(*findings, **options):
    return CheckResult("toys", SAMPLES, findings, **options)


def test_json_tells_samples_by_their_origins():
    told = answer(LEAK, PAIRS, unchecked=("labels: none",)).to_json()
    assert list(told) == ["source", "kind", "samples", "counts", "findings", "unchecked", "skipped"]
    assert told["samples"] == 5
    assert told["counts"] == {"splits": {"not split": 4}, "classes": {}}
    assert told["findings"][1]["samples"] == ["toy0", "toy1", "toy2", "toy3"]
    assert told["findings"][1]["sets"] == [["toy0", "toy1"], ["toy2", "toy3"]]
    assert told["skipped"] == [{"path": "toy4", "reason": "cut short"}, {"path": "gone", "reason": "missing"}]
    assert set(told["findings"][0]) == {
        "check",
        "severity",
        "title",
        "count",
        "threshold",
        "why",
        "fix",
        "num_samples",
        "about",
        "extent",
        "samples",
        "sets",
        "notes",
    }


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((LEAK,), "toys: good to train on. 5 samples (toys), 0 errors, 0 warnings, 0 notes"),
        ((LEAK, FLAT), "toys: usable, with care. 5 samples (toys), 0 errors, 1 warning, 0 notes"),
        ((LEAK, PAIRS, FLAT), "toys: mend the errors first. 5 samples (toys), 1 error, 1 warning, 0 notes"),
    ],
)
def test_the_verdict_stands_first(findings, verdict):
    assert str(answer(*findings)).splitlines()[0] == verdict


def test_the_lines_have_as_many_errors_as_the_verdict_counts():
    verdict, *lines = str(answer(replace(LEAK, severity="error", title="Leaks: 4 samples"), PAIRS, FLAT)).splitlines()
    assert "1 error, 1 warning" in verdict
    assert lines[0] == "  certificate: Leaks: 4 samples"
    assert sum(line.startswith("  error: ") for line in lines) == 1


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


@pytest.mark.parametrize(("count", "ending"), [(4, "… 1 more line with --json"), (5, "… 2 more lines with --json")])
def test_what_is_not_shown_is_counted(count, ending):
    shown = str(answer(Finding("flat", "warning", "flat ones", count, tuple(range(count)))))
    assert shown.endswith(f"    toy2\n    {ending}")


def test_a_set_that_is_cut_short_says_so():
    twins = Finding("twins", "error", "5 samples in 1 set", 5, (0, 1, 2, 3, 4), sets=((0, 1, 2, 3, 4),))
    assert str(answer(twins)).splitlines()[-1] == "    toy0 = toy1 = toy2 = … 2 more"
    assert "more" not in str(answer(PAIRS))


def test_samples_that_are_listed_nowhere_are_told_of():
    odd = Finding("odd", "info", "760 odd ones", 760, (0, 1, 2, 3))
    assert str(answer(odd)).splitlines()[-2:] == ["    … 1 more line with --json", "    … 4 of 760 samples are listed with --json"]
    assert answer(odd).to_json()["findings"][0]["num_samples"] == 760
    of_groups = Finding("groups", "error", "1 group", 1, (0, 1, 2), num_samples=3)
    assert str(answer(of_groups)).endswith("    toy2")


def test_what_is_to_be_said_of_a_sample_stands_beside_it():
    shown = str(answer(Finding("label_issues", "warning", "2 labels", 2, (1, 0), notes=("looks like b, 90%", "looks like c, 80%"))))
    assert "    toy1: looks like b, 90%\n    toy0: looks like c, 80%" in shown


def test_inputs_that_cannot_be_used_are_told_with_their_reasons():
    shown = str(answer(Finding("unreadable_inputs", "warning", "2 inputs", 2, (4,))))
    assert "    toy4: cut short\n    gone: missing" in shown


def test_a_class_folder_without_samples_is_no_input_that_cannot_be_used():
    samples = table(content=[1, 2], failures={1: "cut short"}, skipped=[Skipped("gone", "missing"), Skipped("nobody", EMPTY_CLASS)])
    (found,) = find_unreadable(samples)
    result = CheckResult("toys", samples, (found,))
    assert found.count == len(result.to_json()["skipped"]) == 2
    assert "more line" not in str(result)
    assert "nobody" not in str(result)


def test_control_characters_of_names_are_escaped():
    samples = table(content=[1])
    samples.manifest.origin[0] = "a\x1b[31m\u202e"
    shown = str(CheckResult("b\n", samples, (Finding("flat", "warning", "1 picture", 1, (0,)),)))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.startswith("b\\n: ")


def test_a_notebook_shows_the_findings_as_a_table():
    shown = answer(replace(LEAK, severity="error"), PAIRS, FLAT, unchecked=("labels: none",))._repr_html_()
    assert "<caption>toys: mend the errors first. 5 samples (toys), 1 error, 1 warning, 0 notes</caption>" in shown
    assert re.findall(r"<th [^>]*>([^<]*)</th><td [^>]*>(.*?)</td>", shown) == [
        ("certificate", "No leak was found<br>Checked."),
        ("error", "4 samples<br>Bad.<br>Mend."),
        ("warning", "1 picture<br>Bad.<br>Look."),
        ("not checked", "labels: none"),
    ]
    assert not re.search("color|background|src=|href=", shown)  # the notebook's own, light or dark; nothing from elsewhere


def test_names_in_a_notebook_make_no_markup():
    name = "<script>alert('x')</script>\u202e\""
    result = CheckResult(name, SAMPLES, (replace(FLAT, title=name, why=name, fix=name),), unchecked=(name,))
    assert result._repr_html_().count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;\\u202e&quot;") == 5
    assert "<script" not in result._repr_html_()
    assert "\u202e" not in result._repr_html_()


def test_a_results_repr_is_one_short_line():
    shown = repr(answer(LEAK, PAIRS, *[FLAT] * 2))
    assert shown == "CheckResult(source='toys', samples=5, errors=1, warnings=2, infos=0)"


def test_a_result_fails_at_the_severity_asked_for():
    assert [answer(LEAK, FLAT).fails(severity) for severity in ("warning", "error")] == [True, False]
    assert [answer(PAIRS).fails(severity) for severity in ("warning", "error")] == [True, True]
    assert not answer(LEAK).fails("warning")
    assert not answer(replace(LEAK, severity="error")).fails("error")  # a baseline knew the leaks that it repeats


def test_the_certificate_has_one_name():
    assert LEAK.check == CERTIFICATE


def test_with_a_baseline_the_verdict_compares():
    assert str(answer(LEAK, baseline=True)).startswith("toys: no worse than the baseline.")
    assert str(answer(LEAK, FLAT, baseline=True)).startswith("toys: worse than the baseline.")
