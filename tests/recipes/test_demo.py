"""The demo: runs to its end without a network, says commands that parse, leaves pictures, and harms nobody's folder."""

import shlex
import socket

import cv2
import pytest

import foudre
from recipes.demo import MARK, demo
from toolkit import ArgumentError
from toolkit.samples import SignFaults, SignOptions

SMALL = SignOptions(num_classes=2, tracks=4, frames=3, test_tracks=3, faults=SignFaults(truncated=1))


def test_it_runs_to_the_end_and_says_how(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("the demo must not need a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    said = []
    made = demo(tmp_path / "demo", say=said.append, signs=SMALL, epochs=1)
    assert all(cv2.imread(str(picture)).std() > 5 for picture in made.pictures)
    assert made.dataset.exists()
    assert made.checkpoint.exists()
    assert 0 <= made.accuracy <= 1
    commands = [line.strip().removeprefix("$ foudre ") for line in "\n".join(said).splitlines() if "$ foudre" in line]
    assert [command.split()[0] for command in commands] == ["preprocess", "train", "evaluate", "predict"]
    for command in commands:
        assert not foudre.app.parse_args(shlex.split(command), exit_on_error=False, print_error=False)[2]


def test_an_earlier_demo_is_replaced(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / MARK).touch()
    (tmp_path / "demo" / "old.txt").touch()
    demo(tmp_path / "demo", say=lambda _: None, signs=SMALL, epochs=1)
    assert not (tmp_path / "demo" / "old.txt").exists()


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ArgumentError, match="folder must be new, empty, or an earlier demo's, got"):
        demo(tmp_path, say=lambda _: None)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
