"""Layouts as people have them: each is read right and told back, or refused with options that work; and what is read can be written.

The builders draw them; `foudre` is asked as a user would ask it.
"""

import importlib.util
import json
import re
import shlex

import pytest

from foudre import main
from tests.layouts import annotated, folders, writings
from tests.layouts.cases import Read
from toolkit import open_dataset

CASES = [*folders.CASES, *annotated.CASES, *writings.CASES]


def ask(capsys, *words):
    status = main([*map(str, words)])
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return status, told


def compare(understood, read):
    parts = {name: part["samples"] for name, part in understood["parts"].items()}
    assert parts == dict(read.parts)
    classes = {each["class"]: each["samples"] for each in understood["classes"]}
    assert classes == dict(read.classes or {})
    assert (understood["groups"] or {}).get("count") == read.groups
    assert understood["skipped"] == read.skipped


def read_right(capsys, case, source, out, options, read):
    status, told = ask(capsys, "preprocess", case.kind, source, out, "--dry-run", "--json", *options)
    assert status == 0, told.err
    assert not out.exists()
    answer = json.loads(told.out)
    compare(answer["understood"], read)
    for pattern in read.told:
        assert re.search(pattern, told.err), told.err
    size = ["--size", "8"] if case.kind == "images" else []
    status, told = ask(capsys, "preprocess", case.kind, source, out, "--workers", "0", *size, *options)
    assert status == 0, told.err
    assert sum(len(open_dataset(out)[name]) for name in open_dataset(out)) == sum(read.parts.values())
    out.unlink()
    status, told = ask(capsys, "check", case.kind, source, "--workers", "0", *options)
    assert status in (0, 1), told.err
    assert f"({case.kind})" in told.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layout_is_read_right_or_refused_with_what_works(case, tmp_path, capsys):
    if case.needs and not importlib.util.find_spec(case.needs):
        pytest.skip(f"needs {case.needs}")
    source, out, options = case.draw(tmp_path / "source"), tmp_path / "out.h5", shlex.split(case.options)
    if isinstance(case.meant, Read):
        read_right(capsys, case, source, out, options, case.meant)
        return
    status, told = ask(capsys, "preprocess", case.kind, source, out, *options)
    assert status in (1, 2)
    assert re.search(case.meant.message, told.err), told.err
    assert not out.exists()
    assert told.err.rstrip("\n").rpartition("\n")[2].startswith("foudre: ")
    for typed, read in case.meant.typed.items():
        assert typed in told.err
        read_right(capsys, case, source, out, shlex.split(typed), read)


def test_there_are_forty_layouts():
    assert len({case.draw for case in CASES}) >= 40
