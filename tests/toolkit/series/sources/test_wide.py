"""Wide tables become series: what columns are for is found and told, what is doubtful is refused with what to type."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import AmbiguousSourceError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.wide import read_wide
from toolkit.series.time import calendar_columns

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


def test_what_was_measured_is_no_id(tmp_path):
    rows = [f"2020-01-{day:02d},{day % 4}.5,{day % 5},NA" for day in (*range(1, 21), 20)]
    rows[-1] = "2020-01-20,3.5,4,7"
    assert read(tmp_path, "\n".join(["date,x,y,z", *rows])).features == ("x", "y", "z")  # equal stamps are refused later, of a series


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
    ("typed", "zone", "told"),
    [
        ("Europe/Paris", "Europe/Paris", "The zone is that of the column's type, Europe/Paris."),
        ("+02:00", "Etc/GMT-2", "The zone is that of the column's type, +02:00."),
        ("-05:00", "Etc/GMT+5", "The zone is that of the column's type, -05:00."),
        ("+05:30", "UTC", "The zone of the column's type, +05:30, has no name, and stamps are taken in UTC."),
        ("UTC", "UTC", ""),
    ],
)
def test_the_zone_of_a_parquet_column_is_that_of_the_source(tmp_path, typed, zone, told):
    pq.write_table(pa.table({"t": pa.array([1_577_836_800], pa.timestamp("s", typed)), "x": [1.5]}), tmp_path / "a.parquet")
    source = read_wide(tmp_path, ["a.parquet"], SeriesReadOptions())
    (series,) = source.series

    assert (series.time.tolist(), source.zone, source.reading["timezone"]) == ([START], zone, zone)
    assert source.note == " ".join(filter(None, ("Stamps are taken from column t.", told)))


@pytest.mark.parametrize(("zone", "hours"), [("Europe/Paris", 1), ("+02:00", 2), ("-05:00", -5)])
def test_the_calendar_is_that_of_the_zone_of_a_parquet_column(tmp_path, zone, hours):
    pq.write_table(pa.table({"t": pa.array([1_577_836_800], pa.timestamp("s", zone)), "x": [1.5]}), tmp_path / "a.parquet")
    source = read_wide(tmp_path, ["a.parquet"], SeriesReadOptions())
    (series,) = source.series

    np.testing.assert_allclose(calendar_columns(series.time, ("hour",), source.zone)[0, 0], np.sin(2 * np.pi * hours / 24), atol=1e-7)


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("cells", [("1.000", "2.001"), ("1.000", "999"), ("-1.250", "NA")])
def test_points_that_may_mark_thousands_are_refused(tmp_path, separator, cells):
    text = "date,x\n2020-01-01,{}\n2020-01-02,{}\n".format(*cells).replace(",", separator)
    with pytest.raises(AmbiguousSourceError, match=rf"column x .* got {cells[0]} in a\.csv, line 2\. Type --decimal point .* comma"):
        read(tmp_path, text)

    (point,), (comma,) = (read(tmp_path, text, decimal=decimal).series for decimal in ("point", "comma"))
    assert (point.values[0, 0] * 1000, comma.values[0, 0]) == (float(cells[0]) * 1000, float(cells[0]) * 1000)


@pytest.mark.parametrize("cells", [("0.125", "2.001"), ("1.000", "2.5"), ("1.000", "1000"), ("1.000", "1000.250"), ("1.000", "2e3")])
def test_points_that_a_number_proves_decimal_are_not(tmp_path, cells):
    (series,) = read(tmp_path, "date;x\n2020-01-01;{}\n2020-01-02;{}\n".format(*cells)).series

    assert series.values[:, 0].tolist() == [float(cell) for cell in cells]


def test_another_column_or_commas_between_cells_prove_points_decimal(tmp_path):
    (series,) = read(tmp_path, "date;x;y\n2020-01-01;1.000;0.5\n").series
    assert series.values.tolist() == [[1, 0.5]]
    (series,) = read(tmp_path, "date,x\n2020-01-01,1.000\n").series
    assert series.values.tolist() == [[1]]


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("%b %Y", ("Jan 1949", "Feb 1949")),
        ("%d.%m.%y", ("01.01.49", "01.02.49")),
        ("%Y%m%d", ("19490101", "19490201")),
    ],
)
def test_the_column_of_the_typed_form_is_found(tmp_path, form, cells):
    first = int(np.datetime64("2049-01-01" if "%y" in form else "1949-01-01", "ns").astype(np.int64))
    source = read(tmp_path, "t,x,place\n{},1,a b\n{},2,c d\n".format(*cells), time_format=form)
    (series,) = source.series

    assert (series.time - first).tolist() == [0, 31 * DAY]
    assert (source.features, source.reading["time"], source.reading["time_format"]) == (("x",), "t", form)


def test_of_several_columns_of_the_typed_form_the_one_named_as_time_is_taken(tmp_path):
    text = "{},x\n20200101,20200201\n20200102,20200301\n"
    assert read(tmp_path, text.format("date"), time_format="%Y%m%d").features == ("x",)
    with pytest.raises(AmbiguousSourceError, match="Type --time t or --time x"):
        read(tmp_path, text.format("t"), time_format="%Y%m%d")
    with pytest.raises(DataError, match="must have a column of times of the form %b %Y, got none"):
        read(tmp_path, text.format("t"), time_format="%b %Y")


@pytest.mark.parametrize("stamps", ["1600-01-01", "01/01/1600", "1600"])
def test_years_that_nanoseconds_cannot_count_are_named_as_the_reason(tmp_path, stamps):
    with pytest.raises(DataError, match=f"between 1678 and 2262, which nanoseconds can count, got {stamps} in a.csv, line 2"):
        read(tmp_path, f"year,x\n{stamps},1\n{stamps},2\n")


def test_years_long_ago_are_read_from_a_column_of_years(tmp_path):
    source = read(tmp_path, "Year,spots\n1700,5\n1701,11\n")
    (series,) = source.series

    assert np.datetime_as_string(series.time.astype("M8[ns]"), "Y").tolist() == ["1700", "1701"]
    assert (source.features, source.reading["time_format"]) == (("spots",), "%Y")


@pytest.mark.parametrize("names", ["year,month,day,hour", "YR,MO,DY,HR", "yyyy,mm,dd,hh", "1,2,3,4"])
def test_columns_of_a_stamp_are_known_by_their_names(tmp_path, names):
    (series,) = read(tmp_path, f"{names},x\n2020,1,2,3,7\n", time=names).series
    assert series.time.tolist() == [START + DAY + 3 * 3600 * SECOND]

    if names[0].isalpha():
        (series,) = read(tmp_path, f"{names},x\n2020,1,2,3,7\n", time=",".join(reversed(names.split(",")))).series
        assert series.time.tolist() == [START + DAY + 3 * 3600 * SECOND]


@pytest.mark.parametrize(
    ("names", "got"),
    [
        ("year,doy", "doy for month"),
        ("year,day", "day for month"),
        ("year,month,day,hour,minute,second,nano", "nano for what is finer"),
        ("year,month,mon", "mon for day"),
        ("month,day", "month for year"),
    ],
)
def test_numbers_of_other_columns_are_no_stamps(tmp_path, names, got):
    cells = ",".join(["2020", *["1"] * names.count(",")])
    with pytest.raises(DataError, match=f"time must be columns named year, month, .* got {got} in a.csv. Type --time-format"):
        read(tmp_path, f"{names},x\n{cells},5\n", time=names)


def test_a_typed_form_reads_a_day_of_the_year_beside_its_year(tmp_path):
    (series,) = read(tmp_path, "year,doy,x\n2020,001,5\n2020,032,6\n", time="year,doy", time_format="%Y %j").series

    assert series.time.tolist() == [START, START + 31 * DAY]


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ('2020-01-01,1\n"2020-01-02,2\n2020-01-03,3', {}, r"quotes must enclose a cell, .* in a\.csv, line 3\. Close it"),
        ("2020-01-01,1\n" * 200 + '"2020-01-02,2\n2020-01-03,3', {}, r"quotes must enclose a cell, .* in a\.csv, line 202\. Close it"),
        ("2020-01-01,0.5", {"decimal": "comma", "features": ("x",)}, r"got 0\.5 in a\.csv, line 2\. Type --decimal point; or if it stands"),
        ("43831,1\n43832,2", {"time": "date"}, r"in a form that is known, got 43831 .* --time-format.* a spreadsheet's day numbers"),
        ("2020-03-29T02:30,1", {"timezone": "Europe/Paris"}, r"skipped this hour .* line 2\. Leave out --timezone, or name another"),
        ("2020-02-30,1", {"time": "date"}, r"a day that its month has, got 2020-02-30 in a\.csv, line 2\. Mend the row, or take it out"),
        ("2020-01-01T00:00Z,1\n2020-01-01T01:00,2", {}, r"an offset in all rows or in none, .* line 3\. Write all rows alike"),
        ("2020-01-01,1\n02/01/2020,2", {}, r"written in all rows as in the first, .* line 3\. Write all rows alike"),
    ],
)
def test_what_is_refused_says_what_to_do(tmp_path, rows, options, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, f"date,x\n{rows}\n", **options)


def test_offsets_that_differ_without_a_zone_are_told_with_what_to_type(tmp_path):
    text = "date,x\n2020-03-29T00:00+01:00,1\n2020-03-30T00:00+02:00,2\n"

    assert "--timezone, such as Europe/Paris, names their zone" in read(tmp_path, text).note
    assert "--timezone" not in read(tmp_path, text, timezone="Europe/Paris").note
    assert "--timezone" not in read(tmp_path, text.replace("+02", "+01")).note


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
