"""Errors as tables, by sums that are counted by hand."""

import csv

import numpy as np
import pytest

from recipes.forecast.errors import Errors
from recipes.forecast.season import find_season
from recipes.forecast.tables import group_origins, write_errors, write_origins

ERRORS = Errors(
    count=np.array([[4.0, 0.0], [2.0, 4.0]]),
    squared=np.array([[[16.0, 0.0], [8.0, 1.0]], [[36.0, 0.0], [18.0, 4.0]]]),
    absolute=np.array([[[8.0, 0.0], [4.0, 2.0]], [[12.0, 0.0], [6.0, 4.0]]]),
    windows=np.array([[0, 6.0, 20, 40, 10, 15], [1, 4.0, 5, 18, 4, 7]]),
)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_means_are_over_all_values():
    assert ERRORS.metrics == {"mse": 2.5, "mae": 1.4, "persistence_mse": 5.8, "persistence_mae": 2.2}


def test_rows_are_in_scaled_and_in_real_units(tmp_path):
    write_errors(tmp_path / "e.csv", ERRORS, ["a", "b"], np.array([10.0, 0.5]))
    first, second, third, fourth = rows_of(tmp_path / "e.csv")
    assert {name: first[name] for name in ("variable", "step", "values", "mse", "mae", "rmse_real", "mae_real")} == {
        "variable": "a", "step": "1", "values": "4", "mse": "4", "mae": "2", "rmse_real": "20", "mae_real": "20",
    }  # fmt: skip
    assert (second["persistence_mse"], second["persistence_rmse_real"]) == ("9", "30")
    assert (third["values"], third["mse"], third["mae_real"]) == ("0", "", "")
    assert (fourth["rmse_real"], fourth["mae_real"]) == ("0.25", "0.25")


def test_rows_by_origin_are_means_of_their_windows(tmp_path):
    write_origins(tmp_path / "o.csv", ERRORS, ["2020-01", "2020-02"])
    first, second = rows_of(tmp_path / "o.csv")
    assert (first["origin"], first["windows"], float(first["mse"])) == ("2020-01", "1", pytest.approx(20 / 6, rel=1e-5))
    assert (float(second["mae"]), float(second["persistence_mae"])) == (1, 1.75)


@pytest.mark.parametrize(
    ("every", "count", "names"),
    [("D", 100, ["2020-01", "2020-02", "2020-03", "2020-04"]), ("h", 60, ["2020-01-01", "2020-01-02", "2020-01-03"]), ("m", 150, 3)],
)
def test_origins_are_months_or_where_there_are_too_few_days_or_hours(every, count, names):
    times = (np.datetime64("2020-01-01", "ns") + np.arange(count) * np.timedelta64(1, every)).astype(np.int64)
    found = list(dict.fromkeys(group_origins(count, times)))
    assert found == names or len(found) == names


def test_without_stamps_origins_are_blocks_of_windows():
    found = group_origins(26, None)
    assert len(found) == 26
    assert len(set(found)) == 12
    assert (found[0], found[-1]) == ("0-1", "23-25")


@pytest.mark.parametrize(
    ("step", "season"),
    {
        "1h": 24,
        "15min": 96,
        "30s": 2880,
        "12h": 2,
        "24h": 7,
        "1440min": 7,
        "1d": 7,
        "1w": 52,
        "1mo": 12,
        "3mo": 4,
        "1y": None,
        "7h": None,
        "48h": None,
        "": None,
    }.items(),
)
def test_a_season_is_a_day_a_week_or_a_year(step, season):
    assert find_season({"step": step}) == season
