"""COCO's JSON: each public form gives the boxes that its numbers mean, and says what it leaves out."""

import json

import numpy as np
import pytest

from tests.toolkit.images.sources.scenes import cuts, draw, skipped, write
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read
from toolkit.images.load import open_images
from toolkit.sources import describe_source

SIGNS = [{"id": 1, "name": "stop"}, {"id": 7, "name": "yield"}]


def coco(folder, name, images, annotations, categories=SIGNS, **more):
    """Write a file of (id, file_name) images and (image_id, category_id, bbox, others) annotations."""
    told = {
        "info": {"year": 2017},
        "licenses": [],
        "images": [{"id": key, "file_name": file, "width": 40, "height": 30, "license": 1} for key, file in images],
        "annotations": [
            {"id": number, "image_id": image, "category_id": category, "bbox": bbox, "area": 1, "segmentation": [[1, 2, 3, 4, 5, 6]]}
            | dict(*other)
            for number, (image, category, bbox, *other) in enumerate(annotations, 100)
        ],
        "categories": categories,
    }
    write(folder, name, json.dumps(told | more))


def test_the_challenge_s_folders_have_parts_and_boxes_to_the_pixel(tmp_path):
    draw(tmp_path, "train2017/000.png", "train2017/001.png", "val2017/002.png")
    boxes = [(5, 1, [2.5, 3.2, 10.1, 5]), (5, 7, [20, 10, 4, 3]), (6, 7, [0, 0, 40, 30])]
    coco(tmp_path, "annotations/instances_train2017.json", [(5, "000.png"), (6, "001.png")], boxes)
    coco(tmp_path, "annotations/instances_val2017.json", [(9, "002.png")], [(9, 1, [1, 2, 0.4, 0.4])])
    write(
        tmp_path,
        "annotations/captions_train2017.json",
        json.dumps({"images": [{"file_name": "000.png"}], "annotations": [{"image_id": 5}]}),
    )
    manifest = read(tmp_path)
    assert cuts(manifest) == [
        ("train2017/000.png", "stop", (2, 3, 12, 8)),
        ("train2017/000.png", "yield", (20, 10, 23, 12)),
        ("train2017/001.png", "yield", (0, 0, 39, 29)),
        ("val2017/002.png", "stop", (1, 2, 1, 2)),
    ]
    assert manifest.split.tolist() == [0, 0, 0, 1]
    assert manifest.group.tolist() == [0, 0, 1, 2]
    told = describe_source(manifest)
    assert told.layout == "COCO's annotations, a JSON file"
    assert told.parts == {"train": (3, "annotations/instances_train2017.json"), "val": (1, "annotations/instances_val2017.json")}
    assert [(each.path, each.reason) for each in told.passed_over] == [
        ("annotations/captions_train2017.json", "annotations of another kind than the instances beside it")
    ]
    assert told.boxes == "COCO's annotations; each sample is what its box marks"


def test_roboflow_s_folders_hold_their_own_files(tmp_path):
    for part in ("train", "valid", "test"):
        draw(tmp_path, f"{part}/a.jpg", quality=100)
        coco(tmp_path, f"{part}/_annotations.coco.json", [(0, "a.jpg")], [(0, 1, [4, 4, 8, 8])])
    manifest = read(tmp_path)
    assert manifest.origin == ["test/a.jpg", "train/a.jpg", "valid/a.jpg"]
    assert manifest.split.tolist() == [2, 0, 1]
    assert manifest.columns["box"].tolist() == [[4, 4, 11, 11]] * 3


def test_equal_names_in_two_parts_are_two_pictures(tmp_path):
    for number, part in enumerate(("train", "val"), 1):
        draw(tmp_path, f"images/{part}/1.png", number=number)
        coco(tmp_path, f"annotations/instances_{part}.json", [(1, "1.png")], [(1, number, [0, 0, 3, 3])], [{"id": number, "name": part}])
    manifest = read(tmp_path)
    assert [int(image[0, 0, 2] * 255) for _, image in open_images(manifest)] == [1, 2]
    assert [manifest.classes[label] for label in manifest.label] == ["train", "val"]


def test_a_picture_of_another_part_is_not_taken_for_a_missing_one(tmp_path):
    draw(tmp_path, "train2017/1.png", "train2017/2.png")
    coco(tmp_path, "annotations/instances_train2017.json", [(1, "2.png")], [(1, 1, [0, 0, 3, 3])])
    coco(tmp_path, "annotations/instances_val2017.json", [(1, "1.png")], [(1, 1, [0, 0, 3, 3])])
    manifest = read(tmp_path)
    assert manifest.origin == ["train2017/2.png"]
    assert skipped(manifest) == {"1.png": "named in annotations/instances_val2017.json, but its picture is missing"}


def test_what_can_be_no_sample_is_listed_with_its_reason(tmp_path):
    draw(tmp_path, "a.png", "b.png", "c.png", "stray.png")
    annotations = [
        (1, 1, [0, 0, 5, 5]),
        (1, 1, [0, 0, 5, 5]),
        (1, 1, [1, 1, 5, 5], {"iscrowd": 1}),
        (1, 1, [3, 3, 0, 5]),
        (1, 1, [40, 3, 5, 5]),
        (1, 1, [-3, 25, 8, 9]),
        (1, 1, [1, 2, "x", None]),
        (1, 1, None),
        (1, 1, [float("nan"), 0, 5, 5]),
        (3, 1, [0, 0, 5, 5]),
        (1, 2, [0, 0, 5, 5]),
        (4, 1, [0, 0, 5, 5]),
    ]
    coco(tmp_path, "signs.json", [(1, "a.png"), (2, "b.png"), (4, "gone.png")], annotations)
    manifest = read(tmp_path)
    assert cuts(manifest) == [("a.png", "stop", (0, 0, 4, 4)), ("a.png", "stop", (0, 25, 4, 29))]
    assert skipped(manifest) == {
        "a.png annotation 101": "the same box and class are marked twice",
        "a.png annotation 102": "marks a crowd (iscrowd), no single object",
        "a.png annotation 103": "box must have a width and a height above 0, got the edges 3, 3, 3, 8",
        "a.png annotation 104": "box must lie at least partly inside the picture of 40 × 30 pixels, got the edges 40, 3, 45, 8",
        "a.png annotation 106": "box must have four numbers as its edges, got 1, 2, x, None",
        "a.png annotation 107": "bbox must be x, y, width and height, got None",
        "a.png annotation 108": "box must have four numbers as its edges, got nan, 0, nan, 5",
        "signs.json annotation 109": "its image_id, 3, is none of the images'",
        "a.png annotation 110": "its category_id, 2, is none of the categories'",
        "gone.png": "named in signs.json, but its picture is missing",
    }
    for told in (
        "Pictures without an annotation, left out: 1.",
        "Pictures beside these that no annotation names, left out: 2.",
        "Boxes that reach over their picture's edge, where they are cut: 1.",
    ):
        assert told in manifest.note


def test_ids_may_be_of_any_type(tmp_path):
    draw(tmp_path, "a.png", "b.png")
    categories = [{"id": "s", "name": "stop"}, {"id": 2.0, "name": 30}]
    coco(tmp_path, "x.json", [("x1", "a.png"), (3.0, "b.png")], [("x1", 2, [0, 0, 2, 2]), ("3", "s", [0, 0, 2, 2])], categories)
    assert [found[:2] for found in cuts(read(tmp_path))] == [("a.png", "30"), ("b.png", "stop")]


@pytest.mark.parametrize(
    ("images", "categories", "message"),
    [
        ([(1, "a.png"), (1, "b.png")], SIGNS, r"each image's id must be its own, got 1 for a\.png and b\.png in x\.json"),
        ([(1, "a.png")], [SIGNS[0], {"id": 1.0, "name": "go"}], r"each category's id must be its own, got 1 for stop and go in x\.json"),
        ([(None, "a.png")], SIGNS, "each image must be an object with an id and a file_name, got .*'file_name': 'a.png'"),
        ([(1, "a.png")], [{"id": 1}], "each category must be an object with an id and a name, got {'id': 1} in x.json"),
        ([(1, "a.png")], None, "categories must be a list of objects, got none in x.json"),
        ([(1, "a.png")], {"1": "stop"}, "categories must be a list of objects, got a dict in x.json"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path, images, categories, message):
    draw(tmp_path, "a.png", "b.png")
    coco(tmp_path, "x.json", images, [(1, 1, [0, 0, 2, 2])], categories)
    with pytest.raises(DataError, match=message):
        read(tmp_path)


@pytest.mark.parametrize("text", ['{"images": [{"file_name": "a.png"', '{"images": [{"file_name": ' + "[" * 100_000, '["images"]'])
def test_broken_json_is_told_on_one_line(tmp_path, text):
    draw(tmp_path, "a.png")
    write(tmp_path, "x.json", text)
    with pytest.raises(DataError, match=r"x\.json must (be JSON, got|hold a JSON object, got a list)") as caught:
        read(tmp_path, ReadOptions(layout="coco")) if text[0] == "{" else read(tmp_path / "x.json", ReadOptions(layout="coco"))
    assert "\n" not in str(caught.value)


def test_a_picture_that_two_files_list_is_refused(tmp_path):
    draw(tmp_path, "images/a.png")
    for name in ("one", "two"):
        coco(tmp_path, f"annotations/{name}.json", [(1, "a.png")], [(1, 1, [0, 0, 2, 2])])
    with pytest.raises(DataError, match=r"listed in one file, got images/a\.png in annotations/one\.json and annotations/two\.json"):
        read(tmp_path)
    assert cuts(read(tmp_path / "annotations" / "two.json")) == [("images/a.png", "stop", (0, 0, 1, 1))]


def test_a_file_finds_its_pictures_beside_it_or_below_the_root(tmp_path):
    draw(tmp_path, "far/away/train/a.png")
    coco(tmp_path, "here/signs.json", [(1, "C:\\data\\train\\a.png")], [(1, 1, [0, 0, 2, 2])])
    with pytest.raises(DataError, match=r"The first: C:\\data\\train\\a\.png, named in signs\.json, but its picture is missing"):
        read(tmp_path / "here" / "signs.json")
    manifest = read(tmp_path / "here" / "signs.json", ReadOptions(root="../far"))
    assert (manifest.origin, manifest.root) == (["away/train/a.png"], str(tmp_path / "far"))
    draw(tmp_path, "here/train/a.png")
    assert cuts(read(tmp_path / "here" / "signs.json")) == [("train/a.png", "stop", (0, 0, 1, 1))]
    with pytest.raises(ArgumentError, match="root must be a folder, got nowhere"):
        read(tmp_path / "here" / "signs.json", ReadOptions(root="nowhere"))


def test_paths_that_leave_the_folder_are_not_followed(tmp_path):
    draw(tmp_path, "outside/a.png", "set/images/b.png")
    coco(tmp_path, "set/x.json", [(1, "../outside/a.png"), (2, "b.png")], [(1, 1, [0, 0, 2, 2]), (2, 1, [0, 0, 2, 2])])
    manifest = read(tmp_path / "set")
    assert manifest.origin == ["images/b.png"]
    assert skipped(manifest) == {"../outside/a.png": "named in x.json, but its picture is missing"}


def test_groups_by_pattern_join_the_boxes_of_a_picture(tmp_path):
    draw(tmp_path, "film1_01.png", "film1_02.png", "film2_01.png")
    names = ["film1_01.png", "film1_02.png", "film2_01.png"]
    coco(tmp_path, "x.json", list(enumerate(names)), [(i, 1 + 6 * j, [9 * j, 0, 4, 4]) for i in range(3) for j in range(2)])
    manifest = read(tmp_path, ReadOptions(group=r"regex:film\d+"))
    assert manifest.group_names == ("film1", "film2")
    assert manifest.group.tolist() == [0, 0, 0, 0, 1, 1]
    assert np.array_equal(manifest.columns["size"], [[40, 30]] * 6)


def test_one_file_over_folders_of_parts(tmp_path):
    draw(tmp_path, "train/1.png", "val/1.png")
    coco(tmp_path, "all.json", [(1, "train/1.png"), (2, "val/1.png")], [(1, 1, [0, 0, 3, 3]), (2, 7, [0, 0, 3, 3])])
    manifest = read(tmp_path)
    assert manifest.origin == ["train/1.png", "val/1.png"]
    assert manifest.split.tolist() == [0, 1]
    assert describe_source(manifest).parts == {"train": (1, "train/"), "val": (1, "val/")}


def test_a_picture_that_is_listed_twice_counts_once(tmp_path):
    draw(tmp_path, "a.png")
    coco(tmp_path, "x.json", [(1, "a.png"), (2, "a.png")], [(1, 1, [0, 0, 3, 3]), (2, 1, [0, 0, 3, 3])])
    manifest = read(tmp_path)
    assert manifest.origin == ["a.png"]
    assert skipped(manifest) == {"a.png": "is annotated a second time: what was found first counts"}
