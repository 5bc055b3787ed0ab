"""The Netpbm family: PBM, PGM and PPM as bytes or text, PAM and PFM; a whole file comes in from `toolkit.images.decode`, samples go out."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, printable
from toolkit.images.pixels import check_size, require_unit

__all__ = ["decode_netpbm"]

_SPACE = rb"(?:\s|#[^\n]*\n)+"
_NUMBER = _SPACE + rb"([0-9]{1,9})"
_PBM = re.compile(rb"P([14])" + 2 * _NUMBER + rb"(?=\s)")
_TEXT = re.compile(rb"P([23])" + 3 * _NUMBER + rb"(?=\s)")
_BINARY = re.compile(rb"P([56])" + 3 * _NUMBER + rb"\s")
_PFM = re.compile(rb"P([Ff])\s+([0-9]{1,9})\s+([0-9]{1,9})\s+([-+.0-9eE]{1,30})\s")
_PAM = re.compile(rb"P7\s*\n((?:[^\n]*\n)*?)ENDHDR\n")
_ONE_BYTE, _TWO_BYTES = np.dtype("u1"), np.dtype(">u2")
_TUPLES = {b"BLACKANDWHITE": 1, b"GRAYSCALE": 1, b"RGB": 3, b"BLACKANDWHITE_ALPHA": 2, b"GRAYSCALE_ALPHA": 2, b"RGB_ALPHA": 4}


def decode_netpbm(data: bytes) -> tuple[NDArray[Any], int]:
    """Decode the first picture of a file.

    Args:
        data: The whole file, of which the first two bytes are known to be one of the family's.

    Returns:
        The samples, shape (H, W, 1 to 4), the last of 2 or 4 channels opacity; and the largest that they can be.

    Raises:
        DataError: If the header cannot be read, the file is cut short, or floats leave [0, 1].

    Source:
        The pages pbm, pgm, ppm, pam and pfm of Netpbm's manual.
    """
    plain = _BINARY.match(data)
    if plain is not None:
        shape = (int(plain[3]), int(plain[2]), 3 if plain[1] == b"6" else 1)
        return _read_bytes(data, plain.end(), shape, int(plain[4]))
    if data.startswith(b"P7"):
        return _read_pam(data)
    if data.startswith((b"PF", b"Pf")):
        return _read_pfm(data), 1
    if data.startswith((b"P1", b"P4")):
        return _read_pbm(data), 255
    header = _match(_TEXT, data, "width, height and maximum")
    width, height, top = int(header[2]), int(header[3]), int(header[4])
    shape = (height, width, 3 if header[1] == b"3" else 1)
    _check_header(width, height, top)
    text = re.sub(rb"#[^\n]*", b"", data[header.end() :])
    try:
        samples = np.fromstring(text, np.int64, sep=" ")
    except ValueError as error:
        raise DataError("PPM text must hold whole numbers, got something else") from error
    _require_count(samples, shape)
    if samples.min() < 0 or samples.max() > top:
        raise DataError(f"PPM samples must be in 0 … {top}, got {samples.min()} … {samples.max()}")
    return samples.astype(np.uint8 if top < 256 else np.uint16).reshape(shape), top


def _match(pattern: re.Pattern[bytes], data: bytes, parts: str) -> re.Match[bytes]:
    header = pattern.match(data)
    if header is None:
        raise DataError(f"{_name(data)} header must have {parts}, got something else")
    return header


def _name(data: bytes) -> str:
    return "PAM" if data.startswith(b"P7") else "PFM" if data[1:2] in b"Ff" else "PPM"


def _check_header(width: int, height: int, top: int) -> None:
    check_size(width, height)
    if not 1 <= top <= 65535:
        raise DataError(f"PPM maximum must be in 1 … 65535, got {top}")


def _require_count(samples: NDArray[Any], shape: tuple[int, int, int]) -> None:
    count = shape[0] * shape[1] * shape[2]
    if samples.size < count:
        raise DataError("PPM file is cut short")
    if samples.size > count:
        raise DataError(f"PPM text must hold {count} samples, got {samples.size}")


def _read_bytes(data: bytes, start: int, shape: tuple[int, int, int], top: int) -> tuple[NDArray[Any], int]:
    _check_header(shape[1], shape[0], top)
    dtype = _ONE_BYTE if top < 256 else _TWO_BYTES
    count = shape[0] * shape[1] * shape[2]
    if len(data) < start + count * dtype.itemsize:
        raise DataError(f"{_name(data)} file is cut short")
    samples = np.frombuffer(data, dtype, count, start).reshape(shape)
    if top not in (255, 65535):  # other maxima leave room for samples above them
        samples = np.minimum(samples, top)
    return samples, top


def _read_pbm(data: bytes) -> NDArray[np.uint8]:
    """1 is black; in bytes, each row fills its last one up."""
    header = _match(_PBM, data, "width and height")
    width, height = int(header[2]), int(header[3])
    check_size(width, height)
    if header[1] == b"4":
        row_bytes = -(-width // 8)
        packed, _ = _read_bytes(data, header.end() + 1, (height, row_bytes, 1), 255)
        bits = np.unpackbits(packed[..., 0], axis=1, count=width)
    else:
        text = b"".join(re.sub(rb"#[^\n]*", b"", data[header.end() :]).split())
        bits = np.frombuffer(text, np.uint8) - np.uint8(ord("0"))
        if (bits > 1).any():
            raise DataError("PPM text of bits must hold 0 and 1, got something else")
        _require_count(bits, (height, width, 1))
    return ((1 - bits) * np.uint8(255)).reshape(height, width, 1)


def _read_pam(data: bytes) -> tuple[NDArray[Any], int]:
    header = _match(_PAM, data, "lines up to ENDHDR")
    lines = [line.split(None, 1) for line in header[1].splitlines() if line.strip() and not line.startswith(b"#")]
    fields = {line[0]: line[-1].strip() for line in lines}
    numbers = [fields.get(name, b"") for name in (b"HEIGHT", b"WIDTH", b"DEPTH", b"MAXVAL")]
    if not all(re.fullmatch(rb"[0-9]{1,9}", number) for number in numbers):
        raise DataError("PAM header must have WIDTH, HEIGHT, DEPTH and MAXVAL, got something else")
    height, width, depth, top = map(int, numbers)
    kind = fields.get(b"TUPLTYPE", b"")
    if _TUPLES.get(kind) != depth:
        rule = "BLACKANDWHITE, GRAYSCALE or RGB, or one of these and _ALPHA, and fit DEPTH"
        raise DataError(f"PAM TUPLTYPE must be {rule}, got {printable(repr(kind)[1:])} of {depth}")
    return _read_bytes(data, header.end(), (height, width, depth), top)


def _read_pfm(data: bytes) -> NDArray[np.float32]:
    """Rows from the lowest up; the sign of the scale tells the order of bytes."""
    header = _match(_PFM, data, "width, height and scale")
    width, height = int(header[2]), int(header[3])
    check_size(width, height)
    try:
        scale = float(header[4])
    except ValueError:
        scale = 0.0
    if abs(scale) != 1:
        raise DataError(f"PFM scale must be 1 or -1, got {printable(header[4].decode())}")
    shape = (height, width, 3 if header[1] == b"F" else 1)
    count = height * width * shape[2]
    if len(data) < header.end() + 4 * count:
        raise DataError("PFM file is cut short")
    return require_unit(np.frombuffer(data, "<f4" if scale < 0 else ">f4", count, header.end()).reshape(shape)[::-1], "PFM")
