"""What looks wrong in single variables is found where it was put, and nothing is found in drawn ones."""

import numpy as np
import pytest

from toolkit.samples.series.weather import WeatherOptions, write_weather
from toolkit.series.analysis.faults import find_far_value, find_spikes, find_stuck, runs_of_equal
from toolkit.series.analysis.likeness import correlate, find_shifted
from toolkit.series.analysis.summer_time import find_skipped_hours

NAN = np.nan
HOUR = 3_600_000_000_000


def draw(seed=0, length=3000):
    """A walk, a noisy day, rain that mostly does not fall, counts."""
    random = np.random.default_rng(seed)
    rain = np.where(random.random(length) < 0.1, random.gamma(0.7, 2, length), 0)
    day = np.sin(np.arange(length) / 24 * 2 * np.pi) + random.normal(size=length)
    return np.column_stack([random.normal(size=length).cumsum(), day, rain, random.poisson(3, length)])


def stuck(values):
    runs = runs_of_equal(values)
    return [(int(runs.start[i]), int(runs.length[i])) for i in find_stuck(runs)]


def test_runs_are_cut_by_missing_values():
    runs = runs_of_equal(np.array([1, 1, NAN, 1, 2, 2, 2]))
    assert (runs.start.tolist(), runs.length.tolist(), runs.value.tolist()) == ([0, 3, 4], [2, 1, 3], [1, 1, 2])
    assert len(runs_of_equal(np.empty(0)).start) == 0


@pytest.mark.parametrize("column", range(4))
def test_drawn_variables_have_no_fault(column):
    for seed in range(5):
        values = draw(seed)[:, column]
        assert stuck(values) == []
        assert len(find_spikes(values)) == 0
        assert find_far_value(values) is None


def test_a_stuck_sensor_is_found_and_rest_is_not():
    values = draw()[:, 1]
    values[700:740] = values[700]
    values[90:110] = values[90]
    assert stuck(values) == [(700, 40), (90, 20)]
    assert stuck(np.ones(500)) == []
    snow = np.zeros(9000)
    snow[[100, 300, 301]] = 1, 2, 3
    assert stuck(snow) == []


def test_spikes_are_found_the_worst_first_and_steps_are_not():
    values = draw()[:, 0]
    values[[400, 1200]] += 90, -200
    values[2000:] += 500
    assert find_spikes(values).tolist() == [1200, 400]


def test_a_code_for_missing_values_is_found():
    values = draw()[:, 1]
    values[[5, 50, 51]] = -9999
    far = find_far_value(values)
    assert (far.value, far.count, far.first) == (-9999, 3, 5)


def test_correlation_is_numpys_and_knows_missing_values():
    values = draw()
    np.testing.assert_allclose(correlate(values), np.corrcoef(values.T), atol=1e-12)
    values[::3, 0] = NAN
    known = ~np.isnan(values[:, 0])
    np.testing.assert_allclose(correlate(values)[0, 1], np.corrcoef(values[known, 0], values[known, 1])[0, 1], atol=1e-12)
    assert np.isnan(correlate(np.column_stack([np.ones(50), np.arange(50)]))[0, 1])


def test_a_shifted_target_is_found_with_its_lag():
    walk = np.random.default_rng(0).normal(size=3000).cumsum()
    values = np.column_stack([walk, np.roll(walk, -3) * 2 + 1, draw()[:, 1]])
    found = find_shifted(values, [0])
    assert [(each.leader, each.follower, each.lag) for each in found] == [(1, 0, 3)]
    assert find_shifted(values, [2]) == []
    assert find_shifted(values, [1]) == []  # what follows gives nothing away


def test_smooth_and_periodic_variables_are_no_copies():
    steps = np.arange(3000)
    random = np.random.default_rng(0)
    smooth = random.normal(size=3000).cumsum().cumsum()
    values = np.column_stack(
        [np.sin(steps / 100), np.cos(steps / 100), steps % 24, (steps + 1) % 24, smooth, smooth + random.normal(size=3000)]
    )
    assert find_shifted(values, range(6)) == []


def year_of_hours(skip=()):
    time = np.datetime64("2023-01-01T00", "ns").astype(np.int64) + np.arange(2 * 8760) * HOUR
    drop = [np.datetime64(text, "ns").astype(np.int64) for text in skip]
    return time[~np.isin(time, drop)]


@pytest.mark.parametrize("skip", [("2023-03-26T02", "2024-03-31T02"), ("2023-03-12T02",), ("2023-10-01T02", "2024-10-06T02")])
def test_hours_that_clocks_skip_are_found(skip):
    time = year_of_hours(skip)
    assert len(find_skipped_hours(time, np.ones(len(time), bool))) == len(skip)
    whole = year_of_hours()
    lacking = np.isin(whole, [np.datetime64(text, "ns").astype(np.int64) for text in skip])
    assert len(find_skipped_hours(whole, ~lacking)) == len(skip)  # put in as steps without values


@pytest.mark.parametrize("skip", [(), ("2023-03-25T02",), ("2023-03-26T02", "2023-05-01T10"), ("2023-03-26T02", "2023-03-26T03")])
def test_other_missing_hours_are_none_of_that(skip):
    time = year_of_hours(skip)
    assert len(find_skipped_hours(time, np.ones(len(time), bool))) == 0


def test_a_shifted_copy_is_found_in_spite_of_outliers(tmp_path):
    written = write_weather(tmp_path / "w.csv", WeatherOptions(num_days=100, ahead=3, outliers=5))
    table = np.genfromtxt(written.path, delimiter=",", skip_header=1)[:, 1:]
    (found,) = find_shifted(table, [0])
    assert (found.leader, found.follower, found.lag) == (4, 0, 3)
    assert found.correlation == pytest.approx(1)
    assert find_shifted(table[:, :4], range(4)) == []  # the weather alone gives nothing away
