"""SYNOP reports: stations that go on from file to file, what is missing, text left out, and each way to break a line."""

import gzip

import numpy as np
import pytest

from toolkit.errors import ArgumentError, DataError
from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources import synop
from toolkit.series.sources.synop import is_synop, read_synop

HEAD = "numer_sta;date;pmer;t;sw;rr1;\n"


def read(folder, files, **options):
    for name, text in files.items():
        (folder / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    source = read_synop(str(folder), list(files), SeriesReadOptions(**options))
    return source, list(source.series)


def hours(series):
    return [str(stamp) for stamp in series.time.view("M8[ns]").astype("M8[h]")]


def test_a_station_is_a_series(tmp_path):
    lines = "07005;20250101000000;102190;281.15;2;-0.1;\n61998;20250101000000;mq;mq;mq;mq;\n07005;20250101030000;102200;mq;2;0;\n"
    source, (first, second) = read(tmp_path, {"synop.csv": HEAD + lines})
    assert (source.features, source.zone, source.step, source.file) == (("pmer", "t", "sw", "rr1"), "UTC", "", "synop.csv")
    assert (first.name, first.file, first.first_row, first.label, first.part) == ("07005", "synop.csv", 2, None, "")
    assert hours(first) == ["2025-01-01T00", "2025-01-01T03"]
    np.testing.assert_array_equal(first.values, [[102190.0, 281.15, 2.0, -0.1], [102200.0, np.nan, 2.0, 0.0]])
    assert (second.name, second.first_row) == ("61998", 3)
    assert np.isnan(second.values).all()
    assert source.note == "As they stand there, in kelvin: t; in pascal: pmer."


def test_a_station_goes_on_over_files_in_order_of_time(tmp_path):
    files = {
        "synop.202502.csv": HEAD + "07005;20250201000000;3;280;0;0;\n",
        "synop.202501.csv.gz": HEAD + "07005;20250101000000;1;280;0;0;\n07015;20250101000000;9;280;0;0;\n07005;20250101030000;2;280;0;0;\n",
    }
    source, (first, second) = read(tmp_path, files)
    assert first.values[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert hours(first) == ["2025-01-01T00", "2025-01-01T03", "2025-02-01T00"]
    assert (first.file, second.file, source.file) == ("", "synop.202501.csv.gz", "")


def test_blocks_do_not_show(tmp_path, monkeypatch):
    lines = [f"0700{i % 2};202501{1 + i // 2:02}000000;{i};280;0;0;\n" for i in range(20)]
    whole = read(tmp_path, {"a.csv": HEAD + "".join(lines)})[1]
    monkeypatch.setattr(synop, "_BLOCK", 3)
    pieces = read(tmp_path, {"a.csv": HEAD + "".join(lines)})[1]
    assert [one.values[:, 0].tolist() for one in pieces] == [list(range(0, 20, 2)), list(range(1, 20, 2))]
    assert [one.time.tolist() for one in pieces] == [one.time.tolist() for one in whole]


def test_rows_stay_as_they_stand(tmp_path):
    lines = "07005;20250101030000;2;280;0;0;\n07005;20250101000000;1;280;0;0;\n07005;20250101000000;1;280;0;0;\n"
    _, (series,) = read(tmp_path, {"a.csv": HEAD + lines})
    assert series.values[:, 0].tolist() == [2.0, 1.0, 1.0]


def test_columns_of_text_are_left_out_and_told(tmp_path):
    lines = "07005;20250101000000;1;280;0;0;\n07005;20250101030000;2;;fog;0;\n"
    source, (series,) = read(tmp_path, {"a.csv": HEAD + lines})
    assert source.features == ("pmer", "t", "rr1")
    np.testing.assert_array_equal(series.values, [[1.0, 280.0, 0.0], [2.0, np.nan, 0.0]])
    (told,) = source.understood.passed_over
    assert (told.path, told.reason) == ("the column sw", "holds text, first fog in a.csv line 3")


def test_variables_can_be_chosen(tmp_path):
    source, (series,) = read(tmp_path, {"a.csv": HEAD + "07005;20250101000000;1;280;x;0.5;\n"}, features=("rr1", "t"))
    assert (source.features, series.values.tolist()) == (("rr1", "t"), [[0.5, 280.0]])
    for name in ("date", "sw", "wind"):
        with pytest.raises(ArgumentError, match=rf"features must be columns of numbers, got {name} in a.csv"):
            read(tmp_path, {"a.csv": HEAD + "07005;20250101000000;1;280;x;0.5;\n"}, features=(name,))


def test_the_last_separator_may_be_left_out(tmp_path):
    _, (series,) = read(
        tmp_path, {"a.csv": HEAD.replace("rr1;", "rr1") + "07005;20250101000000;1;280;0;0.5\n07005;20250101030000;1;280;0;mq;\n"}
    )
    np.testing.assert_array_equal(series.values[:, 3], [0.5, np.nan])


def test_a_users_word_is_missing_too(tmp_path):
    _, (series,) = read(tmp_path, {"a.csv": HEAD + "07005;20250101000000;/;280;0;0;\n"}, missing=("/",))
    np.testing.assert_array_equal(series.values, [[np.nan, 280.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date;t\n", "header must be numer_sta;date;… with variables behind, got date;t in a.csv"),
        ("", "header must be numer_sta;date;… with variables behind, got"),
        (HEAD + "07005;20250101000000;1;280;0;\n", "line must be of 6 cells, each with ; behind it, got 5 in a.csv line 2"),
        (HEAD + "07005;20250101000000;1;280;0;0\n", "line must be of 6 cells, each with ; behind it, got 5 in a.csv line 2"),
        (HEAD + "07005;20250101000000;1;280;0;0;0;0;\n", "line must be of 6 cells, each with ; behind it, got 8 in a.csv line 2"),
        (HEAD.replace("rr1;", "rr1") + "07005;20250101000000;1;280;0\n", "must be of 6 cells with ; between them, got 5 in a.csv"),
        (HEAD + "07005;20251301000000;1;280;0;0;\n", "date must be YYYYMMDDHHMMSS, got 20251301000000 in a.csv line 2"),
        (HEAD + "07005;20250101000000;1;2;0;0;\n07005;20250229000000;1;2;0;0;\n", "got 20250229000000 in a.csv line 3"),
        (HEAD + "07005;20250101240000;1;280;0;0;\n", "date must be YYYYMMDDHHMMSS, got 20250101240000 in a.csv line 2"),
        (HEAD + "07005;mq;1;280;0;0;\n", "date must be YYYYMMDDHHMMSS, got mq in a.csv line 2"),
        (HEAD + "07005;2025-01-01;1;280;0;0;\n", "date must be YYYYMMDDHHMMSS, got 2025-01-01 in a.csv line 2"),
        (HEAD + "07005;20250101;1;280;0;0;\n", "date must be YYYYMMDDHHMMSS, got 20250101 in a.csv line 2"),
    ],
)  # fmt: skip
def test_what_breaks_the_format_is_refused_by_its_line(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(tmp_path, {"a.csv": text})
    assert message in str(error.value)


def test_files_of_different_columns_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"columns must be those of a.csv, got others in b.csv. Read them one by one"):
        read(tmp_path, {"a.csv": HEAD + "07005;20250101000000;1;280;0;0;\n", "b.csv": HEAD.replace("sw", "u")})


def test_another_time_zone_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"timezone must be empty or UTC for SYNOP, got Europe/Paris"):
        read(tmp_path, {"a.csv": HEAD}, timezone="Europe/Paris")


def test_the_format_is_recognised_by_its_header():
    assert is_synop(HEAD.encode(), "synop.202501.csv.gz")
    assert not is_synop(b"numer_sta,date,t\n", "a.csv")
    assert not is_synop(b"date;numer_sta;t\n", "a.csv")
