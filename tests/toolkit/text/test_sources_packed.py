"""Texts that cannot be read in place, compressed or in columns, are unpacked once and then read as plain ones are."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.toolkit.text.test_sources_parts import texts
from toolkit import ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.check import check_source
from toolkit.errors import DataError
from toolkit.text import Show, TextReadOptions, read

HERE = {"text": TextOptions(min_count=1), "write": ExportOptions(workers=0)}


def pack(data: bytes, ending: str) -> bytes:
    if ending == "zst":
        return pytest.importorskip("zstandard").ZstdCompressor().compress(data)
    return {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[ending](data)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_a_packed_table_is_read_as_the_plain_one(tmp_path: Path, ending: str) -> None:
    table = "text,label\n" + "".join(f'"film, number {i}",{"ab"[i % 2]}\n' for i in range(20_000))
    (tmp_path / f"t.csv.{ending}").write_bytes(pack(table.encode(), ending))
    found = read(tmp_path / f"t.csv.{ending}")
    assert texts(found) == [f"film, number {i}" for i in range(20_000)]
    assert found.label.tolist() == [i % 2 for i in range(20_000)]
    assert found.origin[1] == f"t.csv.{ending} row 2"
    assert (found.files, found.file, found.root) == ((f"t.csv.{ending}",), f"t.csv.{ending}", str(tmp_path))
    assert found.note == f"Unpacked for reading: t.csv.{ending}, 0.4 MB."


@pytest.mark.parametrize(
    ("name", "content"), [("t.txt", "a\nb\n"), ("t.tsv", "text\na\nb\n"), ("t.jsonl", '{"text": "a"}\n{"text": "b"}\n')]
)
def test_every_form_of_text_may_be_packed(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / f"{name}.gz").write_bytes(
        gzip.compress(content[:4].encode()) + gzip.compress(content[4:].encode())
    )  # two members are one file
    assert texts(read(tmp_path / f"{name}.gz")) == ["a", "b"]


def test_packed_parts_share_a_spool_with_plain_ones_beside(tmp_path: Path) -> None:
    (tmp_path / "train.txt.gz").write_bytes(gzip.compress("eins\nzwei\n".encode("utf-16")))
    (tmp_path / "dev.txt").write_text("three\nfour\n")
    (tmp_path / "test.txt.xz").write_bytes(lzma.compress(b"five\nsix\n"))
    found = read(tmp_path)
    assert texts(found) == ["eins", "zwei", "three", "four", "five", "six"]
    assert found.split.tolist() == [0, 0, 1, 1, 2, 2]
    assert found.columns["file"].tolist() == [-1, -1, 0, 0, -1, -1]
    assert texts(found.take(np.array([4, 2, 1]))) == ["five", "three", "zwei"]
    assert Show().excerpts(found) == ["eins", "zwei", "three", "four", "five", "six"]


def test_packed_sources_are_deterministic_and_known_again(tmp_path: Path) -> None:
    table = "text,label\n" + "".join(f"film {i} {'good' if i % 2 else 'bad'},{i % 2}\n" for i in range(60))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(table.encode()))
    for name, workers in (("one.h5", 0), ("two.h5", 2)):
        preprocess_text(tmp_path / "t.csv.gz", tmp_path / name, write=ExportOptions(workers=workers))
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    assert preprocess_text(tmp_path / "t.csv.gz", tmp_path / "one.h5", write=ExportOptions(workers=0)).up_to_date
    checked = check_source(tmp_path / "t.csv.gz", workers=0)
    assert (len(checked.table), checked.to_json()["kind"], checked.table.failures) == (60, "text", {})
    assert "60 samples (text)" in str(checked)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
@pytest.mark.parametrize("damage", ["cut", "other"])
def test_damage_is_one_line(tmp_path: Path, ending: str, damage: str) -> None:
    whole = pack(b"text\n" + bytes(range(97, 123)) * 4000, ending)
    (tmp_path / f"t.csv.{ending}").write_bytes(whole[:-6] if damage == "cut" else b"no such thing" * 3)
    with pytest.raises(DataError, match=rf"read: .*t\.csv\.{ending} must be a whole compressed file, got ") as refused:
        read(tmp_path / f"t.csv.{ending}")
    assert "\n" not in str(refused.value)


def test_messages_name_the_users_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with pytest.raises(DataError) as refused:
        read(tmp_path / "t.csv.gz")
    assert str(refused.value).startswith(f"read: {tmp_path}/t.csv.gz must have a column")


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module, extra in (("t.txt.zst", "zstandard", "zstd"), ("t.parquet", "pyarrow", "parquet")):
        (tmp_path / name).write_bytes(b"x")
        monkeypatch.setitem(sys.modules, module, None)
        pattern = rf"{name} must (be read by the library|have the package) {module}.*pip install 'foudre\[{extra}\]'"
        with pytest.raises(DataError, match=pattern):
            read(tmp_path / name)


def write_parquet(path: Path, columns: dict[str, list], features: dict | None = None) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    table = pa.table(columns)
    if features:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path)


def test_shards_of_parquet_are_parts_and_their_classes_have_names(tmp_path: Path) -> None:
    features = {"text": {"_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    columns = {"text": ["a\n“b”", "c"], "label": [1, 0], "image": [b"x", b"y"]}
    write_parquet(tmp_path / "data" / "train-00000-of-00002.parquet", columns, features)
    write_parquet(tmp_path / "data" / "train-00001-of-00002.parquet", {"text": ["d"], "label": [0]}, features)
    write_parquet(tmp_path / "data" / "test-00000-of-00001.parquet", {"text": ["e"], "label": [1]}, features)
    (tmp_path / "README.md").write_text("# about")
    found = read(tmp_path)
    assert texts(found) == ["a\n“b”", "c", "d", "e"]
    assert (found.classes, found.class_names, found.label.tolist()) == (("0", "1"), ("neg", "pos"), [1, 0, 0, 1])
    assert found.split.tolist() == [0, 0, 0, 2]
    assert found.origin[0] == "data/train-00000-of-00002.parquet row 1"
    assert len(found.files) == 3
    preprocess_text(tmp_path, tmp_path / "p.h5", **HERE)
    assert open_dataset(tmp_path / "p.h5")["test"].y.tolist() == [1]


def test_parquets_columns_are_named_or_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", {"review": ["a", "b"], "sentiment": ["x", "y"]})
    with pytest.raises(
        DataError, match=r"t\.parquet must have a column text for text, got review, sentiment\. Name it with --columns text="
    ):
        read(tmp_path / "t.parquet")
    found = read(tmp_path / "t.parquet", TextReadOptions(columns="text=review,label=sentiment"))
    assert (texts(found), found.classes) == (["a", "b"], ("x", "y"))
    (tmp_path / "d.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-5])
    with pytest.raises(DataError, match=r"d\.parquet must be a whole Parquet file, got: "):
        read(tmp_path / "d.parquet")


def test_minus_one_is_no_class_where_classes_are_numbered(tmp_path: Path) -> None:
    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    write_parquet(tmp_path / "train.parquet", {"text": ["a", "b", "c"], "label": [1, 0, -1]}, features)
    write_parquet(tmp_path / "test.parquet", {"text": ["d"], "label": [-1]}, features)
    found = read(tmp_path)
    assert (found.classes, found.label.tolist(), texts(found)) == (("0", "1"), [1, 0], ["a", "b"])
    assert found.skipped[0].path == "train.parquet row 3"
    assert "test.parquet" in [skip.path for skip in found.understood.passed_over]
    assert texts(read(tmp_path, TextReadOptions(label="none"))) == ["a", "b", "c", "d"]


def test_classes_may_be_packed_files(tmp_path: Path) -> None:
    for name, content in (("pos", b"good\nfine\n"), ("neg", b"bad\n")):
        (tmp_path / f"rt.{name}.bz2").write_bytes(bz2.compress(content))
    found = read(tmp_path)
    assert (found.classes, found.label.tolist(), texts(found)) == (("neg", "pos"), [0, 1, 1], ["bad", "good", "fine"])


def test_texts_that_are_stored_as_bytes_are_decoded(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", {"text": ["é".encode(), b"\xff", b"b"]})
    found = read(tmp_path / "t.parquet")
    assert texts(found) == ["é", "b"]
    assert [skip.path for skip in found.skipped] == ["t.parquet row 2"]
