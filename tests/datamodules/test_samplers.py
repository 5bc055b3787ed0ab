"""Every row in exactly one batch of one rank, and the same work for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data.distributed import DistributedSampler

from datamodules import EpochBatches
from toolkit import ArgumentError

sizes = st.integers(0, 60), st.integers(1, 9), st.integers(1, 5)


def shards(rows, size, ranks, **options):
    return [list(EpochBatches(rows, size, num_replicas=ranks, rank=rank, **options)) for rank in range(ranks)]


@given(*sizes, st.booleans())
def test_every_row_comes_exactly_once(rows, size, ranks, shuffle):
    drawn = [row for shard in shards(rows, size, ranks, shuffle=shuffle) for batch in shard for row in batch.tolist()]
    assert sorted(drawn) == list(range(rows))


@given(*sizes)
def test_all_ranks_make_as_many_batches_as_announced(rows, size, ranks):
    counts = {len(shard) for shard in shards(rows, size, ranks, shuffle=True)}
    assert counts == {len(EpochBatches(rows, size, num_replicas=ranks, rank=0, shuffle=True))}


@given(*sizes)
def test_batches_are_of_equal_size_and_only_spare_ranks_get_an_empty_one(rows, size, ranks):
    lengths = [len(batch) for shard in shards(rows, size, ranks, shuffle=False) for batch in shard]
    assert max(lengths, default=0) - min(lengths, default=0) <= 1
    assert max(lengths, default=0) <= max(size, 2)
    assert 0 not in lengths or rows < ranks


def test_one_process_gets_no_batch_larger_than_asked():
    assert [len(batch) for batch in EpochBatches(129, 128, shuffle=False)] == [65, 64]


def test_order_changes_with_epoch_and_seed_and_repeats():
    def order(seed, epoch):
        sampler = EpochBatches(50, 50, shuffle=True, seed=seed)
        sampler.set_epoch(epoch)
        return next(iter(sampler)).tolist()

    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)


def test_a_step_of_all_ranks_holds_the_rows_of_one_process_step():
    alone = [set(batch.tolist()) for batch in EpochBatches(48, 8, shuffle=True)]
    pairs = zip(*shards(48, 4, 2, shuffle=True), strict=True)
    assert [set(np.concatenate(pair).tolist()) for pair in pairs] == alone


def test_lightning_recognises_it():
    assert isinstance(EpochBatches(1, 1, shuffle=False), DistributedSampler)


def test_a_batch_size_of_zero_is_refused():
    with pytest.raises(ArgumentError, match="batch_size must be at least 1, got 0"):
        EpochBatches(1, 0, shuffle=False)


@given(st.integers(1, 200), st.integers(4, 40), st.integers(1, 6))
def test_from_size_4_on_no_batch_is_a_single_row(num_rows, batch_size, ranks):
    num_rows += 2 * ranks
    for rank in range(ranks):
        batches = EpochBatches(num_rows, batch_size, shuffle=False, num_replicas=ranks, rank=rank)
        assert min(map(len, batches)) >= 2
