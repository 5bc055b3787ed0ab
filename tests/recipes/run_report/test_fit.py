"""Over- and under-fitting by name: faulty curves have the finding, others do not, and the sentence tells figure and limit."""

import pytest

from recipes.run_report.fit import Alike, find_fit, is_judged, tell_fit
from tests.recipes.run_report.runs import make_record


def checks(record, alike=None):
    return [finding.check for finding in find_fit(record, alike)]


@pytest.mark.parametrize(
    ("val", "train", "found"),
    [
        ([1.0, 0.5, 0.4, 0.5], [1.0, 0.5, 0.3, 0.2], ["overfitting"]),  # 25 % up
        ([1.0, 0.5, 0.4, 0.43], [1.0, 0.5, 0.3, 0.2], []),  # 7.5 % up
        ([1.0, 0.5, 0.4, 0.5], [1.0, 0.5, 0.3, 0.3], []),  # up, but training did not fall: no learning by heart
        ([1.0, 0.8, 0.7, 0.6], [1.0, 0.8, 0.7, 0.6], ["underfitting"]),  # falls by a seventh still
        ([1.0, 0.8, 0.61, 0.6], [1.0, 0.8, 0.61, 0.6], []),  # by 1.6 %
        ([1.0, 0.8, 0.6, 0.61], [1.0, 0.8, 0.7, 0.6], []),  # training falls still, but validation no more
        ([1.0, float("nan")], [1.0, 0.9], ["diverged"]),
        ([1.0, 0.5], [1.0, float("inf")], ["diverged"]),
        ([1.0], [1.0], []),
    ],
)
def test_curves_are_called_by_name(val, train, found):
    assert checks(make_record(val, train)) == found


def test_how_much_and_when_is_told():
    finding = find_fit(make_record([1.0, 0.4, 0.4, 0.5, 0.6], [5, 4, 3, 2, 1.0]))[0]
    assert finding.title == "Validation loss rose 50% from its lowest, 3 epochs before the end, while training loss fell"
    assert finding.count == 3
    assert "10%" in finding.threshold
    assert "`foudre train runs/signs/001/config.yaml signs.h5 --network.dropout 0.5`" in finding.fix


@pytest.mark.parametrize(
    ("train", "val", "found"),
    [
        (0.99, 0.93, ["generalisation_gap"]),
        (0.99, 0.95, []),
        (0.85, 0.82, ["underfitting"]),
        (0.85, 0.7, ["generalisation_gap"]),
        (0.91, 0.9, []),
    ],
)
def test_training_samples_measured_as_val_tell_both(train, val, found):
    assert checks(make_record(), Alike(100, train, 0.1, 50, val)) == found


def test_the_sentence_tells_figure_and_limit():
    over, calm = make_record([1.0, 0.4, 0.6], [1.0, 0.5, 0.3]), make_record([1.0, 0.5, 0.5], [1.0, 0.5, 0.49])
    assert tell_fit(over, find_fit(over)) == (
        "over-fitting: validation loss rose 50% from its lowest, 1 epoch before the end, while training loss fell (limit: 10%); "
        "by its losses, no under-fitting: training loss fell by 40% in the last epoch but validation loss had been lower"
    )
    assert tell_fit(calm, find_fit(calm)) == (
        "by its losses, no over-fitting: validation loss ends 0% above its lowest (limit: 10%); "
        "by its losses, no under-fitting: training loss fell by 2% in the last epoch (limit: 5%)"
    )  # fmt: skip


@pytest.mark.parametrize("change", [{"whole": False}, {"val": ()}, {"train": ()}])
def test_what_cannot_be_judged_is_not(change):
    record = make_record(**{"val": [1.0, 0.4, 0.6], "train": [1.0, 0.5, 0.3]} | change)
    assert not is_judged(record)
    assert checks(record) == []
    assert tell_fit(record, []) == "over- and under-fitting not judged"
