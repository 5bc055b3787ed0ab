"""Files of classes' names, as people have them."""

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.sources import name_classes
from toolkit.wing import Manifest


def named(tmp_path, classes, text, name="names.txt"):
    (tmp_path / name).write_text(text)
    labels = np.zeros(1, np.int64)
    return name_classes(Manifest("toys", "/toys", ["1"], tuple(classes), labels), str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("n.txt", "Speed limit\nStop\n"),
        ("n.txt", "0 Speed limit\n1 Stop\n"),
        ("n.csv", "ClassId,SignName\n0,Speed limit\n1,Stop\n"),
        ("n.tsv", "00001\tStop\n00000\tSpeed limit\n"),
        ("n.yaml", "names:\n  0: Speed limit\n  1: Stop\n"),
        ("n.yml", "names: [Speed limit, Stop]\nnc: 2\n"),
        ("n.json", '{"0": "Speed limit", "1": "Stop"}'),
        ("n.json", '["Speed limit", "Stop"]'),
    ],
)
@pytest.mark.parametrize("classes", [("0", "1"), ("00000", "00001")])
def test_every_form_names_the_same(tmp_path, name, text, classes):
    assert named(tmp_path, classes, text, name).class_names == ("Speed limit", "Stop")


def test_lines_name_classes_of_words_in_their_order(tmp_path):
    assert named(tmp_path, ("n01", "n02"), "tench\ngoldfish\n").class_names == ("tench", "goldfish")
    assert named(tmp_path, ("n01", "n02"), "n02 goldfish, Carassius\nn01 tench\n").class_names == ("tench", "goldfish, Carassius")


def test_classes_without_a_name_are_told(tmp_path):
    found = named(tmp_path, ("0", "1", "7"), "Speed limit\nStop\n")
    assert found.class_names == ("Speed limit", "Stop", "")
    assert found.note.endswith("does not name: 7.")


@pytest.mark.parametrize(("classes", "text", "message"), [
    (("a", "b"), "one\ntwo\nthree\n", "3 lines for 2 classes"),
    (("n02", "n01"), "n01\nn02\n", "the classes themselves, without other names"),
    (("7", "8"), "Stop\n", "names must be of classes such as 7, got 0, …"),
])  # fmt: skip
def test_names_that_fit_no_class_are_refused(tmp_path, classes, text, message):
    with pytest.raises(DataError, match=message):
        named(tmp_path, classes, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"names must be a file that can be read, got .*nowhere"):
        name_classes(Manifest("toys", "/toys", []), str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("0", "1", "2"), ("a", "b", "c")),
        (("1", "2", "3"), ("a", "b", "c")),
        (("0", "2"), ("a", "c")),
        (("1", "3"), ("a", "c")),
        (("0", "3"), ("a", "")),
    ],
)
def test_lines_name_numbers_from_none_or_one(tmp_path, classes, expected):
    (tmp_path / "classes.txt").write_text("a\nb\nc\n")
    assert name_classes(Manifest("text", "/", (), classes=classes), str(tmp_path / "classes.txt")).class_names == expected
