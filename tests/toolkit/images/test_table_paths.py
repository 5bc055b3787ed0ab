"""Pictures that tables name as people do: of other machines, without endings, in other cases, beside the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolkit.images.pictures import ppm
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(ppm())


def write(folder: Path, text: str, name: str = "list.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["img/00012", "img/00013"], "2 with the ending that they lack"),
        (["img\\00012.ppm", "img\\00013.ppm"], "2 with backslashes"),
        (["/code/data/img/00012.ppm", "/code/data/img/00013.ppm"], "2 without /code/data/"),
        (["C:\\x\\img\\00012.ppm", "C:\\x\\img\\00013.ppm"], "2 with backslashes, 2 without C:/x/"),
        (["IMG/00012.PPM", "Img/00013.ppm"], "2 in other cases"),
        (["00012.ppm", "00013.ppm"], "2 in img/"),
        (["data/img/00012.ppm", "data/img/00013.ppm"], "2 without data/"),
        ([" img/00012.ppm ", "img/00013.ppm"], "1 with spaces around them"),
        (["00012", "00013"], "2 in img/, 2 with the ending that they lack"),
    ],
)
def test_paths_are_found_by_what_lies_beside_the_table_and_told(tmp_path: Path, paths: list[str], told: str) -> None:
    put(tmp_path, "img/00012.ppm", "img/00013.ppm")
    manifest = read(write(tmp_path, "path,label\n" + "".join(f"{path},{i}\n" for i, path in enumerate(paths))))
    assert manifest.origin == ["img/00012.ppm", "img/00013.ppm"]
    assert manifest.note == f"Paths that are not there as they stand were found: {told}; --root says where they start from."


def test_paths_as_they_stand_are_told_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.ppm")
    assert read(write(tmp_path, "path,label\na.ppm,x\n")).note == ""


def test_a_missing_picture_is_not_taken_from_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "1.ppm", "masks/2.ppm", "00.ppm", "00.pgm")
    manifest = read(write(tmp_path, "path,label\n2.ppm,x\n1.ppm,x\nold/1.ppm,x\n00,x\n"))
    assert manifest.origin == ["1.ppm"]
    assert [skip.path for skip in manifest.skipped] == ["2.ppm", "old/1.ppm", "00"]


def test_two_paths_never_mean_one_file(tmp_path: Path) -> None:
    put(tmp_path, "1.ppm")
    manifest = read(write(tmp_path, "path,label\n/a/1.ppm,x\n/b/1.ppm,y\n"))
    assert (manifest.origin, [skip.path for skip in manifest.skipped]) == (["1.ppm"], ["/b/1.ppm"])


def test_two_folders_beside_the_table_are_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "images/1.ppm", "masks/1.ppm")
    path = write(tmp_path, "path,label\n1.ppm,x\n")
    with pytest.raises(DataError, match=r"must lie in one folder beside the table, got images/ and masks/\. Say which: --root images\."):
        read(path)
    assert read(path, ReadOptions(root="images")).origin == ["images/1.ppm"]


def test_pictures_in_several_folders_below_are_found_where_each_lies_once(tmp_path: Path) -> None:
    put(tmp_path, "images_001/images/0.ppm", "images_002/images/1.ppm", "images_002/images/2.PPM", "other/deep/9.ppm")
    path = write(tmp_path, "path,label\n0.ppm,x\n1.ppm,y\n2,x\n3.ppm,y\n")
    manifest = read(path)
    assert manifest.origin == ["images_001/images/0.ppm", "images_002/images/1.ppm", "images_002/images/2.PPM"]
    assert [(skip.path, skip.reason) for skip in manifest.skipped] == [("3.ppm", "named in list.csv, but missing")]
    assert "3 in 2 folders below, 1 with the ending that they lack" in manifest.note


def test_a_root_may_have_the_pictures_in_folders(tmp_path: Path) -> None:
    put(tmp_path, "imgs/train/c0/0.ppm", "imgs/train/c1/1.ppm", "imgs/test/1.ppm")
    path = write(tmp_path, "path,label\n0.ppm,x\n1.ppm,y\n")
    with pytest.raises(DataError, match=r"1\.ppm must lie in one folder below, got imgs/test/1\.ppm and imgs/train/c1/1\.ppm\."):
        read(path)
    assert read(path, ReadOptions(root="imgs/train")).origin == ["imgs/train/c0/0.ppm", "imgs/train/c1/1.ppm"]
    absolute = read(path, ReadOptions(root=str(tmp_path / "imgs" / "train"))).origin
    assert absolute == [f"{tmp_path}/imgs/train/c0/0.ppm", f"{tmp_path}/imgs/train/c1/1.ppm"]


def test_folders_in_a_path_are_heeded_below(tmp_path: Path) -> None:
    put(tmp_path, "a/b/x/0.ppm", "a/b/y/0.ppm")
    assert read(write(tmp_path, "path,label\n/old/x/0.ppm,x\ny/0.ppm,y\n")).origin == ["a/b/x/0.ppm", "a/b/y/0.ppm"]


def test_where_nothing_is_found_the_root_to_type_works(tmp_path: Path) -> None:
    put(tmp_path, "pictures/img/1.ppm")
    (tmp_path / "lists").mkdir()
    path = write(tmp_path / "lists", "path,label\nimg/1.ppm,x\n")
    with pytest.raises(DataError, match=r"The first: img/1\.ppm, named in list\.csv, but missing\. Type --root \.\./pictures"):
        read(path)
    assert read(path, ReadOptions(root="../pictures")).origin == ["../pictures/img/1.ppm"]
    assert read(path, ReadOptions(root=str(tmp_path / "pictures"))).origin == [f"{tmp_path}/pictures/img/1.ppm"]


def test_objects_list_pictures_too(tmp_path: Path) -> None:
    put(tmp_path, "a.ppm", "b.ppm")
    path = write(
        tmp_path, '[{"path": "a.ppm", "label": 1.0, "x1": 0, "y1": 1, "x2": 2.5, "y2": 3}, {"path": "b.ppm", "label": 2}]', "l.json"
    )
    manifest = read(path)
    assert manifest.classes == ("1", "2")
    assert manifest.columns["box"].tolist() == [[0, 1, 3, 3], [-1, -1, -1, -1]]


def test_boxes_may_have_sizes_and_decimal_commas(tmp_path: Path) -> None:
    put(tmp_path, "a.ppm", "b.ppm", "c.ppm")
    path = write(tmp_path, "path;x;y;w;h\na.ppm;2;3;10;1\nb.ppm;2,5;3;10;1,5\nc.ppm;1;1;0;4\n")
    manifest = read(path, ReadOptions(columns="x1=x,y1=y"))
    assert manifest.columns["box"].tolist() == [[2, 3, 11, 3], [2, 3, 12, 4]]
    assert [skip.reason for skip in manifest.skipped] == ["box must be four numbers, got 1, 1, 0, 4"]
    with pytest.raises(ArgumentError, match=r"columns must be of a whole box, x1, y1, x2, y2 or x1, y1, w, h, got x1"):
        read(write(tmp_path, "path,x\na.ppm,1\n"), ReadOptions(columns="x1=x"))


def test_boxes_of_roboflows_and_gtsrbs_columns_are_found_without_naming_them(tmp_path: Path) -> None:
    put(tmp_path, "a.ppm", "b.ppm")
    rows = "a.ppm,40,20,cat,2,3,14,13\na.ppm,40,20,dog,20,4,36,16\nb.ppm,40,20,cat,5,5,5,9\n"
    path = write(tmp_path, f"filename,width,height,class,xmin,ymin,xmax,ymax\n{rows}", "_annotations.csv")
    manifest = read(path, ReadOptions(columns="path=filename,label=class"))
    assert manifest.columns["box"].tolist() == [[2, 3, 13, 12], [20, 4, 35, 15]]
    assert manifest.reading["cut"] is True
    assert "--columns x1=xmin,y1=ymin,x2=xmax,y2=ymax takes it in" in manifest.note
    assert [skip.path for skip in manifest.skipped] == ["b.ppm"]
    inside = read(path, ReadOptions(columns="path=filename,label=class,x1=xmin,y1=ymin,x2=xmax,y2=ymax"))
    assert inside.columns["box"].tolist()[0] == [2, 3, 14, 13]
    path = write(tmp_path, "path,label,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2\na.ppm,1,5,6,24,22\n")
    assert read(path).columns["box"].tolist() == [[5, 6, 24, 22]]


def test_boxes_as_shares_of_a_picture_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.ppm")
    with pytest.raises(DataError, match="must be in pixels, got none beyond 1, as shares of a picture have"):
        read(write(tmp_path, "path,xmin,ymin,xmax,ymax\na.ppm,0.1,0.2,0.9,0.95\n"))


def test_a_list_without_header_is_refused_with_what_works(tmp_path: Path) -> None:
    put(tmp_path, "0.ppm", "1.ppm", "2.ppm")
    path = write(tmp_path, "0.ppm,1\n1.ppm,0\n2.ppm,1\n")
    with pytest.raises(DataError, match=r"got what seems to be a row: 0\.ppm, 1\. Type --no-header --columns path=1,label=2\."):
        read(path)
    with pytest.raises(DataError, match=r"Type --no-header --columns path=1,label=2\."):
        read(path, ReadOptions(columns="path=1,label=2"))
    manifest = read(path, ReadOptions(header=False, columns="path=1,label=2"))
    assert (manifest.origin, manifest.label.tolist()) == (["0.ppm", "1.ppm", "2.ppm"], [1, 0, 1])


@pytest.mark.parametrize("name", ["_annotations.csv", "_classes.csv"])
def test_roboflows_tables_beside_the_pictures_of_parts_are_named(tmp_path: Path, name: str) -> None:
    put(tmp_path, "train/a.ppm", "valid/b.ppm")
    for part in ("train", "valid"):
        write(tmp_path / part, "filename,class\na.ppm,x\n", name)
    with pytest.raises(DataError, match=rf"got pictures of train/ that a table lists\. Give the table that lists them: .*/train/{name}\."):
        read(tmp_path)
