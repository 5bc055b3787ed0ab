"""What float32 cannot hold apart is told: by variable, with the steps that are left; what it holds well is not."""

import numpy as np
import pytest

from toolkit.series.options import SeriesReadOptions
from toolkit.series.read import read
from toolkit.series.rounding import find_coarse, tell_coarse

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (123456789.12 + np.arange(35_000), 8.0),  # a meter: 2^26 ≤ value < 2^27, of 24 bits
        ([16777216.0, 16777217.0], 2.0),
        ([1e-50, 1e-50], 2.0**-149),
        ([1e-50, 2e-50, 4e-50], 2.0**-149),
        (1e8 + 10.0 * np.arange(5), 8.0),
        ([NAN, 16777217.0, NAN, 16777216.0], 2.0),
    ],
)
def test_values_that_float32_merges_or_moves_are_found(values, step):
    good = np.arange(len(values)) / 3

    assert find_coarse(np.column_stack([good, values])) == {1: step}


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(20, 5, 1000),
        [0.1, 0.1, 0.1],
        [0.3, 0.1 + 0.2, 0.3],  # differ by the noise of float64
        [16777217.0, 16777217.0],
        [0.0, 0.0],
        [1.0, 1e-50, 3.0],
        [1e8, 1e8 + 8, 1e8 + 16],
        [NAN, NAN],
    ],
)
def test_what_float32_holds_well_is_not(values):
    assert find_coarse(np.asarray(values, np.float64)[:, None]) == {}


def test_it_is_told_by_variable(tmp_path):
    rows = "".join(f"2020-01-{i + 1:02},{123456789.12 + i:.2f},{i % 3}\n" for i in range(9))
    (tmp_path / "a.csv").write_text(f"date,w,x\n{rows}")

    assert "Rounded to float32: w keeps steps of 8 only; subtract a constant" in read(tmp_path / "a.csv", SeriesReadOptions()).note
    assert tell_coarse({}) == ""
