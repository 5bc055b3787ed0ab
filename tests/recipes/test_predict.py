"""Raw pictures in, one answer each out; bad ones answer with their error."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

import foudre
from recipes.checkpoint import load_checkpoint
from recipes.predict import predict
from recipes.train import train
from tests.recipes.conftest import SHORT
from toolkit import ArgumentError, ImageOptions, open_dataset, preprocess_images
from toolkit.images import ReadOptions, parse_steps


def test_a_folder_is_answered_picture_by_picture(trained, raw):
    answers = list(predict(trained.best_checkpoint, [raw]))
    assert len(answers) == 90
    right = [answer["class"] == answer["input"].split("/")[-2] for answer in answers]
    assert np.mean(right) > 0.9
    assert all(1 / 3 <= answer["probability"] <= 1 for answer in answers)


def test_answers_are_those_of_the_trained_network_on_the_stored_pictures(trained, raw, file):
    part = open_dataset(file)["test"]
    restored = load_checkpoint(trained.best_checkpoint)
    with torch.inference_mode():
        expected = restored.task(restored.view(torch.from_numpy(part.x.copy()).permute(0, 3, 1, 2))).softmax(1).max(1).values
    found = [answer["probability"] for answer in predict(trained.best_checkpoint, [raw / name for name in part.source])]
    assert found == pytest.approx(expected.tolist(), abs=1e-5)


def test_a_bad_file_is_one_line_and_the_rest_go_on(trained, raw, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    inputs = [raw / "go" / "01.png", tmp_path / "bad.png", tmp_path / "missing.png", raw / "stop" / "02.png"]
    answers = list(predict(trained.best_checkpoint, inputs))
    assert [set(answer) for answer in answers] == [
        {"input", "class", "probability"},
        {"input", "error"},
        {"input", "error"},
        {"input", "class", "probability"},
    ]
    assert [answer["input"] for answer in answers] == [str(path) for path in inputs]


def test_a_list_that_cannot_be_read_is_one_line_and_names_begin_as_they_were_given(trained, raw, monkeypatch):
    monkeypatch.chdir(raw.parent)
    (raw / "list.csv").write_text("path\ngo/03.png\nnone.png\n")
    try:
        answers = list(predict(trained.best_checkpoint, ["missing.csv", f"{raw.name}/list.csv", f"{raw.name}/stop"]))
    finally:
        (raw / "list.csv").unlink()
    assert answers[0].keys() == {"input", "error"}
    names = ["missing.csv", f"{raw.name}/go/03.png", f"{raw.name}/none.png", f"{raw.name}/stop/00.png"]
    assert [answer["input"] for answer in answers[:4]] == names
    assert len(answers) == 33


def test_a_csv_lists_pictures(trained, raw, tmp_path):
    with open(tmp_path / "list.csv", "w", newline="") as out:
        csv.writer(out).writerows([["path", "label"], [raw / "go" / "03.png", "go"], [raw / "stop" / "03.png", "stop"]])
    assert [answer["class"] for answer in predict(trained.best_checkpoint, [tmp_path / "list.csv"])] == ["go", "stop"]


@pytest.mark.parametrize("name", ["list.txt", "list.tsv", "LIST.CSV"])
def test_lists_are_known_by_the_names_that_preprocess_knows(trained, raw, tmp_path, name):
    (tmp_path / name).write_text(f"path\n{raw / 'go' / '03.png'}\n")
    assert [answer["class"] for answer in predict(trained.best_checkpoint, [tmp_path / name])] == ["go"]


def test_layout_and_columns_say_how_a_list_is_read(trained, raw, tmp_path, capsys):
    (tmp_path / "list.dat").write_text(f"file\n{raw / 'stop' / '03.png'}\n")
    read = ReadOptions(layout="csv", columns="path=file")
    assert [answer["class"] for answer in predict(trained.best_checkpoint, [tmp_path / "list.dat"], read=read)] == ["stop"]
    options = ["--layout", "csv", "--columns", "path=file", "--device", "cpu", "--json"]
    assert foudre.main(["predict", str(trained.best_checkpoint), str(tmp_path / "list.dat"), *options]) == 0
    assert json.loads(capsys.readouterr().out)["class"] == "stop"


def test_a_list_is_read_by_the_options_of_preprocess(trained, raw, tmp_path, capsys):
    (tmp_path / "list.csv").write_text("7~stop/03.png\n8~go/03.png\n")
    options = ["--no-header", "--columns", "path=2", "--delimiter", "~", "--root", str(raw), "--json"]
    assert foudre.main(["predict", str(trained.best_checkpoint), str(tmp_path / "list.csv"), *options]) == 0
    assert [json.loads(line)["class"] for line in capsys.readouterr().out.splitlines()] == ["stop", "go"]
    assert foudre.main(["predict", str(trained.best_checkpoint), str(tmp_path / "list.csv"), "--text", "2"]) == 2
    assert "each option must be one of preprocess images, got text." in capsys.readouterr().err


@pytest.mark.parametrize("device", ["nonsense", "xpu"])
def test_a_device_that_is_not_there_is_refused(trained, raw, device):
    with pytest.raises(ArgumentError, match=f"predict: device must be one that torch can use here, e.g. cpu, got {device}"):
        predict(trained.best_checkpoint, [raw], device=device)


def test_no_input_is_refused(trained):
    with pytest.raises(ArgumentError, match="inputs must be at least one picture"):
        predict(trained.best_checkpoint, [])


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("boxed"), np.random.default_rng(0)
    rows = [["path", "label", "x1", "y1", "x2", "y2"]]
    for number in range(40):
        pixels = rng.integers(0, 255, (32, 32, 3), np.uint8)
        pixels[4:28, 4:28] = (0, 200 * (number % 2), 50)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        rows.append([f"{number}.png", "ab"[number % 2], 4, 4, 27, 27])
    with open(folder / "boxes.csv", "w", newline="") as out:
        csv.writer(out).writerows(rows)
    preprocess_images(folder / "boxes.csv", folder / "b.h5", images=ImageOptions(size=(24, 24), steps=parse_steps("crop_box(margin=0.1)")))
    result = train("signs", folder / "b.h5", *SHORT, "--trainer.max_epochs", "2", run=folder / "run")
    return folder, result.last_checkpoint


def test_a_pipeline_that_cuts_to_boxes_takes_a_source_that_has_them(boxed):
    folder, checkpoint = boxed
    assert len([answer["class"] for answer in predict(checkpoint, [folder / "boxes.csv"])]) == 40


def test_a_pipeline_that_cuts_to_boxes_refuses_bare_pictures(boxed, raw):
    folder, checkpoint = boxed
    answers = list(predict(checkpoint, [folder / "0.png", raw, folder / "boxes.csv"]))
    for answer in answers[:2]:
        assert answer["error"].startswith("predict: input must have boxes, as the checkpoint's pipeline cuts to them, got none in")
    assert len(answers) == 42


HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2"


@pytest.fixture
def benchmark(boxed, tmp_path):
    """GTSRB with two training classes of one picture each, and two test pictures whose table tells boxes only."""
    folder, _ = boxed
    for number in (0, 1):
        place = tmp_path / "GTSRB" / "Final_Training" / "Images" / f"{number:05d}"
        place.mkdir(parents=True)
        shutil.copy(folder / f"{number}.png", place / "00000_00000.png")
        (place / f"GT-{number:05d}.csv").write_text(f"{HEADER};ClassId\n00000_00000.png;32;32;4;4;27;27;{number}\n")
    test = tmp_path / "GTSRB" / "Final_Test" / "Images"
    test.mkdir(parents=True)
    for number in (2, 3):
        shutil.copy(folder / f"{number}.png", test / f"{number}.png")
    (test / "GT-final_test.test.csv").write_text(f"{HEADER}\n2.png;32;32;4;4;27;27\n3.png;32;32;4;4;27;27\n")
    return tmp_path / "GTSRB"


def _told(answers):
    return [(answer["class"], pytest.approx(answer["probability"], abs=1e-6)) for answer in answers]


@pytest.mark.parametrize("inner", ["Final_Test/Images", "Final_Test"])
def test_test_pictures_of_gtsrb_are_cut_to_the_boxes_that_come_with_them(boxed, benchmark, monkeypatch, inner):
    folder, checkpoint = boxed
    monkeypatch.chdir(benchmark.parent)
    answers = list(predict(checkpoint, [f"GTSRB/{inner}"]))
    assert [answer["input"] for answer in answers] == ["GTSRB/Final_Test/Images/2.png", "GTSRB/Final_Test/Images/3.png"]
    assert _told(answers) == _told(list(predict(checkpoint, [folder / "boxes.csv"]))[2:4])


def test_all_of_gtsrb_is_its_training_and_its_test_pictures(boxed, benchmark):
    _, checkpoint = boxed
    names = [answer["input"].removeprefix(f"{benchmark}/") for answer in predict(checkpoint, [benchmark])]
    training = [f"Final_Training/Images/0000{number}/00000_00000.png" for number in (0, 1)]
    assert names == [*training, "Final_Test/Images/2.png", "Final_Test/Images/3.png"]


@pytest.mark.parametrize("place", ["Final_Test", "", ".."])
def test_the_table_of_boxes_of_gtsrb_may_lie_above_the_test_pictures(boxed, benchmark, place):
    _, checkpoint = boxed
    (benchmark / "Final_Test" / "Images" / "GT-final_test.test.csv").unlink()
    (benchmark / place / "GT-final_test.csv").write_text(f"{HEADER};ClassId\n3.png;32;32;4;4;27;27;42\n")
    right, unnamed = predict(checkpoint, [benchmark / "Final_Test" / "Images"])
    assert (right["input"], set(right)) == (f"{benchmark}/Final_Test/Images/3.png", {"input", "class", "probability"})
    assert unnamed == {"input": f"{benchmark}/Final_Test/Images/2.png", "error": "not named in GT-final_test.csv"}


def test_test_pictures_of_gtsrb_without_boxes_are_told_of(boxed, benchmark):
    _, checkpoint = boxed
    (benchmark / "Final_Test" / "Images" / "GT-final_test.test.csv").unlink()
    *answers, left_out = predict(checkpoint, [benchmark])
    assert len(answers) == 2
    assert left_out == {
        "input": f"{benchmark}/Final_Test/Images",
        "error": "left out: GT-final_test.csv or GT-final_test.test.csv, which tells its boxes, is missing",
    }
    (alone,) = predict(checkpoint, [benchmark / "Final_Test" / "Images"])
    assert "GT-final_test.test.csv, which tells its boxes, is missing" in alone["error"]


def test_an_archive_with_boxes_is_a_source_with_boxes(boxed, tmp_path):
    folder, checkpoint = boxed
    for part, numbers in (("Train", (0, 1)), ("Test", (2, 3))):
        (tmp_path / "kaggle" / part).mkdir(parents=True)
        rows = ["Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"]
        for number in numbers:
            shutil.copy(folder / f"{number}.png", tmp_path / "kaggle" / part)
            rows.append(f"32,32,4,4,27,27,{number % 2},{part}/{number}.png")
        (tmp_path / "kaggle" / f"{part}.csv").write_text("\n".join(rows))
    shutil.make_archive(str(tmp_path / "kaggle"), "zip", tmp_path / "kaggle")
    answers = list(predict(checkpoint, [tmp_path / "kaggle.zip"]))
    names = ["Train/0.png", "Train/1.png", "Test/2.png", "Test/3.png"]
    assert [answer["input"] for answer in answers] == [f"{tmp_path}/kaggle.zip/{name}" for name in names]
    assert _told(answers) == _told(list(predict(checkpoint, [folder / "boxes.csv"]))[:4])


def test_each_box_of_a_picture_has_an_answer_of_its_own(boxed, tmp_path):
    _, checkpoint = boxed
    pixels = np.random.default_rng(1).integers(0, 255, (40, 72, 3), np.uint8)
    pixels[4:28, 4:28], pixels[4:28, 44:68] = (0, 0, 50), (0, 200, 50)
    (tmp_path / "val2017").mkdir()
    Image.fromarray(pixels).save(tmp_path / "val2017" / "0.png")
    annotations = [{"image_id": 0, "category_id": 0, "bbox": [x, 4, 24, 24]} for x in (4, 44)] + [{"image_id": 0, "category_id": 0}]
    told = {"images": [{"id": 0, "file_name": "0.png"}], "annotations": annotations, "categories": [{"id": 0, "name": "unknown"}]}
    (tmp_path / "annotations").mkdir()
    table = tmp_path / "annotations" / "instances_val2017.json"
    table.write_text(json.dumps(told))
    alone = []
    for number, x in enumerate((4, 44)):
        (tmp_path / f"{number}.csv").write_text(f"path,x1,y1,x2,y2\nval2017/0.png,{x},4,{x + 23},27\n")
        alone += predict(checkpoint, [tmp_path / f"{number}.csv"])
    for source in (table, tmp_path):
        first, second, bad = predict(checkpoint, [source])
        assert (first["input"], second["input"]) == (str(tmp_path / "val2017" / "0.png"),) * 2
        assert (first["box"], second["box"]) == ([4, 4, 27, 27], [44, 4, 67, 27])
        assert [first["probability"], second["probability"]] == pytest.approx([answer["probability"] for answer in alone], abs=1e-6)
        assert [first["class"], second["class"]] == [answer["class"] for answer in alone]
        assert bad["error"] == "bbox must be x, y, width and height, got None"


@pytest.mark.parametrize("form", ["zip", "gztar"])
def test_all_pictures_of_an_archive_are_answered_as_those_of_a_folder_are(trained, raw, tmp_path, monkeypatch, form):
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    for name in ("go/03.png", "stop/03.png"):
        shutil.copy(raw / name, tmp_path / "photos" / f"{name.partition('/')[0]}.png")
    shutil.copy(raw / "go" / "04.png", tmp_path / "photos" / "deep" / "4.png")
    (tmp_path / "photos" / "deep" / "old.zip").write_bytes(b"PK")
    archive = shutil.make_archive(str(tmp_path / "photos"), form, tmp_path / "photos").rpartition("/")[2]
    monkeypatch.chdir(tmp_path)
    packed, plain = list(predict(trained.best_checkpoint, [archive])), list(predict(trained.best_checkpoint, ["photos"]))
    assert [answer["input"] for answer in plain] == [f"photos/{name}" for name in ("go.png", "stop.png", "deep/4.png", "deep/old.zip")]
    assert [answer["input"].replace(archive, "photos", 1) for answer in packed] == [answer["input"] for answer in plain]
    assert _told(packed[:3]) == _told(plain[:3])
    assert [answer["class"] for answer in plain[:2]] == ["go", "stop"]
    assert plain[3]["error"] == "not read among pictures; give it as an input of its own"
    assert packed[3]["error"] == "an archive inside the archive; unpack it to read it"


def test_files_that_hold_many_pictures_are_read_alone_in_a_folder_and_in_an_archive(trained, tmp_path):
    pixels = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 784)
    (tmp_path / "digits").mkdir()
    idx = tmp_path / "digits" / "t10k-images-idx3-ubyte"
    idx.write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]) + pixels.tobytes())
    shutil.make_archive(str(tmp_path / "digits"), "zip", tmp_path / "digits")
    for number, picture in enumerate(pixels):
        Image.fromarray(picture.reshape(28, 28)).save(tmp_path / f"{number}.png")
    expected = _told(predict(trained.best_checkpoint, [tmp_path / "0.png", tmp_path / "1.png"]))
    for source in (idx, idx.parent, tmp_path / "digits.zip"):
        answers = list(predict(trained.best_checkpoint, [source]))
        assert _told(answers) == expected
        begin = source if source.suffix else idx.parent
        assert [answer["input"] for answer in answers] == [f"{begin}/{idx.name} {number}" for number in (0, 1)]


@pytest.mark.parametrize(("name", "fix"), [("photos.rar", "unpack it"), ("notes", "A source is a folder")])
def test_what_cannot_be_read_is_told_with_what_to_type(trained, tmp_path, name, fix):
    (tmp_path / "notes").mkdir()
    (tmp_path / "photos.rar").write_bytes(b"Rar!")
    (answer,) = predict(trained.best_checkpoint, [tmp_path / name])
    assert answer["input"] == str(tmp_path / name)
    assert fix in answer["error"]
