"""A run goes on in its own folder as if it had not been broken off, or says in one line why it cannot."""

import csv
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch

from recipes.tasks import Classifier
from recipes.train import train
from tests.recipes.conftest import TINY
from toolkit import ArgumentError, DataError, ImageOptions, preprocess_images
from toolkit.samples import SignOptions, draw_signs

SHORT = [*TINY, "--trainer.precision", "32-true", "--trainer.accelerator", "cpu", "--trainer.log_every_n_steps", "1"]
STEADY = [*SHORT, "--model.schedule", "constant"]


def lines(run):
    return [json.loads(line) for line in Path(run, "ledger.jsonl").read_text().splitlines()]


def content(checkpoint):
    return torch.load(checkpoint, weights_only=True)


@pytest.fixture(scope="module")
def begun(file, tmp_path_factory):
    """A run of two epochs."""
    run = tmp_path_factory.mktemp("begun") / "run"
    train("signs", file, *STEADY, "--trainer.max_epochs", "2", run=run)
    return run


@pytest.fixture
def part(file, tmp_path):
    train("signs", file, *STEADY, "--trainer.max_epochs", "1", run=tmp_path / "run")
    return tmp_path / "run"


def test_a_run_resumed_in_its_folder_ends_where_an_unbroken_one_does(file, part, tmp_path):
    whole = train("signs", file, *STEADY, "--trainer.max_epochs", "3", run=tmp_path / "whole")
    rest = train("signs", file, "--trainer.max_epochs", "3", resume=part)
    expected, found = content(whole.last_checkpoint), content(rest.last_checkpoint)
    assert all(torch.equal(expected["state_dict"][name], found["state_dict"][name]) for name in expected["state_dict"])
    assert (rest.run, rest.epochs, rest.flops, rest.metrics) == (str(part), 3, whole.flops, whole.metrics)
    assert {path.name for path in (part / "checkpoints").iterdir()} == {"best.ckpt", "last.ckpt"}
    assert [line["event"] for line in lines(part)] == ["selected", "resumed", "selected"]
    assert lines(part)[1]["options"] == ["--trainer.max_epochs", "3"]


def test_a_run_that_has_ended_is_left_as_it_is(file, begun):
    before = {path: path.read_bytes() for path in begun.iterdir() if path.is_file()}
    again = train("signs", file, resume=begun)
    assert {path: path.read_bytes() for path in begun.iterdir() if path.is_file()} == before
    assert again.to_json() == json.loads(before[begun / "metrics.json"])


def test_time_before_a_resume_counts(file, part):
    state = content(part / "checkpoints" / "last.ckpt")
    state["callbacks"]["FlopCounter"]["seconds"] = 1000.0
    torch.save(state, part / "checkpoints" / "last.ckpt")
    assert 1000 < train("signs", file, "--trainer.max_epochs", "2", resume=part).seconds < 2000


def test_a_run_that_chooses_nothing_can_go_on_from_each_epoch(file, tmp_path):
    train("signs", file, *STEADY, "--trainer.max_epochs", "1", "--data.train_on", "train+val", run=tmp_path / "part")
    rest = train("signs", file, "--trainer.max_epochs", "2", resume=tmp_path / "part")
    whole = train("signs", file, *STEADY, "--trainer.max_epochs", "2", "--data.train_on", "train+val", run=tmp_path / "whole")
    expected, found = content(whole.last_checkpoint)["state_dict"], content(rest.last_checkpoint)["state_dict"]
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_the_best_checkpoint_so_far_is_kept_and_so_are_the_logs(file, part):
    logged, best = (part / "logs" / "metrics.csv").read_bytes(), (part / "checkpoints" / "best.ckpt").read_bytes()
    # a rate at which nothing can be learned: what the first epoch found stays the best
    state = content(part / "checkpoints" / "last.ckpt")
    state["optimizer_states"][0]["param_groups"][0]["lr"] = 1e6
    torch.save(state, part / "checkpoints" / "last.ckpt")
    train("signs", file, "--trainer.max_epochs", "2", resume=part)
    assert (part / "checkpoints" / "best.ckpt").read_bytes() == best
    assert content(part / "checkpoints" / "last.ckpt")["epoch"] == 1  # the latest, though no better
    assert (part / "logs" / "metrics.csv").read_bytes() == logged
    assert {row["epoch"] for row in csv.DictReader((part / "logs2" / "metrics.csv").read_text().splitlines())} >= {"1"}


def test_a_finished_run_trains_no_further(file, begun):
    before = content(begun / "checkpoints" / "last.ckpt")["global_step"]
    result = train("signs", file, resume=begun)
    assert (result.epochs, content(result.last_checkpoint)["global_step"]) == (2, before)


def test_a_run_that_was_stopped_early_stays_stopped(file, tmp_path):
    # no loss is better by that much than the one before
    options = [*STEADY, "--early_stopping.min_delta", "100", "--early_stopping.patience", "1", "--trainer.max_epochs", "9"]
    first = train("signs", file, *options, run=tmp_path / "run")
    steps = content(first.last_checkpoint)["global_step"]
    assert first.epochs == 2
    train("signs", file, resume=tmp_path / "run")
    assert content(first.last_checkpoint)["global_step"] == steps


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine"])
def test_a_run_broken_off_within_its_schedule_goes_on_with_it(file, tmp_path, monkeypatch, schedule):
    options = [*SHORT, "--model.schedule", schedule, "--trainer.max_epochs", "2"]
    whole = train("signs", file, *options, run=tmp_path / "whole")

    def break_off(task):
        if task.current_epoch == 1:
            raise OSError("power failure")

    with monkeypatch.context() as patch:
        patch.setattr(Classifier, "on_train_epoch_start", break_off)
        with pytest.raises(OSError, match="power failure"):
            train("signs", file, *options, run=tmp_path / "run")
    rest = train("signs", file, resume=tmp_path / "run")
    expected, found = (content(result.last_checkpoint)["state_dict"] for result in (whole, rest))
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert train("signs", file, resume=tmp_path / "run").epochs == 2  # finished: nothing is left to do


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine"])
def test_a_schedule_that_ended_is_not_gone_on_with(file, tmp_path, schedule):
    options = [*SHORT, "--model.schedule", schedule]
    first = train("signs", file, *options, "--trainer.max_epochs", "1", run=tmp_path / "run")
    message = f"Classifier: total steps must be 4, as the checkpoint's {schedule} schedule has, got 8. Resume with the same epochs"
    with pytest.raises(ArgumentError, match=message):
        train("signs", file, *options, "--trainer.max_epochs", "2", "--ckpt_path", first.last_checkpoint, run=tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(ArgumentError, match=message):
        train("signs", file, "--trainer.max_epochs", "2", resume=tmp_path / "run")
    assert [line["event"] for line in lines(tmp_path / "run")] == ["selected"]
    assert train("signs", file, resume=tmp_path / "run").epochs == 1  # a refusal changed nothing


def test_a_checkpoint_from_within_an_epoch_can_be_measured_but_not_gone_on_from(file, tmp_path):
    options = [*STEADY, "--trainer.val_check_interval", "2", "--trainer.max_steps", "2"]
    result = train("signs", file, *options, run=tmp_path / "run")
    assert result.metrics["val/loss"] > 0
    before = lines(tmp_path / "run")
    for finished in ([], ["--trainer.max_epochs", "9"], ["--trainer.max_steps", "1"]):
        assert train("signs", file, *finished, resume=tmp_path / "run") == result
    for steps in ("3", "-1"):
        message = r"checkpoint to resume from must be of an epoch's end, got one within an epoch, .* after 2 steps, .* begin a new run"
        with pytest.raises(DataError, match=message):
            train("signs", file, "--trainer.max_steps", steps, resume=tmp_path / "run")
    with pytest.raises(DataError, match=message):
        train("signs", file, *options, "--ckpt_path", result.last_checkpoint, run=tmp_path / "new")
    assert lines(tmp_path / "run") == before
    assert not (tmp_path / "new").exists()


def test_selection_begins_anew_in_another_folder(file, part, tmp_path):
    last = str(part / "checkpoints" / "last.ckpt")
    rest = train("signs", file, *STEADY, "--trainer.max_epochs", "2", "--ckpt_path", last, run=tmp_path / "new")
    assert Path(rest.best_checkpoint).parent == (tmp_path / "new" / "checkpoints").resolve()


def test_a_run_folder_that_was_moved_is_not_resumed(file, begun, tmp_path):
    shutil.copytree(begun, tmp_path / "moved")
    with pytest.raises(DataError, match=r"checkpoints to resume from must lie in .*begun.*, where the run began, got .*moved"):
        train("signs", file, "--trainer.max_epochs", "3", resume=tmp_path / "moved")


def test_what_cannot_be_resumed_is_told(file, begun, tmp_path):
    with pytest.raises(ArgumentError, match=r"resume must be a run folder with config\.yaml and checkpoints/last\.ckpt, got"):
        train("signs", file, resume=tmp_path)
    with pytest.raises(ArgumentError, match="run must be left out with resume"):
        train("signs", file, run=tmp_path / "run", resume=begun)
    with pytest.raises(ArgumentError, match="--ckpt_path must be left out with resume"):
        train("signs", file, "--ckpt_path", "a.ckpt", resume=begun)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        ("skipgram", [], r"recipe must be one of datamodules\.ImageDataModule, as in the run, got skipgram, of datamodules\.Word"),
        ("signs", ["--network.hidden", "9"], "network must be of {'hidden': 8}, as in the checkpoint, got {'hidden': 9}"),
        ("signs", ["--trainer.max_epochs", "1"], "max_epochs must be at least 2, which are trained already, got 1"),
    ],
)
def test_what_a_run_cannot_go_on_with_is_named(file, begun, recipe, options, message):
    with pytest.raises(ArgumentError, match=message):
        train(recipe, file, *options, resume=begun)


def test_a_run_goes_on_with_another_share_of_dropout(file, part):
    assert train("signs", file, "--network.dropout", "0.1", "--trainer.max_epochs", "2", resume=part).epochs == 2


def test_another_file_is_refused_before_weights_are_compared(begun, tmp_path):
    drawn = draw_signs(tmp_path / "signs", options=SignOptions(num_classes=3, tracks=3, frames=2, test_tracks=2))
    preprocess_images(drawn.folder, tmp_path / "other.h5", images=ImageOptions(size=(16, 16)))
    with pytest.raises(DataError, match=r"checksum must be .*, as in the checkpoint"):
        train("signs", tmp_path / "other.h5", resume=begun)


def test_a_damaged_checkpoint_is_no_checkpoint(file, part):
    path = part / "checkpoints" / "last.ckpt"
    with ZipFile(path) as archive:
        place = max(archive.infolist(), key=lambda member: member.file_size).header_offset + 400
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="checkpoint must be as it was written, got a damaged"):
        train("signs", file, "--trainer.max_epochs", "3", resume=part)


def test_a_truncated_checkpoint_is_one_line(file, part, tmp_path):
    last = part / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[:3000])
    message = r"load: checkpoint must be one that torch wrote, got another or a truncated file in .*last\.ckpt"
    with pytest.raises(DataError, match=message):
        train("signs", file, "--trainer.max_epochs", "2", resume=part)
    with pytest.raises(DataError, match=message):
        train("signs", file, *STEADY, "--ckpt_path", str(last), run=tmp_path / "new")
    assert not (tmp_path / "new").exists()
