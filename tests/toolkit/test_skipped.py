"""Thousands of inputs that are none: their reasons are counted, ten are shown, and all are in a file and in JSON."""

import json

import pytest

from foudre import main
from toolkit.dataset_file.skipped import count_reasons, skipped_lines, tell_skipped
from toolkit.export import FailedInputsError
from toolkit.wing import Skipped


def test_reasons_are_counted_the_most_frequent_first():
    assert count_reasons(["cut short", "no picture", "cut short", "cut short"]) == ["3 × cut short", "1 × no picture"]


def test_reasons_that_differ_in_numbers_alone_are_one():
    assert count_reasons(["12 bytes are missing", "7 bytes are missing", "no picture"]) == ["2 × … bytes are missing", "1 × no picture"]
    assert count_reasons(["ended with status 11"] * 3) == ["3 × ended with status 11"]


def test_of_many_reasons_five_are_told():
    reasons = [letter for letter in "abcdefg" for _ in range(1 + (letter == "g"))]
    assert count_reasons(reasons) == ["2 × g", "1 × a", "1 × b", "1 × c", "1 × d", "… 2 other reasons"]


def test_few_are_listed_and_of_many_ten():
    few = [Skipped(f"{i}.png", "cut short") for i in range(10)]
    assert tell_skipped(few, all_in="LIST") == skipped_lines(few) == [f"{i}.png: cut short" for i in range(10)]
    many = [Skipped(f"{i}.png", "cut short") for i in range(5000)]
    assert tell_skipped(many, all_in="LIST") == ["5,000 × cut short", *skipped_lines(few), "… 4,990 more: LIST"]


def test_a_refusal_of_many_lists_them_in_a_file_and_of_few_in_itself(tmp_path):
    many = [Skipped(f"a\tb/{i}\n.png", "cut short") for i in range(5000)]
    error = FailedInputsError(many, tmp_path / "out.h5")
    assert len(str(error).splitlines()) == 1 + 1 + 10 + 1
    assert str(error).endswith(f"… 4,990 more: {tmp_path / 'out.h5.skipped.txt'}")
    lines = (tmp_path / "out.h5.skipped.txt").read_text().splitlines()
    assert (len(lines), lines[4999]) == (5000, "a\\tb/4999\\n.png\tcut short")
    assert len(error.skipped) == 5000
    FailedInputsError(many[:10], tmp_path / "few.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["out.h5.skipped.txt"]
    closed = FailedInputsError(many, tmp_path / "out.h5.skipped.txt" / "in_a_file.h5")
    assert len(str(closed).splitlines()) == 5001


@pytest.fixture
def source(tmp_path):
    for name, text in {"pos": "a good film", "neg": "a bad film"}.items():
        (tmp_path / "in" / name).mkdir(parents=True)
        for number in range(12):
            (tmp_path / "in" / name / f"{number:02d}.txt").write_text(f"{text} {number}")
    for number in range(12):
        (tmp_path / "in" / "pos" / f"bad{number:02d}.txt").write_bytes(b"caf\xe9")
    return tmp_path / "in"


def test_the_command_shows_ten_and_lists_all(source, tmp_path, capsys):
    out = tmp_path / "o.h5"
    assert main(["preprocess", "text", str(source), str(out), "--workers", "0"]) == 0
    said = capsys.readouterr().err
    assert said.count("pos/bad") == 10
    assert f"… 2 more: `foudre inspect {out} --skipped`" in said
    assert main(["inspect", str(out)]) == 0
    assert capsys.readouterr().err.count("pos/bad") == 10
    assert main(["inspect", str(out), "--skipped"]) == 0
    listed = capsys.readouterr()
    assert (listed.err.count("pos/bad"), listed.err.count("\n"), listed.out) == (12, 12, "")
    assert main(["inspect", str(out), "--json"]) == 0
    skipped = json.loads(capsys.readouterr().out)["skipped"]
    assert [each["path"] for each in skipped] == [f"pos/bad{number:02d}.txt" for number in range(12)]


def test_the_command_that_fails_lists_all_in_json_too(source, tmp_path, capsys):
    assert main(["preprocess", "text", str(source), str(tmp_path / "o.h5"), "--workers", "0", "--on-error", "fail", "--json"]) == 1
    said = capsys.readouterr()
    assert len(json.loads(said.out)["skipped"]) == 12
    assert "got 12 that are not; no dataset file was written:" in said.err
    assert said.err.count("pos/bad") == 10


def test_a_check_counts_reasons(source, capsys):
    main(["check", str(source), "--workers", "0"])
    said = capsys.readouterr().err
    assert "12 inputs that cannot be used" in said
    assert "    12 × " in said
