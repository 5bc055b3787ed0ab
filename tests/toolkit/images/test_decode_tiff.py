"""TIFF: the values of every layout by TIFF 6.0's definitions, beside what Pillow and libtiff make of it where they are right."""

import io
import itertools
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.toolkit.images.pictures import save
from tests.toolkit.images.tiffs import DEFLATE, LZW, NONE, PACKBITS, tiff
from toolkit.errors import DataError
from toolkit.images.decode import decode_image, decode_pixels

SHAPE = (19, 21)
"""No multiple of a tile, a byte's bits or a strip's rows."""

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
BANDS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4}
NO_MEANING, PREMULTIPLIED, OPACITY = 0, 1, 2
STORED = itertools.cycle(
    [
        {},
        {"compression": LZW, "rows": 4},
        {"order": ">", "rows": 7},
        {"compression": DEFLATE, "tile": (16, 16)},
        {"compression": PACKBITS, "order": ">", "rows": 1},
        {"big": True, "rows": 5},
        {"tile": (16, 32), "order": ">"},
        {"compression": DEFLATE, "order": ">", "big": True, "rows": 100},
        {"compression": LZW, "tile": (32, 16), "fields": {266: [2]}},
    ]
)
"""How a kind's bytes are stored: each kind takes the next of these, so that all meet all bits and colours."""


def noise(bits, bands, seed=0):
    dtype = np.uint8 if bits <= 8 else np.uint16
    samples = np.random.default_rng(seed).integers(0, 1 << bits, (*SHAPE, bands), np.uint32).astype(dtype)
    samples[0, 0], samples[0, 1] = 0, (1 << bits) - 1
    return samples


def kinds():
    """Every layout that has a defined value: bits, photometric interpretation, planes, extra bands, and a way to store it."""
    gray = itertools.product((1, 2, 4, 8, 12, 16), (WHITE_IS_ZERO, BLACK_IS_ZERO), (1, 2), ((), (NO_MEANING,), (OPACITY,)))
    color = itertools.product(
        (1, 2, 4, 8, 10, 12, 14, 16), (RGB,), (1, 2), ((), (NO_MEANING,), (OPACITY,), (PREMULTIPLIED,), (NO_MEANING, OPACITY))
    )
    ink = itertools.product((8, 12, 16), (CMYK,), (1, 2), ((), (NO_MEANING,), (OPACITY,)))
    premultiplied = itertools.product((2, 8, 16), (BLACK_IS_ZERO,), (1, 2), ((PREMULTIPLIED,),))
    return [(*kind, next(STORED)) for kind in itertools.chain(gray, color, ink, premultiplied)]


def light(samples, bits, photometric, extra):
    """What samples mean, by TIFF 6.0: largest value white, ink and white-is-zero reversed, opacity laid over white."""
    unit = samples / ((1 << bits) - 1)
    color = unit[..., : BANDS[photometric]]
    if photometric == WHITE_IS_ZERO:
        color = 1 - color
    if photometric == CMYK:
        color = (1 - color[..., :3]) * (1 - color[..., 3:])
    for place, kind in enumerate(extra):
        opacity = unit[..., BANDS[photometric] + place :][..., :1]
        if kind == OPACITY:
            color = color * opacity + 1 - opacity
        if kind == PREMULTIPLIED:
            color = np.minimum(color + 1 - opacity, 1)
    return np.broadcast_to(color, (*SHAPE, 3))


def name(kind):
    bits, photometric, planar, extra, stored = kind
    words = ["white", "black", "rgb", "palette", "", "cmyk"][photometric]
    return f"{bits}-{words}-{'planes' if planar == 2 else 'pixels'}-{''.join('npo'[e] for e in extra) or 'plain'}-{'-'.join(stored)}"


KINDS = kinds()


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_samples_mean_what_tiff_defines(kind):
    bits, photometric, planar, extra, stored = kind
    samples = noise(bits, BANDS[photometric] + len(extra))
    image = decode_image(tiff(samples, bits, photometric, planar=planar, extra=extra, **stored))
    np.testing.assert_allclose(image, light(samples, bits, photometric, extra), atol=1e-6)


def test_the_table_is_large():
    assert len(KINDS) >= 100


@pytest.mark.parametrize(("photometric", "planar"), [(WHITE_IS_ZERO, 1), (BLACK_IS_ZERO, 1), (BLACK_IS_ZERO, 2), (RGB, 1), (RGB, 2)])
def test_what_pillow_and_libtiff_convert_right_is_the_same(photometric, planar):
    data = tiff(noise(8, BANDS[photometric]), 8, photometric, planar=planar, rows=5)
    with Image.open(io.BytesIO(data)) as picture:
        np.testing.assert_allclose(decode_image(data), np.asarray(picture.convert("RGB")) / 255, atol=1e-6)
    libtiff = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)  # by TIFFReadRGBA
    np.testing.assert_allclose(decode_image(data), libtiff / 255, atol=1e-6)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[0] in (8, 16) and kind[4].get("compression") != LZW], ids=name)
def test_the_files_of_the_table_are_what_tifffile_reads(kind):
    tifffile = pytest.importorskip("tifffile", reason="comes with scikit-image")
    bits, photometric, planar, extra, stored = kind
    samples = noise(bits, BANDS[photometric] + len(extra))
    read = tifffile.imread(io.BytesIO(tiff(samples, bits, photometric, planar=planar, extra=extra, **stored)))
    axis = 0 if planar == 2 and samples.shape[2] > 1 else 2
    assert np.array_equal(np.moveaxis(read.reshape(np.moveaxis(samples, 2, axis).shape), axis, 2), samples)


PALETTE_BYTES = np.random.default_rng(3).integers(0, 256, (256, 3))


@pytest.mark.parametrize("stored", [{}, {"compression": LZW, "rows": 4}, {"order": ">", "tile": (16, 16)}, {"big": True}])
@pytest.mark.parametrize("scale", [256, 257, 1], ids=["upper", "both", "lower"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes_fill_the_upper_the_lower_or_both_bytes(bits, scale, stored):
    colors = PALETTE_BYTES[: 1 << bits]
    samples = noise(bits, 1)
    image = decode_image(tiff(samples, bits, PALETTE, fields={320: (colors.T * scale).ravel().tolist()}, **stored))
    np.testing.assert_allclose(image, colors[samples[..., 0]] / 255, atol=1e-6)


@pytest.mark.parametrize("bits", [4, 8])
def test_opacity_beside_a_palette_is_laid_over_white(bits):
    samples = np.array([[[0, (1 << bits) - 1], [1, 0]]], np.uint8)
    colors = [[255 * 257, 0], [0, 0], [51 * 257, 0]]
    table = [number for color in colors for number in color + [0] * ((1 << bits) - 2)]
    image = decode_image(tiff(samples, bits, PALETTE, extra=[OPACITY], fields={320: table}))
    np.testing.assert_allclose(image[0], [[1, 0, 0.2], [1, 1, 1]], atol=1e-6)


FLOATS = np.linspace(0, 1, SHAPE[0] * SHAPE[1] * 3).reshape(*SHAPE, 3)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"order": ">", "rows": 3},
        {"planar": 2, "compression": DEFLATE},
        {"compression": DEFLATE, "predictor": 3},
        {"compression": DEFLATE, "predictor": 3, "order": ">", "tile": (16, 16)},
        {"compression": LZW, "predictor": 2, "rows": 6},
    ],
    ids=lambda stored: "-".join(stored) or "plain",
)
def test_floats_from_0_to_1_are_light(dtype, stored):
    image = decode_image(tiff(FLOATS.astype(dtype), photometric=RGB, **stored))
    np.testing.assert_allclose(image, FLOATS, atol=5e-4 if dtype == "f2" else 1e-7)


def test_floats_may_be_white_is_zero_and_rounded():
    samples = np.array([[[0], [0.25], [1.0000002]]], np.float32)
    np.testing.assert_allclose(decode_image(tiff(samples, photometric=WHITE_IS_ZERO))[0, :, 0], [1, 0.75, 0], atol=1e-6)


def test_opacity_of_floats_is_heeded():
    samples = np.array([[[0.5, 0.5], [0.5, 0]]], np.float32)
    assert decode_image(tiff(samples, extra=[OPACITY]))[0, :, 0].tolist() == [0.75, 1]
    assert decode_image(tiff(samples, extra=[PREMULTIPLIED]))[0, :, 0].tolist() == [1, 1]
    samples[..., 1] = 7  # a depth, say
    assert decode_image(tiff(samples, extra=[NO_MEANING]))[0, :, 0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    "stored",
    [
        {"compression": LZW},
        {"compression": DEFLATE, "order": ">", "rows": 4},
        {"compression": LZW, "tile": (16, 16), "order": ">"},
        {"compression": DEFLATE, "planar": 2, "big": True},
    ],
)
def test_differences_of_neighbours_are_added_up(bits, stored):
    samples = noise(bits, 3)
    image = decode_image(tiff(samples, bits, RGB, predictor=2, **stored))
    np.testing.assert_allclose(image, samples / ((1 << bits) - 1), atol=1e-6)


@pytest.mark.parametrize("compression", [NONE, PACKBITS])
def test_a_predictor_that_the_compression_does_not_know_is_passed_over(compression):
    samples = noise(8, 3)
    image = decode_image(tiff(samples, 8, RGB, compression=compression, fields={317: [2]}))
    np.testing.assert_allclose(image, samples / 255, atol=1e-6)


@pytest.mark.parametrize(
    "compression", ["tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd", "group3", "group4", "tiff_ccitt"]
)
@pytest.mark.parametrize("white", [0, 1])
def test_what_libtiff_compresses_comes_back(compression, white):
    bits = Image.fromarray(noise(1, 1)[..., 0] == 1)
    data = save(bits, "TIFF", compression=compression, tiffinfo={262: white})
    assert np.array_equal(decode_image(data)[..., 0], np.asarray(bits))


@pytest.mark.parametrize(
    ("mode", "loss"), [("L", 0.004), ("RGB", 0.004), ("CMYK", 0.004), ("YCbCr", 0.012), ("LA", 0.004), ("RGBA", 0.004)]
)
def test_jpeg_inside_comes_close(mode, loss):
    smooth = Image.fromarray((np.mgrid[0:64, 0:48, 0:3].sum(0) * 2).astype(np.uint8))
    expected = np.asarray(smooth.convert("L" if mode in ("L", "LA") else "RGB")).reshape(64, 48, -1) / 255
    np.testing.assert_allclose(
        decode_image(save(smooth.convert(mode), "TIFF", compression="jpeg")), np.broadcast_to(expected, (64, 48, 3)), atol=loss
    )


def test_ycbcr_becomes_rgb():
    samples = np.array([[[76, 85, 255], [150, 44, 21], [29, 255, 107], [128, 128, 128]]], np.uint8)  # red, green, blue, gray
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [128 / 255] * 3]
    for compression in (NONE, DEFLATE):
        data = tiff(samples, 8, 6, compression=compression, fields={530: [1, 1]})
        np.testing.assert_allclose(decode_image(data)[0], expected, atol=0.012)


@pytest.mark.parametrize(
    ("value", "upright"),
    [(1, "ab/cd"), (2, "ba/dc"), (3, "dc/ba"), (4, "cd/ab"), (5, "ac/bd"), (6, "ca/db"), (7, "db/ca"), (8, "bd/ac")],
)
def test_orientation_of_any_layout_is_applied(value, upright):
    letters = {"a": 0, "b": 13107, "c": 26214, "d": 65535}
    samples = np.array([[[letters[c]] * 3 for c in line] for line in ("ab", "cd")], np.uint16)
    image = decode_image(tiff(samples, 16, RGB, planar=2, fields={274: [value]}))
    assert np.rint(image[..., 0] * 65535).tolist() == [[letters[c] for c in line] for line in upright.split("/")]


@pytest.mark.parametrize("big", [False, True])
def test_first_page_is_taken(big):
    data = tiff(noise(12, 1), 12, page=noise(12, 1, seed=9), big=big)
    np.testing.assert_allclose(decode_image(data)[..., 0], noise(12, 1)[..., 0] / 4095, atol=1e-6)


@pytest.mark.parametrize(
    "stored", [{}, {"compression": LZW}, {"compression": DEFLATE, "tile": (16, 16)}, {"compression": PACKBITS}, {"big": True}]
)
def test_truncated_files_are_refused_at_every_length(stored):
    whole = tiff(noise(16, 3), 16, RGB, planar=2, **stored)
    for length in {*range(0, len(whole), 11), *range(len(whole) - 60, len(whole))}:
        with pytest.raises(DataError):
            decode_image(whole[:length])


def test_grays_of_few_bits_are_those_of_8_bits():
    for bits in (1, 2, 4):
        pixels, told_by = decode_pixels(tiff(noise(bits, 1), bits))
        assert told_by is pixels
        assert np.array_equal(pixels[..., 0], noise(bits, 1)[..., 0] * (255 // ((1 << bits) - 1)))


SIGNED, UNSIGNED = np.zeros((2, 2, 1), np.int8), np.zeros((2, 2, 1), np.uint8)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tiff(SIGNED), "TIFF samples must be unsigned, or floats in [0, 1], got signed ones of 8 bits: which are black and white?"),
        (
            tiff(SIGNED.astype("i2")),
            "TIFF samples must be unsigned, or floats in [0, 1], got signed ones of 16 bits: which are black and white?",
        ),
        (
            tiff(UNSIGNED, fields={339: [5]}),
            "TIFF samples must be unsigned, or floats in [0, 1], got sample format 5 of 8 bits: which are black and white?",
        ),
        (tiff(UNSIGNED.astype("u4")), "TIFF samples must have 1 to 16 bits, or be floats of 16, 32 or 64, got 32"),
        (tiff(UNSIGNED, fields={339: [3]}), "TIFF samples must have 1 to 16 bits, or be floats of 16, 32 or 64, got 8"),
        (tiff(np.float32([[[-0.5], [300]]])), "TIFF floats must be in [0, 1], 0 black and 1 white, got -0.5 … 300"),
        (tiff(np.float32([[[0], [np.nan]]])), "TIFF floats must be in [0, 1], 0 black and 1 white, got nan … nan"),
        (tiff(np.float64([[[0], [np.inf]]])), "TIFF floats must be in [0, 1], 0 black and 1 white, got 0 … inf"),
        (tiff(np.zeros((2, 2, 3), np.uint8), photometric=RGB, fields={258: [5, 6, 5]}), "TIFF bands must have bits in common, got 5, 6, 5"),
        (tiff(np.zeros((2, 2, 2), np.uint8), fields={339: [1, 2]}), "TIFF bands must have a format in common, got 1, 2"),
        (tiff(np.zeros((2, 2, 5), np.uint16)), "TIFF of photometric interpretation 1 must have 1 or 2 bands, got 5"),
        (tiff(np.zeros((2, 2, 2), np.uint8), photometric=RGB), "TIFF of photometric interpretation 2 must have at least 3 bands, got 2"),
        (tiff(UNSIGNED, photometric=PALETTE, fields={320: [0, 0, 0]}), "TIFF palette must have 768 values for 8 bits, got 3"),
        (
            tiff(np.zeros((2, 2, 4), np.uint8), photometric=CMYK, fields={332: [2]}),
            "TIFF inks must be cyan, magenta, yellow and black, got others",
        ),
        (
            tiff(np.zeros((2, 2, 2), np.uint8), photometric=WHITE_IS_ZERO, extra=[PREMULTIPLIED]),
            "TIFF colours that opacity is multiplied into must be RGB or black-is-zero gray, got others",
        ),
        (
            tiff(np.zeros((2, 2, 3), np.uint8), photometric=8),
            "TIFF colours must be white-is-zero, black-is-zero, RGB, palette, CMYK or YCbCr, got CIELab",
        ),
        (tiff(UNSIGNED, fields={262: None}), "TIFF must have the field PhotometricInterpretation, got none"),
        (tiff(UNSIGNED, fields={256: None}), "TIFF must have the field ImageWidth, got none"),
        (tiff(UNSIGNED, fields={256: [99999], 257: [99999]}), "picture must have 1 to 64000000 pixels, got 99999 × 99999"),
        (tiff(UNSIGNED, fields={279: None}), "TIFF must have 1 strips or tiles a plane and as many sizes, got 1 and 0"),
        (tiff(UNSIGNED, fields={278: [1]}), "TIFF must have 2 strips or tiles a plane and as many sizes, got 1 and 1"),
        (tiff(UNSIGNED, fields={279: [3]}), "TIFF strips must hold all their rows, got one that is too short"),
        (
            tiff(UNSIGNED, fields={259: [34887]}),
            "TIFF compression must be one of none, LZW, Deflate, PackBits, LZMA, Zstandard, fax, JPEG, got number 34887",
        ),
        (
            tiff(UNSIGNED, compression=LZW, fields={317: [4]}),
            "TIFF predictor must be 1, 2 for whole bytes or 3 for floats, got 4 for 8 bits",
        ),
        (
            tiff(noise(12, 1), 12, compression=LZW, fields={317: [2]}),
            "TIFF predictor must be 1, 2 for whole bytes or 3 for floats, got 2 for 12 bits",
        ),
        (
            tiff(np.zeros((2, 2, 3), np.uint8), photometric=6, fields={530: [2, 2]}),
            "TIFF of YCbCr must be compressed, or without planes, subsampling and reference values, got some of these",
        ),
        (
            tiff(UNSIGNED, photometric=WHITE_IS_ZERO, fields={259: [7]}),
            "TIFF of compression 7 must be of its usual colours and bits, got photometric interpretation 0 with 1 bands of 8 bits",
        ),
        (b"II*\0" + bytes(4), "TIFF must hold a page, got none"),
    ],
)
def test_what_has_no_defined_value_is_told(data, message):
    with pytest.raises(DataError) as error:
        decode_image(data)
    assert str(error.value) == message


def test_one_table_named_over_and_over_is_refused():
    """Each page names the same large table of strips: read for each, it would take the square of the file's size."""
    table, pages = bytes(4000), 400
    place = 8 + len(table)
    body = b"".join(struct.pack("<HHHIIHHIII", 2, 273, 4, 1000, 8, 279, 4, 1000, 8, place + 30 * (i + 1)) for i in range(pages))
    with pytest.raises(DataError, match="TIFF fields must lie apart, got some that overlap"):
        decode_image(b"II*\0" + struct.pack("<I", place) + table + body)
