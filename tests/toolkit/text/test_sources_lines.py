"""Plain text as people have it: fastText's labels, and one text of any length, cut where no word is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.toolkit.text.test_sources_parts import texts
from toolkit import ExportOptions, SplitOptions, TextOptions, open_dataset, preprocess_text
from toolkit.errors import ArgumentError, DataError, SplitError
from toolkit.sources import describe_source
from toolkit.text import TextReadOptions, read
from toolkit.text.sources.pieces import PIECE_BYTES


def test_fasttext_labels_are_classes_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("__label__pos a great film\n\n__label__neg dull\nno label here\n__label__pos\n")
    found = read(path)
    assert (found.classes, found.label.tolist(), texts(found)) == (("neg", "pos"), [1, 0, 1], ["a great film", "dull", ""])
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("f.txt line 4", "must have a label, __label__CLASS, got none")]
    assert describe_source(found).layout == "fastText's labelled lines"
    assert texts(read(path, TextReadOptions(label="none"))) == ["a great film", "dull", "no label here", ""]


def test_fasttext_texts_may_have_several_labels_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("__label__a __label__b one\ntwo __label__c three\n")
    (tmp_path / "test.txt").write_text("__label__b four\n")
    found = read(tmp_path, TextReadOptions(layout="fasttext"))
    assert found.classes == ("a", "b", "c")
    assert found.label.tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]
    assert found.split.tolist() == [0, 0, 2]
    assert texts(found) == ["one", "two three", "four"]


def test_labels_on_few_lines_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("a\nb\nc\n__label__x d\n")
    with pytest.raises(DataError, match=r"got it in 1 of 4 lines\. Pass --layout fasttext .* or --layout lines"):
        read(tmp_path / "f.txt")
    assert texts(read(tmp_path / "f.txt", TextReadOptions(layout="fasttext"))) == ["d"]
    assert texts(read(tmp_path / "f.txt", TextReadOptions(layout="lines"))) == ["a", "b", "c", "__label__x d"]


def test_labelled_lines_are_trained_on(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("".join(f"__label__pos good {i}\n__label__neg bad {i}\n" for i in range(20)))
    preprocess_text(tmp_path / "f.txt", tmp_path / "f.h5", write=ExportOptions(workers=0))
    file = open_dataset(tmp_path / "f.h5")
    assert file.classes == ("neg", "pos")
    assert np.bincount(file["train"].y).tolist() == [14, 14]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "latin-1", "cp037"])
def test_pieces_hold_every_word_whole(tmp_path: Path, encoding: str) -> None:
    words = [f"wörd{i}" for i in range(60_000)]
    (tmp_path / "t.txt").write_bytes(" ".join(words).encode(encoding))
    found = read(tmp_path / "t.txt", TextReadOptions(layout="pieces", encoding=encoding))
    pieces = texts(found)
    assert len(pieces) > 5
    assert " ".join(pieces).split(" ") == words
    sizes = found.columns["stop"] - found.columns["start"]
    assert sizes.max() <= PIECE_BYTES
    assert sizes[:-1].min() > PIECE_BYTES - 100
    assert found.origin[1] == "t.txt piece 2"


def test_a_word_longer_than_a_piece_is_not_cut(tmp_path: Path) -> None:
    word = "x" * (3 * PIECE_BYTES)
    (tmp_path / "t.txt").write_text(f"a {word} b" + " " * (2 * PIECE_BYTES) + f" {word}")
    found = texts(read(tmp_path / "t.txt", TextReadOptions(layout="pieces")))
    assert " ".join(found).split() == ["a", word, "b", word]


def test_a_line_longer_than_any_text_is_cut_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("corpus", "pieces"):
        monkeypatch.setattr(f"toolkit.text.sources.{module}.MAX_TEXT_BYTES", 200_000)
    (tmp_path / "text8.txt").write_text(" anarchism originated as a term" * 20_000)
    found = read(tmp_path / "text8.txt")
    assert " ".join(texts(found)).split() == ["anarchism", "originated", "as", "a", "term"] * 20_000
    assert found.note == "text8.txt is cut at white space into 10 texts of about 64 KB."
    (tmp_path / "two.txt").write_text("short\n" + "long " * 50_000)
    (skipped,) = read(tmp_path / "two.txt").skipped
    assert skipped.reason == "must have at most 200000 bytes, got 250000; --layout pieces cuts at white space instead of line ends"
    for size in (300_000, 5_000_000):
        (tmp_path / "none.txt").write_text("x" * size)
        with pytest.raises(DataError, match="must have white space at least every 200000 bytes, got none for longer from byte 0 on"):
            read(tmp_path / "none.txt")


def test_one_text_cannot_be_split_and_what_to_type_works(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("word " * 100_000)
    with pytest.raises(SplitError, match="All is one text, which no split can cut: --layout pieces cuts it at white space"):
        preprocess_text(tmp_path / "t.txt", tmp_path / "t.h5", write=ExportOptions(workers=0))
    common = {"text": TextOptions(min_count=1), "write": ExportOptions(workers=0)}
    preprocess_text(tmp_path / "t.txt", tmp_path / "t.h5", read=TextReadOptions(layout="pieces"), **common)
    file = open_dataset(tmp_path / "t.h5")
    assert sum(len(file[split].tokens) for split in file) == 100_000
    preprocess_text(tmp_path / "t.txt", tmp_path / "whole.h5", split=SplitOptions(fractions=(1.0, 0.0)), **common)
    assert len(open_dataset(tmp_path / "whole.h5")["train"]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "pieces", "label": "kind"}, "label must be auto or none for the layout pieces"),
        ({"layout": "fasttext", "columns": "text=a"}, "columns must be left out for the layout fasttext"),
        ({"layout": "lines", "classes": "leaf"}, "classes must be auto for the layout lines"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: dict, message: str) -> None:
    (tmp_path / "t.txt").write_text("a\nb\n")
    with pytest.raises(ArgumentError, match=message):
        read(tmp_path / "t.txt", TextReadOptions(**options))


def test_a_file_is_no_folder_of_classes(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("a\nb\n")
    with pytest.raises(DataError, match="must be a folder for the layout class-files, got a file"):
        read(tmp_path / "t.txt", TextReadOptions(layout="class-files"))


def test_a_folder_with_one_text_says_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "book.txt").write_text("a\nb\nc\n")
    with pytest.raises(
        SplitError, match=r"All is one text, which no split can cut: give .*/book\.txt itself, with --layout lines or pieces"
    ):
        preprocess_text(tmp_path / "t", tmp_path / "t.h5", write=ExportOptions(workers=0))
    assert len(read(tmp_path / "t" / "book.txt")) == 3


@pytest.mark.parametrize(("layout", "skipped"), [("lines", ["f.txt line 2"]), ("paragraphs", ["f.txt line 1"])])
def test_lines_that_cannot_be_decoded_are_skipped_when_they_are_listed(tmp_path: Path, layout: str, skipped: list[str]) -> None:
    (tmp_path / "f.txt").write_bytes(b"one\ncaf\xe9\n\ntwo\n")
    found = read(tmp_path / "f.txt", TextReadOptions(layout=layout))
    assert texts(found) == (["one", "two"] if layout == "lines" else ["two"])
    assert [skip.path for skip in found.skipped] == skipped
    assert found.skipped[0].reason == "byte 0xE9 at 3 is no UTF-8; name the encoding with --encoding"


def test_pieces_that_cannot_be_decoded_are_skipped_when_they_are_listed(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_bytes(b"a" * (PIECE_BYTES - 1) + b" caf\xe9\n")
    found = read(tmp_path / "f.txt", TextReadOptions(layout="pieces"))
    assert (len(found), [skip.path for skip in found.skipped]) == (1, ["f.txt piece 2"])


@pytest.mark.parametrize("names", [("train.txt", "test.txt"), ("neg.txt", "pos.txt")])
def test_a_part_or_class_of_which_nothing_is_left_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    (tmp_path / names[0]).write_text("one\ntwo\n")
    (tmp_path / names[1]).write_bytes(b"caf\xe9\nna\xefve\n")
    with pytest.raises(
        DataError, match=rf"{names[1]} must hold texts, got none and 2 inputs to skip\. .* name the encoding with --encoding"
    ):
        read(tmp_path)
    assert sorted(texts(read(tmp_path, TextReadOptions(encoding="latin-1")))) == ["café", "naïve", "one", "two"]


@pytest.mark.parametrize(("content", "layout"), [("__label__a one\n", "fasttext"), ("one\n", "lines")])
def test_options_that_mean_nothing_are_refused_for_the_layout_that_was_recognised(tmp_path: Path, content: str, layout: str) -> None:
    (tmp_path / "train.txt").write_text(content)
    for source in (tmp_path, tmp_path / "train.txt"):
        with pytest.raises(ArgumentError, match=f"labels must be left out for the layout {layout}, got one"):
            read(source, TextReadOptions(labels="one"))
