from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from toolkit.errors import ArgumentError
from toolkit.samples import contact_sheet, write_png

RED = np.full((5, 5, 3), (255, 0, 0), np.uint8)


def test_sheet_has_a_tile_a_picture_and_gaps_of_four() -> None:
    sheet = contact_sheet([RED] * 3, columns=2, tile=8)
    assert sheet.shape == (4 + 2 * 12, 4 + 2 * 12, 3)
    assert sheet.dtype == np.uint8
    tiles = [sheet[4:12, 4:12], sheet[4:12, 16:24], sheet[16:24, 4:12]]
    assert all((tile == (255, 0, 0)).all() for tile in tiles)
    assert (sheet[16:24, 16:24] == 250).all()


def test_wide_pictures_keep_their_shape() -> None:
    sheet = contact_sheet([np.zeros((4, 8, 3), np.uint8)], tile=8)
    assert (sheet[4:6] == 250).all()
    assert (sheet[6:10, 4:12] == 0).all()
    assert (sheet[10:12] == 250).all()


def test_grey_and_float_pictures_are_shown() -> None:
    sheet = contact_sheet([np.full((8, 8, 1), 0.5, np.float16), np.ones((8, 8, 3), np.float32)], tile=8)
    assert (sheet[4:12, 4:12] == 128).all()
    assert (sheet[4:12, 16:24] == 255).all()


def test_frames_tell_right_from_wrong() -> None:
    sheet = contact_sheet([RED, RED], tile=16, frames=[True, False])
    assert sheet[4, 10].tolist() == [30, 150, 60]
    assert sheet[4, 30].tolist() == [215, 30, 30]
    assert sheet[12, 12].tolist() == [255, 0, 0]


def test_captions_leave_ink_below_their_tiles_alone() -> None:
    plain, titled = contact_sheet([RED], tile=32), contact_sheet([RED], tile=32, captions=["a very long caption"])
    assert titled.shape[0] == plain.shape[0] + 14
    assert (titled[:36] == plain[:36]).all()
    assert titled[36:].min() < 150


def test_no_pictures_make_an_empty_sheet() -> None:
    assert (contact_sheet([], tile=8) == 250).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": 0}, "contact_sheet: columns must be at least 1, got 0"),
        ({"tile": 7}, "tile must be at least 8, got 7"),
        ({"captions": ["a", "b"]}, "captions' length must be 0 or that of images, 1, got 2"),
        ({"frames": [True, False]}, "frames' length must be 0 or that of images, 1, got 2"),
    ],
)
def test_bad_arguments_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        contact_sheet([RED], **options)


def test_png_reads_back_in_its_colours(tmp_path: Path) -> None:
    write_png(tmp_path / "red", RED)
    with Image.open(tmp_path / "red") as picture:
        assert picture.format == "PNG"
        assert (np.asarray(picture) == RED).all()
