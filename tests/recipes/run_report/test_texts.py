"""Pages of runs on texts: a map and neighbours of words, and the worst mistakes as excerpts."""

import json
from pathlib import Path

import numpy as np
import pytest

from recipes.run_report import report_run
from recipes.run_report.words import MAX_ASKED, choose_words
from recipes.train import train
from toolkit import ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.samples.texts import ReviewOptions, write_reviews


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    source = write_reviews(folder / "reviews", ReviewOptions(num_films=8)).root
    preprocess_text(source, folder / "r.h5", text=TextOptions(lower=True), write=ExportOptions(workers=0))
    return folder / "r.h5"


def shown(recipe, file, folder, *options):
    train(recipe, file, "--trainer.accelerator", "cpu", "--trainer.max_epochs", "1", *options, run=folder / "run")
    page = Path(report_run(folder / "run", folder / "page.html").path)
    return page.read_text(encoding="utf-8"), json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


def test_word_vectors_have_a_map_and_neighbours(file, tmp_path):
    page, content = shown("skipgram", file, tmp_path, "--network.size", "8", "--data.batch_size", "512")
    assert 'id="words"' in page
    for word, found in content["words"]["neighbours"].items():
        assert word not in {near["word"] for near in found}
        assert [near["cosine"] for near in found] == sorted((near["cosine"] for near in found), reverse=True)
    places = np.array([one["place"] for one in content["words"]["map"]])
    np.testing.assert_allclose(places.mean(0), 0, atol=1e-3)
    assert all(f">{one['word']}<" in page for one in content["words"]["map"])
    assert content["parameters"] == 2 * 8 * len(open_dataset(file).vocabulary)


def test_mistakes_on_texts_are_excerpts_and_val_alone_is_read(file, tmp_path):
    page, content = shown(
        "sentiment_lstm", file, tmp_path, "--network.width", "4", "--network.hidden", "4", "--model.learning_rate", "1e-9"
    )
    wrong = content["mistakes"]["worst_first"]
    assert len(wrong) > 0
    assert page.count("taken for: ") == min(48, len(wrong))
    assert page.count("<blockquote>") == min(48, len(wrong))
    assert {line["split"] for line in content["run"]["ledger"] if line["event"] == "read"} == {"val"}
    assert content["alike"]["val_samples"] == content["mistakes"]["samples"]
    assert content["words"]["map"]


def test_what_has_no_vectors_of_words_has_no_map(file, tmp_path):
    page, content = shown("sentiment_bow", file, tmp_path)
    assert "words" not in content
    assert 'id="words"' not in page


def test_frequent_words_of_several_letters_are_chosen_where_there_are_enough():
    long = [f"word{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]
    assert choose_words(["the", *long])[0] == long[0]
    assert len(choose_words(["the", *long])) == len(long) >= MAX_ASKED
    assert choose_words(["the", "word"]) == ["the", "word"]
