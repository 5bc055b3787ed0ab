"""What a run wrote is read back: curves at their places, what a resumed run did again, and damage told by its file."""

import json

import pytest

from recipes.run_report.records import read_record
from tests.recipes.run_report.runs import CONFIG, ENDED
from toolkit.errors import DataError

HEAD = "epoch,learning_rate,step,train/loss,train/loss_epoch,val/loss\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "logs" / "metrics.csv").write_text(
        HEAD + "0,,9,3.0,,\n0,,9,,,2.0\n0,0.1,9,,2.5,\n1,,15,1.0,,\n1,,19,0.5,,\n1,,19,,,1.5\n1,0.05,19,,1.25,\n2,,20,,,1.5\n"
    )
    (tmp_path / "metrics.json").write_text(json.dumps(ENDED | {"epochs": 2, "best_checkpoint": "best.ckpt", "last_checkpoint": None}))
    return tmp_path


def points(curve):
    return list(zip(curve.epoch.tolist(), curve.value.tolist(), strict=True))


def test_training_loss_stands_half_an_epoch_before_validation(run):
    record = read_record(run)
    assert points(record.curves["train/loss"]) == [(0.5, 2.5), (1.5, 1.25)]
    assert points(record.curves["val/loss"]) == [(1.0, 2.0), (2.0, 1.5)]  # the last measurement, of the chosen checkpoint, is no epoch
    assert points(record.curves["learning_rate"]) == [(1.0, 0.1), (2.0, 0.05)]
    assert record.whole_epochs
    assert (record.best_epoch, record.epochs) == (2, 2)


def test_of_steps_alone_the_mean_is_taken_and_told_as_such(run):
    log = run / "logs" / "metrics.csv"
    log.write_text(log.read_text().replace("train/loss_epoch", "other"))
    record = read_record(run)
    assert points(record.curves["train/loss"]) == [(0.5, 3.0), (1.5, 0.75)]
    assert not record.whole_epochs


def test_what_a_resumed_run_did_again_counts(run):
    (run / "logs2").mkdir()
    (run / "logs10").mkdir()
    (run / "logs2" / "metrics.csv").write_text(HEAD + "1,,19,,,9.0\n")
    (run / "logs10" / "metrics.csv").write_text(HEAD + "1,,19,,,0.25\n")
    assert points(read_record(run).curves["val/loss"]) == [(1.0, 2.0), (2.0, 0.25)]


def test_a_run_that_has_not_ended_shows_its_best_epoch_so_far(run):
    (run / "metrics.json").unlink()
    log = run / "logs" / "metrics.csv"
    log.write_text(log.read_text().replace("2,,20,,,1.5\n", ""))
    record = read_record(run)
    assert (record.metrics, record.best_epoch, record.epochs) == ({"val/loss": 1.5}, 2, 2)


def test_an_empty_run_is_read(tmp_path):
    record = read_record(tmp_path)
    assert (record.curves, record.metrics, record.best_epoch, record.epochs, record.confusion) == ({}, {}, None, 0, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("logs/metrics.csv", "epoch,step\none,two\n"),
        ("logs/metrics.csv", "epoch,step\n0,1,2,3\n"),
        ("metrics.json", "{"),
        ("metrics.json", "[1]"),
        ("metrics.json", '{"epochs": 1}'),
        ("ledger.jsonl", "{}\n?"),
        ("val_confusion.csv", ""),
        ("val_confusion.csv", "true,a,b\na,1,x\nb,1,2\n"),
    ],
)
def test_a_damaged_file_is_named(run, name, text):
    (run / name).write_text(text)
    with pytest.raises(DataError, match=rf"report: {name.rpartition('/')[2]} must be as a run wrote it, got"):
        read_record(run)


@pytest.mark.parametrize("text", ["a: [", "- 1"])
def test_a_damaged_configuration_is_named(run, text):
    (run / "config.yaml").write_text(text)
    with pytest.raises(DataError, match=r"report: config\.yaml must be as a run wrote it, got"):
        read_record(run).option("data")
