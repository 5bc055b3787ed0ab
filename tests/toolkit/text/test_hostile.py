"""Strings that break software go through preprocessing and file and come back as they were, or are listed with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import UNPACK
from toolkit import ExportOptions, SplitOptions, TextOptions, TextReadOptions, Vocabulary, open_dataset, preprocess_text
from toolkit.errors import ArgumentError, DataError, SplitError
from toolkit.export import FailedInputsError
from toolkit.text import Words, read
from toolkit.text.vocabulary import MAX_WORD_BYTES

CHARACTERS = TextOptions(tokenizer="regexp:(?s:.)", html="keep", min_count=1)
NAUGHTY = [
    "", " ", "undefined", "<script>alert(1)</script>", "%00%s%n", "a\0b", "\u202etest\u202c", "\ufeff", "Ω≈ç√∫", "田中さんにあげて下さい",
    "👩‍👩‍👧", "Z̮̞̠͙͔ͅA̴̵", "'; DROP TABLE users; --", "=1+1", "<pad>", "<unk>", "\u2028\u2029\x85\x0b\x1c", "ﬁ ﬀ œ", "e\u0301",
    "\r\n\t", '"', "{}", "\\x00",
]  # fmt: skip


def round_trip(path: Path, options: TextOptions) -> dict[str, list[str]]:
    """Preprocess a table of strings, and return the words of each by its source."""
    split = SplitOptions(fractions=(1.0, 0.0))
    preprocess_text(path, path.with_suffix(".h5"), text=options, split=split, write=ExportOptions(workers=0))
    file = open_dataset(path.with_suffix(".h5"))
    assert file.verify() == []
    part, words = file["train"], Vocabulary.load(file)
    texts = [words.decode(part.tokens[start:stop]) for start, stop in pairwise(part.offsets)]
    return dict(zip(part.source, texts, strict=True))


def write_lines(path: Path, strings: list[str]) -> Path:
    path.write_text("".join(json.dumps({"text": string}) + "\n" for string in strings))
    return path


def check_strings(folder: Path, strings: list[str]) -> None:
    path = write_lines(folder / "strings.jsonl", strings)
    found = round_trip(path, CHARACTERS)
    assert len(found) == len(strings)
    for number, string in enumerate(strings, 1):
        assert "".join(found[f"strings.jsonl row {number}"]) == unicodedata.normalize("NFC", string)
    path = write_lines(folder / "words.jsonl", strings)
    for words, string in zip(round_trip(path, TextOptions(min_count=1)).values(), strings, strict=True):
        assert words == [word if len(word.encode()) <= MAX_WORD_BYTES else "<unk>" for word in Words(TextOptions())(string)]


def test_naughty_strings_come_back(tmp_path: Path) -> None:
    check_strings(tmp_path, NAUGHTY)


@pytest.mark.real
def test_the_big_list_comes_back(tmp_path: Path) -> None:
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    subprocess.run([sys.executable, UNPACK, "hostile", "--to", tmp_path], check=True, stdout=subprocess.DEVNULL)
    lines = (tmp_path / "hostile" / "blns.txt").read_text(encoding="utf-8").split("\n")
    check_strings(tmp_path, [line for line in lines if not line.startswith("#")])


def test_what_is_no_text_is_listed(tmp_path: Path) -> None:
    lines = ['{"text": "\\ud800"}', '{"text": 7}', "[1]", "{", '{"other": "a"}', '{"text": "good"}', "", "[" * 100_000]
    lines += ['{"text": "a", "text": "b"}']
    (tmp_path / "s.jsonl").write_text("\n".join(['{"text": "first"}', *lines]))
    split = SplitOptions(fractions=(1.0, 0.0))
    summary = preprocess_text(tmp_path / "s.jsonl", tmp_path / "s.h5", split=split, write=ExportOptions(workers=0))
    assert open_dataset(tmp_path / "s.h5")["train"].source == ["s.jsonl row 1", "s.jsonl row 7"]
    reasons = {skip.path: skip.reason for skip in summary.skipped}
    assert reasons["s.jsonl row 2"] == "holds half of a pair of surrogates, U+D800, at character 0"
    assert reasons["s.jsonl row 3"] == "text must be text, got int"
    assert reasons["s.jsonl row 4"] == "must be a JSON object, got a list"
    assert reasons["s.jsonl row 5"] == "must be a JSON object, got what is none, wrong from character 3 on"
    assert reasons["s.jsonl row 6"] == "text must be text, got nothing"
    assert reasons["s.jsonl row 9"].startswith("must be a JSON object, got what is none")
    assert reasons["s.jsonl row 10"] == "must name each value once, got text twice"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", {}, "must begin with a line of columns' names, got this: an empty file"),
        (b"\ntext\n", {}, "must hold texts, got none"),
        (b'"text,label\na,b\n', {}, 'must have a column text for text, got "text, label'),
        (b"text,label\n", {}, "must hold texts, got none"),
        (b"a,b\n1,2\n", {}, r"got a, b\. Name them with --columns text=COLUMN,label=COLUMN"),
        (b"text,text,label\na,b,c\n", {}, "must have a column of its own, text, for text, got several of that name"),
        (b"text,label\na,b\n", {"text": "label"}, "must have a column of its own, label, for text, got one column for several meanings"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_in_its_own_terms(tmp_path: Path, content: bytes, options: dict, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "t.csv", TextReadOptions(**options))


def test_a_byte_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'text\nun the\n"un\nth\xe9"\nun the\n')
    (tmp_path / "t.jsonl").write_bytes(b'{"text": "un the"}\n{"text": "th\xe9"}\n{"text": "\\udce9"}')
    (skipped,) = read(tmp_path / "t.csv").skipped
    assert (skipped.path, skipped.reason) == ("t.csv row 2", "byte 0xE9 at 2 is no UTF-8; name the encoding with --encoding")
    skipped, half = read(tmp_path / "t.jsonl").skipped
    assert skipped.reason == "byte 0xE9 at 12 is no UTF-8; name the encoding with --encoding"
    assert half.reason == "holds half of a pair of surrogates, U+DCE9, at character 0"


def test_half_a_character_at_the_end_of_a_wide_table_ends_no_reading(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("text\na\n".encode("utf-16") + b"A")
    found = read(tmp_path / "t.csv", TextReadOptions(encoding="utf-16"))
    assert (len(found), [skip.reason for skip in found.skipped]) == (
        1,
        ["byte 0x41 at 0 is no UTF-16-LE; name the encoding with --encoding"],
    )


def test_bad_rows_are_listed_also_where_too_few_are_left_to_split(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"text": "a"}\n{"text": 7}\n[]\n')
    with pytest.raises(FailedInputsError, match="got 2 that are not"):
        preprocess_text(tmp_path / "s.jsonl", tmp_path / "s.h5", write=ExportOptions(workers=0, on_error="fail"))
    with pytest.raises(SplitError, match=r"got 0 in .*s\.jsonl"):
        preprocess_text(tmp_path / "s.jsonl", tmp_path / "s.h5", write=ExportOptions(workers=0))


def test_an_empty_file_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "t.txt").touch()
    with pytest.raises(DataError, match="must hold texts, got an empty file"):
        read(tmp_path / "t.txt")


def test_links_in_circles_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.txt").write_text("a")
    for name in ("loop.png", "loop.txt"):
        (tmp_path / "a" / name).symlink_to(name)
    (tmp_path / "back").symlink_to("..")
    split, write = SplitOptions(fractions=(1.0, 0.0)), ExportOptions(workers=0)
    skipped = {skip.path: skip.reason for skip in preprocess_text(tmp_path, tmp_path / "l.h5", split=split, write=write).skipped}
    assert skipped.keys() == {"back", "a/loop.txt"}
    assert skipped["back"] == "a link to a folder around it, not followed"


def test_no_path_is_not_the_current_folder() -> None:
    with pytest.raises(ArgumentError, match="source must be a path, got ''"):
        read("")


def test_text_of_another_encoding_is_named_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_bytes("un café\nun thé\nun vin\n".encode("latin-1"))
    lines = {"split": SplitOptions(fractions=(1.0, 0.0)), "write": ExportOptions(workers=0), "text": TextOptions(min_count=1)}
    summary = preprocess_text(tmp_path / "c.txt", tmp_path / "u.h5", **lines)
    assert [skip.path for skip in summary.skipped] == ["c.txt line 1", "c.txt line 2"]
    assert summary.skipped[0].reason == "byte 0xE9 at 6 is no UTF-8; name the encoding with --encoding"
    preprocess_text(tmp_path / "c.txt", tmp_path / "l.h5", read=TextReadOptions(encoding="latin-1"), **lines)
    assert "café" in open_dataset(tmp_path / "l.h5").vocabulary
