import csv
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from toolkit.errors import ArgumentError
from toolkit.samples import SIGN_NAMES, DrawnSigns, SignFaults, SignOptions, draw_signs
from toolkit.samples.signs import draw_face
from toolkit.samples.signs.camera import photograph, start_drive

SMALL = {"num_classes": 4, "tracks": 6, "frames": 3, "test_tracks": 2}
FAULTS = SignFaults(unreadable=1, truncated=2, wrong_labels=3, duplicates=2, near_duplicates=2, leaks=1)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> DrawnSigns:
    return draw_signs(tmp_path_factory.mktemp("clean"), options=SignOptions(**SMALL))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> DrawnSigns:
    return draw_signs(tmp_path_factory.mktemp("faulty"), options=SignOptions(**SMALL, faults=FAULTS))


def contents(drawn: DrawnSigns, suffix: str = ".ppm") -> dict[str, bytes]:
    files = (path for path in drawn.folder.rglob("*") if path.suffix == suffix)
    return {path.relative_to(drawn.folder).as_posix(): path.read_bytes() for path in files}


def annotations(drawn: DrawnSigns) -> dict[str, dict[str, int]]:
    rows = {}
    for table in drawn.folder.rglob("GT-*.csv"):
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                path = table.with_name(row.pop("Filename")).relative_to(drawn.folder).as_posix()
                rows[path] = {name: int(value) for name, value in row.items()}
    return rows


def planted(drawn: DrawnSigns, kind: str) -> list[tuple[str, str]]:
    return [(fault.path, fault.truth) for fault in drawn.faults if fault.kind == kind]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image, np.float32)


def test_layout_is_the_benchmarks(clean: DrawnSigns) -> None:
    files = contents(clean)
    assert len(files) == clean.num_train + clean.num_test == 4 * 6 * 3 + 4 * 2
    assert "Final_Training/Images/00012/00005_00002.ppm" in files
    assert sorted(path for path in files if "Test" in path) == [f"Final_Test/Images/0000{i}.ppm" for i in range(8)]
    header = (clean.folder / "Final_Training/Images/00012/GT-00012.csv").read_text().splitlines()[0]
    assert header == "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
    assert clean.classes == {"00001": "speed limit 30", "00002": "speed limit 50", "00012": "priority road", "00013": "yield"}


def test_annotations_tell_size_and_class_of_every_file(clean: DrawnSigns) -> None:
    rows = annotations(clean)
    assert rows.keys() == contents(clean).keys()
    for path, row in rows.items():
        assert pixels(clean.folder / path).shape == (row["Height"], row["Width"], 3)
        assert "Test" in path or f"/{row['ClassId']:05d}/" in path
    assert Counter(row["ClassId"] for path, row in rows.items() if "Test" in path) == {1: 2, 2: 2, 12: 2, 13: 2}


def test_boxes_lie_inside_their_pictures_with_a_margin(clean: DrawnSigns) -> None:
    for row in annotations(clean).values():
        assert 4 <= row["Roi.X1"] < row["Roi.X2"] < row["Width"] - 4
        assert 4 <= row["Roi.Y1"] < row["Roi.Y2"] < row["Height"] - 4


def test_box_surrounds_the_sign() -> None:
    # No entry and no vehicles have one outline, so two pictures of one street differ inside the box and nowhere else.
    (bar, box), (empty, other) = (photograph(start_drive(sign, (3, 0, 0, 0)), 7, frames=8) for sign in (17, 15))
    rows, columns = np.nonzero((bar != empty).any(axis=2))
    assert box == other
    assert box[0] <= columns.min()
    assert columns.max() <= box[2]
    assert box[1] <= rows.min()
    assert rows.max() <= box[3]
    assert np.ptp(columns) > (box[2] - box[0]) / 2


def test_signs_grow_along_a_track() -> None:
    drive = start_drive(14, (0, 0, 14, 0))
    widths = [box[2] - box[0] for _, box in (photograph(drive, frame, frames=8) for frame in range(8))]
    assert widths == sorted(set(widths))
    assert widths[0] <= 22
    assert widths[-1] >= 40


def test_same_seed_same_bytes(clean: DrawnSigns, tmp_path: Path) -> None:
    again = draw_signs(tmp_path / "again", options=SignOptions(**SMALL))
    assert contents(again) == contents(clean)
    assert contents(again, ".csv") == contents(clean, ".csv")


def test_other_seed_other_pictures(clean: DrawnSigns, tmp_path: Path) -> None:
    other = draw_signs(tmp_path / "other", options=SignOptions(**SMALL, seed=1))
    assert not set(contents(other).values()) & set(contents(clean).values())


def test_global_generators_play_no_part(clean: DrawnSigns, tmp_path: Path) -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002  the global generator is what is watched
    draw_signs(tmp_path / "set", options=SignOptions(num_classes=2, tracks=1, frames=1, test_tracks=0))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_pixels_do_not_depend_on_what_else_is_drawn(clean: DrawnSigns, tmp_path: Path) -> None:
    fewer = draw_signs(tmp_path / "fewer", options=SignOptions(num_classes=2, tracks=2, frames=3, test_tracks=0))
    assert contents(fewer).items() <= contents(clean).items()
    assert not (fewer.folder / "Final_Test").exists()


def test_clean_set_has_no_two_equal_files(clean: DrawnSigns) -> None:
    files = contents(clean)
    assert len(set(files.values())) == len(files)
    assert clean.faults == ()


def test_faults_are_in_the_listed_files_and_nowhere_else(clean: DrawnSigns, faulty: DrawnSigns) -> None:
    before, after = contents(clean), contents(faulty)
    assert before.keys() == after.keys()
    assert {path for path in before if before[path] != after[path]} == {fault.path for fault in faulty.faults}


def test_every_fault_asked_for_is_listed_once(faulty: DrawnSigns) -> None:
    counts = {"unreadable": 1, "truncated": 2, "wrong_labels": 3, "duplicates": 2, "near_duplicates": 2, "leaks": 1}
    assert Counter(fault.kind for fault in faulty.faults) == counts
    assert len({fault.path for fault in faulty.faults}) == len(faulty.faults) == 11


def test_unreadable_files_are_no_pictures(faulty: DrawnSigns) -> None:
    for path, _ in planted(faulty, "unreadable"):
        with pytest.raises(OSError, match="cannot identify"):
            pixels(faulty.folder / path)


def test_truncated_files_open_and_end_early(faulty: DrawnSigns) -> None:
    for path, _ in planted(faulty, "truncated"):
        with Image.open(faulty.folder / path) as image, pytest.raises(OSError, match="truncated"):
            image.load()


def test_wrong_labels_show_the_class_they_are_listed_with(faulty: DrawnSigns) -> None:
    for path, truth in planted(faulty, "wrong_labels"):
        sign, (track, frame) = int(path[-21:-16]), (int(number) for number in path[-15:-4].split("_"))
        picture, _ = photograph(start_drive(int(truth), (0, 0, sign, track)), frame, frames=3)
        assert sign != int(truth)
        assert (pixels(faulty.folder / path) == picture).all()


@pytest.mark.parametrize("kind", ["duplicates", "leaks"])
def test_copies_equal_their_originals(faulty: DrawnSigns, kind: str) -> None:
    files, rows = contents(faulty), annotations(faulty)
    for path, truth in planted(faulty, kind):
        assert files[path] == files[truth]
        assert rows[path] == rows[truth]
        assert path.partition("_000")[0] != truth.partition("_000")[0]
        assert truth.startswith("Final_Training")
        assert path.startswith("Final_Test") == (kind == "leaks")


def test_near_duplicates_look_like_their_originals(faulty: DrawnSigns) -> None:
    for path, truth in planted(faulty, "near_duplicates"):
        difference = np.abs(pixels(faulty.folder / path) - pixels(faulty.folder / truth))
        assert 1 < difference.mean() < 16
        assert Path(path).parent == Path(truth).parent
        assert Path(path).name[:5] != Path(truth).name[:5]


def test_underfilled_classes_have_a_sixth_of_the_tracks(tmp_path: Path) -> None:
    drawn = draw_signs(tmp_path / "set", options=SignOptions(**SMALL, faults=SignFaults(underfilled_classes=1)))
    counts = Counter(Path(path).parent.name for path in contents(drawn) if "Training" in path)
    assert counts == {"00001": 18, "00002": 18, "00012": 18, "00013": 3}
    assert [fault.path for fault in drawn.faults] == ["Final_Training/Images/00013"]


def test_left_and_right_differ_by_their_mirror_only() -> None:
    for left, right in ((34, 33), (39, 38)):
        assert (draw_face(left) == draw_face(right)[:, ::-1]).all()
        assert (draw_face(left) != draw_face(right)).any()


def test_no_two_signs_look_alike() -> None:
    assert len(SIGN_NAMES) == len(set(SIGN_NAMES.values())) >= 12
    for one, two in combinations(SIGN_NAMES, 2):
        changed = np.abs(draw_face(one) - draw_face(two)).max(axis=2) > 0.25
        assert changed.mean() > 0.01  # 30 and 50 share a digit


def test_faces_are_premultiplied_and_fill_their_square() -> None:
    for face in map(draw_face, SIGN_NAMES):
        cover = face[..., 3]
        assert (face[..., :3] <= cover[..., None] + 1 / 255).all()
        assert cover[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0
        assert 0.4 < cover.mean() < 0.9


def test_progress_ends_at_the_number_of_pictures(tmp_path: Path) -> None:
    calls = []
    options = SignOptions(num_classes=2, tracks=2, frames=2, test_tracks=1)
    draw_signs(tmp_path / "set", options=options, progress=lambda *call: calls.append(call))
    assert calls == [("draw", done, 10) for done in (2, 4, 6, 8, 9, 10)]


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").touch()
    with pytest.raises(ArgumentError, match=r"draw_signs: folder must be new or empty, got .*\. Remove it, or name another\."):
        draw_signs(tmp_path)
    with pytest.raises(ArgumentError, match="folder must be new or empty"):
        draw_signs(tmp_path / "note.txt")


def test_more_faults_than_files_are_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    options = SignOptions(num_classes=2, tracks=1, frames=2, test_tracks=0, faults=SignFaults(truncated=5))
    with pytest.raises(ArgumentError, match="faults must be fewer than the set has room for"):
        draw_signs(tmp_path / "set", options=options)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_classes": 1}, r"SignOptions: num_classes must be in \[2, 18\], got 1\."),
        ({"num_classes": 19}, r"num_classes must be in \[2, 18\], got 19"),
        ({"tracks": 0}, "tracks must be at least 1, got 0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        SignOptions(**options)


def test_negative_faults_are_refused() -> None:
    with pytest.raises(ArgumentError, match="SignFaults: leaks must be at least 0, got -2"):
        SignFaults(leaks=-2)
