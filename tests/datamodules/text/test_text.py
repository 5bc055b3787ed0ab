"""Texts in batches: little padding, every row once at any number of ranks, n-grams by hand, windows that foretell each word once."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from datamodules import (
    Batch,
    BucketBatches,
    InOrder,
    Ngrams,
    Sequences,
    Shuffled,
    TextDataModule,
    WindowDataModule,
    WordContextDataModule,
)
from datamodules.samplers import Balanced
from datamodules.text.ngrams import pack_ngrams
from datamodules.text.word_state import restore_vocabulary, vocabulary_state
from toolkit import ArgumentError, DataError, ExportOptions, SplitOptions, TextOptions, TextReadOptions, open_dataset, preprocess_text
from toolkit.balance import BalanceOptions
from toolkit.samples.texts import ReviewOptions, write_reviews


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    write_reviews(folder / "raw", ReviewOptions(num_films=12, empty=2))
    preprocess_text(folder / "raw", folder / "r.h5", text=TextOptions(lower=True), write=ExportOptions(workers=0))
    return folder / "r.h5"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "c.txt").write_text("a b c\nd\n" * 10)
    options = {"text": TextOptions(min_count=1), "read": TextReadOptions(), "split": SplitOptions((0.8, 0.2), stratify=False)}
    preprocess_text(folder / "c.txt", folder / "c.h5", **options, write=ExportOptions(workers=0))
    return folder / "c.h5"


def ragged(*rows):
    flat = torch.tensor([word for row in rows for word in row], dtype=torch.int32)
    return Batch(flat, None, torch.arange(len(rows)), torch.tensor([len(row) for row in rows]))


@pytest.mark.parametrize(
    ("view", "expected", "lengths"),
    [
        (Sequences(), [[4, 5, 6], [0, 0, 0], [7, 0, 0]], [3, 0, 1]),
        (Sequences(2), [[4, 5], [0, 0], [7, 0]], [2, 0, 1]),
        (Sequences(2, "end"), [[5, 6], [0, 0], [7, 0]], [2, 0, 1]),
    ],
)
def test_rows_are_cut_and_padded(view, expected, lengths):
    batch = view.finish(ragged([4, 5, 6], [], [7]))
    assert batch.x.tolist() == expected
    assert batch.lengths.tolist() == lengths


def test_a_batch_of_empty_texts_is_one_padding_wide():
    assert Sequences().finish(ragged([], [])).x.tolist() == [[0], [0]]


def test_ngrams_do_not_reach_over_a_texts_end():
    row, key = pack_ngrams(torch.tensor([4, 5, 6, 7]), torch.tensor([3, 1]), max_n=3)
    words = [(k >> 42, (k >> 21) & (2**21 - 1), k & (2**21 - 1)) for k in key.tolist()]
    assert sorted(zip(row.tolist(), words, strict=True)) == [
        (0, (0, 0, 4)), (0, (0, 0, 5)), (0, (0, 0, 6)), (0, (0, 4, 5)), (0, (0, 5, 6)), (0, (4, 5, 6)), (1, (0, 0, 7))
    ]  # fmt: skip


def test_an_ngram_stands_once_for_a_text_and_unknown_ones_not_at_all():
    keys = torch.tensor([4, 5, (4 << 21) | 5])
    batch = Ngrams(keys, 2).finish(ragged([4, 5, 4, 5], [9], [5]))
    assert batch.x.tolist() == [1, 2, 3, 2]
    assert batch.lengths.tolist() == [3, 0, 1]


def test_ngrams_are_those_that_enough_training_texts_hold(reviews):
    data = TextDataModule(reviews, ngrams=2, min_texts=3)
    part = data.file["train"]
    held = {}
    for first, last in pairwise(part.offsets):
        words = part.tokens[first:last].tolist()
        for gram in {*((word,) for word in words), *pairwise(words)}:
            held[gram] = held.get(gram, 0) + 1
    assert data.vocabulary_size - 1 == sum(count >= 3 for count in held.values())
    assert data.view.count_texts(data.dataset("train"))[1:].min() >= 3


def lognormal(count):
    return np.random.default_rng(0).lognormal(5.4, 0.6, count).astype(np.int64)


def test_less_than_a_tenth_is_padding():
    lengths = lognormal(20_000)
    batches = list(BucketBatches(Shuffled(len(lengths)), 64, lengths))
    padded = sum(len(rows) * lengths[rows].max() for rows in batches)
    assert 1 - lengths.sum() / padded < 0.1


def test_batches_of_like_lengths_hold_every_row_once_at_any_number_of_ranks():
    lengths = lognormal(1_001)
    for world in (1, 2, 3):
        ranks = [list(BucketBatches(Shuffled(1_001), 16, lengths, num_replicas=world, rank=rank)) for rank in range(world)]
        assert len({len(batches) for batches in ranks}) == 1
        assert sorted(np.concatenate([rows for batches in ranks for rows in batches])) == list(range(1_001))


def test_batches_come_in_another_order_each_epoch_and_the_same_from_the_same_seed():
    lengths = lognormal(500)

    def epoch(number, seed=0):
        batches = BucketBatches(Shuffled(500), 16, lengths, seed=seed, pool_batches=8)
        batches.set_epoch(number)
        return [rows.tolist() for rows in batches]

    assert epoch(0) == epoch(0)
    assert epoch(0) != epoch(1) != epoch(1, seed=1)
    longest = [lengths[rows].max() for rows in epoch(0)]
    assert longest != sorted(longest)


def test_rows_that_come_again_find_their_lengths():
    label = np.array([0] * 9 + [1])
    draw = Balanced(label, BalanceOptions("max"))
    rows = np.concatenate(list(BucketBatches(draw, 4, np.arange(10))))
    assert len(set(rows.tolist())) == 18
    assert sorted(rows % 10) == sorted([*range(9), *[9] * 9])


def test_a_batch_arrives_padded_with_its_labels(reviews):
    data = TextDataModule(reviews, batch_size=8, max_words=20, keep="end")
    batch = data.on_after_batch_transfer(next(iter(data.train_dataloader())))
    part = data.file["train"]
    for row, words, length, label in zip(batch.index, batch.x, batch.lengths, batch.y, strict=True):
        stored = part.tokens[part.offsets[row] : part.offsets[row + 1]][-20:]
        assert words[:length].tolist() == stored.tolist()
        assert not words[length:].any()
        assert label == part.y[row]


@pytest.mark.parametrize("options", [{"max_words": 30, "keep": "end"}, {"ngrams": 2}])
def test_a_view_comes_back_from_what_a_checkpoint_keeps(reviews, options):
    data = TextDataModule(reviews, **options)
    state = data.state_dict()
    batch = data.dataset("val")[range(5)]
    before, after = data.view.finish(batch), TextDataModule.view_of(state).finish(batch)
    assert torch.equal(before.x, after.x)
    assert torch.equal(before.lengths, after.lengths)
    data.load_state_dict(state)


def test_another_view_is_refused_on_resume(reviews):
    state = TextDataModule(reviews, max_words=30).state_dict()
    with pytest.raises(DataError, match=r"view must be .*30.* as in the checkpoint, got"):
        TextDataModule(reviews, max_words=31).load_state_dict(state)


def test_the_vocabulary_comes_back_from_what_a_checkpoint_keeps(reviews):
    before = TextDataModule(reviews).vocabulary
    after = restore_vocabulary(vocabulary_state(before))
    assert after.words == before.words
    assert after.counts.tolist() == before.counts.tolist()


@pytest.mark.parametrize("options", [{"max_words": 0}, {"keep": "middle"}, {"ngrams": 4}, {"ngrams": 1, "min_texts": 0}])
def test_options_out_of_range_are_refused(reviews, options):
    with pytest.raises(ArgumentError, match="must be"):
        TextDataModule(reviews, **options)


def test_windows_hold_every_text_between_start_and_end(corpus):
    data = WindowDataModule(corpus, window=5)
    dataset, part = data.dataset("train"), data.file["train"]
    batch = dataset[range(len(dataset))]
    running = []
    for first, last in pairwise(part.offsets):
        running += [2, *part.tokens[first:last].tolist(), 3]
    padded = running + [0] * (len(dataset) * 5 + 1 - len(running))
    assert batch.x.flatten().tolist() == padded[: len(dataset) * 5]
    assert batch.y.flatten().tolist() == [0 if word == 2 else word for word in padded[1:]]
    assert (batch.y > 0).sum() == len(part.tokens) + len(part)  # each word and each end, once


def test_windows_read_the_chosen_texts_alone(corpus):
    from datamodules.text.window import WindowDataset

    file = open_dataset(corpus)
    part, rows = file["train"], np.array([0, 3])
    batch = WindowDataset(file, "train", window=4, rows=rows)[range(1)]
    first = part.tokens[part.offsets[0] : part.offsets[1]].tolist()
    assert batch.x.flatten().tolist()[: len(first) + 1] == [2, *first][:4]
    assert len(WindowDataset(file, "train+val", window=7)) > len(WindowDataset(file, "train", window=7))


def test_an_order_of_the_file_has_no_buckets(reviews):
    data = TextDataModule(reviews, batch_size=8)
    assert type(data.batches(InOrder(4), data.dataset("val"))) is not BucketBatches
    assert torch.cat([batch.index for batch in data.val_dataloader()]).tolist() == list(range(len(data.file["val"])))


@pytest.mark.parametrize("kind", [TextDataModule, WindowDataModule, WordContextDataModule])
def test_a_vocabulary_without_a_word_is_refused_by_its_file(tmp_path, kind):
    (tmp_path / "c.txt").write_text("a b c\nd e f\n" * 10)
    preprocess_text(tmp_path / "c.txt", tmp_path / "c.h5", text=TextOptions(min_count=99), write=ExportOptions(workers=0))
    with pytest.raises(DataError, match=rf"{kind.__name__}: vocabulary must hold words beside its 4 specials, got none in .*c\.h5"):
        kind(tmp_path / "c.h5")


@pytest.mark.parametrize("ngrams", [-1, 4])
def test_lengths_of_ngrams_out_of_range_are_refused_by_the_options_name(reviews, ngrams):
    with pytest.raises(ArgumentError, match=f"TextDataModule: ngrams must be from 1 to 3, or 0 for rows of words, got {ngrams}"):
        TextDataModule(reviews, ngrams=ngrams)


def test_ngrams_that_no_text_holds_often_enough_are_refused(reviews):
    with pytest.raises(DataError, match=r"n-grams must be held by at least 9999 training texts, got none in .*r\.h5"):
        TextDataModule(reviews, ngrams=1, min_texts=9999)
