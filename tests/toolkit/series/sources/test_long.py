"""Long tables become series: values of one time side by side, and nothing added up or left out."""

import numpy as np
import pytest

from toolkit.errors import AmbiguousSourceError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.long import read_long

DAY = 86400 * 10**9
START = 18262 * DAY  # 2020-01-01
NAN = float("nan")
TEXT = "id,time,variable,value\na,2020-01-01,t,1\nb,2020-01-01,t,4\na,2020-01-01,p,2\na,2020-01-02,t,3\n"


def read(tmp_path, *texts, **options):
    names = [f"{chr(97 + i)}.csv" for i in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).write_text(text)
    return read_long(tmp_path, names, SeriesReadOptions(**options))


def show(source):
    return [(each.name, np.nan_to_num(each.values, nan=-1).tolist(), ((each.time - START) // DAY).tolist()) for each in source.series]


def test_values_of_one_time_stand_side_by_side(tmp_path):
    source = read(tmp_path, TEXT)

    assert source.features == ("t", "p")
    assert (
        source.note
        == "Stamps are taken from column time. It takes values from column value, series from column id, variables from column variable."
    )
    assert source.understood.layout == "a long table, a row a value, cells separated by commas"
    assert show(source) == [("a", [[1, 2], [3, -1]], [0, 1]), ("b", [[4, -1]], [0])]


def test_the_first_row_of_each_series_is_told(tmp_path):
    assert [each.first_row for each in read(tmp_path, TEXT).series] == [2, 3]


def test_values_without_variables_are_of_one(tmp_path):
    source = read(tmp_path, "unique_id,ds,y\n07005,2020-01-01,1\n07015,2020-01-01,3\n07005,2020-01-02,2\n")

    assert source.features == ("y",)
    assert show(source) == [("07005", [[1], [2]], [0, 1]), ("07015", [[3]], [0])]


def test_other_names_are_asked_for(tmp_path):
    text = TEXT.replace("id,time,variable,value", "city,day,what,amount")

    assert show(read(tmp_path, text, id="city", variable="what", value="amount")) == show(read(tmp_path, TEXT))


def test_rows_stay_in_their_order_with_their_duplicates(tmp_path):
    text = "time,variable,value\n2020-01-02,t,1\n2020-01-01,t,2\n2020-01-02,t,3\n2020-01-02,p,4\n2020-01-01,p,5\n"

    assert show(read(tmp_path, text)) == [("", [[1, 4], [2, 5], [3, -1]], [1, 0, 1])]


def test_features_choose_variables_and_their_order(tmp_path):
    assert show(read(tmp_path, TEXT, features=("p", "t"))) == [("a", [[2, 1], [-1, 3]], [0, 1]), ("b", [[-1, 4]], [0])]
    assert show(read(tmp_path, TEXT, features=("p",))) == [("a", [[2]], [0]), ("b", [], [])]


def test_without_stamps_values_are_counted(tmp_path):
    source = read(tmp_path, "variable,value\nt,1\nt,2\np,3\np,4\n", time="none")
    (series,) = source.series

    assert (series.time, series.values.tolist()) == (None, [[1, 3], [2, 4]])


def test_what_was_understood_reads_another_file_alike(tmp_path):
    reading = read(tmp_path, TEXT).reading
    again = SeriesReadOptions(**{name: tuple(value) if isinstance(value, list) else value for name, value in reading.items()})
    (tmp_path / "b.csv").write_text("id,time,variable,value\nc,2020-01-01,p,7\nc,2020-01-01,t,8\nc,2020-01-01,new,9\n")

    assert (reading["layout"], reading["features"]) == ("long", ["t", "p"])
    assert show(read_long(tmp_path, ["b.csv"], again)) == [("c", [[8, 7]], [0])]


def test_labels_belong_to_series(tmp_path):
    text = "id,time,value,kind\na,2020-01-01,1,up\na,2020-01-02,2,up\nb,2020-01-01,1,down\n"

    assert [each.label for each in read(tmp_path, text, label="kind").series] == ["up", "down"]


def test_an_hour_that_is_repeated_is_told_apart_for_each_variable(tmp_path):
    rows = "".join(f"2016-10-30 02:00,{name},{i}\n" for i, name in enumerate(["t", "p", "t", "p"]))

    source = read(tmp_path, f"time,variable,value\n{rows}", timezone="Europe/Paris", repeated_hour="order")
    (series,) = source.series

    assert series.values.tolist() == [[0, 1], [2, 3]]
    assert np.diff(series.time).tolist() == [3600 * 10**9]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("id,time,value\na,2020-01-01,1\na,2020-01-02,x\n", {}, r"column value must hold numbers, got x in a\.csv, line 3"),
        ("id,time,v,w\na,2020-01-01,1,2\n", {}, "must hold values, got 2: v, w. Name it with --value"),
        ("id,time,v\na,2020-01-01,up\n", {}, "must hold values, got none; it has id, time, v. Name it with --value"),
        (TEXT, {"value": "amount"}, "value must name columns of a.csv, got amount"),
        (TEXT, {"features": ("q",)}, r"variables of a\.csv must be q, got none named q; it has t, p"),
    ],
)
def test_what_cannot_be_series_is_refused(tmp_path, text, options, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, text, **options)


def test_a_column_that_names_series_or_variables_is_asked_for(tmp_path):
    with pytest.raises(AmbiguousSourceError, match="Type --id city if it names series, --variable city if it names variables"):
        read(tmp_path, "time,city,value\n2020-01-01,P,1\n2020-01-01,Q,2\n")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("id,time,variable,value\nc,2020-01-01,t,1\n", "got none named p; it has t"),
        (TEXT + "a,2020-01-01,q,1\n", r"variables of b\.csv must be those of a\.csv, got one named q"),
        ("id,time,value\nc,2020-01-01,1\n", "got none named variable"),
    ],
)
def test_a_file_of_other_variables_is_refused(tmp_path, other, words):
    with pytest.raises(DataError, match=words):
        list(read(tmp_path, TEXT, other).series)


def test_a_variable_that_is_not_there_is_refused_where_values_are_of_one(tmp_path):
    text = "id,ds,y\na,2020-01-01,1\na,2020-01-02,2\n"

    assert read(tmp_path, text, features=("y",)).features == ("y",)
    with pytest.raises(DataError, match=r"variables of a\.csv must be nope, got none named nope; it has y\."):
        read(tmp_path, text, features=("nope",))
