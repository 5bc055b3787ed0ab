"""Planted faults of series are found at the right place, raw and stored; clean ones give no warning; the report tells all in JSON."""

import json

import numpy as np
import pytest

from tests.toolkit.series.series_rows import HOUR, START, one, source
from toolkit import check_source, report_source
from toolkit.check import Measured, find_all
from toolkit.dataset_file import list_samples, open_dataset
from toolkit.export import ExportOptions, export
from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions, find_lookalikes, measure, measure_stored, plan, split, tell
from toolkit.series import find_more as more
from toolkit.series.measure import COLUMNS
from toolkit.series.read import read_raw
from toolkit.series.topics.show import Show, curve_address

NAN = np.nan


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def weather(length=4000, seed=0):
    """Temperature with days and a wandering level, pressure, and a walk."""
    random, steps = np.random.default_rng(seed), np.arange(length)
    temperature = 10 + 5 * np.sin(steps * 2 * np.pi / 24) + np.convolve(random.normal(size=length + 99), np.ones(100) / 10, "valid")
    return np.column_stack([temperature, 1013 + random.normal(size=length).cumsum() / 10, random.normal(size=length).cumsum()])


def stamps(length):
    return START + np.arange(length) * HOUR


def manifest_of(values, time="hours", cut="0.7,0.15,0.15", **options):
    time = stamps(len(values)) if isinstance(time, str) else time
    read = read_raw(source(one(values, time), target=options.pop("target", ())), SeriesReadOptions(gaps="mask", **options))
    return split(read, SeriesSplitOptions(cut)) if cut else read


def found_in(manifest, file=None):
    return {finding.check: finding for finding in more(manifest, {}, np.arange(len(manifest)), file=file)}


def store(manifest, path, **options):
    export(manifest, plan(manifest, SeriesOptions(**options)), path, options=ExportOptions(workers=0))
    return open_dataset(path)


def test_figures_by_hand():
    values = [[1, 5], [1, 5], [NAN, NAN], [1, 5], [3, NAN]]
    found = measure(manifest_of(values, cut="")).arrays
    assert {name: array.dtype.name for name, array in found.items()} == COLUMNS
    row = {name: array[0].item() for name, array in found.items()}
    known = np.array([1, 1, 1, 3, 5, 5, 5])
    assert (row["steps"], row["constant"], row["stuck"], row["gap"]) == (5, 1, 2, 1)
    assert row["missing"] == pytest.approx(0.3)
    assert (row["mean"], row["deviation"]) == (pytest.approx(3), pytest.approx(known.std()))
    assert (row["lowest"], row["highest"], row["first_time"], row["last_time"]) == (1, 5, START, START + 4 * HOUR)
    assert row["values_hash"] == 0  # three different values are equal by chance


def test_gaps_are_steps_that_stamps_jump_over():
    time = np.delete(stamps(60), [20, 21, 22, 40])
    raw = measure(manifest_of(np.arange(56.0), time, cut="")).arrays
    assert raw["gap"].tolist() == [3]
    loose = measure_stored({"x": np.arange(56, dtype=np.float32)[:, None], "time": time}, np.array([56])).arrays
    assert loose["gap"].tolist() == [3]


def test_raw_and_stored_series_measure_alike(tmp_path):
    values = weather(400)
    values[5:9, 1] = NAN
    manifest = manifest_of(values)
    file = store(manifest, tmp_path / "w.h5", calendar=("hour",))
    assert file.verify() == []
    checked = check_source(tmp_path / "w.h5", workers=0).table.columns
    for name, array in measure(manifest).arrays.items():
        np.testing.assert_array_equal(checked[name], array, name)


def test_no_rows_have_no_figures():
    assert all(len(array) == 0 for array in measure_stored({"x": np.empty((0, 2), np.float32)}, np.empty(0, np.int64)).arrays.values())
    assert find_lookalikes(manifest_of(weather(50)), {}, np.arange(3)) == []


@pytest.mark.parametrize("seed", range(6))
def test_clean_series_give_no_warning(seed):
    found = found_in(manifest_of(weather(seed=seed)))
    assert [name for name, finding in found.items() if finding.severity != "info"] == []
    assert found["past_across_splits"].count == 2


PLANTED = {
    "stuck_runs": lambda x: x.__setitem__((slice(300, 360), 1), x[300, 1]),
    "spikes": lambda x: x.__setitem__((500, 0), 300),
    "far_values": lambda x: x.__setitem__(([10, 700], 2), -9999),
    "missing_values": lambda x: x.__setitem__((slice(100, 1900), 1), NAN),
    "gaps": lambda x: x.__setitem__(slice(800, 803), NAN),
    "constant_variables": lambda x: x.__setitem__((slice(None), 1), 7),
    "shifted_copies": lambda x: x.__setitem__((slice(None, -2), 1), x[2:, 2]),
    "same_variables": lambda x: x.__setitem__((slice(None), 1), 3 * x[:, 2] + 1),
    "variables_missing_in_val": lambda x: x.__setitem__((slice(2800, 3400), 0), NAN),
    "drift_in_test": lambda x: x.__setitem__((slice(3400, None), 0), x[3400:, 0] + 40),
}
ABOUT = {"spikes": "a", "far_values": "c", "gaps": None, "variables_missing_in_val": "a", "drift_in_test": "a", "same_variables": None}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_faults_are_found_raw_and_stored(name, tmp_path):
    values = weather()
    PLANTED[name](values)
    manifest = manifest_of(values)
    file = store(manifest, tmp_path / "w.h5")
    for found in (found_in(manifest), found_in(list_samples(file), file)):
        assert name in found
        if (about := ABOUT.get(name, "b")) is not None:
            assert about in found[name].about
        assert set(found) <= {name, "past_across_splits", "missing_values", "constant_variables", "spikes", "far_values", "drift_in_val"}
        assert all(0 <= row < 3 for row in found[name].samples)


def test_a_fault_is_told_by_its_time():
    values = weather()
    values[300:360, 1] = values[300, 1]
    assert found_in(manifest_of(values))["stuck_runs"].notes == ("b: 60, worst from 2020-01-13 12:00",)
    assert found_in(manifest_of(values, None))["stuck_runs"].notes == ("b: 60, worst from step 301",)
    assert found_in(manifest_of(values))["stuck_runs"].count == 60


def test_one_of_a_kind_is_told_as_one():
    values = weather()
    values[500, 0] = -9999
    found = found_in(manifest_of(values))
    assert found["spikes"].title == "1 single step far from both neighbours, in 1 variable: a"
    assert found["far_values"].title.startswith("1 value further from the others")


def test_a_copy_of_the_chosen_target_is_an_error():
    values = weather()
    values[:-2, 1] = values[2:, 2]
    assert found_in(manifest_of(values))["shifted_copies"].severity == "warning"
    assert found_in(manifest_of(values, target=("c",)))["shifted_copies"].severity == "error"


def test_a_variable_that_train_never_saw_is_told():
    values = weather()
    values[:2800, 0] = NAN
    for target, severity in ((("c",), "warning"), (("a",), "error")):
        told = found_in(manifest_of(values, target=target))["variables_missing_in_train"]
        assert (told.count, told.about, told.severity, told.samples) == (1, ("a",), severity, (0,))
        assert "without any value in train: a" in told.title


def test_series_without_any_value_are_an_error():
    for cut in ("0.7,0.15,0.15", ""):
        found = found_in(manifest_of(np.full((400, 3), NAN), cut=cut))
        assert (found["no_values"].severity, found["no_values"].title) == ("error", "No values at all: all of 1,200 values are missing")
        assert not {"missing_values", "gaps", "variables_missing_in_train"} & set(found)


def test_what_reading_met_is_told():
    values, time = weather(100), stamps(100)
    time[50] = time[49]
    time[[10, 11]] = time[[11, 10]]
    found = found_in(manifest_of(values, time, cut="", duplicates="first"))
    assert (found["unsorted_rows"].count, found["duplicate_stamps"].count, found["gaps"].count) == (1, 1, 1)
    assert found["duplicate_stamps"].samples == (0,)
    assert found["duplicate_stamps"].notes == ("the first at 2020-01-03 01:00:00",)  # hour 49 from 2020-01-01 on
    assert found["unsorted_rows"].notes == ("the first at 2020-01-01 10:00:00",)
    irregular = stamps(100) + np.random.default_rng(0).integers(0, HOUR // 10**9, 100).cumsum() * 10**9
    assert "unknown_step" in found_in(manifest_of(values, irregular, cut=""))


def test_an_hour_that_summer_time_skips_is_suspect():
    time = stamps(4000)
    skipped = np.datetime64("2020-03-29T02", "ns").astype(np.int64)
    found = found_in(manifest_of(weather(4000)[time != skipped], time[time != skipped]))
    assert found["summer_time"].count == 1
    assert "OUT.h5 --timezone Europe/Paris --repeated-hour order --overwrite" in found["summer_time"].fix


def many(names, values):
    read = read_raw(
        source(*(one(each, stamps(len(each)), name=name) for name, each in zip(names, values, strict=True))), SeriesReadOptions()
    )
    return split(read, SeriesSplitOptions("0.5,0.25,0.25", across="series"))


def table_of(manifest):
    from toolkit import series
    from toolkit.statistics import gather_statistics

    return Measured(gather_statistics(manifest, measure), series, None)


def test_a_series_in_two_splits_is_a_leak_and_parts_of_one_are_not():
    walk = np.random.default_rng(0).normal(size=(8, 200)).cumsum(axis=1)
    walk[5] = walk[0]
    dealt = many([f"T{i}" for i in range(8)], walk)
    dealt.split[:] = [0, 0, 0, 0, 0, 1, 1, 2]
    found = {finding.check: finding for finding in find_all(table_of(dealt))}
    assert found["duplicates_across_splits"].sets == ((0, 5),)
    cut = find_all(table_of(manifest_of(weather())))
    assert {finding.check for finding in cut} == {"leak_certificate", "past_across_splits"}
    assert cut[0].title == "No leak was found between train, val and test"


def test_series_without_a_value_are_told_once():
    found = [finding.check for finding in find_all(table_of(manifest_of(np.full((50, 1), NAN))))]
    assert "empty_series" in found
    assert "gaps" not in found


def test_a_raw_source_that_preprocess_refuses_is_reported(tmp_path):
    rows = [f"2020-01-{day:02d},{day * 1.5}" for day in range(1, 29) if day != 9]
    (tmp_path / "s.csv").write_text("date,a\n" + "\n".join([*rows, rows[-1]]) + "\n")
    read = SeriesReadOptions(time="date")
    found = {finding.check: finding for finding in check_source(tmp_path / "s.csv", kind="series", read=read, workers=0).findings}
    assert found["duplicate_stamps"].severity == "error"
    assert "--gaps mask" in found["gaps"].fix


def test_the_report_has_all_figures_in_json(tmp_path):
    file = store(manifest_of(weather(1500)), tmp_path / "w.h5", calendar=("hour",))
    report_source(tmp_path / "w.h5", tmp_path / "w.html", workers=0)
    told = json.loads((tmp_path / "w.json").read_text())
    assert set(told["over_time"]["variables"]) == {"a", "b", "c"}
    rhythm = told["rhythm"]["variables"]["a"]
    assert (rhythm["period"], len(rhythm["profiles"]["hour"])) == (24, 24)
    train = np.asarray(file["train"].x)[:, 0].astype(np.float64)
    by_split = told["variables"]["variables"]["a"]
    assert by_split["train"]["mean"] == pytest.approx(train.mean())
    assert by_split["train"]["deviation"] == pytest.approx(train.std())
    assert set(by_split) == {"train", "val", "test"}
    np.testing.assert_allclose(told["correlation"]["matrix"], np.corrcoef(np.asarray(file["train"].x)[:, :3].T), atol=1e-4)
    page = (tmp_path / "w.html").read_text(encoding="utf-8")
    assert "data:image/svg+xml" in page
    assert "95 % band" in page


def test_constants_and_short_series_are_not_computable():
    topics = {topic.name: topic for topic in tell(manifest_of(np.ones((20, 1)), cut=""), {}, np.arange(1))}
    found = topics["rhythm"].figures["variables"]["a"]
    assert (found["autocorrelation"], found["period"], found["adf"]) == (None, None, None)
    assert topics["rhythm"].tables[0][2][0][1] == "not computable"
    assert "correlation" not in topics
    for values in (np.full((3, 1), NAN), np.ones((1, 1))):
        assert len(tell(manifest_of(values, cut=""), {}, np.arange(1))) == 3


def test_without_statsmodels_levels_are_not_checked(monkeypatch):
    monkeypatch.setattr("toolkit.series.topics.rhythm.can_test", lambda: False)
    topics = {topic.name: topic for topic in tell(manifest_of(weather(300)), {}, np.arange(3))}
    assert topics["rhythm"].figures["variables"]["a"]["stationarity"] == "not checked"
    assert "foudre[stationarity]" in topics["rhythm"].notes[-1]


def test_classes_have_their_mean_curves():
    shapes = {"up": [0, 1, 2], "down": [4, 2, 0, NAN, 6]}
    rows = [one(shapes[label], name=f"{label}{i}", label=label) for i in range(3) for label in shapes]
    manifest = read_raw(source(*rows), SeriesReadOptions(gaps="mask"))
    topic = {each.name: each for each in tell(manifest, {}, np.arange(6))}["class_curves"]
    assert topic.figures["classes"]["up"] == {"lengths": [3, 3.0, 3], "mean": [[0], [1], [2]]}
    assert topic.figures["classes"]["down"]["mean"] == [[4], [2], [0], [None], [6]]
    assert topic.tables[0][2] == [["down", 3, 5, 5.0, 5], ["up", 3, 3, 3.0, 3]]


def test_many_series_are_told_to_be_left_out():
    walk = np.random.default_rng(0).normal(size=(30, 60)).cumsum(axis=1)
    topics = tell(many([f"T{i}" for i in range(30)], walk), {}, np.arange(30))
    assert topics[0].notes[0] == "The first 8 of 30 are shown, targets before others."
    assert len(topics[0].figures["variables"]) == 8


def test_pictures_and_lines_of_rows():
    manifest = manifest_of(weather(100))
    shown = Show()
    assert all(address.startswith("data:image/svg+xml;base64,") for address in shown.pictures(manifest))
    assert shown.excerpts(manifest)[0] == "70 steps, 2020-01-01 00:00 to 2020-01-03 21:00"
    assert curve_address(np.full(9, NAN)) == ""
    assert curve_address(np.ones(1)) != ""


def test_gaps_are_counted_by_gap_and_series_and_told_as_what_becomes_of_them():
    values = weather(400)
    values[[100, 101, 200]] = NAN
    found = found_in(manifest_of(values, cut=""))["gaps"]
    assert found.title == "3 steps of 400 without any value in the source, in 2 gaps"
    assert found.notes == ("3 steps in 2 gaps, the longest from 2020-01-05 04:00",)
    read = read_raw(source(one(values, stamps(400))), SeriesReadOptions(gaps="interpolate:2"))
    assert "runs of at most 2 steps are filled along a line" in found_in(read)["gaps"].why
    two = read_raw(source(one(values, stamps(400), name="x"), one(values, stamps(400), name="y")), SeriesReadOptions(gaps="mask"))
    assert found_in(two)["gaps"].title == "6 steps of 800 without any value in the source, in 4 gaps of 2 series"


def test_check_counts_series_and_says_nothing_of_storing(tmp_path):
    steps = [f"2020-01-{day:02},{day % 7}" for day in range(1, 29) if day not in (9, 20)]
    (tmp_path / "a.csv").write_text("\n".join(["date,a", *steps]))
    checked = check_source(tmp_path / "a.csv", workers=0)
    assert "1 series, 0 errors" in str(checked)
    assert "(series)" not in str(checked)
    assert "stored" not in str(checked.understood)
    assert "2 missing steps in 2 gaps" in str(checked.understood)


def test_stamps_between_the_steps_are_an_error_that_says_what_to_type(tmp_path):
    time = np.delete(stamps(100), range(40, 70))
    time[10] += 10**9
    manifest = manifest_of(np.arange(70.0), time, cut="")
    found = found_in(manifest)
    assert "unknown_step" not in found
    assert (found["uneven_stamps"].severity, found["uneven_stamps"].count) == ("error", 1)
    assert "the furthest 31h" in found["uneven_stamps"].title
    assert "--step none" in found["uneven_stamps"].fix


def test_the_report_says_what_the_series_are():
    values, time = weather(100), stamps(100)
    values[20, 0], time[50] = NAN, time[49]
    manifest = manifest_of(values, time, cut="", duplicates="first")
    ((title, _, rows),) = tell(manifest, {}, np.arange(1))[0].tables
    told = dict(rows)
    assert (title, told["series"], told["steps"], told["step"]) == ("What the series are", 1, 100, "1h")
    assert (told["from"], told["to"]) == ("2020-01-01 00:00", "2020-01-05 03:00")
    assert (told["rows of a stamp that others have, too"], told["rows out of order of time"]) == (1, 0)
    assert (told["steps without any value"], told["missing values"]) == (1, 4)
