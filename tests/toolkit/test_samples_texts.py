"""Texts made by code: their analogies can be learnt, their films stay apart, their faults are where they are said to be."""

from itertools import pairwise

import numpy as np
import pytest

from toolkit import ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.errors import ArgumentError
from toolkit.samples.texts import COUNTRIES, ReviewOptions, draw_sentences, list_analogies, write_reviews, write_sentences


def vectors_of(sentences, dimension=40, window=4):
    """Singular vectors of the positive pointwise mutual information, as Levy & Goldberg 2014 have them."""
    texts = [line.split() for line in sentences]
    ids = {word: i for i, word in enumerate(sorted({word for text in texts for word in text}))}
    together = np.zeros((len(ids), len(ids)))
    for text in texts:
        for i, word in enumerate(text):
            for other in text[max(0, i - window) : i]:
                together[ids[word], ids[other]] += 1
    together += together.T
    total = together.sum()
    expected = np.outer(together.sum(axis=1), together.sum(axis=0)) / total
    with np.errstate(divide="ignore"):
        information = np.maximum(np.log(together / expected), 0)
    left, values, _ = np.linalg.svd(information)
    vectors = left[:, :dimension] * np.sqrt(values[:dimension])
    return ids, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_sentences_teach_capitals(language):
    ids, vectors = vectors_of(draw_sentences(6000, languages=(language,)))
    words, right, analogies = list(ids), 0, list_analogies(language)
    for country, capital, other, answer in analogies:
        score = vectors @ (vectors[ids[capital]] - vectors[ids[country]] + vectors[ids[other]])
        score[[ids[capital], ids[country], ids[other]]] = -np.inf
        right += words[score.argmax()] == answer
    assert right / len(analogies) > 0.9


def test_countries_share_no_word():
    columns = list(zip(*COUNTRIES, strict=True))
    assert all(len(set(column)) == len(COUNTRIES) for column in columns)
    assert ("France", "Paris", "Sénégal", "Dakar") in list_analogies("fr")


def test_the_same_seed_draws_the_same_sentences(tmp_path):
    assert draw_sentences(20) == draw_sentences(20)
    assert draw_sentences(20) != draw_sentences(20, seed=1)
    write_sentences(tmp_path / "s.txt", 20)
    assert (tmp_path / "s.txt").read_text(encoding="utf-8").splitlines() == draw_sentences(20)
    with pytest.raises(ArgumentError, match="languages must be of en, fr, got"):
        draw_sentences(1, languages=("de",))


def test_reviews_are_a_data_set(tmp_path):
    write_reviews(tmp_path / "r", ReviewOptions(num_films=10))
    preprocess_text(tmp_path / "r", tmp_path / "r.h5", text=TextOptions(lower=True), write=ExportOptions(workers=0))
    file = open_dataset(tmp_path / "r.h5")
    assert file.classes == ("neg", "pos")
    assert {name: len(file[name]) for name in file}["test"] == 100
    groups = [set(file[name].group.tolist()) for name in file]
    assert all(not first & second for first, second in pairwise(groups))


def test_faults_are_planted_where_they_are_said_to_be(tmp_path):
    written = write_reviews(tmp_path / "r", ReviewOptions(num_films=4, duplicates=2, contradictions=3, empty=1))
    assert (len(written.duplicates), len(written.contradictions), len(written.empty)) == (2, 3, 1)
    for first, second in (*written.duplicates, *written.contradictions):
        assert (written.root / first).read_bytes() == (written.root / second).read_bytes() != b""
    assert (written.root / written.empty[0]).read_bytes() == b""
    whole = [path.read_text() for path in sorted(written.root.rglob("*_*.txt")) if path.parent.name in ("pos", "neg")]
    assert len(whole) - len(set(whole)) == 5
