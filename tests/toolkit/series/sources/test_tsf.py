"""Monash's .tsf: stamps by the calendar, names, what is missing, and each way to break a line."""

import gzip
import zipfile

import numpy as np
import pandas as pd
import pytest

from toolkit.errors import ArgumentError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tsf import is_tsf, read_tsf, step_of

HEAD = """# yearly counts
@relation counts
@attribute series_name string
@attribute start_timestamp date
@frequency {}
@horizon 6
@missing false
@equallength false
@data
"""


def read(folder, text, name="a.tsf", **options):
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    source = read_tsf(str(folder), [name], SeriesReadOptions(**options))
    return source, list(source.series)


def dates(series):
    return [str(stamp) for stamp in series.time.view("M8[ns]").astype("M8[s]")]


def test_a_line_is_a_series(tmp_path):
    source, (first, second) = read(tmp_path, HEAD.format("yearly") + "T1:1979-01-01 00-00-00:1,2.5,-3e2\nT2:1980-01-01 00-00-00:7\n")
    assert (source.features, source.step, source.file, source.files) == (("value",), "1y", "a.tsf", ("a.tsf",))
    assert (first.name, first.file, first.first_row, first.label, first.part) == ("T1", "a.tsf", 10, None, "")
    assert first.values.tolist() == [[1.0], [2.5], [-300.0]]
    assert dates(first) == ["1979-01-01T00:00:00", "1980-01-01T00:00:00", "1981-01-01T00:00:00"]
    assert (second.name, second.first_row, second.values.tolist()) == ("T2", 11, [[7.0]])
    assert source.note == "Its own horizon is 6 steps."


@pytest.mark.parametrize(
    ("frequency", "step"),
    [
        ("4_seconds", "4s"),
        ("minutely", "1min"),
        ("5_minutes", "5min"),
        ("10_minutes", "10min"),
        ("half_hourly", "30min"),
        ("hourly", "1h"),
        ("daily", "1d"),
        ("weekly", "1w"),
        ("monthly", "1mo"),
        ("quarterly", "3mo"),
        ("yearly", "1y"),
        ("fortnightly", ""),
        ("", ""),
    ],
)
def test_frequencies_become_steps(frequency, step):
    assert step_of(frequency) == step


@pytest.mark.parametrize(
    ("frequency", "offset"),
    [("4_seconds", "4s"), ("half_hourly", "30min"), ("weekly", "7D"), ("monthly", "MS"), ("quarterly", "QS"), ("yearly", "YS")],
)
def test_stamps_are_those_of_pandas(tmp_path, frequency, offset):
    _, (series,) = read(tmp_path, HEAD.format(frequency) + "T1:1996-04-01 00-00-00:" + ",".join(["1"] * 40))
    start = "1996-04-01" if frequency != "yearly" else "1996-01-01"
    expected = pd.date_range(start, periods=40, freq=offset).as_unit("ns")
    if frequency == "yearly":
        expected = expected + pd.Timedelta(days=0) + pd.to_timedelta([91 if stamp.is_leap_year else 90 for stamp in expected], unit="D")
    assert series.time.tolist() == expected.as_unit("ns").astype("int64").tolist()


def test_a_day_that_a_month_lacks_is_its_last(tmp_path):
    _, (series,) = read(tmp_path, HEAD.format("monthly") + "T1:2024-01-31 06-30-00:1,2,3,4")
    assert dates(series) == ["2024-01-31T06:30:00", "2024-02-29T06:30:00", "2024-03-31T06:30:00", "2024-04-30T06:30:00"]


def test_a_question_mark_is_missing_whatever_the_header_says(tmp_path):
    _, (first, second) = read(tmp_path, HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,?,NaN,4\nT2:1979-01-01 00-00-00:?,?\n")
    assert np.isnan(first.values[:, 0]).tolist() == [False, True, True, False]
    assert np.isnan(second.values).all()
    assert len(second) == 2


def test_a_users_word_is_missing_too(tmp_path):
    _, (series,) = read(tmp_path, HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,n/a,3", missing=("n/a",))
    assert np.isnan(series.values[:, 0]).tolist() == [False, True, False]


def test_without_frequency_the_step_is_unknown(tmp_path):
    text = HEAD.replace("@frequency {}\n", "") + "T1:1979-01-01 00-00-00:1,2"
    source, (series,) = read(tmp_path, text)
    assert (source.step, series.time) == ("", None)
    assert "names no @frequency: steps are counted. Name the step to have stamps, such as --step 1d." in source.note
    source, (series,) = read(tmp_path, text, step="1w")
    assert (source.step, dates(series)) == ("1w", ["1979-01-01T00:00:00", "1979-01-08T00:00:00"])


def test_a_frequency_that_is_not_known_is_told(tmp_path):
    source, (series,) = read(tmp_path, HEAD.format("moonly") + "T1:1979-01-01 00-00-00:1,2")
    assert (source.step, series.time) == ("", None)
    assert "The frequency moonly is not known: steps are counted." in source.note


def test_without_a_date_steps_are_counted(tmp_path):
    text = "@attribute series_name string\n@frequency hourly\n@data\nT1:1,2\n"
    source, (series,) = read(tmp_path, text)
    assert (source.step, series.time) == ("1h", None)
    assert source.note == "No attribute is a date: steps are counted."


def test_stamps_beyond_what_64_bits_hold_are_counted(tmp_path):
    source, series = read(tmp_path, HEAD.format("yearly") + "T1:1950-01-01 00-00-00:1\nT2:1750-01-01 00-00-00:" + ",".join(["1"] * 600))
    assert [one.time for one in series] == [None, None]
    assert "Stamps would leave the years 1678 to 2261, first in a.tsf line 11: steps are counted." in source.note


def test_other_attributes_join_the_name_where_it_alone_is_not_enough(tmp_path):
    head = "@attribute state string\n@attribute series_name string\n@attribute code numeric\n@data\n"
    assert [one.name for one in read(tmp_path, head + "NSW:T1:4:1\nVIC:T2:4:1\n")[1]] == ["T1", "T2"]
    assert [one.name for one in read(tmp_path, head + "NSW:T1:4:1\nVIC:T1:4:1\n")[1]] == ["T1/NSW/4", "T1/VIC/4"]
    assert [one.name for one in read(tmp_path, head + "NSW:T1:4:1\nNSW:T1:4:1\n")[1]] == ["T1/NSW/4/1", "T1/NSW/4/2"]


def test_series_without_a_name_are_numbered(tmp_path):
    _, series = read(tmp_path, "@attribute start_timestamp date\n@frequency daily\n@data\n1979-01-01 00-00-00:1\n1979-01-01 00-00-00:2\n")
    assert [one.name for one in series] == ["1", "2"]


@pytest.mark.parametrize("name", ["a.tsf.gz", "a.zip"])
def test_compressed_files_are_read(tmp_path, name):
    text = HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,2\n"
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    else:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("inner/b.tsf", text)
            archive.writestr("README.md", "about")
    source, (series,) = read(tmp_path, None, name)
    assert series.values[:, 0].tolist() == [1.0, 2.0]
    assert series.file == {"a.zip": "a.zip/inner/b.tsf"}.get(name, name)
    assert source.file == name


def test_windows_line_ends_and_a_byte_order_mark_are_no_text(tmp_path):
    text = (HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,2\n").replace("\n", "\r\n")
    (tmp_path / "a.tsf").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [one.values[:, 0].tolist() for one in read(tmp_path, None)[1]] == [[1.0, 2.0]]


def test_names_are_in_the_encoding_that_is_asked_for(tmp_path):
    (tmp_path / "a.tsf").write_bytes((HEAD.format("daily") + "Zürich:1979-01-01 00-00-00:1\n").encode("cp1252"))
    with pytest.raises(
        DataError, match=r"text must be in UTF-8, got Z\\xfcrich in a.tsf line 10. Name the file's encoding with --encoding"
    ):
        read(tmp_path, None)
    assert read(tmp_path, None, encoding="cp1252")[1][0].name == "Zürich"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "header must be followed by a line @data, got none in a.tsf"),
        ("@relation x\n@data\n1,2\n", "header must be one with an @attribute, such as series_name string, got none in a.tsf"),
        ("hello\n@data\n", "header must be lines that begin with @ or #, up to @data, got hello in a.tsf line 1"),
        ("@attribute a text\n@data\nx:1\n", "@attribute must be a name and one of string, date, numeric, got a text in a.tsf line 1"),
        (HEAD.format("daily"), "@data must be followed by a line a series, got none in a.tsf"),
        (HEAD.format("daily") + "1,2,3\n", "series must be one of 3 fields with a colon between them, got 1 in a.tsf line 10"),
        (HEAD.format("daily") + "T1:x:1979-01-01 00-00-00:1\n", "got 4 in a.tsf line 10"),
        (HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,two\n", "or ? where one is missing, got two in a.tsf line 10"),
        (HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,\n", "values must be numbers, or ? where one is missing, got an empty one"),
        (HEAD.format("daily") + "T1:1979-01-01 00-00-00:1,inf\n", "got inf in a.tsf line 10"),
        (HEAD.format("daily") + "T1:1979-01-01 00-00-00:1 2\n", "got 1 2 in a.tsf line 10"),
        (HEAD.format("daily") + "T1:1979-02-30 00-00-00:1\n", "must be a date such as 1979-01-01 00-00-00, got 1979-02-30 00-00-00"),
        (HEAD.format("daily") + "T1:spring:1\n", "start_timestamp must be a date such as 1979-01-01 00-00-00, got spring in a.tsf line 10"),
    ],
)  # fmt: skip
def test_what_breaks_the_format_is_refused_by_its_line(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    assert message in str(error.value)


def test_files_of_different_frequencies_are_refused(tmp_path):
    for name, frequency in (("a.tsf", "daily"), ("b.tsf", "hourly")):
        (tmp_path / name).write_text(HEAD.format(frequency) + "T1:1979-01-01 00-00-00:1\n")
    with pytest.raises(
        DataError, match=r"@frequency must be the same in all files, got daily in a.tsf, hourly in b.tsf. Read them one by one"
    ):
        read_tsf(str(tmp_path), ["a.tsf", "b.tsf"], SeriesReadOptions())


def test_a_time_zone_is_refused(tmp_path):
    with pytest.raises(
        ArgumentError, match=r"timezone must be empty or UTC where stamps are laid out by one step, as in .tsf, got Europe/Paris"
    ):
        read(tmp_path, HEAD.format("daily") + "T1:1979-01-01 00-00-00:1\n", timezone="Europe/Paris")


def test_an_archive_without_such_a_file_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("README.md", "about")
    with pytest.raises(DataError, match=r"archive must be one that holds .tsf, got none in a.zip"):
        read(tmp_path, None, "a.zip")


def test_the_format_is_recognised_by_name_or_tags():
    assert is_tsf(b"", "data/A.TSF")
    assert is_tsf(b"", "a.tsf.gz")
    assert is_tsf(b"@relation x\n@attribute series_name string\n@frequency daily\n", "a.txt")
    assert not is_tsf(b"@relation x\n@attribute a numeric\n@data\n1\n", "a.arff")
    assert not is_tsf(b"date,OT\n", "a.csv")


def test_series_are_read_one_by_one(tmp_path):
    (tmp_path / "a.tsf").write_text(HEAD.format("daily") + "T1:1979-01-01 00-00-00:1\nT2:1979-01-01 00-00-00:x\n")
    series = iter(read_tsf(str(tmp_path), ["a.tsf"], SeriesReadOptions()).series)
    assert next(series).name == "T1"
    with pytest.raises(DataError, match=r"line 11"):
        next(series)
