"""Files of schema 1 are read as ever, and written again in schema 2 hold what they held."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foudre
from tests.contracts.test_any_kind import write
from tests.toolkit.schema_1 import REVIEWS, SIGNS, write_schema_1
from toolkit import (
    ArgumentError,
    DatasetFileError,
    ExportError,
    ExportOptions,
    SplitOptions,
    TextReadOptions,
    Vocabulary,
    inspect_dataset,
    open_dataset,
    preprocess_images,
    preprocess_text,
    upgrade_dataset,
)  # fmt: skip
from toolkit.check import check_source
from toolkit.export.workspace import Workspace
from toolkit.reporting import report_source


def upgraded(old: Path, folder: Path) -> Path:
    upgrade_dataset(old, folder / "new.h5")
    return folder / "new.h5"


@pytest.fixture(params=["as it was", "upgraded"])
def signs(request, tmp_path):
    return SIGNS if request.param == "as it was" else upgraded(SIGNS, tmp_path)


@pytest.fixture(params=["as it was", "upgraded"])
def reviews(request, tmp_path):
    return REVIEWS if request.param == "as it was" else upgraded(REVIEWS, tmp_path)


def test_pictures_of_schema_1_are_what_was_drawn(signs):
    file = open_dataset(signs)
    assert file.classes == ("stop", "vorfahrt gewähren")
    assert [len(file[name]) for name in file] == [11, 3, 2]
    for name in file:
        part = file[name]
        for source, label, x in zip(part.source, part.y, part.x, strict=True):
            folder, _, number = source.partition("/")
            assert label == file.classes.index(folder)
            colour = np.array([10 * int(number[:3]), 100 * label, 255], np.float32) / 255
            np.testing.assert_array_equal(x, np.broadcast_to(colour.astype(np.float16), (6, 6, 3)))
    assert [skip.path for skip in file.skipped] == ["stop/bad.png"]
    assert file.pipeline["size"] == [6, 6]


def test_texts_of_schema_1_are_what_was_written(reviews):
    file = open_dataset(reviews)
    vocabulary, sentences = Vocabulary.load(file), {"neg": "a dull film that I left", "pos": "a fine film – bravo"}
    assert [len(file[name]) for name in file] == [12, 2, 2]
    for name in file:
        part = file[name]
        for row, source in enumerate(part.source):
            tokens, _ = part.take(np.array([row]), "tokens")
            assert sorted(vocabulary.words[token] for token in tokens) == sorted(sentences[source.partition("/")[0]].split())


def test_every_byte_of_schema_1_is_verified(tmp_path):
    inspection = inspect_dataset(SIGNS, verify=True)
    assert (inspection.schema, inspection.verified) == (1, True)
    assert "`foudre upgrade` writes it again in schema 2" in str(inspection)
    damaged = bytearray(SIGNS.read_bytes())
    damaged[open_dataset(SIGNS).extents["val/x"].offset] ^= 1
    (tmp_path / "bad.h5").write_bytes(damaged)
    assert inspect_dataset(tmp_path / "bad.h5", verify=True).damage == ("val/x, rows 0 to 2",)


@pytest.mark.parametrize("kept", [SIGNS, REVIEWS], ids=lambda path: path.stem)
def test_checks_and_reports_say_the_same_of_both(kept, tmp_path):
    old = shutil.copy(kept, tmp_path / "old.h5")  # statistics are kept beside a file
    new = upgraded(old, tmp_path)
    first, second = (json.dumps(check_source(path, workers=0).to_json()) for path in (old, new))
    assert first.replace(str(old), str(new)) == second
    assert report_source(old, tmp_path / "report.html", workers=0).path == str(tmp_path / "report.html")


def assert_same_contents(old: Path, new: Path) -> None:
    with h5py.File(old) as first, h5py.File(new) as second:
        assert {name: value for name, value in first.attrs.items() if name != "foudre_schema"} == {
            name: value for name, value in second.attrs.items() if name != "foudre_schema"
        }
        assert second.attrs["foudre_schema"] == 2
        for group in set(second) & {"train", "val", "test", "meta"}:
            assert set(first[group]) == set(second[group])
            for name, dataset in first[group].items():
                np.testing.assert_array_equal(dataset[()], second[group][name][()])
                assert dataset.dtype.kind == "S" or dataset.dtype == second[group][name].dtype
                assert dict(dataset.attrs) == dict(second[group][name].attrs)


@pytest.mark.parametrize("old", [SIGNS, REVIEWS], ids=lambda path: path.stem)
def test_all_arrays_and_attributes_keep_their_values(old, tmp_path):
    before = old.read_bytes()
    inspection = upgrade_dataset(old, tmp_path / "new.h5")
    assert (inspection.schema, inspection.verified) == (2, True)
    assert_same_contents(old, tmp_path / "new.h5")
    assert inspect_dataset(tmp_path / "new.h5", verify=True).verified is True
    assert old.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["new.h5"]


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: name.strip(".") and len(name.encode()) < 200
)


@settings(max_examples=12)
@given(
    classes=st.lists(names, min_size=1, max_size=3, unique_by=str.casefold), lengths=st.lists(st.integers(0, 9), min_size=6, max_size=20)
)
def test_whatever_a_file_of_schema_1_holds_is_kept(tmp_path_factory, classes, lengths):
    folder = tmp_path_factory.mktemp("law")
    for number, length in enumerate(lengths):
        path = folder / "raw" / classes[number % len(classes)] / f"g{number}_.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join([str(number)] * length))
    write(folder / "raw", folder / "toy.h5")
    write_schema_1(folder / "toy.h5", folder / "old.h5")
    upgrade_dataset(folder / "old.h5", folder / "new.h5")
    assert_same_contents(folder / "old.h5", folder / "new.h5")
    assert_same_contents(folder / "toy.h5", folder / "new.h5")
    assert open_dataset(folder / "new.h5").extents.keys() == open_dataset(folder / "toy.h5").extents.keys()


def test_a_damaged_file_is_not_given_a_new_seal(tmp_path):
    damaged = bytearray(SIGNS.read_bytes())
    damaged[open_dataset(SIGNS).extents["train/y"].offset] ^= 1
    (tmp_path / "old.h5").write_bytes(damaged)
    with pytest.raises(DatasetFileError, match=r"every byte must be as it was written, got damage: outside the blocks.*sound copy"):
        upgrade_dataset(tmp_path / "old.h5", tmp_path / "new.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["old.h5"]


def test_what_stands_there_is_never_replaced(tmp_path):
    shutil.copy(SIGNS, tmp_path / "old.h5")
    (tmp_path / "link.h5").symlink_to("old.h5")
    for path in ("old.h5", "link.h5"):
        with pytest.raises(ArgumentError, match="path must be free, got a file"):
            upgrade_dataset(tmp_path / "old.h5", tmp_path / path)
    assert (tmp_path / "old.h5").read_bytes() == SIGNS.read_bytes()


@pytest.mark.parametrize("name", ["new.txt", "new", "new.h5.bak"])
def test_a_name_that_is_no_dataset_files_is_refused(tmp_path, name):
    with pytest.raises(ArgumentError, match=r"^upgrade: path must be a file's that ends in \.h5 or \.hdf5, got .*new"):
        upgrade_dataset(SIGNS, tmp_path / name)
    with pytest.raises(ArgumentError, match=r"^preprocess: path must be a file's that ends in \.h5 or \.hdf5, got .*new"):
        preprocess_images(tmp_path, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_place_for_the_new_file(tmp_path):
    (tmp_path / "new.h5").mkdir()
    with pytest.raises(ExportError, match=r"^upgrade: path must be a file, got a folder"):
        upgrade_dataset(SIGNS, tmp_path / "new.h5")


def test_a_file_of_todays_schema_needs_no_upgrade(tmp_path):
    new = upgraded(SIGNS, tmp_path)
    with pytest.raises(DatasetFileError, match=r"schema must be 1, got 2 in .*new\.h5\. It is up to date"):
        upgrade_dataset(new, tmp_path / "newer.h5")


DYING = """
import os, sys
from toolkit import upgrade_dataset
ends = []
def die_in_the_second_reading(stage, done, total):
    ends.append(done == total)
    if sum(ends) == 2:
        os._exit(9)
upgrade_dataset(*sys.argv[1:], progress=die_in_the_second_reading)
"""


def test_a_kill_leaves_nothing_under_the_name_and_the_next_run_clears_up(tmp_path):
    command = [sys.executable, "-c", DYING, str(SIGNS), str(tmp_path / "new.h5")]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode == 9
    assert [path.name for path in tmp_path.iterdir()] == [".new.h5.partial"]
    new = upgraded(SIGNS, tmp_path)
    assert inspect_dataset(new, verify=True).verified is True
    assert [path.name for path in tmp_path.iterdir()] == ["new.h5"]


def test_an_interrupt_leaves_nothing_at_all(tmp_path):
    def interrupt(stage, done, total):
        if (tmp_path / ".new.h5.partial" / "data.h5").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade_dataset(SIGNS, tmp_path / "new.h5", progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_figures_that_are_not_known_stay_so(tmp_path):
    split = SplitOptions((0.75, 0.25), stratify=False)
    (tmp_path / "lines.txt").write_text("a b\nb c\n" * 8)
    read = TextReadOptions(layout="lines")
    preprocess_text(tmp_path / "lines.txt", tmp_path / "two.h5", read=read, split=split, write=ExportOptions(workers=0))
    new = upgraded(write_schema_1(tmp_path / "two.h5", tmp_path / "old.h5"), tmp_path)
    assert np.isnan(open_dataset(new).meta["unknown_rate"]).tolist() == [False, False, True]


def test_two_upgrades_to_one_place_are_refused(tmp_path):
    with Workspace(tmp_path / "new.h5"), pytest.raises(ExportError, match="being written by another export"):
        upgrade_dataset(SIGNS, tmp_path / "new.h5")


def test_the_command_upgrades_and_tells_what_the_new_file_holds(tmp_path, capsys):
    assert foudre.main(["upgrade", str(SIGNS), str(tmp_path / "new.h5"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["path"], answer["schema"], answer["verified"]) == (str(tmp_path / "new.h5"), 2, True)
