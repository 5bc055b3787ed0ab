"""Sources of series that are read: order, equal stamps, gaps, filling, and what is told or refused."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toolkit.series.series_rows import HOUR, START, hours, one, source
from toolkit.errors import ArgumentError, DataError
from toolkit.series import SeriesReadOptions
from toolkit.series.arrange.gaps import fill_runs
from toolkit.series.raw import RawSeries, RawSource
from toolkit.series.read import read_raw
from toolkit.series.spool import open_steps

NAN = np.nan


def steps(manifest, row=0):
    """The steps of a row: values of the first variable, hours since the start, and what is missing."""
    found = open_steps(manifest)[manifest.columns["start"][row] : manifest.columns["stop"][row]]
    return found["x"][:, 0].tolist(), ((found["time"] - START) // HOUR).tolist(), found["missing"][:, 0].tolist()


def read(*series, options=None, **more):
    return read_raw(source(*series, **more), options or SeriesReadOptions())


def test_a_plain_series_is_kept_as_it_is():
    manifest = read(one([1, 2, 3], hours(0, 1, 2)))
    assert steps(manifest) == ([1, 2, 3], [0, 1, 2], [0, 0, 0])
    assert manifest.origin == ["a.csv"]
    assert manifest.reading["step"] == "1h"
    assert not manifest.reading["has_mask"]
    assert manifest.note == ""
    assert manifest.understood.facts["steps"] == "3 from 2020-01-01T00:00:00 to 2020-01-01T02:00:00, 1h apart"


def test_rows_out_of_order_are_sorted_and_told():
    manifest = read(one([1, 3, 2, 4], hours(0, 2, 1, 3)))
    assert steps(manifest)[0] == [1, 2, 3, 4]
    assert "Rows out of order, now sorted by time: 1, the first a.csv at 2020-01-01T01:00:00." in manifest.note


def test_rows_out_of_order_can_be_refused():
    with pytest.raises(DataError, match=r"rows must be in order of time, got 1 that are not, the first in a\.csv at 2020-01-01T01:00:00"):
        read(one([1, 3, 2], hours(0, 2, 1)), options=SeriesReadOptions(unsorted="refuse"))


def test_equal_stamps_are_refused_with_what_to_type():
    with pytest.raises(
        DataError, match=r"got 2 that are not, the first in a\.csv at 2020-01-01T01:00:00\. .*--duplicates first, last or mean"
    ):
        read(one([1, 2, 4, 6, 5], hours(0, 1, 1, 1, 2)))


@pytest.mark.parametrize(("keep", "value"), [("first", 2), ("last", 6), ("mean", 4)])
def test_equal_stamps_become_one(keep, value):
    manifest = read(one([1, 2, 4, 6, 5], hours(0, 1, 1, 1, 2)), options=SeriesReadOptions(duplicates=keep))
    assert steps(manifest)[0] == [1, value, 5]
    assert "Rows beyond the first of their stamp" in manifest.note
    assert ": 2, the first a.csv at 2020-01-01T01:00:00." in manifest.note


def test_the_mean_of_equal_stamps_leaves_missing_values_out():
    options = SeriesReadOptions(duplicates="mean", gaps="mask")
    manifest = read(one([[1, 1], [2, NAN], [4, NAN], [5, 7]], hours(0, 1, 1, 2)), options=options)
    assert open_steps(manifest)["x"].tolist()[1][0] == 3
    assert np.isnan(open_steps(manifest)["x"][1, 1])


def test_first_is_that_which_stands_first_in_the_file():
    manifest = read(one([9, 7, 8], hours(1, 0, 1)), options=SeriesReadOptions(duplicates="first"))
    assert steps(manifest)[0] == [7, 9]


def test_missing_steps_and_values_are_refused_by_number_place_and_variable():
    with pytest.raises(DataError) as caught:
        read(one([[1, 1], [NAN, 2], [3, 3], [NAN, NAN]], hours(0, 1, 4, 5)))
    assert str(caught.value) == (
        "read: steps and values must be all there, got 2 missing steps in 1 gap, the first behind a.csv at 2020-01-01T01:00:00; "
        "3 missing values, the first a.csv at 2020-01-01T01:00:00; by variable a 2, b 1. "
        "Keep them as missing: --gaps mask; or fill runs of at most N along a line: --gaps interpolate:N."
    )


def test_missing_steps_are_inserted_as_missing():
    manifest = read(one([1, 2, 6], hours(0, 1, 4)), options=SeriesReadOptions(gaps="mask", step="1h"))
    x, time, missing = steps(manifest)
    assert time == [0, 1, 2, 3, 4]
    assert missing == [0, 0, 1, 1, 0]
    assert np.isnan(x[2:4]).all()
    assert manifest.reading["has_mask"]


def test_short_runs_are_filled_along_a_line_and_long_ones_stay_missing():
    values = [NAN, 1, NAN, 3, NAN, NAN, NAN, 7, NAN]
    manifest = read(one(values, hours(*range(9))), options=SeriesReadOptions(gaps="interpolate:2"))
    x, _, missing = steps(manifest)
    assert x[1:4] == [1, 2, 3]
    assert np.isnan([x[0], *x[4:7], x[8]]).all()
    assert missing == [1, 0, 1, 0, 1, 1, 1, 0, 1]
    assert "in runs of at most 2: 1; the others stay missing." in manifest.note


def test_inserted_steps_are_filled_too():
    manifest = read(one([1, 2, 5, 6], hours(0, 1, 4, 5)), options=SeriesReadOptions(gaps="interpolate:2"))
    assert steps(manifest) == ([1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5], [0, 0, 1, 1, 0, 0])


def test_an_unknown_step_inserts_nothing_and_is_told():
    manifest = read(one([1, 2, 3, 4], hours(0, 1, 3, 7) + np.array([0, 7, 11, 1234567891])))
    assert manifest.reading["step"] == ""
    assert len(open_steps(manifest)) == 4
    assert "without a common step" in manifest.understood.facts["steps"]
    assert "Series without a steady step, whose steps are counted as they come: 1, the first a.csv." in manifest.note


def test_values_between_unsteady_steps_are_filled_by_their_stamps():
    time = hours(0, 1, 4, 9) + np.array([0, 0, 0, 12345])
    manifest = read(one([0, NAN, 8, 9], time), options=SeriesReadOptions(gaps="interpolate:1"))
    assert steps(manifest)[0] == [0, 2, 8, 9]


def test_stamps_between_the_steps_that_were_asked_for_are_refused():
    with pytest.raises(
        DataError, match=r"each stamp must be whole steps of 2h behind the first, got one between in a\.csv at 2020-01-01T01:00:00"
    ):
        read(one([1, 2, 3], hours(0, 1, 2)), options=SeriesReadOptions(step="2h"))


def test_a_stamp_far_away_is_refused_before_a_million_steps_are_made():
    with pytest.raises(DataError, match=r"steps of 1h between stamps must be at most 1,000,000 beside ten for each row"):
        read(one([1, 2, 3], hours(0, 1, 2_000_000)), options=SeriesReadOptions(gaps="mask", step="1h"))


def test_months_are_steps_of_the_calendar():
    time = np.array(["2020-01-01", "2020-02-01", "2020-04-01"], "M8[ns]").astype(np.int64)
    manifest = read(one([1, 2, 4], time), options=SeriesReadOptions(gaps="interpolate:1", step="1mo"))
    found = open_steps(manifest)["time"].astype("M8[ns]").astype("M8[D]").astype(str).tolist()
    assert found == ["2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01"]


def test_series_without_stamps_are_counted():
    manifest = read(one([1, NAN, 3]), options=SeriesReadOptions(gaps="interpolate:1"))
    assert steps(manifest)[0] == [1, 2, 3]
    assert not manifest.reading["has_time"]


def test_one_step_and_no_value_are_kept_and_told():
    manifest = read(one([NAN, NAN], hours(0, 1), name="x"), one([1], hours(0), name="y"), options=SeriesReadOptions(gaps="mask"))
    assert manifest.origin == ["a.csv#x", "a.csv#y"]
    assert "Series without any value: 1, the first a.csv#x." in manifest.note
    assert "Series of a single step: 1, the first a.csv#y." in manifest.note


def test_a_series_without_a_step_is_skipped():
    manifest = read(one([1, 2], hours(0, 1), name="x"), one(np.empty((0, 1)), hours(), name="y"))
    assert [(skip.path, skip.reason) for skip in manifest.skipped] == [("a.csv#y", "a series without a step")]


def test_a_source_without_a_step_is_refused():
    with pytest.raises(DataError, match=r"the source must be of at least one series with a step, got none in a\.csv"):
        read(one(np.empty((0, 1)), hours()))


@pytest.mark.parametrize("value", [np.inf, -np.inf, 4e38])
def test_what_float32_cannot_hold_is_refused_by_name(value):
    with pytest.raises(DataError, match=r"b must be within ±3\.403e\+38, the range of float32, got .* in a\.csv at 2020-01-01T01:00:00"):
        read(one([[1, 1], [2, value]], hours(0, 1)))


def test_equal_names_are_refused():
    with pytest.raises(DataError, match=r"each series must be named once, got a second one in a\.csv#x"):
        read(one([1], hours(0), name="x"), one([2], hours(1), name="x"))


def test_series_with_and_without_stamps_are_refused():
    with pytest.raises(DataError, match="all with stamps, or all without"):
        read(one([1], hours(0), name="x"), one([2], name="y"))


def test_different_steps_make_the_common_step_unknown():
    manifest = read(one([1, 2, 3], hours(0, 1, 2), name="x"), one([1, 2, 3], hours(0, 2, 4), name="y"))
    assert manifest.reading["step"] == ""
    assert "Steps differ between series: 1h (1), 2h (1)." in manifest.note


def test_text_labels_are_classes_in_natural_order():
    manifest = read(one([1], name="x", label="10"), one([1], name="y", label="2"))
    assert manifest.classes == ("2", "10")
    assert manifest.label.tolist() == [1, 0]


def test_number_labels_are_targets():
    manifest = read(one([1], name="x", label=1.5), one([1], name="y", label=2.0))
    assert manifest.label.dtype == np.float32
    assert manifest.label.tolist() == [1.5, 2]


def test_a_target_that_is_no_variable_is_refused():
    with pytest.raises(DataError, match=r"target must be of the variables, got z in a\.csv\. It has a, b\."):
        read(one([[1, 2]], hours(0)), options=SeriesReadOptions(target=("z",)))


def test_what_reads_another_file_alike_is_kept():
    options = SeriesReadOptions(time="date", gaps="interpolate:3", target=("b",), parts={"test": "a.csv"}, missing=("mq",))
    manifest = read(one([[1, 2], [3, 4], [5, 6]], hours(0, 1, 2)), options=options, reading={"decimal": "comma"})
    assert manifest.reading["target"] == ["b"]
    assert manifest.reading["read"] == {"time": "date", "gaps": "interpolate:3", "missing": ["mq"], "decimal": "comma", "step": "1h"}


@pytest.mark.parametrize("gaps", ["", "fill", "interpolate", "interpolate:0", "interpolate:-1", "interpolate:x"])
def test_gaps_must_be_known(gaps):
    with pytest.raises(ArgumentError, match="gaps must be refuse, mask, or interpolate:N with N of at least 1"):
        SeriesReadOptions(gaps=gaps)


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=60), st.integers(1, 6))
def test_only_short_runs_between_values_are_filled_and_nothing_else_changes(cells, limit):
    values = np.array([NAN if cell is None else cell for cell in cells])[:, None]
    time = np.arange(len(values)) * 10
    filled = values.copy()
    count = fill_runs(filled, time, limit)
    known = np.flatnonzero(~np.isnan(values[:, 0]))
    expected = values[:, 0].copy()
    for left, right in pairwise(known):
        if right - left - 1 <= limit:
            expected[left : right + 1] = np.linspace(values[left, 0], values[right, 0], right - left + 1)
    np.testing.assert_allclose(filled[:, 0], expected, rtol=1e-12, atol=1e-9)
    assert count == np.isnan(values).sum() - np.isnan(expected).sum()


@given(st.lists(st.integers(1, 6), min_size=1, max_size=30), st.randoms())
def test_every_row_is_found_again_at_its_stamp_whatever_the_order(jumps, random):
    numbers = np.concatenate([[0, 1], 1 + np.cumsum(jumps)])
    order = list(range(len(numbers)))
    random.shuffle(order)
    manifest = read(one(numbers[order], hours(*numbers[order].tolist())), options=SeriesReadOptions(gaps="mask", step="1h"))
    x, time, missing = steps(manifest)
    assert time == list(range(numbers[-1] + 1))
    assert [value for value, lacks in zip(x, missing, strict=True) if not lacks] == numbers.tolist()
    assert [hour for hour, lacks in zip(time, missing, strict=True) if not lacks] == numbers.tolist()


def test_a_raw_source_streams_one_series_at_a_time():
    alive = []

    def series():
        for number in range(5):
            alive.append(number)
            yield RawSeries(str(number), "a.csv", np.full((3, 1), number, np.float64))

    manifest = read_raw(RawSource("/data", ("a",), series(), file="a.csv", files=("a.csv",)), SeriesReadOptions())
    assert alive == [0, 1, 2, 3, 4]
    assert manifest.columns["start"].tolist() == [0, 3, 6, 9, 12]
    assert open_steps(manifest)["x"][:, 0].tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3


def hourly_but_for(row, seconds, hole=slice(40, 70)):
    """100 hours, one stamp moved by seconds, and a hole."""
    time = hours(*range(100))
    time[row] += seconds * 10**9
    return one(np.delete(np.arange(100), hole), np.delete(time, hole))


def test_one_stamp_off_the_step_does_not_hide_a_hole():
    with pytest.raises(DataError) as error:
        read(hourly_but_for(10, 1))
    assert str(error.value) == (
        "read: stamps must be whole steps apart, got some that are not: 1, the first a.csv at 2020-01-01T10:00:01, where most are 1h "
        "apart, and the furthest 31h, behind a.csv at 2020-01-02T15:00:00. Mend them; or count steps as they come, as of an "
        "irregular series: --step none."
    )
    assert (
        "missing ones go unseen: 1, the first a.csv at 2020-01-01T10:00:01"
        in read(hourly_but_for(10, 1), options=SeriesReadOptions(gaps="mask")).note
    )


def test_steps_are_counted_as_they_come_where_that_is_asked_for():
    for series in (hourly_but_for(10, 1), hourly_but_for(10, 0)):
        manifest = read(series, options=SeriesReadOptions(step="none"))
        assert manifest.reading["step"] == ""
        assert manifest.reading["read"]["step"] == "none"
        assert len(open_steps(manifest)) == 70


def test_a_step_that_stamps_leave_is_not_advised_in_a_circle():
    with pytest.raises(DataError, match=r"got one between in a\.csv at 2020-01-01T10:00:01\. Mend it, or name .*--step none\."):
        read(hourly_but_for(10, 1), options=SeriesReadOptions(step="1h"))


def test_one_stamp_off_the_month_does_not_hide_a_hole():
    time = np.delete(np.arange("2010-01", "2014-01", dtype="M8[M]"), slice(20, 24)).astype("M8[ns]").astype(np.int64)
    time[5] += 86_400 * 10**9
    with pytest.raises(DataError, match=r"the first a\.csv at 2010-06-02T00:00:00, where most are 1mo apart, and the furthest 153d"):
        read(one(np.arange(44), time))
