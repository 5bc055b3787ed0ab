"""Recipes of texts learn the toy set; their checkpoints carry what evaluation, prediction and generation need."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from recipes.checkpoint import load_checkpoint
from recipes.crossval import cross_validate
from recipes.evaluate import evaluate
from recipes.generate import draw_word, generate, join_words
from recipes.models import AverageNet, LanguageNet, RatioNet, ReaderNet
from recipes.models.bags import log_count_ratios
from recipes.predict import predict
from recipes.train import train
from recipes.word_vectors import WordVectors, write_vectors
from toolkit import ArgumentError, DataError, ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.samples.texts import write_reviews, write_sentences

QUICK = ["--trainer.accelerator", "cpu", "--data.batch_size", "32"]
LEARNS = {
    "sentiment_bow": ["--trainer.max_epochs", "6", "--model.learning_rate", "0.02"],
    "sentiment_embedding": ["--trainer.max_epochs", "12", "--model.learning_rate", "0.05"],
    "sentiment_lstm": [
        "--trainer.max_epochs",
        "10",
        "--network.dropout",
        "0",
        "--network.word_dropout",
        "0",
        "--model.learning_rate",
        "0.01",
    ],
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_reviews(tmp_path_factory.mktemp("raw") / "reviews").root


@pytest.fixture(scope="module")
def texts(source, tmp_path_factory):
    path = tmp_path_factory.mktemp("texts") / "r.h5"
    preprocess_text(source, path, text=TextOptions(lower=True), write=ExportOptions(workers=0))
    return path


@pytest.fixture(scope="module", params=sorted(LEARNS))
def learned(request, texts, tmp_path_factory):
    return train(request.param, texts, *QUICK, *LEARNS[request.param], run=tmp_path_factory.mktemp(request.param) / "run")


@pytest.fixture(scope="module")
def language(texts, tmp_path_factory):
    options = ["--network.width", "32", "--trainer.max_epochs", "3", "--data.window", "16"]
    return train("next_word", texts, *QUICK, *options, run=tmp_path_factory.mktemp("language") / "run")


def test_it_learns_the_toy_reviews(learned):
    assert learned.metrics["val/accuracy"] > 0.8


def test_a_checkpoint_is_measured_as_training_left_it(learned, texts):
    found = evaluate(learned.best_checkpoint, texts, split="val").metrics
    assert found["accuracy"] == pytest.approx(learned.metrics["val/accuracy"])
    assert found["loss"] == pytest.approx(learned.metrics["val/loss"], abs=1e-5)


def test_raw_texts_are_predicted_as_the_file_holds_them(learned, source, texts):
    answers = [answer for answer in predict(learned.best_checkpoint, [source]) if answer["input"].startswith(f"{source}/test/")]
    hits = [answer["class"] in Path(answer["input"]).parts for answer in answers]
    assert len(hits) == 400
    assert sum(hits) / 400 == pytest.approx(evaluate(learned.best_checkpoint, texts).metrics["accuracy"])


def test_lines_and_columns_are_predicted_alike(learned, tmp_path):
    lines = ["A wonderful film.", "A dull film, and far too long."]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    with open(tmp_path / "a.csv", "w", newline="") as table:
        csv.writer(table).writerows([["text"], *([line] for line in lines)])
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    one = list(predict(learned.best_checkpoint, [tmp_path / "a.txt"], read={"layout": "lines"}))
    others = [list(predict(learned.best_checkpoint, [tmp_path / name])) for name in ("a.csv", "a.csv.gz")]
    assert [answer["input"] for answer in one] == [str(tmp_path / f"a.txt line {number}") for number in (1, 2)]
    assert all([answer["probability"] for answer in one] == [answer["probability"] for answer in other] for other in others)
    assert others[1][0]["input"] == f"{tmp_path}/a.csv.gz row 1"


def test_a_table_is_read_by_the_options_of_preprocess(learned, tmp_path):
    (tmp_path / "a.csv").write_text("1;A wonderful film.\n2;A dull film, and far too long.\n")
    found = list(predict(learned.best_checkpoint, [tmp_path / "a.csv"], read={"header": False, "text": "2", "label": "1"}))
    assert [answer["class"] for answer in found] == ["pos", "neg"]


def test_a_file_is_one_text_where_those_of_training_were(learned, tmp_path):
    (tmp_path / "in").mkdir()
    for place in (tmp_path / "a.txt", tmp_path / "in" / "a.txt"):
        place.write_text("A wonderful film.\n\nA dull film, and far too long.\n")
    (alone,), (of_folder,) = (list(predict(learned.best_checkpoint, [source])) for source in (tmp_path / "a.txt", tmp_path / "in"))
    assert alone["input"] == str(tmp_path / "a.txt")
    assert (alone["class"], alone["probability"]) == (of_folder["class"], of_folder["probability"])
    paragraphs = list(predict(learned.best_checkpoint, [tmp_path / "a.txt"], read={"layout": "paragraphs"}))
    assert [answer["class"] for answer in paragraphs] == ["pos", "neg"]


def test_a_file_is_lines_where_texts_of_training_were_cells(source, tmp_path):
    rows = [(path.read_text(), path.parent.name) for path in sorted(source.glob("train/*/*.txt"))]
    with open(tmp_path / "t.csv", "w", newline="") as table:
        csv.writer(table).writerows([["text", "label"], *rows])
    preprocess_text(tmp_path / "t.csv", tmp_path / "t.h5", write=ExportOptions(workers=0))
    trained = train("sentiment_bow", tmp_path / "t.h5", *QUICK, "--trainer.max_epochs", "1", run=tmp_path / "run")
    (tmp_path / "a.txt").write_text("A wonderful film.\nA dull film.\n")
    answers = list(predict(trained.best_checkpoint, [tmp_path / "a.txt"]))
    assert [answer["input"] for answer in answers] == [str(tmp_path / f"a.txt line {number}") for number in (1, 2)]


def test_folds_fit_their_own_ngrams(texts, tmp_path):
    spread = cross_validate("sentiment_bow", texts, *QUICK, *LEARNS["sentiment_bow"], folds=2, run=tmp_path / "folds")
    assert spread.facts["out_of_fold_accuracy"] > 0.8
    kept = [load_checkpoint(tmp_path / "folds" / f"fold_{number}" / "checkpoints" / "last.ckpt").view.keys for number in range(2)]
    assert not torch.equal(*kept)


def test_ratios_by_hand():
    counts = torch.tensor([[0, 0], [3, 0], [1, 1]])
    # class 0: 4 of 6 against 1 of 3; 2 of 6 against 2 of 3
    expected = [[0, 0], [np.log(4 / 6 / (1 / 3)), np.log(1 / 3 / (4 / 6))], [np.log(2 / 6 / (2 / 3)), np.log(2 / 3 / (2 / 6))]]
    assert np.allclose(log_count_ratios(counts), expected)


def test_an_untrained_ratio_network_is_naive_bayes():
    network = RatioNet(2, 4, start=1.0)
    network.ratios = torch.tensor([[0.0, 0], [1, -1], [2, -2], [-4, 4]])
    assert network(torch.tensor([1, 2, 3]), torch.tensor([2, 0, 1])).tolist() == [[3, -3], [0, 0], [-4, 4]]


def test_a_mean_is_that_of_the_embeddings():
    network = AverageNet(2, 5, width=3).eval()
    mean = network.embeddings[[1, 4]].mean(0)
    assert torch.allclose(network(torch.tensor([1, 4]), torch.tensor([2])), network.head(mean)[None])


def test_padding_changes_nothing():
    network = ReaderNet(2, 20, width=4, hidden=4).eval()
    row = torch.tensor([[5, 6, 7]])
    wide = torch.nn.functional.pad(row, (0, 4))
    assert torch.allclose(network(row, torch.tensor([3])), network(wide, torch.tensor([3])), atol=1e-6)
    assert network(torch.zeros(1, 1, dtype=torch.int64), torch.tensor([0])).isfinite().all()


def test_both_readers_are_those_of_torch():
    network = ReaderNet(2, 20, width=4, hidden=3, dropout=0).eval()
    both = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    names = network.readers[0].state_dict() | {f"{name}_reverse": value for name, value in network.readers[1].state_dict().items()}
    both.load_state_dict(names)
    words = torch.tensor([[5, 6, 7, 8]])
    states = both(network.words(words))[0]
    forwards, backwards = states[..., :3], states[..., 3:]
    parts = [forwards.amax(1), forwards.mean(1), backwards.amax(1), backwards.mean(1)]
    assert torch.allclose(network(words, torch.tensor([4])), network.scores(torch.cat(parts, 1)), atol=1e-6)


def test_word_vectors_are_begun_from_and_the_ledger_tells_their_share(texts, tmp_path):
    words = open_dataset(texts).vocabulary
    write_vectors(tmp_path / "v.txt", WordVectors((words[9], "unheard-of"), np.array([[1, 2, 3], [4, 5, 6]], np.float32)))
    options = ["--network.word_vectors", str(tmp_path / "v.txt"), "--network.width", "3", "--network.frozen", "true"]
    result = train(
        "sentiment_lstm", texts, *QUICK, *options, "--trainer.max_epochs", "1", "--trainer.limit_train_batches", "1", run=tmp_path / "run"
    )
    restored = load_checkpoint(result.last_checkpoint)
    assert restored.task.network.words.weight[9].tolist() == [1, 2, 3]
    (line,) = [line for line in map(json.loads, Path(result.run, "ledger.jsonl").read_text().splitlines()) if line["event"] == "fitted"]
    assert line["vectors_coverage"] == pytest.approx(1 / len(words), abs=1e-4)
    assert line["vectors_file"] == "2 words of 3 numbers (word2vec text)"
    assert str(result).splitlines()[-2] == "  word vectors: 2 words of 3 numbers (word2vec text)"
    assert str(result).splitlines()[-1] == f"  word vectors for {100 / len(words):.1f} % of the vocabulary from {tmp_path / 'v.txt'}"


def test_word_vectors_of_another_size_are_refused(texts, tmp_path):
    write_vectors(tmp_path / "v.txt", WordVectors(("film",), np.ones((1, 3), np.float32)))
    with pytest.raises(DataError, match="width must be 3, as in"):
        train("sentiment_lstm", texts, *QUICK, "--network.word_vectors", str(tmp_path / "v.txt"), run=tmp_path / "run")


def test_word_vectors_of_no_word_in_the_vocabulary_are_refused(texts, tmp_path):
    write_vectors(tmp_path / "v.txt", WordVectors(("unheard-of", "<unk>"), np.ones((2, 3), np.float32)))
    options = ["--network.word_vectors", str(tmp_path / "v.txt"), "--network.width", "3"]
    with pytest.raises(DataError, match=r"word_vectors must be of words in the vocabulary, got none of its \d+ in .*v\.txt"):
        train("sentiment_lstm", texts, *QUICK, *options, run=tmp_path / "run")


@pytest.mark.parametrize(
    ("recipe", "ngrams", "message"),
    [
        ("sentiment_bow", "0", "RatioNet: ngrams must be from 1 to 3, got 0 in"),
        ("sentiment_embedding", "0", "AverageNet: ngrams must be from 1 to 3, got 0 in"),
        ("sentiment_bow", "4", "TextDataModule: ngrams must be from 1 to 3, or 0 for rows of words, got 4"),
        ("sentiment_lstm", "2", "ReaderNet: ngrams must be 0, as words are read in their order, got 2 in"),
    ],
)
def test_each_network_says_which_ngrams_it_reads(texts, tmp_path, recipe, ngrams, message):
    with pytest.raises(ArgumentError, match=message):
        train(recipe, texts, *QUICK, "--data.ngrams", ngrams, run=tmp_path / "run")


def test_each_bad_input_answers_with_its_error_and_the_rest_go_on(learned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "other"):
        Path(folder).mkdir()
        Path(folder, "a.txt").write_text("A wonderful film.")
    Path("empty.txt").write_bytes(b"")
    Path("bytes.txt").write_bytes(b"\xff\xfa\n")
    inputs = ["one", "missing.txt", "empty.txt", "bytes.txt", tmp_path / "other", "other/a.txt", "a.png"]
    answers = list(predict(learned.best_checkpoint, inputs))
    assert [(answer["input"], "error" in answer) for answer in answers] == [
        ("one/a.txt", False),
        ("missing.txt", True),
        ("empty.txt", False),  # a text without words, as in a folder
        ("bytes.txt", True),
        (f"{tmp_path}/other/a.txt", False),
        ("other/a.txt", False),
        ("a.png", True),
    ]


def test_a_language_model_needs_no_labels(tmp_path):
    write_sentences(tmp_path / "s.txt", 300, languages=("en",))
    preprocess_text(tmp_path / "s.txt", tmp_path / "s.h5", write=ExportOptions(workers=0))
    options = ["--network.width", "8", "--trainer.max_epochs", "1", "--trainer.limit_train_batches", "2"]
    model = train("next_word", tmp_path / "s.h5", *QUICK, *options, run=tmp_path / "run").best_checkpoint
    assert str(generate(model, "Paris", num_words=3)).startswith("Paris")


def test_a_language_model_learns_and_is_measured_alike(language, texts):
    found = evaluate(language.best_checkpoint, texts, split="val").metrics
    assert found["perplexity"] == pytest.approx(language.metrics["val/perplexity"], rel=1e-4)
    assert found["perplexity"] == pytest.approx(np.exp(found["loss"]), rel=1e-4)
    assert found["perplexity"] < 40


def test_the_same_seed_writes_the_same_text(language):
    first, again, other = (str(generate(language.best_checkpoint, "The film", seed=seed, num_words=30)) for seed in (0, 0, 1))
    assert first == again != other
    assert first.startswith("The film ")


def test_a_network_of_pieces_writes_whole_words(source, tmp_path):
    preprocess_text(source, tmp_path / "p.h5", text=TextOptions(subwords=550), write=ExportOptions(workers=0))
    options = ["--network.width", "8", "--trainer.max_epochs", "1", "--trainer.limit_train_batches", "2"]
    model = train("next_word", tmp_path / "p.h5", *QUICK, *options, run=tmp_path / "run").best_checkpoint
    written = [generate(model, "The film", seed=seed, num_words=5, temperature=9, top_k=0) for seed in range(9)]
    assert {text.goes_on for text in written} == {True, False}
    for text in written:
        assert text.goes_on == text.words[0].startswith("##")
        assert str(text).startswith("The film ") != text.goes_on
        assert "##" not in str(text)


def test_what_is_no_language_model_writes_nothing_and_one_names_no_classes(learned, language):
    with pytest.raises(DataError, match="generate: network must be a language model"):
        generate(learned.best_checkpoint, "The film")
    with pytest.raises(DataError, match="predict: task must be one that names classes"):
        predict(language.best_checkpoint, ["x.txt"])


def test_cold_draws_are_the_likeliest_and_specials_are_never_drawn():
    scores, rng = torch.tensor([9.0, 9, 9, 1, 3, 2]), np.random.default_rng(0)
    assert draw_word(scores, rng, temperature=0, top_k=0) == 4
    assert {draw_word(scores, rng, temperature=1, top_k=2) for _ in range(100)} == {4, 5}
    assert {draw_word(scores, rng, temperature=5, top_k=0) for _ in range(300)} == {3, 4, 5}


def test_words_are_written_as_a_text():
    assert join_words(["it", "isn", "'", "t", "(", "so", ")", "bad", ",", "l", "'", "ami", "!"]) == "it isn't (so) bad, l'ami!"


@pytest.mark.parametrize("options", [{"num_words": 0}, {"temperature": -1}, {"temperature": np.inf}, {"top_k": -1}, {"seed": -1}])
def test_numbers_out_of_range_are_refused(language, options):
    with pytest.raises(ArgumentError, match="must be at least"):
        generate(language.best_checkpoint, "x", **options)


def test_states_are_read_on_from():
    network = LanguageNet(20, width=4, cell="gru").eval()
    words = torch.tensor([[5, 6, 7]])
    state = network.read(words[:, :2])[1]
    assert torch.allclose(network.read(words[:, 2:], state)[0], network(words)[:, 2:], atol=1e-6)
