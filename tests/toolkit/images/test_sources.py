"""Reading sources: what each layout becomes, and that nothing is dropped silently."""

import os

import numpy as np
import pytest

from tests.toolkit.images.pictures import ppm
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read, read_unlabelled
from toolkit.sources import EMPTY_CLASS

ODD_NAMES = [
    "with space.ppm",
    "new\nline.ppm",
    'comma,semicolon;quote".ppm',
    os.fsdecode(b"not-utf8-\xff\xe9.ppm"),
    "日本.ppm",
    "UPPER.PPM",
]


def put(folder, *paths, content=None):
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(ppm() if content is None else content)


def labels(manifest):
    return {origin: manifest.classes[label] for origin, label in zip(manifest.origin, manifest.label, strict=True)}


def skipped(manifest):
    return {entry.path: entry.reason for entry in manifest.skipped}


class TestFolder:
    def test_each_folder_is_a_class(self, tmp_path):
        put(tmp_path, "stop/b.ppm", "stop/a.png", "give way/c.JPG")
        manifest = read(tmp_path)
        assert manifest.kind == "images"
        assert manifest.root == str(tmp_path)
        assert manifest.classes == ("give way", "stop")
        assert manifest.origin == ["give way/c.JPG", "stop/a.png", "stop/b.ppm"]
        assert manifest.label.tolist() == [0, 1, 1]
        assert manifest.label.dtype == np.int64
        assert manifest.group is None
        assert manifest.split is None
        assert manifest.skipped == ()

    def test_classes_of_digits_are_sorted_as_numbers(self, tmp_path):
        put(tmp_path, "10/a.ppm", "9/a.ppm", "2/a.ppm")
        assert read(tmp_path).classes == ("2", "9", "10")

    def test_split_folders_hold_class_folders(self, tmp_path):
        put(tmp_path, "train/a/1.ppm", "train/b/2.ppm", "Validation/a/3.ppm", "test/b/4.ppm")
        manifest = read(tmp_path)
        assert dict(zip(manifest.origin, manifest.split.tolist(), strict=True)) == {
            "train/a/1.ppm": 0,
            "train/b/2.ppm": 0,
            "Validation/a/3.ppm": 1,
            "test/b/4.ppm": 2,
        }
        assert labels(manifest)["test/b/4.ppm"] == "b"

    def test_a_class_may_be_called_train(self, tmp_path):
        put(tmp_path, "train/1.ppm", "plane/2.ppm")
        assert read(tmp_path).classes == ("plane", "train")

    def test_folders_beside_the_splits_are_listed(self, tmp_path):
        put(tmp_path, "Train/0/1.ppm", "Train/1/2.ppm", "Test/3.ppm", "Meta/4.ppm")
        manifest = read(tmp_path)
        assert manifest.origin == ["Train/0/1.ppm", "Train/1/2.ppm"]
        assert skipped(manifest) == {"Meta": "folder beside train, val and test, with 1 pictures", "Test/3.ppm": "not in a class folder"}

    def test_pictures_deeper_in_a_class_folder_belong_to_it_or_are_classes_as_asked(self, tmp_path):
        put(tmp_path, "a/2020/may/1.ppm", "a/0.ppm", "b/1.ppm")
        with pytest.raises(DataError, match=r"Pass --classes top for 2 classes such as a, or --classes leaf for 3 such as a/2020"):
            read(tmp_path)
        top, leaf = (read(tmp_path, ReadOptions(classes=classes)) for classes in ("top", "leaf"))
        assert labels(top) == {"a/0.ppm": "a", "a/2020/may/1.ppm": "a", "b/1.ppm": "b"}
        assert labels(leaf) == {"a/0.ppm": "a", "a/2020/may/1.ppm": "a/2020/may", "b/1.ppm": "b"}

    def test_empty_class_is_listed(self, tmp_path):
        put(tmp_path, "a/1.ppm", "b/readme.txt")
        (tmp_path / "c").mkdir()
        manifest = read(tmp_path)
        assert manifest.classes == ("a",)
        assert skipped(manifest) == {"b": EMPTY_CLASS, "c": EMPTY_CLASS}

    def test_other_files_are_counted_hidden_ones_passed_over(self, tmp_path):
        put(tmp_path, "a/1.ppm", "a/Thumbs.db", "a/notes.txt", "a/.DS_Store", ".git/x.ppm", "labels.xml")
        manifest = read(tmp_path)
        assert manifest.origin == ["a/1.ppm"]
        assert manifest.note == "Files that are no pictures, left out: 3."
        assert manifest.skipped == ()

    def test_pictures_that_are_not_read_are_listed(self, tmp_path):
        put(tmp_path, "a/1.ppm", "a/2.JXL", "a/deep/3.svg", "stray.png", "z.psd")
        assert skipped(read(tmp_path)) == {
            "a/2.JXL": "a picture format that is not read",
            "a/deep/3.svg": "a picture format that is not read",
            "stray.png": "not in a class folder",
            "z.psd": "a picture format that is not read",
        }

    def test_pictures_beside_the_classes_of_a_split_are_listed(self, tmp_path):
        put(tmp_path, "train/a/1.ppm", "train/stray.ppm", "test/stray.ppm")
        assert skipped(read(tmp_path)) == {"train/stray.ppm": "not in a class folder", "test/stray.ppm": "not in a class folder"}

    def test_links_to_class_folders_are_followed_once(self, tmp_path):
        put(tmp_path, "data/a/1.ppm", "elsewhere/2.ppm")
        (tmp_path / "data/b").symlink_to(tmp_path / "elsewhere")
        for circle in ("data/a/circle", "data/circle"):
            (tmp_path / circle).symlink_to(tmp_path / "data")
        manifest = read(tmp_path / "data")
        assert labels(manifest) == {"a/1.ppm": "a", "b/2.ppm": "b"}
        assert skipped(manifest) == dict.fromkeys(("a/circle", "circle"), "a link to a folder, not followed")

    def test_odd_names_are_kept(self, tmp_path):
        put(tmp_path, *(f"a class/{name}" for name in ODD_NAMES))
        assert sorted(read(tmp_path).origin) == sorted(f"a class/{name}" for name in ODD_NAMES)


class TestUnknown:
    def test_missing_folder_is_named(self, tmp_path):
        with pytest.raises(DataError, match=r"nowhere must be a folder, an archive or a CSV file, got nothing there\. A source is"):
            read(tmp_path / "nowhere")

    @pytest.mark.parametrize("layout", ["folder", "gtsrb", "csv"])
    def test_missing_source_of_a_given_layout_is_named(self, tmp_path, layout):
        with pytest.raises(DataError, match="nowhere must"):
            read(tmp_path / "nowhere", ReadOptions(layout=layout))

    def test_pictures_without_class_folders_are_told(self, tmp_path):
        put(tmp_path, "1.ppm")
        with pytest.raises(DataError, match=r"got pictures without class folders\. Put each class's pictures into a folder of its own, or"):
            read(tmp_path)

    def test_a_folder_with_nothing_to_read_tells_the_layouts(self, tmp_path):
        (tmp_path / "notes.md").write_text("none")
        match = r"got a folder without pictures or folders\. A source is a folder with a folder a class .*GTSRB.*a table"
        with pytest.raises(DataError, match=match):
            read(tmp_path)

    def test_folders_without_pictures_are_told(self, tmp_path):
        (tmp_path / "a").mkdir()
        with pytest.raises(DataError, match="must hold a folder a class with pictures in it, got none"):
            read(tmp_path)

    def test_other_file_is_told(self, tmp_path):
        put(tmp_path, "1.ppm")
        with pytest.raises(DataError, match=r"must be a folder, an archive or a CSV file, got another file\."):
            read(tmp_path / "1.ppm")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"group": "film"}, "ReadOptions: group must be auto, none or regex:PATTERN for the layout folder, got film."),
            ({"columns": "path=file"}, "ReadOptions: columns must be left out for the layout folder, got path=file."),
        ],
    )
    def test_options_that_mean_nothing_here_are_told(self, tmp_path, options, message):
        put(tmp_path, "a/1.ppm")
        with pytest.raises(ArgumentError) as error:
            read(tmp_path, ReadOptions(**options))
        assert str(error.value) == message

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (
                {"layout": "z"},
                (
                    "ReadOptions: layout must be one of auto, folder, gtsrb, coco, voc, yolo, tt100k, mapillary, csv, jsonl, idx, cifar, "
                    "pixels, parquet, huggingface, webdataset, got z."
                ),
            ),
            ({"columns": "colour=x"}, "ReadOptions: columns must be led by path, label, split, group, x1, y1, x2, y2, w, h, got colour."),
            ({"columns": "path"}, "ReadOptions: columns must be NAME=VALUE pairs, got path. Write for example path=file,label=kind."),
            (
                {"columns": "path=file, path =kind"},
                "ReadOptions: columns must be pairs with each name once, got path=file, path =kind.",
            ),
        ],
    )
    def test_wrong_options_are_told(self, options, message):
        with pytest.raises(ArgumentError) as error:
            ReadOptions(**options)
        assert str(error.value) == message


def put_gtsrb(folder, classes=("00000", "00014"), tracks=2, frames=3):
    for name in classes:
        lines = ["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"]
        for track in range(tracks):
            for frame in range(frames):
                file = f"{track:05}_{frame:05}.ppm"
                put(folder, f"{name}/{file}")
                lines.append(f"{file};4;4;{track};1;2;3;{int(name)}")
        (folder / name / f"GT-{name}.csv").write_text("\n".join(lines) + "\n")


def put_test(folder, classes=(14, 0), truth="GT-final_test.csv", columns="Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"):
    put(folder, *(f"{i:05}.ppm" for i in range(len(classes))))
    lines = [columns, *(f"{i:05}.ppm;4;4;0;0;3;3;{label}" for i, label in enumerate(classes))]
    (folder / truth).write_text("\n".join(lines) + "\n")


class TestGtsrb:
    def test_tracks_classes_and_boxes(self, tmp_path):
        put_gtsrb(tmp_path / "GTSRB/Final_Training/Images")
        manifest = read(tmp_path)
        assert manifest.origin[0] == "GTSRB/Final_Training/Images/00000/00000_00000.ppm"
        assert manifest.classes == ("00000", "00014")
        assert manifest.label.tolist() == [0] * 6 + [1] * 6
        assert manifest.group.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
        assert manifest.group_names == ("00000/00000", "00000/00001", "00014/00000", "00014/00001")
        assert manifest.columns["box"].dtype == np.int32
        assert manifest.columns["box"][[0, 3]].tolist() == [[0, 1, 2, 3], [1, 1, 2, 3]]
        assert manifest.split is None

    def test_official_test_images_are_the_test_split(self, tmp_path):
        put_gtsrb(tmp_path / "GTSRB/Final_Training/Images")
        put_test(tmp_path / "GTSRB/Final_Test/Images")
        manifest = read(tmp_path)
        assert manifest.split.tolist() == [-1] * 12 + [2] * 2
        assert manifest.label[-2:].tolist() == [1, 0]
        assert len(set(manifest.group[-2:]) | set(manifest.group[:-2])) == 6

    @pytest.mark.parametrize("train", ["Final_Training/Images", "Training", "Training/Images"])
    @pytest.mark.parametrize("start", [".", "GTSRB"])
    def test_both_spellings_from_either_folder(self, tmp_path, train, start):
        put_gtsrb(tmp_path / "GTSRB" / train)
        put_test(tmp_path / "GTSRB/Final_Test/Images")
        assert len(read(tmp_path / start)) == 14

    def test_from_the_folder_of_the_classes(self, tmp_path):
        put_gtsrb(tmp_path)
        manifest = read(tmp_path)
        assert manifest.origin[0] == "00000/00000_00000.ppm"
        assert len(manifest) == 12

    def test_online_test_images_are_read_with_the_online_training_images_only(self, tmp_path):
        for name, train, count in (("online", "Training", 14), ("final", "Final_Training/Images", 12)):
            put_gtsrb(tmp_path / name / "GTSRB" / train)
            put_test(tmp_path / name / "GTSRB/Online-Test/Images", truth="GT-online_test.csv")
            assert len(read(tmp_path / name)) == count

    @pytest.mark.parametrize("place", ["GTSRB/Final_Test", "GTSRB", "."])
    def test_classes_of_test_images_may_lie_further_up(self, tmp_path, place):
        put_gtsrb(tmp_path / "GTSRB/Final_Training/Images")
        put_test(tmp_path / "GTSRB/Final_Test/Images")
        (tmp_path / "GTSRB/Final_Test/Images/GT-final_test.csv").rename(tmp_path / place / "GT-final_test.csv")
        assert len(read(tmp_path)) == 14

    def test_test_images_without_their_classes_are_left_out_and_told(self, tmp_path):
        put_gtsrb(tmp_path / "GTSRB/Final_Training/Images")
        put_test(tmp_path / "GTSRB/Final_Test/Images", truth="GT-final_test.test.csv")
        manifest = read(tmp_path)
        assert len(manifest) == 12
        assert manifest.note == "GTSRB/Final_Test/Images was left out: GT-final_test.csv, which tells its classes, is missing."

    def test_part_of_the_classes_is_enough(self, tmp_path):
        put_gtsrb(tmp_path / "GTSRB/Final_Training/Images", classes=("00014",))
        put_test(tmp_path / "GTSRB/Final_Test/Images", classes=(14, 0, 42))
        manifest = read(tmp_path)
        assert manifest.classes == ("00014",)
        assert manifest.split.tolist() == [-1] * 6 + [2]
        assert manifest.note == "2 test images of classes without training images were left out."

    def test_test_images_alone_can_be_read(self, tmp_path):
        put_test(tmp_path / "GTSRB/Final_Test/Images", classes=(14, 0, 42))
        assert read(tmp_path).classes == ("00000", "00014", "00042")

    def test_groups_can_be_left_out(self, tmp_path):
        put_gtsrb(tmp_path)
        assert read(tmp_path, ReadOptions(group="none")).group is None

    def test_missing_unnamed_and_broken_are_listed(self, tmp_path):
        put_gtsrb(tmp_path)
        put(tmp_path, "00000/00009_00000.ppm", "00007/00000_00000.ppm")
        (tmp_path / "00014/00001_00002.ppm").unlink()
        truth = tmp_path / "00000/GT-00000.csv"
        truth.write_text(truth.read_text().replace("00000_00001.ppm;4;4;0;1", "00000_00001.ppm;4;4;x;1"))
        manifest = read(tmp_path)
        assert len(manifest) == 10
        assert skipped(manifest) == {
            "00000/00000_00001.ppm": "its row in GT-00000.csv must have a box in whole numbers and a class",
            "00000/00009_00000.ppm": "not named in GT-00000.csv",
            "00007": "folder without its GT-00007.csv",
            "00014/00001_00002.ppm": "named in GT-00014.csv, but missing",
        }

    def test_no_usable_row_is_told(self, tmp_path):
        put_gtsrb(tmp_path, classes=("00000",), tracks=1, frames=1)
        (tmp_path / "00000/00000_00000.ppm").unlink()
        with pytest.raises(DataError, match="must hold images that the benchmark's CSV files name, got none"):
            read(tmp_path)

    def test_missing_columns_are_told(self, tmp_path):
        put_gtsrb(tmp_path)
        (tmp_path / "00000/GT-00000.csv").write_text("Filename;Width\n")
        with pytest.raises(DataError, match=r"GT-00000\.csv must have the columns filename, .*, got filename, width\."):
            read(tmp_path)

    def test_other_folders_are_refused_as_gtsrb(self, tmp_path):
        put(tmp_path, "a/1.ppm")
        with pytest.raises(DataError, match="must hold Final_Training/Images, Training or Final_Test/Images"):
            read(tmp_path, ReadOptions(layout="gtsrb"))


@pytest.mark.real
def test_real_tracks_have_thirty_frames(real_gtsrb):
    manifest = read(real_gtsrb)
    assert manifest.classes == ("00000", "00014", "00019")
    assert np.bincount(manifest.label).tolist() == [210, 780, 210]
    assert np.bincount(manifest.group).tolist() == [30] * 40
    assert manifest.skipped == ()


class TestCsv:
    def write(self, folder, text, name="labels.csv"):
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        return folder / name

    def test_every_column_is_read(self, tmp_path):
        put(tmp_path, "a.ppm", "in/b.ppm", "c.ppm")
        text = "path,label,split,group,x1,y1,x2,y2\na.ppm,stop,train,t1,0,1,2,3\nin/b.ppm,go,Test,t2,,,,\nc.ppm,stop,,t1,1.0,1,3,3\n"
        manifest = read(self.write(tmp_path, text))
        assert labels(manifest) == {"a.ppm": "stop", "in/b.ppm": "go", "c.ppm": "stop"}
        assert manifest.split.tolist() == [0, 2, -1]
        assert manifest.group.tolist() == [0, 1, 0]
        assert manifest.group_names == ("t1", "t2")
        assert manifest.columns["box"].tolist() == [[0, 1, 2, 3], [-1, -1, -1, -1], [1, 1, 3, 3]]
        assert manifest.skipped == ()

    def test_tracks_are_groups_where_no_column_is_named_group(self, tmp_path):
        put(tmp_path, "a.ppm", "b.ppm")
        path = self.write(tmp_path, "path,label,track\na.ppm,stop,t1\nb.ppm,go,t2\n")
        assert read(path).group_names == ("t1", "t2")
        assert read(path, ReadOptions(group="none")).group is None
        path = self.write(tmp_path, "path,label,track,group\na.ppm,stop,t1,g\nb.ppm,go,t2,g\n")
        assert read(path).group_names == ("g",)

    def test_rows_that_name_a_picture_again_belong_together(self, tmp_path):
        put(tmp_path, "a.ppm", "b.ppm")
        path = self.write(tmp_path, "path,label\na.ppm,stop\nb.ppm,go\na.ppm,go\n")
        manifest = read(path)
        assert manifest.group.tolist() == [0, 1, 0]
        assert manifest.note == "1 rows name a picture again: the rows of a picture stay in one split."
        assert read(path, ReadOptions(group="none")).group is None

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
    def test_delimiters_and_byte_order_marks(self, tmp_path, delimiter, start):
        put(tmp_path, "a.ppm")
        text = start + f"path{delimiter}label\r\na.ppm{delimiter}stop\r\n\r\n".encode()
        assert labels(read(self.write(tmp_path, text))) == {"a.ppm": "stop"}

    @pytest.mark.parametrize("columns", ["path=file, label=kind", {"path": "file", "label": "kind"}])
    def test_columns_under_other_names(self, tmp_path, columns):
        put(tmp_path, "a.ppm")
        path = self.write(tmp_path, "id,file,kind,label\n7,a.ppm,stop,no\n")
        assert labels(read(path, ReadOptions(columns=columns))) == {"a.ppm": "stop"}

    def test_group_column_by_option(self, tmp_path):
        put(tmp_path, "a.ppm", "b.ppm")
        path = self.write(tmp_path, "path,label,film,group\na.ppm,x,f1,g\nb.ppm,x,f2,g\n")
        assert read(path, ReadOptions(group="film")).group_names == ("f1", "f2")
        assert read(path).group_names == ("g",)
        assert read(path, ReadOptions(group="none")).group is None

    def test_no_labels_are_no_labels(self, tmp_path):
        put(tmp_path, "a.ppm")
        manifest = read(self.write(tmp_path, "path\na.ppm\n"))
        assert manifest.label is None
        assert manifest.classes == ()

    def test_rows_that_cannot_be_used_are_listed(self, tmp_path):
        put(tmp_path, "a.ppm", "b.ppm", "c.ppm", "d.ppm")
        text = (
            "path,label,split,x1,y1,x2,y2\na.ppm,x,,0,0,1,1\nmissing.ppm,x,,0,0,1,1\nno/folder.ppm,x,,0,0,1,1\nb.ppm,,,0,0,1,1\n"
            "c.ppm,x,later,0,0,1,1\nd.ppm,x,,0,0,1,\na.ppm,x\n,x,,,,,\n"
        )
        manifest = read(self.write(tmp_path, text))
        assert manifest.origin == ["a.ppm"]
        assert skipped(manifest) == {
            "missing.ppm": "named in labels.csv, but missing",
            "no/folder.ppm": "named in labels.csv, but missing",
            "b.ppm": "label is empty",
            "c.ppm": "split must be one of train, val, test, got later",
            "d.ppm": "box must be four numbers, got 0, 0, 1, ",
            "labels.csv row 7": "must have 7 fields as the header has, got 2",
            "labels.csv row 8": "path is empty",
        }

    @pytest.mark.parametrize("side", ["nan", "inf", "1e99", "one"])
    def test_sides_that_are_no_pixels_are_listed(self, tmp_path, side):
        put(tmp_path, "a.ppm", "b.ppm")
        manifest = read(self.write(tmp_path, f"path,x1,y1,x2,y2\na.ppm,0,0,{side},1\nb.ppm,0,0,1,1\n"))
        assert skipped(manifest) == {"a.ppm": f"box must be four numbers, got 0, 0, {side}, 1"}

    def test_odd_names_are_found(self, tmp_path):
        put(tmp_path, *ODD_NAMES)
        quoted = "".join('"' + name.replace('"', '""') + '",x\n' for name in ODD_NAMES)
        assert read(self.write(tmp_path, "path,label\n" + quoted)).origin == ODD_NAMES

    def test_absolute_and_upward_paths_are_found(self, tmp_path):
        put(tmp_path, "pictures/a.ppm", "lists/x.txt")
        path = self.write(tmp_path / "lists", f"path,label\n../pictures/a.ppm,x\n{tmp_path}/pictures/a.ppm,x\n")
        assert len(read(path)) == 2

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "file,kind\na.ppm,x\n",
                r"must have a column path for path, got file, kind\. Name them with --columns path=COLUMN,label=COLUMN\.",
            ),
            ("file,label\na.ppm,x\n", r"must have a column path for path, got file, label\. Name it with --columns path=COLUMN"),
            ("", "must begin with a line of columns' names, got this: an empty file"),
            ("path,label,label\na.ppm,x,y\n", "must have a column of its own, label, for label, got several of that name"),
            ("path,label\n", r"must name pictures that are there, got none in 0 rows\."),
            ("path,label\nz.ppm,x\n", r"got none in 1 rows\. The first: z.ppm, named in labels.csv, but missing\."),
            ('path,label\n"a.ppm,x\n', r'got none in 1 rows\. The first: "a\.ppm, named in labels\.csv, but missing\.'),
        ],
    )
    def test_unusable_tables_are_told(self, tmp_path, text, message):
        with pytest.raises(DataError, match=message):
            read(self.write(tmp_path, text))

    def test_missing_column_is_told(self, tmp_path):
        put(tmp_path, "a.ppm")
        with pytest.raises(DataError, match="must have a column film for group, got path"):
            read(self.write(tmp_path, "path\na.ppm\n"), ReadOptions(group="film"))


class TestUnlabelled:
    def test_files_and_folders_in_the_order_given(self, tmp_path, monkeypatch):
        put(tmp_path, "b/2.ppm", "b/deep/1.ppm", "a.bin", "b/readme.txt")
        monkeypatch.chdir(tmp_path)
        manifest = read_unlabelled(["b", "a.bin", tmp_path / "a.bin"])
        assert manifest.origin == ["b/2.ppm", "b/deep/1.ppm", "a.bin", str(tmp_path / "a.bin")]
        assert manifest.label is None
        assert manifest.root == str(tmp_path)

    def test_missing_and_empty_are_listed(self, tmp_path):
        (tmp_path / "empty").mkdir()
        manifest = read_unlabelled([tmp_path / "none.png", tmp_path / "empty"])
        assert len(manifest) == 0
        assert [entry.reason for entry in manifest.skipped] == ["no such file or folder", "folder without a picture"]


def test_a_folder_inside_the_benchmark_is_refused_and_one_beside_it_is_not(tmp_path):
    put_gtsrb(tmp_path / "GTSRB/Final_Training/Images")
    put(tmp_path, "photos/cat/a.ppm")
    with pytest.raises(
        DataError, match=r"must be the benchmark's own folder or the one that holds it, got a folder inside it\. Give .*GTSRB"
    ):
        read(tmp_path / "GTSRB/Final_Training")
    assert read(tmp_path / "photos").classes == ("cat",)


def test_pictures_without_a_label_column_are_told(tmp_path):
    put(tmp_path, "a.ppm")
    (tmp_path / "list.csv").write_text("path,Label\na.ppm,stop\n")
    told = "No column is named label, so the pictures are unlabelled; there are path, Label: --columns label=COLUMN names one."
    assert read(tmp_path / "list.csv").note == told
