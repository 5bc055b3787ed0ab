"""Statistics go out as CSV and Parquet: a row a sample, names that run nowhere, reasons for what failed."""

import csv
import sys

import numpy as np
import pytest

from toolkit.dataset_file.layout import unescape_name
from toolkit.errors import ArgumentError
from toolkit.statistics import Statistics
from toolkit.wing import Manifest
from toolkit.write_table import table_path, write_table

ORIGIN = ["a.png", "=HYPERLINK(1).png", "-1+1.png", "50%.png", "caf\udce9.png"]
CLASSES = ("@stop", "go")


def make(**columns):
    known = {"label": np.array([0, 1, 0, 1, -1]), "group": np.array([0, 1, 2, 2, 2]), "split": np.array([0, 2, -1, 0, 0], np.int8)}
    manifest = Manifest("toys", "/toys", ORIGIN, CLASSES, group_names=("first", "+second"), **known | columns)
    figures = {"light": np.array([0.5, -1, 2, 0, 0]), "gray": np.array([True, False, True, False, True])}
    return Statistics(manifest, figures, {3: "=torn"}, np.zeros((5, 32), np.uint8))


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_csv_has_a_line_a_sample_with_names_and_figures(tmp_path):
    write_table(make(), tmp_path / "new" / "table.csv")
    head, *rows = read_csv(tmp_path / "new" / "table.csv")
    assert head == ["source", "label", "group", "split", "light", "gray", "error"]
    assert rows[0] == ["a.png", "%40stop", "first", "train", "0.5", "True", ""]
    assert rows[1] == ["%3DHYPERLINK(1).png", "go", "%2Bsecond", "test", "-1.0", "False", ""]
    assert rows[2] == ["%2D1+1.png", "%40stop", "2", "", "2.0", "True", ""]  # group 2 has no name, the third is in no split
    assert rows[3] == ["50%25.png", "go", "2", "train", "", "", "%3Dtorn"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["table.csv"]


@pytest.mark.parametrize("name", [*ORIGIN, "=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "－1"])
def test_no_name_begins_a_formula_and_every_name_comes_back(name, tmp_path):
    manifest = Manifest("toys", "/toys", [name], (name,), np.array([0]))
    write_table(Statistics(manifest, {}, {}, np.zeros((1, 32), np.uint8)), tmp_path / "table.csv")
    _, row = read_csv(tmp_path / "table.csv")
    assert row[0][0] not in "=+-@\t\r\n＝＋－＠"
    assert [unescape_name(cell) for cell in row[:2]] == [name, name]


def test_numbers_stay_numbers(tmp_path):
    targets = make(label=np.array([-0.5, 1, 2, 3, 4]), group=None)
    write_table(targets, tmp_path / "table.csv")
    assert read_csv(tmp_path / "table.csv")[1][:2] == ["a.png", "-0.5"]


def test_parquet_holds_the_same_with_types(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason='pip install "foudre[parquet]"')
    write_table(make(), tmp_path / "table.parquet")
    table = parquet.read_table(tmp_path / "table.parquet").to_pydict()
    assert list(table) == ["source", "label", "group", "split", "light", "gray", "error"]
    assert table["source"][:3] == ORIGIN[:3]
    assert [unescape_name(name) for name in table["source"]] == ORIGIN
    assert table["label"] == ["@stop", "go", "@stop", "go", ""]
    assert table["light"] == [0.5, -1.0, 2.0, None, 0.0]
    assert table["error"] == [None, None, None, "=torn", None]


def test_what_cannot_be_written_is_refused_before_there_is_work(tmp_path, monkeypatch):
    with pytest.raises(ArgumentError, match=r"table: path must be a name that ends in \.csv or \.parquet, got .*t\.xlsx"):
        table_path(tmp_path / "t.xlsx")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ArgumentError, match=r'pyarrow must be installed for \.parquet, got none\. Install it with `pip install "foudre'):
        table_path(tmp_path / "t.parquet")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_table_replaces_a_table_and_no_other_file(ending, tmp_path):
    if ending == ".parquet":
        pytest.importorskip("pyarrow", reason='pip install "foudre[parquet]"')
    path = tmp_path / f"table{ending}"
    write_table(make(), path)
    assert table_path(path) == path
    write_table(make(), path)
    path.write_text("path,label\na.png,stop\n")
    with pytest.raises(ArgumentError, match="table: path must be free, or that of an earlier answer"):
        write_table(make(), path)
    assert path.read_text() == "path,label\na.png,stop\n"
