"""Pictures in archives: the same pixels, labels, splits and dataset file as from the folder; WebDataset's shards by their keys."""

import io
import json
import shutil
import tarfile
import zipfile

import numpy as np
import pytest

from tests.toolkit.images.loaded import labels, load, skipped, splits
from tests.toolkit.images.pictures import ppm
from toolkit import ImageOptions, open_dataset, preprocess_images
from toolkit.dataset_file import list_samples
from toolkit.errors import DataError, ExportError
from toolkit.images import ReadOptions, find_originals, parse_steps, read
from toolkit.samples import SignOptions, draw_signs

NAMES = [f"{part}/{name}/{number}.ppm" for part in ("train", "val", "test") for name in "ab" for number in range(4)]
KINDS = ["a.zip", "stored.zip", "a.tar", "a.tar.gz"]


def pack(folder, path):
    """Pack what lies in a folder as people do."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED if "stored" in path.name else zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*")):
                archive.write(file, file.relative_to(folder))
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
            archive.add(folder, "./")
    return path


@pytest.fixture
def folder(tmp_path):
    for value, name in enumerate(NAMES):
        file = tmp_path / "folder" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(ppm(3, 5, value))
    return tmp_path / "folder"


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_gives_what_its_folder_gives(folder, tmp_path, kind):
    path = pack(folder, tmp_path / kind)
    found = read(path)
    assert {name.removeprefix(f"{kind}/"): np.unique(pixels).tolist() for name, pixels in load(found).items()} == {
        name: [value] for value, name in enumerate(NAMES)
    }
    assert labels(found) == {f"{kind}/{name}": name.split("/")[1] for name in NAMES}
    assert splits(found) == {f"{kind}/{name}": name.split("/")[0] for name in NAMES}
    assert found.understood.layout == "a folder a class"


@pytest.mark.parametrize("kind", KINDS)
def test_a_dataset_file_of_an_archive_holds_the_folders_pixels_and_its_originals_are_found_again(folder, tmp_path, kind):
    options = ImageOptions(size=(4, 4), dtype="uint8", steps=parse_steps("grayscale"))
    path = pack(folder, tmp_path / kind)
    one, other = tmp_path / "folder.h5", tmp_path / "archive.h5"
    preprocess_images(folder, one, images=options)
    preprocess_images(path, other, images=options)
    files = open_dataset(one), open_dataset(other)
    for split in ("train", "val", "test"):
        assert files[0][split].x.tobytes() == files[1][split].x.tobytes()
        assert files[0][split].y.tolist() == files[1][split].y.tolist()
    assert preprocess_images(path, other, images=options).up_to_date
    originals = find_originals(files[1].pipeline, files[1].source["root"], list_samples(files[1]).take(np.arange(3)), source=str(path))
    assert [np.unique(pixels).tolist() for pixels in load(originals).values()] == [[0], [1], [2]]
    (folder / NAMES[0]).write_bytes(ppm(3, 5, 200))
    pack(folder, path)
    with pytest.raises(ExportError, match="another file"):
        preprocess_images(path, other, images=options)


@pytest.mark.parametrize("kind", KINDS)
def test_the_benchmark_is_read_inside_an_archive_with_tracks_and_boxes(tmp_path, kind):
    drawn = draw_signs(tmp_path / "signs", options=SignOptions(num_classes=3, tracks=4, frames=3, test_tracks=2)).folder
    plain, packed = read(drawn), read(pack(drawn, tmp_path / kind))
    assert packed.origin == [f"{kind}/{name}" for name in plain.origin]
    for name in ("label", "group", "split"):
        assert getattr(packed, name).tolist() == getattr(plain, name).tolist()
    assert packed.columns["box"].tolist() == plain.columns["box"].tolist()
    pixels = [[picture.tobytes() for picture in load(found).values()] for found in (plain, packed)]
    assert pixels[0] == pixels[1]


def test_the_benchmarks_own_archives_side_by_side_are_one_source(tmp_path):
    drawn = draw_signs(tmp_path / "signs", options=SignOptions(num_classes=2, tracks=4, frames=3, test_tracks=2)).folder
    plain, together = read(drawn), tmp_path / "downloads"
    together.mkdir()
    inside = tmp_path / "inside"
    for archive, part in (("Training_Images", "Final_Training"), ("Test_Images", "Final_Test")):
        shutil.copytree(drawn / part, inside / part / "GTSRB" / part)
        pack(inside / part, together / f"GTSRB_Final_{archive}.zip")
    (inside / "GT").mkdir()
    shutil.move(next(drawn.rglob("GT-final_test.csv")), inside / "GT")
    pack(inside / "GT", together / "GTSRB_Final_Test_GT.zip")
    packed = read(together)
    assert [name.partition("Final_T")[2].partition("GTSRB/")[2] for name in packed.origin] == list(plain.origin)
    assert packed.origin[0].startswith("GTSRB_Final_Training_Images.zip/GTSRB/Final_Training/Images/0000")
    assert packed.label.tolist() == plain.label.tolist()
    assert packed.split.tolist() == plain.split.tolist()
    assert load(packed.take(np.array([0, len(packed) - 1])))


def test_an_archive_of_another_form_is_named(tmp_path):
    (tmp_path / "a.7z").write_bytes(b"7z")
    with pytest.raises(DataError, match="got an archive of a form that is not read; unpack it"):
        read(tmp_path / "a.7z")
    (tmp_path / "more").mkdir()
    pack(tmp_path / "more", tmp_path / "more/a.zip")
    (tmp_path / "more/other.bin").write_bytes(b"-")
    with pytest.raises(DataError, match=r"There is a\.zip: give it as the source"):
        read(tmp_path / "more")


def shard(path, samples):
    with tarfile.open(path, "w") as archive:
        for name, content in samples.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


class TestWebDataset:
    def test_files_of_one_key_are_a_sample_and_shards_make_the_splits(self, tmp_path):
        for number, name in enumerate(("train-0000", "train-0001", "val-0000")):
            shard(
                tmp_path / f"{name}.tar",
                {
                    f"{i:03}.{kind}": content
                    for i in range(2)
                    for kind, content in (("ppm", ppm(value=10 * number + i)), ("cls", b"%d\n" % i))
                },
            )
        found = read(tmp_path)
        names = [f"{name}.tar/{i:03}.ppm" for name in ("train-0000", "train-0001", "val-0000") for i in range(2)]
        assert labels(found) == {name: name[-5] for name in names}
        assert splits(found) == {name: name.partition("-")[0] for name in names}
        assert [pixels[0, 0, 0] for pixels in load(found).values()] == [0, 1, 10, 11, 20, 21]
        assert found.understood.layout == "WebDataset's shards"

    def test_labels_are_read_from_json_and_short_texts(self, tmp_path):
        pictures = {f"{i}.ppm": ppm() for i in range(4)}
        by_json = shard(tmp_path / "a.tar", {**pictures, **{f"{i}.json": json.dumps({"label": f"c{i % 2}"}).encode() for i in range(4)}})
        by_text = shard(tmp_path / "b.tar", {**pictures, **{f"{i}.txt": b"cat" if i % 2 else b"dog" for i in range(4)}})
        assert list(labels(read(by_json)).values()) == ["c0", "c1", "c0", "c1"]
        assert list(labels(read(by_text)).values()) == ["dog", "cat", "dog", "cat"]

    def test_captions_are_no_labels(self, tmp_path):
        path = shard(
            tmp_path / "a.tar", {f"{i}.{kind}": ppm() if kind == "ppm" else b"a cat, %d" % i for i in range(4) for kind in ("ppm", "txt")}
        )
        found = read(path)
        assert found.label is None
        assert "they are unlabelled" in found.note

    def test_a_sample_without_a_label_is_listed(self, tmp_path):
        path = shard(tmp_path / "a.tar", {"0.ppm": ppm(), "0.cls": b"1", "1.ppm": ppm(), "1.cls": b"2", "2.ppm": ppm()})
        assert skipped(read(path)) == {"2.ppm": "no label in a file .cls"}

    def test_keys_may_lie_in_a_folder(self, tmp_path):
        for name in ("00000", "00001"):
            shard(
                tmp_path / f"{name}.tar",
                {f"dir/{i}.{kind}": ppm() if kind == "ppm" else b'{"label": %d}' % (i % 2) for i in range(4) for kind in ("ppm", "json")},
            )
        assert labels(read(tmp_path / "00000.tar")) == {f"00000.tar/dir/{i}.ppm": str(i % 2) for i in range(4)}
        assert labels(read(tmp_path)) == {f"{name}.tar/dir/{i}.ppm": str(i % 2) for name in ("00000", "00001") for i in range(4)}

    def test_keys_in_folders_are_read_where_the_layout_is_named(self, tmp_path):
        path = shard(tmp_path / "a.tar", {"x/0.ppm": ppm(), "x/0.txt": b"a", "y/1.ppm": ppm(), "y/1.txt": b"a"})
        assert set(labels(read(path, ReadOptions(layout="webdataset"))).values()) == {"a"}
        bare = shard(tmp_path / "b.tar", {"x/0.ppm": ppm()})
        with pytest.raises(DataError, match=r"must hold TAR archives of pictures with \.cls, \.json, \.txt beside most, got none"):
            read(bare, ReadOptions(layout="webdataset"))

    def test_class_folders_in_a_tar_stay_class_folders(self, tmp_path):
        found = read(shard(tmp_path / "a.tar", {"x/0.ppm": ppm(), "x/0.txt": b"a", "y/1.ppm": ppm(), "y/1.txt": b"b"}), ReadOptions())
        assert labels(found) == {"a.tar/x/0.ppm": "x", "a.tar/y/1.ppm": "y"}
