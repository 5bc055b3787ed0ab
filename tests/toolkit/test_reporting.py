"""The verb `report`: raw signs and their dataset file become a page with verdict, findings and pictures."""

import json
import shutil
from pathlib import Path

import pytest

from foudre import main
from toolkit import BalanceOptions, ImageOptions, open_dataset, preprocess_images, report_source
from toolkit.errors import ArgumentError
from toolkit.images import ReadOptions, parse_steps
from toolkit.samples import SignFaults, SignOptions, draw_signs


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    faults = SignFaults(truncated=2, leaks=3)
    options = SignOptions(num_classes=3, tracks=3, frames=4, test_tracks=2, faults=faults)
    return draw_signs(tmp_path_factory.mktemp("signs") / "drawn", options=options).folder


def test_raw_pictures_with_a_leak_make_a_page_that_shows_it(signs, tmp_path):
    report = report_source(signs, tmp_path / "raw.html", workers=0)
    page = Path(report.path).read_text(encoding="utf-8")
    assert report.content["verdict"]["status"] == "error"
    assert report.content["findings"][0]["check"] == "leak_certificate"
    leak = next(found for found in report.content["findings"] if found["check"] == "duplicates_across_splits")
    assert len(leak["sets"]) == 3
    assert f'href="#finding-{report.content["findings"].index(leak) + 1}"' in page
    assert page.count("data:image/webp;base64,") > 3 * 7
    assert report.content["unusable"]["count"] == 2


def test_a_dataset_file_shows_what_it_stores_and_what_was_fitted(signs, tmp_path):
    path = tmp_path / "signs.h5"
    preprocess_images(signs, path, images=ImageOptions(size=(24, 24)), balance=BalanceOptions(20))
    report = report_source(path, tmp_path / "file.html", workers=0)
    assert report.content["fitted"]["channel_mean"] == open_dataset(path).meta["channel_mean"].tolist()
    assert {split["name"] for split in report.content["splits"]} == {"train", "val", "test"}
    height = next(column for column in report.content["columns"] if column["name"] == "height")
    assert (height["all"]["q01"], height["all"]["q99"]) == (24, 24)
    assert Path(report.path).read_text(encoding="utf-8").count("data:image/webp;base64,") > 3 * 7


def test_the_command_writes_page_and_json_and_says_where(signs, tmp_path, capsys):
    out = tmp_path / "new" / "page.html"
    assert main(["report", "images", str(signs), "--out", str(out), "--workers", "0", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["path"] == str(out)
    assert answer["verdict"]["status"] == "error"
    assert json.loads(Path(answer["json"]).read_text())["verdict"] == answer["verdict"]


def test_a_page_of_another_ending_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(ArgumentError, match=r"report: path must be a name that ends in \.html, got .*r\.pdf"):
        report_source(tmp_path / "missing", tmp_path / "r.pdf")
    assert main(["report", "images", "a", "b"]) == 2


def test_an_older_page_is_compared_with(signs, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(signs, older)
    (removed, *_) = [name for name in report_source(signs, tmp_path / "a.html", workers=0).content["findings"] if name["sets"]]
    (older / removed["sets"][0][0]["source"]).unlink()
    assert main(["report", str(older), "--out", str(tmp_path / "old.html"), "--workers", "0"]) == 0
    report = report_source(signs, tmp_path / "new.html", baseline=tmp_path / "old.json", workers=0)
    changes = {each["check"]: each["change"] for each in report.content["changes"]["findings"]}
    assert changes["duplicates_across_splits"] == "2 new"
    assert changes["unreadable_inputs"] == "1 fewer"  # the annotations named the file that was removed
    assert 'href="#changes"' in Path(report.path).read_text(encoding="utf-8")
    assert "changes" not in json.loads((tmp_path / "a.json").read_text())


def test_the_statistics_go_out_as_a_table(signs, tmp_path):
    table = tmp_path / "table.csv"
    assert main(["report", str(signs), "--out", str(tmp_path / "p.html"), "--table", str(table), "--workers", "0"]) == 0
    lines = table.read_text().splitlines()
    assert lines[0].startswith("source,label,group,split,height,width,")
    assert main(["check", str(signs), "--table", str(tmp_path / "again.csv"), "--workers", "0"]) == 1
    assert (tmp_path / "again.csv").read_text().splitlines() == lines
    assert main(["report", str(signs), "--out", str(tmp_path / "p.html"), "--table", "table.txt"]) == 2


def test_a_pipeline_is_shown_step_by_step_while_its_originals_are_there(signs, tmp_path):
    moved = tmp_path / "signs"
    shutil.copytree(signs, moved)
    preprocess_images(moved, tmp_path / "signs.h5", images=ImageOptions(size=(24, 24), steps=parse_steps("crop_box, clahe")))

    def page():
        return Path(report_source(tmp_path / "signs.h5", tmp_path / "p.html", workers=0).path).read_text(encoding="utf-8")

    assert "2. <code>resize(height=24, width=24)</code>" in page()
    assert "Precision: storing changed a value by" in page()
    moved.rename(tmp_path / "elsewhere")
    assert "Not shown: what each step does is seen on the originals. replay: boxes must be" in page()


def test_the_steps_tried_on_a_raw_source_are_in_the_json_too(signs, tmp_path):
    steps = "crop_box(margin=0.1), clahe, grayscale"
    assert main(["report", str(signs), "--steps", steps, "--out", str(tmp_path / "p.html"), "--workers", "0"]) == 0
    text = (tmp_path / "p.json").read_text()
    stages = json.loads(text)["pipeline"]["stages"]
    assert [stage["name"] for stage in stages] == ["as read", "crop_box", "resize", "clahe", "grayscale"]
    assert stages[1]["step"] == "crop_box(margin=0.1)"
    assert stages[1]["parameters"]["margin"] == 0.1
    assert all(sum(stage["luminance_histogram"]) == pytest.approx(1) for stage in stages)
    assert "data:image" not in text


def test_boxes_of_a_table_are_found_again_by_what_was_typed(signs, tmp_path):
    pictures = sorted(Path(signs).rglob("Final_Training/**/*.ppm"))
    rows = [f"{path},{path.parent.name},2,2,20,20" for path in pictures]
    (tmp_path / "list.csv").write_text("\n".join(["file,kind,x1,y1,x2,y2", *rows]))
    images, read = ImageOptions(size=(24, 24), steps=parse_steps("crop_box")), ReadOptions(columns="path=file,label=kind")
    preprocess_images(tmp_path / "list.csv", tmp_path / "signs.h5", images=images, read=read)
    page = Path(report_source(tmp_path / "signs.h5", tmp_path / "p.html", workers=0).path).read_text(encoding="utf-8")
    assert "2. <code>resize(height=24, width=24)</code>" in page


def test_steps_are_tried_on_raw_pictures_and_refused_for_a_file(signs, tmp_path, capsys):
    out = ["--out", str(tmp_path / "p.html"), "--workers", "0", "--steps", "crop_box, grayscale"]
    assert main(["report", str(signs), *out, "--size", "16"]) == 0
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "2. <code>resize(height=16, width=16)</code>" in page
    assert "Precision" not in page
    preprocess_images(signs, tmp_path / "signs.h5", images=ImageOptions(size=(24, 24)))
    assert main(["report", str(tmp_path / "signs.h5"), *out]) == 2
    told = "options of a pipeline must be left out for a dataset file, which has its own, got --steps crop_box, grayscale in "
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["check", "report"])
def test_what_would_be_lost_or_cannot_be_written_is_told_before_anything_is_read(verb, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    labels = "path,label\nmissing.png,stop\n"
    for name in ("list.csv", "file"):
        Path(name).write_text(labels)
    for table, status, told in [
        ("list.csv", 2, "table: path must be neither list.csv, which is read, nor inside it, got list.csv."),
        ("file/t.csv", 2 if verb == "check" else 1, "table: path must be where a file can be written, got Not a directory in file/t.csv."),
    ]:
        assert main([verb, "list.csv", "--table", table]) == status
        assert capsys.readouterr().err.startswith(f"foudre: {told}")
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == [labels, labels]


def test_a_page_spares_its_baseline_and_files_of_the_user(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("settings.json").write_text('{"theme": "dark"}')
    assert main(["report", "missing", "--out", "settings.html"]) == 2
    assert "report: path must be free, or that of an earlier answer, which is replaced, got a file of another make in settings.json" in (
        capsys.readouterr().err
    )
    assert main(["report", "missing", "--out", "old.html", "--baseline", "old.json"]) == 2
    assert "report: path must be neither old.json, which is read, nor inside it, got old.json." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
