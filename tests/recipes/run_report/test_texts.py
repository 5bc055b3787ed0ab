"""Pages of runs on texts: a map and neighbours of words, the worst mistakes as excerpts, words of users that are never markup."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from recipes.run_report import report_run
from recipes.run_report.words import FONT_POINTS, MAX_ASKED, choose_words, find_room
from recipes.train import train
from tests.recipes.run_report.test_report import Page
from toolkit import ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.errors import printable
from toolkit.samples.texts import ReviewOptions, draw_sentences, write_reviews
from toolkit.text import Vocabulary

HOSTILE = ("<script>alert(1)</script>", "$x^2$", "\u202eabc", "</svg><b>", "&lt;i&gt;")


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    source = write_reviews(folder / "reviews", ReviewOptions(num_films=8)).root
    preprocess_text(source, folder / "r.h5", text=TextOptions(lower=True), write=ExportOptions(workers=0))
    return folder / "r.h5"


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """A run of skip-gram on sentences, one in twenty of which has hostile names in it."""
    folder = tmp_path_factory.mktemp("words")
    sentences = [f"{one} {' '.join(HOSTILE)}" if i % 20 == 0 else one for i, one in enumerate(draw_sentences(600))]
    (folder / "s.txt").write_text("\n".join(sentences), encoding="utf-8")
    text = TextOptions(tokenizer=r"regexp:\S+", html="keep")
    preprocess_text(folder / "s.txt", folder / "s.h5", text=text, write=ExportOptions(workers=0))
    small = ("--network.size", "8", "--data.batch_size", "512")
    train("skipgram", folder / "s.h5", "--trainer.accelerator", "cpu", "--trainer.max_epochs", "1", *small, run=folder / "run")
    return folder / "run"


def shown(run):
    page = Path(report_run(run, run.parent / "page.html").path)
    return page.read_text(encoding="utf-8"), json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


def trained(recipe, file, folder, *options):
    train(recipe, file, "--trainer.accelerator", "cpu", "--trainer.max_epochs", "1", *options, run=folder / "run")
    return shown(folder / "run")


def drawn(page):
    """What is written on the map of words."""
    (plot,) = re.findall(r"<svg (?:(?!</svg>).)*principal components(?:(?!</svg>).)*</svg>", page, re.DOTALL)
    return {text.strip() for text in Page(plot).texts if text.strip()}


def test_word_vectors_have_a_map_and_neighbours_and_no_file_is_needed(vectors, tmp_path):
    run = Path(shutil.copytree(vectors, tmp_path / "run"))
    config = run / "config.yaml"
    config.write_text(config.read_text().replace("s.h5", "gone.h5"))
    page, content = shown(run)
    assert re.findall(r'<h2 id="([a-z]+)">', page) == ["findings", "curves", "words", "network", "ledger", "setup"]
    neighbours, laid_out = content["words"]["neighbours"], content["words"]["map"]
    assert len(neighbours) == MAX_ASKED
    for word, found in neighbours.items():
        assert word not in {near["word"] for near in found}
        assert [near["cosine"] for near in found] == sorted((near["cosine"] for near in found), reverse=True)
    np.testing.assert_allclose(np.mean([one["place"] for one in laid_out], axis=0), 0, atol=1e-3)
    assert 10 < len(drawn(page)) <= len(drawn(page) & {printable(one["word"], 24) for one in laid_out})
    assert [layer["parameters"] for layer in content["layers"]] == [content["parameters"]]
    assert content["unchecked"] == []
    assert len(page) < 5_000_000


def test_hostile_words_appear_literally_on_map_and_in_table_and_make_no_markup(vectors):
    text, content = shown(vectors)
    page, written = Page(text), drawn(text)
    words = {one["word"] for one in content["words"]["map"]}
    assert words.issuperset(HOSTILE)
    assert [word for word in HOSTILE if not any(printable(word) in text for text in page.texts)] == []
    assert len(written & {printable(word, 24) for word in HOSTILE}) >= 3
    assert {"script", "b", "i"}.isdisjoint(tag for tag, _ in page.elements)
    assert all(character.isprintable() or character == "\n" for character in text)


def test_vectors_that_are_no_numbers_any_more_are_not_shown(vectors, tmp_path):
    run = Path(shutil.copytree(vectors, tmp_path / "run"))
    content = torch.load(run / "checkpoints" / "best.ckpt", weights_only=True)
    content["state_dict"]["network.inputs"][5] = torch.nan
    torch.save(content, run / "checkpoints" / "best.ckpt")
    page, told = shown(run)
    assert 'id="words"' not in page
    assert "words" not in told


def test_mistakes_on_texts_are_excerpts_and_val_alone_is_read(reviews, tmp_path):
    options = ("--network.width", "4", "--network.hidden", "4", "--model.learning_rate", "1e-9")
    page, content = trained("sentiment_lstm", reviews, tmp_path, *options)
    wrong = content["mistakes"]["worst_first"]
    assert len(wrong) > 0
    assert page.count("taken for: ") == min(48, len(wrong))
    assert page.count("<blockquote>") == min(48, len(wrong))
    assert {line["split"] for line in content["run"]["ledger"] if line["event"] == "read"} == {"val"}
    assert content["alike"]["val_samples"] == content["mistakes"]["samples"]
    assert content["words"]["map"]
    assert sum(layer["parameters"] for layer in content["layers"]) == content["parameters"]
    assert "a text of one word" in page


def test_a_language_model_has_a_map_of_its_words(reviews, tmp_path):
    page, content = trained("next_word", reviews, tmp_path, "--network.width", "8")
    assert 'id="words"' in page
    assert content["words"]["map"]
    assert "mistakes" not in content


@pytest.mark.parametrize("recipe", ["sentiment_bow", "sentiment_embedding"])
def test_bags_of_ngrams_have_mistakes_but_no_map(recipe, reviews, tmp_path):
    page, content = trained(recipe, reviews, tmp_path)
    assert "words" not in content
    assert 'id="words"' not in page
    assert content["mistakes"]["samples"] == len(open_dataset(reviews)["val"])
    assert sum(layer["parameters"] for layer in content["layers"]) == content["parameters"]


def test_words_that_few_texts_hold_again_and_again_are_chosen():
    counts = {"the": 900, ".": 800, "often": 50, "horror": 40, "war": 30, "rare": 2}
    documents = {"the": 100, ".": 100, "often": 40, "horror": 8, "war": 6, "rare": 2}
    vocabulary = Vocabulary.fit(counts, documents, num_documents=100)
    assert choose_words(vocabulary, 2, among=4) == ["horror", "war"]
    assert choose_words(vocabulary, 9, among=9) == ["the", "often", "horror", "war", "rare"]
    assert choose_words(vocabulary, 9, among=2) == ["the", "often"]
    signs = Vocabulary.fit({".": 9, "!": 8}, {".": 2, "!": 2}, num_documents=2)
    assert choose_words(signs, 2, among=2) == [".", "!"]


def test_no_word_is_written_over_an_earlier_one():
    below = 2 * FONT_POINTS
    places = np.array([(0, 0), (FONT_POINTS, 0), (0, below), (10 * FONT_POINTS, 0)], float)
    assert find_room(["word", "over", "below", "beside"], places) == [0, 2, 3]
    assert find_room(["ab", "cd"], np.array([(0, 0), (2 * FONT_POINTS, 0)], float)) == [0, 1]
    assert find_room(["漢字", "漢字"], np.array([(0, 0), (2 * FONT_POINTS, 0)], float)) == [0]
