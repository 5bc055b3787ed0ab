"""Export where the machine fails: full disks, dying workers, wings that break their word."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from tests.contracts import toy_wing
from tests.contracts.test_any_kind import write
from tests.contracts.toy_wing import ToyOptions, write_source
from toolkit.dataset_file import open_dataset
from toolkit.errors import ArgumentError, DataError, ExportError
from toolkit.export import ExportOptions, FailedInputsError, export
from toolkit.export.layout import Part
from toolkit.splits import split_manifest
from toolkit.wing import Encoded, Manifest


def planned(source: Path):
    manifest = split_manifest(toy_wing.read(source, ToyOptions()))
    return manifest, toy_wing.plan(manifest, ToyOptions())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small tmpfs needs privileges")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # a failed test may hold a file there


def test_a_full_disk_is_refused_before_work_begins(small_disk: Path, tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    (small_disk / "ballast").write_bytes(bytes(1 << 20))
    with pytest.raises(ExportError, match=r"free space must be at least \d+ bytes, got \d+"):
        write(source, small_disk / "toy.h5")
    assert not (small_disk / "toy.h5").exists()
    (small_disk / "ballast").unlink()
    write(source, small_disk / "toy.h5")
    assert open_dataset(small_disk / "toy.h5").verify() == []


@dataclass(frozen=True)
class DyingEncode:
    at: tuple[str, ...]

    def __call__(self, rows: Manifest) -> Encoded:
        if set(self.at) & set(rows.origin):
            os._exit(9)
        return toy_wing.ToyEncode(1)(rows)


@dataclass(frozen=True)
class WrongEncode:
    def __call__(self, rows: Manifest) -> Encoded:
        return Encoded({"values": np.zeros(3, np.float64)})


@dataclass(frozen=True)
class RaisingEncode:
    def __call__(self, rows: Manifest) -> Encoded:
        raise KeyError("a bug in the wing")


def test_inputs_at_which_a_worker_dies_are_skipped_and_the_rest_goes_on(tmp_path: Path) -> None:
    manifest, plan = planned(write_source(tmp_path / "raw"))
    deadly = (manifest.origin[3], manifest.origin[40])
    crashing = replace(plan, encode=DyingEncode(deadly))
    summary = export(manifest, crashing, tmp_path / "toy.h5", options=ExportOptions(workers=1))
    assert [skip.path for skip in summary.skipped] == list(deadly)
    assert {skip.reason for skip in summary.skipped} == {"a worker process crashed at it (status 9)"}
    file = open_dataset(tmp_path / "toy.h5")
    assert sum(len(file[name]) for name in file) == 58
    for name in file:
        values, _ = file[name].take(np.arange(len(file[name])), "values")
        numbers = [int(source[-8:-4]) for source in file[name].source]
        assert values.tolist() == [number for number in numbers for _ in range(number % 7)]
    kept = [int(source[-8:-4]) for source in file["train"].source]
    dead = [int(name[-8:-4]) for name, split in zip(manifest.origin, manifest.split, strict=True) if name in deadly and split == 0]
    assert file.meta["total"] == sum(number * (number % 7) for number in kept)
    assert not set(dead) & set(kept)
    assert file.verify() == []


def test_a_file_written_with_skips_does_not_pass_for_one_without(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw", bad=(3, 8))
    write(source, tmp_path / "toy.h5")
    with pytest.raises(FailedInputsError, match="got 2 that are not"):
        write(source, tmp_path / "toy.h5", write=ExportOptions(on_error="fail"))


def test_every_row_that_fails_is_listed_also_where_several_are_of_one_input(tmp_path: Path) -> None:
    manifest, plan = planned(write_source(tmp_path / "raw", bad=(3,)))
    row = manifest.origin.index("class0/group000_0003.txt")
    thrice = manifest.take(np.array([*range(len(manifest)), row, row]))
    lengths = np.concatenate([plan.lengths, plan.lengths[[row, row]]])
    summary = export(thrice, replace(plan, lengths=lengths), tmp_path / "toy.h5")
    assert [skip.path for skip in summary.skipped] == ["class0/group000_0003.txt"] * 3


def test_a_damaged_skeleton_of_an_earlier_run_is_made_anew(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    write(source, tmp_path / "whole.h5")

    def stop(at: str, done: int, total: int) -> None:
        if at == "verifying":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(source, tmp_path / "toy.h5", progress=stop)
    left = tmp_path / ".toy.h5.partial" / "data.h5"
    data = bytearray(left.read_bytes())
    data[data.index(b"OHDR") + 9] ^= 0xFF
    left.write_bytes(data)
    write(source, tmp_path / "toy.h5")
    assert (tmp_path / "toy.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_a_torn_journal_line_costs_its_block_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.export.layout._BLOCK_BYTES", 64)
    source, calls = write_source(tmp_path / "raw"), []

    def stop(at: str, done: int, total: int) -> None:
        if at == "verifying":
            raise KeyboardInterrupt

    def resume() -> float:
        calls.clear()
        with pytest.raises(KeyboardInterrupt):
            write(source, tmp_path / "toy.h5", progress=lambda *told: (calls.append(told), stop(*told)))
        return next(done / total for at, done, total in calls if at == "encoding")

    assert resume() == 0
    journal = tmp_path / ".toy.h5.partial" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-5])
    assert 0.5 < resume() < 1
    assert resume() == 1


def test_a_refused_export_leaves_no_folder_behind(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    (tmp_path / "toy.h5").write_bytes(b"my thesis")
    with pytest.raises(ExportError, match="Pass --overwrite"):
        write(source, tmp_path / "toy.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "toy.h5"]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_wing_that_breaks_its_plan_is_told(tmp_path: Path, workers: int) -> None:
    manifest, plan = planned(write_source(tmp_path / "raw"))
    with pytest.raises(ExportError, match=r"encode: values must be <i4 .*, got <f8"):
        export(manifest, replace(plan, encode=WrongEncode()), tmp_path / "toy.h5", options=ExportOptions(workers=workers))


@pytest.mark.parametrize("workers", [0, 1])
def test_what_a_wing_raises_comes_through(tmp_path: Path, workers: int) -> None:
    manifest, plan = planned(write_source(tmp_path / "raw"))
    with pytest.raises(KeyError, match="a bug in the wing"):
        export(manifest, replace(plan, encode=RaisingEncode()), tmp_path / "toy.h5", options=ExportOptions(workers=workers))


def test_nothing_left_to_write_is_an_error(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw", num_files=60, bad=tuple(range(60)))
    with pytest.raises(DataError, match=r"samples must be at least 1, got 0 in .*skipped 60 of the inputs, the first is class0/"):
        write(source, tmp_path / "toy.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_no_input_is_written_over(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    victim = next(source.rglob("*.txt"))
    content = victim.read_bytes()
    (tmp_path / "link.h5").symlink_to(victim)
    for path in (victim, tmp_path / "link.h5"):
        with pytest.raises(ArgumentError, match="path must be none of the inputs"):
            write(source, path, write=ExportOptions(overwrite=True))
    assert victim.read_bytes() == content


def test_an_undecided_split_is_refused(tmp_path: Path) -> None:
    manifest = toy_wing.read(write_source(tmp_path / "raw"), ToyOptions())
    with pytest.raises(ArgumentError, match="split must be decided for every row"):
        export(manifest, toy_wing.plan(manifest, ToyOptions()), tmp_path / "toy.h5")


def test_a_folder_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "toy.h5").mkdir()
    for overwrite in (False, True):
        with pytest.raises(ExportError, match="path must be a file, got a folder"):
            write(write_source(tmp_path / "raw"), tmp_path / "toy.h5", write=ExportOptions(overwrite=overwrite))


def test_a_place_that_takes_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match=r"export: \S+/file must be a folder that can be written to, got: \S"):
        write(write_source(tmp_path / "raw"), tmp_path / "file" / "toy.h5")


def test_options_tell_their_rules() -> None:
    with pytest.raises(ArgumentError, match=r"workers must be from 0 to [0-9]+, got -1"):
        ExportOptions(workers=-1)
    with pytest.raises(ArgumentError, match="on_error must be skip or fail, got stop"):
        ExportOptions(on_error="stop")


def test_copies_leave_with_their_original() -> None:
    part = Part("train", np.array([10, 11, 12, 10, 11]), np.array([0, 0, 0, 1, 1]), np.array([-1, -1, -1, 0, 1]), np.arange(5))
    left = part.keep(np.array([False, True, True, True, True]))
    assert left.rows.tolist() == [11, 12, 11]
    assert left.parent.tolist() == [-1, -1, 0]
    assert left.place.tolist() == [1, 2, 4]


def test_a_device_or_a_pipe_among_the_inputs_is_not_waited_for(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    manifest, plan = planned(source)
    os.mkfifo(source / "pipe.txt")
    with_odd = replace(manifest, files=(*manifest.origin, "pipe.txt", "/dev/zero"))
    assert not export(with_odd, plan, tmp_path / "toy.h5").up_to_date
    assert export(with_odd, plan, tmp_path / "toy.h5").up_to_date


def test_changed_contents_are_noticed_by_absolute_paths_too(tmp_path: Path) -> None:
    manifest, plan = planned(write_source(tmp_path / "raw"))
    (tmp_path / "elsewhere.txt").write_text("1")
    with_other = replace(manifest, files=(*manifest.origin, str(tmp_path / "elsewhere.txt")))
    export(with_other, plan, tmp_path / "toy.h5")
    (tmp_path / "elsewhere.txt").write_text("2")
    with pytest.raises(ExportError, match="its source differs"):
        export(with_other, plan, tmp_path / "toy.h5")
