"""Every sample is measured once, by any number of workers; what is kept is taken up only for the very same samples; failures are told."""

import importlib
import linecache
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.contracts import toy_wing
from toolkit import BalanceOptions, ImageOptions, open_dataset, preprocess_images, statistics
from toolkit.dataset_file import list_samples
from toolkit.images import measure, measure_stored, read, read_unlabelled
from toolkit.samples import SignFaults, SignOptions, draw_signs
from toolkit.statistics import MeasureFile, Statistics, gather_statistics
from toolkit.wing import Encoded, Manifest


def count_words(rows):
    """A kind's own `measure`: words and their sum; a file that holds spam fails."""
    texts = [Path(rows.locate(name)).read_text() for name in rows.origin]
    failures = {i: "spam" for i, text in enumerate(texts) if "spam" in text}
    if any(text.startswith("crash") for text in texts):
        os._exit(7)
    words = [[] if i in failures else text.split() for i, text in enumerate(texts)]
    return Encoded({"words": np.array([len(each) for each in words], np.int64)}, failures)


def take_time(rows):
    time.sleep(0.001 * len(rows))
    return Encoded({"nothing": np.zeros(len(rows))})


def see_threads(rows):
    return Encoded({"threads": np.full(len(rows), int(os.environ.get("OMP_NUM_THREADS", "0")))})


@pytest.fixture
def manifest(tmp_path):
    return toy_wing.read(toy_wing.write_source(tmp_path / "raw", num_files=600, bad=(13, 500)), toy_wing.ToyOptions())


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signs") / "drawn"
    return draw_signs(folder, options=SignOptions(num_classes=3, tracks=3, frames=3, test_tracks=2, faults=SignFaults(truncated=2))).folder


@pytest.mark.parametrize("workers", [0, 2])
def test_every_row_is_measured_in_its_place(manifest, workers):
    found = gather_statistics(manifest, count_words, workers=workers)
    numbers = [int(Path(name).stem.rpartition("_")[2]) for name in manifest.origin]
    expected = [0 if number in (13, 500) else number % 7 for number in numbers]
    assert found.columns["words"].tolist() == expected
    assert {numbers[row]: reason for row, reason in found.failures.items()} == {13: "spam", 500: "spam"}
    assert len(found.measured) == 598


def test_a_summary_is_of_the_measured_rows_or_of_those_asked_for():
    rows = Manifest("toy", "/toy", [f"{i}" for i in range(5)])
    found = Statistics(rows, {"x": np.array([1.0, 2, 3, 4, 99])}, {4: "bad"}, np.zeros((5, 16), np.uint8))
    assert found.summarise("x")["mean"] == 2.5
    assert found.summarise("x")["q50"] == 2.5
    assert found.summarise("x", np.array([0, 1]))["std"] == 0.5
    assert np.isnan(found.summarise("x", np.array([], np.int64))["mean"])


def test_kept_figures_are_taken_up_while_the_files_are_the_same(signs, tmp_path):
    keep, manifest = tmp_path / "cache" / "kept.npz", read(signs)
    stages = []
    first, again = (
        gather_statistics(manifest, measure, keep=keep, progress=lambda stage, done, total: stages.append(stage)) for _ in range(2)
    )
    assert sorted(set(stages), key=stages.index) == ["measuring", "reading"]
    assert all((again.columns[name] == values).all() for name, values in first.columns.items())
    assert again.failures == first.failures != {}
    picture = Path(manifest.locate(manifest.origin[int(first.measured[0])]))
    data = picture.read_bytes()
    picture.write_bytes(data[:-1] + bytes([255 - data[-1]]))
    changed = gather_statistics(manifest, measure, keep=keep)
    picture.write_bytes(data)
    assert changed.columns["pixel_hash"][first.measured[0]] != first.columns["pixel_hash"][first.measured[0]]


def test_another_process_takes_up_what_one_has_kept(signs, tmp_path):
    keep = tmp_path / "kept.npz"
    code = "from toolkit.images import measure, read; from toolkit.statistics import gather_statistics; import pathlib, sys\n"
    code += "gather_statistics(read(sys.argv[1]), measure, keep=pathlib.Path(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, signs, keep], check=True)
    stages = []
    gather_statistics(read(signs), measure, keep=keep, progress=lambda stage, done, total: stages.append(stage))
    assert set(stages) == {"reading"}


def test_figures_of_another_definition_are_found_anew(manifest, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for figure in (1, 1, 22):
        code = "import numpy as np\nfrom toolkit.wing import Encoded\n\n\ndef measure_one(rows):\n"
        (tmp_path / "wing_of_figures.py").write_text(code + f'    return Encoded({{"figure": np.full(len(rows), {figure})}})\n')
        sys.modules.pop("wing_of_figures", None)
        importlib.invalidate_caches()
        linecache.checkcache()
        stages = set()
        measure_one = importlib.import_module("wing_of_figures").measure_one
        table = gather_statistics(
            manifest, measure_one, keep=tmp_path / "kept.npz", progress=lambda stage, done, total, stages=stages: stages.add(stage)
        )
        found.append((set(table.columns["figure"].tolist()), stages))
    assert found == [({1}, {"measuring"}), ({1}, set()), ({22}, {"measuring"})]


def test_a_damaged_or_foreign_file_is_measured_over(manifest, tmp_path):
    keep = tmp_path / "kept.npz"
    expected = gather_statistics(manifest, count_words).columns["words"].tolist()
    for content in (b"", b"no archive", b"PK\x03\x04 cut"):
        keep.write_bytes(content)
        assert gather_statistics(manifest, count_words, keep=keep).columns["words"].tolist() == expected
    assert list(tmp_path.glob("*.partial")) == []


def test_no_flipped_bit_in_what_was_kept_changes_a_figure(tmp_path):
    rows = toy_wing.read(toy_wing.write_source(tmp_path / "raw", num_files=2, bad=()), toy_wing.ToyOptions())
    keep = tmp_path / "kept.npz"
    expected = gather_statistics(rows, count_words, keep=keep)
    whole = keep.read_bytes()
    for place in range(len(whole)):
        for bit in (0, 5):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            keep.write_bytes(damaged)
            found = gather_statistics(rows, count_words, keep=keep)
            assert found.columns["words"].tolist() == expected.columns["words"].tolist()
            assert (found.failures, found.contents.tolist()) == (expected.failures, expected.contents.tolist())


def test_a_crash_is_not_kept_and_what_was_unreadable_is_looked_at_again(manifest, tmp_path):
    keep, row = tmp_path / "kept.npz", Path(manifest.locate(manifest.origin[7]))
    text = row.read_text()
    row.write_text("crash")
    assert 7 in gather_statistics(manifest, count_words, keep=keep, workers=1).failures
    row.write_text(text)
    assert 7 not in gather_statistics(manifest, count_words, keep=keep).failures
    (tmp_path / "a.png").write_bytes(b"")
    lonely = read_unlabelled([tmp_path / "a.png"])
    assert set(gather_statistics(lonely, measure, keep=keep).failures) == {0}
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((4, 4, 3), np.uint8))
    assert not gather_statistics(lonely, measure, keep=keep).failures


def test_a_place_that_cannot_be_written_is_done_without(manifest, tmp_path):
    (tmp_path / "file").touch()
    assert len(gather_statistics(manifest, count_words, keep=tmp_path / "file" / "kept.npz")) == 600


def test_a_row_at_which_a_process_crashes_fails_alone(manifest):
    expected = gather_statistics(manifest, count_words)
    for row in (0, 300):
        Path(manifest.locate(manifest.origin[row])).write_text("crash")
    found = gather_statistics(manifest, count_words, workers=2)
    assert {row: reason for row, reason in found.failures.items() if reason != "spam"} == dict.fromkeys(
        (0, 300), "a worker process crashed at it (status 7)"
    )
    others = found.measured
    assert (found.columns["words"][others] == expected.columns["words"][others]).all()
    assert len(others) == 596


def test_workers_share_the_cores_unless_the_user_says_otherwise(manifest, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert set(gather_statistics(manifest, see_threads, workers=1).columns["threads"].tolist()) == {1}
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert set(gather_statistics(manifest, see_threads, workers=1).columns["threads"].tolist()) == {3}


def test_figures_are_the_same_bits_however_rows_are_dealt(signs, monkeypatch):
    together = gather_statistics(read(signs), measure)
    monkeypatch.setattr(statistics, "MOST_ROWS", 1)
    monkeypatch.setattr(statistics, "FIRST_ROWS", 1)
    alone = gather_statistics(read(signs), measure)
    assert alone.failures == together.failures
    assert all(alone.columns[name].tobytes() == values.tobytes() for name, values in together.columns.items())
    assert (alone.contents == together.contents).all()


def test_rows_that_take_long_are_told_of_a_few_at_a_time(manifest):
    told = []
    gather_statistics(manifest, take_time, progress=lambda stage, done, total: told.append(done))
    assert told[-1] == len(manifest)
    assert max(later - before for before, later in pairwise([16, *told[1:]])) <= 1 + statistics.BLOCK_S / 0.001


def test_a_dataset_file_is_measured_as_it_is_stored(signs, tmp_path):
    options = {"images": ImageOptions(size=(24, 24), dtype="uint8"), "balance": BalanceOptions(20)}
    preprocess_images(signs, tmp_path / "signs.h5", **options)
    file = open_dataset(tmp_path / "signs.h5")
    rows = list_samples(file)
    assert rows.origin == [name for split in file.splits for name in file[split].source]
    assert (rows.label == np.concatenate([file[split].y for split in file.splits])).all()
    copies = np.flatnonzero(rows.columns["parent"] >= 0)
    assert len(copies) > 0
    assert [rows.origin[row] for row in copies] == [rows.origin[row] for row in rows.columns["parent"][copies]]
    found, again = (
        gather_statistics(rows, MeasureFile(file, measure_stored), keep=tmp_path / "kept.npz", workers=workers) for workers in (0, 0)
    )
    mixed = np.random.default_rng(0).permutation(len(rows))
    assert (MeasureFile(file, measure_stored)(rows.take(mixed)).arrays["pixel_hash"] == found.columns["pixel_hash"][mixed]).all()
    mean = np.concatenate([file[split].x.mean(axis=(1, 2)) @ [0.299, 0.587, 0.114] for split in file.splits]) / 255
    np.testing.assert_allclose(found.columns["brightness"], mean, atol=0.003)
    assert (again.columns["pixel_hash"] == found.columns["pixel_hash"]).all()
    assert set(found.columns["height"].tolist()) == {24}


def test_planted_faults_fail_as_they_do_in_preprocessing(signs):
    found = gather_statistics(read(signs), measure)
    assert len(found.failures) == 2
    for reason in found.failures.values():
        assert "\n" not in reason
