"""Rows of one stamp become one, variable by variable."""

import numpy as np

from toolkit.series.arrange.order import merge_duplicates
from toolkit.series.raw import RawSeries


def test_variables_of_one_stamp_are_joined_value_by_value():
    nan = np.nan
    values = np.array([[1.0, nan, nan], [2.0, 5.0, nan], [nan, 6.0, nan], [7.0, 8.0, 9.0]])
    series = RawSeries("a", "a.csv", values, np.array([0, 0, 0, 1]))
    for keep, row in {"first": [1.0, 5.0, nan], "last": [2.0, 6.0, nan], "mean": [1.5, 5.5, nan]}.items():
        merged, found = merge_duplicates(series, keep)
        np.testing.assert_array_equal(merged.values, [row, [7.0, 8.0, 9.0]])
        assert (found.count, found.row) == (2, 1)
