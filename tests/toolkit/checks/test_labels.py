"""Equal samples with different labels, and labels that predictions contradict: examples worked out by hand."""

import numpy as np
import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import find_contradictions, find_label_issues, same_content
from toolkit.checks.labels import ask_cleanlab, believed_classes, confident_joint


def test_equal_samples_with_two_labels_contradict_each_other():
    samples = table(content=[1, 1, 2, 2, 1], label=[0, 1, 1, 1, 0], classes="ab")
    (found,) = find_contradictions(samples, same_content(samples))
    assert (found.severity, found.count, found.sets) == ("error", 3, ((0, 1, 4),))


def test_near_copies_with_two_labels_are_to_be_looked_at():
    samples = table(content=[1, 2, 3], label=[0, 1, 1], classes="ab")
    (found,) = find_contradictions(samples, [np.array([0, 1]), np.array([1, 2])], certain=False)
    assert (found.check, found.severity, found.sets) == ("contradicting_labels_of_near_duplicates", "warning", ((0, 1),))
    assert found.title == "2 samples in 1 set of near copies with different labels"


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
    assert found.notes == ("looks like b, 80%",)
    assert found.why.endswith("Most often: labelled a, looks like b: 1.")
    believed = believed_classes(np.array([0, 0, 0, 1, 1]), probability)
    assert believed.tolist() == [0, 0, 1, 1, -1]  # 0.6 is below the 0.7 of class 1, and 0.4 below the 0.6 of class 0
    assert confident_joint(np.array([0, 0, 0, 1, 1]), believed, num_classes=2).tolist() == [[2, 1], [0, 1]]
    probability[2] = [0.35, 0.65]  # class 0's average rises to 0.65; 0.65 is below the 0.7 of class 1
    assert find_label_issues(samples, rows, probability) == []


def test_the_worst_contradiction_comes_first_and_rows_are_the_tables():
    probability = np.array([[1.0, 0.0], [1.0, 0.0], [0.3, 0.7], [0.1, 0.9], [0.4, 0.6]])
    samples = table(label=[9, 0, 0, 0, 0, 1], classes="abcdefghij")
    (found,) = find_label_issues(samples, np.arange(1, 6), np.pad(probability, ((0, 0), (0, 8))))
    assert found.samples == (4, 3)


@pytest.mark.parametrize("broken", [(np.nan, np.nan), (np.nan, 0.5), (np.inf, 0.0)])
def test_a_prediction_that_is_no_number_hides_nothing(broken):
    # Rows 0 to 4 as above, where row 2 alone is doubted; row 5, of class 1, was predicted by a network that diverged.
    probability = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6], broken])
    samples = table(label=[0, 0, 0, 1, 1, 1], classes="ab")
    unusable, issues = find_label_issues(samples, np.arange(6), probability)
    assert (unusable.check, unusable.severity, unusable.samples) == ("unusable_predictions", "warning", (5,))
    assert unusable.title == "1 sample whose predictions are no numbers"
    assert (issues.check, issues.samples, issues.notes) == ("label_issues", (2,), ("looks like b, 80%",))


def test_predictions_of_which_none_is_a_number_doubt_nothing():
    (found,) = find_label_issues(table(label=[0, 1], classes="ab"), np.arange(2), np.full((2, 2), np.nan))
    assert (found.check, found.count) == ("unusable_predictions", 2)


def test_without_classes_or_predictions_nothing_is_doubted():
    assert find_label_issues(table(label=[0.5]), np.array([0]), np.ones((1, 1))) == []
    assert find_label_issues(table(label=[0], classes="a"), np.empty(0, np.int64), np.ones((0, 1))) == []


@pytest.fixture
def noisy():
    """Labels of which a tenth is wrong, and the predictions of a network that is mostly right."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 600)
    label = np.where(rng.random(600) < 0.1, (truth + rng.integers(1, 5, 600)) % 5, truth)
    probability = rng.dirichlet(np.full(5, 0.3), 600) * 0.5
    probability[np.arange(600), truth] += 0.5
    return label, probability, label != truth


def test_cleanlab_counts_the_same_labels_by_the_same_rule(noisy):
    filters = pytest.importorskip("cleanlab.filter", reason='pip install "foudre[labels]"')
    label, probability, wrong = noisy
    (found,) = find_label_issues(table(label=label, classes="abcde"), np.arange(600), probability)
    theirs = filters.find_label_issues(label, probability, filter_by="confident_learning", n_jobs=1)
    assert set(found.samples) == set(np.flatnonzero(theirs).tolist())
    assert wrong[list(found.samples)].mean() > 0.95


def test_cleanlab_is_not_asked_about_what_is_no_number(noisy):
    pytest.importorskip("cleanlab", reason='pip install "foudre[labels]"')
    label, probability, _ = noisy
    (sound,) = find_label_issues(table(label=label[1:], classes="abcde"), np.arange(599), probability[1:], by=ask_cleanlab)
    probability[0] = np.nan
    unusable, found = find_label_issues(table(label=label, classes="abcde"), np.arange(600), probability, by=ask_cleanlab)
    assert unusable.samples == (0,)
    assert found.samples == tuple(row + 1 for row in sound.samples)


def test_cleanlab_judges_where_it_is_asked(noisy):
    pytest.importorskip("cleanlab", reason='pip install "foudre[labels]"')
    label, probability, wrong = noisy
    (found,) = find_label_issues(table(label=label, classes="abcde"), np.arange(600), probability, by=ask_cleanlab)
    assert found.threshold.startswith("cleanlab's")
    assert wrong[list(found.samples)].mean() > 0.9
    margin = [probability[row].max() - probability[row, label[row]] for row in found.samples]
    assert margin == sorted(margin, reverse=True)
