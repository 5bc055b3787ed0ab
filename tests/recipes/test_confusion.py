"""Tables of classes against scikit-learn, and names that drawing must survive."""

import csv

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from recipes.confusion import measure_classes, write_confusion


def test_measures_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    true, predicted = rng.integers(0, 4, (2, 60))
    predicted[predicted == 3] = 0  # a class that is never predicted
    found = measure_classes(confusion_matrix(true, predicted, labels=range(5)))  # and one that never occurs
    expected = precision_recall_fscore_support(true, predicted, labels=range(5), zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "samples"), expected, strict=True):
        np.testing.assert_allclose(found[name], values)


def test_names_of_any_kind_are_written(tmp_path):
    names = ["a,b", "50 $km/h$", "停", "x" * 200]
    write_confusion(tmp_path / "new", "test", np.arange(16).reshape(4, 4), names)
    with open(tmp_path / "new" / "test_confusion.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0][1:] == names
    assert rows[2] == ["50 $km/h$", "4", "5", "6", "7"]
    assert (tmp_path / "new" / "test_confusion.png").stat().st_size > 1000
