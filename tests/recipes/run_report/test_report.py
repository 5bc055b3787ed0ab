"""A run's folder becomes a page: what it holds, what is missing and said so, what is refused; every name literal; test never read."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from foudre import main
from recipes.look.maps import FeatureMaps
from recipes.look.mistakes import Mistake, Mistakes
from recipes.run_report import report_run
from recipes.run_report.network import SeenNetwork
from recipes.run_report.on_val import OnVal
from recipes.run_report.pictures import Example, SeenPictures
from recipes.run_report.sections import show_classes, show_ledgers, show_mistakes, show_network, show_setup
from recipes.run_report.words import SeenWords
from tests.recipes.run_report.runs import make_record
from toolkit import ArgumentError, DataError, ImageOptions, open_dataset, preprocess_images
from toolkit.errors import printable
from toolkit.images.show import picture_address
from toolkit.report.content import judge
from toolkit.report.page import render_sections

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</pre></details><b>", "{{ 7 * 7 }}", "$x^2$", "\u202egnp.exe", "a\x00b",
    "caf\udce9",
)  # fmt: skip


@pytest.fixture
def run(trained, tmp_path):
    return Path(shutil.copytree(trained.run, tmp_path / "run"))


def read_ledger(run):
    return [json.loads(line) for line in (run / "ledger.jsonl").read_text().splitlines()]


class Page(HTMLParser):
    """A page's elements with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)


def test_a_run_is_shown_in_the_promised_order_and_val_is_noted_in_the_ledger(run, file, tmp_path):
    report = report_run(run, tmp_path / "page.html")
    page = Path(report.path).read_text(encoding="utf-8")
    titles = re.findall(r'<h2 id="([a-z]+)">', page)
    assert titles == ["findings", "curves", "confusion", "classes", "mistakes", "filters", "maps", "network", "ledger", "setup"]
    assert [line["split"] for line in read_ledger(run) if line["event"] == "read"] == ["val"]
    assert report.content["run"]["ledger"] == read_ledger(run)
    assert report.content["unchecked"] == []
    assert report.content["verdict"]["text"].startswith("Val accuracy ")
    assert report.content["mistakes"]["samples"] == len(open_dataset(file)["val"])
    assert json.loads(Path(report.json_path).read_text(encoding="utf-8")) == json.loads(json.dumps(report.content))
    assert len(page) < 5_000_000


def test_the_page_is_accessible_and_needs_nothing_else(run, tmp_path):
    text = Path(report_run(run, tmp_path / "page.html").path).read_text(encoding="utf-8")
    page = Page(text)
    policy = next(found["content"] for tag, found in page.elements if tag == "meta" and "http-equiv" in found)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    addresses = [value for _, found in page.elements for name, value in found.items() if name in ("src", "href", "xlink:href")]
    assert all(address.startswith("data:") or address[1:] in ids for address in addresses)
    assert all("alt" in found for tag, found in page.elements if tag == "img")
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_training_samples_are_measured_as_val_is(run, file, tmp_path):
    alike = report_run(run, tmp_path / "page.html").content["alike"]
    part = open_dataset(file)["train"]
    assert (alike["samples"], alike["val_samples"]) == (len(part), len(open_dataset(file)["val"]))
    assert 0 <= alike["accuracy"] <= 1


def test_a_file_that_is_gone_or_another_one_is_said_not_refused(run, raw, tmp_path):
    config = run / "config.yaml"
    told = config.read_text()
    for path, reason in ((tmp_path / "gone.h5", "is not at"), (tmp_path / "other.h5", "is not the one trained on any more")):
        config.write_text(re.sub(r"path: .*\.h5", f"path: {path}", told))
        if path.stem == "other":
            preprocess_images(raw, path, images=ImageOptions(size=(32, 32)))
        content = report_run(run, tmp_path / "page.html").content
        assert [line for line in content["unchecked"] if reason in line]
        assert "mistakes" not in content
        assert content["layers"]
    assert all(line["event"] != "read" for line in read_ledger(run))


def test_a_given_file_that_does_not_fit_is_refused(run, raw, tmp_path):
    preprocess_images(raw, tmp_path / "other.h5", images=ImageOptions(size=(32, 32)))
    with pytest.raises(DataError, match="report: pipeline must be"):
        report_run(run, tmp_path / "page.html", file=tmp_path / "other.h5")


def test_val_that_was_trained_on_is_not_read(run, tmp_path):
    path = run / "checkpoints" / "best.ckpt"
    content = torch.load(path, weights_only=True)
    next(part for part in content.values() if isinstance(part, dict) and "train_on" in part)["train_on"] = "train+val"
    torch.save(content, path)
    report = report_run(run, tmp_path / "page.html")
    assert "val was trained on" in report.content["unchecked"][0]
    assert all(line["event"] != "read" for line in read_ledger(run))


def test_what_is_missing_is_said(run, tmp_path):
    shutil.rmtree(run / "checkpoints")
    for name in ("metrics.json", "val_confusion.csv", "ledger.jsonl"):
        (run / name).unlink()
    content = report_run(run, tmp_path / "page.html").content
    assert [line.split(":")[0] for line in content["unchecked"]] == ["the network", "the confusion matrix and classes"]
    assert "unfinished" in {finding["check"] for finding in content["findings"]}


def test_several_runs_have_one_page(run, tmp_path):
    folder = tmp_path / "both"
    for name in ("seed_0", "seed_1"):
        shutil.copytree(run, folder / name)
    (folder / "runs.json").write_text(json.dumps({"runs": {"seed_0": [], "seed_1": [], "seed_2": []}}))
    (folder / "summary.json").write_text(json.dumps({"mean": {"val/accuracy": 0.75}, "std": {"val/accuracy": 0.05}}))
    content = report_run(folder, tmp_path / "page.html").content
    assert content["verdict"]["text"].startswith("Val accuracy 0.7500 ± 0.0500 over 2 runs")
    assert content["unchecked"][0] == "the run seed_2, which has not begun"
    single = report_run(run, tmp_path / "one.html").content
    assert content["confusion"]["counts"] == (2 * np.array(single["confusion"]["counts"])).tolist()
    for both, one in zip(content["classes"], single["classes"], strict=True):
        assert both == one | {"f1_std": 0}


def test_classes_of_several_runs_have_mean_and_deviation():
    sections, said = show_classes([np.array([[3, 1], [0, 4]]), np.array([[4, 0], [4, 0]])], "ab")
    # F1 of a: 2·3/(4 + 3) and 2·4/(4 + 8)
    told = {"precision": 0.75, "recall": 0.875, "f1": 16 / 21, "f1_std": 4 / 21 / 2**0.5, "samples": 4}
    assert said["classes"][0] == {"name": "a"} | {name: pytest.approx(value) for name, value in told.items()}
    assert said["confusion"]["counts"] == [[7, 1], [4, 4]]
    assert "Means of 2 runs" in str(sections[1])


def test_what_is_no_run_and_another_ending_are_refused(raw, run, tmp_path):
    with pytest.raises(DataError, match="report: run must be a run folder"):
        report_run(raw, tmp_path / "page.html")
    with pytest.raises(ArgumentError, match=r"path must be a name that ends in \.html"):
        report_run(run, tmp_path / "page.pdf")


def hostile_page(names):
    """A page in which each name stands wherever one can."""
    ledger = [{"time": name, "event": name, "split": name, name: name} for name in names]
    record = make_record(ledger=ledger, config="\n".join(names))
    picture = np.zeros((8, 8, 3), np.uint8)
    wrong = Mistakes("val", 9, tuple(Mistake(i, name, name, name, 0.5, 1.0) for i, name in enumerate(names)))
    maps = [FeatureMaps(name, ("Conv2d",), np.zeros((1, 4, 4), np.float32)) for name in names]
    example = Example(names[0], picture, names[0], 0.5, maps)
    seen = OnVal(names[0], wrong, None, [picture_address(picture.astype(np.float32))] * len(names), names)
    places = np.arange(2 * len(names), dtype=np.float32).reshape(-1, 2)
    words = SeenWords(len(names), 2, names, places, {name: [(name, 0.5)] for name in names})
    matrix = np.ones((len(names), len(names)), np.int64)
    network = [section for own in (SeenPictures(example=example), words) for section in show_network(SeenNetwork(own=own))[0]]
    sections = [*show_classes([matrix], names)[0], show_mistakes(seen)[0], *network, show_ledgers([record]), show_setup(record, {})]
    content = {"verdict": judge([], names[0]), "findings": [], "unchecked": list(names)}
    return Page(render_sections(content, sections, title=names[0], what="training run", about=names[0]))


def test_hostile_names_appear_literally_and_make_no_markup():
    hostile, tame = hostile_page(HOSTILE), hostile_page([f"name {i}" for i in range(len(HOSTILE))])
    text = "\0".join(hostile.texts)
    assert [name for name in HOSTILE if printable(name) not in text] == []
    drawn = {"path", "g", "use", "text", "defs", "clippath"}
    shapes = [[(tag, sorted(found)) for tag, found in page.elements if tag not in drawn] for page in (hostile, tame)]
    assert shapes[0] == shapes[1]
    assert all(character.isprintable() or character in "\0\n" for character in text)


def test_the_command_knows_a_run_and_says_where_the_page_is(run, file, tmp_path, capsys):
    out = tmp_path / "new" / "run.html"
    assert main(["report", str(run), str(file), "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["path"] == str(out)
    assert json.loads(Path(answer["json"]).read_text(encoding="utf-8"))["kind"] == "training run"
    assert main(["report", str(run), "--layout", "csv", "--out", str(out)]) == 2
    assert "report: options must be --out and --json alone with a run, got --layout." in capsys.readouterr().err
