"""What a report tells of texts alone: lengths cut off, growth and ranks of words with their laws, what is typical of a class."""

import json
from collections import Counter

import numpy as np
import pytest

from toolkit import ExportOptions, SplitOptions, TextOptions, open_dataset, preprocess_text, report_source
from toolkit.dataset_file import list_samples
from toolkit.samples.texts import ReviewOptions, write_reviews
from toolkit.text import measure, read, tell
from toolkit.text.laws import count_words, fit_heaps, fit_zipf, spread
from toolkit.text.running import Running, number_rows
from toolkit.text.typical import Runs, count_runs, log_odds
from toolkit.text.vocabulary import SPECIALS

TEXTS = {
    "train/a/1": "the cat the cat",
    "train/a/2": "the dog",
    "train/b/1": "a bird sings",
    "test/a/1": "The COW sings",
    "test/b/1": "a cat",
}
QUICK = {"write": ExportOptions(workers=0)}


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def source(tmp_path):
    for name, text in TEXTS.items():
        path = tmp_path / "source" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "source"


def told(manifest, file=None):
    columns = measure(manifest).arrays if file is None else {"words": np.concatenate([np.diff(file[s].offsets) for s in file.splits])}
    return {topic.name: topic for topic in tell(manifest, columns, np.arange(len(manifest)), file=file)}


def test_raw_words_are_counted_by_hand(source):
    topics = told(read(source))
    found = topics["vocabulary"].figures
    assert (found["words"], found["different"], found["unnamed"], found["hapaxes"]) == (9, 6, 0, 4)
    assert found["coverage"] == [[6, 1.0]]
    assert found["min_count"][:3] == [[1, 6, 1.0], [2, 2, 5 / 9], [3, 1, 3 / 9]]
    assert found["unknown_rate"] == {"test": 1 / 5}
    growth = next(plot for plot in topics["vocabulary"].plots if plot.name == "growth").curves["train"]
    assert (growth[0][0], growth[1][0]) == (1, 1)
    assert (growth[0][-1], growth[1][-1]) == (9, 6)


def test_lengths_say_what_a_limit_cuts_off(tmp_path):
    for i, length in enumerate((10, 16, 17, 40)):
        (tmp_path / f"{i}.txt").write_text("word " * length)
    topics = told(read(tmp_path))
    figures = topics["lengths"].figures
    assert figures["limits"] == [16, 32, 64]
    assert figures["cut"] == {"not split": [0.5, 0.25, 0]}
    assert figures["lost"] == [(1 + 24) / 83, 8 / 83, 0]
    assert set(topics) == {"lengths", "vocabulary"}  # no classes


def test_a_file_says_what_it_does_not_know(tmp_path):
    root = write_reviews(tmp_path / "r", ReviewOptions(num_films=4)).root
    for name, options in (("all", TextOptions(min_count=1)), ("some", TextOptions(max_vocabulary=20))):
        preprocess_text(root, tmp_path / f"{name}.h5", text=options, split=SplitOptions(fractions=(0.5, 0.5)), **QUICK)
        report_source(tmp_path / f"{name}.h5", tmp_path / f"{name}.html", workers=0)
    everything, some = (json.loads((tmp_path / f"{name}.json").read_text())["vocabulary"] for name in ("all", "some"))
    tokens = np.asarray(open_dataset(tmp_path / "all.h5")["train"].tokens)
    assert everything["words"] == some["words"] == len(tokens)
    assert everything["hapaxes"] == sum(times == 1 for times in Counter(tokens.tolist()).values())
    assert (some["hapaxes"], some["heaps"], some["min_count"], some["different"]) == (None, None, [], 16)
    assert some["coverage"][-1] == [16, pytest.approx(1 - some["unnamed"] / some["words"])]
    assert set(some["unknown_rate"]) == {"train", "val", "test"}
    assert "the file does not say which they are" in (tmp_path / "some.html").read_text(encoding="utf-8")
    assert "the file does not say which they are" not in (tmp_path / "all.html").read_text(encoding="utf-8")


def test_raw_and_stored_texts_tell_the_same(source, tmp_path):
    for name, text in {"train/a/3": "good " * 40 + "film", "train/b/3": "bad " * 40 + "film", "val/a/1": "cat", "val/b/1": "film"}.items():
        path = source / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    preprocess_text(source, tmp_path / "t.h5", text=TextOptions(min_count=1, lower=True), **QUICK)
    file = open_dataset(tmp_path / "t.h5")
    raw, stored = told(read(source)), told(list_samples(file), file)
    assert {split: runs["words"][0]["run"] for split, runs in raw["typical"].figures["classes"].items()} == {"a": "good", "b": "bad"}
    assert raw["typical"].figures == stored["typical"].figures
    assert raw["lengths"].figures == stored["lengths"].figures
    rates = [topics["vocabulary"].figures["unknown_rate"] for topics in (raw, stored)]
    assert rates[0] == {"val": 0, "test": 0.2}
    assert rates[1] == pytest.approx({"train": 0, **rates[0]})


def test_hostile_words_are_shown_escaped(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "s" / name).mkdir(parents=True)
        (tmp_path / "s" / name / "1.txt").write_text(f"<script>{name}\u202e " * 300)
    report_source(tmp_path / "s", tmp_path / "s.html", workers=0)
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "\u202e" not in page


def test_words_are_counted_and_met_in_the_order_read():
    running = Running(np.array([5, 4, 4, 6, 5], np.int32), np.array([0, 2, 2, 5]), [*SPECIALS, "a", "b", "c"])
    counts, first = count_words(running.blocks(np.array([2, 1, 0])), 7)
    assert counts.tolist() == [0, 0, 0, 0, 2, 2, 1]
    assert first.tolist() == [0, 1, 2]  # a, c, b
    assert [lengths.tolist() for _, lengths in running.blocks(np.array([], np.int64))] == [[]]


def test_unreadable_texts_have_no_words(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    assert number_rows(read(tmp_path)).tokens.tolist() == []


def test_laws_are_found_where_they_hold():
    ranks = np.arange(1, 40_001)
    zipf = fit_zipf((2e6 / ranks**1.2).round().astype(np.int64))
    assert zipf.power == pytest.approx(-1.2, abs=0.01)
    assert (zipf.start, zipf.stop) == (10, int((2e6 / 9.5) ** (1 / 1.2)))
    read = spread(1_000_000)
    heaps = fit_heaps(read, (30 * read**0.6).round().astype(np.int64))
    assert (heaps.power, heaps.factor) == (pytest.approx(0.6, abs=1e-3), pytest.approx(30, rel=0.02))
    assert heaps.stop == 1_000_000
    assert 10_000 <= heaps.start < 13_000
    assert fit_zipf(np.array([3, 2, 1])) is None
    assert fit_heaps(spread(0), np.empty(0, np.int64)) is None


def test_runs_are_counted_and_the_rare_forgotten_in_little_memory():
    rng = np.random.default_rng(0)
    tokens = np.concatenate([[*rng.integers(100, 1000, 20), 4, 5] for _ in range(2000)]).astype(np.int32)
    blocks = [(part, np.array([len(part)])) for part in np.split(tokens, 40)]
    exact = count_runs(blocks, 2, 1000)
    assert (exact.lost, exact.total) == (0, len(tokens) - 40)
    assert exact.of(np.array([4 * 1000 + 5, 5 * 1000 + 4])).tolist() == [2000, 0]
    few = count_runs(blocks, 2, 1000, most=2000)
    assert len(few.ids) <= 2000
    assert few.lost > 0
    assert 2000 - few.lost <= few.of(np.array([4005]))[0] <= 2000
    assert few.total == exact.total


def test_log_odds_by_hand():
    own, everywhere = (Runs(np.array([4, 5]), np.array(counts), 0, sum(counts)) for counts in ([8, 2], [10, 10]))
    first = np.log(9 / (10 + 2 - 9)) - np.log(3 / (10 + 2 - 3))
    second = np.log(3 / (10 + 2 - 3)) - np.log(9 / (10 + 2 - 9))
    assert log_odds(own, everywhere) == pytest.approx([first / np.sqrt(1 / 9 + 1 / 3), second / np.sqrt(1 / 3 + 1 / 9)])
