"""Numbers as people write them: marks of decimals and thousands are told apart, or said to be doubtful."""

import numpy as np
import pyarrow as pa
import pytest

from toolkit.series.sources.tables.numbers import read_numbers

NAN = float("nan")


def read(cells, **options):
    return read_numbers(pa.chunked_array([cells]), **options)


@pytest.mark.parametrize(
    ("cells", "values", "decimal"),
    [
        (["1.5", "-2", "+3", ".5", "1e3"], [1.5, -2, 3, 0.5, 1000], "point"),
        (["1", "2"], [1, 2], ""),
        ([" 1", "2 "], [1, 2], ""),
        (["", "NA", "NaN", "nan", "null", "NULL", "None", "?", "1"], [NAN] * 8 + [1], ""),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3], "comma"),
        (["0,123", "1,234"], [0.123, 1.234], "comma"),
        (["1,234", "2500"], [1.234, 2500], "comma"),  # thousands have no marks here
        (["1.234,5", "2"], [1234.5, 2], "comma"),
        (["1,234.5", "2,345"], [1234.5, 2345], "point"),
        (["1,234,567", "1"], [1234567, 1], ""),
        (["1.234.567", "1"], [1234567, 1], ""),
        (["1 234,5", "12"], [1234.5, 12], "comma"),
        (["1\u00a0234", "12"], [1234, 12], ""),
        (["1'234.5"], [1234.5], "point"),
        (["1.234", "2.345"], [1.234, 2.345], "point"),
    ],
)
def test_numbers_are_read(cells, values, decimal):
    found = read(cells)

    np.testing.assert_array_equal(found.values, values)
    assert (found.num_bad, found.doubtful) == (0, False)
    assert decimal in ("", found.decimal)


def test_a_comma_that_can_be_either_is_doubtful():
    assert read(["1,234", "2,345"]).doubtful
    assert read(["1,234", "2,345"], decimal="comma").values.tolist() == [1.234, 2.345]
    assert read(["1,234", "2,345"], decimal="point").values.tolist() == [1234, 2345]
    assert read(["1.234", "2.345"], decimal="comma").values.tolist() == [1234, 2345]


@pytest.mark.parametrize("cell", ["abc", "12abc", "1,2,3", "0x10", "1_000", "inf", "-Infinity", "1e999", "--1", "1.5.2", "1 2"])
def test_what_is_no_finite_number_is_bad(cell):
    found = read(["1", cell, "2"])

    assert found.bad.tolist() == [False, True, False]
    np.testing.assert_array_equal(found.values, [1, NAN, 2])


def test_two_marks_of_decimals_are_bad():
    assert read(["1,5", "2.5", "3.5"]).bad.tolist() == [True, False, False]


def test_further_words_are_missing_and_numbers_by_their_value():
    assert read(["mq", "1"], missing=("mq",)).values[1] == 1
    assert np.isnan(read(["mq", "1"], missing=("mq",)).values[0])
    assert np.isnan(read(["-200", "-200.0", "-2e2", "1"], missing=("-200",)).values).tolist() == [True, True, True, False]
    assert np.isnan(read([-200, 1], missing=("-200",)).values).tolist() == [True, False]


def test_typed_columns_are_numbers():
    np.testing.assert_array_equal(read([1, None]).values, [1, NAN])
    np.testing.assert_array_equal(read([True, False, None]).values, [1, 0, NAN])
    np.testing.assert_array_equal(read([None, None]).values, [NAN, NAN])
    np.testing.assert_array_equal(read([1.5, NAN]).values, [1.5, NAN])
    assert read([[1], [2]]).num_bad == 2
