"""Every sample drawn is in exactly one batch of one rank, the same work for all, and each draw keeps its law."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data.distributed import DistributedSampler

from datamodules import Balanced, EpochBatches, FileDataset, InOrder, RepeatedRows, Shuffled, Weighted
from toolkit import ArgumentError, BalanceOptions, open_dataset
from toolkit.balance import sample_weights

sizes = st.integers(0, 60), st.integers(1, 9), st.integers(1, 5)
labels = st.lists(st.integers(0, 4), min_size=1, max_size=40).map(np.array)
EVERY_WAY = [BalanceOptions("median", by) for by in ("copies", "drop", "both", "weights")]


def draw_for(label, options):
    return Weighted(sample_weights(label, options)) if options.by == "weights" else Balanced(label, options)


def shards(draw, size, ranks, *, seed=0, epoch=0):
    samplers = [EpochBatches(draw, size, seed=seed, num_replicas=ranks, rank=rank) for rank in range(ranks)]
    for sampler in samplers:
        sampler.set_epoch(epoch)
    return [list(sampler) for sampler in samplers]


def all_samples(shards):
    return sorted(sample for shard in shards for batch in shard for sample in batch.tolist())


@given(*sizes, st.sampled_from([InOrder, Shuffled]))
def test_every_row_comes_exactly_once(rows, size, ranks, draw):
    assert all_samples(shards(draw(rows), size, ranks)) == list(range(rows))


@given(*sizes)
def test_all_ranks_make_as_many_batches_as_announced(rows, size, ranks):
    counts = {len(shard) for shard in shards(Shuffled(rows), size, ranks)}
    assert counts == {len(EpochBatches(Shuffled(rows), size, num_replicas=ranks, rank=0))}


@given(*sizes)
def test_batches_are_of_equal_size_and_only_spare_ranks_get_an_empty_one(rows, size, ranks):
    lengths = [len(batch) for shard in shards(InOrder(rows), size, ranks) for batch in shard]
    assert max(lengths, default=0) - min(lengths, default=0) <= 1
    assert max(lengths, default=0) <= max(size, 2)
    assert 0 not in lengths or rows < ranks


def test_one_process_gets_no_batch_larger_than_asked():
    assert [len(batch) for batch in EpochBatches(InOrder(129), 128)] == [65, 64]


@pytest.mark.parametrize("draw", [Shuffled(50), *(draw_for(np.arange(50) ** 2 // 500, options) for options in EVERY_WAY)])
def test_a_draw_changes_with_epoch_and_seed_and_repeats(draw):
    def order(seed, epoch):
        return np.concatenate(shards(draw, 9, 1, seed=seed, epoch=epoch)[0]).tolist()

    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)


def test_a_step_of_all_ranks_holds_the_rows_of_one_process_step():
    alone = [set(batch.tolist()) for batch in EpochBatches(Shuffled(48), 8)]
    pairs = zip(*shards(Shuffled(48), 4, 2), strict=True)
    assert [set(np.concatenate(pair).tolist()) for pair in pairs] == alone


def test_lightning_recognises_it():
    assert isinstance(EpochBatches(InOrder(1), 1), DistributedSampler)


def test_a_batch_size_of_zero_is_refused():
    with pytest.raises(ArgumentError, match="batch_size must be at least 1, got 0"):
        EpochBatches(InOrder(1), 0)


@given(st.integers(1, 200), st.integers(4, 40), st.integers(1, 6))
def test_from_size_4_on_no_batch_is_a_single_row(num_rows, batch_size, ranks):
    num_rows += 2 * ranks
    for rank in range(ranks):
        batches = EpochBatches(InOrder(num_rows), batch_size, num_replicas=ranks, rank=rank)
        assert min(map(len, batches)) >= 2


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        (BalanceOptions("max", "copies"), [12, 12, 0, 12]),
        (BalanceOptions("median", "copies"), [12, 7, 0, 7]),
        (BalanceOptions("median", "drop"), [7, 7, 0, 3]),
        (BalanceOptions("median", "both"), [7, 7, 0, 7]),
        (BalanceOptions(5, "both"), [5, 5, 0, 5]),
    ],
)
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_balanced_classes_have_exactly_their_number_each_epoch(options, sizes, ranks):
    label = np.repeat([0, 1, 3], [12, 7, 3])
    for epoch in range(3):
        samples = np.array(all_samples(shards(Balanced(label, options), 4, ranks, epoch=epoch)))
        assert np.bincount(label[samples % len(label)], minlength=4).tolist() == sizes


def test_copies_come_evenly_and_dropping_reaches_other_rows_in_time():
    label = np.repeat([0, 1], [10, 4])
    copies, drop = (Balanced(label, BalanceOptions(target, by)) for target, by in ((10, "copies"), (4, "drop")))
    for epoch in range(5):
        times = np.bincount(np.array(all_samples(shards(copies, 8, 2, epoch=epoch))) % 14, minlength=14)
        assert times[:10].tolist() == [1] * 10
        assert sorted(times[10:].tolist()) == [2, 2, 3, 3]
    seen = {row for epoch in range(40) for row in all_samples(shards(drop, 8, 2, epoch=epoch))}
    assert seen == set(range(14))  # one row missed in 40 draws of 4 of 10: a chance of 1e-8


def test_what_is_dropped_leaves_rows_of_every_group():
    label, group = np.zeros(30, np.int64), np.arange(30) // 6
    (batches,) = shards(Balanced(label, BalanceOptions(10, "drop"), group=group), 4, 1)
    assert np.bincount(group[np.concatenate(batches)]).tolist() == [2, 2, 2, 2, 2]


def test_weighted_rows_come_as_often_as_their_weights_say():
    weights, epochs = np.array([0.0, 1.0, 1.0, 2.0, 6.0, 10.0]), 500
    draw = Weighted(weights)
    found = sum(np.bincount(np.array(all_samples(shards(draw, 8, 3, epoch=epoch))) % 6, minlength=6) for epoch in range(epochs))
    assert len(draw) == 20
    assert found.sum() == 20 * epochs
    assert found[0] == 0
    expected = weights[1:] * epochs
    # chi-square with 4 degrees of freedom: beyond 18.5 in one of a thousand seeds
    assert ((found[1:] - expected) ** 2 / expected).sum() < 18.5


@given(labels, st.sampled_from(EVERY_WAY), st.integers(1, 9), st.integers(0, 3))
def test_any_number_of_ranks_draws_the_same_samples(label, options, size, epoch):
    draw = draw_for(label, options)
    alone, two, three = (all_samples(shards(draw, size, ranks, epoch=epoch)) for ranks in (1, 2, 3))
    assert alone == two == three
    assert len(alone) == len(draw)


@given(labels, st.sampled_from(EVERY_WAY))
def test_no_sample_id_comes_twice_and_repeats_are_counted_through(label, options):
    times, row = np.divmod(all_samples(shards(draw_for(label, options), 5, 2)), len(label))
    for number in np.unique(row):
        assert sorted(times[row == number].tolist()) == list(range((row == number).sum()))


@given(labels, st.sampled_from(EVERY_WAY))
def test_weights_expect_of_each_class_what_balanced_draws_have_exactly(label, options):
    weights = [Fraction(float(weight)).limit_denominator(1000) for weight in sample_weights(label, options)]
    exact = np.bincount(label[Balanced(label, options)(np.random.default_rng(0)) % len(label)], minlength=5)
    assert [sum(w for w, one in zip(weights, label, strict=True) if one == number) for number in range(5)] == exact.tolist()


@pytest.mark.parametrize("weights", [[-1.0, 3.0], [np.nan, 1.0], [np.inf, 1.0], [0.0, 0.0], []])
def test_weights_that_draw_nothing_are_refused(weights):
    with pytest.raises(ArgumentError, match="weights must be finite, at least 0, and at least 1 in all, got"):
        Weighted(np.array(weights))


def test_labels_that_are_no_classes_are_refused():
    with pytest.raises(ArgumentError, match=r"balance: labels must be one class id a sample, got float64 \(3,\)"):
        Balanced(np.zeros(3), BalanceOptions())


def test_a_row_that_comes_again_is_read_again_under_another_id(file):
    rows = np.array([40, 7, 9])
    dataset = FileDataset(open_dataset(file), "train", rows=rows)
    batch = RepeatedRows(dataset)[np.array([2, 0, 5, 8])]
    once = dataset[[2, 0, 2, 2]]
    assert torch.equal(batch.x, once.x)
    assert torch.equal(batch.y, once.y)
    assert batch.index.tolist() == [9, 40, 9 + 63, 9 + 2 * 63]
