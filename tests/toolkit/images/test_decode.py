"""Decoding: each format's rules, and that nothing damaged or huge passes."""

import io
import subprocess
import sys
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.toolkit.images.pictures import PIXELS, chunk, every_format, orientation, png, ppm, save
from toolkit.errors import DataError
from toolkit.images.decode import decode_image

FORMATS = every_format()
UNIT = PIXELS / np.float32(255)
PAIR = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
"""One row of two pixels: red, blue."""


def reason_against(data):
    """Return why a file is refused; nothing if it is not."""
    try:
        decoded(data)
    except DataError as error:
        return str(error)
    return ""


def decoded(data):
    image = decode_image(data)
    assert image.dtype == np.float32
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert image.min() >= 0
    assert image.max() <= 1
    return image


def test_lossless_formats_give_the_pixels():
    for name in ("tiff-planes-16", "tiff-floats", "tiff-big", "pam", "pfm"):
        np.testing.assert_allclose(decoded(FORMATS[name]), UNIT, atol=1e-6, err_msg=name)
    for name in ("ppm", "png", "png-16-rgb", "png-animated", "bmp", "webp-lossless", "tiff", "tiff-lzw", "tiff-deflate", "tiff-pages"):
        np.testing.assert_allclose(decoded(FORMATS[name]), UNIT, atol=1e-6, err_msg=name)


def test_lossy_formats_come_close():
    smooth = Image.fromarray(np.mgrid[0:64, 0:48, 0:3].sum(0).astype(np.uint8) * 2)
    for kind in ("JPEG", "WEBP"):
        np.testing.assert_allclose(decoded(save(smooth, kind, quality=95)), np.asarray(smooth) / 255, atol=0.03)


@pytest.mark.parametrize(
    "options", [{}, {"subsampling": 0}, {"subsampling": 1}, {"progressive": True}, {"optimize": True}, {"quality": 20}]
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_gives_the_pixels_of_pillow(mode, options):
    data = save(Image.fromarray(PIXELS).convert(mode), "JPEG", **options)
    with Image.open(io.BytesIO(data)) as picture:
        expected = np.asarray(picture.convert("RGB")) / 255
    np.testing.assert_allclose(decoded(data), expected, atol=1e-6)


def test_gray_becomes_three_equal_channels():
    gray = np.asarray(Image.fromarray(PIXELS).convert("L")) / np.float32(255)
    for name in ("pgm", "png-gray"):
        for channel in range(3):
            np.testing.assert_allclose(decoded(FORMATS[name])[..., channel], gray, atol=1e-6, err_msg=name)


def test_both_ends_of_the_range_are_exact():
    assert decoded(ppm(2, 2, 255)).min() == 1
    assert decoded(ppm(2, 2, 0)).max() == 0


def test_ppm_header_may_hold_comments():
    image = decoded(b"P6 # made by hand\n# twice\n1\t1\r\n255\n" + bytes([255, 0, 51]))
    np.testing.assert_allclose(image, [[[1, 0, 0.2]]], atol=1e-6)


def test_ppm_of_another_maximum_is_scaled_by_it():
    np.testing.assert_allclose(decoded(b"P5 2 1 100 " + bytes([50, 200]))[0, :, 0], [0.5, 1])


def test_16_bits_are_scaled_not_clipped():
    np.testing.assert_allclose(
        decoded(b"P5 2 1 65535 " + bytes([0x80, 0x00, 0x00, 0xFF]))[0, :, 0], [32768 / 65535, 255 / 65535], rtol=1e-6
    )
    deep = np.array([[0, 1000, 65535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        np.testing.assert_allclose(decoded(save(Image.fromarray(deep), kind))[0, :, 0], [0, 1000 / 65535, 1], rtol=1e-6)


def test_16_bit_colour_keeps_all_bits():
    samples = np.array([[[1, 300, 65535], [20000, 2, 3]]], ">u2")
    np.testing.assert_allclose(decoded(png(samples, depth=16, color_type=2)), samples / 65535, rtol=1e-5)


def test_16_bit_colour_with_opacity():
    samples = np.array([[[65535, 0, 0, 32768]]], ">u2")
    np.testing.assert_allclose(decoded(png(samples, depth=16, color_type=6)), [[[1, 0.5, 0.5]]], atol=1e-4)


def test_1_bit_is_black_and_white():
    bits = Image.fromarray(np.array([[True, False]]))
    for kind in ("PNG", "TIFF", "BMP"):
        assert decoded(save(bits, kind))[0, :, 0].tolist() == [1, 0]


def test_cmyk_becomes_rgb():
    cmyk = Image.fromarray(np.full((8, 8, 4), (0, 255, 255, 0), np.uint8), "CMYK")
    for kind in ("JPEG", "TIFF"):
        np.testing.assert_allclose(decoded(save(cmyk, kind))[4, 4], [1, 0, 0], atol=0.02)


def test_palette_becomes_rgb():
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([10, 20, 30, 255, 0, 51])
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        np.testing.assert_allclose(decoded(save(picture, kind))[0] * 255, [[10, 20, 30], [255, 0, 51]], atol=1e-4)


def test_transparency_is_laid_over_white():
    half = Image.fromarray(np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8), "RGBA")
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})):
        np.testing.assert_allclose(decoded(save(half, kind, **options))[0], [[1, 0, 0], [1, 1, 1], [0.8, 0.8, 0.8]], atol=1e-6)
    gray = Image.fromarray(np.array([[[0, 255], [0, 0]]], np.uint8), "LA")
    assert decoded(save(gray, "PNG"))[0, :, 0].tolist() == [0, 1]


def test_transparent_palette_entry_is_white():
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([10, 20, 30, 255, 0, 51])
    for kind in ("PNG", "GIF"):
        np.testing.assert_allclose(decoded(save(picture, kind, transparency=0))[0], [[1, 1, 1], [1, 0, 0.2]], atol=1e-6)


def test_transparent_colour_of_rgb_is_white():
    data = png(PAIR, depth=8, color_type=2, extra=chunk(b"tRNS", bytes([0, 255, 0, 0, 0, 0])))
    assert decoded(data)[0].tolist() == [[1, 1, 1], [0, 0, 1]]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("value", "upright"),
    [(1, "ab/cd"), (2, "ba/dc"), (3, "dc/ba"), (4, "cd/ab"), (5, "ac/bd"), (6, "ca/db"), (7, "db/ca"), (8, "bd/ac")],
)
def test_exif_orientation_is_applied(kind, value, upright):
    letters = {"a": 0, "b": 51, "c": 102, "d": 255}
    picture = Image.fromarray(np.array([[letters[c] for c in line] for line in ("ab", "cd")], np.uint8)).convert("RGB")
    data = save(picture, kind, exif=orientation(value), **({"lossless": True} if kind == "WEBP" else {}))
    expected = [[letters[c] for c in line] for line in upright.split("/")]
    assert np.rint(decoded(data)[..., 0] * 255).tolist() == expected


def test_exif_orientation_of_a_jpeg_is_applied():
    tall = np.zeros((16, 32, 3), np.uint8)
    tall[:, :16] = 255
    image = decoded(save(Image.fromarray(tall), "JPEG", exif=orientation(6)))
    assert image.shape == (32, 16, 3)
    assert image[:14].min() > 0.9
    assert image[18:].max() < 0.1


def test_exif_orientation_of_16_bit_colour_is_applied():
    samples = np.array([[[0, 0, 0], [65535, 0, 0]]], ">u2")
    exif = orientation(8)[6:]
    assert decoded(png(samples, depth=16, color_type=2, extra=chunk(b"eXIf", exif)))[:, 0, 0].tolist() == [1, 0]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_first_frame_is_taken(kind):
    frames = [Image.new("RGB", (8, 8), color) for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {}))
    np.testing.assert_allclose(decoded(data), np.broadcast_to([1, 0, 0], (8, 8, 3)), atol=1e-6)


@pytest.mark.parametrize("kind", ["PPM", "PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF"])
def test_one_pixel_is_a_picture(kind):
    assert decoded(save(Image.new("RGB", (1, 1), (255, 255, 255)), kind)).shape == (1, 1, 3)


@pytest.mark.parametrize("name", FORMATS)
def test_truncated_files_are_refused_at_every_length(name):
    whole = FORMATS[name]
    assert decoded(whole).shape[:2] in ((37, 29), (29, 37))
    last = len(whole) - (name == "tiff-pages")  # that ends in a byte of padding
    for length in {*range(0, last, 7), *range(max(0, last - 40), last)}:
        with pytest.raises(DataError):
            decode_image(whole[:length])


def test_truncated_jpegs_with_a_thumbnail_are_refused():
    thumbnail = save(Image.fromarray(PIXELS).resize((8, 8)), "JPEG")
    whole = FORMATS["jpeg"]
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = whole[:2] + segment + whole[2:]
    assert decoded(whole).shape == (37, 29, 3)
    for length in range(len(whole) - 200, len(whole)):
        with pytest.raises(DataError, match="JPEG file is cut short"):
            decode_image(whole[:length])


def test_empty_file_is_told():
    with pytest.raises(DataError, match=r"^file is empty$"):
        decode_image(b"")


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"hello", "a file that begins with 'hello'"),
        (b"\x00" * 100, r"a file that begins with '\x00\x00\x00\x00\x00\x00\x00\x00'"),
        (b"RIFF\0\0\0\0WAVE", r"a file that begins with 'RIFF\x00\x00\x00\x00'"),
        (b"\0\0\0\x18ftypmp42", r"a file that begins with '\x00\x00\x00\x18ftyp'"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg/>", "SVG"),
        (b"\0\0\1\0\1\0", "ICO"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\xff\x0a\0", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n", "JPEG XL"),
        (b"v/1\1\2\0", "OpenEXR"),
    ],
)
def test_other_formats_are_told(data, got):
    with pytest.raises(DataError) as error:
        decode_image(data)
    assert str(error.value) == f"format must be one of AVIF, BMP, GIF, HEIF, JPEG, JPEG2000, Netpbm, PNG, TIFF, WEBP, got {got}"


def test_damaged_png_is_told():
    data = bytearray(FORMATS["png"])
    data[len(data) // 2] ^= 1
    with pytest.raises(DataError, match="PNG checksum of IDAT must match"):
        decode_image(bytes(data))


def test_jpeg_may_have_fill_bytes_between_segments():
    whole = FORMATS["jpeg"]
    assert np.array_equal(decoded(whole[:2] + b"\xff\xff" + whole[2:]), decoded(whole))


@pytest.mark.parametrize(
    ("mark", "bits", "got"),
    [
        (0xC0, 12, "12 bits"),
        (0xC1, 12, "12 bits"),
        (0xC3, 16, "lossless, 16 bits"),
        (0xC5, 8, "hierarchical, 8 bits"),
        (0xC9, 12, "12 bits"),
        (0xCB, 8, "lossless and arithmetic coded, 8 bits"),
        (0xDE, 8, "hierarchical, 8 bits"),
        (0xF7, 8, "JPEG-LS, 8 bits"),
    ],
)
def test_jpeg_of_a_kind_that_is_not_read_is_told(mark, bits, got):
    data = bytearray(FORMATS["jpeg"])
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = mark, bits
    with pytest.raises(DataError, match=f"^JPEG must be of 8 bits a sample, coded as baseline, progressive or lossless, got {got}$"):
        decode_image(bytes(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FORMATS["jpeg"][:2] + b"\xff\xd9" + FORMATS["jpeg"][2:], "JPEG holds no scan"),
        (FORMATS["jpeg"][:2] + b"\xff\xe0\x00\x04abcd" + FORMATS["jpeg"][2:], "JPEG marker is missing"),
        (FORMATS["gif"].replace(b"\x2c\x00\x00\x00\x00", b"\x99\x00\x00\x00\x00"), "GIF block is of no known kind"),
        (b"P6 twelve 1 255 ", "PPM header must have width, height and maximum, got something else"),
    ],
)
def test_damaged_structure_is_told(data, reason):
    with pytest.raises(DataError, match=f"^{reason}$"):
        decode_image(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"\x00\x00\x00\x01\x08\x02") + chunk(b"IEND", b""),
        b"\xff\xd8\xff\xc0\x00\x02\xff\xda\xff\xd9",
        b"\xff\xd8\xff\xda\xff\xd9",
        b"GIF89a" + bytes(7) + b"\x3b",
        b"BM" + bytes(12),
        b"II*\x00" + bytes(4),
        b"RIFF\x04\x00\x00\x00WEBP",
    ],
)
def test_skeletons_of_files_are_refused(data):
    with pytest.raises(DataError):
        decode_image(data)


def test_png_with_too_few_pixels_is_refused():
    with pytest.raises(DataError, match=r"^PNG cannot be decoded$"):
        decode_image(png(PAIR, depth=8, color_type=2, size=(50, 2)))


@pytest.mark.parametrize(
    "data",
    [
        png(PAIR, depth=8, color_type=2, size=(30_000, 30_000)),
        b"P6 30000 30000 255 ",
        b"P5 999999999 999999999 65535 ",
        FORMATS["jpeg"].replace(b"\x08\x00\x25\x00\x1d", b"\x08\x75\x30\x75\x30"),
        FORMATS["bmp"][:18] + (30_000).to_bytes(4, "little") * 2 + FORMATS["bmp"][26:],
        FORMATS["gif"][:6] + (30_000).to_bytes(2, "little") * 2 + FORMATS["gif"][10:],
    ],
)
def test_huge_pictures_are_refused_before_memory_is_taken(data):
    decode_image(FORMATS["png"])  # imports are not to be counted
    tracemalloc.start()
    with pytest.raises(DataError, match=r"picture must have (at most|1 to) 64000000 pixels, got"):
        decode_image(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_no_pixels_are_refused():
    with pytest.raises(DataError, match="picture must have 1 to 64000000 pixels, got 0 × 5"):
        decode_image(b"P6 0 5 255 ")


@pytest.mark.parametrize("top", [0, 65536])
def test_ppm_maximum_out_of_range_is_told(top):
    with pytest.raises(DataError, match=rf"PPM maximum must be in 1 … 65535, got {top}"):
        decode_image(b"P6 1 1 %d aaaaaa" % top)


@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_flipped_bytes_give_a_picture_or_a_data_error(name, data):
    damaged = bytearray(FORMATS[name])
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    reason = reason_against(bytes(damaged))
    assert "\n" not in reason
    assert " at 0x" not in reason


def test_pillow_is_loaded_only_when_needed():
    code = "import sys; from toolkit.images.decode import decode_image; decode_image(b'P5 1 1 255 a'); print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.real
def test_broken_png_suite_is_refused():
    archive = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile.tar.xz"
    if not archive.exists():
        pytest.skip("no hostile files beside the project")
    with tarfile.open(archive) as files:
        pictures = {m.name: files.extractfile(m).read() for m in files if m.name.endswith(".png")}
    assert len(pictures) == 14
    for data in pictures.values():
        with pytest.raises(DataError):
            decode_image(data)
