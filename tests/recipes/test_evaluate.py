"""A checkpoint is measured on data made as its own was, and the reading is written down."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
import torch
from sklearn.metrics import f1_score

from recipes.checkpoint import load_checkpoint
from recipes.evaluate import evaluate
from toolkit import ArgumentError, DataError, ImageOptions, open_dataset, preprocess_images


@pytest.fixture
def run(trained, tmp_path):
    return Path(shutil.copytree(trained.run, tmp_path / "run"))


def test_it_measures_what_scikit_learn_measures(run, file):
    result = evaluate(run / "checkpoints" / "best.ckpt", file)
    restored, part = load_checkpoint(run / "checkpoints" / "best.ckpt"), open_dataset(file)["test"]
    with torch.inference_mode():
        logits = restored.task(restored.normalize(torch.from_numpy(part.x.copy()).permute(0, 3, 1, 2)))
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
    assert {"test_confusion.csv", "test_confusion.png", "test_classes.csv"} <= {path.name for path in run.iterdir()}
    assert json.loads(json.dumps(result.to_json()))["split"] == "test"


def test_a_file_made_otherwise_is_refused(run, raw, tmp_path):
    preprocess_images(raw, tmp_path / "b.h5", images=ImageOptions(size=(28, 24), dtype="uint8"))
    with pytest.raises(DataError, match=r"evaluate: pipeline must be .*'size': \[24, 24\].*as in the checkpoint, got .*\[28, 24\].*b.h5"):
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
        ({"network": "nowhere.Net"}, "network must be importable, got nowhere.Net"),
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
