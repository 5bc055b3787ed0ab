"""Hugging Face's forms: Parquet files of pictures, and folders with metadata; exact pixels, labels, parts, and what is asked."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from tests.toolkit.images.loaded import labels, load, skipped, splits
from tests.toolkit.images.pictures import ppm, save
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, read

PICTURES = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), np.uint8)
PNGS = [save(Image.fromarray(picture), "PNG") for picture in PICTURES]
NAMES = ["cat", "dog", "eel"]
FEATURES = {"image": {"_type": "Image"}, "label": {"names": NAMES, "_type": "ClassLabel"}}


class TestParquet:
    @pytest.fixture(autouse=True)
    def _library(self):
        self.pa = pytest.importorskip("pyarrow")
        self.parquet = pytest.importorskip("pyarrow.parquet")

    def write(self, path, columns, features=None):
        path.parent.mkdir(parents=True, exist_ok=True)
        table = self.pa.table(columns)
        if features:
            table = table.replace_schema_metadata({b"huggingface": json.dumps({"info": {"features": features}}).encode()})
        self.parquet.write_table(table, path, row_group_size=2)
        return path

    def pictures(self, images=PNGS):
        return [image and {"bytes": image, "path": f"{i}.png"} for i, image in enumerate(images)]

    def test_shards_make_the_splits_and_the_schema_names_the_classes(self, tmp_path):
        for name, numbers in (("train-00000-of-00002", [2, 0, 2, 0]), ("train-00001-of-00002", [0] * 4), ("test-00000-of-00001", [2] * 4)):
            self.write(tmp_path / "data" / f"{name}.parquet", {"image": self.pictures(), "label": numbers}, FEATURES)
        (tmp_path / "README.md").write_text("of the data set")
        found = read(tmp_path)
        assert list(labels(found).values()) == ["2"] * 4 + ["2", "0", "2", "0"] + ["0"] * 4
        assert (found.classes, found.class_names) == (("0", "2"), ("cat", "eel"))
        assert splits(found)["data/test-00000-of-00001.parquet 3"] == "test"
        assert splits(found)["data/train-00001-of-00002.parquet 0"] == "train"
        assert [picture.tolist() for picture in load(found).values()] == PICTURES.tolist() * 3

    def test_shards_in_folders_of_parts_are_read_together(self, tmp_path):
        for part, numbers in (("train", [2, 0, 2, 0]), ("test", [1] * 4)):
            self.write(tmp_path / "default" / part / "0000.parquet", {"image": self.pictures(), "label": numbers})
        found = read(tmp_path)
        assert list(labels(found).values()) == ["1"] * 4 + ["2", "0", "2", "0"]
        assert splits(found)["default/test/0000.parquet 0"] == "test"
        assert splits(found)["default/train/0000.parquet 0"] == "train"
        self.write(tmp_path / "other" / "train" / "0000.parquet", {"image": self.pictures(), "label": [0] * 4})
        with pytest.raises(DataError, match="--layout parquet --parts train=default/train,test=default/test") as refused:
            read(tmp_path)
        typed = str(refused.value).partition("--parts ")[2].removesuffix(".")
        found = read(tmp_path, ReadOptions(layout="parquet", parts=typed))
        assert (len(found), [skip.path for skip in found.understood.passed_over]) == (8, ["other/train/0000.parquet"])

    def test_shards_in_folders_of_no_parts_are_refused(self, tmp_path):
        for name in ("a", "b"):
            self.write(tmp_path / name / "0.parquet", {"image": self.pictures(), "label": [0] * 4})
        with pytest.raises(DataError, match="files of the layout parquet must be one, or one a part by their names, got a and b"):
            read(tmp_path)

    def test_a_column_of_bytes_and_labels_as_text_are_read_from_one_file(self, tmp_path):
        found = read(self.write(tmp_path / "a.parquet", {"picture": PNGS, "label": ["x", "y", "x", "y"]}))
        assert labels(found) == {f"a.parquet {i}": "xyxy"[i] for i in range(4)}
        assert (found.split, found.place) == (None, str(tmp_path / "a.parquet"))
        assert [picture.tolist() for picture in load(found).values()] == PICTURES.tolist()

    def test_rows_without_a_picture_or_a_label_are_listed(self, tmp_path):
        columns = {"image": self.pictures([PNGS[0], None, PNGS[2], PNGS[3]]), "label": [0, 1, -1, None]}
        found = read(self.write(tmp_path / "a.parquet", columns, FEATURES))
        assert skipped(found) == {
            "a.parquet 1": "no bytes in its row: the picture lies elsewhere, or is missing",
            "a.parquet 2": "label must be one of the schema's, got -1",
            "a.parquet 3": "label is missing",
        }
        assert list(labels(found).values()) == ["0"]

    def test_of_several_labels_one_is_asked_for_and_the_command_works(self, tmp_path):
        features = {name: {"names": NAMES, "_type": "ClassLabel"} for name in ("fine_label", "coarse_label")}
        columns = {"img": self.pictures(), "fine_label": [0, 1, 2, 0], "coarse_label": [1, 1, 2, 2]}
        path = self.write(tmp_path / "a.parquet", columns, features)
        with pytest.raises(DataError, match=r"the column for label must be one, got fine_label, coarse_label.*--columns label=fine_label"):
            read(path)
        found = read(path, ReadOptions(columns="label=coarse_label"))
        assert list(labels(found).values()) == ["1", "1", "2", "2"]
        with pytest.raises(DataError, match="the column for label must be one of img, fine_label, coarse_label, got kind"):
            read(path, ReadOptions(columns="label=kind"))
        with pytest.raises(ArgumentError, match="columns must be path and label for the layout parquet, got split"):
            read(path, ReadOptions(columns="split=coarse_label"))

    def test_files_without_pictures_or_damaged_ones_are_refused(self, tmp_path):
        with pytest.raises(DataError, match="must have a column of pictures, got text, label"):
            read(self.write(tmp_path / "a.parquet", {"text": ["a"], "label": [0]}))
        (tmp_path / "b.parquet").write_bytes(b"PAR1 no more PAR1")
        with pytest.raises(DataError, match="must be a whole Parquet file, got one that cannot be read after 0 rows"):
            read(tmp_path / "b.parquet")

    def test_pyarrow_is_asked_for_where_it_is_missing(self, tmp_path, monkeypatch):
        path = self.write(tmp_path / "a.parquet", {"image": self.pictures()})
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(DataError, match=r"must be read by the library pyarrow, got none. Install it: pip install 'foudre\[parquet\]'"):
            read(path)


class TestMetadata:
    def put(self, folder, names, table, rows):
        folder.mkdir(parents=True, exist_ok=True)
        for value, name in enumerate(names):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(ppm(value=value))
        (folder / table).write_text(rows)

    def test_labels_come_from_the_metadata_and_parts_from_folders(self, tmp_path):
        names = [f"{i}.ppm" for i in range(4)]
        for part in ("train", "test"):
            lines = "".join(json.dumps({"file_name": name, "label": i % 2}) + "\n" for i, name in enumerate(names))
            self.put(tmp_path / part, names, "metadata.jsonl", lines)
        found = read(tmp_path)
        expected = [f"{part}/{name}" for part in ("test", "train") for name in names]
        assert labels(found) == dict(zip(expected, "01010101", strict=True))
        assert splits(found) == {name: name.partition("/")[0] for name in expected}
        assert [picture[0, 0, 0] for picture in load(found).values()] == [0, 1, 2, 3] * 2

    def test_one_table_at_the_root_names_files_in_folders(self, tmp_path):
        self.put(
            tmp_path,
            ["train/0.ppm", "test/1.ppm", "test/2.ppm"],
            "metadata.csv",
            "file_name,label\ntrain/0.ppm,a\ntest/1.ppm,b\ntest/3.ppm,b\n",
        )
        found = read(tmp_path)
        assert labels(found) == {"train/0.ppm": "a", "test/1.ppm": "b"}
        assert splits(found) == {"train/0.ppm": "train", "test/1.ppm": "test"}
        assert skipped(found) == {"test/3.ppm": "named in metadata.csv, but missing"}
        assert "Pictures that the metadata do not name, left out: 1." in found.note

    def test_paths_that_leave_the_source_are_listed(self, tmp_path):
        (tmp_path / "secret.ppm").write_bytes(ppm())
        self.put(tmp_path / "a", ["0.ppm"], "metadata.csv", "file_name,label\n0.ppm,a\n../secret.ppm,b\n/etc/passwd,b\n")
        found = read(tmp_path / "a")
        assert found.origin == ["0.ppm"]
        assert skipped(found) == dict.fromkeys(("../secret.ppm", "/etc/passwd"), "its name leads out of the source")

    def test_of_several_columns_one_is_asked_for_and_captions_are_no_labels(self, tmp_path):
        names = ["0.ppm", "1.ppm"]
        self.put(tmp_path / "a", names, "metadata.csv", "file_name,kind,size\n0.ppm,x,1\n1.ppm,y,1\n")
        with pytest.raises(DataError, match=r"the column for label must be one, got kind, size .*--columns label=kind"):
            read(tmp_path / "a")
        assert list(labels(read(tmp_path / "a", ReadOptions(layout="huggingface", columns="label=size"))).values()) == ["1", "1"]
        self.put(tmp_path / "b", names, "metadata.csv", "file_name,text\n0.ppm,a cat\n1.ppm,a dog\n")
        found = read(tmp_path / "b")
        assert found.label is None
        assert "the pictures are unlabelled" in found.note

    def test_a_line_that_is_no_object_is_named(self, tmp_path):
        self.put(tmp_path, ["0.ppm"], "metadata.jsonl", '{"file_name": "0.ppm", "label": 1}\n[1]\n')
        with pytest.raises(DataError, match=r"each line must be a JSON object, got list in metadata.jsonl line 2"):
            read(tmp_path)
