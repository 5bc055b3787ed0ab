"""UEA's and UCR's .ts: dimensions, labels, parts and stamps, what a header denies, and each way to break a line."""

import gzip

import numpy as np
import pytest

from toolkit.errors import ArgumentError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.ts import is_ts, read_ts

UNIVARIATE = "# waves\n@problemName Waves\n@timeStamps false\n@univariate true\n@equalLength {}\n@classLabel true up down\n@data\n"
MULTIVARIATE = "@problemname Moves\n@timestamps false\n@univariate false\n@dimensions 2\n@equallength false\n@classlabel true A b\n@data\n"
STAMPED = "@timeStamps True\n@univariate false\n@classLabel true 1 2\n@data\n"
TARGETS = "@problemname Rain\n@timestamps false\n@univariate true\n@targetlabel true\n@data\n"


def read(folder, text, name="W_TRAIN.ts", **options):
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    source = read_ts(str(folder), [name], SeriesReadOptions(**options))
    return source, list(source.series)


def test_a_line_is_a_series_with_its_class(tmp_path):
    source, (first, second) = read(tmp_path, UNIVARIATE.format("true") + "1,2,3.5:up\n4,-5,6e1:down\n")
    assert (source.features, source.step, source.note, source.file) == (("value",), "", "", "W_TRAIN.ts")
    assert (first.name, first.file, first.label, first.part, first.first_row) == ("1", "W_TRAIN.ts", "up", "train", 8)
    assert first.time is None
    assert first.values.tolist() == [[1.0], [2.0], [3.5]]
    assert (second.name, second.label, second.values.tolist()) == ("2", "down", [[4.0], [-5.0], [60.0]])
    assert source.understood.labels == "the last field of a line, a class"


def test_dimensions_are_columns(tmp_path):
    source, (first, second) = read(tmp_path, MULTIVARIATE + "1,2,3:10,20,30:A\n4:40:b\n")
    assert source.features == ("1", "2")
    assert first.values.tolist() == [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]
    assert second.values.tolist() == [[4.0, 40.0]]


def test_labels_stay_as_they_are_written(tmp_path):
    _, series = read(tmp_path, MULTIVARIATE.replace("A b", "1.0 Été") + "1:2:1.0\n1:2: Été \n")
    assert [one.label for one in series] == ["1.0", "Été"]


def test_what_is_missing_becomes_nan(tmp_path):
    _, (series,) = read(tmp_path, UNIVARIATE.format("true") + "?,NaN,nan,4:up\n")
    assert np.isnan(series.values[:, 0]).tolist() == [True, True, True, False]
    _, (series,) = read(tmp_path, UNIVARIATE.format("true") + "1,x,4:up\n", missing=("x",))
    assert np.isnan(series.values[:, 0]).tolist() == [False, True, False]


def test_targets_are_numbers(tmp_path):
    source, (series,) = read(tmp_path, TARGETS + "1,2,3:0.25\n")
    assert series.label == 0.25
    assert source.understood.labels == "the last field of a line, a number to predict"


def test_series_may_have_no_label(tmp_path):
    source, (series,) = read(tmp_path, "@univariate false\n@classLabel false\n@data\n1,2:3,4\n")
    assert (series.label, source.understood.labels) == (None, "")
    assert series.values.tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_the_two_files_are_parts(tmp_path):
    for name in ("W_TRAIN.ts", "W_TEST.ts"):
        (tmp_path / name).write_text(UNIVARIATE.format("true") + "1,2:up\n")
    source = read_ts(str(tmp_path), ["W_TEST.ts", "W_TRAIN.ts"], SeriesReadOptions())
    assert [(one.file, one.part) for one in source.series] == [("W_TEST.ts", "test"), ("W_TRAIN.ts", "train")]
    assert source.understood.parts == {"test": "W_TEST.ts", "train": "W_TRAIN.ts"}
    assert source.file == ""


def test_parts_can_be_named(tmp_path):
    for name in ("a.ts", "b.ts", "c.ts"):
        (tmp_path / name).write_text(UNIVARIATE.format("true") + "1,2:up\n")
    names = ["a.ts", "b.ts", "c.ts"]
    source = read_ts(str(tmp_path), names, SeriesReadOptions(parts="train=a.ts,validation=c.ts"))
    assert [one.part for one in source.series] == ["train", "", "val"]
    with pytest.raises(ArgumentError, match=r"parts must be of a.ts, b.ts, c.ts, got d.ts"):
        read_ts(str(tmp_path), names, SeriesReadOptions(parts="train=d.ts"))
    with pytest.raises(ArgumentError, match=r"parts must be led by train, val, test, got later"):
        read_ts(str(tmp_path), names, SeriesReadOptions(parts="later=a.ts"))


def test_pairs_bring_their_times(tmp_path):
    line = "(2007-01-01 00:00:00,-1.5),(2007-01-01 00:10:00,?):(2007-01-01 00:00:00,3), (2007-01-01 00:10:00,4):2\n"
    _, (series,) = read(tmp_path, STAMPED + line)
    assert [str(stamp) for stamp in series.time.view("M8[ns]").astype("M8[m]")] == ["2007-01-01T00:00", "2007-01-01T00:10"]
    np.testing.assert_array_equal(series.values, [[-1.5, 3.0], [np.nan, 4.0]])
    assert series.label == "2"


def test_microseconds_of_stamps_are_kept(tmp_path):
    _, (series,) = read(tmp_path, STAMPED + "(2007-01-01 00:00:00.000001,1),(2007-01-01 00:00:00.000003,2):1\n")
    assert np.diff(series.time).tolist() == [2000]


def test_stamps_that_are_numbers_count_steps(tmp_path):
    _, (series,) = read(tmp_path, STAMPED + "(0,1),(0.5,2),(1,3):1\n")
    assert series.time is None
    assert series.values[:, 0].tolist() == [1.0, 2.0, 3.0]


def test_unequal_lengths_that_the_header_denies_are_told(tmp_path):
    source, series = read(tmp_path, UNIVARIATE.format("true") + "1,2,3:up\n1,2:down\n1:up\n")
    assert [len(one) for one in series] == [3, 2, 1]
    assert source.note == "@equalLength is true, but W_TRAIN.ts has 3 steps first and 2 in line 9."


def test_unequal_lengths_that_the_header_allows_are_not_told(tmp_path):
    source, series = read(tmp_path, UNIVARIATE.format("false") + "1,2,3:up\n1,2:down\n")
    assert (source.note, [len(one) for one in series]) == ("", [3, 2])


def test_classes_that_the_header_does_not_list_are_told(tmp_path):
    source, series = read(tmp_path, UNIVARIATE.format("true") + "1,2:up\n1,2:left\n1,2:left\n1,2:Up\n")
    assert source.note == "@classLabel does not list left, in W_TRAIN.ts line 9. @classLabel does not list Up, in W_TRAIN.ts line 11."
    assert [one.label for one in series] == ["up", "left", "left", "Up"]


def test_a_header_need_not_list_classes_or_dimensions(tmp_path):
    source, (series,) = read(tmp_path, "@classLabel true\n@data\n1,2:3,4:x\n")
    assert (source.features, series.label, source.note) == (("1", "2"), "x", "")


def test_the_archives_plain_form_is_read(tmp_path):
    (tmp_path / "W_TEST.tsv.gz").write_bytes(gzip.compress(b"-1\t0.5\t1\tNaN\r\n2\t1\t2\t3\r\n"))
    source, (first, second) = read(tmp_path, None, "W_TEST.tsv.gz")
    assert (source.features, first.part, first.label, second.label) == (("value",), "", "-1", "2")
    np.testing.assert_array_equal(first.values, [[0.5], [1.0], [np.nan]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@univariate true\n@data\n1,2\n", "one with @classLabel or @targetLabel, got neither in W_TRAIN.ts. Add @classLabel false"),
        (UNIVARIATE.format("maybe") + "1:up\n", "@equallength must be true or false, got maybe in W_TRAIN.ts line 5"),
        (UNIVARIATE.format("true"), "@data must be followed by a line a series, got none in W_TRAIN.ts"),
        (MULTIVARIATE.replace("2", "two") + "1:2:A\n", "@dimensions must be a number, at least 1, got two in W_TRAIN.ts line 4"),
        (MULTIVARIATE + "1:2:A\n1:b\n", "series must be 2 dimensions, then a label, got 1 in W_TRAIN.ts line 9"),
        (MULTIVARIATE + "1:2:3:A\n", "series must be 2 dimensions, then a label, got 3 in W_TRAIN.ts line 8"),
        (MULTIVARIATE + "1,2:3:A\n", "dimensions must be of one length in a series, got 1 and 2 in W_TRAIN.ts line 8"),
        (MULTIVARIATE + "1,2:3,x:A\n", "values must be numbers, or ? where one is missing, got x in W_TRAIN.ts line 8"),
        (UNIVARIATE.format("true") + "up\n", "series must be 1 dimension, then a label, got 0 in W_TRAIN.ts line 8"),
        (UNIVARIATE.format("true") + "1,,2:up\n", "got an empty one in W_TRAIN.ts line 8"),
        (UNIVARIATE.format("true") + "1,2:\n", "label must be a class or a number, got an empty one in W_TRAIN.ts line 8"),
        (UNIVARIATE.format("true") + "1,2:?\n", "label must be a class or a number, got ? in W_TRAIN.ts line 8"),
        (TARGETS + "1,2:wet\n", "label must be a number, as @targetLabel says, got wet in W_TRAIN.ts line 6"),
        (STAMPED + "(2007-01-01,1),(2007-01-02,2):(2007-01-01,1),(2007-01-03,2):1\n", "stamps must be the same in every dimension"),
        (STAMPED + "1,2:1\n", "series must be 1 dimension of pairs (time,value), then a label, got 0 in W_TRAIN.ts line 5"),
        (STAMPED + "1,2):1\n", "dimension must be pairs such as (2007-01-01 00:00:00,1.5), with commas between them, got 1,2)"),
        (STAMPED + "(noon,1),(one,2):1\n", "got noon in W_TRAIN.ts line 5"),
        (STAMPED + "(0,1),(1,2),(5,3):1\n", "stamps must be dates, or numbers one step apart, got 0 to 5 in W_TRAIN.ts line 5"),
        (STAMPED + "(1500-01-01,1),(1500-01-02,2):1\n", "which nanoseconds can count, got 1500-01-01 in W_TRAIN.ts line 5"),
    ],
)  # fmt: skip
def test_what_breaks_the_format_is_refused_by_its_line(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    assert message in str(error.value)


def test_files_of_different_data_sets_are_refused(tmp_path):
    (tmp_path / "a.ts").write_text(MULTIVARIATE + "1:2:A\n")
    (tmp_path / "b.ts").write_text(UNIVARIATE.format("true") + "1:up\n")
    (tmp_path / "c.ts").write_text(TARGETS + "1:2\n")
    with pytest.raises(DataError, match=r"dimensions must be the same in all files, 2 as in a.ts, got 1 in b.ts. Read them one by one"):
        read_ts(str(tmp_path), ["a.ts", "b.ts"], SeriesReadOptions())
    with pytest.raises(DataError, match=r"labels must be the same in all files, class as in b.ts, got target in c.ts"):
        read_ts(str(tmp_path), ["b.ts", "c.ts"], SeriesReadOptions())


def test_the_format_is_recognised_by_its_tags():
    assert is_ts(b"# about\n@problemName X\n", "x_TRAIN.ts")
    assert is_ts(b"# about\n# more", "x_TRAIN.ts")
    assert not is_ts(b"export const a = 1;\n", "a.ts")
    assert not is_ts(b"G\x00@\x00\x10", "film.ts")
    assert not is_ts(b"@relation x\n@attribute series_name string\n", "a.tsf")


def test_the_plain_form_is_recognised_where_it_is_certain():
    assert is_ts(b"1\t0.5\t-1e-3\tNaN\n2\t1\t1\t1\n", "data/Waves_TRAIN.tsv")
    assert not is_ts(b"1\t0.5\t-1e-3\n", "Waves.tsv")
    assert not is_ts(b"time\ta\tb\n", "Waves_TRAIN.tsv")
    assert not is_ts(b"2020-01-01\t1\t2\n", "Waves_TRAIN.tsv")
    assert not is_ts(b"1.5\t1\t2\n", "Waves_TRAIN.tsv")


@pytest.mark.parametrize("name", ["tst.ts", "TEST.ts", "x_TEST.ts", "x_val.ts"])
def test_a_part_without_that_of_training_beside_it_is_none(tmp_path, name):
    source, series = read(tmp_path, UNIVARIATE.format("true") + "1,2:up\n4,5:down\n", name)
    assert [one.part for one in series] == ["", ""]
    assert source.understood.parts == {"": name}
