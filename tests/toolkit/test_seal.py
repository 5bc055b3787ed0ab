"""The seal: every byte of it is checked, on both schemas, and a file without it is told for what it is."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from tests.contracts import toy_wing
from tests.contracts.test_any_kind import write
from tests.toolkit.schema_1 import SIGNS as SCHEMA_1
from toolkit.dataset_file import inspect_dataset, open_dataset
from toolkit.errors import DatasetFileError

SUPERBLOCK = 48


@pytest.fixture(scope="module")
def schema_2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("file")
    write(toy_wing.write_source(folder / "raw"), folder / "good.h5")
    return folder / "good.h5"


@pytest.fixture(params=[1, 2])
def good(request: pytest.FixtureRequest, schema_2: Path) -> Path:
    return SCHEMA_1 if request.param == 1 else schema_2


def is_found(path: Path) -> bool:
    try:
        return inspect_dataset(path, verify=True).verified is False
    except DatasetFileError:
        return True


def with_flip(whole: bytes, bit: int, path: Path) -> Path:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    return path


def test_each_flipped_bit_of_the_superblock_and_of_the_seal_is_found(good: Path, tmp_path: Path) -> None:
    whole = good.read_bytes()
    start = 512 if whole.startswith(b"foudre 1 ") else 0
    seal = [*range(32), *range(32, 512, 24), 511] if start else range(len(whole) - 64, len(whole))
    bits = [8 * byte + bit for byte in [*seal, *range(start, start + SUPERBLOCK)] for bit in range(8)]
    overlooked = [bit for bit in bits if not is_found(with_flip(whole, bit, tmp_path / "bad.h5"))]
    assert len(bits) == 8 * (SUPERBLOCK + len(seal))
    assert overlooked == []


def test_the_seal_stands_behind_what_hdf5_calls_the_end(schema_2: Path) -> None:
    data = schema_2.read_bytes()
    assert data.startswith(b"\x89HDF\r\n\x1a\n")
    assert int.from_bytes(data[28:36], "little") == len(data) - 64
    assert data[-64:] == b"foudre 2 crc32 " + open_dataset(schema_2).digest.encode() + b"\n" + bytes(40)


@pytest.mark.parametrize("keep", [0, 7, 8, 47, 48, 100, 511, 512, 559, 560, 600, 4000, -65, -63, -1])
def test_a_truncated_file_is_refused(good: Path, tmp_path: Path, keep: int) -> None:
    (tmp_path / "cut.h5").write_bytes(good.read_bytes()[:keep])
    with pytest.raises(DatasetFileError, match=r"no dataset file|truncated"):
        open_dataset(tmp_path / "cut.h5")


def test_a_changed_end_in_the_head_is_damage_not_a_wrong_length(good: Path, tmp_path: Path) -> None:
    whole = good.read_bytes()
    end = 8 * ((512 if whole.startswith(b"foudre 1 ") else 0) + 28)
    for bit in range(end, end + 64):
        with pytest.raises(DatasetFileError, match=r"bad\.h5 is damaged in its head: HDF5's own checksum there must match, got another\.$"):
            open_dataset(with_flip(whole, bit, tmp_path / "bad.h5"))


def test_a_file_cut_off_where_its_seal_begins_is_told_both_ways(schema_2: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.h5").write_bytes(schema_2.read_bytes()[:-64])
    message = "was written again by another tool, such as h5repack, or was truncated there: its last 64 bytes, .* are missing"
    with pytest.raises(DatasetFileError, match=message):
        open_dataset(tmp_path / "cut.h5")


@pytest.mark.parametrize("more", [b"\0", bytes(64)])
def test_bytes_behind_the_end_are_refused(good: Path, tmp_path: Path, more: bytes) -> None:
    (tmp_path / "long.h5").write_bytes(good.read_bytes() + more)
    with pytest.raises(DatasetFileError, match=r"must be \d+ bytes long, as it states, got \d+\. Something was written behind it"):
        open_dataset(tmp_path / "long.h5")


def test_an_unfinished_file_is_no_damaged_one(schema_2: Path, tmp_path: Path) -> None:
    (tmp_path / "data.h5").write_bytes(schema_2.read_bytes()[:-64] + bytes(64))
    with pytest.raises(DatasetFileError, match="not finished: its last 64 bytes must hold its checksum, got zeros"):
        open_dataset(tmp_path / "data.h5")


@pytest.mark.parametrize("place", ["first", "last"])
def test_another_schema_is_named(schema_2: Path, tmp_path: Path, place: str) -> None:
    seal, data = b"foudre 3 crc64 0123456789abcdef", schema_2.read_bytes()
    (tmp_path / "new.h5").write_bytes(
        data[:-64] + seal.ljust(64, b"\0") if place == "last" else seal.ljust(512, b"\0") + SCHEMA_1.read_bytes()[512:]
    )
    with pytest.raises(DatasetFileError, match=r"schema must be 1 or 2, got 3.*update foudre"):
        open_dataset(tmp_path / "new.h5")


def test_a_file_that_is_no_hdf5_is_named(tmp_path: Path) -> None:
    (tmp_path / "thesis.h5").write_bytes(b"my thesis" * 100)
    with pytest.raises(DatasetFileError, match=r"thesis\.h5 is no dataset file: its first bytes must be .*HDF.*got b'my thesi'"):
        open_dataset(tmp_path / "thesis.h5")


@pytest.mark.parametrize("libver", ["earliest", "v110"])
def test_another_hdf5_file_is_no_dataset_file(tmp_path: Path, libver: str) -> None:
    with h5py.File(tmp_path / "weights.h5", "w", libver=(libver, "v110")) as file:
        file["w"] = [1.0]
    with pytest.raises(DatasetFileError, match="is HDF5, but no dataset file: attribute foudre_schema must be present"):
        open_dataset(tmp_path / "weights.h5")


def copy(good: Path, path: Path, **more: str) -> None:
    with h5py.File(good) as old, h5py.File(path, "w", **more) as new:
        new.attrs.update(old.attrs)
        for name in old:
            old.copy(name, new)


def copy_as_new(good: Path, path: Path) -> None:
    copy(good, path, libver="v110")


def repack(good: Path, path: Path, *options: str) -> None:
    if shutil.which("h5repack") is None:
        pytest.skip("h5repack is not installed")
    subprocess.run(["h5repack", *options, good, path], check=True, capture_output=True)


def repack_as_new(good: Path, path: Path) -> None:
    repack(good, path, "--low=2", "--high=2")


REWRITTEN = r"was written again by another tool, such as h5repack.*: .* make it again with `foudre preprocess`"


@pytest.mark.parametrize("again", [copy, copy_as_new, repack, repack_as_new], ids=lambda again: again.__name__)
def test_a_file_written_again_by_another_tool_is_called_that(good: Path, tmp_path: Path, again: Callable[[Path, Path], None]) -> None:
    again(good, tmp_path / "again.h5")
    with pytest.raises(DatasetFileError, match=REWRITTEN):
        open_dataset(tmp_path / "again.h5")


def test_a_file_changed_in_place_by_another_tool_has_lost_its_seal(schema_2: Path, tmp_path: Path) -> None:
    shutil.copy(schema_2, tmp_path / "changed.h5")
    with h5py.File(tmp_path / "changed.h5", "r+") as file:
        file["train/y"][0] = 1
    with pytest.raises(DatasetFileError, match=REWRITTEN):
        open_dataset(tmp_path / "changed.h5")
