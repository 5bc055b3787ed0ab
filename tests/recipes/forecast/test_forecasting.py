"""From a table of hours to forecasts: every recipe for series is trained for a moment, measured, and goes on with raw files."""

import csv
import json

import numpy as np
import pytest
import torch

from recipes.checkpoint import load_checkpoint
from recipes.crossval import cross_validate
from recipes.evaluate import evaluate
from recipes.predict import predict
from recipes.repeat import evaluate_runs, train_seeds
from recipes.run_report import report_run
from recipes.train import train
from toolkit import ArgumentError, DataError, preprocess_series
from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions
from verbs.use import predict as predict_verb

RECIPES = [
    "last_value", "seasonal_naive", "linear_forecast", "nlinear", "dlinear",
    "forecast_lstm", "forecast_gru", "forecast_seq2seq", "next_step", "trajectory",
]  # fmt: skip
SHORT = ["--trainer.max_epochs", "1", "--trainer.accelerator", "cpu", "--trainer.limit_train_batches", "3", "--data.batch_size", "16"]
CUT = ["--data.window", "30", "--data.horizon", "6"]


def value(hour):
    return 10 + np.sin(hour * 2 * np.pi / 24)


def stamps_of(first, count):
    return np.datetime_as_string(np.datetime64("2020-01-01T00:00") + np.arange(first, first + count) * np.timedelta64(1, "h"))


def write_hours(path, count, *, first=0, lacking=()):
    """A wave of a day, and one that is ten times as large."""
    stamps = stamps_of(first, count)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", "a", "b"])
        for hour, stamp in zip(range(first, first + count), stamps, strict=True):
            a = "" if hour in lacking else value(hour)
            rows.writerow([stamp, a, 10 * value(hour)])
    return path


@pytest.fixture(scope="module")
def waves(tmp_path_factory):
    return write_hours(tmp_path_factory.mktemp("raw") / "waves.csv", 240)


def make_file(waves, path, *, calendar=(), **read):
    split = SeriesSplitOptions("rows:120,60,60")
    preprocess_series(waves, path, read=SeriesReadOptions(time="time", **read), series=SeriesOptions(calendar), split=split)
    return path


@pytest.fixture(scope="module")
def wave_file(waves, tmp_path_factory):
    return make_file(waves, tmp_path_factory.mktemp("file") / "waves.h5")


@pytest.fixture(scope="module")
def runs(wave_file, tmp_path_factory):
    """A run of each recipe, made when it is asked for."""
    root, made = tmp_path_factory.mktemp("runs"), {}

    def run(recipe, *options, path=None):
        path = path or wave_file
        key = (recipe, *options, str(path))
        if key not in made:
            made[key] = train(recipe, path, *SHORT, *CUT, *options, run=root / f"{len(made):02d}")
        return made[key]

    return run


@pytest.fixture(autouse=True)
def undrawn(request, monkeypatch):
    """Windows are drawn where that is what is tested: it takes longer than the training."""
    if "picture" not in request.node.name:
        monkeypatch.setattr("recipes.forecast.written.draw_windows", lambda *_: None)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class TestRecipes:
    @pytest.mark.parametrize("recipe", RECIPES)
    def test_each_trains_is_measured_on_every_window_and_goes_on(self, runs, waves, wave_file, recipe):
        result = runs(recipe)
        answer = evaluate(result.checkpoint, wave_file)
        assert answer.samples == 60 - 6 + 1
        assert set(answer.metrics) == {f"{who}{what}" for who in ("", "persistence_", "seasonal_") for what in ("mse", "mae")}
        assert all(np.isfinite(list(answer.metrics.values())))
        (ahead,) = predict(result.checkpoint, [waves])
        assert ahead["input"] == str(waves)
        assert ahead["times"][:2] == ["2020-01-11T00:00:00", "2020-01-11T01:00:00"] or ahead["times"][0] == "2020-01-11T00:00:00+00:00"
        assert {name: len(values) for name, values in ahead["values"].items()} == {"a": 6, "b": 6}

    def test_naive_recipes_take_no_step_and_are_what_stands_beside(self, runs, wave_file):
        for recipe, name in (("last_value", "persistence"), ("seasonal_naive", "seasonal")):
            result = runs(recipe)
            found = evaluate(result.checkpoint, wave_file).metrics
            assert result.epochs == 0
            assert found["mse"] == pytest.approx(found[f"{name}_mse"])
            assert found["mae"] == pytest.approx(found[f"{name}_mae"])

    def test_the_same_hour_a_day_before_foretells_a_wave_of_a_day(self, runs, wave_file, waves):
        found = evaluate(runs("seasonal_naive").checkpoint, wave_file).metrics
        assert found["mse"] == pytest.approx(0, abs=1e-9)
        assert found["persistence_mse"] > 0.01
        (ahead,) = predict(runs("seasonal_naive").checkpoint, [waves])
        assert ahead["values"]["b"] == pytest.approx([10 * value(hour) for hour in range(240, 246)], abs=1e-4)

    def test_persistence_by_hand(self, runs, wave_file):
        """Windows of test begin with the hours 180 to 234; the step before them is repeated."""
        series = value(np.arange(240.0))
        first = np.arange(180, 235)[:, None]
        off = series[first + np.arange(6)] - series[first - 1]
        std = series[:120].std()
        assert evaluate(runs("last_value").checkpoint, wave_file).metrics["mse"] == pytest.approx((off**2).mean() / std**2, rel=1e-4)

    def test_the_baselines_stand_where_they_are_asked_for(self, runs, wave_file):
        result = runs("last_value", "--model.period", "12")
        found = evaluate(result.checkpoint, wave_file).metrics
        assert found["seasonal_mse"] > 0.5  # half a day before, the wave is upside down

    def test_a_season_longer_than_the_window_is_refused(self, wave_file, tmp_path):
        with pytest.raises(ArgumentError, match="period must be from 1 to the window, 12, got 24"):
            train("seasonal_naive", wave_file, *SHORT, "--data.window", "12", "--data.horizon", "2", run=tmp_path / "run")

    def test_a_reader_that_begins_at_the_end_is_refused(self, wave_file, tmp_path):
        with pytest.raises(ArgumentError, match="would read the very steps that are to be foretold"):
            train("next_step", wave_file, *SHORT, *CUT, "--network.bidirectional", "true", run=tmp_path / "run")
        assert not (tmp_path / "run").exists() or not any((tmp_path / "run").iterdir())

    def test_naive_recipes_are_what_stands_beside_where_values_are_missing(self, runs, tmp_path):
        table = write_hours(tmp_path / "holes.csv", 240, lacking=(150, 190, 191, 210))
        file = make_file(table, tmp_path / "holes.h5", gaps="mask")
        for recipe, name in (("last_value", "persistence"), ("seasonal_naive", "seasonal")):
            found = evaluate(runs(recipe, path=file).checkpoint, file).metrics
            assert found["mse"] == pytest.approx(found[f"{name}_mse"])

    def test_folds_of_series_leave_metrics_and_no_classes(self, tmp_path):
        for number in range(8):
            write_hours(tmp_path / f"s{number}.csv", 60, first=7 * number)
        file, split = tmp_path / "many.h5", SeriesSplitOptions("0.5,0.25,0.25", across="series")
        sources = tmp_path / "sources"
        sources.mkdir()
        for path in tmp_path.glob("s*.csv"):
            path.rename(sources / path.name)
        preprocess_series(sources, file, read=SeriesReadOptions(time="time"), split=split)
        found = cross_validate("nlinear", file, *SHORT, *CUT, folds=2, run=tmp_path / "folds")
        assert found.mean["val/mse"] == pytest.approx(np.mean([run["val/mse"] for run in found.runs.values()]))
        assert "out_of_fold_accuracy" not in found.facts
        assert not (tmp_path / "folds" / "out_of_fold.csv").exists()


class TestTables:
    def test_errors_by_variable_and_step_in_both_units(self, runs, wave_file):
        result = runs("last_value")
        found = evaluate(result.checkpoint, wave_file).metrics
        rows = rows_of(f"{result.run}/test_errors.csv")
        assert [(row["variable"], row["step"]) for row in rows] == [(name, str(step)) for name in "ab" for step in range(1, 7)]
        assert np.mean([float(row["mse"]) for row in rows]) == pytest.approx(found["mse"], rel=1e-4)
        off = value(np.arange(180.0, 235)) - value(np.arange(179.0, 234))
        assert float(rows[0]["rmse_real"]) == pytest.approx(np.sqrt((off**2).mean()), rel=1e-4)
        assert float(rows[6]["mae_real"]) == pytest.approx(10 * abs(off).mean(), rel=1e-4)
        assert float(rows[6]["seasonal_mae_real"]) == pytest.approx(0, abs=1e-4)

    def test_errors_by_time_add_up(self, runs, wave_file):
        result = runs("nlinear")
        found = evaluate(result.checkpoint, wave_file).metrics
        rows = rows_of(f"{result.run}/test_errors_by_origin.csv")
        assert [(row["origin"], row["windows"]) for row in rows] == [("2020-01-08", "12"), ("2020-01-09", "24"), ("2020-01-10", "19")]
        weighted = sum(int(row["windows"]) * float(row["mse"]) for row in rows) / 55
        assert weighted == pytest.approx(found["mse"], rel=1e-4)

    def test_pictures_are_drawn(self, runs, wave_file):
        result = runs("nlinear")
        evaluate(result.checkpoint, wave_file, split="val")
        for name in ("val_errors.png", "val_forecasts.png"):
            with open(f"{result.run}/{name}", "rb") as picture:
                assert picture.read(4) == b"\x89PNG"


class TestPredict:
    def test_values_are_in_the_units_of_the_source(self, runs, tmp_path):
        later = write_hours(tmp_path / "more.csv", 40, first=500)
        (ahead,) = predict(runs("last_value").checkpoint, [later])
        assert ahead["values"]["b"] == pytest.approx([10 * value(539)] * 6, rel=1e-4)

    def test_fewer_steps_and_more_go_on_from_what_was_foretold(self, runs, waves):
        checkpoint = runs("next_step").checkpoint
        few, more = (next(iter(predict(checkpoint, [waves], steps=steps))) for steps in (2, 15))
        assert len(few["times"]) == 2
        assert more["times"][14].startswith("2020-01-11T14:00:00")
        assert more["values"]["a"][:2] == few["values"]["a"]
        restored = load_checkpoint(checkpoint)
        steps = np.stack([value(np.arange(210.0, 240)), 10 * value(np.arange(210.0, 240))], axis=1)
        window = restored.view.scale(torch.from_numpy(steps).float())[None]
        first = restored.task.network(window)
        second = restored.task.network(torch.cat([window, first], dim=1)[:, -30:])
        wanted = restored.view.unscale(second[0, :, 0:1], [0]).detach().flatten()
        assert more["values"]["a"][6:12] == pytest.approx(wanted.tolist(), rel=1e-4)

    def test_a_series_shorter_than_the_window_is_a_line_with_its_error(self, runs, tmp_path, waves):
        short = write_hours(tmp_path / "short.csv", 29)
        found = list(predict(runs("nlinear").checkpoint, [short, waves]))
        assert found[0] == {"input": str(short), "error": "predict: series must be of at least 30 steps, the window, got 29."}
        assert "values" in found[1]

    def test_other_variables_are_a_line_with_their_error(self, runs, tmp_path):
        other = tmp_path / "other.csv"
        other.write_text("time,a\n" + "".join(f"2020-01-01 {hour:02d}:00,1\n" for hour in range(24)))
        (found,) = predict(runs("nlinear").checkpoint, [other])
        assert "error" in found

    def test_missing_values_are_refused_or_told_as_asked(self, runs, tmp_path):
        gap = write_hours(tmp_path / "gap.csv", 40, lacking=(30, 5))
        (refused,) = predict(runs("nlinear").checkpoint, [gap])
        (told,) = predict(runs("nlinear").checkpoint, [gap], read={"gaps": "mask"})
        assert "error" in refused
        assert told["missing"] == 1  # the other stands before the window
        assert np.isfinite(told["values"]["a"]).all()

    @pytest.mark.parametrize("words", ["-999,lost", ("-999", "lost"), ["-999", "lost"]])
    def test_words_for_missing_values_are_typed_or_listed(self, runs, tmp_path, words):
        gap = write_hours(tmp_path / "gap.csv", 40, lacking=(30, 31))
        whole = gap.read_text().splitlines()
        for line, word in ((31, "-999"), (32, "lost")):
            stamp, _, b = whole[line].split(",")
            whole[line] = f"{stamp},{word},{b}"
        gap.write_text("\n".join(whole))
        (told,) = predict(runs("last_value").checkpoint, [gap], read={"missing": words, "gaps": "mask"})
        assert told["missing"] == 2

    def test_the_command_takes_columns_and_words_as_preprocess_does(self, runs, tmp_path, capsys):
        table = write_hours(tmp_path / "nines.csv", 40)
        table.write_text(table.read_text().replace("time,a,b", "time,b,a"))
        assert predict_verb(runs("last_value").checkpoint, table, features="a,b", missing="99", steps=1) == 0
        last = capsys.readouterr().out.splitlines()[1].split(",")
        assert [float(cell) for cell in last[2:]] == pytest.approx([10 * value(39), value(39)], rel=1e-4)

    def test_an_unknown_option_of_reading_is_refused(self, runs, waves):
        with pytest.raises(ArgumentError, match="each option must be one of preprocess series, got colour"):
            predict(runs("last_value").checkpoint, [waves], read={"colour": "red"})

    def test_rows_of_another_step_are_refused(self, runs, tmp_path):
        quarters = tmp_path / "quarters.csv"
        stamps = np.datetime64("2020-01-01T00:00") + np.arange(60) * np.timedelta64(15, "m")
        quarters.write_text("time,a,b\n" + "".join(f"{stamp},1,2\n" for stamp in stamps))
        checkpoint = runs("last_value").checkpoint
        (refused,) = predict(checkpoint, [quarters])
        assert refused["error"].endswith("The checkpoint foretells steps of 1h: bring the rows to that step.")
        assert "--step" not in refused["error"]
        for typed in ("auto", "15min"):
            with pytest.raises(ArgumentError, match=f"step must be 1h, as in the checkpoint, or left out, got {typed}"):
                predict(checkpoint, [quarters], read={"step": typed})
        (refused,) = predict(checkpoint, [quarters], read=SeriesReadOptions(time="time"))
        assert "steps must be 1h apart, as in the checkpoint, got 15min" in refused["error"]

    def test_some_of_the_targets_are_told_if_asked(self, runs, waves):
        checkpoint = runs("last_value").checkpoint
        (ahead,) = predict(checkpoint, [waves], read={"target": "b"})
        assert list(ahead["values"]) == ["b"]
        assert ahead["values"]["b"][0] == pytest.approx(10 * value(239), rel=1e-4)
        with pytest.raises(ArgumentError, match="target must be of what the network foretells: a, b, got c"):
            predict(checkpoint, [waves], read={"target": "c"})

    def test_what_a_table_lacks_is_named(self, runs, tmp_path):
        table = write_hours(tmp_path / "lacking.csv", 40)
        table.write_text(table.read_text().replace("time,a,b", "time,a,c"))
        (refused,) = predict(runs("last_value").checkpoint, [table])
        assert "got b" in refused["error"]
        assert refused["error"].endswith("The network needs the columns a, b, by these names.")

    def test_decimal_commas_are_named(self, runs, tmp_path):
        table = write_hours(tmp_path / "commas.csv", 40)
        table.write_text(table.read_text().replace(",", ";").replace(".", ","))
        checkpoint = runs("last_value").checkpoint
        (refused,) = predict(checkpoint, [table])
        assert "Type --decimal comma" in refused["error"]
        (ahead,) = predict(checkpoint, [table], read={"decimal": "comma"})
        assert ahead["values"]["b"][0] == pytest.approx(10 * value(39), rel=1e-4)

    def test_times_are_shown_as_the_source_has_them(self, runs, waves, tmp_path):
        checkpoint = runs("last_value").checkpoint
        for read, wanted in (({}, "2020-01-11T00:00:00"), ({"timezone": "Europe/Paris"}, "2020-01-11T00:00:00+01:00")):
            assert next(iter(predict(checkpoint, [waves], read=read)))["times"][0] == wanted
        zoned = tmp_path / "zoned.csv"
        head, *rows = waves.read_text().splitlines()
        zoned.write_text("\n".join([head, *(row.replace(",", "Z,", 1) for row in rows)]))
        assert next(iter(predict(checkpoint, [zoned])))["times"][0] == "2020-01-11T00:00:00+00:00"

    def test_the_last_value_is_the_last_one_known(self, runs, tmp_path):
        gap = write_hours(tmp_path / "gap.csv", 40, lacking=(38, 39))
        (told,) = predict(runs("last_value").checkpoint, [gap], read={"gaps": "mask"})
        assert told["values"]["a"] == pytest.approx([value(37)] * 6, rel=1e-4)
        assert told["values"]["b"] == pytest.approx([10 * value(39)] * 6, rel=1e-4)

    def test_steps_beyond_what_is_known_are_refused(self, waves, tmp_path, runs):
        file = make_file(waves, tmp_path / "one.h5", target=("b",))
        result = runs("forecast_gru", path=file)
        (ahead,) = predict(result.checkpoint, [waves])
        assert list(ahead["values"]) == ["b"]
        with pytest.raises(ArgumentError, match="steps must be at most 6, the horizon, as a would not be known further on, got 7"):
            predict(result.checkpoint, [waves], steps=7)

    @pytest.mark.parametrize("recipe", ["forecast_seq2seq", "next_step", "forecast_lstm", "nlinear"])
    def test_the_calendar_is_known_ahead(self, waves, tmp_path, runs, recipe):
        file = make_file(waves, tmp_path / "calendar.h5", calendar=("hour",))
        result = runs(recipe, path=file)
        (ahead,) = predict(result.checkpoint, [waves], steps=20)
        assert list(ahead["values"]) == ["a", "b"]
        assert len(ahead["times"]) == 20
        assert evaluate(result.checkpoint, file).samples == 55

    def test_the_command_gives_csv_or_json(self, runs, waves, capsys):
        checkpoint = runs("last_value").checkpoint
        assert predict_verb(checkpoint, waves, steps=2) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "series,time,a,b"
        assert [line.split(",")[0] for line in lines[1:]] == [str(waves)] * 2
        assert predict_verb(checkpoint, waves, as_json=True) == 0
        assert set(json.loads(capsys.readouterr().out)) == {"input", "times", "values"}

    def test_the_command_says_how_many_values_are_missing_beside_csv(self, runs, tmp_path, capsys):
        gap = write_hours(tmp_path / "gap.csv", 40, lacking=(30, 31))
        assert predict_verb(runs("last_value").checkpoint, gap, gaps="mask") == 0
        told = capsys.readouterr()
        assert told.out.startswith("series,time,a,b\n")
        assert told.err == f"{gap}: 2 values of the window are missing, and were filled as in training\n"

    def test_classes_are_not_asked_for_steps(self, trained, waves):
        with pytest.raises(ArgumentError, match="steps must be left out where classes are predicted, got 3"):
            predict(trained.checkpoint, [waves], steps=3)


class TestAround:
    def test_a_page_tells_of_a_run(self, runs, tmp_path):
        for recipe in ("nlinear", "last_value", "forecast_gru"):
            page = report_run(runs(recipe).run, tmp_path / "run.html")
            assert "mse" in str(page)

    def test_labels_that_are_not_used_are_told(self, tmp_path):
        source, file = tmp_path / "labelled.csv", tmp_path / "labelled.h5"
        rows = [f"s{number},{stamp},{number + hour},{number % 2}" for number in range(8) for hour, stamp in enumerate(stamps_of(0, 40))]
        source.write_text("\n".join(["name,time,a,kind", *rows]))
        preprocess_series(source, file, read=SeriesReadOptions(layout="wide", time="time", id="name", label="kind"))
        with pytest.warns(UserWarning, match=r"Labels of .*labelled\.h5 are not used"):
            train("last_value", file, *SHORT, *CUT, run=tmp_path / "run")

    def test_several_seeds_are_summed_up(self, wave_file, tmp_path):
        train_seeds("nlinear", wave_file, *SHORT, *CUT, seeds=2, run=tmp_path / "seeds")
        found = evaluate_runs(tmp_path / "seeds", wave_file)
        assert found.std["mse"] >= 0
        assert found.facts["samples"] == 55

    def test_a_file_scaled_by_other_rows_is_measured_by_the_scale_of_training(self, runs, waves, tmp_path):
        other = tmp_path / "other.h5"
        split = SeriesSplitOptions("rows:100,80,60")
        preprocess_series(waves, other, read=SeriesReadOptions(time="time"), split=split)
        checkpoint = runs("last_value").checkpoint
        assert evaluate(checkpoint, other).metrics["mse"] == pytest.approx(
            evaluate(checkpoint, make_file(waves, tmp_path / "e.h5")).metrics["mse"]
        )

    def test_a_file_of_other_variables_is_refused(self, runs, tmp_path):
        other = tmp_path / "other.csv"
        other.write_text("time,a,c\n" + "".join(f"{stamp},1,{stamp[-5:-3]}\n" for stamp in stamps_of(0, 240)))
        with pytest.raises(
            DataError,
            match=r"pipeline must be features \['a', 'b'\], .* got features \['a', 'c'\], (?!.*zone)",
        ):
            evaluate(runs("nlinear").checkpoint, make_file(other, tmp_path / "other.h5"))

    def test_a_run_goes_on_where_it_was_stopped(self, wave_file, tmp_path):
        options = ["--trainer.accelerator", "cpu", "--trainer.limit_train_batches", "3", *CUT, "--data.batch_size", "16"]
        train("forecast_gru", wave_file, *options, "--trainer.max_epochs", "1", "--model.schedule", "constant", run=tmp_path / "run")
        went_on = train("forecast_gru", wave_file, "--trainer.max_epochs", "2", resume=tmp_path / "run")
        assert went_on.epochs == 2


def test_a_file_whose_source_was_written_otherwise_is_evaluated_alike(runs, waves, wave_file, tmp_path):
    otherwise = tmp_path / "waves.csv"
    otherwise.write_text(waves.read_text().replace(",", ";").replace("time", "when"))
    split = SeriesSplitOptions("rows:120,60,60")
    preprocess_series(otherwise, tmp_path / "waves.h5", read=SeriesReadOptions(time="when", delimiter=";"), split=split)
    checkpoint = runs("last_value").checkpoint
    assert evaluate(checkpoint, tmp_path / "waves.h5").metrics == evaluate(checkpoint, wave_file).metrics
