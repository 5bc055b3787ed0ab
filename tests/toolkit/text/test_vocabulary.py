"""The vocabulary: who gets a number, in which order, and the way there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import ArgumentError, DataError
from toolkit.text import Vocabulary
from toolkit.text.vocabulary import SPECIALS

COUNTS = {"the": 9, "b": 3, "a": 3, "rare": 1, "of": 5}


def test_frequent_words_come_first_and_equals_in_order():
    words = Vocabulary.fit(COUNTS, dict.fromkeys(COUNTS, 1), num_documents=2, min_count=2)
    assert words.words == (*SPECIALS, "the", "of", "a", "b")
    assert words.counts.tolist() == [0, 1, 0, 0, 9, 5, 3, 3]
    assert words.documents.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert words.encode(["b", "rare", "the", "new"]).tolist() == [7, 1, 4, 1]
    assert words.decode(np.array([7, 1, 2])) == ["b", "<unk>", "<s>"]
    assert words.coverage({"the": 3, "new": 1}) == 0.75


def test_size_and_stop_words_limit_it():
    assert Vocabulary.fit(COUNTS, min_count=1, max_size=6, stop_words=("the",)).words == (*SPECIALS, "of", "a")


def test_the_order_of_counting_does_not_matter():
    backwards = dict(reversed(COUNTS.items()))
    assert Vocabulary.fit(COUNTS).words == Vocabulary.fit(backwards).words


def test_a_word_spelt_like_a_special_has_its_own_number():
    words = Vocabulary.fit({"<pad>": 2})
    assert words.encode(["<pad>", "<s>"]).tolist() == [4, 1]
    assert words.decode([4]) == ["<pad>"]


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1))
def test_known_words_come_back(texts):
    words = Vocabulary.fit(dict.fromkeys(texts, 1), min_count=1)
    assert words.decode(words.encode(texts)) == texts


def test_very_long_words_are_unknown():
    words = Vocabulary.fit({"é" * 100: 2, "é" * 101: 2, "": 2}, min_count=1)
    assert words.encode(["é" * 100, "é" * 101]).tolist()[1] == 1
    assert "é" * 100 in words.words


@pytest.mark.parametrize(
    ("options", "message"),
    [({"min_count": -1}, "min_count must be at least 0, got -1"), ({"max_size": 4}, "more than its 4 specials, got 4")],
)
def test_numbers_out_of_range_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        Vocabulary.fit(COUNTS, **options)


def test_numbers_that_stand_for_nothing_are_refused():
    with pytest.raises(ArgumentError, match=r"numbers must be in \[0, 8\), got \[8\]"):
        Vocabulary.fit(COUNTS).decode([8])


def test_a_file_without_a_vocabulary_is_refused():
    class File:
        path, vocabulary, meta = "signs.h5", (), {}

    with pytest.raises(DataError, match="vocabulary must be led by <pad>"):
        Vocabulary.load(File())
