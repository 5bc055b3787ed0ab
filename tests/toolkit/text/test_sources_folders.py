"""Folders of texts: which files are texts, and what is told of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolkit.text.test_sources_parts import texts
from toolkit.errors import DataError
from toolkit.text import TextReadOptions, read


def fill(folder: Path, *names: str) -> Path:
    """A file a name, its text the name itself."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_files_in_class_folders_that_are_no_texts_are_told(tmp_path: Path) -> None:
    found = read(fill(tmp_path / "news", "a/1.txt", "a/50000", "a/notes.md", "b/1.txt", "b/2.txt.gz"))
    assert found.origin == ["a/1.txt", "b/1.txt"]
    assert found.note == "Files that are no texts, left out: 3."


def test_files_without_an_ending_are_texts_where_no_folder_holds_another(tmp_path: Path) -> None:
    parts = ("20news-bydate-train", "20news-bydate-test")
    folder = fill(tmp_path / "news", *(f"{part}/{name}/5000{i}" for part in parts for name in ("alt.atheism", "sci.space") for i in (0, 1)))
    fill(folder, "20news-bydate-train/sci.space/README")
    found = read(folder)
    assert found.classes == ("alt.atheism", "sci.space")
    assert (found.label.tolist(), found.split.tolist()) == ([0, 0, 1, 1] * 2, [0] * 4 + [2] * 4)
    assert texts(found)[0] == "20news-bydate-train/alt.atheism/50000"
    assert "files whose names have no ending are read as texts. Files that are no texts, left out: 1." in found.note


def test_a_list_beside_the_folders_does_not_hide_files_without_an_ending(tmp_path: Path) -> None:
    folder = fill(tmp_path / "reuters", "training/1", "training/2", "test/3", "cats.txt")
    assert read(folder, TextReadOptions(label="none", layout="folder")).origin == ["training/1", "training/2", "test/3"]


def test_class_folders_without_texts_are_refused_by_what_they_hold(tmp_path: Path) -> None:
    folder = fill(tmp_path / "packed", "a/1.txt.gz", "a/2.txt.gz", "b/1.md")
    with pytest.raises(DataError, match=r"files whose names end in \.txt, got 2 with \.txt\.gz, 1 with \.md\. Unpack them, or rename"):
        read(folder)
