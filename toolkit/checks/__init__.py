"""Findings that hold for every kind of data: statistics come in, findings go out, to the command `check` and to the report.

A check is a function from `Statistics` to findings; what was not found is not among them.
"""

from toolkit.checks.baseline import Baseline, compare, load_baseline, only_new
from toolkit.checks.classes import check_classes
from toolkit.checks.drift import find_drift
from toolkit.checks.duplicates import find_duplicates, same_content, tabulate_sets
from toolkit.checks.inputs import find_damage, find_gaps, find_unreadable
from toolkit.checks.labels import ask_cleanlab, believed_classes, find_contradictions, find_label_issues
from toolkit.checks.predictions import Predictions, compare_claims, load_predictions
from toolkit.checks.result import CERTIFICATE, SEVERITIES, CheckResult, tag
from toolkit.checks.shortcut import find_shortcuts
from toolkit.checks.splits import certify, find_cut_frames, find_cut_groups

__all__ = [
    "CERTIFICATE",
    "SEVERITIES",
    "Baseline",
    "CheckResult",
    "Predictions",
    "ask_cleanlab",
    "believed_classes",
    "certify",
    "check_classes",
    "compare",
    "compare_claims",
    "find_contradictions",
    "find_cut_frames",
    "find_cut_groups",
    "find_damage",
    "find_drift",
    "find_duplicates",
    "find_gaps",
    "find_label_issues",
    "find_shortcuts",
    "find_unreadable",
    "load_baseline",
    "load_predictions",
    "only_new",
    "same_content",
    "tabulate_sets",
    "tag",
]
