"""Traffic signs of TT100K and of Mapillary: their own JSON gives boxes, parts and classes."""

import json

import pytest

from tests.toolkit.images.sources.scenes import cuts, draw, skipped, write
from toolkit.errors import DataError
from toolkit.images import read
from toolkit.sources import describe_source


def box(xmin, ymin, xmax, ymax):
    return {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}


def tt100k(**imgs):
    return json.dumps({"types": ["i1", "pl50"], "imgs": imgs})


def test_tt100k_names_parts_by_folders(tmp_path):
    draw(tmp_path, "data/train/1.png", "data/test/2.png", "data/other/3.png", "data/train/4.png")
    signs = [
        {"category": "pl50", "bbox": box(2.5, 3, 12.0, 9.25), "ellipse_org": [[1, 2]]},
        {"category": "i1", "bbox": box(20, 10, 24, 13)},
    ]
    told = tt100k(
        **{
            "1": {"path": "train/1.png", "id": 1, "objects": signs},
            "2": {"path": "test/2.png", "id": 2, "objects": [{"category": "i1", "bbox": box(0, 0, 40, 30)}, {"category": "i1"}]},
            "3": {"path": "other/3.png", "id": 3, "objects": [{"category": "i1", "bbox": box(5, 5, 6, 6)}]},
            "4": {"path": "train/4.png", "id": 4, "objects": []},
            "9": {"path": "train/9.png", "id": 9, "objects": signs},
        }
    )
    write(tmp_path, "data/annotations_all.json", told)
    write(tmp_path, "data/annotations.json", tt100k())
    manifest = read(tmp_path)
    assert cuts(manifest) == [
        ("data/train/1.png", "pl50", (2, 3, 11, 9)),
        ("data/train/1.png", "i1", (20, 10, 23, 12)),
        ("data/test/2.png", "i1", (0, 0, 39, 29)),
        ("data/other/3.png", "i1", (5, 5, 5, 5)),
    ]
    assert manifest.split.tolist() == [0, 0, 2, -1]
    assert describe_source(manifest).layout == "TT100K's annotations, a JSON file"
    assert skipped(manifest) == {
        "data/test/2.png object 2": "box must have four numbers as its edges, got None, None, None, None",
        "train/9.png": "named in data/annotations_all.json, but its picture is missing",
    }
    assert "Pictures without an annotation, left out: 1." in manifest.note
    assert cuts(read(tmp_path / "data" / "annotations_all.json"))[0] == ("train/1.png", "pl50", (2, 3, 11, 9))


def test_tt100k_s_broken_forms_are_told(tmp_path):
    draw(tmp_path, "train/1.png")
    write(tmp_path, "a.json", '{"imgs": {}')
    with pytest.raises(DataError, match=r"a\.json must be JSON, got: Expecting"):
        read(tmp_path)
    write(tmp_path, "a.json", '{"imgs": {"1": 5, "2": {"path": "train/1.png", "objects": {"bbox": 3}}}}')
    with pytest.raises(DataError, match="must mark boxes in pictures that are there, got none as TT100K's annotations"):
        read(tmp_path)


def test_mapillary_has_a_file_a_picture_and_lists_of_parts(tmp_path):
    draw(tmp_path, "images/_ab-1.jpg", "images/cd.jpg", "images/ef.jpg", quality=100)
    kind = "regulatory--stop--g1"
    for key, objects in {
        "_ab-1": [{"key": "x", "label": kind, "bbox": box(1.5, 2.5, 10.5, 11.0), "properties": {"ambiguous": False}}],
        "cd": [{"label": "other-sign", "bbox": box(3, 3, 9, 9)}, {"label": kind, "bbox": {**box(38, 3, 2, 9), "cross_boundary": {}}}],
        "ef": [],
        "gone": [{"label": kind, "bbox": box(3, 3, 9, 9)}],
    }.items():
        told = {"width": 40, "height": 30, "ispano": False, "objects": objects}
        write(tmp_path, f"mtsd_v2_fully_annotated/annotations/{key}.json", json.dumps(told))
    write(tmp_path, "mtsd_v2_fully_annotated/splits/train.txt", "_ab-1\nef\ngone\n")
    write(tmp_path, "mtsd_v2_fully_annotated/splits/val.txt", "cd\n")
    manifest = read(tmp_path)
    assert manifest.origin == ["images/_ab-1.jpg", "images/cd.jpg"]
    assert [manifest.classes[label] for label in manifest.label] == [kind, "other-sign"]
    assert manifest.columns["box"].tolist() == [[1, 2, 10, 10], [3, 3, 8, 8]]
    assert manifest.split.tolist() == [0, 1]
    assert skipped(manifest) == {
        "images/cd.jpg object 2": "box must have a width and a height above 0, got the edges 38, 3, 2, 9",
        "mtsd_v2_fully_annotated/annotations/gone.json": "its picture is missing",
    }


def test_a_picture_in_two_lists_is_refused(tmp_path):
    draw(tmp_path, "images/a.png")
    told = {"width": 40, "height": 30, "objects": [{"label": "x", "bbox": box(3, 3, 9, 9)}]}
    write(tmp_path, "annotations/a.json", json.dumps(told))
    for part in ("train", "val"):
        write(tmp_path, f"splits/{part}.txt", "a\n")
    with pytest.raises(DataError, match=r"each picture must be in one list, got a in splits/train\.txt and val\.txt"):
        read(tmp_path)


def test_other_json_makes_no_boxes(tmp_path):
    draw(tmp_path, "a/0.png", "b/0.png")
    for name in ("dataset-metadata.json", "a/0.json"):
        write(tmp_path, name, '{"title": "signs", "images": 12, "objects": []}')
    assert read(tmp_path).classes == ("a", "b")


def test_two_layouts_at_once_are_asked_about(tmp_path):
    draw(tmp_path, "images/0.png")
    write(tmp_path, "labels/0.txt", "0 0.5 0.5 0.5 0.5\n")
    write(tmp_path, "annotations/0.xml", "<annotation></annotation>")
    with pytest.raises(DataError, match=r"source must be of one layout, got voc and yolo in .* Say which: --layout NAME"):
        read(tmp_path)
