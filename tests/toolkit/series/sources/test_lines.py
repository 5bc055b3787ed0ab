"""Lines of text files: pieces, batches and compression do not show; numbers are those of Python, and only numbers are."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import DataError
from toolkit.series.sources import lines
from toolkit.series.sources.lines import TextFile, open_texts, parse_cells, parse_lines, plain_name


def parse(*cells, missing=()):
    rows = [(number, number, line) for number, line in enumerate(cells, 1)]
    return [values.tolist() for _, values in parse_lines(rows, TextFile("a.ts", None), missing)]


def test_lines_go_over_pieces(tmp_path, monkeypatch):
    text = "\n".join(["x" * 3_000_000, "", "b", "c" * 1_048_576]).encode()
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(text + b"\n"))
    for file in open_texts(str(tmp_path), ["a.txt", "b.txt.gz"]):
        assert [(number, len(line)) for number, line in file.lines()] == [(1, 3_000_000), (2, 0), (3, 1), (4, 1_048_576)]
        assert file.head(4) == b"xxxx"


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    (tmp_path / "a.ts.gz").write_bytes(gzip.compress(np.random.default_rng(0).bytes(4000))[:-20])
    with pytest.raises(DataError, match=r"a.ts.gz must be a whole compressed file, got one that is cut short"):
        list(open_texts(str(tmp_path), ["a.ts.gz"])[0].lines())


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"a.ts must be a whole compressed file, got No such file or directory"):
        list(open_texts(str(tmp_path), ["a.ts"])[0].lines())


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.sampled_from(["{!r}", "{:.3f}", "{:e}", "{:+.17g}"]))
def test_numbers_are_those_of_python(values, form):
    cells = [form.format(value) for value in values]
    found = parse_cells(",".join(cells).encode(), b",", b"?", ())
    assert found is not None
    assert found.tolist() == [float(cell) for cell in cells]


def test_batches_do_not_show(monkeypatch):
    rows = [b"1,2,3", b"4", b"?,6"]
    whole = parse(*rows)
    monkeypatch.setattr(lines, "_BATCH", 1)
    np.testing.assert_array_equal(np.concatenate(parse(*rows)), np.concatenate(whole))
    assert whole[:2] == [[1.0, 2.0, 3.0], [4.0]]
    assert np.isnan(whole[2][0])


def test_spaces_around_numbers_are_nothing():
    assert parse(b"1, 2 ,3") == [[1.0, 2.0, 3.0]]


def test_a_users_word_is_missing_only_where_it_stands_alone():
    (values,) = parse(b"999,-999,1999,9990", missing=("999",))
    np.testing.assert_array_equal(values, [np.nan, -999.0, 1999.0, 9990.0])


@pytest.mark.parametrize("cell", [b"", b" ", b"1_000", b"0x10", b"1d", b"inf", b"-Infinity", b"1e400", b"??", b"1;2", b"\xff", b"true"])
def test_what_is_no_number_is_refused_by_its_line(cell):
    with pytest.raises(DataError, match=r"read: values must be numbers, or \? where one is missing, got .* in a.ts line 2"):
        parse(b"1,2", b"3," + cell)


def test_compression_is_no_part_of_a_name():
    assert [plain_name(name) for name in ("A.TSF", "b.ts.gz", "c.csv.ZST", "d.gz.ts")] == ["a.tsf", "b.ts", "c.csv", "d.gz.ts"]
