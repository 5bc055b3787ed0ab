"""Which rows make a batch: an epoch's rows come in, equal batches of row numbers go out, the same work on every rank."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data.distributed import DistributedSampler

from toolkit.errors import check

__all__ = ["EpochBatches"]


class EpochBatches(DistributedSampler[NDArray[np.int64]]):
    """Cuts each epoch into batches: every row in exactly one batch of one rank, no row twice, none left out.

    All ranks make the same number of batches, so that none waits for another, and a rank's sizes differ by one at most: with
    `batch_size` at least 4, and at least 2 rows a rank, no last batch of a single sample upsets batch norm. Where ranks outnumber
    rows, some ranks get one empty batch. The order is drawn from (seed, epoch) before it is shared out, so an epoch's rows are
    the same at any number of ranks.
    Lightning calls `set_epoch` and leaves subclasses of DistributedSampler alone. Use with ``DataLoader(..., batch_size=None)``.

    Args:
        num_samples: Rows of the split, at least 0.
        batch_size: The most rows in a batch, at least 1 (one more if ranks could else come out unequal at size 1).
        shuffle: Draw a new order each epoch; else rows come in order.
        seed: Seed of the order.
        num_replicas: Number of ranks.
        rank: This process's rank, in [0, num_replicas).

    Example:
        >>> [batch.tolist() for batch in EpochBatches(5, 3, shuffle=False)]
        [[0, 1, 2], [3, 4]]
    """

    def __init__(self, num_samples: int, batch_size: int, *, shuffle: bool, seed: int = 0, num_replicas: int = 1, rank: int = 0) -> None:
        check(batch_size >= 1, "EpochBatches", "batch_size", "at least 1", batch_size)
        super().__init__(range(num_samples), num_replicas, rank, shuffle, seed)  # type: ignore[arg-type]  # anything with a length
        self.num_rows, self.batch_size = num_samples, batch_size

    def __len__(self) -> int:
        wanted = math.ceil(self.num_rows / (self.num_replicas * self.batch_size))
        return min(wanted, max(1, self.num_rows // self.num_replicas))

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        rows = np.arange(self.num_rows)
        if self.shuffle:
            np.random.default_rng((self.seed, self.epoch)).shuffle(rows)
        return iter(np.array_split(rows[self.rank :: self.num_replicas], len(self)) if len(self) else [])
