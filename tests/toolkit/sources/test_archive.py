"""Archives are the folders that they hold; what is hostile, damaged or of no form that is read is told and never unpacked."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
import zstandard

from toolkit import images, text
from toolkit.contents import MAX_BYTES
from toolkit.errors import DataError
from toolkit.sources import ArchiveTree, FolderTree, OpenRows, deflate, list_files, open_tree
from toolkit.text.documents import load_texts

FILES = {
    "train/a/1.txt": b"one",
    "train/a/2.txt": b"two" * 1000,
    "train/b/1.txt": b"three",
    "test/a/1.txt": "fünf".encode(),
    "test/b/1.txt": b"",
    "test/b/sub/notes.md": b"-",
    ".hidden/x.txt": b"-",
    "train/a/.DS_Store": b"-",
    "__MACOSX/train/a/._1.txt": b"-",
}


def zipped(path, files=FILES, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path, files=FILES, *, form=tarfile.PAX_FORMAT, mode="w"):
    with tarfile.open(path, mode, format=form) as archive:
        for name, content in files.items():
            add(archive, name, content)
    return path


def add(archive, name, content=b"", **fields):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(content), 1.5
    for field, value in fields.items():
        setattr(entry, field, value)
    archive.addfile(entry, io.BytesIO(content))


def in_folder(path, files=FILES):
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def compressed(path, compress):
    path.write_bytes(compress(tarred(path.with_name("plain")).read_bytes()))
    return path


ARCHIVES = {
    "stored.zip": lambda path: zipped(path, method=zipfile.ZIP_STORED),
    "deflated.zip": zipped,
    "pax.tar": tarred,
    "gnu.tar": lambda path: tarred(path, form=tarfile.GNU_FORMAT),
    "ustar.TAR": lambda path: tarred(path, form=tarfile.USTAR_FORMAT),
    "a.tar.gz": lambda path: compressed(path, gzip.compress),
    "a.tgz": lambda path: compressed(path, gzip.compress),
    "a.tar.xz": lambda path: compressed(path, lzma.compress),
    "a.tar.bz2": lambda path: compressed(path, bz2.compress),
    "a.tar.zst": lambda path: compressed(path, zstandard.ZstdCompressor().compress),
}


@pytest.fixture(params=ARCHIVES)
def archive(request, tmp_path):
    return ARCHIVES[request.param](tmp_path / request.param)


def test_a_tree_of_an_archive_is_that_of_the_folder_it_was_made_of(archive, tmp_path):
    tree, folder = open_tree(archive), FolderTree(in_folder(tmp_path / "folder"))
    assert isinstance(tree, ArchiveTree)
    for name in ("", "train/", "train/a/", "test/", "test/b/", "test/b/sub/", "nowhere/"):
        assert tree.entries(name)[:4] == folder.entries(name)[:4]
    assert {name: tree.read(name) for name in list_files(tree, "")} == {name: folder.read(name) for name in list_files(folder, "")}
    assert tree.local("train/a/2.txt").read_bytes() == b"two" * 1000
    assert tree.local("train/a/2.txt").suffix == ".txt"


def test_rows_are_read_where_they_lie(archive):
    rows = text.read(archive)
    assert rows.origin == [
        f"{archive.name}/{name}" for name in ("train/a/1.txt", "train/a/2.txt", "train/b/1.txt", "test/a/1.txt", "test/b/1.txt")
    ]
    assert (rows.root, rows.place, rows.files) == (str(archive.parent), str(archive), (archive.name,))
    assert [rows.classes[label] for label in rows.label] == ["a", "a", "b", "a", "b"]
    assert rows.split.tolist() == [0, 0, 0, 2, 2]
    with OpenRows(rows.take(np.array([3, 1, 4]))) as opened:
        assert [opened.read(i) for i in range(3)] == ["fünf".encode(), b"two" * 1000, b""]


def test_what_is_deflated_is_inflated_to_the_cap_only():
    packed = zlib.compress(b"abc" * 10000, wbits=-15)
    assert deflate.inflate(packed, 30000) == b"abc" * 10000
    with pytest.raises(DataError, match="must have at most 29999 bytes unpacked, got more"):
        deflate.inflate(packed, 29999)
    with pytest.raises(DataError, match="cut short"):
        deflate.inflate(packed[:-4], 30000)
    with pytest.raises(DataError, match="damaged"):
        deflate.inflate(b"\xff" * 20, 30000)


def test_what_inflates_without_end_is_cut_at_the_cap(tmp_path):
    zipped(tmp_path / "a.zip", {"a/1.txt": bytes(50 << 20)})
    rows = text.read(tmp_path / "a.zip")
    tracemalloc.start()
    with OpenRows(rows, max_bytes=1 << 20) as opened, pytest.raises(DataError, match="must have at most 1048576 bytes unpacked"):
        opened.read(0)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


LEADING_OUT = {
    "../a/1.txt": "its name leads out of the archive",
    "a/../../1.txt": "its name leads out of the archive",
    "/etc/1.txt": "its name is absolute, and an archive's names lie inside it",
    "C:/a/1.txt": "its name is absolute, and an archive's names lie inside it",
}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out_of_the_archive_are_listed_and_not_read(tmp_path, pack):
    path = pack(tmp_path / ("a.zip" if pack is zipped else "a.tar"), {**dict.fromkeys(LEADING_OUT, b"-"), "in/./x//1.txt": b"good"})
    rows = text.read(path)
    assert rows.origin == [f"{path.name}/in/x/1.txt"]
    assert {skip.path: skip.reason for skip in rows.skipped} == LEADING_OUT


def test_links_and_devices_are_listed(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        add(archive, "a/1.txt", b"one")
        add(archive, "a/soft.txt", type=tarfile.SYMTYPE, linkname="/etc/passwd")
        add(archive, "a/hard.txt", type=tarfile.LNKTYPE, linkname="a/1.txt")
        add(archive, "a/device.txt", type=tarfile.CHRTYPE)
        add(archive, "a/pipe.txt", type=tarfile.FIFOTYPE)
        add(archive, "b/2.txt", b"two")
    rows = text.read(tmp_path / "a.tar")
    assert {skip.path: skip.reason for skip in rows.skipped} == {
        "a/soft.txt": "a link, not followed",
        "a/hard.txt": "a link, not followed",
        "a/device.txt": "a device or pipe",
        "a/pipe.txt": "a device or pipe",
    }
    assert len(rows) == 2


def test_links_of_zips_are_listed(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a/link.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a/1.txt", "one")
    rows = text.read(tmp_path / "a.zip")
    assert [(skip.path, skip.reason) for skip in rows.skipped] == [("a/link.txt", "a link, not followed")]


def patched(path, name, offset, value):
    """Overwrite bytes of an entry in a ZIP's directory."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\1\2", 0, data.rindex(name.encode())) + offset
    data[at : at + len(value)] = value
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("offset", "value", "reason"),
    [
        (8, b"\1\0", "encrypted"),
        (10, struct.pack("<H", 99), "encrypted"),
        (10, struct.pack("<H", 9), "packed by Deflate64; entries must be stored or deflated"),
        (10, struct.pack("<H", 77), "packed by method 77; entries must be stored or deflated"),
        (24, struct.pack("<I", MAX_BYTES + 1), f"must have at most {MAX_BYTES} bytes, its entry declares {MAX_BYTES + 1}"),
        (20, struct.pack("<I", 1 << 30), "lies outside the archive"),
    ],
)
def test_entries_that_cannot_be_read_are_listed_with_the_reason(tmp_path, offset, value, reason):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one", "b/2.txt": b"two"})
    patched(path, "b/2.txt", offset, value)
    rows = text.read(path)
    assert rows.origin == ["a.zip/a/1.txt"]
    assert ("b/2.txt", reason) in {(skip.path, skip.reason) for skip in rows.skipped}


def test_other_methods_of_the_standard_library_are_named(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one"}, zipfile.ZIP_BZIP2)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("b/2.txt", "two")
    assert [skip.reason for skip in text.read(path).skipped] == ["packed by bzip2; entries must be stored or deflated"]


def test_an_archive_that_is_encrypted_altogether_is_refused_with_the_reason(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one"})
    patched(path, "a/1.txt", 8, b"\1\0")
    with pytest.raises(DataError, match=r"got none, and 1 that cannot in .*The first is a/1\.txt: encrypted\."):
        open_tree(path)


def test_a_table_that_is_packed_by_itself_is_read_and_one_that_lists_pictures_is_to_be_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", {"reviews.csv": b"text,label\ngood,1\n", "readme.txt": b"what this is\n"})
    found = text.read(path)
    assert (found.classes, found.label.tolist(), found.root, found.files) == (("1",), [0], str(tmp_path), ("a.zip",))
    assert [words for _, words in load_texts(found, failures={}, contents=[b""])] == ["good"]
    path = zipped(tmp_path / "b.zip", {"list.csv": b"path,label\n1.ppm,a\n", "1.ppm": b"-"})
    with pytest.raises(DataError, match=r"Unpack it, and give the table that lists them: list\.csv"):
        images.read(path)
    with pytest.raises(DataError, match="must be a file for the layout csv, got an archive"):
        images.read(path, images.ReadOptions(layout="csv"))


def test_entries_that_lie_over_one_another_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one" * 10, "b/2.txt": b"two" * 10}, zipfile.ZIP_STORED)
    patched(path, "b/2.txt", 42, struct.pack("<I", 3))
    with pytest.raises(DataError, match="must be a whole ZIP archive, got 1 entries that lie over one another"):
        open_tree(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_of_entries_with_one_name_the_last_is_read_and_told(tmp_path, pack):
    path = tmp_path / ("a.zip" if pack is zipped else "a.tar")
    pack(path, {"a/1.txt": b"old"})
    if pack is zipped:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("a/1.txt", b"new")
    else:
        with tarfile.open(path, "a") as archive:
            add(archive, "a/1.txt", b"new")
    tree, rows = open_tree(path), text.read(path)
    assert tree.read("a/1.txt") == b"new"
    assert [(skip.path, skip.reason) for skip in rows.skipped] == [
        ("a/1.txt", "named twice: the last is read, as unpacking would leave it")
    ]


def test_archives_inside_archives_are_passed_over_and_told(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one", "b/1.txt": b"two", "b/more.zip": b"PK", "old.7z": b""})
    passed = [(skip.path, skip.reason) for skip in text.read(path).understood.passed_over]
    assert passed == [(name, "an archive inside the archive; unpack it to read it") for name in ("b/more.zip", "old.7z")]


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_cut_short_is_refused(tmp_path, name):
    path = ARCHIVES[name](tmp_path / name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(DataError, match=r"must be a whole .*got .*Copy or download it again\."):
        open_tree(path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2", "a.tar.zst"])
@pytest.mark.parametrize("content", [b"", b"no archive at all" * 100])
def test_what_only_bears_the_ending_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    for wing in (images, text):
        with pytest.raises(DataError, match="must be a whole"):
            wing.read(tmp_path / name)


def test_a_damaged_entry_fails_alone(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one", "b/2.txt": b"two"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"two", b"twx"))
    rows = text.read(path)
    with OpenRows(rows) as opened:
        assert opened.read(0) == b"one"
        with pytest.raises(DataError, match="damaged: its checksum differs"):
            opened.read(1)


def test_names_are_read_as_they_were_written(tmp_path):
    utf8, old = "ä/日本.txt", "ö/1.txt"
    path = zipped(tmp_path / "a.zip", {utf8: b"1", "ASCII.txt/1.txt": b"2"})
    assert open_tree(path).read(utf8) == b"1"
    data = zipped(tmp_path / "b.zip", {"x/1.txt": b"3"}).read_bytes().replace(b"x/1.txt", b"\x94\\1.txt"[:1] + b"/1.txt")
    (tmp_path / "b.zip").write_bytes(data)
    assert open_tree(tmp_path / "b.zip").read(old) == b"3"  # code page 437 has ö at 0x94
    raw = os.fsdecode(b"\xff/1.txt")
    with tarfile.open(tmp_path / "c.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        add(archive, raw, b"4")
    assert open_tree(tmp_path / "c.tar").read(raw) == b"4"


def test_backslashes_of_windows_are_slashes(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        entry = zipfile.ZipInfo("a/1.txt")
        entry.create_system = 0
        archive.writestr(entry, "one")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes().replace(b"a/1.txt", b"a\\1.txt"))
    assert open_tree(tmp_path / "a.zip").read("a/1.txt") == b"one"


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_long_names_are_read(tmp_path, form):
    name = f"{'a' * 90}/{'b' * 80}.txt" if form == tarfile.USTAR_FORMAT else f"{'a' * 200}/{'b' * 200}.txt"
    assert open_tree(tarred(tmp_path / "a.tar", {name: b"deep"}, form=form)).read(name) == b"deep"


def test_a_zip_behind_other_bytes_is_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a/1.txt": b"one"})
    path.write_bytes(b"#!/bin/sh\n" * 7 + path.read_bytes())
    assert open_tree(path).read("a/1.txt") == b"one"


def test_the_form_of_large_archives_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("a/1.txt", "w", force_zip64=True) as entry:
        entry.write(b"one")
    assert open_tree(tmp_path / "a.zip").read("a/1.txt") == b"one"
    count = 70_000
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for i in range(count):
            archive.writestr(zipfile.ZipInfo(f"{i % 7}/{i}.txt"), str(i))
    tracemalloc.start()
    tree = open_tree(tmp_path / "b.zip")
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held / count < 250
    assert tree.read("6/69999.txt") == b"69999"


def test_archives_side_by_side_are_folders(tmp_path):
    zipped(tmp_path / "train.zip", {"a/1.txt": b"one", "b/1.txt": b"two"})
    tarred(tmp_path / "test.tar", {"a/2.txt": b"three"})
    compressed_file = gzip.compress(tarred(tmp_path / "x", {"b/3.txt": b"four"}).read_bytes())
    (tmp_path / "x").unlink()
    (tmp_path / "val.tar.gz").write_bytes(compressed_file)
    (tmp_path / "notes.md").write_text("of the pictures")
    rows = text.read(tmp_path)
    assert rows.origin == ["train.zip/a/1.txt", "train.zip/b/1.txt", "val.tar.gz/b/3.txt", "test.tar/a/2.txt"]
    assert rows.split.tolist() == [0, 0, 1, 2]
    assert rows.files == ("test.tar", "train.zip", "val.tar.gz")
    with OpenRows(rows) as opened:
        assert [opened.read(i) for i in range(4)] == [b"one", b"two", b"four", b"three"]
    assert open_tree(tmp_path).read("notes.md") == b"of the pictures"


def test_archives_of_one_name_are_refused(tmp_path):
    zipped(tmp_path / "a.zip")
    tarred(tmp_path / "a.tar")
    with pytest.raises(DataError, match=r"archives must be of different names, got a.tar and a.zip"):
        open_tree(tmp_path)


def test_archives_beside_folders_or_texts_are_left_alone(tmp_path):
    zipped(tmp_path / "a.zip")
    (tmp_path / "pos.txt").write_text("good")
    assert isinstance(open_tree(tmp_path), FolderTree)


def test_zstandard_is_asked_for_where_it_is_missing(tmp_path, monkeypatch):
    path = ARCHIVES["a.tar.zst"](tmp_path / "a.tar.zst")
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(DataError, match=r"must be read by the library zstandard, got none. Install it, "):
        open_tree(path)
