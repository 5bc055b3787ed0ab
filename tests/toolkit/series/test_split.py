"""Series that are cut in order of time, and those that are dealt out whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toolkit.series.series_rows import hours, one, source
from toolkit.errors import ArgumentError, SplitError
from toolkit.series import SeriesReadOptions, SeriesSplitOptions, split
from toolkit.series.read import read_raw


def manifest_of(*lengths, zone="", **more):
    series = [one(np.arange(n), hours(*range(n)), name=str(i), **more) for i, n in enumerate(lengths)]
    return read_raw(source(*series, zone=zone), SeriesReadOptions())


def pieces(manifest):
    """Name, split, first step and the one behind the last, of each row."""
    columns = manifest.columns["start"].tolist(), manifest.columns["stop"].tolist()
    return list(zip(manifest.origin, manifest.split.tolist(), *columns, strict=True))


def test_shares_use_every_step():
    found = split(manifest_of(10), SeriesSplitOptions("0.7,0.15,0.15"))
    assert pieces(found) == [("a.csv#0", 0, 0, 7), ("a.csv#0", 1, 7, 9), ("a.csv#0", 2, 9, 10)]
    assert "Steps in order of time: train 7, val 2, test 1." in found.note
    assert "Windows of val and test may begin in earlier steps of the same series, never later ones." in found.note


def test_two_shares_are_train_and_val():
    assert pieces(split(manifest_of(10), SeriesSplitOptions("0.8,0.2"))) == [("a.csv#0", 0, 0, 8), ("a.csv#0", 1, 8, 10)]


def test_rows_beyond_those_asked_for_stay_unused_and_are_told():
    found = split(manifest_of(20), SeriesSplitOptions("rows:8,4,4"))
    assert pieces(found) == [("a.csv#0", 0, 0, 8), ("a.csv#0", 1, 8, 12), ("a.csv#0", 2, 12, 16)]
    assert "train 8, val 4, test 4, 4 behind them stay unused." in found.note


def test_more_rows_than_there_are_leave_the_last_part_short_and_are_told():
    found = split(manifest_of(20), SeriesSplitOptions("rows:8,4,12"))
    assert pieces(found)[-1] == ("a.csv#0", 2, 12, 20)
    assert "Series with fewer than the 24 steps asked for: 1, the first is a.csv#0 with 20." in found.note


def test_a_part_that_stays_empty_is_refused_by_name():
    with pytest.raises(
        SplitError, match=r"test must be of at least 1 step, got none: the longest series has 10 steps in /data/a\.csv\. Give"
    ):
        split(manifest_of(10), SeriesSplitOptions("rows:8,4,4"))


def test_one_step_cannot_be_cut():
    with pytest.raises(SplitError, match="val must be of at least 1 step, got none: the longest series has 1 step "):
        split(manifest_of(1), SeriesSplitOptions())


def test_a_series_too_short_for_a_part_has_no_row_there():
    found = split(manifest_of(20, 3), SeriesSplitOptions("rows:8,4,4"))
    assert pieces(found)[-1] == ("a.csv#1", 0, 20, 23)
    assert "Series without a step in val: 1, the first is a.csv#1." in found.note
    assert "Series without a step in test: 1, the first is a.csv#1." in found.note


def test_dates_say_when_val_and_test_begin_and_when_test_ends():
    found = split(manifest_of(72), SeriesSplitOptions("dates:2020-01-02,2020-01-03,2020-01-03T12:00"))
    assert pieces(found) == [("a.csv#0", 0, 0, 24), ("a.csv#0", 1, 24, 48), ("a.csv#0", 2, 48, 60)]
    assert "12 behind them stay unused" in found.note


def test_one_date_cuts_off_val():
    assert pieces(split(manifest_of(48), SeriesSplitOptions("dates:2020-01-02"))) == [("a.csv#0", 0, 0, 24), ("a.csv#0", 1, 24, 48)]


def test_dates_are_those_of_the_zone():
    found = split(manifest_of(48, zone="Europe/Paris"), SeriesSplitOptions("dates:2020-01-02"))
    assert pieces(found)[0] == ("a.csv#0", 0, 0, 23)


def test_dates_need_stamps():
    manifest = read_raw(source(one([1, 2, 3])), SeriesReadOptions())
    with pytest.raises(ArgumentError, match="split: --split must be shares or rows where series have no stamps, got dates:2020-01-01"):
        split(manifest, SeriesSplitOptions("dates:2020-01-01"))


def test_dates_must_be_in_order():
    with pytest.raises(ArgumentError, match="dates must be in order of time, got 2020-02-01,2020-01-01"):
        split(manifest_of(4), SeriesSplitOptions("dates:2020-02-01,2020-01-01"))


@pytest.mark.parametrize(
    "cut", ["", "0.7", "0.7,0.2", "0,1", "a,b", "rows:5", "rows:0,5", "rows:5,x", "rows:1.5,2", "shares:1,2", "dates:", "-1,2"]
)
def test_a_cut_must_be_understood(cut):
    with pytest.raises(ArgumentError, match="split: --split must be two or three shares that add up to 1, counts of rows, or dates"):
        SeriesSplitOptions(cut)


def test_a_test_part_that_the_source_brings_stays_and_the_rest_is_cut_by_the_first_two_shares():
    train, test = one(np.arange(10), name="x", part="train"), one(np.arange(5), name="y", part="test")
    found = split(read_raw(source(train, test), SeriesReadOptions()), SeriesSplitOptions("0.6,0.2,0.2"))
    assert pieces(found) == [("a.csv#x", 0, 0, 8), ("a.csv#x", 1, 8, 10), ("a.csv#y", 2, 10, 15)]


def test_parts_that_are_all_brought_are_left_alone():
    parts = [one(np.arange(4), name=part, part=part) for part in ("train", "val", "test")]
    found = split(read_raw(source(*parts), SeriesReadOptions()))
    assert pieces(found) == [("a.csv#train", 0, 0, 4), ("a.csv#val", 1, 4, 8), ("a.csv#test", 2, 8, 12)]


def test_labelled_series_are_left_to_be_dealt_out_whole():
    series = [one([1, 2], name="x", part="train", label="up"), one([1, 2], name="y", part="test", label="down")]
    found = split(read_raw(source(*series), SeriesReadOptions()))
    assert found.split.tolist() == [-1, 2]
    assert found.columns["stop"].tolist() == [2, 4]


def test_series_dealt_out_whole_take_shares_only():
    with pytest.raises(ArgumentError, match="split: --split must be shares where series are dealt out whole, got rows:2,1"):
        split(manifest_of(4, 4), SeriesSplitOptions("rows:2,1", across="series"))


def test_labels_go_with_each_piece():
    series = [one(np.arange(4), name="x", label="up"), one(np.arange(4), name="y", label="down")]
    found = split(read_raw(source(*series), SeriesReadOptions()), SeriesSplitOptions("0.5,0.5", across="time"))
    assert [found.classes[i] for i in found.label.tolist()] == ["up", "up", "down", "down"]


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=8),
    st.one_of(
        st.sampled_from(["0.7,0.15,0.15", "0.5,0.5", "0.9,0,0.1", "dates:2020-01-01T20:00,2020-01-02"]),
        st.tuples(st.integers(1, 30), st.integers(0, 20), st.integers(0, 20)).map(lambda rows: f"rows:{','.join(map(str, rows))}"),
    ),
)
def test_pieces_are_in_order_and_no_step_is_lost_or_doubled(lengths, cut):
    manifest = manifest_of(*lengths)
    try:
        found = split(manifest, SeriesSplitOptions(cut))
    except SplitError:
        return
    for name, start, stop in zip(manifest.origin, manifest.columns["start"].tolist(), manifest.columns["stop"].tolist(), strict=True):
        own = [piece[1:] for piece in pieces(found) if piece[0] == name]
        assert [part for part, _, _ in own] == sorted({part for part, _, _ in own})
        assert all(first < behind for _, first, behind in own)
        used = [step for _, first, behind in own for step in range(first, behind)]
        asked = sum(map(int, cut[5:].split(","))) if cut.startswith("rows:") else stop - start
        assert used == list(range(start, min(stop, start + asked)))
