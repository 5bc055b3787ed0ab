"""The demo: runs to its end without a network, says commands that parse, leaves pictures, and harms nobody's folder."""

import shlex
import socket
from functools import partial
from pathlib import Path

import cv2
import pytest

import foudre
from recipes.demo import demo
from recipes.demo.folder import MARK
from recipes.demo.images import demo_images
from recipes.demo.series import demo_series
from recipes.demo.text import demo_text
from toolkit import ArgumentError
from toolkit.samples import SignFaults, SignOptions
from toolkit.samples.series import GestureOptions, WeatherOptions
from toolkit.samples.texts import ReviewOptions

SMALL = SignOptions(num_classes=2, tracks=4, frames=3, test_tracks=3, faults=SignFaults(truncated=1))
FEW = ReviewOptions(num_films=12)
SHORT = WeatherOptions(num_days=40, gap=5, stuck=30, outliers=1, missing=2)
THREE = GestureOptions(train=12, test=6)
STEPS = {
    "images": ["preprocess", "train", "evaluate", "predict"],
    "text": ["preprocess", "train", "preprocess", "train", "evaluate", "predict"],
    "series": ["check", "preprocess", "train", "train", "evaluate", "evaluate", "predict", "preprocess", "train", "evaluate"],
}
TOLD = {
    "images": ["2 classes"],
    "text": ["Paris − France + Sénégal = Dakar"],
    "series": [  # each planted fault, and where 40 days from the first of January end
        *("30 steps in runs of one value", "5 steps of 960", "2 values missing", "1 single step"),
        "2022-02-10T00:00:00 → ",
    ],
}


@pytest.mark.parametrize(
    ("kind", "run"),
    [
        ("images", partial(demo_images, signs=SMALL, epochs=1)),
        ("text", partial(demo_text, num_sentences=4000, reviews=FEW)),
        ("series", partial(demo_series, weather=SHORT, gestures=THREE, epochs=1)),
    ],
)
def test_it_runs_to_the_end_and_says_how(kind, run, tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("the demo must not need a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    said = []
    made = run(tmp_path / "my demo", say=said.append)
    assert all(cv2.imread(str(picture)).std() > 5 for picture in made.pictures)
    assert made.dataset.exists()
    assert made.checkpoint.exists()
    assert 0 <= made.accuracy <= 1
    lines = [line.strip() for line in "\n".join(said).splitlines()]
    commands = [line.removeprefix("$ foudre ") for line in lines if line.startswith("$ foudre")]
    assert [command.split()[0] for command in commands] == STEPS[kind]
    for command in map(shlex.split, commands):
        assert not foudre.app.parse_args(command, exit_on_error=False, print_error=False)[2]
        assert all(Path(word).exists() for word in command if word.startswith(str(tmp_path)))
        assert "--run" not in command  # the demo's own run folder is in use
    assert all(any(phrase in line for line in lines) for phrase in TOLD[kind])


def test_words_too_few_to_ask_are_no_error(tmp_path):
    said = []
    demo_text(tmp_path / "demo", say=said.append, num_sentences=12, reviews=FEW, epochs=1)
    assert any("too few words to ask" in line for line in said)


def test_an_earlier_demo_of_its_kind_is_replaced(tmp_path):
    for _ in range(2):
        made = demo_images(tmp_path / "demo", say=lambda _: None, signs=SMALL, epochs=1)
        assert not (made.folder / "old.txt").exists()
        (made.folder / "old.txt").touch()


@pytest.mark.parametrize(("kind", "other"), [("images", "text"), ("text", "images"), ("series", "text")])
def test_a_folder_of_anybody_elses_is_left_alone(kind, other, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    for mark in (None, other):
        if mark is not None:
            (tmp_path / MARK).write_text(mark)
        with pytest.raises(ArgumentError, match=f"folder must be new, empty, or what an earlier demo of {kind} left, got"):
            demo(tmp_path, kind, say=lambda _: None)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_kind_without_a_demo_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"kind must be one of images, text, series.*, got sounds"):
        demo(tmp_path / "demo", "sounds", say=lambda _: None)
    assert not (tmp_path / "demo").exists()
