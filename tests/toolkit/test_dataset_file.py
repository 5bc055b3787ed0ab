"""The dataset file opened with suspicion, its names, its checksum, and how it travels between processes."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import toy_wing
from tests.contracts.test_any_kind import write
from toolkit.dataset_file import Extent, inspect_dataset, open_dataset
from toolkit.dataset_file.checksum import combine, piece_crcs
from toolkit.dataset_file.layout import Field, escape_name, fixed_strings, unescape_name, write_skeleton
from toolkit.dataset_file.seal import find_part, seal
from toolkit.dataset_file.structure import _check_apart
from toolkit.errors import ArgumentError, DataError, DatasetFileError


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("file")
    write(toy_wing.write_source(folder / "raw"), folder / "good.h5")
    return folder / "good.h5"


def resealed(path: Path) -> Path:
    """Give a changed file a checksum that holds, as an attacker would."""
    part = find_part(path)
    seal(path, piece_crcs(path, (part.start, part.stop))[0])
    return path


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_checksums_of_pieces_combine_to_that_of_the_whole(first: bytes, second: bytes) -> None:
    assert combine(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@given(st.binary(max_size=40))
def test_any_file_name_survives_the_file(name: bytes) -> None:
    text = name.decode("utf-8", "surrogateescape")
    stored = escape_name(text)
    assert "\0" not in stored
    stored.encode()  # raises on what UTF-8 cannot hold
    assert unescape_name(stored) == text


def test_names_are_escaped_as_the_format_says() -> None:
    assert escape_name("50%/é\udcff.png") == "50%25/é%FF.png"
    assert fixed_strings(["a", "é"]).tolist() == [b"a", "é".encode()]
    assert [fixed_strings(texts).dtype for texts in ([], [""], ["a", "é"])] == ["S1", "S1", "S3"]  # a zero ends the longest, too


def test_the_file_is_plain_hdf5_with_links_for_notebooks(good: Path) -> None:
    with h5py.File(good) as file:
        assert file.attrs["foudre_schema"] == 2
        assert file.attrs["complete"] == 1
        links = {f"{name}_{split}": file[f"{split}/{name}"] for split in ("train", "val", "test") for name in ("offsets", "y")}
        assert {name: file[name] for name in file if "_" in name} == links
        assert file["train/values"].chunks is None
        assert file["train/values"].dtype == np.int32


def test_arrays_are_aligned_and_of_fixed_length(good: Path) -> None:
    with h5py.File(good) as file:
        datasets = [file[name][key] for name in ("train", "val", "test", "meta") for key in file[name]]
        assert all(dataset.id.get_offset() % 64 == 0 for dataset in datasets if dataset.nbytes >= 64)
        assert not any(h5py.check_vlen_dtype(dataset.dtype) for dataset in datasets)


def test_the_skeleton_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    fields = [Field("train/x", "<f2", (3, 2, 2)), Field("train/source", "S5", (3,)), Field("val/x", "<f2", (0, 2, 2))]
    extents = [write_skeleton(tmp_path / name, fields, {"kind": "toy", "seed": 3}) for name in "ab"]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert extents[0] == extents[1]
    assert extents[0]["val/x"].offset == 0


def test_an_attribute_too_long_for_hdf5_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="pipeline must be at most 60000 bytes as JSON, got 60001"):
        write_skeleton(tmp_path / "a.h5", [], {"pipeline": "x" * 60_001})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileError, match=r"nothing\.h5 cannot be read: No such file"):
        open_dataset(tmp_path / "nothing.h5")


def test_texts_are_marked_as_what_they_are(tmp_path: Path) -> None:
    columns = {name: fixed_strings(texts) for name, texts in {"train/a": ["stop"], "train/b": ["stop", "é"], "train/c": []}.items()}
    write_skeleton(tmp_path / "a.h5", [Field.of(path, column) for path, column in columns.items()], {"kind": "toy", "note": "é"})
    with h5py.File(tmp_path / "a.h5") as file:
        types = [file[path].id.get_type() for path in columns] + [file.attrs.get_id(name).get_type() for name in ("kind", "note")]
    ascii_, utf8 = h5py.h5t.CSET_ASCII, h5py.h5t.CSET_UTF8
    assert [(kind.get_cset(), kind.get_size()) for kind in types] == [(ascii_, 5), (utf8, 5), (ascii_, 1), (ascii_, 4), (utf8, 3)]
    assert {kind.get_strpad() for kind in types} == {h5py.h5t.STR_NULLTERM}


def external_link(file: h5py.File) -> None:
    file["meta/evil"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file: h5py.File) -> None:
    file["group_val"] = h5py.SoftLink("/val/group")


def bent_soft_link(file: h5py.File) -> None:
    del file["y_test"]
    file["y_test"] = h5py.SoftLink("/train/y")


def external_storage(file: h5py.File) -> None:
    file.create_dataset("meta/evil", (16,), "u1", external=[("/etc/passwd", 0, 16)])


def virtual_dataset(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    file.create_virtual_dataset("meta/evil", layout)


def chunks(file: h5py.File) -> None:
    file.create_dataset("meta/evil", data=np.arange(100), chunks=(10,))


def variable_length(file: h5py.File) -> None:
    file.create_dataset("meta/evil", data=["a", "bc"], dtype=h5py.string_dtype())


def big_endian(file: h5py.File) -> None:
    file.create_dataset("meta/evil", data=np.arange(4, dtype=">i4"))


def nested_group(file: h5py.File) -> None:
    file.create_group("train/deep")


def short_labels(file: h5py.File) -> None:
    del file["train/y"]
    file["train/y"] = np.zeros(3, np.int64)


def no_checksums(file: h5py.File) -> None:
    del file["val/crc32"]


def no_pipeline(file: h5py.File) -> None:
    del file.attrs["pipeline"]


def pipeline_of_variable_length(file: h5py.File) -> None:
    file.attrs["pipeline"] = "{}"


def pipeline_no_json(file: h5py.File) -> None:
    file.attrs["pipeline"] = np.bytes_(b"{")


def other_schema(file: h5py.File) -> None:
    file.attrs["foudre_schema"] = 1


def incomplete(file: h5py.File) -> None:
    file.attrs["complete"] = 0


def other_group(file: h5py.File) -> None:
    file["stow/away"] = np.zeros(3)


def vector_attribute(file: h5py.File) -> None:
    file.attrs["seed"] = np.array([1, 2])


def no_dataspace(file: h5py.File) -> None:
    file["meta/evil"] = h5py.Empty("f4")


def scalar_sources(file: h5py.File) -> None:
    del file["val/source"]
    file["val/source"] = np.bytes_(b"a")


def narrow_labels(file: h5py.File) -> None:
    labels = file["train/y"][()].astype(np.int32)
    del file["train/y"]
    file["train/y"] = labels


def parents_outside_train(file: h5py.File) -> None:
    file["val/parent"] = np.full(len(file["val/y"]), -1)


CHANGES = {
    other_group: "a group must be one of train, val, test, meta, got stow",
    vector_attribute: "attribute seed must be an integer",
    no_dataspace: "not readable as HDF5|contiguous",
    scalar_sources: "val/source must be",
    narrow_labels: "train/y must be .* rows of <i8 or <f4",
    parents_outside_train: "val/parent must be in train alone",
    external_link: "meta/evil must be a hard link, got ExternalLink",
    soft_link: "group_val must be absent, got /val/group",
    bent_soft_link: "y_test must be /test/y, got /train/y",
    external_storage: "contiguous, inside the file",
    virtual_dataset: "contiguous, inside the file",
    chunks: "contiguous, inside the file",
    variable_length: "text of fixed length, got object",
    big_endian: "little-endian",
    nested_group: "train/deep must be a dataset",
    short_labels: "train/y must be .* rows",
    no_checksums: "val/crc32 must be present",
    no_pipeline: "attribute pipeline must be present",
    pipeline_of_variable_length: "attribute pipeline must be text of fixed length",
    pipeline_no_json: "attribute pipeline must be JSON",
    other_schema: "attribute foudre_schema must be 2, got 1",
    incomplete: "complete must be 1, got 0",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_hostile_file_is_refused_before_its_data_are_read(good: Path, tmp_path: Path, change: Callable[[h5py.File], None]) -> None:
    path = tmp_path / "bad.h5"
    path.write_bytes(good.read_bytes())
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(DatasetFileError, match=CHANGES[change]) as caught:
        open_dataset(resealed(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "rule"), [("y", 9, r"\[0, 3\), got 9"), ("parent", -2, r"got -2"), ("offsets", 7, "rise from 0")]
)
def test_values_out_of_bounds_are_refused_when_read(good: Path, tmp_path: Path, name: str, value: int, rule: str) -> None:
    path = tmp_path / "bad.h5"
    path.write_bytes(good.read_bytes())
    with h5py.File(path, "r+") as file:
        file["train"][name][0] = value
    with pytest.raises(DatasetFileError, match=rule):
        getattr(open_dataset(resealed(path))["train"], name)


def test_it_pickles_and_refuses_a_file_that_was_replaced(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(good.read_bytes())
    message = pickle.dumps(open_dataset(path))
    assert pickle.loads(message).summary() == open_dataset(path).summary()
    with h5py.File(path, "r+") as file:
        file.attrs["seed"] = 5
    resealed(path)
    with pytest.raises(DatasetFileError, match="was replaced"):
        pickle.loads(message)


def test_maps_are_read_only_and_empty_arrays_have_their_shape(good: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        open_dataset(good)["train"].array("values")[:] = 0
    write_skeleton(tmp_path / "a.h5", [Field("train/x", "<f2", (0, 2, 2))], {})
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["train/x"].shape == (0, 2, 2)


def test_wrong_names_are_told_the_right_ones(good: Path) -> None:
    file = open_dataset(good)
    with pytest.raises(ArgumentError, match=r"split must be one of train, val, test, or some joined by \+ in this order, got dev"):
        file["dev"]
    with pytest.raises(ArgumentError, match="array must be one of values, got x"):
        file["train"].array("x")


def test_it_shows_itself(good: Path) -> None:
    assert "3 classes" in str(open_dataset(good))
    assert open_dataset(good)._repr_html_().count("<tr>") == 4


def test_a_class_name_that_is_no_text_is_damage_not_a_crash(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.h5"
    path.write_bytes(good.read_bytes())
    extent = open_dataset(path).extents["meta/classes"]
    with path.open("r+b") as file:
        file.seek(extent.offset)
        file.write(b"\xff")
    assert inspect_dataset(path, verify=True).verified is False
    with pytest.raises(DatasetFileError, match="meta/classes must hold text in UTF-8"):
        inspect_dataset(resealed(path))


def test_arrays_that_share_bytes_are_refused() -> None:
    extents = [Extent("train/x", "<f4", (4,), offset=1000), Extent("val/x", "<f4", (4,), offset=1008)]
    with pytest.raises(DatasetFileError, match=r"val/x must be apart from train/x, got bytes in common from 1008 in a\.h5"):
        _check_apart("a.h5", extents)


def test_an_open_file_stays_itself_when_another_takes_its_name(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(good.read_bytes())
    file = open_dataset(path)
    sources = file["train"].source
    other = tmp_path / "b.h5"
    other.write_bytes(b"x" * path.stat().st_size)
    other.replace(path)
    assert file["train"].array("values").tolist() == open_dataset(good)["train"].array("values").tolist()
    assert file["train"].source == sources
