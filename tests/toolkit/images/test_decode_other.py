"""PNG in all its kinds, AVIF, JPEG 2000 and HEIC: by hand-made files, and beside Pillow where it is right."""

import io
import itertools
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, features

from tests.toolkit.images.pictures import PIXELS, chunk, png, save
from toolkit.errors import DataError
from toolkit.images import decode_other
from toolkit.images.decode import decode_image

GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
BANDS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
SHAPE = (11, 13)
"""No multiple of the eight that interlacing steps by, or of a byte's bits."""

PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""Adam7: first row and column of each pass, and their steps."""

KINDS = [
    (color, depth, interlaced, key)
    for color, depths in ((GRAY, (1, 2, 4, 8, 16)), (RGB, (8, 16)), (PALETTE, (1, 2, 4, 8)), (GRAY_ALPHA, (8, 16)), (RGBA, (8, 16)))
    for depth, interlaced in itertools.product(depths, (False, True))
    for key in ((False, True) if color in (GRAY, RGB, PALETTE) else (False,))
] + [(GRAY, depth, interlaced, "other") for depth in (1, 2, 4, 8, 16) for interlaced in (False, True)]
"""Colour type, bits, Adam7 or not, and a tRNS chunk: none, of a value that is there, or of the value beside it."""


def pack(samples, depth):
    """Each row's bytes."""
    if depth >= 8:
        return [row.astype(">u2" if depth == 16 else "u1").tobytes() for row in samples]
    lines = ["".join(f"{value:0{depth}b}" for value in row.ravel()) for row in samples]
    return [int(line + "0" * (-len(line) % 8), 2).to_bytes(-(-len(line) // 8)) for line in lines]


def write(samples, color, depth, interlaced, extra):
    parts = [samples[y::down, x::right] for y, x, down, right in PASSES] if interlaced else [samples]
    lines = [line for part in parts if part.size for line in pack(part, depth)]
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, color, 0, 0, interlaced)
    content = zlib.compress(b"".join(b"\0" + line for line in lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def name(kind):
    color, depth, interlaced, key = kind
    words = {GRAY: "gray", RGB: "rgb", PALETTE: "palette", GRAY_ALPHA: "gray-alpha", RGBA: "rgba"}
    return f"{words[color]}-{depth}{'-adam7' * interlaced}{'-key' * bool(key)}{'-other' * (key == 'other')}"


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_png_of_every_kind_gives_its_values(kind):
    color, depth, interlaced, key = kind
    top = (1 << depth) - 1
    rng = np.random.default_rng(depth)
    samples = rng.integers(0, top + 1, (*SHAPE, BANDS[color]), np.uint32)
    unit, extra = samples / top, b""
    marked = np.zeros(SHAPE, bool)
    if color == PALETTE:
        colors = rng.integers(0, 256, (top + 1, 3), np.uint8)
        unit, extra = colors[samples[..., 0]] / 255, chunk(b"PLTE", colors.tobytes())
        if key:  # the first entry can be seen through by half, others not
            extra += chunk(b"tRNS", bytes([51]))
            unit = np.where(samples == 0, 1 - 0.2 * (1 - unit), unit)
    elif key:
        value = samples[5, 7].copy()
        value[0] ^= key == "other"
        extra = chunk(b"tRNS", struct.pack(f">{len(value)}H", *value))
        marked = (samples == value).all(axis=2)
        assert marked.any() or key == "other"
    if color in (GRAY_ALPHA, RGBA):
        unit = unit[..., :-1] * unit[..., -1:] + 1 - unit[..., -1:]
    expected = np.where(marked[..., None], 1, np.broadcast_to(unit, (*SHAPE, 3)))
    image = decode_image(write(samples, color, depth, interlaced, extra))
    np.testing.assert_allclose(image, expected, atol=1e-6 if depth < 16 else 2e-5)


def test_the_table_of_png_is_large():
    assert len(KINDS) >= 50


def test_colours_beside_the_transparent_one_stay_at_16_bits():
    samples = np.array([[[1, 2, 3], [1, 2, 4]]], ">u2")
    image = decode_image(png(samples, depth=16, color_type=RGB, extra=chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))))
    np.testing.assert_allclose(image[0], [[1, 1, 1], [1 / 65535, 2 / 65535, 4 / 65535]], atol=1e-7)


def test_a_pixel_that_its_palette_has_no_colour_for_is_told():
    data = png(np.full((1, 1, 1), 7, np.uint8), depth=8, color_type=PALETTE, extra=chunk(b"PLTE", bytes(6)))
    with pytest.raises(DataError, match=r"^PNG palette must have a colour for each pixel, got 2 and number 7$"):
        decode_image(data)


avif = pytest.mark.skipif(not features.check("avif"), reason="Pillow is built without AVIF")
jpeg2000 = pytest.mark.skipif(not features.check("jpg_2000"), reason="Pillow is built without JPEG 2000")
SMOOTH = Image.fromarray((np.mgrid[0:32, 0:48, 0:3].sum(0) * 3).astype(np.uint8))


def files():
    """Name → bytes of what boxes hold; whole ones end in them all."""
    made = {}
    if features.check("avif"):
        made["avif"] = save(SMOOTH, "AVIF", quality=100, subsampling="4:4:4")
    if features.check("jpg_2000"):
        made["jp2"] = save(SMOOTH, "JPEG2000")
        made["j2k"] = save(SMOOTH, "JPEG2000", no_jp2=True)
    return made


@pytest.mark.parametrize("name", files())
def test_boxes_give_the_picture(name):
    np.testing.assert_allclose(decode_image(files()[name]), np.asarray(SMOOTH) / 255, atol=0.02 if name == "avif" else 1e-6)


@pytest.mark.parametrize("name", files())
def test_truncated_boxes_are_refused_at_every_length(name):
    whole = files()[name]
    for length in {*range(0, len(whole), 13), *range(len(whole) - 40, len(whole))}:
        with pytest.raises(DataError):
            decode_image(whole[:length])


@avif
def test_opacity_and_orientation_of_avif_are_heeded():
    half = Image.fromarray(np.full((16, 32, 4), (255, 0, 0, 51), np.uint8))
    np.testing.assert_allclose(decode_image(save(half, "AVIF", quality=100)), np.broadcast_to([1, 0.8, 0.8], (16, 32, 3)), atol=0.02)
    exif = Image.Exif()
    exif[274] = 6
    assert decode_image(save(half, "AVIF", exif=exif.tobytes())).shape == (32, 16, 3)


@jpeg2000
def test_jpeg2000_of_gray_keeps_16_bits():
    deep = np.array([[0, 1000, 40000, 65535]] * 4, np.uint16)
    np.testing.assert_allclose(decode_image(save(Image.fromarray(deep), "JPEG2000"))[0, :, 0], deep[0] / 65535, atol=1e-7)


NINE_BITS = bytes.fromhex(
    "0000000c6a5020200d0a870a00000014667479706a703220000000006a7032200000002d6a7032680000001669686472000000040000000600010807"
    "00000000000f636f6c7201000000000011000000986a703263ff4fff5100290000000000060000000400000000000000000000000600000004000000"
    "00000000000001080101ff52000c00000001000004040001ff5c00044048ff640025000143726561746564206279204f70656e4a5045472076657273"
    "696f6e20322e352e34ff90000a0000000000260001ff93df98a8116535313f6bd6ee7660d129def65e88f8287d758fffd9"
)
"""Written by OpenJPEG 2.5 (`imagecodecs.jpeg2k_encode(…, bitspersample=9, codecformat="jp2", reversible=True)`)."""


@jpeg2000
def test_jpeg2000_of_gray_keeps_9_bits_in_its_container_and_out_of_it():
    expected = np.array([0, 1, 255, 256, 510, 511]) / 511
    for data in (NINE_BITS, NINE_BITS[NINE_BITS.index(b"\xff\x4f\xff\x51") :]):
        np.testing.assert_allclose(decode_image(data)[0, :, 0], expected, atol=1e-7)


@jpeg2000
@pytest.mark.parametrize(
    ("columns", "message"), [((7, 7, 7), ""), ((4, 4, 4), r"got \[5, 5, 5\] for 8"), ((7,), r"got \[8\] for 8"), ((15,) * 3, r"got \[16")]
)
def test_a_palette_of_jpeg2000_is_read_or_refused(columns, message):
    gray = save(Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8)), "JPEG2000", irreversible=False)
    header = gray.index(b"jp2h")
    length = int.from_bytes(gray[header - 4 : header])
    entries = bytes(len(columns) * (2 if columns[0] > 7 else 1)) + bytes([255, 0, 51][: len(columns)] * (2 if columns[0] > 7 else 1))
    palette = box(b"pclr", b"\0\2" + bytes([len(columns), *columns]) + entries)
    mapping = box(b"cmap", b"".join(bytes([0, 0, 1, column]) for column in range(len(columns))))
    content = gray[header + 4 : header - 4 + length].replace(b"colr\1\0\0\0\0\0\x11", b"colr\1\0\0\0\0\0\x10") + palette + mapping
    data = gray[: header - 4] + box(b"jp2h", content) + gray[header - 4 + length :]
    if message:
        with pytest.raises(DataError, match=f"^JPEG 2000 palette must have 3 or 4 columns of 8 bits for samples of 8, {message}"):
            decode_image(data)
    else:
        np.testing.assert_allclose(decode_image(data)[0], [[0, 0, 0], [1, 0, 0.2]], atol=1e-6)


def box(name, content):
    return struct.pack(">I4s", 8 + len(content), name) + content


@jpeg2000
@pytest.mark.parametrize(("depth", "message"), [(11, "got 12 of 3 bands"), (0x87, "got signed 8 of 3 bands"), (3, "got 4 of 3 bands")])
def test_jpeg2000_of_other_bits_is_told(depth, message):
    data = bytearray(files()["j2k"])
    data[42:51:3] = bytes([depth] * 3)
    with pytest.raises(DataError, match=f"JPEG 2000 samples must have 8 bits, or if gray 8 to 16, {message}"):
        decode_image(bytes(data))


@jpeg2000
def test_jpeg2000_of_another_colour_space_is_told():
    data = files()["jp2"].replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x0e")
    with pytest.raises(DataError, match="JPEG 2000 colours must be one of CMYK, sRGB, gray, sYCC, got number 14"):
        decode_image(data)


@pytest.mark.parametrize(("data", "kind"), [(b"\xff\x4f\xff\x51", "JPEG2000"), (b"\0\0\0\x14ftypavif\0\0\0\0avif", "AVIF")])
def test_what_pillow_is_built_without_is_told(data, kind, monkeypatch):
    monkeypatch.setattr(decode_other.features, "check", lambda name: False)
    monkeypatch.setattr(decode_other, "require_complete", lambda data, kind: {})
    with pytest.raises(DataError, match=f"^{kind} must be read by Pillow, which is built without it here: pip install --upgrade pillow$"):
        decode_image(data)


def test_heic_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(DataError, match=r'^HEIC must be read by pillow-heif, which is not installed: pip install "foudre\[heic\]"$'):
        decode_image(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")


def test_heic_gives_the_picture():
    heif = pytest.importorskip("pillow_heif", reason='pip install "foudre[heic]"')
    file = io.BytesIO()
    heif.from_pillow(SMOOTH).save(file, quality=-1, chroma=444)
    whole = file.getvalue()
    np.testing.assert_allclose(decode_image(whole), np.asarray(SMOOTH) / 255, atol=0.02)
    for length in {*range(0, len(whole), 97), *range(len(whole) - 20, len(whole))}:
        with pytest.raises(DataError):
            decode_image(whole[:length])


def test_huge_pictures_in_boxes_are_refused():
    data = bytearray(save(Image.fromarray(PIXELS), "JPEG2000", no_jp2=True)) if features.check("jpg_2000") else b""
    if not data:
        pytest.skip("Pillow is built without JPEG 2000")
    data[8:16] = struct.pack(">II", 30_000, 30_000)
    with pytest.raises(DataError, match="picture must have"):
        decode_image(bytes(data))
