"""Steps are found though stamps lack or come twice; months and years go by the calendar, days by the clocks of a zone."""

import numpy as np
import pytest

from toolkit.errors import ArgumentError
from toolkit.series.time import format_times, parse_times
from toolkit.series.time.steps import Step, add_steps, find_step, parse_step

SECOND = 10**9
PARIS = "Europe/Paris"


def days(moments, zone=""):
    return [text[:10] for text in format_times(moments, zone)]


@pytest.mark.parametrize(
    ("text", "length", "months"),
    [
        ("15min", 900 * SECOND, 0),
        ("1h", 3600 * SECOND, 0),
        ("2d", 2 * 86400 * SECOND, 0),
        ("1w", 7 * 86400 * SECOND, 0),
        ("0.02s", 20_000_000, 0),
        ("3mo", 0, 3),
        ("1y", 0, 12),
    ],
)
def test_steps_are_read_and_written(text, length, months):
    step = parse_step(text)

    assert (step.length, step.months, str(step)) == (length, months, text)


@pytest.mark.parametrize("text", ["", "h", "0h", "1.5h", "1M", "-1h", "1 h", "daily", "10000000s"])
def test_what_is_no_step_is_refused(text):
    with pytest.raises(ArgumentError, match="step must be a number of s, min, h, d, w, mo or y"):
        parse_step(text)


def test_a_step_is_a_number_and_a_unit():
    assert parse_step("15min") == Step(15, "min")


@pytest.mark.parametrize(
    ("texts", "step"),
    [
        (["2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:00"], "1h"),
        (["2020-01-01 00:00", "2020-01-01 00:15", "2020-01-01 00:30", "2020-01-01 02:00"], "15min"),
        (["2020-01-01 02:00", "2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 01:00"], "1h"),
        (["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-07"], "1d"),
        (["2020-01-01", "2020-01-08", "2020-01-15"], "1w"),
        (["2020-01-01", "2020-01-11", "2020-01-21"], "10d"),
        (["2020-01", "2020-02", "2020-03"], "1mo"),
        (["2020-07", "2020-08", "2020-09"], "1mo"),  # of 31 days each
        (["2020-01", "2020-02", "2020-05", "2020-06"], "1mo"),
        (["2020-01-31", "2020-02-29", "2020-03-31"], "1mo"),
        (["2020-01-30", "2020-02-29", "2020-03-30"], "1mo"),
        (["2020-01", "2020-04", "2020-07"], "3mo"),
        (["2019", "2020", "2021", "2023"], "1y"),
        (["2020-01-01 00:00:00.00", "2020-01-01 00:00:00.04", "2020-01-01 00:00:00.08"], "0.04s"),
        (["2020-01-01", "2020-01-02"], ""),
        (["2020-01-01", "2020-01-01", "2020-01-01"], ""),
        (["2020-01-01", "2020-01-03", "2020-01-06", "2020-01-07"], ""),
        (["2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:00", "2020-01-01 03:10"], ""),
    ],
)
def test_a_step_is_found_where_there_is_one(texts, step):
    assert find_step(parse_times([texts])) == step


def test_days_are_those_of_the_zone():
    """The night to 29 March 2020 has 23 hours in Paris: stamps at midnight there are days, stamps 24 hours apart are not."""
    midnights = parse_times([["2020-03-28", "2020-03-29", "2020-03-30", "2020-03-31"]], zone=PARIS)
    even = midnights[0] + np.arange(4) * 86400 * SECOND

    assert find_step(midnights, PARIS) == "1d"
    assert find_step(midnights) == ""
    assert find_step(even, PARIS) == "24h"
    assert find_step(even) == "1d"


def test_steps_of_hours_are_even_through_summer_time():
    hours = parse_times([["2020-03-29T00:00Z", "2020-03-29T01:00Z", "2020-03-29T02:00Z"]])

    assert find_step(hours, PARIS) == "1h"
    assert add_steps(hours, "1h", 2, PARIS).tolist() == [hours[-1] + 3600 * SECOND, hours[-1] + 7200 * SECOND]


def test_months_are_added_by_the_calendar():
    assert days(add_steps(parse_times([["2020-01-15"]]), "1mo", 3)) == ["2020-02-15", "2020-03-15", "2020-04-15"]
    assert days(add_steps(parse_times([["2019-12-31", "2020-01-31"]]), "1mo", 3)) == ["2020-02-29", "2020-03-31", "2020-04-30"]
    assert days(add_steps(parse_times([["2020-01-30", "2020-02-29"]]), "1mo", 3)) == ["2020-03-30", "2020-04-30", "2020-05-30"]
    assert days(add_steps(parse_times([["2020-02-29"]]), "1y", 4)) == ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]


def test_days_are_added_by_the_clocks_of_the_zone():
    last = parse_times([["2020-03-28"]], zone=PARIS)

    assert format_times(add_steps(last, "1d", 2, PARIS), PARIS) == ["2020-03-29T00:00:00+01:00", "2020-03-30T00:00:00+02:00"]
    assert format_times(add_steps(last, "24h", 2, PARIS), PARIS) == ["2020-03-29T00:00:00+01:00", "2020-03-30T01:00:00+02:00"]


def test_a_time_that_clocks_skip_or_repeat_still_comes_once():
    spring, autumn = (parse_times([[text]], zone=PARIS) for text in ("2020-03-28 02:30", "2020-10-24 02:30"))

    assert format_times(add_steps(spring, "1d", 2, PARIS), PARIS) == ["2020-03-29T03:00:00+02:00", "2020-03-30T02:30:00+02:00"]
    assert format_times(add_steps(autumn, "1d", 2, PARIS), PARIS) == ["2020-10-25T02:30:00+02:00", "2020-10-26T02:30:00+01:00"]


def test_any_steps_from_a_stamp_are_counted():
    assert days(add_steps(0, "1mo", np.array([0, 2, 12]))) == ["1970-01-01", "1970-03-01", "1971-01-01"]
    assert add_steps(5, "1s", np.array([-1, 0, 1])).tolist() == [5 - SECOND, 5, 5 + SECOND]
    assert add_steps(0, "1h", 0).tolist() == []
