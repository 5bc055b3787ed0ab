"""CIFAR's binary version: exact pixels, labels and splits; the Python version is refused by its name, and damage told."""

import tarfile

import numpy as np
import pytest

from tests.toolkit.images.loaded import labels, load, skipped, splits
from toolkit.errors import DataError
from toolkit.images import ReadOptions, read

PLANES = np.stack([np.full((32, 32), value, np.uint8) for value in (10, 20, 30)])
PLANES[0, 0, 1] = 99  # red, first row, second column


def records(*heads):
    return b"".join(bytes(head) + PLANES.tobytes() for head in heads)


@pytest.fixture
def ten(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "data_batch_1.bin").write_bytes(records([3], [0]))
    (folder / "data_batch_2.bin").write_bytes(records([3]))
    (folder / "test_batch.bin").write_bytes(records([0]))
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\nbird\ncat\n\n")
    return folder


def test_pixels_labels_names_and_splits_are_those_of_the_records(ten):
    found = read(ten)
    names = ["data_batch_1.bin 0", "data_batch_1.bin 1", "data_batch_2.bin 0", "test_batch.bin 0"]
    assert labels(found) == dict(zip(names, "3030", strict=True))
    assert splits(found) == dict(zip(names, ["train"] * 3 + ["test"], strict=True))
    assert (found.classes, found.class_names) == (("0", "3"), ("airplane", "cat"))
    for pixels in load(found).values():
        assert pixels.shape == (32, 32, 3)
        assert pixels[0, :2].tolist() == [[10, 20, 30], [99, 20, 30]]
        assert pixels[1, 0].tolist() == [10, 20, 30]


def test_the_archive_is_read_as_it_is_downloaded(ten, tmp_path):
    with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as archive:
        archive.add(ten, ten.name)
    found = read(tmp_path / "cifar-10-binary.tar.gz")
    assert list(labels(found).values()) == ["3", "0", "3", "0"]
    assert [pixels[0, 1, 0] for pixels in load(found).values()] == [99] * 4


def test_one_file_alone_has_no_split(ten):
    found = read(ten / "data_batch_1.bin")
    assert (len(found), found.split) == (2, None)


def test_of_two_labels_the_fine_one_is_taken_unless_the_coarse_is_asked_for(tmp_path):
    (tmp_path / "train.bin").write_bytes(records([4, 99], [1, 0]))
    (tmp_path / "test.bin").write_bytes(records([4, 99]))
    (tmp_path / "fine_label_names.txt").write_text("apple\n" + "x\n" * 98 + "worm\n")
    (tmp_path / "coarse_label_names.txt").write_text("a\nfish\nc\nd\nfruit\n")
    fine, coarse = read(tmp_path), read(tmp_path, ReadOptions(layout="cifar", classes="top"))
    assert list(labels(fine).values()) == ["99", "99", "0"]
    assert fine.class_names == ("apple", "worm")
    assert "the 100 fine ones; --layout cifar --classes top takes the 20 coarse ones" in fine.note
    assert list(labels(coarse).values()) == ["4", "4", "1"]
    assert coarse.class_names == ("fish", "fruit")
    assert load(coarse)["train.bin 0"][0, 1].tolist() == [99, 20, 30]


@pytest.mark.parametrize(("names", "archive"), [(["data_batch_1", "batches.meta"], "cifar-10"), (["train", "test", "meta"], "cifar-100")])
def test_the_python_version_is_refused_unopened(tmp_path, names, archive):
    for name in names:
        (tmp_path / name).write_bytes(b"\x80\x04N.")
    with pytest.raises(DataError, match=rf"a pickle, which runs code when it is opened.*Get the binary version, {archive}-binary\.tar\.gz"):
        read(tmp_path)


def test_labels_that_the_data_set_does_not_have_are_listed(ten):
    (ten / "data_batch_1.bin").write_bytes(records([3], [10]))
    assert skipped(read(ten)) == {"data_batch_1.bin 1": "label must be in 0 … 9, got 10"}


def test_a_lone_file_of_noise_is_refused_truthfully(tmp_path):
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    (tmp_path / "data_batch_1.bin").write_bytes(records([200]))
    with pytest.raises(
        DataError, match=r"must hold pictures, got none and 1 to skip\. The first: data_batch_1\.bin 0, label must be in 0 … 9"
    ):
        read(tmp_path)
    (tmp_path / "data_batch_1.bin").write_bytes(records([7]))
    assert list(labels(read(tmp_path)).values()) == ["7"]


def test_a_file_that_is_cut_short_is_refused(ten):
    (ten / "test_batch.bin").write_bytes(records([0])[:-1])
    with pytest.raises(DataError, match=r"test_batch\.bin must be whole records of 3,073 bytes, got 0 and 3,072 bytes more"):
        read(ten)
