"""A dataset of a kind that nobody knows is read by torch's DataLoader like any other."""

from __future__ import annotations

import numpy as np
import pytest
from torch.utils.data import DataLoader

from datamodules import FileDataset, keep_batch
from tests.contracts import test_any_kind, toy_wing
from toolkit.dataset_file import open_dataset


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> FileDataset:
    folder = tmp_path_factory.mktemp("toy")
    test_any_kind.write(toy_wing.write_source(folder / "raw"), folder / "toy.h5")
    return FileDataset(open_dataset(folder / "toy.h5"), "train")


@pytest.mark.parametrize(("workers", "start"), [(0, None), (2, "fork"), (1, "spawn")])
def test_batches_hold_the_numbers_of_their_files(train: FileDataset, workers: int, start: str | None) -> None:
    loader = DataLoader(train, batch_size=7, shuffle=True, collate_fn=keep_batch, num_workers=workers, multiprocessing_context=start)
    seen = []
    for batch in loader:
        numbers = [int(train.part.source[row][-8:-4]) for row in batch.index]
        assert batch.lengths.tolist() == [number % 7 for number in numbers]
        assert batch.x.tolist() == [number for number in numbers for _ in range(number % 7)]
        assert batch.y.tolist() == [number % 3 for number in numbers]
        seen += batch.index.tolist()
    assert sorted(seen) == list(range(len(train)))


def test_one_sample_and_none(train: FileDataset) -> None:
    row = next(i for i, source in enumerate(train.part.source) if int(source[-8:-4]) % 7 == 3)
    sample = train[row]
    assert sample.x.tolist() == [int(train.part.source[row][-8:-4])] * 3
    assert train[np.empty(0, np.int64)].x.shape == (0,)
