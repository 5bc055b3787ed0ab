"""Tables of classes against scikit-learn, and names that drawing must survive."""

import csv

import numpy as np
from PIL import Image
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from recipes.confusion import MAX_DRAWN, measure_classes, most_confused, write_confusion


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


def test_the_most_confused_classes_are_those_most_often_taken_for_others_or_others_for_them():
    matrix = np.array([[9, 0, 0, 0], [0, 5, 3, 0], [0, 0, 7, 0], [1, 1, 0, 2]])  # confusions of each, either way: 1, 4, 3, 2
    assert most_confused(matrix, 2).tolist() == [1, 2]
    assert most_confused(matrix, 3).tolist() == [1, 2, 3]
    assert most_confused(matrix, 9).tolist() == [0, 1, 2, 3]
    assert most_confused(np.eye(3, dtype=np.int64), 2).tolist() == [0, 1]


def test_of_many_classes_the_tables_have_all_and_the_picture_the_most_confused(tmp_path):
    matrix, names = np.eye(1100, dtype=np.int64), [f"class {i}" for i in range(1100)]
    matrix[1099, 7] = 3
    write_confusion(tmp_path, "many", matrix, names)
    write_confusion(tmp_path, "few", matrix[:MAX_DRAWN, :MAX_DRAWN], names[:MAX_DRAWN])
    rows = (tmp_path / "many_confusion.csv").read_text().splitlines()
    assert (len(rows), rows[1100].split(",")[8], len((tmp_path / "many_classes.csv").read_text().splitlines())) == (1101, "3", 1101)
    with Image.open(tmp_path / "many_confusion.png") as many, Image.open(tmp_path / "few_confusion.png") as few:
        assert many.size == few.size  # 1,100 classes of 0.22 inches would have 27,000 pixels a side
        assert many.text["Title"] == "The 100 most confused of 1,100 classes; many_confusion.csv has all of them"
        assert "Title" not in few.text
