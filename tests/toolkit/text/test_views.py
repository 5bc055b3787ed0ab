"""One-hot, multi-hot, counts, tf-idf and n-grams of texts as numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import ArgumentError
from toolkit.text import Vocabulary, count_tokens, multi_hot, ngrams, one_hot, tf_idf

TOKENS = np.array([4, 5, 4, 5, 6, 1], np.int32)
LENGTHS = np.array([3, 0, 3])


def test_multi_hot_is_the_or_of_one_hots():
    hot = multi_hot(TOKENS, LENGTHS, 7)
    assert hot.dtype == np.float32
    assert hot.tolist() == [[0, 0, 0, 0, 1, 1, 0], [0] * 7, [0, 1, 0, 0, 0, 1, 1]]
    assert np.array_equal(hot[0], one_hot(TOKENS[:3], 7).max(axis=0))


def test_counts_say_what_stands_where():
    bag = count_tokens(TOKENS, LENGTHS, 7)
    assert bag.bounds.tolist() == [0, 2, 2, 5]
    assert bag.tokens.tolist() == [4, 5, 1, 5, 6]
    assert bag.values.tolist() == [2, 1, 1, 1, 1]
    assert bag.dense().tolist() == [[0, 0, 0, 0, 2, 1, 0], [0] * 7, [0, 1, 0, 0, 0, 1, 1]]


def test_tf_idf_is_scikit_learns():
    transformer = pytest.importorskip("sklearn.feature_extraction.text").TfidfTransformer()
    train = np.array([[2, 1, 0, 0], [0, 1, 1, 0], [0, 1, 0, 3]])
    words = Vocabulary(("<pad>", "<unk>", "<s>", "</s>", *"abcd"), np.zeros(8, np.int64), np.array([0] * 4 + [1, 3, 1, 1]), 3)
    tokens = np.concatenate([np.repeat(np.arange(4, 8), row) for row in train])
    ours = tf_idf(tokens, train.sum(axis=1), words).dense()[:, 4:]
    np.testing.assert_allclose(ours, transformer.fit_transform(train).toarray(), rtol=1e-6)


def test_unknown_words_weigh_nothing():
    words = Vocabulary(("<pad>", "<unk>", "<s>", "</s>", "a"), np.zeros(5, np.int64), np.array([0, 0, 0, 0, 1]), 1)
    bag = tf_idf(np.array([1, 1, 4, 1]), np.array([3, 1]), words)
    assert bag.dense().tolist() == [[0, 0, 0, 0, 1], [0] * 5]


def test_runs_end_with_their_text_and_hold_no_unknown_word():
    assert [part.tolist() for part in ngrams(TOKENS, LENGTHS, 1, 10)] == [[4, 5, 4, 5, 6, 1], [3, 0, 3]]
    assert [part.tolist() for part in ngrams(TOKENS, LENGTHS, 2, 10)] == [[45, 54, 56], [2, 0, 1]]
    assert [part.tolist() for part in ngrams(TOKENS, LENGTHS, 3, 10)] == [[454], [1, 0, 0]]
    assert [part.tolist() for part in ngrams(TOKENS[:2], np.array([2]), 3, 10)] == [[], [0]]


@given(st.lists(st.lists(st.integers(0, 6), max_size=6), max_size=6), st.integers(1, 4))
def test_runs_are_those_of_a_plain_loop(texts, n):
    flat = np.array([token for text in texts for token in text], np.int32)
    keys, lengths = ngrams(flat, np.array([len(text) for text in texts], np.int64), n, 7)
    runs = [[text[i : i + n] for i in range(len(text) - n + 1)] for text in texts]
    expected = [[int("".join(map(str, run)), 7) for run in found if n == 1 or 1 not in run] for found in runs]
    assert keys.tolist() == [key for text in expected for key in text]
    assert lengths.tolist() == [len(text) for text in expected]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: multi_hot(np.array([9]), np.array([1]), 7), r"tokens must be in \[0, 7\), got 9"),
        (lambda: one_hot(np.array([-1]), 7), r"tokens must be in \[0, 7\), got -1"),
        (lambda: multi_hot(np.array([1]), np.array([2]), 7), "lengths must be 1 tokens together, got 2"),
        (lambda: ngrams(TOKENS, LENGTHS, 5, 50_000), "n must be at least 1, and 50000ⁿ below 2⁶³, got 5"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()
