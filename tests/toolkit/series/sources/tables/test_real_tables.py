"""Real tables that courses and papers use: their rows, gaps in values and steps are those that other programs find."""

import numpy as np
import pytest

from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.wide import read_wide
from toolkit.series.time import find_step, format_times

pytestmark = pytest.mark.real


def read(folder, name, **options):
    source = read_wide(folder, [name], SeriesReadOptions(**options))
    (series,) = source.series
    return source, series


def span(series):
    return [text[:13] for text in format_times(series.time[[0, -1]], "")]


def test_ett_has_seven_variables_each_hour(real_series):
    source, series = read(real_series, "ETTh1.csv", time="date")

    assert source.features == ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
    assert series.values.shape == (17420, 7)
    assert not np.isnan(series.values).any()
    assert (span(series), find_step(series.time)) == (["2016-07-01T00", "2018-06-26T19"], "1h")
    assert series.values[0, 0] == 5.827000141143799
    assert series.values[-1, -1] == 9.56700038909912


def test_beijing_has_its_stamps_in_four_columns(real_series):
    for options in ({}, {"time": "year,month,day,hour"}):
        source, series = read(real_series, "beijing_pm25.csv", **options)

        assert source.features == ("pm2.5", "DEWP", "TEMP", "PRES", "Iws", "Is", "Ir")
        assert [skip.path for skip in source.understood.passed_over] == ["beijing_pm25.csv column No", "beijing_pm25.csv column cbwd"]
        assert series.values.shape == (43824, 7)
        assert np.isnan(series.values).sum(axis=0).tolist() == [2067, 0, 0, 0, 0, 0, 0]
        assert np.isnan(series.values[:24, 0]).all()
        assert series.values[24].tolist() == [129, -16, -4, 1020, 1.79, 0, 0]
        assert (span(series), find_step(series.time)) == (["2010-01-01T00", "2014-12-31T23"], "1h")


@pytest.mark.parametrize(
    ("name", "rows", "spanned", "step", "first", "last"),
    [
        ("airline-passengers.csv", 144, ["1949-01-01T00", "1960-12-01T00"], "1mo", 112, 432),
        ("monthly-sunspots.csv", 2820, ["1749-01-01T00", "1983-12-01T00"], "1mo", 58.0, 33.4),
        ("daily-min-temperatures.csv", 3650, ["1981-01-01T00", "1990-12-31T00"], "1d", 20.7, 13.0),
        ("daily-max-temperatures.csv", 3650, ["1981-01-01T00", "1990-12-31T00"], "1d", 38.1, 24.6),
    ],
)
def test_tables_of_one_variable(real_series, name, rows, spanned, step, first, last):
    _, series = read(real_series, name)

    assert (series.values.shape, span(series), find_step(series.time)) == ((rows, 1), spanned, step)
    assert (series.values[0, 0], series.values[-1, 0]) == (first, last)


def test_the_daily_temperatures_lack_the_last_day_of_leap_years(real_series):
    """Ten years with two leap years have 3,652 days: 31 December 1984 and 1988 are missing, 29 February is there."""
    _, series = read(real_series, "daily-min-temperatures.csv")
    days = set(series.time.astype("M8[ns]").astype("M8[D]").astype(str).tolist())

    assert {"1984-12-31", "1988-12-31"}.isdisjoint(days)
    assert {"1984-02-29", "1988-02-29"} <= days
