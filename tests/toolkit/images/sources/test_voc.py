"""Pascal VOC's XML: pixels are counted from 1, lists say the parts, and nothing hostile in a file is followed."""

import pytest

from tests.toolkit.images.sources.scenes import cuts, draw, skipped, write
from toolkit.errors import DataError
from toolkit.images import ReadOptions, read
from toolkit.sources import describe_source


def thing(name, box, **more):
    sides = "".join(f"<{side}>{value}</{side}>" for side, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    flags = "".join(f"<{flag}>{value}</{flag}>" for flag, value in more.items())
    return f"<object><name>{name}</name><pose>Left</pose>{flags}<bndbox>{sides}</bndbox></object>"


def voc(folder, name, *things, filename="", size=(40, 30)):
    width, height = size
    told = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    write(folder, name, f"<annotation><folder>VOC2012</folder><filename>{filename}</filename>{told}{''.join(things)}</annotation>")


def test_the_challenge_s_folders_have_lists_and_boxes_counted_from_1(tmp_path):
    base = tmp_path / "VOCdevkit" / "VOC2012"
    draw(base, *(f"JPEGImages/2007_00000{i}.png" for i in range(5)))
    voc(base, "Annotations/2007_000000.xml", thing("stop", (1, 1, 40, 30)), thing("yield", (3, 4, 20, 21), difficult=1, truncated=1))
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    voc(base, "Annotations/2007_000001.xml", thing("stop", (2, 3, 2, 3)).replace("</object>", f"{part}</object>"))
    voc(base, "Annotations/2007_000002.xml", thing("stop", ("45.7", "1", "50", "9"), difficult=0), thing("stop", ("5.5", "1", "9.2", "9")))
    voc(base, "Annotations/2007_000003.xml", thing("stop", (5, 5, 6, 6)))
    write(base, "ImageSets/Main/train.txt", "2007_000000\n")
    write(base, "ImageSets/Main/val.txt", "2007_000001\n2007_000009\n")
    write(base, "ImageSets/Main/test.txt", "2007_000002\n")
    write(base, "ImageSets/Main/trainval.txt", "2007_000000\n2007_000001\n")
    write(base, "ImageSets/Main/stop_train.txt", "2007_000003  1\n")
    manifest = read(tmp_path)
    inside = "VOCdevkit/VOC2012/JPEGImages/2007_00000"
    assert cuts(manifest) == [
        (f"{inside}0.png", "stop", (0, 0, 39, 29)),
        (f"{inside}0.png", "yield", (2, 3, 19, 20)),
        (f"{inside}1.png", "stop", (1, 2, 1, 2)),
        (f"{inside}2.png", "stop", (4, 0, 9, 8)),
    ]
    assert manifest.split.tolist() == [0, 0, 1, 2]
    lists = "VOCdevkit/VOC2012/ImageSets/Main/"
    assert describe_source(manifest).parts == {
        "train": (2, f"{lists}train.txt"),
        "val": (1, f"{lists}val.txt"),
        "test": (1, f"{lists}test.txt"),
    }
    assert skipped(manifest) == {
        f"{inside}2.png object 1": "box must lie at least partly inside the picture of 40 × 30 pixels, got the edges 44.7, 0.0, 50.0, 9.0",
        "2007_000009": f"named in {lists}val.txt, but without its annotation",
    }
    for told in (
        "Objects marked difficult, kept: 1.",
        "Objects marked truncated, kept: 1.",
        f"Annotations that no list in {lists} names, left out: 1.",
    ):
        assert told in manifest.note


def test_a_picture_in_two_lists_is_refused(tmp_path):
    draw(tmp_path, "JPEGImages/0.png")
    voc(tmp_path, "Annotations/0.xml", thing("stop", (1, 1, 9, 9)))
    for part in ("train", "test"):
        write(tmp_path, f"ImageSets/Main/{part}.txt", "0\n")
    with pytest.raises(DataError, match=r"each picture must be in one list, got 0 in ImageSets/Main/test\.txt and train\.txt"):
        read(tmp_path)


def test_labelimg_and_roboflow_write_beside_the_pictures(tmp_path):
    for part in ("train", "valid"):
        draw(tmp_path, f"{part}/a.jpg", f"{part}/b.v2.jpg", quality=100)
        voc(tmp_path, f"{part}/a.xml", thing("stop", (2, 3, 20, 21)))
        voc(tmp_path, f"{part}/b.v2.xml")
    manifest = read(tmp_path)
    assert manifest.origin == ["train/a.jpg", "valid/a.jpg"]
    assert manifest.split.tolist() == [0, 1]
    assert manifest.columns["box"].tolist() == [[1, 2, 19, 20]] * 2
    assert manifest.group is None
    assert "Pictures without an annotation, left out: 2." in manifest.note


def test_pictures_are_called_like_the_file_or_else_as_it_says(tmp_path):
    draw(tmp_path, "images/0.png", "images/one.png", "images/2.png")
    voc(tmp_path, "annotations/0.xml", thing("stop", (1, 1, 4, 4)), filename="2.png")
    voc(tmp_path, "annotations/1.xml", thing("stop", (1, 1, 4, 4)), filename="C:\\data\\one.png")
    voc(tmp_path, "annotations/3.xml", thing("stop", (1, 1, 4, 4)), filename="three.png")
    manifest = read(tmp_path)
    assert manifest.origin == ["images/0.png", "images/one.png"]
    assert skipped(manifest) == {"annotations/3.xml": "its picture is missing"}
    assert "Annotations whose filename is not their own: the picture called like the file is taken: 1." in manifest.note


def test_two_pictures_of_one_name_are_not_chosen_from(tmp_path):
    draw(tmp_path, "JPEGImages/0.png", "JPEGImages/0.ppm", "JPEGImages/1.png")
    for name in "01":
        voc(tmp_path, f"Annotations/{name}.xml", thing("stop", (1, 1, 4, 4)))
    assert skipped(read(tmp_path)) == {"Annotations/0.xml": "its picture may be each of JPEGImages/0.png + JPEGImages/0.ppm"}


def test_boxes_without_numbers_or_classes_are_listed(tmp_path):
    draw(tmp_path, "0.png")
    bare = "<object><name>stop</name></object>"
    voc(
        tmp_path,
        "0.xml",
        thing("stop", (1, 1, "a", 4)),
        bare,
        thing(" ", (1, 1, 4, 4)),
        thing("stop", (9, 1, 4, 4)),
        thing("go", (0, 0, 4, 4)),
    )
    manifest = read(tmp_path)
    assert cuts(manifest) == [("0.png", "go", (0, 0, 3, 3))]
    assert skipped(manifest) == {
        "0.png object 1": "box must have four numbers as its edges, got 0.0, 0.0, nan, 4.0",
        "0.png object 2": "box must have four numbers as its edges, got nan, nan, nan, nan",
        "0.png object 3": "it has no class",
        "0.png object 4": "box must have a width and a height above 0, got the edges 8.0, 0.0, 4.0, 4.0",
    }
    assert "Boxes that begin at 0, where VOC counts pixels from 1, read as VOC's: 1." in manifest.note


def test_broken_and_hostile_files_are_listed(tmp_path):
    draw(tmp_path, *(f"{i}.png" for i in range(5)))
    voc(tmp_path, "0.xml", thing("stop", (1, 1, 4, 4)))
    write(tmp_path, "1.xml", "<annotation><object>")
    write(tmp_path, "2.xml", '<!DOCTYPE annotation [<!ENTITY a "stop">]><annotation><filename>&a;</filename></annotation>')
    write(tmp_path, "3.xml", "<html></html>")
    (tmp_path / "4.xml").write_bytes('<!DOCTYPE annotation SYSTEM "file:///etc/hostname"><annotation/>'.encode("utf-16"))
    manifest = read(tmp_path)
    assert manifest.origin == ["0.png"]
    found = skipped(manifest)
    assert found.pop("1.xml").startswith("must be XML, got: no element found")
    assert found == {
        "2.xml": "must be free of a document type, got <!DOCTYPE annotation>",
        "3.xml": "must hold an annotation, got html",
        "4.xml": "must be free of a document type, got <!DOCTYPE annotation>",
    }


def test_other_xml_makes_no_boxes(tmp_path):
    draw(tmp_path, "a/0.png", "b/0.png")
    write(tmp_path, "pom.xml", "<project></project>")
    assert read(tmp_path).classes == ("a", "b")
    with pytest.raises(DataError, match=r"must hold Pascal VOC's XML files, got none"):
        read(tmp_path, ReadOptions(layout="voc"))


def test_masks_are_no_pictures_and_folders_of_parts_say_splits(tmp_path):
    draw(tmp_path, "Masks/0.png", "images/0.png", "SegmentationClass/0.png")
    voc(tmp_path, "Annotations/0.xml", thing("stop", (1, 1, 4, 4)))
    assert read(tmp_path, ReadOptions(layout="voc")).origin == ["images/0.png"]
    (tmp_path / "images" / "0.png").unlink()
    draw(tmp_path, "pics/train/0.png", "pics/test/1.png", "pics/train/2.png", "pics/test/2.png")
    for number in (1, 2):
        voc(tmp_path, f"Annotations/{number}.xml", thing("stop", (1, 1, 4, 4)))
    manifest = read(tmp_path, ReadOptions(layout="voc"))
    assert dict(zip(manifest.origin, manifest.split.tolist(), strict=True)) == {"pics/train/0.png": 0, "pics/test/1.png": 2}
    assert skipped(manifest) == {"Annotations/2.xml": "its picture may be each of pics/test/2.png + pics/train/2.png"}
