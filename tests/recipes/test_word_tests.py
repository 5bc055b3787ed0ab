"""Analogies and judged pairs are read as their authors wrote them, and scored as other libraries score them."""

import csv
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from scipy.stats import spearmanr

from recipes.callbacks import WordTests
from recipes.word_tests import read_analogies, read_pairs, score_analogies, score_pairs
from recipes.word_vectors import WordVectors
from tests.conftest import UNPACK
from toolkit import DataError

GRID = WordVectors(("a", "b", "c", "d"), np.array([[1, 1], [1, -1], [0.1, 1], [0.1, -1]], np.float32))


def test_analogies_are_four_words_a_line(tmp_path):
    (tmp_path / "q.txt").write_text(": capitals\nAthens Greece Baghdad Iraq\n\n: family\nboy girl he she\n")
    assert read_analogies(tmp_path / "q.txt") == [("Athens", "Greece", "Baghdad", "Iraq"), ("boy", "girl", "he", "she")]
    (tmp_path / "q.txt").write_text(": capitals\nAthens Greece Baghdad\n")
    with pytest.raises(DataError, match="line 2 must be four words, got Athens Greece Baghdad"):
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
                "old\tnew\tA\t1.58\t2.72\t2.81\t2\t7.25\t1\t0.41\nsmart\tintelligent\tA\t9.2\t1.75\t2.46\t1\t7.11\t1\t0.67\n"
            ),
            [("old", "new", 1.58), ("smart", "intelligent", 9.2)],
        ),
        ("Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,tiger,10.00\n", [("love", "sex", 6.77), ("tiger", "tiger", 10)]),
        ("Word 1\tWord 2\tHuman (mean)\nlove\tsex\t6.77\n", [("love", "sex", 6.77)]),
        ("Word 1,Word 2,Human (mean),1,2,3\nlove,sex,6.77,9,6,8\n", [("love", "sex", 6.77)]),  # WordSim-353's set1.csv
        (
            "sun-n sunlight-n 50.000000\nshopping-n buy-v 31.000000\nred-j car-n 20.0\n",
            [("sun", "sunlight", 50), ("shopping", "buy", 31), ("red", "car", 20)],
        ),
        ("sun sunlight 50.000000\ncarry-n car 31\n", [("sun", "sunlight", 50), ("carry-n", "car", 31)]),
        ("cord;smile;0,02\ngem;jewel;3,94\n", [("cord", "smile", 0.02), ("gem", "jewel", 3.94)]),
        ("gem\tjewel\t3,94\n", [("gem", "jewel", 3.94)]),
        ("gem jewel 3,94\n", [("gem", "jewel", 3.94)]),
        ('gem,jewel,"3,94"\n', [("gem", "jewel", 3.94)]),
        ("take\tremove\tV\t6.81\tSYNONYMS\n", [("take", "remove", 6.81)]),  # SimVerb-3500
        ("squishing\tsquirt\t5.88\t7\t6\t5\n", [("squishing", "squirt", 5.88)]),  # Rare Words
        ("new york,los angeles,7\n", [("new york", "los angeles", 7)]),
        (",word1,word2,score\n0,love,sex,6.77\n1,gem,jewel,3\n", [("love", "sex", 6.77), ("gem", "jewel", 3)]),
        ("a;b;how alike;note\nlove;sex;6.77;x\n", [("love", "sex", 6.77)]),
        ("word1,word2,score,raters\nlove,sex,6,13\n", [("love", "sex", 6)]),
        ("\ufeff# by hand\r\nLove\tsex\t-.5\r\n", [("love", "sex", -0.5)]),
    ],
)
def test_pairs_are_read_as_they_are_published(tmp_path, text, expected):
    (tmp_path / "p.txt").write_text(text, encoding="utf-8")
    assert read_pairs(tmp_path / "p.txt") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tests must be pairs of words, got none"),
        ("word1\tword2\tscore\n", "tests must be pairs of words, got names of columns alone"),
        ("love,sex,6,77\ntiger,cat,7\n", "line 1 must be two words and a number that is clear, got love,sex,6,77 .*Part columns by tabs"),
        ("tiger,cat,7\nlove,sex,6,77\n", "line 2 must be two words and a number that is clear"),
        ("word1,word2,score\nlove,sex,6,77\n", "line 2 must be two words and a number that is clear"),
        ("w1\tw2\ta\tb\nlove\tsex\t6\t7\n", "line 1 must be two words and a number, or names of columns, one of them that of the score"),
        ("w1\tw2\tscore\tmean\nlove\tsex\t6\t7\n", "line 1 must be two words and a number, or names of columns"),
        ("love\tsex\tnan\ntiger\tcat\t7\n", "line 1 must be two words and a number, or names of columns"),
        ("love\tsex\t1\ntiger\tcat\tinf\n", "line 2 must be two words and a number, got tiger.*Write a pair a line"),
        ('love\tsex\t1\n"tiger\tcat\t3\n', "line 2 must be two words and a number"),
        ("love\tsex\t1\n\tcat\t3\n", "line 2 must be two words and a number"),
        ("Athens Greece Baghdad Iraq\nboy girl he she\n", "line 1 must be two words and a number, or names of columns"),
        ("love,sex,6.7x\ntiger,cat,7\n", "line 1 must be two words and a number, or names of columns, .* got love,sex,6.7x"),
    ],
)
def test_what_is_no_file_of_pairs_is_refused_with_the_form(tmp_path, text, message):
    (tmp_path / "p.txt").write_text(text)
    with pytest.raises(DataError, match=message):
        read_pairs(tmp_path / "p.txt")


def test_a_field_too_long_for_csv_is_one_line(tmp_path):
    (tmp_path / "p.txt").write_text("a,b,1\n" + "x" * 200 + ",b,1\n")
    limit = csv.field_size_limit(100)
    try:
        with pytest.raises(DataError, match="line 2 must be two words and a number, got xxx"):
            read_pairs(tmp_path / "p.txt")
    finally:
        csv.field_size_limit(limit)


def test_judged_pairs_are_no_analogies(tmp_path):
    (tmp_path / "q.txt").write_text("take\tremove\tV\t6.81\n")
    with pytest.raises(DataError, match="line 1 must be four words, got take"):
        read_analogies(tmp_path / "q.txt")


@pytest.mark.real
def test_real_files_of_words_are_read_whole(tmp_path):
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    subprocess.run([sys.executable, UNPACK, "words", "--to", tmp_path], check=True, stdout=subprocess.DEVNULL)
    folder = tmp_path / "words"
    counts = {name: len(read_pairs(folder / f"{name}.tsv")) for name in ("wordsim353", "simlex999", "men3000")}
    assert counts == {"wordsim353": 353, "simlex999": 999, "men3000": 3000}
    assert read_pairs(folder / "simlex999.tsv")[1] == ("smart", "intelligent", 9.2)
    assert len(read_analogies(folder / "questions-words.txt")) == 19544


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


def test_what_cannot_be_measured_is_left_out_and_said(tmp_path, monkeypatch):
    (tmp_path / "p.tsv").write_text("zzz\tyyy\t1\nqqq\trrr\t2\n")
    monkeypatch.setattr("recipes.callbacks.words._vectors", lambda *_: GRID)
    trainer, module = SimpleNamespace(sanity_checking=False), Mock()
    with pytest.warns(UserWarning, match="val/similarity is left out, as nothing can be measured: the words of 0 of 2 pairs are known"):
        WordTests(similarity=str(tmp_path / "p.tsv")).on_validation_epoch_end(trainer, module)
    module.log.assert_not_called()


@pytest.mark.parametrize("words", [("Athens", "Greece", "Baghdad", "Iraq"), ("athens", "greece", "baghdad", "iraq")])
def test_questions_are_asked_of_words_as_they_are_written_or_in_small_letters(words):
    vectors = WordVectors(words, np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]], np.float32))
    assert score_analogies(vectors, [("Athens", "Greece", "Baghdad", "Iraq")]) == (1.0, 1)
