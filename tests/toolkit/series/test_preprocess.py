"""From raw files to a dataset file of series, and what is refused on the way: by the same function that the command calls."""

import numpy as np
import pandas as pd
import pytest

from toolkit import preprocess_series
from toolkit.dataset_file import open_dataset
from toolkit.errors import DataError, ExportError, FoudreError, SplitError
from toolkit.export import ExportOptions
from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions


def write(folder, *lines, name="a.csv"):
    """Write a table and return its path."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def hourly(folder, count=40, skip=(), name="a.csv"):
    """Write a table of an hour a row, of two variables."""
    stamps = pd.date_range("2020-01-01", periods=count, freq="h")
    rows = [f"{stamp},{count - i},{i * 0.5}" for i, stamp in enumerate(stamps) if i not in skip]
    return write(folder, "time,a,b", *rows, name=name)


def run(source, path, *, cut="rows:20,10,10", calendar=(), workers=None, **read):
    split, write = SeriesSplitOptions(cut), ExportOptions(workers=workers)
    return preprocess_series(source, path, read=SeriesReadOptions(**read), series=SeriesOptions(calendar), split=split, write=write)


def test_a_dataset_file_holds_what_each_series_has_in_each_split(tmp_path):
    summary = run(hourly(tmp_path), tmp_path / "e.h5", target=("b",))
    file = open_dataset(tmp_path / "e.h5")
    assert summary.splits["test"] == {
        "samples": 1, "groups": 0, "classes": 0, "steps": 10, "from": "2020-01-02T06:00:00", "to": "2020-01-02T15:00:00",
    }  # fmt: skip
    assert "Steps in order of time: train 20, val 10, test 10." in summary.note
    assert file.read("train/x")[:, 1].tolist() == [i * 0.5 for i in range(20)]
    assert file.read("val/offsets").tolist() == [0, 10]
    assert file.read("test/time")[0] == np.datetime64("2020-01-02T06", "ns").astype(np.int64)
    assert file.read("meta/mean").tolist() == [30.5, 4.75]
    assert file.read("meta/target").tolist() == [0, 1]
    assert file.pipeline["step"] == "1h"


def test_the_same_command_again_does_nothing_and_another_is_refused(tmp_path):
    source, path = hourly(tmp_path), tmp_path / "e.h5"
    run(source, path)
    before = path.stat().st_mtime_ns
    assert run(source, path).up_to_date
    assert path.stat().st_mtime_ns == before
    with pytest.raises(ExportError):
        run(source, path, cut="rows:10,10,10")
    hourly(tmp_path, count=41)
    with pytest.raises(ExportError):
        run(source, path)


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    source = hourly(tmp_path, skip=(3, 4, 25))
    for workers in (0, 1, 2):
        run(source, tmp_path / f"{workers}.h5", workers=workers, gaps="interpolate:1", calendar=("hour", "yearday"))
    written = {(tmp_path / f"{workers}.h5").read_bytes() for workers in (0, 1, 2)}
    assert len(written) == 1


def test_an_export_that_was_interrupted_goes_on_and_writes_the_same_bytes(tmp_path):
    source, seen = hourly(tmp_path), []

    def interrupt(stage, done, total):
        seen.append((stage, done, total))
        if stage == "encoding" and done == 1:
            raise KeyboardInterrupt

    options = {"split": SeriesSplitOptions("rows:20,10,10"), "write": ExportOptions(workers=0)}
    preprocess_series(source, tmp_path / "whole.h5", **options)
    with pytest.raises(KeyboardInterrupt):
        preprocess_series(source, tmp_path / "e.h5", progress=interrupt, **options)
    assert not (tmp_path / "e.h5").exists()
    seen.clear()
    preprocess_series(source, tmp_path / "e.h5", progress=lambda *told: seen.append(told), **options)
    assert ("encoding", 1, 3) in seen
    assert ("encoding", 0, 3) not in seen  # it went on
    assert (tmp_path / "e.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_files_of_a_folder_are_series_of_their_own(tmp_path):
    folder = tmp_path / "stations"
    folder.mkdir()
    for number in (10, 2, 1):
        hourly(folder, name=f"s{number}.csv")
    run(folder, tmp_path / "e.h5")
    assert open_dataset(tmp_path / "e.h5")["train"].source == ["s1.csv", "s2.csv", "s10.csv"]


def test_a_row_that_fails_the_reader_is_one_line(tmp_path):
    bad = {
        "no time column": (["a,b", "1,2", "3,4"], {"time": "when"}),
        "text among numbers": (["time,a", "2020-01-01,1", "2020-01-02,two", "2020-01-03,3"], {}),
        "two time zones": (["time,a", "2020-01-01T00:00+01:00,1", "2020-01-01T01:00+02:00,2", "2020-01-01T02:00,3"], {}),
        "summer time": (["time,a", "2024-10-27 01:00,1", "2024-10-27 02:00,2", "2024-10-27 02:00,3"], {"timezone": "Europe/Paris"}),
        "a skipped hour": (["time,a", "2024-03-31 01:00,1", "2024-03-31 02:00,2", "2024-03-31 03:00,3"], {"timezone": "Europe/Paris"}),
        "duplicates": (["time,a", "2020-01-01,1", "2020-01-01,2", "2020-01-02,3"], {}),
        "a gap": (["time,a", *(f"2020-01-{day:02},{day}" for day in (1, 2, 3, 5, 6, 7))], {}),
        "nothing but names": (["time,a"], {}),
        "all missing": (["time,a", "2020-01-01,", "2020-01-02,", "2020-01-03,"], {}),
    }
    for name, (lines, options) in bad.items():
        with pytest.raises(FoudreError) as caught:
            run(write(tmp_path, *lines), tmp_path / "e.h5", **options)
        assert "\n" not in str(caught.value), name
        assert not (tmp_path / "e.h5").exists(), name


def test_one_row_cannot_be_cut(tmp_path):
    with pytest.raises(SplitError, match="val must be of at least 1 step, got none: the longest series has 1 step "):
        run(write(tmp_path, "time,a", "2020-01-01,1"), tmp_path / "e.h5", cut="0.7,0.15,0.15")


def test_a_series_without_any_value_is_stored_and_told(tmp_path):
    source = write(tmp_path, "time,a,b", *(f"2020-01-{day:02},{day}," for day in range(1, 31)))
    summary = run(source, tmp_path / "e.h5", gaps="mask", features=("a", "b"), cut="rows:10,10,10")
    assert "missing values" in summary.note.lower()
    assert "Variables without any value in train: b." in summary.note


def test_a_variable_that_val_lacks_is_told(tmp_path):
    rows = [f"2020-01-{day:02},{day},{'' if 11 <= day <= 20 else day}" for day in range(1, 31)]
    summary = run(write(tmp_path, "time,a,b", *rows), tmp_path / "e.h5", gaps="mask", cut="rows:10,10,10")
    assert "Variables without any value in val: b." in summary.note


def test_an_hour_that_summer_time_repeats_is_told_apart_by_order(tmp_path):
    stamps = pd.date_range("2024-10-27", periods=30, freq="h", tz="Europe/Paris")
    rows = [f"{stamp.tz_localize(None)},{-i}" for i, stamp in enumerate(stamps)]
    read = {"timezone": "Europe/Paris", "repeated_hour": "order"}
    run(write(tmp_path, "time,a", *rows), tmp_path / "e.h5", cut="rows:10,10,10", **read)
    expected = stamps.tz_convert("UTC").tz_localize(None).astype("datetime64[ns]").astype(np.int64)[:10]
    assert open_dataset(tmp_path / "e.h5").read("train/time").tolist() == expected.tolist()


def test_labelled_series_are_dealt_out_whole(tmp_path):
    lines = [f"{i},{i + 1},{i + 2}:{'up' if i % 2 else 'down'}" for i in range(40)]
    head = ["@problemName P", "@timeStamps false", "@univariate true", "@classLabel true up down", "@data"]
    run(write(tmp_path, *head, *lines, name="p.ts"), tmp_path / "e.h5", cut="0.5,0.25,0.25")
    file = open_dataset(tmp_path / "e.h5")
    counts = {name: len(file.read(f"{name}/y")) for name in ("train", "val", "test")}
    assert counts == {"train": 20, "val": 10, "test": 10}
    assert file.classes == ("down", "up")


def test_different_layouts_in_a_folder_are_refused_with_what_to_type(tmp_path):
    hourly(tmp_path)
    write(tmp_path, "@relation x", "@attribute series_name string", "@data", "T1:1,2,3", name="b.tsf")
    with pytest.raises(DataError, match=r"all of one layout, got table \(a\.csv\) and tsf \(b\.tsf\) in .*Give one of the files"):
        run(tmp_path, tmp_path / "e.h5")


@pytest.mark.real
def test_etth1_has_the_rows_and_the_scaler_of_the_published_protocol(real_series, tmp_path):
    summary = run(real_series / "ETTh1.csv", tmp_path / "e.h5", time="date", cut="rows:8640,2880,2880")
    assert "train 8,640, val 2,880, test 2,880, 3,020 behind them stay unused." in summary.note
    table = pd.read_csv(real_series / "ETTh1.csv")
    train = table.drop(columns="date").to_numpy()[:8640].astype(np.float32).astype(np.float64)
    file = open_dataset(tmp_path / "e.h5")
    np.testing.assert_allclose(file.read("meta/mean"), train.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(file.read("meta/std"), train.std(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(file.read("test/x"), table.iloc[11520:14400, 1:].to_numpy().astype(np.float32))


@pytest.mark.real
def test_beijing_has_its_stamps_in_four_columns_and_its_missing_values_masked(real_series, tmp_path):
    read = {"time": "year,month,day,hour", "gaps": "mask", "timezone": "Asia/Shanghai", "features": ("pm2.5", "TEMP")}
    run(real_series / "beijing_pm25.csv", tmp_path / "b.h5", cut="dates:2013-01-01,2014-01-01", calendar=("hour",), **read)
    file, table = open_dataset(tmp_path / "b.h5"), pd.read_csv(real_series / "beijing_pm25.csv")
    assert sum(int(file.read(f"{part}/mask").sum()) for part in ("train", "val", "test")) == int(table["pm2.5"].isna().sum())
    assert len(file.read("test/x")) == (table["year"] == 2014).sum()
    noon = table.query("year == 2014 and hour == 12").index[0] - (table["year"] < 2014).sum()
    np.testing.assert_allclose(file.read("test/x")[noon, 2:], [0, -1], atol=1e-6)


def test_parts_of_the_source_that_are_not_in_order_of_time_are_told(tmp_path):
    hours = [f"2020-01-01T{hour:02}:00" for hour in range(24)]
    for name, first in (("train", 0), ("val", 8), ("test", 4)):
        rows = "".join(f"{hour},{(7 * i) % 11}\n" for i, hour in enumerate(hours[first : first + 8]))
        (tmp_path / f"{name}.csv").write_text(f"t,x\n{rows}")
    note = preprocess_series(tmp_path, tmp_path / "s.h5", write=ExportOptions(dry_run=True)).note
    assert "not in order of time: test begins at 2020-01-01T04:00:00, and val ends at 2020-01-01T15:00:00." in note
    assert "Steps in order of time" not in note


def test_rows_without_stamps_are_told_as_counted(tmp_path):
    (tmp_path / "a.csv").write_text("x\n" + "".join(f"{i * i % 7}.5\n" for i in range(20)))
    told = preprocess_series(tmp_path / "a.csv", tmp_path / "s.h5", read=SeriesReadOptions(time="none")).understood
    assert told.facts["time"] == "none: steps are counted"
