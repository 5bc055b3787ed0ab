"""A bad file among good ones is skipped and listed, or fails all if that is asked for; alone, or among bad ones, it is an error."""

import gzip

import pytest

from toolkit import preprocess_series
from toolkit.errors import DataError, FoudreError
from toolkit.export import ExportOptions
from toolkit.series import SeriesReadOptions, read
from toolkit.series.spool import open_steps

TABLE = "date,x\n" + "".join(f"2020-01-{day:02},{day}\n" for day in range(1, 31))
LONG = "id,variable,date,value\n" + "".join(f"{name},x,2020-01-{day:02},{day}\n" for day in range(1, 31) for name in "uv")
TSF = "@attribute series_name string\n@attribute start_timestamp date\n@frequency daily\n@data\nT1:2020-01-01 00-00-00:1,2,3\n"
TS = "@problemName W\n@timeStamps false\n@univariate true\n@classLabel true up down\n@data\n1,2,3:up\n4,5,6:down\n"


def put(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def bad_ones():
    return {"z_csv": "", "y_csv_gz": gzip.compress(TABLE.encode() * 50)[:60], "x_csv": "some words\nand more of them\n"}


def run(source, path, on_error="skip"):
    return preprocess_series(source, path, write=ExportOptions(workers=0, on_error=on_error))


def test_bad_files_are_skipped_and_listed(tmp_path):
    put(tmp_path, a_csv=TABLE, b_csv=TABLE, c_csv=TABLE, **bad_ones())
    summary = run(tmp_path, tmp_path / "s.h5")
    assert [skip.path for skip in summary.skipped] == ["x.csv", "y.csv.gz", "z.csv"]
    assert summary.splits["train"]["samples"] == 3


def test_bad_files_fail_all_where_that_is_asked_for(tmp_path):
    put(tmp_path, a_csv=TABLE, b_csv=TABLE, c_csv=TABLE, **bad_ones())
    with pytest.raises(FoudreError) as error:
        run(tmp_path, tmp_path / "s.h5", "fail")
    assert all(name in str(error.value) for name in ("x.csv", "y.csv.gz", "z.csv"))
    assert not (tmp_path / "s.h5").exists()


def test_the_first_file_may_be_bad(tmp_path):
    manifest = read(put(tmp_path, a_csv="", b_csv=TABLE, c_csv=TABLE))
    assert (list(manifest.origin), [skip.path for skip in manifest.skipped]) == (["b.csv", "c.csv"], ["a.csv"])


def test_a_file_alone_is_an_error_and_so_are_bad_ones_alone(tmp_path):
    put(tmp_path, a_csv="", b_csv="")
    with pytest.raises(DataError, match=r"got an empty one in a\.csv\.$"):
        read(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"in a\.csv\. None of 2 files can be read; this is the first, a\.csv\.$"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("ending", "good", "bad", "series"),
    [
        ("tsf", TSF, TSF + "T2:2020-01-01 00-00-00:1,up\n", ["a.tsf#T1", "c.tsf#T1"]),
        ("tsf", TSF, TSF.replace("@data", "@dat"), ["a.tsf#T1", "c.tsf#T1"]),
        ("ts", TS, TS + "7,up,8:up\n", ["a.ts#1", "a.ts#2", "c.ts#1", "c.ts#2"]),
        ("ts", TS, "", ["a.ts#1", "a.ts#2", "c.ts#1", "c.ts#2"]),
    ],
)
def test_of_a_bad_file_nothing_is_kept_whatever_the_layout(tmp_path, ending, good, bad, series):
    later = good.replace("2020-01", "2020-03")
    manifest = read(put(tmp_path, **{f"a_{ending}": good, f"b_{ending}": bad, f"c_{ending}": later}), SeriesReadOptions(gaps="mask"))
    assert list(manifest.origin) == series
    assert [skip.path for skip in manifest.skipped] == [f"b.{ending}"]


def test_of_a_bad_long_table_nothing_is_kept(tmp_path):
    bad = LONG.replace("2020-01-03", "2020-13-03")
    manifest = read(put(tmp_path, a_csv=LONG, b_csv=bad, c_csv=LONG.replace("u,", "s,").replace("v,", "t,")))
    assert list(manifest.origin) == ["a.csv#u", "a.csv#v", "c.csv#s", "c.csv#t"]
    assert [skip.path for skip in manifest.skipped] == ["b.csv"]


def test_of_a_bad_file_no_station_has_anything(tmp_path):
    rows = [f"07005;202501010{hour}0000;{280 + hour}\n" for hour in (0, 3, 6, 9)]
    head = "numer_sta;date;t\n"
    bad = head + "07005;20250105000000;299\n07005;20251301000000;299\n"
    manifest = read(put(tmp_path, a_csv=head + rows[0] + rows[1], b_csv=bad, c_csv=head + rows[2] + rows[3], d_csv=""))
    assert (list(manifest.origin), [skip.path for skip in manifest.skipped]) == (["07005"], ["d.csv", "b.csv"])
    assert open_steps(manifest)["x"][:, 0].tolist() == [280, 283, 286, 289]


def test_a_part_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"test\.csv must have rows below"):
        read(put(tmp_path, train_csv=TABLE, test_csv="date,x\n"))
