"""The README: its Python runs from top to bottom, its commands parse, and its first screen tells what a visitor needs."""

import re
import shlex
from pathlib import Path

import pytest

import foudre
from toolkit.samples import SignOptions, draw_signs

README = (Path(__file__).resolve().parent.parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands():
    """Each `foudre …` line, without what the shell does for it."""
    lines = [line.strip() for block in blocks("sh") for line in block.splitlines()]
    return [line.split(" > ")[0].split("   #")[0] for line in lines if line.startswith("foudre ")]


def test_the_first_screen_has_purpose_commands_and_python():
    first_screen = "\n".join(README.splitlines()[:25])
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "```python" in first_screen


def test_python_blocks_run(tmp_path, monkeypatch):
    draw_signs(tmp_path / "GTSRB", options=SignOptions(num_classes=3, tracks=7, frames=3, test_tracks=2))
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)  # one story: later blocks use the names of earlier ones
    assert (tmp_path / "signs.h5").exists()


@pytest.mark.parametrize("line", commands())
def test_commands_parse(line):
    _, bound, unused = foudre.app.parse_args(shlex.split(line)[1:], exit_on_error=False, print_error=False)[:3]
    assert bound.arguments
    assert not unused
