"""What is fitted and stored of series: the scaler, the calendar, arrays that do not depend on how they are cut into blocks."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from tests.toolkit.series.series_rows import hours, one, source
from toolkit.errors import ArgumentError, DataError
from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions, encoder, plan, read_options, split
from toolkit.series.read import read_raw
from toolkit.series.scaler import fit_scaler
from toolkit.series.time import calendar_columns, calendar_names

NAN = np.nan


def manifest_of(values, stamps=None, cut="rows:4,2,2", **read):
    options = SeriesReadOptions(gaps="mask", **read)
    return split(read_raw(source(one(values, stamps)), options), SeriesSplitOptions(cut))


def test_the_scaler_sees_train_alone():
    values = np.arange(8.0)
    values[4:] = [1e6, -1e6, NAN, 5]
    fitted = plan(manifest_of(values)).fitted
    assert fitted["mean"].tolist() == [1.5]
    np.testing.assert_allclose(fitted["std"], np.std([0, 1, 2, 3]), rtol=1e-15)


def test_missing_values_are_left_out_of_the_scaler():
    fitted = plan(manifest_of([[1, NAN], [NAN, NAN], [3, NAN], [NAN, NAN], *[[9, 9]] * 4])).fitted
    assert fitted["mean"].tolist() == [2, 0]
    assert fitted["std"].tolist() == [1, 1]


def test_a_constant_is_not_divided_by_nothing():
    assert plan(manifest_of([0.1] * 8)).fitted["std"].tolist() == [1]


@given(arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.floats(-1000, 1000, width=32)), st.integers(1, 7))
def test_blocks_give_the_scaler_of_the_whole(values, size):
    mean, std, count = fit_scaler(lambda: [values[i : i + size] for i in range(0, len(values), size)], values.shape[1])
    reference = StandardScaler().fit(values.astype(np.float64))
    np.testing.assert_allclose(mean, reference.mean_, rtol=1e-12, atol=1e-9)
    varies = np.ptp(values, axis=0) > 1e-3
    np.testing.assert_allclose(std[varies], reference.scale_[varies], rtol=1e-7)
    assert count.tolist() == [len(values)] * values.shape[1]


def test_a_large_offset_does_not_spoil_the_deviation():
    values = (1e7 + np.tile([0.0, 1.0], 100_000)).astype(np.float32)[:, None]
    mean, std, _ = fit_scaler(lambda: np.array_split(values, 7), 1)
    assert mean[0] == pytest.approx(1e7 + 0.5, rel=1e-15)
    assert std[0] == pytest.approx(0.5, rel=1e-12)


def test_a_variable_that_val_lacks_is_told():
    values = np.ones((8, 2))
    values[4:6, 1] = NAN
    assert plan(manifest_of(values)).note == "Variables without any value in val: b."


def test_arrays_hold_what_was_read_and_the_mask_where_nothing_was():
    manifest = manifest_of([1, NAN, 3, 4, 5, 6, 7, 8], hours(*range(8)))
    made = plan(manifest)
    assert [(a.name, a.dtype, a.item_shape, a.ragged) for a in made.arrays] == [
        ("x", "float32", (1,), True), ("time", "int64", (), True), ("mask", "uint8", (1,), True),
    ]  # fmt: skip
    assert made.lengths.tolist() == [4, 2, 2]
    encoded = made.encode(manifest)
    np.testing.assert_array_equal(encoded.arrays["x"][:, 0], np.array([1, NAN, 3, 4, 5, 6, 7, 8], np.float32))
    assert encoded.arrays["mask"][:, 0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert encoded.arrays["time"].tolist() == hours(*range(8)).tolist()


def test_the_same_rows_give_the_same_arrays_one_by_one_and_in_another_process():
    manifest = manifest_of([1, NAN, 3, 4, 5, 6, 7, 8], hours(*range(8)))
    made = plan(manifest, SeriesOptions(("hour",)))
    encode = pickle.loads(pickle.dumps(made.encode))
    whole = made.encode(manifest)
    for name, array in whole.arrays.items():
        singly = [encode(pickle.loads(pickle.dumps(manifest.take([row])))).arrays[name] for row in range(3)]
        np.testing.assert_array_equal(np.concatenate(singly), array)


def test_no_mask_and_no_time_where_there_is_nothing_to_say():
    assert [array.name for array in plan(manifest_of(np.arange(8))).arrays] == ["x"]


def test_the_calendar_stands_behind_the_variables_as_known():
    manifest = manifest_of(np.arange(8), hours(*range(0, 48, 6)))
    made = plan(manifest, SeriesOptions(("hour",)))
    assert list(made.fitted["features"]) == ["a", "hour_sin", "hour_cos"]
    assert made.fitted["known"].tolist() == [0, 1, 1]
    assert made.fitted["target"].tolist() == [1, 0, 0]
    assert made.fitted["mean"][1:].tolist() == [0, 0]
    assert made.fitted["std"][1:].tolist() == [1, 1]
    x = made.encode(manifest).arrays["x"]
    np.testing.assert_allclose(x[:4, 1:], [[0, 1], [1, 0], [0, -1], [-1, 0]], atol=1e-7)  # 0, 6, 12 and 18 o'clock


def test_a_calendar_needs_stamps():
    with pytest.raises(ArgumentError, match=r"calendar must be empty for series without stamps, .*--time COLUMN"):
        plan(manifest_of(np.arange(8)), SeriesOptions(("hour",)))


def test_each_circle_begins_where_its_period_does():
    midnight = np.array(["2024-01-01", "2024-07-01", "2024-12-31"], "M8[ns]").astype(np.int64)  # Monday, Monday, Tuesday; a leap year
    found = calendar_columns(midnight, ("hour", "weekday", "monthday", "yearday"), "").reshape(3, 4, 2)
    shares = [[0, 0, 0, 0], [0, 0, 0, 182 / 366], [0, 1 / 7, 30 / 31, 365 / 366]]
    np.testing.assert_allclose(found[..., 0], np.sin(2 * np.pi * np.array(shares)), atol=1e-6)
    np.testing.assert_allclose(found[..., 1], np.cos(2 * np.pi * np.array(shares)), atol=1e-6)
    assert calendar_names(("hour", "yearday")) == ("hour_sin", "hour_cos", "yearday_sin", "yearday_cos")


def test_the_calendar_is_that_of_the_zone_on_both_sides_of_summer_time():
    noon = np.array(["2024-03-30T11:00", "2024-03-31T10:00", "2024-10-27T00:00", "2024-10-27T01:00"], "M8[ns]").astype(np.int64)
    sine, cosine = calendar_columns(noon, ("hour",), "Europe/Paris").T
    np.testing.assert_allclose(sine[:2], [0, 0], atol=1e-6)  # 12 o'clock there
    np.testing.assert_allclose(cosine[:2], [-1, -1], atol=1e-6)
    assert sine[2] == sine[3]  # two o'clock comes twice


def test_the_pipeline_is_json_and_leads_back_to_the_options_and_the_encoder():
    manifest = manifest_of(np.arange(8), hours(*range(8)), time="date", features=("a",))
    made = plan(manifest, SeriesOptions(("hour",)))
    pipeline = json.loads(json.dumps(made.pipeline))
    assert pipeline == {
        "kind": "series", "features": ["a", "hour_sin", "hour_cos"], "target": ["a"], "calendar": ["hour"], "zone": "", "step": "1h",
        "read": {"time": "date", "features": ["a"], "gaps": "mask", "step": "1h"},
    }  # fmt: skip
    assert read_options(pipeline) == SeriesReadOptions(time="date", features=("a",), gaps="mask", step="1h")
    np.testing.assert_array_equal(encoder(pipeline)(manifest).arrays["x"], made.encode(manifest).arrays["x"])


def test_other_variables_are_refused():
    made = plan(manifest_of(np.ones((8, 2))))
    with pytest.raises(DataError, match=r"variables must be a, b, got a in /data/a\.csv"):
        encoder(made.pipeline)(manifest_of(np.ones(8)))


@pytest.mark.parametrize(
    "pipeline", [{}, {"kind": "text"}, {"kind": "series", "features": ["a"], "calendar": ["moon"], "read": {}, "zone": ""}]
)
def test_a_pipeline_of_something_else_is_refused(pipeline):
    with pytest.raises(DataError, match="pipeline: the stored options must be readable"):
        encoder(pipeline)


def filled_across_a_cut(later):
    """60 hours: 0 up to 40, none from 41 to 44, then what is given; 42 of them train."""
    values = np.zeros((60, 2))
    values[41:45], values[45:, 0], values[40, 1], values[20:22, 1] = NAN, later, NAN, NAN
    options = SeriesReadOptions(gaps="interpolate:5")
    return split(read_raw(source(one(values, hours(*range(60)))), options), SeriesSplitOptions("rows:42,9,9"))


def test_what_was_filled_in_train_does_not_rest_on_val():
    manifest = filled_across_a_cut(100)
    assert "Values filled on the way to one behind the end of their part, which stay missing there: 3." in manifest.note
    made = plan(manifest)
    assert made.fitted["mean"].tolist() == [0, 0]
    assert made.fitted["std"].tolist() == [1, 1]
    encoded = made.encode(manifest).arrays
    np.testing.assert_array_equal(encoded["x"][39:46, 0], [0, 0, NAN, 40, 60, 80, 100])  # val leans on train, and on itself
    np.testing.assert_array_equal(encoded["x"][39:46, 1], [0, NAN, NAN, 0, 0, 0, 0])
    assert encoded["x"][20:22, 1].tolist() == [0, 0]  # within train it is filled
    assert encoded["mask"][39:46, 0].tolist() == [0, 0, 1, 1, 1, 1, 0]


@given(arrays(np.float64, 15, elements=st.floats(-1e6, 1e6)))
def test_nothing_of_train_changes_with_what_comes_later(later):
    one_way, other = filled_across_a_cut(later), filled_across_a_cut(7)
    for name in ("mean", "std"):
        assert plan(one_way).fitted[name].tolist() == plan(other).fitted[name].tolist()
    train = [plan(m).encode(m.take(m.split == 0)).arrays for m in (one_way, other)]
    for name, array in train[0].items():
        np.testing.assert_array_equal(array, train[1][name])


def test_a_long_run_up_to_the_cut_is_missing_from_its_first_step(monkeypatch):
    monkeypatch.setattr("toolkit.series.spool.STEPS_AT_ONCE", 50)
    values = np.zeros(400)
    values[100:300], values[300:] = NAN, 300
    options = SeriesReadOptions(gaps="interpolate:200")
    manifest = split(read_raw(source(one(values)), options), SeriesSplitOptions("rows:250,100,50"))
    x = plan(manifest).encode(manifest).arrays["x"][:, 0]
    assert np.flatnonzero(np.isnan(x)).tolist() == list(range(100, 250))
    assert "which stay missing there: 150." in manifest.note
