"""Folders are told from what only looks like one: links in circles and closed folders end no reading, of any kind."""

import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from toolkit import images, text
from toolkit.errors import DataError
from toolkit.sources import FolderTree


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "file").touch()
    for name, target in (("linked", "../elsewhere"), ("here", "."), ("around", ".."), ("itself", "itself"), ("gone", "nowhere")):
        (root / name).symlink_to(target)
    return root


def test_links_to_folders_elsewhere_are_folders_and_circles_are_none(folder):
    entries = FolderTree(folder).entries("")
    assert entries.folders == ("a",)
    assert entries.links == ("linked",)
    assert entries.circles == ("around", "here")
    assert entries.files == ("file", "gone", "itself")


@pytest.mark.parametrize(("wing", "ending", "content"), [(images, "png", b""), (text, "txt", b"words")])
def test_a_folder_that_cannot_be_listed_is_skipped_and_the_rest_is_read(tmp_path, monkeypatch, wing, ending, content):
    for name in ("a", "b", "locked"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"1.{ending}").write_bytes(content)
    real = os.scandir

    def scandir(folder):
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    found = wing.read(tmp_path)
    assert list(found.origin) == [f"a/1.{ending}", f"b/1.{ending}"]
    assert {(skip.path, skip.reason) for skip in found.skipped} == {
        ("locked", "class folder without a sample"),
        ("locked", "a folder that cannot be listed: Permission denied"),
    }


def test_a_folder_that_is_closed_is_named_with_the_rule(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "scandir", Mock(side_effect=PermissionError(13, "Permission denied")))
    for wing in (images, text):
        with pytest.raises(DataError, match="must be a folder that can be listed, got: Permission denied"):
            wing.read(tmp_path)
