"""Which rows make a batch: a draw of rows comes in, equal batches of sample ids go out, the same law on any number of ranks.

A draw says which rows an epoch has, and in what order; all ranks make the same one from (seed, epoch), and then share it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset
from torch.utils.data.distributed import DistributedSampler

from datamodules.dataset import Batch, FileDataset
from toolkit.balance import BalanceOptions, balanced_counts, draw_balanced
from toolkit.errors import check

__all__ = ["Balanced", "BucketBatches", "Draw", "EpochBatches", "InOrder", "RepeatedRows", "Shuffled", "Weighted"]

Rows = NDArray[np.int64]


class Draw(Protocol):
    """What an epoch consists of. A row that comes again has an id of its own, so that it is augmented otherwise."""

    def __len__(self) -> int:
        """Samples of an epoch, as many in each."""
        ...

    def __call__(self, rng: np.random.Generator) -> Rows:
        """Draw an epoch: sample ids, int64, shape (len,), each once: a row in [0, N), and N more for each time that it came before."""
        ...


@dataclass(frozen=True)
class InOrder:
    """Every row once, in the order of the file.

    Args:
        num_rows: Rows of the split, at least 0.
    """

    num_rows: int

    def __len__(self) -> int:
        return self.num_rows

    def __call__(self, rng: np.random.Generator) -> Rows:  # noqa: ARG002  # nothing is left to chance
        """Return all rows, int64, rising."""
        return np.arange(self.num_rows)


@dataclass(frozen=True)
class Shuffled:
    """Every row once, in a new order each epoch.

    Args:
        num_rows: Rows of the split, at least 0.
    """

    num_rows: int

    def __len__(self) -> int:
        return self.num_rows

    def __call__(self, rng: np.random.Generator) -> Rows:
        """Return all rows, int64, as `rng` orders them."""
        return rng.permutation(self.num_rows)


class Weighted:
    """Rows drawn one by one, with replacement, each epoch anew.

    Args:
        weights: float64, shape (N,): how often each row is expected in an epoch, at least 0. Their sum is an epoch's length.

    Raises:
        ArgumentError: If a weight is negative or not finite, or they add up to no sample.

    Example:
        >>> len(Weighted(sample_weights(np.array([0, 0, 0, 1]), BalanceOptions("max", by="weights"))))
        6
    """

    def __init__(self, weights: NDArray[np.float64]) -> None:
        total = float(weights.sum())
        fit = np.isfinite(total) and (weights >= 0).all() and round(total) >= 1
        check(bool(fit), "Weighted", "weights", "finite, at least 0, and at least 1 in all", weights.tolist())
        self._chances, self._length = weights / total, round(total)

    def __len__(self) -> int:
        return self._length

    def __call__(self, rng: np.random.Generator) -> Rows:
        """Draw sample ids, int64, shape (len,), by the weights."""
        return _number_repeats(rng.choice(len(self._chances), self._length, p=self._chances), len(self._chances))


class Balanced:
    """Exactly as many rows of each class as the options say, each epoch chosen anew: by copies, drop or both.

    A class too small repeats all its rows equally often or once more; of one too large come some rows, from all its groups evenly.

    Args:
        label: Class ids, int64, shape (N,), at least 0.
        options: What to aim at, and by which means.
        group: int64, shape (N,): what belongs together; None if nothing does.

    Raises:
        ArgumentError: If samples have no class each.
    """

    def __init__(self, label: Rows, options: BalanceOptions, *, group: Rows | None = None) -> None:
        self.label, self.options, self.group = label, options, group
        self._length = int(balanced_counts(label, options).sum())

    def __len__(self) -> int:
        return self._length

    def __call__(self, rng: np.random.Generator) -> Rows:
        """Draw sample ids, int64, shape (len,), in an order of their own."""
        rows, _ = draw_balanced(self.label, self.options, rng, group=self.group)
        return _number_repeats(rng.permutation(rows), len(self.label))


class EpochBatches(DistributedSampler[Rows]):
    """Cuts each epoch into batches: every sample drawn in exactly one batch of one rank, none twice, none left out.

    All ranks make the same number of batches, so that none waits for another, and a rank's sizes differ by one at most: with
    `batch_size` at least 4, and at least 2 samples a rank, no last batch of a single sample upsets batch norm. Where ranks outnumber
    samples, some ranks get one empty batch. An epoch is drawn from (seed, epoch) before it is shared out, so its samples are the
    same at any number of ranks. Each pass over it is a new epoch, unless `set_epoch` says which one it is: that one then stays until it
    says another. Lightning calls `set_epoch` and leaves subclasses of DistributedSampler alone.
    Use with ``DataLoader(..., batch_size=None)``.

    Args:
        draw: What an epoch consists of.
        batch_size: The most samples in a batch, at least 1 (one more if ranks could else come out unequal at size 1).
        seed: Seed of the draw.
        num_replicas: Number of ranks.
        rank: This process's rank, in [0, num_replicas).

    Attributes:
        epoch: Of the next pass.
        tell: Told the epoch of each pass when its first batch is drawn.

    Example:
        >>> [batch.tolist() for batch in EpochBatches(InOrder(5), 3)]
        [[0, 1, 2], [3, 4]]
    """

    tell: Callable[[int], None] | None = None

    def __init__(self, draw: Draw, batch_size: int, *, seed: int = 0, num_replicas: int = 1, rank: int = 0) -> None:
        check(batch_size >= 1, "EpochBatches", "batch_size", "at least 1", batch_size)
        super().__init__(range(len(draw)), num_replicas, rank, seed=seed)  # type: ignore[arg-type]  # anything with a length
        self.draw, self.batch_size, self._set = draw, batch_size, False

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch the passes to come are, until it is said again."""
        super().set_epoch(epoch)
        self._set = True

    def __len__(self) -> int:
        wanted = math.ceil(len(self.draw) / (self.num_replicas * self.batch_size))
        return min(wanted, max(1, len(self.draw) // self.num_replicas))

    def __iter__(self) -> Iterator[Rows]:
        return self._pass(self.epoch)

    def _pass(self, epoch: int) -> Iterator[Rows]:
        """Yield an epoch's batches; what is never begun, as a loader with workers leaves one, is no pass."""
        if not self._set:
            self.epoch = epoch + 1
        if self.tell is not None:
            self.tell(epoch)
        yield from self._cut(np.random.default_rng((self.seed, epoch)))

    def _cut(self, rng: np.random.Generator) -> list[Rows]:
        samples = self.draw(rng)
        return np.array_split(samples[self.rank :: self.num_replicas], len(self)) if len(self) else []


class BucketBatches(EpochBatches):
    """Epoch batches of rows of like lengths, so that little is padded; which rows meet is left to chance all the same.

    The epoch is drawn, cut into pools of many batches, and sorted by length within each; the batches then come in an order of their own.
    At a step, the batches of all ranks are of like lengths, too: none waits for another.

    Args:
        draw: What an epoch consists of.
        batch_size: The most samples in a batch, at least 1.
        lengths: int64, shape (N,): of each row that is drawn from.
        pool_batches: Batches a pool, at least 1: more pad less, and let rows of like lengths meet more often.
        share: Seed, number of ranks and this one, as `EpochBatches` takes them.

    Example:
        >>> batches = BucketBatches(InOrder(6), 2, np.array([9, 1, 9, 1, 5, 5]))
        >>> sorted(batch.tolist() for batch in batches)
        [[0, 2], [1, 3], [4, 5]]
    """

    def __init__(self, draw: Draw, batch_size: int, lengths: Rows, *, pool_batches: int = 50, **share: int) -> None:
        check(pool_batches >= 1, "BucketBatches", "pool_batches", "at least 1", pool_batches)
        super().__init__(draw, batch_size, **share)
        self.lengths, self.pool_batches = lengths, pool_batches

    def _cut(self, rng: np.random.Generator) -> list[Rows]:
        samples = self.draw(rng)
        pool = np.arange(len(samples)) // (self.pool_batches * self.batch_size * self.num_replicas)
        samples = samples[np.lexsort((self.lengths[samples % len(self.lengths)], pool))]
        batches = np.array_split(samples[self.rank :: self.num_replicas], len(self)) if len(self) else []
        return [batches[place] for place in rng.permutation(len(batches))]


class RepeatedRows(Dataset[Batch]):
    """Reads what a draw with repeats asks for: any row of a dataset, any number of times.

    Args:
        dataset: Of N rows; `Batch.index` of a row that came before is that of the row, and the number of rows of its split more for
            each time.
    """

    def __init__(self, dataset: FileDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, samples: Rows) -> Batch:
        """Return a batch.

        Args:
            samples: Ids as a `Draw` gives them, int64, shape (M,); what else numpy takes along one axis means rows, as in the dataset.
        """
        ids = np.asarray(samples)
        if ids.dtype.kind != "i" or ids.ndim != 1 or (ids < 0).any():
            return self.dataset[samples]
        times, rows = np.divmod(ids, len(self.dataset))
        batch = self.dataset[rows]
        return batch._replace(index=batch.index + torch.from_numpy(times * len(self.dataset.part)))


def _number_repeats(rows: Rows, num_rows: int) -> Rows:
    """Turn rows into sample ids: the n-th coming of a row, counted from 0, gets n times `num_rows` more."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    times = np.empty_like(rows)
    times[order] = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    return rows + num_rows * times
