"""A checkpoint is measured on data made as its own was, and the reading is written down."""

import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from sklearn.metrics import f1_score

from recipes.checkpoint import load_checkpoint
from recipes.evaluate import evaluate
from recipes.tasks import Classifier
from toolkit import ArgumentError, DataError, ImageOptions, open_dataset, preprocess_images


@pytest.fixture
def run(trained, tmp_path):
    return Path(shutil.copytree(trained.run, tmp_path / "run"))


def test_it_measures_what_scikit_learn_measures(run, file):
    result = evaluate(run / "checkpoints" / "best.ckpt", file)
    restored, part = load_checkpoint(run / "checkpoints" / "best.ckpt"), open_dataset(file)["test"]
    with torch.inference_mode():
        logits = restored.task(restored.view(torch.from_numpy(part.x.copy()).permute(0, 3, 1, 2)))
    labels = torch.from_numpy(part.y.copy())
    assert result.samples == len(part) == 13
    assert result.metrics["accuracy"] == pytest.approx((logits.argmax(1) == labels).float().mean().item())
    assert result.metrics["macro_f1"] == pytest.approx(f1_score(labels, logits.argmax(1), average="macro"))
    assert result.metrics["loss"] == pytest.approx(-logits.log_softmax(1)[torch.arange(13), labels].mean().item(), rel=1e-4)


def test_it_agrees_with_what_training_found_on_val(run, trained, file):
    result = evaluate(run / "checkpoints" / "best.ckpt", file, split="val", batch_size=3)
    assert result.metrics["accuracy"] == pytest.approx(trained.metrics["val/accuracy"], abs=1 / 14 + 1e-6)  # bf16 may turn one


def test_the_reading_of_test_is_written_down_and_the_tables_lie_in_the_run(run, file):
    result = evaluate(run / "checkpoints" / "last.ckpt", file)
    line = json.loads((run / "ledger.jsonl").read_text().splitlines()[-1])
    assert (line["event"], line["split"], line["metrics"]) == ("read", "test", result.metrics)
    assert {"test_last_confusion.csv", "test_last_confusion.png", "test_last_classes.csv"} <= {path.name for path in run.iterdir()}
    assert json.loads(json.dumps(result.to_json()))["split"] == "test"


def test_a_runs_folder_stands_for_the_checkpoint_that_was_chosen(run, file):
    assert evaluate(run, file).checkpoint == str(run / "checkpoints" / "best.ckpt")
    (run / "checkpoints" / "best.ckpt").unlink()
    assert evaluate(run, file).checkpoint == str(run / "checkpoints" / "last.ckpt")


def test_every_reading_of_a_split_is_counted_for_the_run(run, file):
    first, second = (evaluate(run / "checkpoints" / name, file) for name in ("best.ckpt", "last.ckpt"))
    lines = [json.loads(line) for line in (run / "ledger.jsonl").read_text().splitlines()]
    assert second.reads == first.reads + 1 == sum(line.get("split") == "test" for line in lines)
    assert str(second).endswith(f"(test read {second.reads} times for this run)")


def test_best_and_last_do_not_overwrite_each_others_tables(run, file):
    evaluate(run / "checkpoints" / "best.ckpt", file)
    best = (run / "test_confusion.csv").read_bytes()
    (run / "test_confusion.png").unlink()
    evaluate(run / "checkpoints" / "last.ckpt", file)
    assert (run / "test_confusion.csv").read_bytes() == best
    assert not (run / "test_confusion.png").exists()


def test_a_stray_checkpoint_puts_its_own_name_before_what_it_leaves(run, file, tmp_path):
    (tmp_path / "checkpoints").mkdir()
    stray = Path(shutil.copy(run / "checkpoints" / "best.ckpt", tmp_path / "checkpoints" / "mine.ckpt"))
    evaluate(stray, file)
    left = {"mine.ckpt", "mine_test_confusion.csv", "mine_test_confusion.png", "mine_test_classes.csv", "mine_ledger.jsonl"}
    assert {path.name for path in stray.parent.iterdir()} == left
    assert {path.name for path in tmp_path.iterdir()} == {"run", "checkpoints"}


def test_tf32_is_off_while_measuring_and_as_it_was_afterwards(run, file, monkeypatch):
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    seen = []
    monkeypatch.setattr(
        Classifier, "on_test_start", lambda task: seen.append((torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32))
    )
    try:
        torch.set_float32_matmul_precision("high")
        evaluate(run / "checkpoints" / "best.ckpt", file)
        assert (torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32) == ("high", before[1])
    finally:
        torch.set_float32_matmul_precision(before[0])
    assert seen == [("highest", False)]


def test_a_file_made_otherwise_is_refused(run, raw, tmp_path):
    preprocess_images(raw, tmp_path / "b.h5", images=ImageOptions(size=(28, 24), dtype="uint8"))
    with pytest.raises(DataError, match=r"evaluate: pipeline must be size \[24, 24\].*as in the checkpoint, got .*\[28, 24\].*b.h5"):
        evaluate(run / "checkpoints" / "best.ckpt", tmp_path / "b.h5")


def test_a_file_of_other_classes_is_refused(run, raw, tmp_path):
    shutil.copytree(raw, tmp_path / "raw")
    (tmp_path / "raw" / "go").rename(tmp_path / "raw" / "walk")
    preprocess_images(tmp_path / "raw", tmp_path / "b.h5", images=ImageOptions(size=(24, 24), dtype="uint8"))
    with pytest.raises(DataError, match=r"evaluate: classes must be .*'go'.*as in the checkpoint, got .*'walk'"):
        evaluate(run / "checkpoints" / "best.ckpt", tmp_path / "b.h5")


def test_an_unknown_split_is_refused(run, file):
    with pytest.raises(ArgumentError, match="split must be val or test, got train"):
        evaluate(run / "checkpoints" / "best.ckpt", file, split="train")


def test_what_is_no_checkpoint_is_told(tmp_path, file):
    with pytest.raises(DataError, match="checkpoint must exist"):
        evaluate(tmp_path / "missing.ckpt", file)
    (tmp_path / "text.ckpt").write_text("hello")
    with pytest.raises(DataError, match=r"checkpoint must be one that torch wrote, got another .*text.ckpt"):
        evaluate(tmp_path / "text.ckpt", file)
    with zipfile.ZipFile(tmp_path / "zip.ckpt", "w") as archive:
        archive.writestr("hello", "hello")
    with pytest.raises(DataError, match=r"checkpoint must be readable, got this in .*zip.ckpt"):
        evaluate(tmp_path / "zip.ckpt", file)
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    with pytest.raises(DataError, match="must hold a task and its data"):
        evaluate(tmp_path / "other.ckpt", file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"network": "os.system"}, "network must be a subclass of Network, got os.system"),
        ({"network": "nowhere.Net"}, "network must be of recipes or imported, got nowhere.Net"),
        ({"network": "antigravity.Net"}, "network must be of recipes or imported, got antigravity.Net"),
        ({"network": "recipes.nowhere.Net"}, "network must be of recipes or imported, got recipes.nowhere.Net"),
        ({"task": "recipes.models.SignsNet"}, "task must be a subclass of Task"),
    ],
)
def test_a_checkpoint_names_no_class_but_ours(run, file, change, message):
    path = run / "checkpoints" / "best.ckpt"
    content = torch.load(path, weights_only=True)
    content["foudre"].update(change)
    torch.save(content, path)
    with pytest.raises(DataError, match=message):
        evaluate(path, file)
    assert "antigravity" not in sys.modules


def without(name):
    return lambda part: part.pop(name)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("foudre", without("network")),
        ("foudre", without("task_settings")),
        ("foudre", lambda part: part.update(network=7)),
        ("foudre", lambda part: part["settings"].update(colour="red")),
        ("foudre", lambda part: part["settings"].update(num_classes=-1)),
        ("foudre", lambda part: part.update(settings=None)),
        ("state_dict", without("network.head.1.weight")),
        ("state_dict", lambda part: part.update({"network.head.1.weight": torch.zeros(2)})),
        ("ImageDataModule", without("normalize")),
        ("ImageDataModule", lambda part: part["normalize"].update(mode="odd")),
        ("ImageDataModule", lambda part: part.update(classes=[])),
        ("ImageDataModule", lambda part: part.update(classes=7)),
        ("ImageDataModule", lambda part: part.update(pipeline="none")),
    ],
)
def test_a_foreign_or_damaged_checkpoint_is_one_line(run, part, change):
    path = run / "checkpoints" / "best.ckpt"
    content = torch.load(path, weights_only=True)
    change(content[part])
    torch.save(content, path)
    with pytest.raises(DataError, match=r"load: checkpoint must hold what rebuilds its task, got this from .*best.ckpt: ") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


class Patient(Classifier):
    """A task of a user's own, with an argument of its own."""

    def __init__(self, network, *, patience=1, **options):
        super().__init__(network, **options)
        self.settings["patience"] = self.patience = patience


def test_a_task_of_ones_own_is_rebuilt_with_its_arguments(tmp_path, run):
    restored = load_checkpoint(run / "checkpoints" / "best.ckpt")
    task = Patient(restored.task.network, patience=5, learning_rate=0.25, label_smoothing=0.125)
    content = torch.load(restored.path, weights_only=True)
    task.on_save_checkpoint(content)
    torch.save(content, tmp_path / "own.ckpt")
    found = load_checkpoint(tmp_path / "own.ckpt").task
    assert (type(found), found.patience, found.learning_rate, found.label_smoothing) == (Patient, 5, 0.25, 0.125)
