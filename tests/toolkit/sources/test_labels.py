"""What a table's labels mean: spellings, several of a sample, and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.errors import ArgumentError, DataError
from toolkit.sources import SourceOptions
from toolkit.sources.labels import LIST_SEPARATOR, read_labels


def read(cells, asked="auto"):
    return read_labels(cells, asked, "the column label")


def test_names_are_classes_in_their_natural_order_and_nothing_is_told() -> None:
    found = read(["10", "9", "10", "00002"])
    assert (found.classes, found.values.tolist(), found.told) == (("00002", "9", "10"), [2, 1, 2, 0], [])
    assert found.values.dtype == np.int64


@pytest.mark.parametrize(
    ("cells", "classes", "values"),
    [
        (["1", "1.0", "00001", "2"], ("1", "2"), [0, 0, 0, 1]),
        (["0.0", "1.0"], ("0", "1"), [0, 1]),
        (["True", "true", "FALSE"], ("false", "true"), [1, 1, 0]),
        (["pos ", "pos", "neg"], ("neg", "pos"), [1, 1, 0]),
        (["1", "1.0", "True", "false"], ("0", "1"), [1, 1, 1, 0]),
    ],
)
def test_spellings_of_one_thing_are_one_class_and_told(cells: list[str], classes: tuple[str, ...], values: list[int]) -> None:
    found = read(cells)
    assert (found.classes, found.values.tolist()) == (classes, values)
    assert found.told[0].startswith("Spellings of labels that are one class: ")


def test_each_folded_spelling_is_told_with_its_count() -> None:
    assert read(["1"] * 3 + ["1.0"] * 2).told == ["Spellings of labels that are one class: '1.0' as 1 (2)."]


@pytest.mark.parametrize("cells", [["1.0", "1.5", "2.0"], ["1", "true", "2"], ["v1", "v1.0"], ["1_0", "10"]])
def test_what_may_be_different_stays_apart(cells: list[str]) -> None:
    assert set(read(cells).classes) == set(cells)


def test_names_that_unicode_composes_alike_are_one_class() -> None:
    found = read(["caf\u00e9", "cafe\u0301", "tea"])
    assert (found.classes, found.values.tolist()) == (("caf\u00e9", "tea"), [0, 0, 1])
    assert found.told == ["Spellings of labels that are one class: 'cafe\\u0301' as caf\u00e9 (1)."]
    assert read(["cafe\u0301", "tea"]).classes == ("cafe\u0301", "tea")


def test_names_that_differ_by_case_alone_are_told_and_stay_apart() -> None:
    found = read(["Cat", "cat", "dog"])
    assert found.classes == ("Cat", "cat", "dog")
    assert found.told == ["Classes whose names differ by case alone stay apart: Cat, cat."]


def test_several_labels_are_one_column_each() -> None:
    found = read(["cat|dog", "cat", "dog|cow", "cow"])
    assert found.classes == ("cat", "cow", "dog")
    assert found.values.tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0]]
    assert found.values.dtype == np.int64
    assert found.told == ["Samples with several labels, | between them: 2 of 4; --labels one takes each cell for a class."]


@pytest.mark.parametrize(
    ("cells", "classes"), [(["a", "a|b", "a|c"], "abc"), (["a|b", "b|c", "a|c"], "abc"), (["a;b", "a", "b", "b;a"], "ab")]
)
def test_parts_that_stand_elsewhere_too_are_labels(cells: list[str], classes: str) -> None:
    assert read(cells).classes == tuple(classes)


@pytest.mark.parametrize(
    "cells", [["Paris, France", "London", "Lyon, France"], ["red|big", "red|small", "blue|big"], ["1,5", "2,5", "2", "1"], ["a|b"] * 5]
)
def test_a_mark_inside_names_is_no_separator_unless_parts_stand_alone_too(cells: list[str]) -> None:
    assert read(cells).values.ndim == 1


def test_one_and_several_are_as_asked() -> None:
    cells = ["cat|dog", "cat", "dog"]
    assert read(cells, "one").classes == ("cat", "cat|dog", "dog")
    assert read(["a b", "a"], "several: ").values.tolist() == [[1, 1], [1, 0]]
    assert read(["a|b"], "several").classes == ("a", "b")
    with pytest.raises(DataError, match=r"labels must be several a row, with \+ between them, got none such in the column label"):
        read(cells, "several:+")


def test_lists_of_a_source_are_several_labels() -> None:
    found = read([f"a{LIST_SEPARATOR}b", "b"])
    assert (found.classes, found.values.tolist()) == (("a", "b"), [[1, 1], [0, 1]])


def test_many_numbers_are_asked_for_and_read_as_asked() -> None:
    cells = [str(i / 4) for i in range(120)]
    with pytest.raises(DataError, match=r"got 120 different numbers in 120 rows of .* label\. Is it a regression\? --labels number"):
        read(cells)
    found = read(cells, "number")
    assert (found.classes, found.values.dtype, found.values[:3].tolist()) == ((), np.float32, [0.0, 0.25, 0.5])
    assert len(read(cells, "one").classes) == 120


@pytest.mark.parametrize("cells", [[str(i % 43) for i in range(860)], [f"{i:05}" for i in range(60)], [f"{i / 2}" for i in range(10)]])
def test_class_numbers_are_not_asked_for(cells: list[str]) -> None:
    assert len(read(cells).classes) == len(set(cells))


def test_decimal_commas_are_told() -> None:
    found = read(["1,5", "2"], "number")
    assert found.values.tolist() == [1.5, 2.0]
    assert found.told == ["Commas in numbers are read as decimal points: 1."]


def test_other_choices_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"labels must be auto, one, several, several:SEPARATOR, number, .* or number:comma, got many"):
        SourceOptions(labels="many")


@pytest.mark.parametrize(
    ("cells", "asked", "values", "told"),
    [
        (["1,234", "12,000", "999", "17.5"], "number", [1234, 12000, 999, 17.5], "Commas in numbers part thousands: 2."),
        (["1,234,567", "2,500"], "number", [1234567, 2500], "Commas in numbers part thousands: 2."),
        (["1,234", "2,500"], "number:point", [1234, 2500], "Commas in numbers part thousands: 2."),
        (["1,234", "2,500"], "number:comma", [1.234, 2.5], "Commas in numbers are read as decimal points: 2."),
        (["0,125", "2,500"], "number", [0.125, 2.5], "Commas in numbers are read as decimal points: 2."),
        (
            ["1.234,5", "2,5", "1.500"],
            "number",
            [1234.5, 2.5, 1500],
            "Commas in numbers are read as decimal points: 2. Points in numbers part thousands: 2.",
        ),
        (["2.5", "2,5"], "number", [2.5, 2.5], "Commas in numbers are read as decimal points: 1."),
        (["1.234", "2.500"], "number", [1.234, 2.5], ""),
    ],
)
def test_what_a_comma_in_numbers_means_is_told_by_all_of_them(cells: list[str], asked: str, values: list[float], told: str) -> None:
    found = read(cells, asked)
    assert found.values.tolist() == np.array(values, np.float32).tolist()
    assert " ".join(found.told) == told


@pytest.mark.parametrize("cells", [["1,234", "2,500", "999"], ["1,234", "1.500"], ["1,234", "2,5", "2.5"]])
def test_numbers_that_can_be_read_in_two_ways_are_refused(cells: list[str]) -> None:
    with pytest.raises(DataError, match=r"one way, got 1,234 in the column label\. Type --labels number:point where commas part thousands"):
        read(cells, "number")
