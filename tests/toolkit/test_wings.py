"""Kinds of data: one line lists a kind, and its folder's declaration makes its command, its options and its function."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts import toy_wing
from toolkit import ArgumentError, preprocess_images, preprocess_series, preprocess_text
from toolkit.preprocess import preprocess_kind
from toolkit.wings import WINGS

REPOSITORY = Path(__file__).resolve().parents[2]

DECLARED = '''
from dataclasses import dataclass

from toolkit.declaration import Declaration


@dataclass(frozen=True)
class ReadOptions:
    """How toys are read.

    Args:
        files: Which files are read.
    """

    files: str = "*/*.txt"


@dataclass(frozen=True)
class ToyOptions:
    """What toys become.

    Args:
        scale: What numbers are multiplied by.
    """

    scale: int = 1


DECLARATION = Declaration(
    title="Turn toys into one dataset file.",
    source="A folder a class.",
    examples=("toys toys.h5", "toys toys.h5 --scale 2", "toys toys.h5 --split 0.8,0.2"),
    objects={"toys": ToyOptions, "read": ReadOptions},
)
'''

COMMAND = """
import sys
import toolkit.wings
toolkit.wings.WINGS = toolkit.wings.Wings({"toys": "toy"})
import foudre
sys.exit(foudre.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """A folder with a package of somebody else's kind of data, and a source of it."""
    folder = tmp_path_factory.mktemp("toys")
    (folder / "toy").mkdir()
    wing = Path(toy_wing.__file__).read_text().replace('KIND = "sequences"', 'KIND = "toys"')
    (folder / "toy" / "__init__.py").write_text(wing)
    (folder / "toy" / "declaration.py").write_text(DECLARED)
    toy_wing.write_source(folder / "raw")
    return folder


def run(toys, *arguments):
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    env = {"PYTHONPATH": f"{REPOSITORY}:{toys}", "HOME": str(toys)}
    return subprocess.run(command, cwd=toys, env=env, capture_output=True, text=True, check=False)


def test_one_line_makes_a_command_that_teaches(toys):
    shown = run(toys, "preprocess", "toys", "--help").stdout
    assert "Turn toys into one dataset file." in shown
    assert "foudre preprocess toys toys toys.h5 --scale 2" in shown
    assert "What numbers are multiplied by. [default: 1]" in " ".join(shown.replace("│", " ").split())
    assert "--balance-by" in shown


def test_one_line_makes_a_command_that_works(toys):
    done = run(toys, "preprocess", "toys", "raw", "toys.h5", "--scale", 3, "--seed", 1, "--workers", 2, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "toys"
    told = json.loads(run(toys, "inspect", "toys.h5", "--json").stdout)
    assert told["pipeline"] == {"kind": "toys", "scale": 3}
    checked = run(toys, "check", "toys.h5", "--json")
    assert json.loads(checked.stdout)["samples"] == 60
    assert "--no-files" not in run(toys, "check", "--help").stdout
    assert "--files STR" in run(toys, "check", "--help").stdout


def test_names_of_kinds_cost_no_import():
    code = "from toolkit.wings import WINGS; import sys; list(WINGS), 'text' in WINGS, len(WINGS); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not {"numpy", "cv2", "toolkit.images", "toolkit.text"} & set(done.stdout.split())


@pytest.mark.parametrize("kind", ["text", "series"])
def test_help_of_one_kind_imports_no_other(kind):
    code = f"import foudre, sys; foudre.main(['preprocess', {kind!r}, '--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not {"torch", "cv2", "lightning", "toolkit.images"} & set(done.stderr.split())


@pytest.mark.parametrize("kind", WINGS)
def test_every_kind_declares_itself(kind):
    declared = WINGS.declaration(kind)
    assert {kind, "read"} <= set(declared.objects)
    assert len(declared.examples) == 3
    for each in declared.objects.values():
        assert each() == each()


def test_functions_bear_the_names_and_options_of_their_kinds():
    assert list(inspect.signature(preprocess_images).parameters) == [
        "source", "path", "images", "read", "split", "balance", "write", "tell", "progress",
    ]  # fmt: skip
    assert list(inspect.signature(preprocess_series).parameters) == [
        "source",
        "path",
        "series",
        "read",
        "split",
        "write",
        "tell",
        "progress",
    ]
    assert preprocess_text.__name__ == "preprocess_text"
    assert "text: What texts become" in preprocess_text.__doc__
    with pytest.raises(TypeError, match=r"preprocess_series: options must be among series, read, split, write, got balance\."):
        preprocess_series("a.csv", "a.h5", balance=None)
    with pytest.raises(ArgumentError, match="kind must be one of images, text, series, got sounds"):
        preprocess_kind("sounds", "a", "a.h5")
    with pytest.raises(ImportError):
        from toolkit import preprocess_sounds  # noqa: F401
