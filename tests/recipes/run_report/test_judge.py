"""What chose the checkpoint and how often test was read stand first; the sentence tells what was reached; runs are counted."""

import pytest

from recipes.run_report.judge import find_in_each, find_in_run, tell_run, tell_runs
from tests.recipes.run_report.runs import CONFIG, make_record

ON_ALL = CONFIG.replace("path:", "train_on: train+val, path:")
READ = {"event": "read", "split": "test"}
CHOSEN = {"event": "selected", "split": "val"}


def put_checkpoint(run, name):
    checkpoint = run / "checkpoints" / name
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    return checkpoint


def severities(record):
    return {finding.check: (finding.severity, finding.count) for finding in find_in_run(record)}


def test_the_choice_stands_first_and_is_no_fault():
    first = find_in_run(make_record(ledger=[CHOSEN, READ]))[0]
    assert (first.check, first.severity) == ("selection", "info")
    assert first.title == "The checkpoint is chosen by the lowest val/loss on val; test was read 1 time"
    assert first.fix == ""


@pytest.mark.parametrize(("name", "config"), [("best.ckpt", CONFIG), ("last.ckpt", ON_ALL)])
def test_test_not_read_yet_is_to_be_read_once(tmp_path, name, config):
    checkpoint = put_checkpoint(tmp_path / "my runs", name)
    fix = find_in_run(make_record(config=config, ledger=[CHOSEN], folder=tmp_path / "my runs"))[0].fix
    assert f"`foudre evaluate '{checkpoint}' signs.h5 --split test`" in fix


@pytest.mark.parametrize(("name", "config"), [("best.ckpt", CONFIG), ("last.ckpt", ON_ALL)])
def test_a_checkpoint_that_is_not_there_is_not_to_be_read(tmp_path, name, config):
    fix = find_in_run(make_record(config=config, ledger=[CHOSEN], folder=tmp_path))[0].fix
    assert fix == f"Test cannot be read: the run has left no checkpoint {name}."


def test_nothing_chosen_is_told():
    record = make_record(config=ON_ALL, ledger=[{"event": "trained"}])
    assert (
        find_in_run(record)[0].title == "Trained on all of train and val for a fixed number of epochs, nothing chosen; test was never read"
    )
    assert (
        tell_run(record, []) == "Val accuracy 0.9000, val loss 0.5000 after 4 epochs, nothing chosen; over- and under-fitting not judged."
    )


def test_test_read_again_is_a_warning_and_training_after_it_an_error():
    assert severities(make_record(ledger=[CHOSEN, READ, READ]))["test_read_again"] == ("warning", 2)
    assert "test_read_again" not in severities(make_record(ledger=[CHOSEN, READ, {"event": "read", "split": "val"}]))
    found = severities(make_record(ledger=[CHOSEN, READ, {"event": "resumed"}, CHOSEN]))
    assert found["trained_after_test"] == ("error", 2)
    assert list(found) == ["selection", "trained_after_test"]


def test_a_run_that_has_not_ended_says_how_to_go_on(tmp_path):
    record = make_record([1.0, 0.5], result={}, folder=tmp_path / "my runs")
    (anew,) = (finding.fix for finding in find_in_run(record) if finding.check == "unfinished")
    put_checkpoint(record.folder, "last.ckpt")
    (on,) = (finding.fix for finding in find_in_run(record) if finding.check == "unfinished")
    command = f"`foudre train '{record.folder}/config.yaml' signs.h5"
    assert anew == f"If it was stopped, it begins anew: {command}`."
    assert on == f"If it was stopped: {command} --resume '{record.folder}'`."
    assert tell_run(record, []).startswith("Not ended; val loss 0.5000 at epoch 2 of 2, chosen by the lowest val/loss on val; ")


def test_classes_that_are_never_recognised_are_named():
    record = make_record(classes=["stop", "go", "absent"], confusion=[[0, 3, 0], [1, 5, 0], [0, 0, 0]])
    finding = next(finding for finding in find_in_run(record) if finding.check == "classes_missed")
    assert finding.title == "1 class never recognised on val: stop"


def test_several_runs_are_counted():
    runs = [make_record([1.0, 0.4, 0.6], [1.0, 0.5, 0.3], folder="seed_0"), make_record([1.0, 0.5, 0.5], [1.0, 0.5, 0.5], folder="seed_1")]
    found = {finding.check: finding for finding in find_in_each(runs)}
    assert found["overfitting"].count == 1
    assert found["overfitting"].title.startswith("In 1 of 2 runs; seed_0: Validation loss rose 50%")
    text = tell_runs(runs, {"val/accuracy": 0.9}, {"val/accuracy": 0.01}, list(found.values()))
    assert text.startswith("Val accuracy 0.9000 ± 0.0100 over 2 runs (mean ± standard deviation); over-fitting in 1 of them (limit: ")
