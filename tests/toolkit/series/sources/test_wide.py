"""Wide tables become series: what columns are for is found and told, what is doubtful is refused with what to type."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import AmbiguousSourceError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.wide import read_wide

SECOND = 10**9
DAY = 86400 * SECOND
START = 18262 * DAY  # 2020-01-01
NAN = float("nan")


def read(tmp_path, *texts, **options):
    names = [f"{chr(97 + i)}.csv" for i in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).write_text(text)
    return read_wide(tmp_path, names, SeriesReadOptions(**options))


def test_a_column_is_a_variable_and_a_row_a_step(tmp_path):
    source = read(tmp_path, "date,x,y\n2020-01-01,1.5,7\n2020-01-02,NA,8\n")
    (series,) = source.series

    np.testing.assert_array_equal(series.values, [[1.5, 7], [NAN, 8]])
    assert series.time.tolist() == [START, START + DAY]
    assert (series.name, series.file, series.first_row, series.label) == ("", "a.csv", 2, None)
    assert (source.features, source.zone, source.file, source.files) == (("x", "y"), "", "a.csv", ("a.csv",))
    assert source.understood.layout == "a wide table, a column a variable, cells separated by commas"
    assert source.note == "Stamps are taken from column date."


def test_rows_stay_in_their_order_with_their_duplicates(tmp_path):
    source = read(tmp_path, "date,x\n2020-01-02,1\n2020-01-01,2\n2020-01-02,3\n")
    (series,) = source.series

    assert series.time.tolist() == [START + DAY, START, START + DAY]
    assert series.values.tolist() == [[1], [2], [3]]


def test_what_was_understood_reads_another_file_alike(tmp_path):
    first = read(tmp_path, "No;tag;x;kind\n1;13/01/2020;1,5;a\n2;14/01/2020;2,5;b\n3;15/01/2020;4,5;a\n", time="tag")
    reading = json.loads(json.dumps(first.reading))

    assert reading["features"] == ["x"]
    assert (reading["layout"], reading["time"], reading["time_format"], reading["decimal"]) == ("wide", "tag", "%d/%m/%Y", "comma")
    again = SeriesReadOptions(**{name: tuple(value) if isinstance(value, list) else value for name, value in reading.items()})
    (tmp_path / "b.csv").write_text("x;tag\n1,234;02/01/2020\n")
    (series,) = read_wide(tmp_path, ["b.csv"], again).series
    assert (series.values.tolist(), series.time.tolist()) == ([[1.234]], [START + DAY])


def test_text_and_counters_are_left_out_and_told(tmp_path):
    source = read(tmp_path, "No,date,x,wind\n1,2020-01-01,5,NW\n2,2020-01-02,6,\n3,2020-01-03,7,SE\n")

    assert source.features == ("x",)
    assert [(skip.path, skip.reason) for skip in source.understood.passed_over] == [
        ("a.csv column No", "it counts the rows from 1 on; --features reads it"),
        ("a.csv column wind", "it holds text, such as NW in line 2"),
    ]
    assert read(tmp_path, "No,date,x\n1,2020-01-01,5\n2,2020-01-02,6\n3,2020-01-03,7\n", features=("No",)).features == ("No",)


def test_a_variable_that_rises_by_one_is_read_and_told(tmp_path):
    source = read(tmp_path, "date,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n")

    assert source.features == ("x",)
    assert "Column x is read, but it counts the rows from 1 on" in source.note


@pytest.mark.parametrize("features", [(), ("x",)])
def test_text_among_numbers_is_refused(tmp_path, features):
    words = r"column x must hold numbers, got oops in a\.csv, line 3\. If it stands for a missing value, type --missing"
    with pytest.raises(DataError, match=words):
        read(tmp_path, "date,x\n2020-01-01,1\n2020-01-02,oops\n2020-01-03,3\n", features=features)


def test_text_that_was_asked_for_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"column wind must hold numbers, got NW in a\.csv, line 2"):
        read(tmp_path, "date,x,wind\n2020-01-01,1,NW\n2020-01-02,2,SE\n", features=("wind",))


def test_a_column_without_any_value_is_kept_and_told(tmp_path):
    source = read(tmp_path, "date,x,y\n2020-01-01,1,\n2020-01-02,3,NA\n")

    assert source.features == ("x", "y")
    assert "Column y has no value." in source.note


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("a,b\n1,2\n3,4\n", {}, "must have a column of times, got none; it has a, b. Type --time COLUMN, .* --time none"),
        ("date,wind\n2020-01-01,NW\n", {}, "must have columns of numbers beside times and ids, got none; it has date, wind"),
        ("date,x\n2020-01-01,1\n", {"time": "when"}, "time must name columns of a.csv, got when; it has date, x"),
        ("date,x\n2020-01-01,1\n", {"features": ("y",)}, "features must name columns of a.csv, got y; it has date, x"),
        ("date,x\n2020-01-01,1\n", {"id": "y"}, "id must name columns of a.csv, got y"),
        ("date,x\n2020-01-01,1\n", {"label": "y"}, "label must name columns of a.csv, got y"),
        ("date,x\n2020-01-01,1\n02/01/2020,2\n", {}, "in all rows as in the first, 2020-01-01, got 02/01/2020 in a.csv, line 3"),
        ("date,x\n2020-01-01T00:00Z,1\n2020-01-01T01:00,2\n", {}, "of one time zone, .* got 2020-01-01T01:00 in a.csv, line 3"),
        ("date,x\n2020-01-01,1\n,2\n", {}, "time must be there in every row, got nothing in a.csv, line 3"),
        ("id,date,x\na,2020-01-01,1\n,2020-01-01,2\n", {"id": "id"}, "id must be there in every row, got nothing in a.csv, line 3"),
    ],
)
def test_what_cannot_be_series_is_refused(tmp_path, text, options, words):
    with pytest.raises(DataError, match=words):
        list(read(tmp_path, text, **options).series)


def test_two_columns_of_stamps_are_refused(tmp_path):
    with pytest.raises(AmbiguousSourceError, match="Type --time start or --time end"):
        read(tmp_path, "start,end,x\n2020-01-01,2020-01-02,1\n2020-01-02,2020-01-03,2\n")


def test_numbers_that_can_be_read_in_two_ways_are_refused(tmp_path):
    with pytest.raises(AmbiguousSourceError, match=r"got 1,234 in a\.csv, line 2\. Type --decimal comma or --decimal point"):
        read(tmp_path, 'date,x\n2020-01-01,"1,234"\n2020-01-02,"2,345"\n')
    with pytest.raises(AmbiguousSourceError, match="points in y and decimal commas in x"):
        read(tmp_path, "date;x;y\n2020-01-01;1,5;1.234\n2020-01-02;2,5;2.345\n")


def test_columns_may_differ_in_their_marks_where_each_is_plain(tmp_path):
    source = read(tmp_path, "date;x;y\n2020-01-01;1,5;21.5\n2020-01-02;2,5;22.25\n")
    (series,) = source.series

    assert series.values.tolist() == [[1.5, 21.5], [2.5, 22.25]]
    assert source.reading["decimal"] == "auto"


def test_rows_without_stamps_are_steps_where_that_was_said(tmp_path):
    source = read(tmp_path, "x\n1,5\n2,5\n", time="none")
    (series,) = source.series

    assert (series.time, series.values.tolist(), source.zone) == (None, [[1.5], [2.5]], "")
    assert source.reading["time"] == "none"


def test_a_date_and_a_time_of_day_make_a_stamp(tmp_path):
    source = read(tmp_path, "Date;Time;x;\n13/01/2020;06:00:00;1;\n13/01/2020;07:00:00;-200;\n;;;\n", missing=("-200",))
    (series,) = source.series

    assert ((series.time - START) // (3600 * SECOND)).tolist() == [12 * 24 + 6, 12 * 24 + 7]
    np.testing.assert_array_equal(series.values, [[1], [NAN]])
    assert "Rows with no cell filled, which are left out: 1." in source.note


def test_a_date_and_an_hour_make_a_stamp(tmp_path):
    source = read(tmp_path, "instant,dteday,hr,cnt\n1,2020-01-01,0,16\n2,2020-01-01,1,40\n3,2020-01-02,23,32\n")
    (series,) = source.series

    assert ((series.time - START) // (3600 * SECOND)).tolist() == [0, 1, 47]
    assert source.reading["time"] == "dteday,hr"


def test_year_month_and_day_make_a_stamp_in_any_order(tmp_path):
    text = "day,month,year,x\n1,1,2020,5\n2,1,2020,6\n"

    for options in ({}, {"time": "day,month,year"}):
        source = read(tmp_path, text, **options)
        assert next(iter(source.series)).time.tolist() == [START, START + DAY]
        assert source.features == ("x",)


def test_numbers_are_stamps_only_where_their_name_says_so(tmp_path):
    source = read(tmp_path, "timestamp,population\n1577836800,20200101\n1577923200,20200102\n")

    assert source.features == ("population",)
    assert source.note.startswith("Stamps are taken from column timestamp. Stamps are read as unix:s.")
    assert source.zone == "UTC"


def test_ids_tell_series_apart_and_keep_their_zeros(tmp_path):
    text = "id,date,x\n07005,2020-01-01,1\n7005,2020-01-01,2\n07005,2020-01-02,3\n"

    found = [(each.name, each.values.tolist(), each.time.tolist(), each.first_row) for each in read(tmp_path, text, id="id").series]

    assert found == [("07005", [[1], [3]], [START, START + DAY], 2), ("7005", [[2]], [START], 3)]


def test_an_id_that_was_not_named_is_asked_for(tmp_path):
    text = "date,city,x,y\n2020-01-01,P,1,5\n2020-01-01,Q,2,5\n2020-01-02,P,3,5\n2020-01-02,Q,4,5\n"

    with pytest.raises(DataError, match=r"got 2 rows at a time that others have, too, .* Type --id city if it tells series apart"):
        read(tmp_path, text)
    assert read(tmp_path, text, features=("x", "y")).features == ("x", "y")


def test_labels_belong_to_series(tmp_path):
    text = "id,date,x,kind\na,2020-01-01,1,up\nb,2020-01-01,2,down\na,2020-01-02,3,up\n"

    source = read(tmp_path, text, id="id", label="kind")

    assert [each.label for each in source.series] == ["up", "down"]
    assert (source.features, source.understood.labels) == (("x",), "the column kind")
    with pytest.raises(DataError, match=r"label must be the same in all rows of a series, got up and down in a\.csv, line 4"):
        list(read(tmp_path, text.replace("3,up", "3,down"), id="id", label="kind").series)


def test_labels_are_numbers_where_some_are_not_whole(tmp_path):
    text = "id,date,x,kind\na,2020-01-01,1,{}\nb,2020-01-01,2,2\n"

    assert [each.label for each in read(tmp_path, text.format("1.5"), id="id", label="kind").series] == [1.5, 2.0]
    assert [each.label for each in read(tmp_path, text.format("1"), id="id", label="kind").series] == ["1", "2"]


def test_each_file_is_a_series_of_its_own(tmp_path):
    source = read(tmp_path, "date,x\n2020-01-01,1.5\n", "date,x\n2020-01-02,2.5\n")

    assert [(each.file, each.values.tolist(), each.time.tolist()) for each in source.series] == [
        ("a.csv", [[1.5]], [START]),
        ("b.csv", [[2.5]], [START + DAY]),
    ]
    assert (source.file, source.files) == ("", ("a.csv", "b.csv"))
    assert "Each of 2 files holds series of its own." in source.note


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("date,y\n2020-01-02,2\n", r"columns of b\.csv must be those of a\.csv, got none named x"),
        ("date,x,y\n2020-01-02,2,3\n", r"columns of b\.csv must be those of a\.csv, got one named y"),
        ("date,x\n2020-01-02T00:00Z,1\n", r"time zones must be alike, as no zone in a\.csv, got UTC in b\.csv"),
    ],
)
def test_a_file_that_differs_from_the_first_is_refused(tmp_path, other, words):
    with pytest.raises(DataError, match=words):
        list(read(tmp_path, "date,x\n2020-01-01,1\n", other).series)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_parquet_are_moments_whatever_their_unit(tmp_path, unit):
    stamps = pa.array([1_577_836_800], pa.timestamp("s")).cast(pa.timestamp(unit))
    pq.write_table(pa.table({"t": stamps, "x": [1.5]}), tmp_path / "a.parquet")

    (series,) = read_wide(tmp_path, ["a.parquet"], SeriesReadOptions()).series

    assert (series.time.tolist(), series.values.tolist(), series.first_row) == ([START], [[1.5]], 1)


def test_times_of_parquet_are_local_unless_they_have_a_zone(tmp_path):
    for zone, moved in ((None, -3600), ("America/New_York", 0)):
        pq.write_table(pa.table({"t": pa.array([1_577_836_800], pa.timestamp("s", zone)), "x": [1.5]}), tmp_path / "a.parquet")
        source = read_wide(tmp_path, ["a.parquet"], SeriesReadOptions(timezone="Europe/Paris"))
        (series,) = source.series
        assert (series.time.tolist(), source.zone) == ([START + moved * SECOND], "Europe/Paris")


def test_missing_times_of_parquet_are_refused(tmp_path):
    pq.write_table(pa.table({"t": pa.array([0, None], pa.timestamp("s")), "x": [1.5, 2]}), tmp_path / "a.parquet")

    with pytest.raises(DataError, match=r"time must be there in every row, got nothing in a\.parquet, row 2"):
        read_wide(tmp_path, ["a.parquet"], SeriesReadOptions())


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("date,x\n2020-01-02,up\n", "column x must hold numbers, got up in b.csv, line 2"),
        ("date,x\n02/01/2020,1\n", "time must be of the form iso, got 02/01/2020 in b.csv, line 2"),
        ("", "b.csv must begin with a line of columns' names, got an empty file"),
    ],
)
def test_a_file_that_cannot_be_read_as_the_first_is_skipped_with_its_reason(tmp_path, other, reason):
    source = read(tmp_path, "date,x\n2020-01-01,1\n", other, "date,x\n2020-01-01,3\n")
    assert [series.file for series in source.series] == ["a.csv", "c.csv"]
    assert [skip.path for skip in source.skipped] == ["b.csv"]
    assert source.skipped[0].reason.startswith(reason)
