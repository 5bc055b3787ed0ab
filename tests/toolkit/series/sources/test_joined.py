"""Series that go on from file to file are one each, in order of time; what contradicts itself is refused."""

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.series import SeriesReadOptions, read
from toolkit.series.spool import open_steps

WIDE = ("date,id,x\n2020-01-01,s1,1\n2020-01-02,s1,2\n", "date,id,x\n2020-01-03,s1,3\n2020-01-01,s2,7\n2020-01-02,s2,8\n")
LONG = tuple(text.replace("date,id,x", "date,id,value") for text in WIDE)


def read_files(tmp_path, *texts, names=("2020-01.csv", "2020-02.csv"), **options):
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).write_text(text)
    manifest = read(tmp_path, SeriesReadOptions(**options))
    ends = zip(manifest.columns["start"], manifest.columns["stop"], strict=True)
    steps = open_steps(manifest)
    return manifest, {name: steps["x"][a:b, 0].tolist() for name, (a, b) in zip(manifest.origin, ends, strict=True)}


@pytest.mark.parametrize("texts", [WIDE, LONG])
@pytest.mark.parametrize("turned", [1, -1])
def test_an_id_of_several_files_is_one_series_in_order_of_time(tmp_path, texts, turned):
    manifest, series = read_files(tmp_path, *texts[::turned], id="id", unsorted="refuse")

    assert {name.rpartition("#")[2]: values for name, values in series.items()} == {"s1": [1, 2, 3], "s2": [7, 8]}
    assert "s1" in series
    assert "Rows of one id are one series over 2 files, in order of time." in manifest.note
    assert "of its own" not in manifest.note


def test_without_an_id_each_file_is_a_series(tmp_path):
    manifest, series = read_files(tmp_path, "date,x\n2020-01-01,1\n", "date,x\n2020-01-02,2\n")

    assert series == {"2020-01.csv": [1], "2020-02.csv": [2]}
    assert "Each of 2 files holds series of its own." in manifest.note


def test_parts_are_not_joined(tmp_path):
    _, series = read_files(
        tmp_path, "date,id,x\n2020-01-01,s,1\n", "date,id,x\n2020-01-02,s,2\n", names=("a_train.csv", "a_test.csv"), id="id"
    )

    assert series == {"a_train.csv#s": [1], "a_test.csv#s": [2]}


def test_rows_without_stamps_go_on_in_the_order_of_files(tmp_path):
    _, series = read_files(tmp_path, "id,x\ns,5\n", "id,x\ns,4\n", id="id", time="none")

    assert series == {"s": [5, 4]}


def test_the_same_stamp_in_two_files_is_refused(tmp_path):
    with pytest.raises(DataError, match="stamps must be one a row"):
        read_files(tmp_path, WIDE[0], WIDE[0], id="id")
    _, series = read_files(tmp_path, WIDE[0], WIDE[0], id="id", duplicates="mean")
    np.testing.assert_array_equal(series["s1"], [1, 2])


def test_labels_of_one_id_must_agree(tmp_path):
    with pytest.raises(DataError, match=r"label of s must be the same in all files, got a and b in 2020-02\.csv"):
        read_files(tmp_path, "date,id,x,kind\n2020-01-01,s,1,a\n", "date,id,x,kind\n2020-01-02,s,2,b\n", id="id", label="kind")
