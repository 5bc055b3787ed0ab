"""Raw files: read with care, and known again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit.contents import UNREAD, digest_contents, digest_file, read_file
from toolkit.errors import DataError


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(DataError, match="no regular file"):
            read_file(str(path))
        assert digest_file(str(path)) == UNREAD
    with pytest.raises((DataError, OSError)):
        read_file(str(tmp_path))


def test_enormous_files_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "sparse.ppm").open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(DataError, match="file must have at most 1073741824 bytes, got 2147483648"):
        read_file(str(tmp_path / "sparse.ppm"))
    assert digest_file(str(tmp_path / "sparse.ppm")) == UNREAD


def test_odd_names_are_read(tmp_path: Path) -> None:
    for name in ("with space.ppm", "new\nline.ppm", os.fsdecode(b"not-utf8-\xff\xe9.ppm"), "日本.ppm"):
        (tmp_path / name).write_bytes(name.encode(errors="surrogateescape"))
        assert read_file(str(tmp_path / name)) == name.encode(errors="surrogateescape")


@pytest.mark.parametrize("size", [0, 1, 2**15 - 1, 2**15, 2**15 + 1, 200_000])
def test_files_of_any_size_are_read_whole(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    assert read_file(str(tmp_path / "a")) == data


def test_a_file_has_the_digest_of_its_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 100_000)
    assert digest_file(str(tmp_path / "a")) == digest_contents(b"abc" * 100_000)
    assert digest_contents(b"").hex() == "99aa06d3014798d86001c324468d497f"  # as the specification of XXH3 has it
    assert digest_file(str(tmp_path / "missing")) == UNREAD
