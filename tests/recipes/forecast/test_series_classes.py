"""Series that have a class: each is a sample, of any length, and the network names the class of raw ones."""

import pytest

from recipes.evaluate import evaluate
from recipes.predict import predict
from recipes.run_report import report_run
from recipes.train import train
from tests.recipes.gestures import write_gestures
from toolkit import DataError, preprocess_series
from toolkit.series import SeriesSplitOptions


@pytest.fixture(scope="module")
def classed(gestures, tmp_path_factory):
    options = ["--trainer.max_epochs", "15", "--trainer.accelerator", "cpu", "--data.batch_size", "8", "--network.width", "12"]
    return gestures, train("series_classes", gestures, *options, run=tmp_path_factory.mktemp("runs") / "gestures")


def test_slow_waves_are_told_from_fast_ones(classed):
    file, result = classed
    found = evaluate(result.checkpoint, file)
    assert found.samples == 16
    assert found.metrics["accuracy"] > 0.9


def test_the_class_of_raw_series_is_named(classed, tmp_path):
    source = write_gestures(tmp_path / "more.ts", 6, seed=1)
    found = list(predict(classed[1].checkpoint, [source]))
    assert [answer["class"] for answer in found] == ["slow", "fast"] * 3
    assert all(answer["input"].startswith(str(source)) for answer in found)


def test_a_file_without_classes_is_refused(tmp_path):
    source = tmp_path / "hours.csv"
    source.write_text("time,a\n" + "".join(f"2020-01-01 {hour:02d}:00,{hour}\n" for hour in range(24)))
    preprocess_series(source, tmp_path / "hours.h5", split=SeriesSplitOptions("rows:12,6,6"))
    with pytest.raises(DataError, match="series must be labelled"):
        train("series_classes", tmp_path / "hours.h5", run=tmp_path / "run")


def test_a_page_tells_of_the_run(classed, tmp_path):
    page = report_run(classed[1].run, tmp_path / "run.html")
    assert "accuracy" in str(page)
