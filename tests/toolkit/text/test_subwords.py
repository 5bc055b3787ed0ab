"""Words fall into pieces that make them up again; pieces are learned from train alone, and travel with the file."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import ArgumentError, ExportOptions, TextOptions, Vocabulary, open_dataset, preprocess_text
from toolkit.samples.texts import write_reviews, write_sentences
from toolkit.text import encoder
from toolkit.text.subwords import Pieces, join_pieces, learn_pieces

WORDS = Counter({"lire": 9, "lira": 7, "relire": 5, "élire": 4, "##dièse": 3, "l'œuvre": 2, "aujourd'hui": 2})


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("subwords")
    write_sentences(folder / "fr.txt", 600, languages=("fr",))
    preprocess_text(folder / "fr.txt", folder / "fr.h5", text=TextOptions(subwords=150), write=ExportOptions(workers=0))
    return open_dataset(folder / "fr.h5")


@given(st.text(alphabet="lireaé'#dièsœuvjoh", min_size=1, max_size=30))
def test_pieces_make_up_the_word_again(word):
    pieces = Pieces(learned())
    assert join_pieces(pieces(word)) == [word]


def learned(found=[]):  # noqa: B006  # learned once
    found[:] = found or learn_pieces(WORDS, 60)
    return found


def test_the_longest_piece_comes_first_and_what_has_no_piece_is_one_unknown_word():
    cut = Pieces(["re", "##l", "##li", "##re", "##r", "##e", "r", "e"])
    assert cut("relire") == ["re", "##li", "##re"]
    assert cut("relize") == ["relize"]
    assert cut("") == []


def test_the_same_words_give_the_same_pieces_in_any_order():
    assert learn_pieces(dict(reversed(WORDS.items())), 60) == learn_pieces(WORDS, 60)
    assert len(learn_pieces(WORDS, 60)) <= 60


def test_fewer_pieces_than_characters_are_refused():
    with pytest.raises(ArgumentError, match="text: subwords must be at least"):
        learn_pieces(WORDS, 3)


def test_what_stands_together_most_often_is_joined_first():
    assert learn_pieces({"aab": 3, "ab": 4, "ba": 1}, 6) == ["##a", "##b", "a", "b", "ab", "##ab"]
    assert learn_pieces({"ab": 1}, 9) == ["##b", "a"]


def test_a_file_holds_pieces_of_its_training_texts_and_any_text_is_cut_alike(file):
    vocabulary = Vocabulary.load(file)
    assert len(vocabulary) <= 150 + 4
    assert file.meta["unknown_rate"][1:].max() == 0
    cut = encoder(file.pipeline, vocabulary)
    part = file["val"]
    first = np.asarray(part.tokens[: part.offsets[1]])
    text = " ".join(join_pieces(vocabulary.decode(first)))
    np.testing.assert_array_equal(cut.encode(text), first)
    assert join_pieces(vocabulary.decode(cut.encode("Dakar parisien"))) == ["Dakar", "parisien"]
    assert vocabulary.decode(cut.encode("漢"))[0] == "<unk>"


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    source = write_reviews(tmp_path / "reviews").root
    written = []
    for workers in (0, 2):
        path = tmp_path / f"{workers}.h5"
        preprocess_text(source, path, text=TextOptions(subwords=200, lower=True), write=ExportOptions(workers=workers))
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_file_of_whole_words_says_nothing_of_pieces():
    assert "subwords" not in TextOptions().to_json()
    assert TextOptions.from_json(TextOptions(subwords=9).to_json()).subwords == 9
