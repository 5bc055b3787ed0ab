"""Tables as people have them: dialects, encodings, columns and bad rows; the same for every kind of data."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from toolkit.errors import ArgumentError, DataError
from toolkit.sources import Wanted, open_table, read_cells
from toolkit.text import TextReadOptions

WANTED = Wanted("text", kept=("text", "label"), places=True)
LISTED = Wanted("text", kept=("text", "label"))


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, *, wanted: Wanted = LISTED, **options):
    layout = "jsonl" if "json" in path.suffix else "csv"
    return list(open_table(path, layout, TextReadOptions(**options), wanted))


def texts(path: Path, **options) -> list[str]:
    return [row.cells["text"] for row in rows(path, **options) if not row.reason]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("wanted", [WANTED, LISTED])
def test_delimiters_are_found(tmp_path: Path, delimiter: str, wanted: Wanted) -> None:
    path = write(tmp_path, f"text{delimiter}label\r\na b{delimiter}x\r\n\r\nc{delimiter}y\r\n")
    found = rows(path, wanted=wanted)
    assert [(row.cells["text"], row.label) for row in found] == [("a b", "x"), ("c", "y")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('text;label\n"a, b; c";x\n"d, e; f";y\n', ["a, b; c", "d, e; f"]),
        ("text\nhello, world\nbetter; so\n", ["hello, world", "better; so"]),
        ("sep=;\ntext;label\na,b;x\n", ["a,b"]),
        ("label;x;text\na;1,5;p\nb;2,5;q\n", ["p", "q"]),
        ("text,label\n\n   \na,x\n", ["a"]),
    ],
)
def test_a_delimiter_is_what_cuts_the_header_as_the_rows(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert texts(write(tmp_path, content)) == expected


def test_asked_delimiter_and_quoting_are_obeyed(tmp_path: Path) -> None:
    path = write(tmp_path, 'text~label,x\n"a"~b,c\n')
    assert [row.cells["text"] for row in rows(path, delimiter="~", quoting="none")] == ['"a"']


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("wanted", [WANTED, LISTED])
def test_byte_order_marks_tell_the_encoding(tmp_path: Path, encoding: str, wanted: Wanted) -> None:
    path = write(tmp_path, "text,label\nnaïve,é\n".encode(encoding))
    assert [(row.cells["text"], row.label) for row in rows(path, wanted=wanted)] == [("naïve", "é")]


def test_places_are_those_of_the_rows(tmp_path: Path) -> None:
    path = write(tmp_path, 'sep=,\ntext,label\n"a\nb",x\n"stray,y\nc,"z\n"é, d",v\n')
    found = rows(path, wanted=WANTED)
    cut = [path.read_bytes()[slice(*row.place)] for row in found]
    assert cut == [b'"a\nb",x\n', b'"stray,y\n', b'c,"z\n', '"é, d",v\n'.encode()]
    assert [row.reason != "" for row in found] == [False, True, True, False]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_quote_in_an_unquoted_table_merges_no_rows(tmp_path: Path, delimiter: str) -> None:
    lines = ["text_label", "one_a", '"two starts with a quote_b', 'three ends so"_a', "four_b", "five_a"]
    table = open_table(write(tmp_path, "\n".join(lines).replace("_", delimiter)), "csv", TextReadOptions(), LISTED)
    assert [row.cells["text"] for row in table] == ["one", '"two starts with a quote', 'three ends so"', "four", "five"]
    assert table.opened.told[0].startswith("Quotes are text here: read so, 0 rows are bad, by doubled quotes 1")


def test_a_quoted_cell_of_several_lines_is_one_and_told_where_it_may_be_rows(tmp_path: Path) -> None:
    table = open_table(
        write(tmp_path, 'text,label\n"First, with comma\nsecond",pos\nplain,neg\n"a ""b""",pos\n'), "csv", TextReadOptions(), LISTED
    )
    assert [row.cells["text"] for row in table] == ["First, with comma\nsecond", "plain", 'a "b"']
    assert table.opened.told == ["Rows of several lines, in quotes: 1; --quoting none takes each line for a row."]


def test_backslashes_before_quotes_are_found(tmp_path: Path) -> None:
    assert texts(write(tmp_path, 'text,label\n"He said \\"no\\", then",x\n"a, b",y\n')) == ['He said "no", then', "a, b"]


@pytest.mark.parametrize("wanted", [WANTED, LISTED])
def test_spaces_before_quotes_are_found_and_told(tmp_path: Path, wanted: Wanted) -> None:
    path = write(tmp_path, 'n, text, label\n1, "a, b", "p"\n2, "c", q\n')
    table = open_table(path, "csv", TextReadOptions(), wanted)
    assert [(row.cells["text"], row.label) for row in table] == [("a, b", "p"), ("c", "q")]
    assert table.opened.reading["quoting"] == "spaced"
    assert table.opened.told[0].startswith("Spaces before cells, and so before their quotes, are left out: read so, 0 rows are bad")


@pytest.mark.parametrize("wanted", [WANTED, LISTED])
def test_blank_lines_are_counted_but_no_rows(tmp_path: Path, wanted: Wanted) -> None:
    assert [row.number for row in rows(write(tmp_path, "\ntext,label\na,x\n\n\nb,y\n  \nc,x\n"), wanted=wanted)] == [1, 4, 6]
    lines = '{"text": "a"}\n\n{"text": "b"}\n'
    assert [row.number for row in rows(write(tmp_path, lines, "t.jsonl"), wanted=wanted)] == [1, 3]


def test_a_stray_quote_costs_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, 'text,label\n"a, b",x\n"c, d",y\n"stray,z\ne,x\n"f, g",y\n"end')
    found = rows(path)
    assert [row.number for row in found if row.reason] == [3, 6]
    assert [row.cells["text"] for row in found if not row.reason] == ["a, b", "c, d", "e", "f, g"]


def test_null_bytes_and_fields_that_are_missing_cost_one_row_at_most(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "text,label\na\0b,x\nc\nd,y,z\ne,v\n"))
    assert [row.reason for row in found] == ["", *(f"must have 2 fields as the header has, got {i}" for i in (1, 3)), ""]
    assert found[0].cells["text"] == "a\0b"


@pytest.mark.parametrize(
    ("content", "typed"),
    [
        ('"1","title; 1","words of 1, and more"\n"2","title; 2","words of 2"\n"1","title; 3","w"\n', "text=3,label=1"),
        ("a first film\t0\nanother film\t1\nthe third\t0\n", "text=1,label=2"),
        ("a first film\tn01\t0\t7\nanother film\tn02\t0\t7\nthe third\tn01\t0\t7\n", "text=1,label=2"),
    ],
)
def test_a_table_without_header_is_refused_with_what_works(tmp_path: Path, content: str, typed: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError, match=rf"got what seems to be a row: .*\. Type --no-header --columns {typed}\."):
        rows(path)
    with pytest.raises(DataError, match=rf"must have a column for text, got none asked for\. Type --no-header --columns {typed}\."):
        rows(path, header=False)
    found = rows(path, header=False, columns=typed)
    assert len(found) == 3
    assert not any(row.reason for row in found)


@pytest.mark.parametrize(
    ("content", "options", "typed"),
    [
        ("1,a first film\n0,another film\n1,the third one\n", {"label": "1"}, r"text=2,label=1\."),
        ("7,a first film,train,1\n7,another film,test,0\n7,the third one,test,1\n", {}, r"text=2,label=4\."),
        ("7,a first film\n7,another film\n", {}, r"text=2,label=N, where N is the column of the labels\."),
    ],
)
def test_columns_to_name_hold_labels_and_what_was_asked_for(tmp_path: Path, content: str, options: dict[str, str], typed: str) -> None:
    with pytest.raises(DataError, match=rf"Type --no-header --columns {typed}"):
        rows(write(tmp_path, content), header=False, **options)


def test_spaces_between_cells_are_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "text label\na x\n")
    with pytest.raises(DataError, match=r"got text label\..* Where spaces separate cells, type --delimiter ' '\."):
        rows(path)
    assert texts(path, delimiter=" ") == ["a"]


def test_columns_go_by_number_beside_a_header_too(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "name,kind\na,x\n"), columns="text=1,label=2") == ["a"]


def test_rows_without_a_group_are_groups_of_their_own(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "text,group,split\na,g,test\nb,,test\nc, ,\n"), "csv", TextReadOptions(), LISTED)
    assert [(row.group, row.split) for row in table] == [("g", 2), ("t.csv row 2", 2), ("t.csv row 3", -1)]
    assert table.opened.told == ["Rows without a group, each a group of its own: 2."]


LATE = [
    {"text": "a good film", "label": 1},
    *({"text": f"film {i}", "label": i % 2, "split": "test" if i % 2 else "train"} for i in range(6)),
]


@pytest.mark.parametrize("form", ["lines", "array", "indented", "under a name"])
def test_columns_are_those_of_all_objects(tmp_path: Path, form: str) -> None:
    content = {
        "lines": "".join(json.dumps(row) + "\n" for row in LATE),
        "array": json.dumps(LATE),
        "indented": json.dumps(LATE, indent=2),
        "under a name": json.dumps({"version": 1, "data": LATE}),
    }[form]
    path = write(tmp_path, content, "t.json")
    found = rows(path, wanted=WANTED)
    assert [row.reason for row in found] == ["is without a split, which other rows have", *[""] * 6]
    assert [row.split for row in found[1:]] == [0, 2, 0, 2, 0, 2]
    assert [json.loads(path.read_bytes()[slice(*row.place)]) for row in found] == LATE


def test_objects_without_a_split_are_free_where_no_other_is_for_training(tmp_path: Path) -> None:
    content = '{"text": "a"}\n{"text": "b", "split": "test"}\n{"text": "c", "split": null}\n'
    assert [(row.split, row.reason) for row in rows(write(tmp_path, content, "t.jsonl"))] == [(-1, ""), (2, ""), (-1, "")]


def test_lists_named_for_splits_are_parts(tmp_path: Path) -> None:
    path = write(tmp_path, '{"train": [{"text": "a"}], "dev": [{"text": "b"}, 7]}', "t.json")
    assert [(row.split, row.reason) for row in rows(path)] == [(0, ""), (1, ""), (-1, "must be a JSON object, got a int")]


def test_values_of_objects_are_labels_as_people_write_them(tmp_path: Path) -> None:
    values = ["true", "1.0", "2", '"x"', '["a", "b"]', "null", "NaN", "{}"]
    content = "".join(f'{{"text": "t", "label": {value}}}\n' for value in values)
    found = rows(write(tmp_path, content, "t.jsonl"))
    assert [row.label for row in found[:5]] == ["true", "1.0", "2", "x", "a\x1fb"]
    assert [row.reason for row in found[5:]] == ["label is empty", "label is empty", "label must be text, got dict"]


@pytest.mark.parametrize("content", ['[{"text": "a"}', '{"a": [{"text": "a"}], "b": [{"text": "b"}]}', '[{"text": "a"} {"text": "b"}]'])
def test_json_that_breaks_off_or_has_two_readings_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="must be JSON, a list of objects, got what is none"):
        rows(write(tmp_path, content, "t.json"))


def test_labels_must_be_numbers_where_numbers_are_asked_for(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "text;label\na;1,5\nb;high\n"), labels="number")
    assert [row.reason for row in found] == ["", "label must be a number, got high"]


def test_plain_cells_of_a_damaged_row_are_its_line(tmp_path: Path) -> None:
    assert list(read_cells(write(tmp_path, 'a,b\n"x, y",z\n"v, w",\n"bad,1\n'))) == [["a", "b"], ["x, y", "z"], ["v, w", ""], ['"bad,1']]


def test_a_column_of_numbers_among_several_is_not_suggested_as_the_label(tmp_path: Path) -> None:
    path = write(tmp_path, "a first film\t1\t10\nanother film\t1\t20\nthe third\t2\t10\n")
    with pytest.raises(DataError, match=r"Type --no-header --columns text=1,label=N, where N is the column of the labels"):
        rows(path)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("t\u00e9xt,label\na,x\n".encode("latin-1"), "t.csv", r"got this: byte 0xE9 at 1 is no UTF-8; .* such as --encoding latin-1\."),
        ("text,label\na,x\n".encode("utf-16-le"), "t.csv", r"It may be UTF-16: type --encoding utf-16-le\."),
        ("text,label\na,x\n".encode("utf-16-be"), "t.csv", r"It may be UTF-16: type --encoding utf-16-be\."),
        (gzip.compress(b"text,label\na,x\n"), "t.csv", r"must be text, got what is compressed\. Name it t\.csv\.gz\."),
        (
            b'{"text": "\xe9"}\n',
            "t.jsonl",
            r"must hold JSON objects, got none, the first row byte 0xE9 at 10 is no UTF-8; name the encoding",
        ),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_type(tmp_path: Path, content: bytes, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        rows(write(tmp_path, content, name), wanted=WANTED)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "text", "columns": "text=stars"}, "text must be that of columns, stars, got text"),
        ({"group": "author", "columns": "group=film"}, "group must be that of columns, film, got author"),
    ],
)
def test_columns_asked_for_twice_must_be_the_same(options: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        TextReadOptions(**options)
