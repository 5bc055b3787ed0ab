"""What people read: the Python of README and docs runs from top to bottom, commands parse, the first screen tells what a visitor needs."""

import re
import shlex
from pathlib import Path

import pytest

import foudre
from recipes.train import CONFIGS
from toolkit.samples import SignOptions, draw_signs

ROOT = Path(__file__).resolve().parent.parent.parent
README, SERIES = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/series.md"))


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(text):
    """Each `foudre …` line, without what the shell does for it."""
    lines = [line.strip() for block in blocks(text, "sh") for line in block.splitlines()]
    return [line.split(" > ")[0].split("   #")[0] for line in lines if line.startswith("foudre ")]


def run(text, name):
    names = {}
    for block in blocks(text, "python"):
        exec(compile(block, name, "exec"), names)  # one story: later blocks use the names of earlier ones


def test_the_first_screen_has_purpose_commands_and_python():
    first_screen = "\n".join(README.splitlines()[:25])
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "```python" in first_screen


def test_python_blocks_run(tmp_path, monkeypatch):
    draw_signs(tmp_path / "GTSRB", options=SignOptions(num_classes=3, tracks=7, frames=3, test_tracks=2))
    monkeypatch.chdir(tmp_path)
    run(README, "README.md")
    assert (tmp_path / "signs.h5").exists()


def test_python_blocks_of_series_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(SERIES, "docs/series.md")
    assert (tmp_path / "weather.h5").exists()


@pytest.mark.parametrize("line", dict.fromkeys(commands(README) + commands(SERIES)))
def test_commands_parse(line):
    _, bound, unused = foudre.app.parse_args(shlex.split(line)[1:], exit_on_error=False, print_error=False)[:3]
    assert bound.arguments
    assert not unused


def test_every_recipe_of_series_is_told():
    recipes = {path.stem: path.read_text(encoding="utf-8") for path in CONFIGS.glob("*.yaml")}
    of_series = [name for name, text in recipes.items() if re.search(r"datamodules\.(Whole)?Series", text)]
    assert of_series
    assert all(f"| `{name}` |" in SERIES for name in of_series)
