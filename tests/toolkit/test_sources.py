"""Folders are told from what only looks like one: links in circles end no reading, of any kind."""

import pytest

from toolkit.sources import is_folder, leads_back, scan_folder, subfolders


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
    assert subfolders(folder) == ["a", "linked"]
    entries = {entry.name: entry for entry in scan_folder(folder)}
    assert {name for name, entry in entries.items() if leads_back(entry)} == {"here", "around"}
    assert {name for name, entry in entries.items() if is_folder(entry)} == {"a", "linked"}
