"""Running text for language models: a dataset file comes in, windows of words and the words that follow each reach the module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from datamodules.dataset import Batch, FileDataset
from datamodules.fold import Fold
from datamodules.module import FileDataModule, TrainOn
from datamodules.text.word_state import load_vocabulary, vocabulary_state
from toolkit.dataset_file import DatasetFile
from toolkit.errors import check
from toolkit.text.vocabulary import END, PADDING, START

__all__ = ["WindowDataModule", "WindowDataset"]


class WindowDataset(FileDataset):
    """The texts of a split one after another, each between start and end, cut into windows.

    A batch has `x`, int64 (M, T), and `y`, int64 (M, T): the word behind each of `x`. `y` is 0 where there is nothing to foretell:
    behind the last text, and at a text's start. Only the windows asked for are read.

    Args:
        file: An open dataset file of texts.
        split: As `FileDataset` has it.
        window: T, at least 1.
        rows: The texts; None takes all.
        in_memory: Read the words into memory at once.
    """

    def __init__(
        self, file: DatasetFile, split: str, *, window: int, rows: NDArray[np.int64] | None = None, in_memory: bool = False
    ) -> None:
        check(window >= 1, "WindowDataset", "window", "at least 1", window)
        super().__init__(file, split, rows=rows, in_memory=in_memory)
        self.window, self.y = window, None
        bounds = np.zeros(1, np.int64) if self.part.offsets is None else self.part.offsets
        chosen = np.arange(len(self.part)) if rows is None else rows
        self._first, self._words = bounds[:-1][chosen], np.diff(bounds)[chosen]
        self._starts = np.concatenate([[0], np.cumsum(self._words + 2)])  # of each text in the running text, start and end counted

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), window=self.window, rows=self.rows, in_memory=self.in_memory), (self.file, self.split)

    def __len__(self) -> int:
        return int(-(-(self._starts[-1] - 1) // self.window)) if len(self._words) else 0

    def _batch(self, index: NDArray[np.int64]) -> Batch:
        place = index[:, None] * self.window + np.arange(self.window + 1)
        text = np.searchsorted(self._starts, place, side="right") - 1
        there = text < len(self._words)
        text = text.clip(max=len(self._words) - 1)
        word = place - self._starts[text] - 1
        found = np.where(word < 0, START, END) * there
        inside = there & (word >= 0) & (word < self._words[text])
        found[inside] = self._gather((self._first[text] + word)[inside]).numpy()
        y = np.where(found[:, 1:] == START, PADDING, found[:, 1:])
        return Batch(torch.from_numpy(found[:, :-1].copy()), torch.from_numpy(y), torch.from_numpy(index))


class WindowDataModule(FileDataModule):
    """Windows of running text in a new order each epoch, for networks that foretell the next word. Labels are not needed.

    Args:
        path: A dataset file of texts.
        batch_size: The most windows in a batch of one process, at least 1.
        window: Words in a window, at least 1; nothing is remembered from one window to the next.
        num_workers: Processes that read ahead; 0 is fastest unless the disk is slow.
        seed: Seed of the order, in [0, 2³²).
        train_on: ``"train+val"`` trains on both, once everything is chosen.
        fold: Trains on all of train and val but one fold, and validates on that.

    Raises:
        DatasetFileError: If the file cannot be used.
        DataError: If it holds another kind of data, or its vocabulary no word.
    """

    kind: ClassVar[str | None] = "text"
    learns_labels: ClassVar[bool] = False  # but each word from those before it

    def __init__(
        self,
        path: str | Path,
        *,
        batch_size: int = 64,
        window: int = 64,
        num_workers: int = 0,
        seed: int = 0,
        train_on: TrainOn = "train",
        fold: Fold | None = None,
    ) -> None:
        super().__init__(path, batch_size=batch_size, num_workers=num_workers, seed=seed, train_on=train_on, fold=fold)
        check(window >= 1, "WindowDataModule", "window", "at least 1", window)
        self.window, self.balance = window, None
        self.vocabulary = load_vocabulary(self.file, type(self).__name__)

    @classmethod
    def options_of(cls, state: Mapping[str, Any]) -> dict[str, Any]:
        """The window: perplexity depends on it, for its first words have little before them."""
        return {"window": state["window"]}

    @property
    def vocabulary_size(self) -> int:
        """Words that have a number, the specials included."""
        return len(self.vocabulary)

    def dataset(self, split: str) -> WindowDataset:
        """Open a split as windows."""
        split, rows = self.rows(split)
        return WindowDataset(self.file, split, window=self.window, rows=rows)

    def state_dict(self) -> dict[str, Any]:
        """Say what a checkpoint must know of its data, the vocabulary included."""
        return {**super().state_dict(), "window": self.window, "vocabulary": vocabulary_state(self.vocabulary)}
