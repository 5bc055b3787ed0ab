"""The corridors know no kind of data: a toy wing goes all the way from raw files to a reading Dataset."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.contracts import toy_wing
from tests.contracts.toy_wing import ToyOptions, write_source
from toolkit.dataset_file import inspect_dataset, open_dataset
from toolkit.errors import DatasetFileError, ExportError
from toolkit.export import ExportOptions, FailedInputsError, export
from toolkit.splits import SplitOptions, split_manifest

OPTIONS = ToyOptions()


def write(source: Path, path: Path, *, write: ExportOptions | None = None, scale: int = 1, **more):
    manifest = split_manifest(toy_wing.read(source, OPTIONS), SplitOptions(fractions=(0.6, 0.2, 0.2)))
    return export(manifest, toy_wing.plan(manifest, ToyOptions(scale)), path, options=write, **more)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.export.layout._BLOCK_BYTES", 64)


@pytest.mark.usefixtures("small_blocks")
def test_sequences_come_back_as_they_were(tmp_path: Path) -> None:
    summary = write(write_source(tmp_path / "raw"), tmp_path / "toy.h5")
    file = open_dataset(tmp_path / "toy.h5")
    assert file.kind == "sequences"
    assert sum(part["samples"] for part in summary.splits.values()) == 60
    for name in file:
        part = file[name]
        values, lengths = part.take(np.arange(len(part))[::-1], "values")
        numbers = [int(source[-8:-4]) for source in part.source[::-1]]
        assert lengths.tolist() == [number % 7 for number in numbers]
        assert values.tolist() == [number for number in numbers for _ in range(number % 7)]
        assert [file.classes[label] for label in part.y] == [source.split("/")[0] for source in part.source]
    assert file.meta["total"] == sum(int(source[-8:-4]) * (int(source[-8:-4]) % 7) for source in file["train"].source)


@pytest.mark.usefixtures("small_blocks")
def test_groups_stay_whole(tmp_path: Path) -> None:
    write(write_source(tmp_path / "raw"), tmp_path / "toy.h5")
    file = open_dataset(tmp_path / "toy.h5")
    groups = [set(file[name].group.tolist()) for name in file]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 15


@pytest.mark.usefixtures("small_blocks")
def test_failed_rows_are_closed_up_and_listed(tmp_path: Path) -> None:
    bad = (3, 8, 9, 10, 59)
    summary = write(write_source(tmp_path / "raw", bad=bad), tmp_path / "toy.h5")
    file = open_dataset(tmp_path / "toy.h5")
    sources = [source for name in file for source in file[name].source]
    assert sorted(int(source[-8:-4]) for source in sources) == [n for n in range(60) if n not in bad]
    for name in file:
        values, _ = file[name].take(np.arange(len(file[name])), "values")
        numbers = [int(source[-8:-4]) for source in file[name].source]
        assert values.tolist() == [number for number in numbers for _ in range(number % 7)]
    assert [skip.path[-8:-4] for skip in summary.skipped] == [f"{n:04}" for n in sorted(bad, key=lambda n: (n % 3, n))]
    assert {skip.reason for skip in file.skipped} == {"not a number"}
    assert file.verify() == []


def test_failing_refuses_and_writes_nothing(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw", bad=(3, 8))
    with pytest.raises(FailedInputsError, match="got 2 that are not") as caught:
        write(source, tmp_path / "toy.h5", write=ExportOptions(on_error="fail"))
    assert {skip.path for skip in caught.value.skipped} == {"class0/group000_0003.txt", "class2/group002_0008.txt"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("bad", [(), (3, 20, 21)])
def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path, bad: tuple[int, ...]) -> None:
    source = write_source(tmp_path / "raw", bad=bad)
    files = []
    for workers in (0, 1, 2, 4):
        write(source, tmp_path / f"{workers}.h5", write=ExportOptions(workers=workers))
        files.append((tmp_path / f"{workers}.h5").read_bytes())
    assert len(set(files)) == 1


def test_same_again_does_nothing(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    assert not write(source, tmp_path / "toy.h5").up_to_date
    before = (tmp_path / "toy.h5").stat().st_mtime_ns
    again = write(source, tmp_path / "toy.h5")
    assert again.up_to_date
    assert (tmp_path / "toy.h5").stat().st_mtime_ns == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "toy.h5"]


@pytest.mark.parametrize("change", ["content", "option", "foreign"])
def test_another_result_is_not_replaced_unasked(tmp_path: Path, change: str) -> None:
    source = write_source(tmp_path / "raw")
    write(source, tmp_path / "toy.h5")
    if change == "content":
        (source / "class0/group000_0003.txt").write_text("4 4 4")
    if change == "foreign":
        (tmp_path / "toy.h5").write_bytes(b"my thesis")
    before, scale = (tmp_path / "toy.h5").read_bytes(), 2 if change == "option" else 1
    with pytest.raises(ExportError, match="Pass --overwrite"):
        write(source, tmp_path / "toy.h5", scale=scale)
    assert (tmp_path / "toy.h5").read_bytes() == before
    assert not write(source, tmp_path / "toy.h5", scale=scale, write=ExportOptions(overwrite=True)).up_to_date
    assert open_dataset(tmp_path / "toy.h5").verify() == []


def test_two_exports_to_one_place_are_refused(tmp_path: Path) -> None:
    source, met = write_source(tmp_path / "raw"), []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "encoding" and not met:
            with pytest.raises(ExportError, match="being written by another export") as caught:
                write(source, tmp_path / "toy.h5")
            met.append(caught.value)

    write(source, tmp_path / "toy.h5", progress=meanwhile)
    assert len(met) == 1


class Killed(BaseException):
    pass


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("stage", ["encoding", "verifying"])
@pytest.mark.parametrize("bad", [(), (3, 20, 21)])
def test_resumes_to_the_same_bytes_without_doing_work_twice(tmp_path: Path, stage: str, bad: tuple[int, ...]) -> None:
    source = write_source(tmp_path / "raw", bad=bad)
    write(source, tmp_path / "whole.h5")

    def stop_half_way(at: str, done: int, total: int) -> None:
        if at == stage and done * 2 > total:
            raise Killed

    with pytest.raises(Killed):
        write(source, tmp_path / "toy.h5", progress=stop_half_way)
    assert not (tmp_path / "toy.h5").exists()
    started = []
    write(source, tmp_path / "toy.h5", progress=lambda at, done, total: started.append(done / total) if at == "encoding" else None)
    assert started[0] > 0.5
    assert (tmp_path / "toy.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "toy.h5", "whole.h5"]


@pytest.mark.usefixtures("small_blocks")
def test_damaged_leftovers_are_not_trusted(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")
    write(source, tmp_path / "whole.h5")

    def stop(at: str, done: int, total: int) -> None:
        if at == "verifying":
            raise Killed

    with pytest.raises(Killed):
        write(source, tmp_path / "toy.h5", progress=stop)
    left = tmp_path / ".toy.h5.partial" / "data.h5"
    with h5py.File(left) as file:
        offset = file["train/values"].id.get_offset()
    with left.open("r+b") as file:
        file.seek(offset + 5)
        file.write(b"\xff")
    write(source, tmp_path / "toy.h5")
    assert (tmp_path / "toy.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


SLOW_EXPORT = """
import sys, time
from pathlib import Path
from tests.contracts import toy_wing, test_any_kind
import toolkit.export.layout
toolkit.export.layout._BLOCK_BYTES = 16
print("ready", flush=True)
test_any_kind.write(Path(sys.argv[1]), Path(sys.argv[2]), write=test_any_kind.ExportOptions(workers=2))
"""


def test_killed_by_the_system_it_leaves_nothing_and_resumes(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw", num_files=200)
    write(source, tmp_path / "twin.h5", write=ExportOptions(workers=0))
    rng = np.random.default_rng(0)
    command = [sys.executable, "-c", SLOW_EXPORT, str(source), str(tmp_path / "toy.h5")]
    for _ in range(6):
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (tmp_path / "toy.h5").exists():
            break
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, check=True, stdout=subprocess.DEVNULL)
    file, twin = open_dataset(tmp_path / "toy.h5"), open_dataset(tmp_path / "twin.h5")
    assert file.verify() == []
    for name in twin:
        assert np.array_equal(file[name].array("values"), twin[name].array("values"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "toy.h5", "twin.h5"]


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    write(write_source(tmp_path / "raw"), tmp_path / "toy.h5")
    whole, rng = (tmp_path / "toy.h5").read_bytes(), np.random.default_rng(0)
    edges = [0, 7 * 8, 20 * 8, 511 * 8, 512 * 8, len(whole) * 8 - 1]
    for bit in [*edges, *rng.integers(0, len(whole) * 8, 300)]:
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        (tmp_path / "bad.h5").write_bytes(changed)
        try:
            found = inspect_dataset(tmp_path / "bad.h5", verify=True).verified is False
        except DatasetFileError:
            found = True
        assert found, f"bit {bit}"


@pytest.mark.usefixtures("small_blocks")
def test_verify_names_the_damaged_rows(tmp_path: Path) -> None:
    write(write_source(tmp_path / "raw"), tmp_path / "toy.h5")
    extent = open_dataset(tmp_path / "toy.h5").extents["train/values"]
    with (tmp_path / "toy.h5").open("r+b") as file:
        file.seek(extent.offset + extent.size_bytes - 1)
        file.write(b"\x7f")
    inspection = inspect_dataset(tmp_path / "toy.h5", verify=True)
    last = len(open_dataset(tmp_path / "toy.h5")["train"]) - 1
    assert [line.startswith("train/values, rows ") and line.endswith(f" to {last}") for line in inspection.damage] == [True]
    assert json.loads(json.dumps(inspection.to_json()))["verified"] is False


@pytest.mark.usefixtures("small_blocks")
def test_inputs_that_change_between_a_kill_and_its_resume_are_read_again(tmp_path: Path) -> None:
    source = write_source(tmp_path / "raw")

    def stop(at: str, done: int, total: int) -> None:
        if at == "verifying":
            raise Killed

    with pytest.raises(Killed):
        write(source, tmp_path / "toy.h5", progress=stop)
    (source / "class0/group000_0003.txt").write_text("4 4 4")
    write(source, tmp_path / "toy.h5")
    write(source, tmp_path / "fresh.h5")
    assert (tmp_path / "toy.h5").read_bytes() == (tmp_path / "fresh.h5").read_bytes()
