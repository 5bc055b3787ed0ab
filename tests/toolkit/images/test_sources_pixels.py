"""Tables of pixels as Kaggle has them: exact pixels, labels and parts; other tables stay tables of paths."""

import numpy as np
import pytest

from tests.toolkit.images.loaded import labels, load, skipped, splits
from tests.toolkit.images.pictures import ppm
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8)
HEADER = ",".join(f"pixel{i}" for i in range(64))


def lines(pictures=PICTURES, before=(), behind=()):
    cells = [[str(value) for value in picture.ravel()] for picture in pictures]
    return [",".join([*(column[i] for column in before), *row, *(column[i] for column in behind)]) for i, row in enumerate(cells)]


def table(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n")
    return path


def gray(manifest):
    return [picture[..., 0].tolist() for picture in load(manifest).values()]


def test_the_digit_recognizer_is_read_and_its_test_part_without_labels_is_told(tmp_path):
    table(tmp_path / "train.csv", f"label,{HEADER}", *lines(before=[("7", "0", "7")]))
    table(tmp_path / "test.csv", HEADER, *lines())
    table(tmp_path / "sample_submission.csv", "ImageId,Label", "1,0")
    found = read(tmp_path)
    assert labels(found) == {"train.csv row 1": "7", "train.csv row 2": "0", "train.csv row 3": "7"}
    assert gray(found) == PICTURES.tolist()
    assert list(skipped(found)) == ["test.csv"]
    assert "a gray picture of 8 × 8 pixels" in found.note
    assert found.files == ("test.csv", "train.csv")
    alone = read(tmp_path / "test.csv")
    assert (alone.label, gray(alone)) == (None, PICTURES.tolist())


def test_tables_of_parts_make_the_splits(tmp_path):
    for part in ("train", "test"):
        table(tmp_path / f"sign_mnist_{part}.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    assert set(splits(read(tmp_path)).items()) == {
        (f"sign_mnist_{part}.csv row {i}", part) for part in ("train", "test") for i in (1, 2, 3)
    }


def test_a_table_without_header_begins_with_the_label(tmp_path):
    found = read(table(tmp_path / "mnist_train.csv", *lines(before=[("5", "0", "4")])))
    assert list(labels(found).values()) == ["5", "0", "4"]
    assert gray(found) == PICTURES.tolist()
    assert found.understood.labels == "the first column"
    assert found.place == str(tmp_path / "mnist_train.csv")


def test_a_first_row_that_was_taken_for_names_is_left_out_and_told(tmp_path):
    header = ",".join(["0", "0.1", *(f"0.{i}" for i in range(1, 64))])
    found = read(table(tmp_path / "A_Z.csv", header, *lines(before=[("5", "0", "4")])))
    assert list(labels(found).values()) == ["5", "0", "4"]
    assert gray(found) == PICTURES.tolist()
    assert "The first line is a picture that was taken for names" in found.note
    assert found.understood.labels == "the first column"


def test_a_label_behind_the_pixels_and_three_channels_are_found(tmp_path):
    colour = np.random.default_rng(1).integers(0, 256, (3, 8, 8, 3), np.uint8)
    header = ",".join([*(f"pixel{i:04}" for i in range(192)), "label"])
    found = read(table(tmp_path / "hmnist_8_8_RGB.csv", header, *lines(colour, behind=[("a", "b", "a")])))
    assert list(labels(found).values()) == ["a", "b", "a"]
    assert [picture.tolist() for picture in load(found).values()] == colour.tolist()
    assert "a coloured picture of 8 × 8" in found.note


def test_columns_named_by_row_and_column_are_pixels(tmp_path):
    header = ",".join(f"{i}x{j}" for i in range(1, 9) for j in range(1, 9))
    found = read(table(tmp_path / "a.csv", f"label,{header}", *lines(before=[("1", "2", "3")])))
    assert gray(found) == PICTURES.tolist()


def test_fer2013_has_its_parts_and_the_names_of_its_classes(tmp_path):
    usage = ("Training", "PublicTest", "PrivateTest")
    rows = [
        f"{label},{' '.join(map(str, picture.ravel()))},{part}" for label, picture, part in zip((3, 0, 6), PICTURES, usage, strict=True)
    ]
    found = read(table(tmp_path / "fer2013.csv", "emotion,pixels,Usage", *rows, "3,1 2 3,Training", f"3,{'0 ' * 64},Other"))
    assert splits(found) == {"fer2013.csv row 1": "train", "fer2013.csv row 2": "val", "fer2013.csv row 3": "test"}
    assert gray(found) == PICTURES.tolist()
    assert found.class_names == ("Angry", "Happy", "Neutral")
    assert skipped(found) == {
        "fer2013.csv row 4": "must have 64 whole numbers from 0 to 255",
        "fer2013.csv row 5": "Usage must be Training, PublicTest or PrivateTest, got other",
    }


@pytest.mark.parametrize("cell", ["256", "-1", "1.5", "", "x"])
def test_a_row_that_is_no_picture_is_listed_alone(tmp_path, cell):
    bad = f"1,{cell}," + ",".join(["0"] * 63)
    found = read(table(tmp_path / "a.csv", f"label,{HEADER}", *lines(before=[("1", "2", "")]), bad, "1,2"))
    assert list(labels(found).values()) == ["1", "2"]
    assert skipped(found) == {
        "a.csv row 3": "label is empty",
        "a.csv row 4": "must have 64 whole numbers from 0 to 255",
        "a.csv row 5": "must have 64 whole numbers from 0 to 255",
    }


def test_two_tables_of_no_parts_are_refused(tmp_path):
    for name in ("a", "b"):
        table(tmp_path / f"{name}.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    with pytest.raises(DataError, match=r"tables of pixels must be one, or one a part by their names, got a\.csv and b\.csv"):
        read(tmp_path)


def test_tables_in_folders_of_parts_are_read_together(tmp_path):
    table(tmp_path / "sign_mnist_train" / "sign_mnist_train.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    table(tmp_path / "sign_mnist_test" / "sign_mnist_test.csv", f"label,{HEADER}", *lines(PICTURES[:1], before=[("1",)]))
    found = read(tmp_path)
    assert splits(found) == {
        "sign_mnist_test/sign_mnist_test.csv row 1": "test",
        **{f"sign_mnist_train/sign_mnist_train.csv row {i}": "train" for i in (1, 2, 3)},
    }
    for part in ("train", "val"):
        table(tmp_path / "b" / part / "a.csv", f"label,{HEADER}", *lines(PICTURES[:1], before=[("1",)]))
    assert splits(read(tmp_path / "b")) == {"train/a.csv row 1": "train", "val/a.csv row 1": "val"}


def test_tables_deeper_than_those_read_are_told(tmp_path):
    for name in ("sign_train.csv", "sign_test.csv", "sign_test/sign_test.csv"):
        table(tmp_path / name, f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    table(tmp_path / "more" / "list.csv", "ImageId,Label", "1,0")
    (tmp_path / "amer_sign.ppm").write_bytes(ppm())
    found = read(tmp_path)
    assert (len(found), [skip.path for skip in found.understood.passed_over]) == (6, ["sign_test/sign_test.csv"])


def test_tables_in_folders_of_no_parts_are_refused_with_what_works(tmp_path):
    table(tmp_path / "train" / "a.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    table(tmp_path / "b" / "c.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    with pytest.raises(DataError, match=r"--layout pixels --parts train=train/a\.csv,test=b/c\.csv\.$"):
        read(tmp_path)
    found = read(tmp_path, ReadOptions(layout="pixels", parts="train=train/a.csv,test=b"))
    assert {*splits(found).items()} >= {("train/a.csv row 1", "train"), ("b/c.csv row 1", "test")}
    with pytest.raises(ArgumentError, match="parts must be files of the layout pixels or folders of them, got c"):
        read(tmp_path, ReadOptions(layout="pixels", parts="train=c"))


def test_other_tables_are_tables_of_paths(tmp_path):
    (tmp_path / "1.ppm").write_bytes(ppm())
    found = read(table(tmp_path / "list.csv", "path,label", "1.ppm,a"))
    assert found.origin == ["1.ppm"]
    pixels = table(tmp_path / "pixels.csv", f"label,{HEADER}", *lines(before=[("1", "2", "3")]))
    with pytest.raises(DataError, match="must have a column path for path"):
        read(pixels, ReadOptions(layout="csv"))
