"""Names that look like numbered frames, and names that only have numbers."""

import pytest

from toolkit.sources import find_frames


def test_tracks_in_class_folders_are_told_apart_by_folder():
    names = [f"{label}/{track:05}_{frame:05}.png" for label in "ab" for track in range(2) for frame in range(3)]
    frames = find_frames(names)
    assert frames.count == 4
    assert frames.sequence.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert frames.example == ("a/00000_00000.png", "a/00000_00001.png")


def test_people_are_the_same_in_all_folders():
    names = [f"{face}/person{who}_{shot}.jpg" for face in ("smile", "frown") for who in range(2) for shot in range(2)]
    frames = find_frames(names)
    assert frames.count == 2
    assert frames.sequence.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    "names",
    [
        [f"a/IMG_{i:04}.jpg" for i in range(20)],
        [f"a/{i}.png" for i in range(20)],
        [f"train/pos/{i}_{i % 9}.txt" for i in range(20)],
        [f"cat.{i}.jpg" for i in range(9)] + [f"dog.{i}.jpg" for i in range(9)],
        [f"list.csv row {i}" for i in range(20)],
        [f"n0{label}/n0{label}_{i}.JPEG" for label in range(3) for i in range(9)],
        [],
    ],
)
def test_numbers_alone_are_no_sequences(names):
    assert find_frames(names) is None
