"""Analogies and judged pairs are read as their authors wrote them, and scored as other libraries score them."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from recipes.word_tests import read_analogies, read_pairs, score_analogies, score_pairs
from recipes.word_vectors import WordVectors
from toolkit import DataError

GRID = WordVectors(("a", "b", "c", "d"), np.array([[1, 1], [1, -1], [0.1, 1], [0.1, -1]], np.float32))


def test_analogies_are_four_words_a_line(tmp_path):
    (tmp_path / "q.txt").write_text(": capitals\nAthens Greece Baghdad Iraq\n\n: family\nboy girl he she\n")
    assert read_analogies(tmp_path / "q.txt") == [("athens", "greece", "baghdad", "iraq"), ("boy", "girl", "he", "she")]
    (tmp_path / "q.txt").write_text(": capitals\nAthens Greece Baghdad\n")
    with pytest.raises(DataError, match="line 2 must be four words, got athens greece baghdad"):
        read_analogies(tmp_path / "q.txt")


@pytest.mark.parametrize(
    "text", ["# by hand\nLove\tsex\t6.77\ntiger\tcat\t7.35\n", "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n"]
)
def test_pairs_are_two_words_and_a_number(tmp_path, text):
    (tmp_path / "p.txt").write_text(text)
    assert read_pairs(tmp_path / "p.txt") == [("love", "sex", 6.77), ("tiger", "cat", 7.35)]


def test_a_line_that_is_no_pair_is_named(tmp_path):
    (tmp_path / "p.txt").write_text("love\tsex\t6.77\ntiger cat 7\n")
    with pytest.raises(DataError, match="line 2 must be two words and a number, got tiger cat 7"):
        read_pairs(tmp_path / "p.txt")
    with pytest.raises(DataError, match="tests must be readable, got this from"):
        read_pairs(tmp_path / "none.txt")


def test_analogies_that_lack_a_word_are_not_asked():
    assert score_analogies(GRID, [("a", "b", "c", "d"), ("b", "a", "d", "a"), ("a", "b", "c", "missing")]) == (0.5, 2)
    assert np.isnan(score_analogies(GRID, [])[0])


def test_similarity_is_spearmans_ties_included():
    rng = np.random.default_rng(0)
    vectors = WordVectors(tuple(map(str, range(30))), rng.standard_normal((30, 5)).astype(np.float32))
    pairs = [
        (str(a), str(b), float(v)) for a, b, v in zip(rng.integers(0, 30, 60), rng.integers(0, 30, 60), rng.integers(0, 9, 60), strict=True)
    ]
    found, asked = score_pairs(vectors, [*pairs, ("0", "missing", 1.0)])
    assert asked == 60
    cosines = [vectors.similarity(a, b) for a, b, _ in pairs]
    assert found == pytest.approx(spearmanr(np.round(cosines, 6), [value for *_, value in pairs])[0], abs=1e-3)


def test_nothing_to_rank_is_no_number():
    assert np.isnan(score_pairs(GRID, [("a", "b", 1.0)])[0])
    assert np.isnan(score_pairs(GRID, [("a", "b", 1.0), ("a", "c", 1.0)])[0])
