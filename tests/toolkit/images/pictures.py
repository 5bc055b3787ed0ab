"""Small picture files for the tests of decoding and of whole sources."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from tests.toolkit.images.tiffs import tiff

PIXELS = np.random.default_rng(0).integers(0, 256, (37, 29, 3), np.uint8)
"""A noisy picture of 37 rows and 29 columns: nothing about it can be guessed by a decoder that lost a part."""

GRAY = PIXELS[..., :1].astype(np.uint16)


def save(picture, kind, **options):
    """Return the bytes of a Pillow picture in a format."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def every_format():
    """Return name → bytes: each format that is read, in its usual varieties."""
    rgb = Image.fromarray(PIXELS)
    gray, palette, turned = rgb.convert("L"), rgb.convert("P"), rgb.rotate(180)
    deep = Image.fromarray(np.random.default_rng(1).integers(0, 65536, (37, 29), np.uint16))
    return {
        "ppm": save(rgb, "PPM"),
        "pgm": save(gray, "PPM"),
        "png": save(rgb, "PNG"),
        "png-gray": save(gray, "PNG"),
        "png-palette": save(palette, "PNG"),
        "png-16": save(deep, "PNG"),
        "png-16-rgb": png(PIXELS.astype(">u2") * 257, depth=16, color_type=2),
        "png-animated": save(rgb, "PNG", save_all=True, append_images=[turned]),
        "jpeg": save(rgb, "JPEG"),
        "jpeg-gray": save(gray, "JPEG"),
        "jpeg-progressive": save(rgb, "JPEG", progressive=True),
        "jpeg-cmyk": save(rgb.convert("CMYK"), "JPEG"),
        "jpeg-exif": save(rgb, "JPEG", exif=orientation(6)),
        "bmp": save(rgb, "BMP"),
        "bmp-palette": save(palette, "BMP"),
        "webp": save(rgb, "WEBP"),
        "webp-lossless": save(rgb, "WEBP", lossless=True),
        "webp-animated": save(rgb, "WEBP", save_all=True, append_images=[turned]),
        "gif": save(palette, "GIF"),
        "gif-animated": save(palette, "GIF", save_all=True, append_images=[turned.convert("P")]),
        "tiff": save(rgb, "TIFF"),
        "tiff-lzw": save(rgb, "TIFF", compression="tiff_lzw"),
        "tiff-deflate": save(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "tiff-12": tiff(GRAY * 16, 12, rows=8),
        "tiff-planes-16": tiff(PIXELS.astype(np.uint16) * 257, photometric=2, planar=2, compression=5, order=">"),
        "tiff-floats": tiff(PIXELS / np.float32(255), photometric=2, compression=8, predictor=3, tile=(16, 16)),
        "tiff-big": tiff(PIXELS, photometric=2, big=True),
        "pbm": b"P4 29 37\n" + np.packbits(GRAY[..., 0] > 127, axis=1).tobytes(),
        "pam": b"P7\nWIDTH 29\nHEIGHT 37\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + PIXELS.tobytes(),
        "pfm": b"PF 29 37 -1.0\n" + (PIXELS[::-1] / np.float32(255)).tobytes(),
        "tiff-pages": save(rgb, "TIFF", save_all=True, append_images=[turned]),
    }


def orientation(value):
    """Return EXIF data that say how a camera was held."""
    exif = Image.Exif()
    exif[274] = value
    return exif.tobytes()


def chunk(kind, content):
    """Return one chunk of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(samples, *, depth, color_type, extra=b"", size=None):
    """Write a PNG by hand; samples are big-endian, of shape (H, W, C)."""
    height, width = size or samples.shape[:2]
    lines = b"".join(b"\0" + line.tobytes() for line in samples)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def ppm(height=4, width=4, value=128):
    """Return a plain PPM of one gray."""
    return b"P6\n%d %d\n255\n" % (width, height) + bytes([value]) * (height * width * 3)
