"""Words fall into pieces that make them up again, whatever they are; pieces are learned from train alone, and travel with the file."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.toolkit.text.test_hostile import NAUGHTY, write_lines
from toolkit import ArgumentError, ExportOptions, SplitOptions, TextOptions, Vocabulary, open_dataset, preprocess_text
from toolkit.dataset_file import TakeSamples, list_samples
from toolkit.samples.texts import write_reviews, write_sentences
from toolkit.text import Show, Words, encoder
from toolkit.text.subwords import Pieces, join_pieces, learn_pieces

WORDS = Counter({"lire": 9, "lira": 7, "relire": 5, "élire": 4, "##dièse": 3, "l'œuvre": 2, "aujourd'hui": 2, "⠃⠗⠁": 2, "漢字": 2, "\0": 2})
PIECES = learn_pieces(WORDS, 560)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("subwords")
    write_sentences(folder / "fr.txt", 600, languages=("fr",))
    preprocess_text(folder / "fr.txt", folder / "fr.h5", text=TextOptions(subwords=650), write=ExportOptions(workers=0))
    return open_dataset(folder / "fr.h5")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
@example("##dièse")
@example("⠃⠗⠁⠊⠇")
@example("漢")
@example("\0👩‍👩‍👧")
def test_pieces_make_up_any_word_again(word):
    cut = Pieces(PIECES)(word)
    assert set(cut) <= set(PIECES)
    assert join_pieces([*cut, *cut]) == [word, word]


def test_the_longest_piece_comes_first_and_what_has_no_piece_is_one_unknown_word():
    cut = Pieces(["re", "##l", "##li", "##re", "##r", "##e", "r", "e"])
    assert cut("relire") == ["re", "##li", "##re"]
    assert cut("relize") == ["relize"]
    assert cut("") == []


def test_the_same_words_give_the_same_pieces_in_any_order():
    assert learn_pieces(dict(reversed(WORDS.items())), 560) == PIECES
    assert len(PIECES) == len(set(PIECES)) <= 560


def test_what_stands_together_most_often_is_joined_first():
    assert learn_pieces({"aab": 3, "ab": 4, "ba": 1}, 514)[512:] == ["ab", "##ab"]
    assert learn_pieces({"é": 3, "né": 2}, 600)[512:] == ["é", "##é", "né"]
    assert len(learn_pieces({"ab": 1}, 600)) == 512


def test_fewer_pieces_than_bytes_are_refused():
    with pytest.raises(ArgumentError, match="text: subwords must be 0 or at least 512, got 511"):
        TextOptions(subwords=511)
    with pytest.raises(ArgumentError, match="text: subwords must be at least 512, got 3"):
        learn_pieces(WORDS, 3)


def test_every_piece_has_a_place_in_a_vocabulary():
    pieces = learn_pieces({"a" * 200: 9, "b" + "a" * 199: 9, "⠃" * 66: 9}, 900)
    assert Vocabulary.fit(dict.fromkeys(pieces, 1), min_count=0).words[4:] == tuple(sorted(pieces))


def test_a_file_holds_pieces_of_its_training_texts_and_any_text_is_cut_alike(file):
    vocabulary = Vocabulary.load(file)
    assert 512 + 4 < len(vocabulary) <= 650 + 4
    assert file.meta["unknown_rate"].tolist()[:2] == [0, 0]
    cut = encoder(file.pipeline, vocabulary)
    part = file["val"]
    first = np.asarray(part.tokens[: part.offsets[1]])
    text = " ".join(join_pieces(vocabulary.decode(first)))
    np.testing.assert_array_equal(cut.encode(text), first)
    assert join_pieces(vocabulary.decode(cut.encode("Dakar parisien 漢"))) == ["Dakar", "parisien", "漢"]


def test_naughty_strings_come_back(tmp_path):
    path, split = write_lines(tmp_path / "s.jsonl", NAUGHTY), SplitOptions((1.0, 0.0))
    preprocess_text(path, tmp_path / "s.h5", text=TextOptions(subwords=600), split=split, write=ExportOptions(workers=0))
    file = open_dataset(tmp_path / "s.h5")
    assert file.verify() == []
    part, vocabulary = file["train"], Vocabulary.load(file)
    found = [join_pieces(vocabulary.decode(part.tokens[start:stop])) for start, stop in pairwise(part.offsets)]
    assert dict(zip(part.source, found, strict=True)) == {
        f"s.jsonl row {number}": Words(TextOptions())(string) for number, string in enumerate(NAUGHTY, 1)
    }


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    source = write_reviews(tmp_path / "reviews").root
    written = []
    for workers in (0, 1, 2, 4):
        path = tmp_path / f"{workers}.h5"
        preprocess_text(source, path, text=TextOptions(subwords=600, lower=True), write=ExportOptions(workers=workers))
        written.append(path.read_bytes())
    assert len(set(written)) == 1


def test_reports_of_pieces_show_whole_words(tmp_path):
    source = write_reviews(tmp_path / "reviews").root
    preprocess_text(source, tmp_path / "r.h5", text=TextOptions(subwords=600, lower=True), write=ExportOptions(workers=0))
    file = open_dataset(tmp_path / "r.h5")
    rows = list_samples(file).take(np.arange(1))
    (excerpt,) = Show.stored(TakeSamples(file), file.vocabulary, file.pipeline).excerpts(rows)
    raw = Path(source, file["train"].source[0]).read_text().lower()
    assert "##" not in excerpt
    assert "##" in str(file.vocabulary)
    assert excerpt.split()[:5] == Words(TextOptions())(raw)[:5]


def test_a_file_of_whole_words_says_nothing_of_pieces():
    assert "subwords" not in TextOptions().to_json()
    assert TextOptions.from_json(TextOptions(subwords=900).to_json()).subwords == 900
