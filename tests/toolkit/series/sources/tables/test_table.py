"""Tables in text are cut as they are written, every cell as it stands; rows are named by their lines."""

import bz2
import gzip
import lzma

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.table import load_table

PLAIN = "date,x\n2020-01-01,1\n2020-01-02,2\n"


def load(tmp_path, text, name="a.csv", **options):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_table(str(path), SeriesReadOptions(**options))


def cells(table):
    return {name: column.to_pylist() for name, column in table.columns.items()}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (PLAIN, "cells separated by commas"),
        (PLAIN.replace(",", ";"), "cells separated by semicolons"),
        (PLAIN.replace(",", "\t"), "cells separated by tabs"),
        (PLAIN.replace(",", "|"), "cells separated by bars"),
        (PLAIN.replace("\n", "\r\n"), "cells separated by commas"),
        (PLAIN.replace("\n", "\r"), "cells separated by commas"),
        (PLAIN.rstrip("\n"), "cells separated by commas"),
        ("\ufeff" + PLAIN, "cells separated by commas"),
        ("sep=,\n" + PLAIN, "cells separated by commas"),
        ('"date","x"\n"2020-01-01","1"\n"2020-01-02","2"\n', "cells separated by commas"),
        ("date,x,\n2020-01-01,1,\n2020-01-02,2,\n", "cells separated by commas"),
        ("date,x\n\n2020-01-01,1\n\n2020-01-02,2\n\n", "cells separated by commas"),
        ("date x\n2020-01-01 1\n2020-01-02 2\n", "cells separated by spaces"),
    ],
)
def test_any_dialect_is_cut_alike(tmp_path, text, form):
    table = load(tmp_path, text, delimiter=" " if "spaces" in form else "auto")

    assert cells(table) == {"date": ["2020-01-01", "2020-01-02"], "x": ["1", "2"]}
    assert table.form == form


def test_numbers_between_spaces_are_cut_without_being_asked_for(tmp_path):
    table = load(tmp_path, "1749 01   58.0\n 1749 02 1062.6 \n", "a.txt", header=False)

    assert cells(table) == {"1": ["1749", "1749"], "2": ["01", "02"], "3": ["58.0", "1062.6"]}


def test_a_column_of_decimal_commas_is_one(tmp_path):
    assert cells(load(tmp_path, "value\n1,5\n2,5\n")) == {"value": ["1,5", "2,5"]}
    assert cells(load(tmp_path, "1,5\n2,5\n", header=False, decimal="comma")) == {"1": ["1,5", "2,5"]}
    assert cells(load(tmp_path, "1,5\n2,5\n", header=False, delimiter=",")) == {"1": ["1", "2"], "2": ["5", "5"]}
    with pytest.raises(AmbiguousSourceError, match=r"must separate cells or decimals, got 1,5\. Type --delimiter , or --decimal comma"):
        load(tmp_path, "1,5\n2,5\n", header=False)


def test_decimal_commas_do_not_separate_where_semicolons_do(tmp_path):
    assert cells(load(tmp_path, "1,5;2,5\n3,5;4,5\n", header=False)) == {"1": ["1,5", "3,5"], "2": ["2,5", "4,5"]}


def test_cells_stay_as_they_stand(tmp_path):
    """pandas and polars make 7005 of the station, and pandas and pyarrow a missing value of NA."""
    table = load(tmp_path, "id,x\n07005,NA\n007,1e3\n")

    assert cells(table) == {"id": ["07005", "007"], "x": ["NA", "1e3"]}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_encodings_that_say_so_are_found(tmp_path, encoding):
    assert cells(load(tmp_path, "date,T °C\n2020-01-01,1\n".encode(encoding))) == {"date": ["2020-01-01"], "T °C": ["1"]}


def test_other_encodings_are_asked_for(tmp_path):
    text = "date,T °C\n2020-01-01,1\n".encode("latin-1")

    assert load(tmp_path, text, encoding="latin-1").names == ("date", "T °C")
    with pytest.raises(DataError, match=r"must be text in UTF-8, got byte 0xB0\. Name its encoding with --encoding"):
        load(tmp_path, text)


def test_bytes_that_are_no_text_behind_the_beginning_are_refused(tmp_path):
    with pytest.raises(DataError, match="Name its encoding with --encoding"):
        load(tmp_path, b"date,x\n" + b"2020-01-01,1\n" * 100_000 + b"2020-01-01,\xff\n")


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_compressed_tables_are_unpacked(tmp_path, ending, pack):
    assert cells(load(tmp_path, pack(PLAIN.encode()), f"a.csv{ending}"))["x"] == ["1", "2"]


def test_a_compressed_table_cut_short_is_refused(tmp_path):
    with pytest.raises(DataError, match="whole compressed file"):
        load(tmp_path, gzip.compress(PLAIN.encode())[:-4], "a.csv.gz")


def test_rows_are_named_by_their_lines(tmp_path):
    plain = load(tmp_path, PLAIN)
    blank = load(tmp_path, "date,x\n\n2020-01-01,1\n\n2020-01-02,2\n", "blank.csv")
    several = load(tmp_path, '"da\nte",x\n"2020\n-01-01",1\n2020-01-02,2\n', "several.csv")
    unfilled = load(tmp_path, "date,x\n2020-01-01,1\n,\n2020-01-02,2\n", "unfilled.csv")

    assert [plain.line(0), plain.line(1), plain.place(1)] == [2, 3, "line 3"]
    assert [blank.line(0), blank.line(1)] == [3, 5]
    assert [several.line(0), several.line(1)] == [3, 5]
    assert [unfilled.line(0), unfilled.line(1)] == [2, 4]
    assert unfilled.told == ["Rows with no cell filled, which are left out: 1."]


def test_columns_without_a_name_are_called_by_number(tmp_path):
    table = load(tmp_path, ",x,\n2020-01-01,1,\n")

    assert table.names == ("1", "x")
    assert table.told == ["Column 1 has no name and is called by its number."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must begin with a line of columns' names, got an empty file"),
        ("date,x\n", "must have rows below the names of its columns, got none"),
        ("date,x\n2020-01-01,1,2\n", r"rows must have 2 cells, as the first line has, got 3 in a\.csv, line 2\. Give every column a name"),
        ("date,x\n2020-01-01,1\n\n2020-01-02\n", r"rows must have 2 cells, as the first line has, got 1 in a\.csv, line 4\. Complete"),
        ("date,x,x\n2020-01-01,1,2\n", "names of their own, got x twice"),
        ("2020-01-01,1\n2020-01-02,2\n", "begin with its columns' names, got what seems to be a row: 2020-01-01, 1. Type --no-header"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, words):
    with pytest.raises(DataError, match=words):
        load(tmp_path, text)


def test_names_that_are_numbers_are_names_beside_others(tmp_path):
    assert load(tmp_path, "date,0,1\n2020-01-01,5,6\n").names == ("date", "0", "1")


def test_the_first_rows_are_read_alone(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("date,x\n" + "2020-01-01,1\n" * 1000)

    assert len(load_table(str(path), SeriesReadOptions(), head=True)) == 200


def test_parquet_keeps_its_types(tmp_path):
    table = pa.table({"t": pa.array([1, 2], pa.timestamp("us")), "x": [1.5, None], "c": pa.array(["a", "b"]).dictionary_encode()})
    pq.write_table(table, tmp_path / "a.parquet")

    found = load_table(str(tmp_path / "a.parquet"), SeriesReadOptions())

    assert [str(column.type) for column in found.columns.values()] == ["timestamp[us]", "double", "string"]
    assert found.place(1) == "row 2"


def test_a_damaged_parquet_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="must be a whole Parquet file"):
        load(tmp_path, b"PAR1 and nothing more", "a.parquet")


def test_parquet_columns_of_lists_structs_and_bytes_are_left_out_and_told(tmp_path):
    days = pa.array([0, 1], pa.timestamp("s"))
    nested = {"list": pa.array([[1], [2]]), "struct": pa.array([{"a": 1}, {"a": 2}]), "bytes": pa.array([b"\xff", b"a"])}
    pq.write_table(pa.table({"t": days, "v": [1.0, 2.0], **nested, "word": pa.array([b"x", b"y"])}), tmp_path / "a.parquet")
    table = load_table(str(tmp_path / "a.parquet"), SeriesReadOptions())

    assert table.names == ("t", "v", "word")
    assert table.columns["word"].to_pylist() == ["x", "y"]
    assert table.told == ["Columns left out, whose cells are no single words or numbers: list, struct, bytes."]
    with pytest.raises(DataError, match=r"features must name columns of a\.parquet, got list; it has t, v, word"):
        table.check_columns(("list",), "features")


@pytest.mark.parametrize(("name", "value"), [("encoding", "nope"), ("encoding", "base64"), ("delimiter", ";;"), ("delimiter", "")])
def test_no_encoding_or_delimiter_is_refused_before_reading(name, value):
    with pytest.raises(ArgumentError, match=f"{name} must be .*got "):
        SeriesReadOptions(**{name: value})
