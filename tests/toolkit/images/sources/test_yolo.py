"""YOLO's folders: each way to lay them out and to name classes gives the pixels that the shares mean."""

import pytest

from tests.toolkit.images.sources.scenes import cuts, draw, skipped, write
from toolkit.errors import DataError
from toolkit.images import read
from toolkit.images.load import open_images
from toolkit.sources import describe_source

TWO = "0 0.3 0.3 0.4 0.4\n1 0.7 0.6 0.3 0.3\n"
"""In 40 × 30 pixels: edges at x 4 … 20, y 3 … 15; and at x 22 … 34, y 13.5 … 22.5."""
BOXES = ((4, 3, 19, 14), (22, 13, 33, 22))


def test_images_and_labels_by_part_as_a_yaml_file_says(tmp_path):
    draw(tmp_path, "images/train/0.png", "images/val/0.png", "images/val/empty.png", "images/val/none.png")
    write(tmp_path, "labels/train/0.txt", TWO)
    write(tmp_path, "labels/val/0.txt", "1 0.5 0.5 1 1\n")
    write(tmp_path, "labels/val/empty.txt", "")
    write(tmp_path, "labels/val/gone.txt", TWO)
    write(tmp_path, "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: {0: stop, 1: yield}\n")
    manifest = read(tmp_path)
    assert cuts(manifest) == [
        ("images/train/0.png", "stop", BOXES[0]),
        ("images/train/0.png", "yield", BOXES[1]),
        ("images/val/0.png", "yield", (0, 0, 39, 29)),
    ]
    assert manifest.split.tolist() == [0, 0, 1]
    assert "Pictures without an annotation, left out: 2." in manifest.note
    assert skipped(manifest) == {"labels/val/gone.txt": "a label file whose picture is missing"}
    told = describe_source(manifest)
    assert (told.labels, told.parts) == ("data.yaml", {"train": (2, "images/train/"), "val": (1, "images/val/")})


def test_a_folder_named_for_two_splits_is_read_once_and_told_once(tmp_path):
    draw(tmp_path, "train/images/0.png", "train/images/1.png")
    for number in (0, 1):
        write(tmp_path, f"train/labels/{number}.txt", "0 0.5 0.5 1 1\n")
    write(tmp_path, "data.yaml", "train: train/images\nval: train/images\nnames: [stop]\n")
    manifest = read(tmp_path)
    assert (manifest.split.tolist(), manifest.skipped) == ([0, 0], ())
    assert "In data.yaml, val names train/images/, as train does: it is read for that alone." in manifest.note


@pytest.mark.parametrize(
    ("yaml", "origins"),
    [
        ("train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['stop', 'yield']\n", ["train/images/0.png", "valid/images/0.png"]),
        ("train: train\nval: [valid]\nnames: [stop, yield]\n", ["train/images/0.png", "valid/images/0.png"]),
        (
            "path: /data/set\ntrain: train/images\nval: valid/images\nnames: [stop, yield]\n",
            ["train/images/0.png", "valid/images/0.png"],
        ),
        ("train: lists/train.txt\nval: lists/val.txt\nnames: [stop, yield]\n", ["train/images/0.png", "valid/images/0.png"]),
    ],
)
def test_folders_of_parts_lists_and_paths_of_other_machines(tmp_path, yaml, origins):
    for number, part in enumerate(("train", "valid")):
        draw(tmp_path, f"{part}/images/0.png", number=number)
        write(tmp_path, f"{part}/labels/0.txt", TWO)
    write(tmp_path, "lists/train.txt", "./train/images/0.png\n/data/set/train/images/9.png\n")
    write(tmp_path, "lists/val.txt", "/data/set/valid/images/0.png\n")
    write(tmp_path, "data.yaml", yaml)
    manifest = read(tmp_path)
    assert manifest.origin == [origins[0]] * 2 + [origins[1]] * 2
    assert manifest.split.tolist() == [0, 0, 1, 1]
    assert manifest.classes == ("stop", "yield")
    assert [round(255 * image[0, 0, 2]) for _, image in open_images(manifest)] == [0, 0, 1, 1]
    assert ("lists" in yaml) == bool(manifest.skipped)


def test_without_a_yaml_file_folders_tell_parts_and_classes_txt_names(tmp_path):
    draw(tmp_path, "train/images/0.png", "test/images/0.png")
    for part in ("train", "test"):
        write(tmp_path, f"{part}/labels/0.txt", TWO)
        write(tmp_path, f"{part}/labels/classes.txt", "stop\nyield\n")
    manifest = read(tmp_path)
    assert (
        sorted(zip(manifest.origin, manifest.split.tolist(), strict=True))
        == [("test/images/0.png", 2)] * 2 + [("train/images/0.png", 0)] * 2
    )
    assert [found[2] for found in cuts(manifest)] == [*BOXES, *BOXES]
    write(tmp_path, "test/labels/classes.txt", "yield\nstop\n")
    with pytest.raises(DataError, match=r"must be alike, got test/labels/classes\.txt, train/labels/classes\.txt"):
        read(tmp_path)


def test_darknet_s_labels_lie_beside_the_pictures(tmp_path):
    draw(tmp_path, "data/obj_train_data/0.png")
    write(tmp_path, "data/obj_train_data/0.txt", TWO)
    write(tmp_path, "data/obj.names", "stop\nyield\n")
    assert cuts(read(tmp_path)) == [("data/obj_train_data/0.png", name, box) for name, box in zip(("stop", "yield"), BOXES, strict=True)]
    (tmp_path / "data" / "obj.names").unlink()
    assert read(tmp_path).classes == ("0", "1")


def test_outlines_become_the_boxes_around_them(tmp_path):
    draw(tmp_path, "images/0.png")
    write(tmp_path, "labels/0.txt", "0 0.1 0.1 0.5 0.2 0.3 0.9\n0 0.25 0.2 0.75 0.2 0.75 0.6 0.25 0.6\n")
    manifest = read(tmp_path)
    assert [found[2] for found in cuts(manifest)] == [(4, 3, 19, 26), (10, 6, 29, 17)]
    assert "Outlines, cut to the boxes around them: 2." in manifest.note


def test_keypoints_are_no_outline(tmp_path):
    draw(tmp_path, "images/train/0.png")
    write(tmp_path, "labels/train/0.txt", "0 0.3 0.3 0.4 0.4 0.9 0.9 0.8 0.8\n")
    write(tmp_path, "data.yaml", "train: images/train\nkpt_shape: [2, 2]\nnames: [stop]\n")
    assert cuts(read(tmp_path)) == [("images/train/0.png", "stop", BOXES[0])]


def test_lines_that_mean_nothing_are_listed(tmp_path):
    draw(tmp_path, "images/0.png")
    lines = [
        "0 0.3 0.3 0.4 0.4",
        "stop 0.3 0.3 0.4 0.4",
        "2 0.3 0.3 0.4 0.4",
        "0 12 9 16 12",
        "0 0.3 0.3 0.4",
        "0 .5 .5 .1 .1 .9",
        "0 .5 .5 0 .1",
    ]
    write(tmp_path, "labels/0.txt", "\n".join([*lines, "0.5 0.3 0.3 0.4 0.4", "0 nan 0 1 1"]))
    write(tmp_path, "classes.txt", "stop\nyield\n")
    manifest = read(tmp_path)
    assert cuts(manifest) == [("images/0.png", "stop", BOXES[0])]
    assert skipped(manifest) == {
        "labels/0.txt line 2": "must be numbers, got stop 0.3 0.3 0.4 0.4",
        "labels/0.txt line 3": "must have a class that classes.txt names, got 2",
        "labels/0.txt line 4": "must have shares of the picture, 0 … 1, got 12 9 16 12",
        "labels/0.txt line 5": "must have 4 numbers for a box or pairs of them for an outline after the class, got 3",
        "labels/0.txt line 6": "must have 4 numbers for a box or pairs of them for an outline after the class, got 5",
        "images/0.png line 7": "box must have a width and a height above 0, got the edges 20.0, 13.5, 20.0, 16.5",
        "labels/0.txt line 8": "must begin with the number of a class, got 0.5",
        "labels/0.txt line 9": "must have shares of the picture, 0 … 1, got nan 0 1 1",
    }


def test_a_camera_s_orientation_turns_the_size_first(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[274] = 6  # stored 40 × 30, shown 30 × 40
    draw(tmp_path, "images/0.jpg", exif=exif.tobytes())
    write(tmp_path, "labels/0.txt", "0 0.5 0.25 1 0.5\n")
    manifest = read(tmp_path)
    assert manifest.columns["box"].tolist() == [[0, 0, 29, 19]]
    ((_, image),) = open_images(manifest)
    assert image.shape == (20, 30, 3)


def test_a_picture_without_a_size_is_listed(tmp_path):
    draw(tmp_path, "images/0.png")
    write(tmp_path, "images/1.png", "no picture")
    for name in "01":
        write(tmp_path, f"labels/{name}.txt", "0 0.3 0.3 0.4 0.4\n")
    manifest = read(tmp_path)
    assert skipped(manifest) == {"images/1.png": "its size cannot be read from its header: is no picture"}


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("train: [\nnames: 3", "the set's YAML file must be readable, got while parsing"),
        ("train: images\nnames: stop", r"names must be a list of names, or a mapping of numbers to names, got stop in data\.yaml"),
        (
            "train: elsewhere\nnames: [stop]",
            r"train, val or test must be folders or lists of pictures that are there, got none in data\.yaml",
        ),
    ],
)
def test_a_yaml_file_that_says_nothing_usable_is_refused(tmp_path, yaml, message):
    draw(tmp_path, "images/0.png")
    write(tmp_path, "labels/0.txt", TWO)
    write(tmp_path, "data.yaml", yaml)
    with pytest.raises(DataError, match=message):
        read(tmp_path)


def test_texts_beside_pictures_that_are_no_labels_make_no_boxes(tmp_path):
    draw(tmp_path, "a/0.png", "b/0.png")
    write(tmp_path, "a/0.txt", "a caption of 3 words")
    assert read(tmp_path).classes == ("a", "b")


def test_what_a_yaml_file_names_in_vain_is_told_and_nothing_else_is_taken_for_it(tmp_path):
    draw(tmp_path, "images/train/0.png", "images/test/1.png")
    write(tmp_path, "labels/train/0.txt", TWO)
    write(tmp_path, "labels/test/1.txt", TWO)
    write(tmp_path, "README.txt", "0 0.5 0.5 0.5 0.5")
    write(tmp_path, "data.yaml", "train: images/train\nval: ../valid/images\nnames: [stop, yield]\n")
    manifest = read(tmp_path)
    assert manifest.origin == ["images/train/0.png"] * 2
    assert "data.yaml names what is not there, passed over: val: ../valid/images." in manifest.note
    assert "Pictures that data.yaml names for no split, left out: 1." in manifest.note
    assert manifest.skipped == ()
