"""A look into a trained run: its files, its mistakes beside the confusion matrix, what the ledger notes, what is refused."""

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import foudre
from recipes.evaluate import evaluate
from recipes.look import look
from recipes.look.draw import draw_filters, draw_maps, draw_mistakes
from recipes.look.maps import FeatureMaps
from recipes.look.mistakes import Mistake
from recipes.train import train
from toolkit import ArgumentError, DataError, ImageOptions, open_dataset, preprocess_images


@pytest.fixture
def run(trained, tmp_path):
    return Path(shutil.copytree(trained.run, tmp_path / "run"))


@pytest.fixture
def untrained(run):
    """The run with a checkpoint that has forgotten what to do: its last layer's biases alone decide."""
    path = run / "checkpoints" / "best.ckpt"
    content = torch.load(path, weights_only=True)
    content["state_dict"]["network.head.5.weight"].zero_()
    content["state_dict"]["network.head.5.bias"].copy_(torch.tensor([1.0, 0.0, -1.0]))
    torch.save(content, path)
    return path


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_checkpoint_alone_shows_table_and_filters(run):
    result = look(run / "checkpoints" / "best.ckpt")
    assert result.folder == str(run / "look")
    assert result.files == ("layers.csv", "filters.png")
    assert {path.name for path in (run / "look").iterdir()} == set(result.files)
    assert (result.input, result.agrees, result.mistakes) == ((3, 24, 24), True, None)
    assert len(result.filters.likeness) == 8
    assert f"{result.parameters:,} parameters; sizes and parameters by the formulas equal torch's own" in str(result)


def test_looks_do_not_overwrite_each_other(run, tmp_path):
    assert look(run / "checkpoints" / "last.ckpt").folder == str(run / "look_last")
    stray = shutil.copy(run / "checkpoints" / "last.ckpt", tmp_path / "mine.ckpt")
    assert look(stray).folder == str(tmp_path / "mine_look")
    assert look(stray, folder=tmp_path / "deep" / "here").folder == str(tmp_path / "deep" / "here")


def test_mistakes_are_those_of_the_confusion_matrix(untrained, run, file):
    result = look(untrained, file)
    evaluate(untrained, file, split="val", accelerator="cpu")
    matrix = {row["true \\ predicted"]: row for row in read_csv(run / "val_confusion.csv")}
    told = read_csv(run / "look" / "val_mistakes.csv")
    pairs = {(true, predicted) for true in matrix for predicted in matrix if true != predicted}
    assert all(sum((row["true"], row["predicted"]) == pair for row in told) == int(matrix[pair[0]][pair[1]]) for pair in pairs)
    assert len(told) == len(result.mistakes.worst_first) > 0
    assert (run / "look" / "val_mistakes.png").exists()


def test_the_worst_mistake_comes_first_with_its_figures_by_hand(untrained, file):
    mistakes = look(untrained, file).mistakes
    part, classes = open_dataset(file)["val"], open_dataset(file).classes
    total = np.exp([1.0, 0.0, -1.0]).sum()
    expected = sorted((float(np.log(total)) - [1, 0, -1][label] for label in part.y.tolist() if label), reverse=True)
    assert [mistake.loss for mistake in mistakes.worst_first] == pytest.approx(expected, abs=1e-5)
    for mistake in mistakes.worst_first:
        assert (mistake.source, mistake.true) == (part.source[mistake.row], classes[part.y[mistake.row]])
        assert (mistake.predicted, mistake.probability) == (classes[0], pytest.approx(np.e / total, abs=1e-5))


def test_no_mistakes_leave_a_header_and_no_picture(untrained, run, raw, tmp_path):
    for name in ("stop", "go", "right of way"):
        shutil.copytree(raw / name, tmp_path / "raw" / name)
    preprocess_images(tmp_path / "raw", tmp_path / "all.h5", images=ImageOptions(size=(24, 24), dtype="uint8"))
    look(untrained, tmp_path / "all.h5")
    assert (run / "look" / "val_mistakes.png").exists()
    content = torch.load(untrained, weights_only=True)
    content["state_dict"].update(torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"])
    torch.save(content, untrained)
    result = look(untrained, tmp_path / "all.h5")
    assert result.mistakes.worst_first == ()
    assert (run / "look" / "val_mistakes.csv").read_text().splitlines() == ["row,source,true,predicted,probability,loss"]
    assert not (run / "look" / "val_mistakes.png").exists()
    assert "no mistakes on 14 samples of val" in str(result)


@pytest.mark.parametrize("split", ["val", "test"])
def test_reading_a_split_is_a_line_in_the_ledger(run, file, split):
    result = look(run / "checkpoints" / "best.ckpt", file, split=split)
    line = json.loads((run / "ledger.jsonl").read_text().splitlines()[-1])
    assert (line["event"], line["split"], line["digest"]) == ("read", split, open_dataset(file).digest)
    assert line["mistakes"] == len(result.mistakes.worst_first)
    assert f"{split}_mistakes.csv" in result.files


def test_looking_without_a_file_reads_no_split(run, raw):
    before = (run / "ledger.jsonl").read_text()
    look(run / "checkpoints" / "best.ckpt", picture=raw / "go" / "03.png")
    assert (run / "ledger.jsonl").read_text() == before


def test_a_raw_picture_and_its_row_give_the_same_maps(run, raw, file):
    source = open_dataset(file)["val"].source[2]
    pictures = []
    for options in ({"picture": raw / source}, {"path": file, "row": 2}):
        result = look(run / "checkpoints" / "best.ckpt", **options)
        assert "feature_maps.png" in result.files
        pictures.append(cv2.imread(str(run / "look" / "feature_maps.png"))[100:])  # below the title, which names the source
    np.testing.assert_array_equal(*pictures)


def test_what_does_not_go_together_is_refused(run, raw, file, tmp_path):
    checkpoint = run / "checkpoints" / "best.ckpt"
    with pytest.raises(ArgumentError, match="row must be left out with a picture, got 1"):
        look(checkpoint, file, picture=raw / "go" / "03.png", row=1)
    with pytest.raises(ArgumentError, match="row must be left out without a dataset file, got 1"):
        look(checkpoint, row=1)
    with pytest.raises(ArgumentError, match=r"row must be in \[0, 14\), got 14 in .*val"):
        look(checkpoint, file, row=14)
    with pytest.raises(ArgumentError, match="split must be val or test, got train"):
        look(checkpoint, file, split="train")
    with pytest.raises(DataError, match="picture must be one picture, got 30 in"):
        look(checkpoint, picture=raw / "go")
    with pytest.raises(DataError, match=r"picture must be readable, got this in .*none.png: no such file"):
        look(checkpoint, picture=raw / "none.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"picture must be readable, got this in .*bad.png: "):
        look(checkpoint, picture=tmp_path / "bad.png")
    assert not (run / "look").exists()


def test_a_file_made_otherwise_is_refused(run, raw, tmp_path):
    preprocess_images(raw, tmp_path / "b.h5", images=ImageOptions(size=(28, 24), dtype="uint8"))
    with pytest.raises(DataError, match=r"look: pipeline must be .* as in the checkpoint"):
        look(run / "checkpoints" / "best.ckpt", tmp_path / "b.h5")


def test_names_of_any_kind_are_drawn(tmp_path):
    names = ["50 $km/h$", "停", "W" * 200, "a\n\x1b[31mb", "$\\frac{1}{$"]
    mistakes = [Mistake(i, name, name, name, 0.5, 1.0) for i, name in enumerate(names)]
    draw_mistakes(tmp_path / "a.png", [np.zeros((8, 9, 1), np.uint8)] * 5, mistakes, title=names[4], note=names[0])
    layers = [FeatureMaps(name, ("Conv2d",), np.zeros((3, 4, 4), np.float32)) for name in names]
    draw_maps(tmp_path / "b.png", np.zeros((8, 8, 3), np.float16), layers, title=names[2], note=names[1])
    draw_filters(tmp_path / "c.png", np.zeros((30, 2, 1, 1), np.float32), (), title=names[3], note=names[4])
    assert all(cv2.imread(str(tmp_path / f"{name}.png")).shape[1] > 600 for name in "abc")


@pytest.mark.parametrize(
    "line",
    ["look CHECKPOINT", "look CHECKPOINT FILE.h5 --row 7", "look CHECKPOINT --picture PICTURE", "look C F --split test --to FOLDER --json"],
)
def test_documented_line_parses(line):
    _, bound, unused = foudre.app.parse_args(line, exit_on_error=False, print_error=False)[:3]
    assert bound.arguments
    assert not unused


def test_the_verb_answers_with_its_fields(run, file, capsys):
    assert foudre.main(["look", str(run / "checkpoints" / "best.ckpt"), str(file), "--row", "0", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["checkpoint", "folder", "files", "input", "layers", "parameters", "filters", "mistakes", "agrees"]
    assert set(answer["layers"][0]) >= {"name", "kernel", "stride", "padding", "output", "parameters", "formula_output"}
    assert answer["files"][:3] == ["layers.csv", "filters.png", "feature_maps.png"]
    assert set(answer["mistakes"]) == {"split", "samples", "worst_first"}


def test_the_verb_teaches_and_refuses_in_one_line(run, capsys):
    assert foudre.main(["look", "--help"]) == 0
    assert "foudre look" in capsys.readouterr().out.split("For example:")[-1]
    assert foudre.main(["look", str(run / "none.ckpt")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_network_of_texts_is_refused_by_its_name(reviews, tmp_path):
    options = ["--trainer.max_epochs", "1", "--trainer.accelerator", "cpu"]
    checkpoint = train("sentiment_bow", reviews, *options, run=tmp_path / "run").best_checkpoint
    with pytest.raises(DataError, match=r"look: network must be one of pictures, got RatioNet, trained on text, in .*best\.ckpt"):
        look(checkpoint, reviews, row=1)
