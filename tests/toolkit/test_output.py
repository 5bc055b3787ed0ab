"""Answers are written where nothing is lost: what is read, a file of another make or a place that takes no file is refused at once."""

import os

import pytest

from toolkit.errors import ArgumentError, ExportError
from toolkit.output import check_output, write_whole


def ask(path, **options):
    check_output(path, "table", **{"ours": lambda path: path.read_text() == "ours"} | options)


def test_a_free_place_is_taken_and_left_as_it_was(tmp_path):
    ask(tmp_path / "new" / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_answer_and_an_empty_file_are_replaced_and_another_file_is_not(tmp_path):
    path = tmp_path / "a.csv"
    for text in ("ours", ""):
        path.write_text(text)
        ask(path)
    path.write_text("path,label\na.png,stop\n")
    with pytest.raises(ArgumentError, match=r"table: path must be free, or .* earlier answer.*, got a file of another make in .*a\.csv"):
        ask(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ArgumentError, match="a file of another make"):
        ask(path)


def test_what_is_read_is_spared_by_whatever_name_it_is_called(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.csv").write_text("ours")
    (tmp_path / "link").symlink_to(source)
    for path in (source / "a.csv", source / "deep" / "new.csv", tmp_path / "link" / "a.csv", tmp_path / "x" / ".." / "source" / "a.csv"):
        with pytest.raises(ArgumentError, match=r"table: path must be neither .*source, which is read, nor inside it, got"):
            ask(path, spare=[None, source])
    with pytest.raises(ArgumentError, match="nor inside it"):
        ask(source / "a.csv", spare=[tmp_path / "link" / "a.csv"])
    ask(tmp_path / "source.csv", spare=[source])


def test_a_place_that_takes_no_file_is_told_as_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "nowhere").symlink_to("missing")
    os.mkfifo("pipe.csv")
    long = f"{'x' * 245}.csv"  # 249 characters: with the ending of an unfinished file there are too many
    told = {"file/a.csv": "Not a directory", "folder.csv": "a folder", "pipe.csv": "a device", long: "File name too long"}
    for name, reason in (told | {"nowhere/a.csv": "No such file", "file/deep/a.csv": "Not a directory"}).items():
        with pytest.raises(ExportError, match=rf"table: path must be where a file can be written, got {reason}.* in {name[:20]}"):
            ask(type(tmp_path)(name))


def break_off(path):
    with write_whole(path) as partial:
        partial.write_text("half")
        raise OSError("no room")


def test_a_file_is_complete_or_the_old_one(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with write_whole(path) as partial:
        partial.write_text("old")
    with pytest.raises(ExportError, match=r"write: path must be where a file can be written, got no room in .*a\.txt"):
        break_off(path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
