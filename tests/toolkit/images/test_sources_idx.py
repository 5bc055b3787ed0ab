"""MNIST's idx files and those like them: exact pixels, labels and splits; EMNIST upright; damage told."""

import gzip
import struct
import zipfile

import numpy as np
import pytest

from tests.conftest import UNPACK
from tests.toolkit.images.loaded import labels, load, skipped, splits
from toolkit import ImageOptions, open_dataset, preprocess_images
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read

GLYPH = np.zeros((5, 4), np.uint8)
GLYPH[0, :] = 200
GLYPH[:, 0] = 100  # an L upside down: it is its own mirror nowhere
PICTURES = np.stack([GLYPH, 255 - GLYPH, GLYPH // 2])


def idx(array):
    array = np.asarray(array, np.uint8)
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def mnist(folder, prefix="", *, pictures=PICTURES, digits=(7, 0, 7), packed=True, parts=("train", "t10k")):
    folder.mkdir(parents=True, exist_ok=True)
    for part in parts:
        for name, content in ((f"{part}-images-idx3-ubyte", idx(pictures)), (f"{part}-labels-idx1-ubyte", idx(digits))):
            path = folder / f"{prefix}{name}{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_pixels_labels_and_splits_are_those_of_the_files(tmp_path, packed):
    found = read(mnist(tmp_path / "a", packed=packed))
    names = [f"{part}-images-idx3-ubyte {i}" for part in ("train", "t10k") for i in range(3)]
    assert found.origin == names
    assert labels(found) == dict(zip(names, "707707", strict=True))
    assert splits(found) == dict(zip(names, ["train"] * 3 + ["test"] * 3, strict=True))
    for pixels, expected in zip(load(found).values(), [*PICTURES, *PICTURES], strict=True):
        assert pixels.shape == (5, 4, 3)
        assert all((pixels[..., channel] == expected).all() for channel in range(3))
    assert found.files == tuple(
        f"{part}-{kind}-ubyte{'.gz' if packed else ''}" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
    )


def test_a_dataset_file_holds_the_pixels(tmp_path):
    many = np.arange(40, dtype=np.uint8).repeat(20).reshape(40, 5, 4)
    mnist(tmp_path / "a", pictures=many, digits=np.arange(40) % 4)
    preprocess_images(tmp_path / "a", tmp_path / "a.h5", images=ImageOptions(size=(5, 4), dtype="uint8"))
    test = open_dataset(tmp_path / "a.h5")["test"]
    assert test.x[..., 0].tolist() == many.tolist()
    assert test.y.tolist() == [i % 4 for i in range(40)]


def test_the_test_part_is_the_last_split_and_one_file_alone_has_none(tmp_path):
    found = read(mnist(tmp_path / "a") / "t10k-images-idx3-ubyte.gz")
    assert list(labels(found).values()) == ["7", "0", "7"]
    assert found.split is None
    assert found.place == str(tmp_path / "a" / "t10k-images-idx3-ubyte.gz")


def test_names_with_a_full_stop_and_files_inside_an_archive_are_read(tmp_path):
    folder = mnist(tmp_path / "a", packed=False)
    with zipfile.ZipFile(tmp_path / "mnist.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"MNIST/raw/{path.name.replace('-idx', '.idx')}")
    found = read(tmp_path / "mnist.zip")
    assert found.origin[0] == "MNIST/raw/train-images.idx3-ubyte 0"
    assert (found.files, found.place) == (("mnist.zip",), str(tmp_path / "mnist.zip"))
    assert next(iter(load(found).values()))[..., 0].tolist() == GLYPH.tolist()


def test_emnist_is_turned_upright_and_its_mapping_names_classes(tmp_path):
    lying = PICTURES.transpose(0, 2, 1)  # as NIST's files are stored
    folder = mnist(tmp_path / "a", "emnist-letters-", pictures=lying, digits=(1, 2, 1), parts=("train", "test"))
    (folder / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n")
    found = read(folder)
    assert next(iter(load(found).values()))[..., 1].tolist() == GLYPH.tolist()
    assert (found.classes, found.class_names) == (("1", "2"), ("A/a", "B/b"))
    assert "turned upright" in found.note
    assert set(splits(found).values()) == {"train", "test"}


def test_of_several_sets_one_has_to_be_named_and_the_command_works(tmp_path):
    folder = mnist(tmp_path / "a", "emnist-letters-", parts=("train", "test"))
    mnist(folder, "emnist-digits-", parts=("train", "test"))
    with pytest.raises(DataError, match="idx files must be of one set, one a part") as refused:
        read(folder)
    typed = str(refused.value).partition("--parts ")[2].removesuffix(".")
    found = read(folder, ReadOptions(layout="idx", parts=typed))
    assert len(found) == 6
    assert set(splits(found).values()) == {"train", "test"}
    assert all("emnist-digits" in name for name in found.origin)


def test_sets_in_two_folders_have_to_be_named_and_deeper_ones_are_told(tmp_path):
    for name in ("FashionMNIST", "MNIST"):
        mnist(tmp_path / name / "raw")
    with pytest.raises(DataError, match="idx files must be of one set, one a part") as refused:
        read(tmp_path)
    typed = str(refused.value).partition("--parts ")[2].removesuffix(".")
    assert {name.partition("/")[0] for name in read(tmp_path, ReadOptions(layout="idx", parts=typed)).origin} == {"MNIST"}
    mnist(tmp_path, packed=False)
    found = read(tmp_path)
    assert {name.partition(" ")[0] for name in found.origin} == {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}
    assert [skip.path for skip in found.understood.passed_over] == [
        f"{name}/raw/{part}-images-idx3-ubyte.gz" for name in ("FashionMNIST", "MNIST") for part in ("t10k", "train")
    ]


def test_packed_files_beside_the_same_unpacked_are_one_set(tmp_path):
    mnist(tmp_path)
    mnist(tmp_path, packed=False)
    found = read(tmp_path)
    assert {name.partition(" ")[0] for name in found.origin} == {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}
    assert list(labels(found).values()) == ["7", "0", "7"] * 2
    assert "left out: t10k-images-idx3-ubyte.gz, train-images-idx3-ubyte.gz." in found.note
    assert not any(name.endswith(".gz") for name in found.files)
    mnist(tmp_path, digits=(1, 2, 3))
    with pytest.raises(DataError, match="idx files must be of one set, one a part"):
        read(tmp_path)


def test_pictures_without_labels_are_unlabelled_or_listed(tmp_path):
    folder = mnist(tmp_path / "a", packed=False)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    assert skipped(read(folder)) == {"t10k-images-idx3-ubyte": "its labels are not beside it"}
    assert read(folder / "t10k-images-idx3-ubyte").label is None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("train-images-idx3-ubyte", idx(PICTURES)[:-1], "must hold 3 items as it says, got 2: it is cut short"),
        ("train-images-idx3-ubyte", idx(PICTURES) + b"-", "must hold 3 items as it says, got more bytes"),
        (
            "train-images-idx3-ubyte",
            idx(PICTURES[0]),
            "must be an idx file of bytes with 3 dimensions, got one that begins with 00 00 08 02",
        ),
        ("train-images-idx3-ubyte", b"", "got one that begins with nothing"),
        ("train-images-idx3-ubyte", b"\0\0\x08\3" + struct.pack(">3I", 1, 1 << 31, 1 << 31), "picture must have 1 to"),
        ("train-labels-idx1-ubyte", idx([1, 2]), "labels must be as many as pictures"),
        ("train-labels-idx1-ubyte", idx([1, 2, 3, 4]), "labels must be as many as pictures"),
    ],
)
def test_damaged_files_are_refused(tmp_path, name, content, told):
    folder = mnist(tmp_path / "a", packed=False)
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=told):
        read(folder)


def test_a_packed_file_that_is_cut_short_is_refused(tmp_path):
    folder = mnist(tmp_path / "a", pictures=np.random.default_rng(0).integers(0, 256, (3, 20, 20)))
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="must be a whole compressed file, got one that is cut short"):
        read(folder)


def test_options_that_mean_nothing_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match="classes must be auto for the layout idx, got leaf"):
        read(mnist(tmp_path / "a"), ReadOptions(layout="idx", classes="leaf"))


@pytest.mark.real
def test_real_mnist_is_read_from_its_archive_and_is_the_same_as_idx_files(tmp_path):
    archive = UNPACK.with_name("mnist.tar.xz")
    if not archive.exists():
        pytest.skip("the real data sets are not beside the repository")
    found = read(archive)
    assert np.bincount(found.split).tolist() == [60_000, 0, 10_000]
    # the classes of the test part, as they are published
    assert np.bincount(found.label[found.split == 2]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    some = found.take(np.arange(0, len(found), 700))
    pixels = np.stack([picture[..., 0] for picture in load(some).values()])
    digits = [int(found.classes[label]) for label in some.label]
    again = read(mnist(tmp_path / "a", pictures=pixels, digits=digits, parts=("t10k",)))
    assert np.stack([picture[..., 0] for picture in load(again).values()]).tobytes() == pixels.tobytes()
    assert [int(name) for name in labels(again).values()] == digits
