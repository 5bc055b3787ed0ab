"""What is told of series: steps, stamps, variables and how they were read, of sources, of splits and of dataset files."""

import json

import numpy as np

from toolkit import preprocess_series
from toolkit.dataset_file import inspect_dataset, open_dataset
from toolkit.export import ExportOptions
from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions, describe, outline_stored, read

TS = "@problemName P\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n4,5,6:b\n2,3,4:b\n"
LINES = ["time,a,b", *(f"2020-07-01 0{hour}:00,{hour * hour},{hour % 3}" for hour in range(10))]


def write(folder, *, dry_run=False, calendar=(), told=None, **options):
    (folder / "a.csv").write_text("\n".join(LINES))
    return preprocess_series(
        folder / "a.csv", folder / "a.h5", read=SeriesReadOptions(time="time", timezone="Europe/Paris", **options),
        series=SeriesOptions(calendar), split=SeriesSplitOptions("rows:6,2,2"), write=ExportOptions(workers=0, dry_run=dry_run),
        tell=(told if told is not None else []).append,
    )  # fmt: skip


def test_a_source_tells_its_variables_steps_and_zone_and_not_what_it_cannot_have(tmp_path):
    told = []
    write(tmp_path, told=told, dry_run=True, target=("b",))
    assert str(told[0]).splitlines()[1:] == [
        "  to split  1 series",
        "  variables 2: a, b",
        "  target    b",
        "  time      the column time, in Europe/Paris",
        "  steps     10 from 2020-07-01T00:00:00+02:00 to 2020-07-01T09:00:00+02:00, 1h apart",
    ]
    assert told[0].to_json()["series"] == {
        "series": 1, "variables": ["a", "b"], "target": ["b"], "steps": 10, "step": "1h", "from": "2020-07-01T00:00:00+02:00",
        "to": "2020-07-01T09:00:00+02:00", "time": "time", "zone": "Europe/Paris", "missing": {"steps": 0, "values": 0, "filled": 0},
    }  # fmt: skip


def test_what_is_missing_is_counted(tmp_path):
    (tmp_path / "a.csv").write_text("time,a\n2020-01-01,1\n2020-01-02,\n2020-01-03,3\n2020-01-05,5\n")
    figures = read(tmp_path / "a.csv", SeriesReadOptions(gaps="interpolate:1")).understood.figures
    assert figures["missing"] == {"steps": 1, "values": 1, "filled": 2}
    assert json.loads(json.dumps(figures)) == figures


def test_series_with_labels_tell_their_classes_and_no_target(tmp_path):
    (tmp_path / "a.ts").write_text(TS)
    told = []
    summary = preprocess_series(
        tmp_path / "a.ts", tmp_path / "a.h5", split=SeriesSplitOptions("0.67,0.33"), write=ExportOptions(workers=0), tell=told.append
    )
    assert [line.split()[0] for line in str(told[0]).splitlines()[1:]] == ["to", "variables", "steps", "classes"]
    assert told[0].to_json()["series"]["target"] is None
    assert summary.splits["train"] == {"samples": 2, "groups": 0, "classes": 2, "steps": 6}
    assert "  train 2 series, 2 classes, 6 steps\n" in str(summary)
    assert "target" not in inspect_dataset(tmp_path / "a.h5").facts


def test_what_would_be_written_is_told_as_what_was(tmp_path):
    known = {"steps": 2, "from": "2020-07-01T06:00:00+02:00", "to": "2020-07-01T07:00:00+02:00"}
    assert write(tmp_path, dry_run=True).splits["val"] == {"samples": 1, **known}
    summary = write(tmp_path)
    assert summary.splits["val"] == {"samples": 1, "groups": 0, "classes": 0, **known}
    assert "  val   1 series, 2 steps from 2020-07-01T06:00:00+02:00 to 2020-07-01T07:00:00+02:00\n" in str(summary)


def test_a_dataset_file_tells_the_same_in_lines(tmp_path):
    write(tmp_path, calendar=("hour",), target=("b",))
    told = inspect_dataset(tmp_path / "a.h5")
    assert told.to_json()["splits"]["test"]["to"] == "2020-07-01T09:00:00+02:00"
    assert str(told).splitlines()[0].endswith("a.h5: series, schema 2")
    assert str(told).splitlines()[4:] == [
        "  variables 2: a, b",
        "  target    b",
        "  calendar  hour, a sine and a cosine each, known ahead",
        "  step      1h",
        "  time      the column time, in Europe/Paris",
        "  read by   layout wide, time_format iso",
    ]
    assert "<th>steps</th><th>from</th><th>to</th>" in open_dataset(tmp_path / "a.h5")._repr_html_()


def test_many_variables_are_named_in_part():
    pipeline = {"features": [f"v{i}" for i in range(12)], "target": ["v1"], "zone": "", "step": "", "read": {}}
    assert describe(pipeline, labelled=False)["variables"] == "12: v0, v1, v2, v3, v4, v5, v6, v7, v8, v9 and 2 more"


def test_a_zone_that_is_not_known_here_shows_utc():
    arrays = {"x": np.zeros((2, 1), np.float32), "time": np.array([0, 3_600_000_000_000])}
    found = outline_stored(arrays, np.array([0, 2]), {"zone": "Mars/Olympus"})
    assert found == {"steps": 2, "from": "1970-01-01T00:00:00+00:00", "to": "1970-01-01T01:00:00+00:00"}


def test_rows_without_steps_have_no_stamps():
    assert outline_stored({"time": np.empty(0, np.int64)}, np.array([0, 0]), {"zone": ""}) == {"steps": 0}
