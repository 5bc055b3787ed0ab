"""BMP: bit fields, palettes and run lengths, by values worked out by hand."""

import struct

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.images.decode import decode_image

RED, GREEN, BLUE, WHITE = [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]
FIVE_SIX_FIVE, FIVES = (0xF800, 0x7E0, 0x1F), (0x7C00, 0x3E0, 0x1F)
COLORS = bytes([0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0])
"""A palette of red, green, blue and white."""


def bmp(bits, rows, size, *, fields=(), compression=0, palette=b"", head=40, colors=0):
    """Write a BMP of (height, width), a negative height for rows from the top down."""
    header = struct.pack("<IiiHHIIiiII", head, size[1], size[0], 1, bits, compression, len(rows), 0, 0, colors, 0)
    masks = struct.pack(f"<{len(fields)}I", *fields)
    header = (header + masks).ljust(head, b"\0") + palette
    start = 14 + len(header)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + rows


def words(*values):
    row = struct.pack(f"<{len(values)}H", *values)
    return row + b"\0" * (-len(row) % 4)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bmp(16, words(0xF800, 0x7E0, 0x1F), (1, 3), fields=FIVE_SIX_FIVE, compression=3), [RED, GREEN, BLUE]),
        (bmp(16, words(0x8410), (1, 1), fields=FIVE_SIX_FIVE, compression=3), [[16 / 31, 32 / 63, 16 / 31]]),
        (bmp(16, words(0x7C00, 0x3E0, 0x1F), (1, 3), fields=FIVES, compression=3), [RED, GREEN, BLUE]),
        (bmp(16, words(0xFC00, 0x4210), (1, 2)), [RED, [16 / 31, 16 / 31, 16 / 31]]),
        (bmp(16, words(0x7C00, 0xFC00), (1, 2), fields=(*FIVES, 0x8000), compression=3, head=56), [WHITE, RED]),
        (bmp(16, words(0xFF00, 0x3F00), (1, 2), fields=(0xF00, 0xF0, 0xF, 0xF000), compression=3, head=108), [RED, [1, 0.8, 0.8]]),
        (bmp(32, struct.pack("<2I", 0x80FF0033, 0x00FF00), (1, 2)), [[1, 0, 0.2], GREEN]),
        (
            bmp(32, struct.pack("<I", 0x33FF0000), (1, 1), fields=(0xFF0000, 0xFF00, 0xFF, 0xFF000000), compression=3, head=124),
            [[1, 0.8, 0.8]],
        ),
        (bmp(32, struct.pack("<I", 0x33FF0000), (1, 1), fields=(0xFF0000, 0xFF00, 0xFF, 0xFF000000), compression=6), [[1, 0.8, 0.8]]),
        (bmp(32, struct.pack("<I", 0x33FF0000), (1, 1), fields=(0xFF0000, 0xFF00, 0xFF, 0), compression=3, head=124), [RED]),
        (bmp(32, struct.pack("<I", 0x3FF00000 | 341), (1, 1), fields=(0x3FF00000, 0xFFC00, 0x3FF), compression=3), [[1, 0, 1 / 3]]),
        (bmp(24, bytes([51, 0, 255, 255, 0, 0, 0, 0]), (1, 2)), [[1, 0, 0.2], BLUE]),
    ],
)
def test_fields_are_scaled_each_by_its_own_largest_value(data, expected):
    np.testing.assert_allclose(decode_image(data)[0], expected, atol=1e-6)


@pytest.mark.parametrize("height", [2, -2])
def test_rows_stand_from_the_lowest_up_unless_the_height_is_negative(height):
    rows = words(0xF800) + words(0x1F)
    image = decode_image(bmp(16, rows, (height, 1), fields=FIVE_SIX_FIVE, compression=3))
    assert image[:, 0].tolist() == ([BLUE, RED] if height > 0 else [RED, BLUE])


BLACK_WHITE = bytes([0, 0, 0, 0, 255, 255, 255, 0])
GRAYS = b"".join(bytes([i, i, i, 0]) for i in range(16))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bmp(1, b"\x50\0\0\0", (1, 4), palette=BLACK_WHITE, colors=2), [0, 255, 0, 255]),
        (bmp(1, b"\x50\0\0\0", (1, 4), palette=BLACK_WHITE[4:] + BLACK_WHITE[:4]), [255, 0, 255, 0]),
        (bmp(4, b"\x01\x10\0\0", (1, 4), palette=BLACK_WHITE, colors=2), [0, 255, 255, 0]),
        (bmp(8, b"\0\1\1\0", (1, 4), palette=BLACK_WHITE, colors=2), [0, 255, 255, 0]),
        (bmp(4, b"\x01\xf0\0\0", (1, 3), palette=GRAYS), [0, 1, 15]),
        (bmp(8, b"\0\1\x0f\2", (1, 4), palette=GRAYS, colors=16), [0, 1, 15, 2]),
        (bmp(8, b"\2\1\1\0\0\1", (1, 3), palette=BLACK_WHITE, colors=2, compression=1), [255, 255, 0]),
    ],
)
def test_palettes_of_grays_are_looked_up_at_any_number_of_bits(data, expected):
    np.testing.assert_allclose(decode_image(data)[0, :, 0] * 255, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bmp(8, b"\0\1\2\3", (1, 4), palette=COLORS, colors=4), [[RED, GREEN, BLUE, WHITE]]),
        (bmp(4, b"\x01\x23\0\0", (1, 4), palette=COLORS, colors=4), [[RED, GREEN, BLUE, WHITE]]),
        (
            bmp(8, b"\2\1\0\0\2\2\0\1", (2, 2), palette=COLORS, colors=4, compression=1),
            [[BLUE, BLUE], [GREEN, GREEN]],
        ),
        (
            bmp(8, b"\0\3\1\2\3\0\0\0\3\1\0\1", (2, 3), palette=COLORS, colors=4, compression=1),
            [[GREEN, GREEN, GREEN], [GREEN, BLUE, WHITE]],
        ),
        (
            bmp(4, b"\3\x12\0\0\0\3\x12\x30\0\0\0\1", (2, 3), palette=COLORS, colors=4, compression=2),
            [[GREEN, BLUE, WHITE], [GREEN, BLUE, GREEN]],
        ),
        (bmp(8, b"\1\1\0\2\1\0\1\2\0\1", (1, 3), palette=COLORS, colors=4, compression=1), [[GREEN, RED, BLUE]]),
    ],
)
def test_palettes_and_runs_give_their_colours(data, expected):
    assert decode_image(data).tolist() == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bmp(8, b"\0\1\7\0", (1, 4), palette=COLORS, colors=4), "BMP palette must have a colour for each pixel, got 4 and number 7"),
        (bmp(32, bytes(4), (1, 1), fields=(0, 0, 0), compression=3), "BMP fields must each be bits in a row, got 0x0, 0x0, 0x0"),
        (
            bmp(16, words(1), (1, 1), fields=(0xF0F, 0xF0, 0x1), compression=3),
            "BMP fields must each be bits in a row, got 0xf0f, 0xf0, 0x1",
        ),
        (bmp(16, words(1), (2, 1), fields=FIVE_SIX_FIVE, compression=3), "BMP file is cut short"),
        (bmp(16, b"", (9999, 9999), fields=FIVE_SIX_FIVE, compression=3), "picture must have 1 to 64000000 pixels, got 9999 × 9999"),
        (bmp(8, b"\2\1\0\1", (1, 4), palette=COLORS, colors=4, compression=1), "BMP cannot be decoded: not enough image data"),
        (bmp(0, b"\xff\xd8\xff", (1, 1), compression=4), "BMP cannot be decoded: Unsupported BMP pixel depth (0)"),
    ],
)
def test_what_cannot_be_read_is_told(data, message):
    with pytest.raises(DataError) as error:
        decode_image(data)
    assert str(error.value) == message
