"""What is said of rows of equal stamps: those of the hour that comes twice in autumn have a fix of their own."""

import pytest

from toolkit import DataError
from toolkit.samples.series.weather import WeatherOptions, write_weather
from toolkit.series import SeriesReadOptions, read


def test_the_hour_that_comes_twice_is_told_from_other_equal_stamps(tmp_path):
    path = write_weather(tmp_path / "w.csv", WeatherOptions(num_days=365, clock="Europe/Paris")).path
    with pytest.raises(DataError, match=r"type --timezone Europe/Paris, or yours, and --repeated-hour order\. If not: Keep one"):
        read(path, SeriesReadOptions())
    lines = path.read_text().splitlines()[:101]
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    with pytest.raises(DataError, match=r"w.csv at 2022-01-05T04:00:00\. Keep one of each"):
        read(path, SeriesReadOptions())
