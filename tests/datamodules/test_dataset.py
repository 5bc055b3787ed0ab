"""Batches are the stored rows, in the order asked for, in any process; a file that was replaced is refused."""

import pickle
import shutil

import numpy as np
import pytest
import torch
from torch.utils.data import ConcatDataset, DataLoader, Subset

from datamodules import DeviceDataset, EpochBatches, FileDataset, ImageDataModule, RepeatedRows, Shuffled, TextDataModule, keep_batch
from tests.contracts import toy_wing
from tests.toolkit.schema_1 import REVIEWS, SIGNS
from toolkit import DatasetFileError, ImageOptions, open_dataset, preprocess_images, upgrade_dataset
from toolkit.dataset_file import list_samples
from toolkit.export import export
from toolkit.splits import SplitOptions, split_manifest


def test_a_batch_is_the_stored_rows_in_the_order_asked_for(any_file):
    stored = open_dataset(any_file)["train"]
    batch = FileDataset(open_dataset(any_file), "train")[[40, 3, 3]]
    np.testing.assert_array_equal(batch.x.numpy(), stored.x[[40, 3, 3]])
    assert batch.x.numpy().dtype == stored.x.dtype
    assert batch.y.tolist() == stored.y[[40, 3, 3]].tolist()
    assert batch.index.tolist() == [40, 3, 3]
    assert batch.y.dtype == batch.index.dtype == torch.int64


@pytest.mark.parametrize("in_memory", [False, True])
def test_joined_splits_count_their_rows_through(any_file, in_memory):
    file = open_dataset(any_file)
    train, val = file["train"], file["val"]
    dataset = FileDataset(file, "train+val", in_memory=in_memory)
    first = len(train)
    batch = pickle.loads(pickle.dumps(dataset))[[first + 2, 0, first, first - 1]]
    np.testing.assert_array_equal(batch.x.numpy(), np.stack([val.x[2], train.x[0], val.x[0], train.x[-1]]))
    assert batch.y.tolist() == [val.y[2], train.y[0], val.y[0], train.y[-1]]
    assert file["train+val"].source == train.source + val.source
    with pytest.raises(IndexError):
        dataset[[first + len(val)]]


def test_chosen_rows_keep_their_own_numbers(file):
    part, rows = open_dataset(file)["train"], np.array([40, 7, 9])
    dataset = pickle.loads(pickle.dumps(FileDataset(open_dataset(file), "train", rows=rows)))
    assert len(dataset) == 3
    batch = dataset[[2, 0]]
    np.testing.assert_array_equal(batch.x.numpy(), part.x[[9, 40]])
    assert (batch.index.tolist(), batch.y.tolist()) == ([9, 40], part.y[[9, 40]].tolist())
    with pytest.raises(IndexError):
        dataset[[3]]


def test_one_row_comes_without_a_batch_axis(file):
    sample = FileDataset(open_dataset(file), "val")[5]
    assert sample.x.shape == (16, 20, 3)
    assert (sample.y.shape, sample.index.item()) == ((), 5)


def test_no_rows_make_an_empty_batch(file):
    batch = FileDataset(open_dataset(file), "val")[[]]
    assert (batch.x.shape, batch.y.shape, batch.index.shape) == ((0, 16, 20, 3), (0,), (0,))


@pytest.mark.parametrize("row", [13, -14, 2**62])
def test_a_row_outside_the_split_is_an_index_error(file, row):
    val = open_dataset(file)["val"]
    for rows in ([0, row], row):
        with pytest.raises(IndexError, match=r"rows must be in \[-13, 13\), got"):
            FileDataset(open_dataset(file), "val")[rows]
        with pytest.raises(IndexError, match=r"rows must be in \[-13, 13\), got"):
            val.take(rows)


INDICES = {
    "mask": (lambda y: y == 2, [9, 10, 11, 12]),
    "mask of torch": (lambda y: torch.from_numpy(y == 2), [9, 10, 11, 12]),
    "mask as a list": (lambda y: (y == 2).tolist(), [9, 10, 11, 12]),
    "mask of nothing": (lambda y: y == 7, []),
    "slice": (lambda _: slice(2, -8, 2), [2, 4]),
    "all backwards": (lambda _: slice(None, None, -1), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    "slice backwards": (lambda _: slice(99, -6, -2), [12, 10, 8]),
    "backwards to the first": (lambda _: slice(3, None, -3), [3, 0]),
    "nothing backwards": (lambda _: slice(2, 5, -1), []),
    "array backwards": (lambda _: np.arange(3)[::-1], [2, 1, 0]),
    "repeated": (lambda _: np.broadcast_to(np.int64(4), 2), [4, 4]),
    "range": (lambda _: range(3), [0, 1, 2]),
    "negative": (lambda _: [-1, 0, -13], [12, 0, 0]),
    "tensor": (lambda _: torch.tensor([4, -1]), [4, 12]),
    "small unsigned": (lambda _: np.array([4, 1], np.uint8), [4, 1]),
    "one tensor": (lambda _: torch.tensor(4), 4),
    "one of numpy": (lambda _: np.int64(-1), 12),
    "one array": (lambda _: np.array(4), 4),
    "one": (lambda _: -2, 11),
}


@pytest.mark.parametrize("name", INDICES)
def test_an_index_means_what_it_means_to_numpy(file, name):
    part, dataset = open_dataset(file)["val"], FileDataset(open_dataset(file), "val")
    assert part.y.tolist() == [0] * 5 + [1] * 4 + [2] * 4
    make, expected = INDICES[name]
    batch, (items, lengths) = dataset[make(part.y)], part.take(make(part.y))
    assert batch.index.tolist() == expected
    np.testing.assert_array_equal(batch.x.numpy(), part.x[expected])
    np.testing.assert_array_equal(items, part.x[expected])
    np.testing.assert_array_equal(batch.y.numpy(), part.y[expected])
    assert lengths is None
    again = RepeatedRows(dataset)[make(part.y)]
    assert again.index.tolist() == expected


@pytest.mark.parametrize("rows", [[True, False], np.ones(14, bool), [0.0, 1.0], [[0, 1]], (0, 1), True, None, "train"], ids=repr)
def test_what_is_no_index_of_rows_is_refused(file, rows):
    for take in (FileDataset(open_dataset(file), "val").__getitem__, open_dataset(file)["val"].take, list_samples(open_dataset(file)).take):
        with pytest.raises(IndexError, match=r"rows must be integers, a slice, or a mask of .* Booleans, one a row, got"):
            take(rows)


def test_a_mask_of_joined_splits_and_of_chosen_rows_counts_their_own_rows(file):
    file = open_dataset(file)
    joined, chosen = FileDataset(file, "train+val"), FileDataset(file, "train", rows=np.array([40, 7, 9]))
    assert set(joined[joined.y == 1].y.tolist()) == {1}
    assert len(joined[joined.y == 1].y) == 21 + 4
    assert chosen[np.array([True, False, True])].index.tolist() == [40, 9]
    assert file["train+val"].take(-1)[0].tolist() == file["val"].x[12].tolist()
    manifest = list_samples(file)
    assert manifest.take(manifest.label == 2).label.tolist() == [2] * (21 + 4)


def test_memory_holds_what_the_map_holds(any_file):
    held, mapped = (FileDataset(open_dataset(any_file), "train", in_memory=memory) for memory in (True, False))
    np.testing.assert_array_equal(held[range(63)].x, mapped[range(63)].x)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_read_the_same_batches(file, method):
    dataset = FileDataset(open_dataset(file), "train")
    expected = dataset.part.x
    batches = EpochBatches(Shuffled(len(dataset)), 16)
    batches.set_epoch(0)  # else each pass is an epoch of its own
    loader = DataLoader(dataset, batch_size=None, sampler=batches, num_workers=2, multiprocessing_context=method, collate_fn=keep_batch)
    for batch, rows in zip(loader, batches, strict=True):
        assert batch.index.tolist() == rows.tolist()
        np.testing.assert_array_equal(batch.x.numpy(), expected[rows])


@pytest.mark.parametrize("options", [{}, {"collate_fn": keep_batch}, {"num_workers": 1}], ids=str)
def test_a_plain_loader_works_too(file, options):
    batches = list(DataLoader(FileDataset(open_dataset(file), "val"), batch_size=5, **options))
    assert [batch.index.tolist() for batch in batches] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12]]
    np.testing.assert_array_equal(np.concatenate([batch.x for batch in batches]), open_dataset(file)["val"].x)


def test_a_plain_loader_takes_unlabelled_rows(file):
    dataset = FileDataset(open_dataset(file), "val")
    dataset.y = None
    (batch,) = DataLoader(dataset, batch_size=13)
    assert (batch.x.shape, batch.y, batch.lengths) == ((13, 16, 20, 3), None, None)


def test_a_plain_loader_joins_samples_of_several_datasets(file):
    parts = ConcatDataset([FileDataset(open_dataset(file), split) for split in ("val", "test")])
    (batch,) = DataLoader(parts, batch_size=14)
    assert (batch.x.shape, batch.index.tolist()) == ((14, 16, 20, 3), [*range(13), 0])
    (part,) = DataLoader(Subset(parts.datasets[0], [7, 3]), batch_size=2)
    assert part.index.tolist() == [7, 3]


def test_a_dataset_on_the_device_pickles_with_its_array(file):
    part = open_dataset(file)
    dataset = DeviceDataset(part, "val", torch.device("cpu"), array="x")
    make, arguments = dataset.__reduce__()
    assert make.keywords == {"array": "x", "rows": None}
    np.testing.assert_array_equal(make(*arguments)[[2]].x, part["val"].x[[2]])


def test_it_pickles_small_and_refuses_a_file_replaced_meanwhile(raw, tmp_path):
    path = tmp_path / "a.h5"
    preprocess_images(raw, path, images=ImageOptions(size=(8, 8)))
    packed = pickle.dumps(FileDataset(open_dataset(path), "train"))
    assert len(packed) < 1000
    assert len(pickle.loads(packed)) == 63
    preprocess_images(raw, tmp_path / "b.h5", images=ImageOptions(size=(9, 9)))
    shutil.move(tmp_path / "b.h5", path)
    with pytest.raises(DatasetFileError, match="was replaced"):
        pickle.loads(packed)


@pytest.fixture
def sequences(tmp_path):
    manifest = split_manifest(toy_wing.read(toy_wing.write_source(tmp_path / "raw"), toy_wing.ToyOptions()), SplitOptions())
    export(manifest, toy_wing.plan(manifest, toy_wing.ToyOptions()), tmp_path / "toy.h5")
    return open_dataset(tmp_path / "toy.h5")


def test_rows_of_any_length_come_end_to_end_with_their_lengths(sequences):
    part = sequences["train"]
    batch = FileDataset(sequences, "train")[[2, 0]]
    expected = [part.array("values")[part.offsets[row] : part.offsets[row + 1]] for row in (2, 0)]
    assert batch.lengths.tolist() == [len(values) for values in expected]
    assert batch.x.tolist() == np.concatenate(expected).tolist()
    values, lengths = part.take(np.isin(np.arange(len(part)), [0, 2]), "values")
    assert (values.tolist(), lengths.tolist()) == (np.concatenate(expected[::-1]).tolist(), [len(row) for row in expected[::-1]])
    assert part.take(2, "values")[0].tolist() == part.take(2 - len(part), "values")[0].tolist() == expected[0].tolist()
    (collated,) = DataLoader(ConcatDataset([FileDataset(sequences, "train")]), batch_size=2, sampler=[2, 0])
    assert (collated.x.tolist(), collated.lengths.tolist()) == (batch.x.tolist(), batch.lengths.tolist())
    last = len(part) - 1
    joined = FileDataset(sequences, "train+val")[[len(part), last]]
    ends = [sequences["val"].array("values")[: sequences["val"].offsets[1]], part.array("values")[part.offsets[last] :]]
    assert (joined.x.tolist(), joined.lengths.tolist()) == (np.concatenate(ends).tolist(), [len(end) for end in ends])
    assert FileDataset(sequences, "train")[1].x.tolist() == part.array("values")[part.offsets[1] : part.offsets[2]].tolist()


@pytest.mark.parametrize(("old", "module"), [(SIGNS, ImageDataModule), (REVIEWS, TextDataModule)], ids=["images", "text"])
def test_a_file_of_schema_1_gives_the_batches_that_it_gives_in_schema_2(old, module, tmp_path):
    upgrade_dataset(old, tmp_path / "new.h5")
    batches = []
    for path in (old, tmp_path / "new.h5"):
        data = module(path, batch_size=4, num_workers=0)
        data.setup("fit")
        batches.append(list(data.train_dataloader()))
    assert sum(len(batch.y) for batch in batches[0]) == len(open_dataset(old)["train"])
    for first, second in zip(*batches, strict=True):
        assert torch.equal(first.x, second.x)
        assert first.y.tolist() == second.y.tolist()
        assert first.index.tolist() == second.index.tolist()
