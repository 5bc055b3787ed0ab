"""A data set is checked as a whole: each planted fault is found by its check, a clean set is called clean, real leaks are found."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foudre import main
from tests.conftest import UNPACK
from toolkit import ImageOptions, open_dataset, preprocess_images
from toolkit.check import check_source, find_kind, keep_path
from toolkit.checks.result import CERTIFICATE
from toolkit.errors import ArgumentError, DataError
from toolkit.images import ReadOptions, parse_steps
from toolkit.samples import SignFaults, SignOptions, draw_signs

SMALL = {"num_classes": 6, "tracks": 12, "frames": 3, "test_tracks": 4}
FAULTS = SignFaults(unreadable=2, truncated=2, wrong_labels=3, duplicates=3, near_duplicates=3, leaks=2, underfilled_classes=1)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return draw_signs(tmp_path_factory.mktemp("clean") / "signs", options=SignOptions(**SMALL))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return draw_signs(tmp_path_factory.mktemp("faulty") / "signs", options=SignOptions(**SMALL, faults=FAULTS))


@pytest.fixture(scope="module")
def files(clean, faulty, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    for name, drawn in (("clean", clean), ("faulty", faulty)):
        preprocess_images(drawn.folder, folder / f"{name}.h5", images=ImageOptions(size=(32, 32)))
    return folder


def told(result):
    return {finding["check"]: finding for finding in result.to_json()["findings"]}


def planted(drawn, kind):
    return [fault for fault in drawn.faults if fault.kind == kind]


def both(drawn, kind):
    return {path for fault in planted(drawn, kind) for path in (fault.path, fault.truth)}


def test_a_clean_set_and_its_file_have_nothing_above_info(clean, files):
    for source in (clean.folder, files / "clean.h5"):
        result = check_source(source)
        assert not result.fails("warning"), str(result)
        assert "good to train on" in str(result).splitlines()[0]
        assert result.findings[0].check == CERTIFICATE
        assert result.findings[0].title.startswith("No leak was found between train")


def test_every_planted_fault_is_found_by_its_check(faulty):
    result = check_source(faulty.folder)
    found = told(result)
    assert set(found["unreadable_inputs"]["samples"]) == {f.path for f in planted(faulty, "unreadable") + planted(faulty, "truncated")}
    assert set(found["duplicates_across_groups"]["samples"]) == both(faulty, "duplicates")
    near = both(faulty, "near_duplicates")
    overexposed = {result.table.manifest.origin[row] for row in np.flatnonzero(result.table.columns["clipped_bright"] > 0.1)}
    assert near - overexposed <= set(found["near_duplicates_across_groups"]["samples"]) <= near  # what is all white has no hash
    assert len(near - overexposed) == 4
    assert set(found["duplicates_across_splits"]["samples"]) == both(faulty, "leaks")
    assert found["duplicates_across_splits"]["severity"] == "error"
    assert found[CERTIFICATE]["count"] == 4
    (poor,) = planted(faulty, "underfilled_classes")
    assert found["tiny_classes"]["title"].endswith(f": {Path(poor.path).name}")
    expected = {
        CERTIFICATE,
        "unreadable_inputs",
        "tiny_classes",
        "duplicates_across_groups",
        "near_duplicates_across_groups",
        "duplicates_across_splits",
    }
    assert {name for name, finding in found.items() if finding["severity"] != "info"} == expected


def test_wrong_labels_are_found_where_predictions_are_given(faulty, files, tmp_path):
    file = open_dataset(files / "faulty.h5")
    pool = file["train+val"]
    truth = {fault.path: file.classes.index(fault.truth) for fault in planted(faulty, "wrong_labels")}
    shown = np.array([truth.get(name, label) for name, label in zip(pool.source, pool.y, strict=True)])
    probability = np.full((len(pool), 6), 0.04)
    probability[np.arange(len(pool)), shown] = np.where(shown == pool.y, 0.8, 0.9)
    np.savez(tmp_path / "out_of_fold.npz", row=np.arange(len(pool)), probability=probability, label=pool.y, fold=np.arange(len(pool)) % 2)
    result = check_source(files / "faulty.h5", predictions=[tmp_path / "out_of_fold.npz"])
    assert set(told(result)["label_issues"]["samples"]) == truth.keys()
    assert "wrong labels" not in " ".join(result.unchecked)
    assert "wrong labels" in " ".join(check_source(files / "faulty.h5").unchecked)
    with pytest.raises(ArgumentError, match="predictions must be of this very dataset file"):
        check_source(files / "clean.h5", predictions=[tmp_path / "out_of_fold.npz"])


def test_a_dataset_file_tells_its_leaks_and_what_was_skipped(faulty, files):
    found = told(check_source(files / "faulty.h5"))
    assert both(faulty, "leaks") <= set(found["duplicates_across_splits"]["samples"])
    assert found["unreadable_inputs"]["count"] == 4
    assert found[CERTIFICATE]["title"].startswith("Leaks between train, val and test: ")
    assert found[CERTIFICATE]["severity"] == "error"


def test_copies_of_a_balanced_file_are_no_duplicates(clean, tmp_path):
    from toolkit import BalanceOptions

    preprocess_images(clean.folder, tmp_path / "balanced.h5", images=ImageOptions(size=(32, 32)), balance=BalanceOptions(30))
    assert not check_source(tmp_path / "balanced.h5").fails("warning")


def test_statistics_are_kept_beside_the_file_or_in_the_cache(clean, files, cache):
    check_source(files / "clean.h5")
    assert (files / "clean.h5.statistics.npz").exists()
    check_source(clean.folder)
    assert keep_path(clean.folder).is_relative_to(cache)
    assert keep_path(clean.folder).exists()
    assert not list(clean.folder.glob("*.npz"))


def test_a_baseline_leaves_only_what_is_new(faulty, clean, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps(check_source(faulty.folder).to_json()))
    again = check_source(faulty.folder, baseline=old)
    assert [finding.check for finding in again.findings] == [CERTIFICATE]
    old.write_text(json.dumps(check_source(clean.folder).to_json()))
    assert check_source(faulty.folder, baseline=old).fails("error")


def test_fixes_are_commands_that_parse(faulty, files):
    import foudre

    for source, own in ((faulty.folder, "OUT.h5"), (files / "faulty.h5", f"{files / 'faulty.h5'} --size 32,32")):
        commands = [part for f in check_source(source).findings for part in f.fix.split("`")[1::2] if part.startswith("foudre preprocess")]
        assert len(commands) >= 4
        for command in commands:
            assert f"{shlex.quote(str(faulty.folder))} {own}" in command
            words = shlex.split(command)
            foudre.app.parse_args(words[1:], exit_on_error=False, print_error=False)
            assert "--steps" not in words or parse_steps(words[words.index("--steps") + 1])


def test_a_fix_makes_a_file_of_a_table_from_that_table(clean, tmp_path):
    pictures = [*Path(clean.folder).rglob("*.ppm")][:80]
    rows = [f"{path},{'no' if i % 4 else 'yes'},{i // 2}" for i, path in enumerate(pictures)]
    (tmp_path / "my list.csv").write_text("\n".join(["file,kind,driver", *rows]))
    read = ReadOptions(group="driver", columns="path=file,label=kind")
    preprocess_images(tmp_path / "my list.csv", tmp_path / "list.h5", read=read, images=ImageOptions(size=(24, 24)))
    fix = told(check_source(tmp_path / "list.h5"))["imbalance"]["fix"]
    subprocess.run([sys.executable, "-m", *shlex.split(fix.split("`")[1])], check=True)
    mended = open_dataset(tmp_path / "list.h5")
    assert mended.classes == ("no", "yes")
    assert mended["train"].x.shape[1:3] == (24, 24)
    assert "imbalance" not in told(check_source(tmp_path / "list.h5"))


def test_a_fix_for_groups_that_a_table_cuts_works_once_its_column_is_gone(clean, tmp_path):
    pictures = [*Path(clean.folder).rglob("*.ppm")][:80]
    table = [["file", "kind", "driver", "part"]]
    table += [[str(path), f"k{i % 2}", str(i // 4), ("train", "test")[i // 2 % 2]] for i, path in enumerate(pictures)]
    (tmp_path / "list.csv").write_text("\n".join(map(",".join, table)))
    read = ReadOptions(group="driver", columns="path=file,label=kind,split=part")
    fix = told(check_source(tmp_path / "list.csv", kind="images", read=read))["groups_across_splits"]["fix"]
    (tmp_path / "list.csv").write_text("\n".join(",".join(line[:3]) for line in table))
    subprocess.run([sys.executable, "-m", *shlex.split(fix.split("`")[1])], check=True, cwd=tmp_path)
    assert "groups_across_splits" not in told(check_source(tmp_path / "OUT.h5"))


def test_splits_that_the_source_brings_are_not_to_be_cut_anew(tmp_path):
    random = np.random.default_rng(0)
    for part, light in (("train", 120), ("test", 30)):
        for number in range(60):
            picture = tmp_path / "signs" / part / f"class{number % 2}" / f"{number}.png"
            picture.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(light, 2 * light, (16, 16, 3), np.uint8)).save(picture)
    preprocess_images(tmp_path / "signs", tmp_path / "signs.h5", images=ImageOptions(size=(16, 16)))
    for source in ("signs", "signs.h5"):
        found = told(check_source(tmp_path / source))
        assert found["drift_of_brightness_in_test"]["fix"] == "Collect training samples of the other kind."


def test_a_note_among_pictures_is_no_second_kind(clean, tmp_path):
    shutil.copytree(clean.folder, tmp_path / "signs")
    folder = next(path for path in (tmp_path / "signs").rglob("*") if list(path.glob("*.ppm")))
    folder.with_name("notes").mkdir()
    (folder.with_name("notes") / "a.txt").write_text("look again")
    assert find_kind(tmp_path / "signs") == "images"
    for name in ("one", "two"):
        (tmp_path / "mixed" / name).mkdir(parents=True)
        (tmp_path / "mixed" / name / "a.txt").write_text("words")
        shutil.copy(next(folder.glob("*.ppm")), tmp_path / "mixed" / name)
    with pytest.raises(ArgumentError, match="kind must be named where a source can be of several, got images, text"):
        find_kind(tmp_path / "mixed")


def test_options_that_no_kind_takes_are_wrong_use(clean, tmp_path, capsys):
    for verb in ("check", "report"):
        assert main([verb, str(clean.folder), "--layout", "foo"]) == 2
        assert "layout must be one of" in capsys.readouterr().err


def test_a_damaged_file_is_an_error(files, tmp_path):
    damaged = tmp_path / "damaged.h5"
    content = bytearray((files / "clean.h5").read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    found = told(check_source(damaged))["damaged_file"]
    assert found["severity"] == "error"
    assert "damaged_file" not in told(check_source(files / "clean.h5"))


def test_read_options_reach_the_source(faulty):
    found = told(check_source(faulty.folder, read=ReadOptions(group="none"), workers=0))
    frames = [name for name in found if name.endswith("within_groups")]
    assert frames == []


@pytest.mark.parametrize(
    ("source", "options", "error", "words"),
    [
        ("nothing", {}, DataError, "nothing there"),
        ("nothing.h5", {}, DataError, "No such file"),
        ("nothing", {"kind": "spam"}, ArgumentError, "kind must be one of images, text, series, got spam"),
    ],
)
def test_what_cannot_be_checked_is_refused(source, options, error, words, tmp_path):
    with pytest.raises(error, match=words):
        check_source(tmp_path / source, **options)


@pytest.mark.real
def test_the_real_training_part_leaks_into_the_real_test_part(tmp_path):
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    subprocess.run([sys.executable, UNPACK, "gtsrb", "--to", tmp_path, "--classes", "0,14"], check=True)
    found = told(check_source(tmp_path))
    leaks = found["duplicates_across_splits"]
    assert leaks["count"] == 10
    assert sorted(Path(name).name for name in leaks["samples"] if "Training" in name) == [
        f"00023_{frame:05d}.ppm" for frame in (0, 6, 10, 13, 19)
    ]
    assert "00014 780, 00000 210" in found["imbalance"]["title"]
    assert "contradicting_labels" not in found
    preprocess_images(tmp_path, tmp_path / "signs.h5", images=ImageOptions(size=(32, 32)))
    found = told(check_source(tmp_path / "signs.h5"))
    assert "groups_across_splits" not in found
    assert found["duplicates_across_splits"]["count"] == 10


def test_options_tell_the_kind_that_they_are_for(tmp_path):
    (tmp_path / "list.csv").write_text("path,label\nmissing.png,a\n")
    with pytest.raises(DataError, match=r"^read: .*list\.csv must"):
        check_source(tmp_path / "list.csv", read=ReadOptions(group="none"), workers=0)
