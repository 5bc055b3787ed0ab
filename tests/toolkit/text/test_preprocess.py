"""Texts all the way: folders, tables and corpora become dataset files whose tokens are the words that stood there."""

from __future__ import annotations

import csv
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from toolkit import ExportOptions, SplitOptions, Summary, TextOptions, TextReadOptions, Vocabulary, open_dataset
from toolkit import preprocess_text as preprocess_with_workers
from toolkit.errors import ArgumentError, DataError, ExportError
from toolkit.export import FailedInputsError
from toolkit.text import encoder
from toolkit.text.vocabulary import SPECIALS

ALL = TextOptions(min_count=1)
HERE = ExportOptions(workers=0)


def preprocess_text(source: Path, path: Path, **options) -> Summary:
    return preprocess_with_workers(source, path, **{"write": HERE, **options})


def write_reviews(root: Path, *, films: int = 12, part: str = "train") -> Path:
    """Reviews of the aclImdb layout, two a film and label, the words good or bad, and the film's number."""
    for label, word in (("pos", "good"), ("neg", "bad")):
        folder = root / part / label
        folder.mkdir(parents=True)
        for number in range(2 * films):
            (folder / f"{number}_{9 if label == 'pos' else 2}.txt").write_text(f"A {word} film<br /><br />number {number // 2}!")
        urls = [f"http://www.imdb.com/title/tt{number // 2:07}/usercomments\n" for number in range(2 * films)]
        (root / part / f"urls_{label}.txt").write_text("".join(urls))
    return root


def texts(path: Path, split: str) -> list[str]:
    """The texts of a split, as far as words joined by spaces say them."""
    file = open_dataset(path)
    part, words = file[split], Vocabulary.load(file)
    bounds = part.offsets
    return [" ".join(words.decode(part.tokens[start:stop])) for start, stop in pairwise(bounds)]


def test_reviews_become_tokens_labels_and_films(tmp_path: Path) -> None:
    source = write_reviews(write_reviews(tmp_path / "aclImdb"), part="test", films=2)
    summary = preprocess_text(source, tmp_path / "r.h5", text=ALL)
    file = open_dataset(tmp_path / "r.h5")
    assert file.kind == "text"
    assert file.classes == ("neg", "pos")
    assert summary.splits["test"] == {"samples": 8, "groups": 2, "classes": 2}
    for split in file:
        part = file[split]
        assert part.tokens.dtype == np.int32
        assert not part.tokens.flags.writeable
        for text, label, name in zip(texts(tmp_path / "r.h5", split), part.y, part.source, strict=True):
            number = int(name.rpartition("/")[2].partition("_")[0]) // 2
            known = str(number) in file.vocabulary
            assert text == f"A {'good' if label else 'bad'} film number {number if known else '<unk>'} !"
    assert not set(file["train"].group) & set(file["val"].group)
    assert file.verify() == []


def test_the_vocabulary_is_that_of_train_alone(tmp_path: Path) -> None:
    for split, text in (("train", "red red blue"), ("val", "red green green"), ("test", "blue blue blue black")):
        folder = tmp_path / "raw" / split / "a"
        folder.mkdir(parents=True)
        (folder / "1.txt").write_text(text)
    preprocess_text(tmp_path / "raw", tmp_path / "c.h5", text=ALL)
    file = open_dataset(tmp_path / "c.h5")
    assert file.vocabulary == (*SPECIALS, "red", "blue")
    assert file.meta["vocabulary_counts"].tolist() == [0, 0, 0, 0, 2, 1]
    assert file.meta["vocabulary_documents"].tolist() == [0, 0, 0, 0, 1, 1]
    assert file.meta["num_words"].tolist() == [3, 3, 4]
    assert file.meta["unknown_rate"].tolist() == pytest.approx([0, 2 / 3, 1 / 4])
    assert "unknown words: 0.00% of train, 66.67% of val, 25.00% of test" in str(file)


def test_texts_without_a_word_are_told_for_each_split(tmp_path: Path) -> None:
    for part, lines in (("train", "a film\n...\n!!\na film\n"), ("val", "a film\n"), ("test", "?\na film\n")):
        (tmp_path / f"{part}.txt").write_text(lines)
    words = TextOptions(tokenizer="regexp:[a-z]+")
    summary = preprocess_text(tmp_path, tmp_path / "c.h5", text=words, write=ExportOptions(workers=0))
    assert "Texts without a word: train 2, test 1." in summary.note
    (tmp_path / "test.txt").write_text("a film\n")
    (tmp_path / "train.txt").write_text("a film\n")
    summary = preprocess_text(tmp_path, tmp_path / "d.h5", text=words, write=ExportOptions(workers=0))
    assert "without a word" not in summary.note


def test_what_has_no_number_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("\n".join(["a film", "a " + "x" * 201, "a film", "a " + "y" * 300]))
    split = SplitOptions(fractions=(0.5, 0.5))
    summary = preprocess_text(tmp_path / "c.txt", tmp_path / "c.h5", split=split, write=ExportOptions(workers=0))
    assert "Words longer than 200 bytes have no number: 2, the first is xxx" in summary.note
    assert summary.unknown_rate == open_dataset(tmp_path / "c.h5").unknown_rate
    assert set(summary.unknown_rate) == {"train", "val"}
    assert f"unknown words: {summary.unknown_rate['train']:.2%} of train" in str(summary)
    rare = preprocess_text(
        tmp_path / "c.txt", tmp_path / "r.h5", text=TextOptions(min_count=99), split=split, write=ExportOptions(workers=0)
    )
    assert "No word of train has a number" in rare.note
    assert rare.to_json()["unknown_rate"] == {"train": 1, "val": 1}
    none = TextOptions(tokenizer="regexp:z+")
    wordless = preprocess_text(tmp_path / "c.txt", tmp_path / "n.h5", text=none, split=split, write=ExportOptions(workers=0))
    assert "nan" not in f"{wordless}{wordless.to_json()}"


def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["toolkit.text.plan"], "_BLOCK_ROWS", 5)
    monkeypatch.setattr("toolkit.export.layout._BLOCK_BYTES", 100)
    source, files = write_reviews(tmp_path / "aclImdb"), []
    (source / "train" / "pos" / "3_9.txt").write_bytes(b"caf\xe9")
    for workers in (0, 1, 2, 4):
        summary = preprocess_text(source, tmp_path / f"{workers}.h5", text=ALL, write=ExportOptions(workers=workers))
        files.append((tmp_path / f"{workers}.h5").read_bytes())
    assert len(set(files)) == 1
    reason = "byte 0xE9 at 3 is no UTF-8; name the encoding with --encoding"
    assert [(skip.path, skip.reason) for skip in summary.skipped] == [("train/pos/3_9.txt", reason)]


def test_unchanged_input_does_nothing_and_other_options_are_refused(tmp_path: Path) -> None:
    source = write_reviews(tmp_path / "aclImdb")
    assert not preprocess_text(source, tmp_path / "r.h5").up_to_date
    assert preprocess_text(source, tmp_path / "r.h5").up_to_date
    with pytest.raises(ExportError, match="its pipeline differs"):
        preprocess_text(source, tmp_path / "r.h5", text=TextOptions(lower=True))


def test_unchanged_input_is_not_counted_again_and_changed_input_is_refused(tmp_path: Path, monkeypatch) -> None:
    source = write_reviews(tmp_path / "aclImdb")
    (source / "train/pos/0_9.txt").write_bytes(b"\xff")
    first = preprocess_text(source, tmp_path / "r.h5")

    def count_block(*_) -> None:
        raise AssertionError

    monkeypatch.setattr(sys.modules["toolkit.text.plan"], "count_block", count_block)
    again = preprocess_text(source, tmp_path / "r.h5")
    assert again.up_to_date
    assert (again.splits, again.skipped, again.note) == (first.splits, first.skipped, first.note)
    with pytest.raises(FailedInputsError, match="1 that are not"):
        preprocess_text(source, tmp_path / "r.h5", write=ExportOptions(workers=0, on_error="fail"))
    (source / "train/pos/1_9.txt").write_text("other words")
    with pytest.raises(ExportError, match="the inputs' contents differ"):
        preprocess_text(source, tmp_path / "r.h5")
    with pytest.raises(AssertionError):
        preprocess_text(source, tmp_path / "r.h5", write=ExportOptions(workers=0, overwrite=True))


ROWS = [
    {"review": 'He said "no",\nthen left; naïve é', "sentiment": "bad", "author": "ann", "fold": "train"},
    {"review": "une œuvre, d'art", "sentiment": "good", "author": "bob", "fold": "train"},
    {"review": "", "sentiment": "good", "author": "cyd", "fold": "val"},
    {"review": "tab\there", "sentiment": "bad", "author": "dan", "fold": "test"},
]


def test_a_meaning_is_given_one_column():
    with pytest.raises(ArgumentError, match="columns must be pairs with each name once, got text=a,label=b,text=c"):
        TextReadOptions(columns="text=a,label=b,text=c")


READ = TextReadOptions(columns="text=review,label=sentiment,group=author,split=fold")


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "utf-16 csv"])
def test_tables_say_the_same_whatever_their_form(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"reviews.{kind.removeprefix('utf-16 ')}"
    encoding = "utf-16" if "utf-16" in kind else "utf-8"
    with open(path, "w", newline="", encoding=encoding) as file:
        if kind == "jsonl":
            file.writelines(json.dumps(row) + "\n" for row in ROWS)
        else:
            writer = csv.DictWriter(file, list(ROWS[0]), delimiter="\t" if kind == "tsv" else ",")
            writer.writeheader()
            writer.writerows(ROWS)
    read = TextReadOptions(columns=READ.columns, encoding=encoding)
    preprocess_text(path, tmp_path / "t.h5", text=TextOptions(min_count=1, tokenizer="regexp:(?s:.)"), read=read)
    words = "".join(texts(tmp_path / "t.h5", "train")[0].split(" ")).replace("\n", "")
    assert words == 'Hesaid"no",thenleft;naïveé'
    file = open_dataset(tmp_path / "t.h5")
    assert file.classes == ("bad", "good")
    assert file["train"].y.tolist() == [0, 1]
    assert file["train"].source == [f"{path.name} row 1", f"{path.name} row 2"]
    assert file["val"].tokens.shape == (0,)
    assert file["val"].offsets.tolist() == [0, 0]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("layout", "expected"), [("lines", ["a b", "c", "d e"]), ("paragraphs", ["a b c", "d e"])])
def test_a_corpus_has_no_labels(tmp_path: Path, ends: str, layout: str, expected: list[str]) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(ends.join(["a b", "c", "", "", "d e"]).encode())
    read, split = TextReadOptions(layout=layout), SplitOptions(fractions=(1.0, 0.0))
    preprocess_text(path, tmp_path / "c.h5", text=ALL, read=read, split=split)
    assert texts(tmp_path / "c.h5", "train") == expected
    assert open_dataset(tmp_path / "c.h5")["train"].y is None


def test_joined_splits_gather_texts_of_both(tmp_path: Path) -> None:
    preprocess_text(write_reviews(tmp_path / "aclImdb"), tmp_path / "r.h5", text=ALL)
    file = open_dataset(tmp_path / "r.h5")
    both, rows = file["train+val"], np.array([0, len(file["train"]), 1])
    tokens, lengths = both.take(rows, "tokens")
    parts = [(file["train"], 0), (file["val"], 0), (file["train"], 1)]
    expected = [part.tokens[part.offsets[row] : part.offsets[row + 1]] for part, row in parts]
    assert tokens.tolist() == np.concatenate(expected).tolist()
    assert lengths.tolist() == [len(part) for part in expected]
    assert all(isinstance(piece, np.memmap) for piece in both.pieces("tokens"))


def test_files_of_the_first_rules_are_replayed_by_these_and_never_taken_for_files_of_the_second(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("I don’t <unk> know x<y &amp; <b>that</b>\n" * 9)
    options = TextOptions(tokenizer="tweet", min_count=1, rules=1)  # none were named then
    preprocess_text(tmp_path / "t.txt", tmp_path / "t.h5", text=options)
    stored = {name: value for name, value in open_dataset(tmp_path / "t.h5").pipeline.items() if name != "rules"}
    vocabulary = Vocabulary.load(open_dataset(tmp_path / "t.h5"))
    first = encoder(stored, vocabulary).encode("I don’t <b>know</b> <unk>x<y")
    assert vocabulary.decode(first) == ["I", "don", "’", "t", "know", "x", "<", "y"]
    assert vocabulary.decode(encoder(stored | {"rules": 2}, vocabulary).encode("<b>I</b> don’t")) == ["I", "<unk>"]
    with pytest.raises(DataError, match=r"pipeline: the stored options must be readable, got this: .*rules must be 1 or 2, got 3"):
        encoder(stored | {"rules": 3}, vocabulary)
    with pytest.raises(ExportError, match="its pipeline differs"):
        preprocess_text(tmp_path / "t.txt", tmp_path / "t.h5", text=TextOptions(tokenizer="tweet", min_count=1))


def test_several_labels_and_numbers_reach_the_file(tmp_path: Path) -> None:
    labels = ["a|b", "b", "a", "b|c"]
    (tmp_path / "several.csv").write_text("text,label,split\n" + "".join(f"film {i},{labels[i % 4]},\n" for i in range(40)))
    (tmp_path / "numbers.csv").write_text("text,label\n" + "".join(f"film {i},{i / 8}\n" for i in range(40)))
    preprocess_text(tmp_path / "several.csv", tmp_path / "several.h5")
    several = open_dataset(tmp_path / "several.h5")
    assert several.classes == ("a", "b", "c")
    for source, row in zip(several["train"].source, several["train"].y.tolist(), strict=True):
        expected = labels[(int(source.rpartition(" ")[2]) - 1) % 4]
        assert row == [int(name in expected) for name in "abc"]
    with pytest.raises(DataError, match=r"Is it a regression\? --labels number keeps numbers to predict, --labels one"):
        preprocess_text(tmp_path / "numbers.csv", tmp_path / "numbers.h5")
    summary = preprocess_text(tmp_path / "numbers.csv", tmp_path / "numbers.h5", read=TextReadOptions(labels="number"))
    train = open_dataset(tmp_path / "numbers.h5")["train"]
    assert train.y.dtype == np.float32
    assert [(int(source.rpartition(" ")[2]) - 1) / 8 for source in train.source] == train.y.tolist()
    assert summary.understood.to_json()["targets"] == {"min": 0.0, "max": 4.875}
