"""Series made by code: days and seasons show, faults are where they are said to be, gestures are told apart, paths can be gone on with."""

import numpy as np
import pandas as pd
import pytest

from toolkit.errors import ArgumentError
from toolkit.samples.series import GESTURES, GestureOptions, WeatherOptions, write_gestures, write_path, write_weather
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.ts import read_ts


def correlate(values, lag):
    return np.corrcoef(values[:-lag], values[lag:])[0, 1]


def test_weather_has_days_seasons_and_fronts(tmp_path):
    written = write_weather(tmp_path / "w.csv")
    table = pd.read_csv(written.path)
    assert list(table) == ["time", "temperature", "pressure", "humidity", "wind"]
    assert len(table) == 730 * 24
    assert table.time.iloc[[0, 1, -1]].tolist() == ["2022-01-01 00:00", "2022-01-01 01:00", "2023-12-31 23:00"]
    assert not any(written.rows.values())
    time, warmth = pd.to_datetime(table.time), table.temperature
    by_hour, by_month = warmth.groupby(time.dt.hour).mean(), warmth.groupby(time.dt.month).mean()
    assert by_hour.idxmax() == 15
    assert by_hour.max() - by_hour.min() > 4
    assert by_month.max() - by_month.min() > 12
    daily = table.pressure.groupby(time.dt.date).mean().to_numpy()
    assert correlate(daily, 1) > 0.5  # fronts last
    assert abs(correlate(daily, 20)) < 0.3  # and pass
    assert np.corrcoef(table.pressure, table.wind)[0, 1] < -0.3
    assert table.humidity.between(0, 100).all()
    assert (table.wind >= 0).all()


def test_planted_faults_are_where_they_are_said_to_be(tmp_path):
    options = WeatherOptions(gap=5, stuck=30, outliers=2, missing=7, ahead=3, clock="Europe/Paris")
    written = write_weather(tmp_path / "w.csv", options)
    table, rows = pd.read_csv(written.path), {name: list(rows) for name, rows in written.rows.items()}
    local = pd.to_datetime(table.time)
    assert len(table) == 730 * 24 - 5
    (behind,) = rows["gap"]
    assert local.diff().dt.total_seconds().iloc[behind] == 6 * 3600
    assert rows["stuck"] == list(range(rows["stuck"][0], rows["stuck"][0] + 30))
    assert table.wind.iloc[rows["stuck"]].nunique() == 1
    assert sorted(table.temperature.nlargest(2).index) == rows["outliers"]
    assert table.temperature.iloc[rows["outliers"]].min() > 35
    assert table.index[table.humidity.isna()].tolist() == rows["missing"]
    assert local.iloc[rows["repeated"]].astype(str).tolist() == ["2022-10-30 02:00:00", "2023-10-29 02:00:00"]
    assert local.index[local.diff().dt.total_seconds() == 0].tolist() == rows["repeated"]
    first = slice(0, 3000)
    np.testing.assert_array_equal(table.outlook[first], table.temperature.iloc[3:3003])


def test_weather_without_faults_is_that_beneath_them(tmp_path):
    plain = pd.read_csv(write_weather(tmp_path / "a.csv").path)
    faulty = pd.read_csv(write_weather(tmp_path / "b.csv", WeatherOptions(outliers=1, missing=2)).path)
    changed = (plain != faulty).any(axis=1)
    assert changed.sum() == 3


def test_the_same_seed_writes_the_same_files(tmp_path):
    for write, name in ((write_weather, "w.csv"), (write_path, "p.csv")):
        first = [write(tmp_path / name), (tmp_path / name).read_bytes()][1]
        write(tmp_path / name)
        assert (tmp_path / name).read_bytes() == first
    first = [path.read_bytes() for path in write_gestures(tmp_path)]
    assert [path.read_bytes() for path in write_gestures(tmp_path)] == first
    assert [path.read_bytes() for path in write_gestures(tmp_path, GestureOptions(seed=1))] != first


def test_gestures_are_series_of_three_classes(tmp_path):
    names = [path.name for path in write_gestures(tmp_path)]
    source = read_ts(str(tmp_path), names, SeriesReadOptions())
    series = list(source.series)
    assert (names, source.features, source.note) == (["Gestures_TRAIN.ts", "Gestures_TEST.ts"], ("1", "2"), "")
    for part, count in (("train", 20), ("test", 10)):
        labels = [one.label for one in series if one.part == part]
        assert {label: labels.count(label) for label in labels} == dict.fromkeys(GESTURES, count)
    lengths = {len(one) for one in series}
    assert min(lengths) >= 30
    assert max(lengths) <= 60
    assert len(lengths) > 10


def test_gestures_are_told_apart_by_their_nearest_neighbour(tmp_path):
    names = [path.name for path in write_gestures(tmp_path)]

    def shape(one):
        at = np.linspace(0, 1, 20)
        points = np.stack([np.interp(at, np.linspace(0, 1, len(one)), column) for column in one.values.T])
        return points.ravel() / np.linalg.norm(points)

    series = list(read_ts(str(tmp_path), names, SeriesReadOptions()).series)
    train = [(shape(one), one.label) for one in series if one.part == "train"]
    test = [(shape(one), one.label) for one in series if one.part == "test"]
    right = [min(train, key=lambda other: np.linalg.norm(other[0] - found))[1] == label for found, label in test]
    assert np.mean(right) > 0.95


def test_a_path_comes_back_or_winds_on(tmp_path):
    write_path(tmp_path / "p.csv", num_steps=400, turn=100, noise=0.0)
    table = pd.read_csv(tmp_path / "p.csv")
    assert table.time.iloc[[0, 1]].tolist() == ["2024-01-01T00:00:00", "2024-01-01T00:00:01"]
    np.testing.assert_allclose(table[["x", "y"]][:300], table[["x", "y"]][100:], atol=2e-5)
    np.testing.assert_allclose(table.loc[0, ["x", "y"]].astype(float), [0, np.sin(0.5)], atol=1e-5)
    write_path(tmp_path / "s.csv", "spiral", num_steps=400, turn=100, noise=0.0)
    spiral = pd.read_csv(tmp_path / "s.csv")
    radius = np.hypot(spiral.x, spiral.y)
    assert (radius.diff()[1:] > 0).all()
    assert radius.iloc[-1] == pytest.approx(1, abs=1e-4)


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="num_days must be at least 10, got 3"):
        WeatherOptions(num_days=3)
    with pytest.raises(ArgumentError, match="gap must be from 0 to 24, a tenth of all hours, got 25"):
        WeatherOptions(num_days=10, gap=25)
    with pytest.raises(ArgumentError, match="train must be at least 3, got 2"):
        GestureOptions(train=2)
    with pytest.raises(ArgumentError, match="shortest must be from 8 to longest, 60, got 61"):
        GestureOptions(shortest=61)
    with pytest.raises(ArgumentError, match="kind must be one of lissajous, spiral, got star"):
        write_path(tmp_path / "p.csv", "star")
    with pytest.raises(ArgumentError, match="num_steps must be at least 2, got 1"):
        write_path(tmp_path / "p.csv", num_steps=1)
