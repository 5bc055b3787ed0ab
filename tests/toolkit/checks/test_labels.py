"""Equal samples with different labels, and labels that predictions contradict: examples worked out by hand."""

import numpy as np

from tests.toolkit.checks.tables import table
from toolkit.checks import find_contradictions, find_label_issues, same_content


def test_equal_samples_with_two_labels_contradict_each_other():
    samples = table(content=[1, 1, 2, 2, 1], label=[0, 1, 1, 1, 0], classes="ab")
    (found,) = find_contradictions(samples, same_content(samples))
    assert (found.severity, found.count, found.sets) == ("error", 3, ((0, 1, 4),))


def test_labels_of_any_kind_are_compared():
    several = table(content=[1, 1, 2, 2], label=[[0, 1], [0, 1], [1, 0], [1, 1]])
    assert find_contradictions(several, same_content(several))[0].samples == (2, 3)
    numbers = table(content=[1, 1, 2, 2], label=[0.5, 0.5, 1.0, 1.5])
    assert find_contradictions(numbers, same_content(numbers))[0].samples == (2, 3)
    none = table(content=[1, 1])
    assert find_contradictions(none, same_content(none)) == []


def test_a_label_is_doubted_where_another_class_is_as_sure_as_its_own_samples_make_it():
    # Class 0's own samples get 0.9, 0.7, 0.2 for it, 0.6 on average; class 1's get 0.8 and 0.6, 0.7 on average.
    probability = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6]])
    samples = table(label=[0, 0, 0, 1, 1, 1], classes="ab")
    rows = np.array([0, 1, 2, 3, 4])
    (found,) = find_label_issues(samples, rows, probability)
    assert (found.check, found.severity, found.samples) == ("label_issues", "warning", (2,))
    probability[2] = [0.35, 0.65]  # class 0's average rises to 0.65; 0.65 is below the 0.7 of class 1
    assert find_label_issues(samples, rows, probability) == []


def test_the_worst_contradiction_comes_first_and_rows_are_the_tables():
    probability = np.array([[1.0, 0.0], [1.0, 0.0], [0.3, 0.7], [0.1, 0.9], [0.4, 0.6]])
    samples = table(label=[9, 0, 0, 0, 0, 1], classes="abcdefghij")
    (found,) = find_label_issues(samples, np.arange(1, 6), np.pad(probability, ((0, 0), (0, 8))))
    assert found.samples == (4, 3)


def test_without_classes_or_predictions_nothing_is_doubted():
    assert find_label_issues(table(label=[0.5]), np.array([0]), np.ones((1, 1))) == []
    assert find_label_issues(table(label=[0], classes="a"), np.empty(0, np.int64), np.ones((0, 1))) == []
